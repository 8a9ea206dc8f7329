# SPDX-License-Identifier: GPL-2.0-only
"""Memory for Cellblock: whether some is kept from Linux, and word for word how to keep some.

The ways are an argument of Linux, commands for U-Boot's prompt or script, a device tree for GRUB, and an
overlay for the device tree. All but the first can take any piece of RAM, so they all get the same one.
"""

from __future__ import annotations

from typing import NamedTuple

from cellctl_config import efi, words
from cellctl_config.addresses import Range, address_cells, size_cells, subtract
from cellctl_config.gic import gic_of
from cellctl_config.hardware_board import is_raspberry_pi
from cellctl_config.machine import Machine
from cellctl_config.memory import BLOCK, MIB, Kept, Memory, memory_of
from cellctl_config.nodes import all_registers
from cellctl_config.plan import place_hypervisor
from cellctl_config.refusal import Refusal
from cellctl_config.tree import Node
from cellctl_config.verdict import FAIL, OK, UNKNOWN, WARN, Check, is_linux_known, refused
from cellctl_config.wrongram import REMEDY, over_gic

DEFAULT_SIZE = 256 * MIB
LEAST_SIZE = 8 * MIB  # the hypervisor, and a cell that is worth it
FOUR_GIB = 1 << 32
# Above kernel and initial RAM disk, below what the firmware has at the end of the first GiB.
RASPBERRY_PI_START = 0x10000000


class Recipe(NamedTuple):
    """One way to keep memory: `lines` are for the place that `title` names."""

    name: str
    title: str
    lines: list[str]


def check(machine: Machine) -> list[Check]:
    name = "memory for Cellblock"
    try:
        found = memory_of(machine, [])
    except Refusal as refusal:
        if not is_linux_known(machine):
            return [Check(name, UNKNOWN, refusal.message, refusal.remedy)]
        return [refused(name, refusal)]
    if not found.kept:
        return [Check(name, FAIL, "none is kept from Linux", "see below how to keep some"), *_wrong(machine)]
    try:
        hypervisor = place_hypervisor(machine, found.kept, None)
    except Refusal as refusal:
        return [refused(name, refusal)]
    lost = [item for item in found.kept if any(item.range.overlaps(used) for used in found.linux)]
    if lost:
        return [Check(name, FAIL, f"Linux uses memory of {lost[0].range}, though {lost[0].how} keeps it",
                      "boot Linux with the changed command line or device tree")]
    return [_kept(found.kept, hypervisor), *_wrong(machine)]


def _wrong(machine: Machine) -> list[Check]:
    try:
        item = over_gic(machine, gic_of(machine, 1))
    except Refusal:  # the check of the GIC says it
        return []
    if item is None:
        return []
    return [Check("memory for Cellblock", WARN, f"a memory node has RAM at {item}, where the GIC has its registers", REMEDY)]


def _kept(kept: list[Kept], hypervisor: Range) -> Check:
    pieces = ", ".join(f"{item.range} ({words.size(item.range.size)}) by {item.how}" for item in kept)
    if sum(item.range.size for item in kept) - hypervisor.size < BLOCK:
        return Check("memory for Cellblock", FAIL, f"{pieces} holds the hypervisor and no cell", "keep more")
    return Check("memory for Cellblock", OK, pieces)


# ---- Where ----


def _in_use(machine: Machine) -> list[Range]:
    """What the boot loader has put somewhere and Linux does not move."""
    used = [item.range for item in machine.iomem if item.name.startswith(("Kernel ", "Crash kernel"))]
    chosen = machine.tree.chosen
    if chosen is not None and {"linux,initrd-start", "linux,initrd-end"} <= set(chosen.properties):
        start, end = (int.from_bytes(chosen.properties[f"linux,initrd-{side}"][:8], "big")
                      for side in ("start", "end"))
        used += [Range(start, end)] if start < end else []
    return used


def _taken(machine: Machine, found: Memory) -> list[Range]:
    """What is not for Cellblock, whatever a memory node says: registers, others' memory, what is in use."""
    pieces = [item.range for item in [*found.reservations, *found.firmware, *found.mapped]]
    return [*pieces, *(item.range.pages() for item in all_registers(machine.tree)), *_in_use(machine)]


def _free(machine: Machine, found: Memory) -> list[Range]:
    """Blocks of 2 MiB. Where UEFI has memory, only what Linux uses is known to be free."""
    ram = machine.system_ram if efi.is_efi(machine) and machine.system_ram else found.ram
    pieces = []
    for item in subtract(ram, _taken(machine, found)):
        start, end = -(-item.start // BLOCK) * BLOCK, item.end // BLOCK * BLOCK
        if start < end:
            pieces.append(Range(start, end))
    return pieces


def default_size(machine: Machine, found: Memory) -> int:
    """A third of what is free, as far as one piece has that."""
    free = [item.size for item in _free(machine, found)]
    third = sum(free) // 3 // BLOCK * BLOCK
    return min(DEFAULT_SIZE, max(LEAST_SIZE, third), max(LEAST_SIZE, *free, 0))


def _refuse_size(size: int, free: list[Range]) -> Refusal:
    largest = max((item.size for item in free), default=0)
    message = f"no piece of RAM has {words.size(size)} that are free: the largest has {words.size(largest)}"
    if largest < LEAST_SIZE:
        return Refusal(message, f"free {words.size(LEAST_SIZE)} of RAM from what device tree or boot loader put there")
    return Refusal(message, f"keep less: --memory {largest // MIB}M")


def place_for(machine: Machine, found: Memory, size: int) -> Range:
    """The end of what is free below 4 GiB, or else of what is free at all. UEFI and its loaders put things there, and
    know of no node: on such machines the middle of the largest piece.
    """
    free = _free(machine, found)
    fitting = [item for item in free if item.size >= size]
    if not fitting:
        raise _refuse_size(size, free)
    wish = Range.sized(RASPBERRY_PI_START, size)
    if is_raspberry_pi(machine) and any(item.contains(wish) for item in fitting):
        return wish
    if efi.is_efi(machine):
        largest = max(fitting, key=lambda item: item.size)
        return Range.sized(largest.start + (largest.size - size) // 2 // BLOCK * BLOCK, size)
    low = [Range(item.start, min(item.end, FOUR_GIB)) for item in fitting if item.start + size <= FOUR_GIB]
    place = [*fitting, *low][-1]
    return Range(place.end - size, place.end)


# ---- How ----


def _parent(machine: Machine) -> Node | None:
    return machine.tree.root.child("reserved-memory")


def _cells(machine: Machine, item: Range) -> str:
    """The value of reg; Linux wants the counts of /reserved-memory to be those of the root."""
    root = machine.tree.root
    values: list[int] = []
    for value, count in ((item.start, address_cells(root)), (item.size, size_cells(root))):
        values += [value >> 32 * i & 0xFFFFFFFF for i in reversed(range(count))]
    return "<" + " ".join(f"{value:#x}" for value in values) + ">"


def _node_name(item: Range) -> str:
    return f"cellblock@{item.start:x}"


def _u_boot(machine: Machine, found: Memory, item: Range) -> Recipe:
    place = f"/reserved-memory/{_node_name(item)}"
    lines = ["fdt addr ${fdt_addr_r}", "fdt resize 4096"]
    if _parent(machine) is None:
        root = machine.tree.root
        lines += ["fdt mknode / reserved-memory",
                  f'fdt set /reserved-memory "#address-cells" <{address_cells(root)}>',
                  f'fdt set /reserved-memory "#size-cells" <{size_cells(root)}>',
                  "fdt set /reserved-memory ranges"]
    lines += [f"fdt mknode /reserved-memory {_node_name(item)}",
              f"fdt set {place} reg {_cells(machine, item)}", f"fdt set {place} no-map"]
    if any(piece.start <= item.start and piece.end >= item.end for piece in found.ram[:1]):
        # What it copies to the end of RAM otherwise, Linux would keep there.
        lines.append(f"setenv bootm_size {item.start - found.ram[0].start:#x}")
    return Recipe("u-boot", "in U-Boot, before booti (${fdt_addr_r}: where the device tree for Linux is)",
                  lines)


def _overlay(machine: Machine, item: Range) -> Recipe:
    root = machine.tree.root
    node = [f"{_node_name(item)} {{", f"\treg = {_cells(machine, item)};", "\tno-map;", "};"]
    lines = ["/dts-v1/;", "/plugin/;"]
    if _parent(machine) is None:
        lines += ["&{/} {", "\treserved-memory {", f"\t\t#address-cells = <{address_cells(root)}>;",
                  f"\t\t#size-cells = <{size_cells(root)}>;", "\t\tranges;", "",
                  *(f"\t\t{line}" for line in node), "\t};", "};"]
    else:
        lines += ["&{/reserved-memory} {", *(f"\t{line}" for line in node), "};"]
    compiler = "dtc -I dts -O dtb -o cellblock.dtbo cellblock.dtso"
    return Recipe("overlay", f"an overlay, compiled by {compiler}", lines)


def _grub(machine: Machine, item: Range) -> Recipe:
    """Linux, started by UEFI, takes the tree that GRUB has loaded instead of the firmware's."""
    file, node = "/boot/cellblock.dtb", f"/reserved-memory/{_node_name(item)}"
    lines = [f"cp /sys/firmware/fdt {file}"]
    chosen = machine.tree.chosen
    lines += [f"fdtput -d {file} /chosen {name}" for name in ("linux,initrd-start", "linux,initrd-end")
              if chosen is not None and name in chosen.properties]
    if _parent(machine) is None:
        root = machine.tree.root
        lines += [f"fdtput -c {file} /reserved-memory",
                  f'fdtput -t x {file} /reserved-memory "#address-cells" {address_cells(root):x}',
                  f'fdtput -t x {file} /reserved-memory "#size-cells" {size_cells(root):x}',
                  f"fdtput {file} /reserved-memory ranges"]
    reg = _cells(machine, item).strip("<>").replace("0x", "")
    lines += [f"fdtput -c {file} {node}", f"fdtput -t x {file} {node} reg {reg}", f"fdtput {file} {node} no-map",
              f"# then, before the line that begins with linux in GRUB's menu entry: devicetree {file}"]
    return Recipe("grub", "where UEFI starts Linux: a device tree for GRUB, as root (package device-tree-compiler)", lines)


def _argument(found: Memory, size: int) -> str:
    """mem= takes the end of RAM away, whatever is there."""
    left = sum(item.size for item in found.ram) - size
    return f"mem={left // MIB}M"


def _linux(machine: Machine, found: Memory, size: int) -> list[Recipe]:
    fits = found.ram[-1].size >= size
    last = Range(found.ram[-1].end - size, found.ram[-1].end) if fits else found.ram[-1]
    if not fits or any(item.overlaps(last) for item in _taken(machine, found)) or efi.is_efi(machine):
        return []
    return [Recipe("linux", "on Linux's command line, which keeps the end of RAM", [_argument(found, size)])]


def _raspberry_pi(machine: Machine, found: Memory, size: int) -> list[Recipe]:
    files = [Recipe("config.txt", "in config.txt, with cellblock.dtbo in overlays/", ["dtoverlay=cellblock"])]
    arguments = _linux(machine, found, size)
    if arguments:
        files.append(Recipe("cmdline.txt", "or else in the line of cmdline.txt, without the overlay",
                            arguments[0].lines))
    return files


def recipes(machine: Machine, size: int | None) -> list[Recipe]:
    """Nothing if memory is kept already, or if it is not known where there is some."""
    try:
        found = memory_of(machine, [])
    except Refusal:  # the check says it
        return []
    if found.kept:
        return []
    size = size or default_size(machine, found)
    item = place_for(machine, found, size)
    ways = [_u_boot(machine, found, item), _overlay(machine, item)]
    if is_raspberry_pi(machine):
        return [ways[1], *_raspberry_pi(machine, found, size), ways[0]]
    if efi.is_efi(machine):
        return [_grub(machine, item), *ways]
    return [*_linux(machine, found, size), *ways]
