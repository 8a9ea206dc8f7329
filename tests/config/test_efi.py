# SPDX-License-Identifier: GPL-2.0-only
"""Machines that UEFI has started: what its runtime services need stays Linux's. And those without a device tree."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import tool
import trees
from tool import KIB, MIB

RAM, DATA, MMIO = ("read", "write", "execute"), ("read", "write"), ("read", "write", "io")

# What Linux 6.1 says on QEMU's machine virt with edk2, efi=debug and mem=768M.
IOMEM = """04000000-07ffffff : reserved
09000000-09000fff : 9000000.serial
40000000-6bffffff : System RAM
  40210000-4175ffff : Kernel code
784c0000-7a4cffff : System RAM
  784d0000-79b1ffff : Kernel code
7c330000-7c421fff : System RAM
7c440000-7c72ffff : reserved
7fc00000-7ffdffff : reserved
"""
MAP = """[    0.000000] efi: EFI v2.70 by EDK II
[    0.000000] efi: Processing EFI memory map:
[    0.000000] efi:   0x000040000000-0x0000784b1fff [Conventional|   |  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x0000784b2000-0x00007a4d1fff [Loader Code |   |  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x00007a4d2000-0x00007c11ffff [Conventional|   |  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x00007c120000-0x00007c12ffff [ACPI Reclaim|   |  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x00007c130000-0x00007c42ffff [Loader Data |   |  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x00007c430000-0x00007c43ffff [Conventional|   |  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x00007c440000-0x00007c4bffff [Runtime Code|RUN|  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x00007c4c0000-0x00007c67ffff [Runtime Data|RUN|  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x00007c680000-0x00007c72ffff [Runtime Code|RUN|  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x00007c730000-0x00007fbfffff [Boot Data   |   |  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x00007fc00000-0x00007fd8ffff [Runtime Code|RUN|  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x00007fd90000-0x00007ffdffff [Runtime Data|RUN|  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x00007ffe0000-0x00007fffffff [Boot Data   |   |  |  |  |  |  |  |  |  |  |   |WB|  |  |  ]
[    0.000000] efi:   0x000004000000-0x000007ffffff [MMIO        |RUN|  |  |  |  |  |  |  |  |  |   |  |  |WC|  ]
[    0.000000] efi:   0x000009010000-0x000009010fff [MMIO        |RUN|  |  |  |  |  |  |  |  |  |   |  |  |  |UC]
[    0.177779] efi: memattr: Processing EFI Memory Attributes table:
[    0.177928] efi: memattr:  0x00007c440000-0x00007c44ffff [Runtime Code|RUN|  |  |  |  |  |XP|  |  |  |   |  |  |  |  ]
"""
CHOSEN = ('stdout-path = "/serial@9000000"; linux,uefi-mmap-start = <0 0x7c120040>; linux,uefi-mmap-size = <0x5a0>;'
          "linux,initrd-start = <0x7c330000>; linux,initrd-end = <0x7c421e00>;")
FLASH = "flash@4000000 { compatible = \"cfi-flash\"; reg = <0 0x4000000 0 0x4000000>; };"
ALL = "40000000-7c43ffff : System RAM\n7c440000-7c72ffff : reserved\n7c730000-7fbfffff : System RAM\n7fc00000-7ffdffff : reserved\n"


def machine(directory: Path, *, memory: str = trees.MEMORY, more: str = FLASH, **files: str) -> Path:
    tree = trees.compiled(directory, trees.board(more, memory=memory, chosen=CHOSEN))
    return trees.collected(directory, tree, **{"proc_iomem": IOMEM, "sys_firmware_efi_systab": "SMBIOS3=0x7fed0000\n",
                                               **files})


def overlapping(found: object, start: int, end: int) -> set[str]:
    return {region.name for region in found.regions if region.phys < end and region.end > start}


def test_firmwares_memory_is_linuxs_by_its_map(tmp_path: Path) -> None:
    found = trees.system(tmp_path, machine(tmp_path, dmesg=MAP))
    there = trees.regions(found)
    assert there["efi-code"] == (0x7C440000, 512 * KIB, RAM)
    assert there["efi-data-3"] == (0x7C4C0000, 1792 * KIB, DATA)
    assert there["efi-code-3"] == (0x7FC00000, 1600 * KIB, RAM)
    assert there["efi-data"] == (0x7C120000, 0x210000, DATA)  # the map, and what the loader left: the device tree
    assert overlapping(found, 0x7C120000, 0x7C330000) == {"efi-data"}
    assert there["flash"] == (0x4000000, 64 * MIB, MMIO)
    assert there["efi-regs"] == (0x9010000, 4 * KIB, MMIO)
    cells = [(region.phys, region.end) for region in found.regions if region.name.startswith("cells")]
    assert cells == [(0x6C400000, 0x784C0000), (0x7A4D0000, 0x7C120000), (0x7C430000, 0x7C440000),
                     (0x7C730000, 0x7FC00000), (0x7FFE0000, 0x80000000)]


NODE = FLASH + """reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
	cellblock@60000000 { reg = <0 0x60000000 0 0x4000000>; no-map; }; };"""
WITH_NODE = "04000000-07ffffff : reserved\n40000000-5fffffff : System RAM\n60000000-63ffffff : reserved\n" + ALL.replace(
    "40000000-7c43", "64000000-7c43")


def test_without_the_map_all_may_be_code(tmp_path: Path) -> None:
    place = machine(tmp_path, more=NODE, proc_iomem=WITH_NODE, proc_cmdline="quiet\n")
    result = tool.tool("create", "--from", place)
    assert "efi=debug" in result.err and "efi=noruntime" in result.err
    found = trees.system(tmp_path, place)
    there = trees.regions(found)
    assert there["efi-code"] == (0x7C440000, 0x2F0000, RAM) and there["efi-code-2"] == (0x7FC00000, 0x3E0000, RAM)
    assert there["flash"] == (0x4000000, 64 * MIB, MMIO)  # "reserved", too
    assert overlapping(found, 0x7C440000, 0x7C730000) == {"efi-code"}
    assert there["cells"] == (0x60400000, 60 * MIB, RAM)


def test_mem_without_the_map_is_refused(tmp_path: Path) -> None:
    """What the loader has put there, and Linux uses, nobody else tells."""
    text = trees.refusal("create", "--from", machine(tmp_path))
    assert "mem=768M on Linux's command line also hides memory" in text and "efi=debug" in text


def test_memory_of_the_firmware_cannot_be_kept(tmp_path: Path) -> None:
    place = machine(tmp_path, dmesg=MAP)
    text = trees.refusal("create", "--from", place, "--reserved", "0x7c000000,16M")
    assert "where Linux needs 0x7c120000" in text


def test_ram_that_only_uefi_describes(tmp_path: Path) -> None:
    """Its map says what there is; without that, Linux does."""
    place = machine(tmp_path, memory="", dmesg=MAP)
    assert trees.regions(trees.system(tmp_path, place))["cells-2"] == (0x7A4D0000, 0x1C50000, RAM)
    place = machine(tmp_path, memory="", proc_iomem=ALL, proc_cmdline="quiet\n")
    assert "no memory is kept" in trees.refusal("create", "--from", place)


def test_clock_of_the_firmware_is_not_for_cells(tmp_path: Path) -> None:
    """edk2 marks it disabled, for Linux asks the firmware what time it is."""
    clock = 'pl031@9010000 { compatible = "arm,pl031"; reg = <0 0x9010000 0 0x1000>; status = "disabled"; };'
    arguments = ("cell", "guest", "--cpus", "2", "--memory", "2M", "--device", "pl031@9010000", "--from")
    assert "in use by UEFI's runtime services" in trees.refusal(*arguments, machine(tmp_path, more=clock, dmesg=MAP))
    place = machine(tmp_path, more=clock, dmesg=MAP, proc_cmdline="mem=768M efi=noruntime\n")
    assert tool.tool(*arguments, place).status == 0


def test_runtime_map_in_sysfs(tmp_path: Path) -> None:
    files = {}
    for i, (kind, start, pages) in enumerate(((5, 0x7C440000, 0x80), (6, 0x7C4C0000, 0x270), (11, 0x9010000, 1))):
        entry = f"sys_firmware_efi_runtime__map_{i}"
        files |= {f"{entry}_type": f"0x{kind:x}\n", f"{entry}_phys_addr".replace("_addr", "+addr"): f"0x{start:x}\n",
                  f"{entry}_num_pages".replace("num_", "num+"): f"0x{pages:x}\n"}
    place = machine(tmp_path, more=NODE, proc_iomem=WITH_NODE, proc_cmdline="quiet\n")
    for name, text in files.items():
        path = place / name.replace("__", "-").replace("_", "/").replace("+", "_")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    there = trees.regions(trees.system(tmp_path, place))
    assert there["efi-code"] == (0x7C440000, 512 * KIB, RAM)
    assert there["efi-regs"] == (0x9010000, 4 * KIB, MMIO)


def test_reserved_pieces_of_other_machines_hold_no_code(tmp_path: Path) -> None:
    """Without UEFI: a no-map node whose place Linux chose, for instance."""
    tree = trees.compiled(tmp_path, trees.board(FLASH))
    iomem = trees.IOMEM.replace("6fffffff", "5fffffff") + "60000000-601fffff : reserved\n60200000-6fffffff : System RAM\n"
    there = trees.regions(trees.system(tmp_path, trees.collected(tmp_path, tree, proc_iomem=iomem)))
    assert there["reserved"] == (0x60000000, 2 * MIB, DATA)


# ---- cellctl hardware check ----


def hardware(place: Path, *arguments: str) -> dict:
    result = tool.tool("check", "--from", place, "--json", *arguments, group="hardware")
    assert result.err == "" and isinstance(result.json, dict)
    return result.json


@pytest.mark.parametrize(("files", "verdict", "words"), [
    ({}, "warn", "efi=debug"), ({"dmesg": MAP}, "ok", "7 pieces of memory and registers"),
    ({"proc_cmdline": "mem=768M efi=noruntime\n"}, "ok", "efi=noruntime")])
def test_what_is_known_of_uefi(tmp_path: Path, files: dict[str, str], verdict: str, words: str) -> None:
    line = next(item for item in hardware(machine(tmp_path, **files))["checks"] if item["name"] == "UEFI")
    assert line["verdict"] == verdict and words in f"{line['finding']} {line['remedy']}"


@pytest.mark.parametrize("has_parent", [True, False])
def test_recipe_for_grub_keeps_memory(tmp_path: Path, has_parent: bool) -> None:
    """Not at the end of RAM, where UEFI and its loaders put things and know of no node."""
    reserved = "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; };" if has_parent else ""
    place = machine(tmp_path, more=reserved, proc_iomem=ALL, proc_cmdline="quiet\n")
    recipe = hardware(place, "--memory", "64M")["recipes"][0]
    assert recipe["name"] == "grub" and "devicetree /boot/cellblock.dtb" in recipe["lines"][-1]
    blob = place / "sys" / "firmware" / "fdt"
    lines = [line.replace("/sys/firmware/fdt", str(blob)).replace("/boot", str(tmp_path)) for line in recipe["lines"]]
    for line in lines[:-1]:
        subprocess.run(line, shell=True, check=True)
    found = trees.system(tmp_path, tmp_path / "cellblock.dtb")
    assert (found.hypervisor.phys, trees.regions(found)["cells"][1]) == (0x5C000000, 60 * MIB)


# ---- Linux without a device tree ----


def test_machine_that_was_booted_with_acpi(tmp_path: Path) -> None:
    place = machine(tmp_path, sys_firmware_acpi_tables_DSDT="DSDT")
    (place / "sys" / "firmware" / "fdt").unlink()
    (place / "sys" / "firmware" / "devicetree" / "base" / "chosen").mkdir(parents=True)  # since Linux 6.10
    for group, arguments in (("hardware", ("check",)), ("config", ("create",)), ("config", ("cell", "c", "--cpus", "1", "--memory",
                                                                                         "2M"))):
        result = tool.tool(*arguments, "--from", place, group=group)
        assert result.status == 3 and len(result.err.splitlines()) == 1, result
        assert "was booted with ACPI" in result.err and "device tree" in result.err
