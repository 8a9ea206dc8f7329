# SPDX-License-Identifier: GPL-2.0-only
"""How big it is: the image, the memory that it takes, its stacks, its source."""

from __future__ import annotations

import json
import re
import struct
import subprocess

from counts import ELF, REGION, ROOT, Config, Machine, symbols  # isort: skip
from cells import Root
from exits import bench_cell, enable, run_cell
from qemu import BUILD

PAGE = 4096
REGION_SIZE = 4 << 20
CPUS = 4

# Of hypervisor/arch/arm64/include/arch/layout.h: offsets from HV_BASE, and in a CPU's slot.
CPU_SLOTS, CPU_SLOT_SHIFT, STACK, STACK_SIZE = 0x20000000, 19, 0x1000, 0xD00

DIRECTORIES = {
    "hypervisor": "hypervisor",
    "include": "include",
    "driver": "driver",
    "cellctl": "tools/cellctl",
    "cellctl_config": "tools/cellctl-config",
    "cellcheck": "tools/cellcheck",
    "configs": "configs",
    "inmates": "inmates",
    "tests": "tests",
    "scripts": "scripts",
}

# What is no code: build files.
BUILD_FILES = ("make", "Linker Script")


def image() -> dict[str, float]:
    """Bytes by section. The head is code, too: vectors, and what fits into its gaps."""
    text = subprocess.run(["size", "-A", ELF], check=True, capture_output=True, text=True).stdout
    sizes = {name: int(size) for name, size in re.findall(r"^\.(\w+)\s+(\d+)\s+\d+$", text, re.M)}
    wanted = ("header", "head", "text", "rodata", "data", "bss", "boot_memory")
    values: dict[str, float] = {f"image/{name}_bytes": sizes[name] for name in wanted}
    values["image/text_rodata_bytes"] = sum(
        sizes[name] for name in ("header", "head", "text", "rodata")
    )
    values["image/file_bytes"] = (BUILD / "hypervisor" / "cellblock.bin").stat().st_size
    return values


def lines() -> dict[str, float]:
    """Code only, as cloc counts."""
    values: dict[str, float] = {}
    for name, directory in DIRECTORIES.items():
        command = ["cloc", "--json", "--quiet", str(ROOT / directory)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        build = sum(found.get(kind, {}).get("code", 0) for kind in BUILD_FILES)
        values[f"lines/{name}"] = found["SUM"]["code"] - build
        values[f"lines/{name}_with_build"] = found["SUM"]["code"]
    return values


def memory() -> dict[str, float]:
    """Pages by purpose with 4 CPUs and a cell of one, and what the stacks have seen."""
    with Machine(Config(gic=3, smp=CPUS), "bench-sizes") as machine:
        root = Root(machine)
        enable(root)
        before = root.pool()
        root.create("demo-ring")
        pool = root.pool()
        root.destroy("demo-ring")
        run_cell(root, bench_cell(64, (2, 3)), 1, 20)
        root.launch("demo-ring", "violate", "case=crash")
        root.wait_state("demo-ring", "failed")
        root.destroy("demo-ring")
        stacks = stack_use(machine)
    used = {name: pages for name, pages in pool.items() if name not in ("pages", "free")}
    values: dict[str, float] = {
        f"memory/{name}_kib": pages * PAGE / 1024 for name, pages in used.items()
    }
    values["memory/4cpu_1cell_kib"] = sum(used.values()) * PAGE / 1024
    values["memory/4cpu_kib"] = values["memory/4cpu_1cell_kib"] - (
        (before["free"] - pool["free"]) * PAGE / 1024
    )
    values["stack/size_bytes"] = STACK_SIZE
    values["stack/high_water_bytes"] = max(stacks)
    return values


def stack_use(machine: Machine) -> list[int]:
    """Bytes of each CPU's stack that were ever written, from the memory of the machine."""
    path = machine.directory / "hypervisor.mem"
    machine.monitor(f'pmemsave {REGION:#x} {REGION_SIZE:#x} "{path}"', timeout=60)
    return [used_bytes(stack(path.read_bytes(), cpu)) for cpu in range(CPUS)]


def stack(region: bytes, cpu: int) -> bytes:
    """The page of the stack by EL2's tables."""
    at = symbols()
    base = at["image_start"]
    table = at["el2_l0"] - base
    address = base + CPU_SLOTS + (cpu << CPU_SLOT_SHIFT) + STACK
    for shift in (39, 30, 21, 12):
        (entry,) = struct.unpack_from("<Q", region, table + (address >> shift & 511) * 8)
        table = (entry & 0x0000FFFFFFFFF000) - REGION
    return region[table : table + STACK_SIZE]


def used_bytes(page: bytes) -> int:
    """The pool clears its pages, and stacks grow down."""
    return len(page) - next((i for i, byte in enumerate(page) if byte), len(page))


