# SPDX-License-Identifier: GPL-2.0-only
"""Whether memory is where configurations say, and all that Linux uses is in the system's.

Once the hypervisor is enabled, Linux could not even report an access to memory that it lacks, and who
accesses memory that is not there gets an error of the bus.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cellctl_config import binary, efi, fields, words
from cellctl_config.addresses import Range, merge, registers, subtract
from cellctl_config.dangers import Danger, note, warning
from cellctl_config.gic import gic_of
from cellctl_config.machine import Machine
from cellctl_config.memory import Memory, memory_nodes, memory_of, reservations
from cellctl_config.refusal import Refusal
from cellctl_config.wrongram import corrected

if TYPE_CHECKING:
    from cellctl_config.hazards import Known

RIGHTS = binary.READ | binary.WRITE | binary.EXECUTE
SMALL_MEMORY = ("mmio-sram", "cfi-flash", "mtd-ram", "mtd-rom", "simple-framebuffer")  # which no memory node has


def _memory(machine: Machine) -> Memory | None:
    try:
        found = memory_of(machine, [])
    except Refusal:  # it is not known where there is some
        return None
    try:
        return corrected(machine, gic_of(machine, 1), found)[0]
    except Refusal:  # then it is not known what a memory node must not have
        return found


def _range(region: binary.Region) -> Range:
    return Range(region.phys, region.end)


def _linux(machine: Machine, system: binary.System) -> list[Range]:
    """What Linux uses. A device tree alone does not say what is kept from it by other means: that is what the
    configuration has for others.
    """
    memory = _memory(machine)
    if memory is None:
        return []
    others = [place.range for place in memory.firmware]
    if not machine.system_ram:
        others += [Range(system.hypervisor.phys, system.hypervisor.end),
                   *(_range(region) for region in system.regions if region.is_shared)]
    return [item.whole_pages() for item in subtract(memory.linux, others) if item.whole_pages().size]


def linux_memory(known: Known, system: binary.System) -> Iterator[Danger]:
    linux = _linux(known.machine, system)
    for item in subtract(linux, [_range(region) for region in system.regions]):
        yield warning(system, ".regions", "memory-unlisted", f"Linux uses {item} ({words.size(item.size)}) as System RAM, and "
                      "no region has it: `cellctl enable` is refused",
                      "list it as RAM, or use the configuration of this machine")
    for i, region in enumerate(system.regions):
        if region.flags & RIGHTS == RIGHTS and not region.is_io:
            continue
        used = next((item for item in linux if item.overlaps(_range(region))), None)
        if used is not None:
            yield warning(system, fields.of_region(system, i), "memory-rights", f"Linux uses {used} as System RAM, which is "
                          f"{'for registers' if region.is_io else 'without all rights'} here: `cellctl enable` is refused",
                          "make it RAM")


def added_memory(known: Known, system: binary.System) -> Iterator[Danger]:
    """virtio-mem and the like: Linux could not run programs from what it gets there."""
    for i, region in enumerate(system.regions):
        for item in known.machine.added_ram:
            if region.is_io and item.overlaps(_range(region)):
                yield warning(system, fields.of_region(system, i), "memory-as-device", f"Linux gets memory at {item} when some is "
                              "added, and here registers are said to be", "make it RAM")


# ---- What there is ----


def _there(machine: Machine) -> list[Range]:
    """All memory; nothing where nobody says so."""
    known = [*memory_nodes(machine), *efi.ram(machine)]
    if not known:
        return []
    known += [item.range.pages() for item in reservations(machine)] + machine.system_ram + machine.added_ram
    for node in machine.tree.walk():
        if node.is_compatible(*SMALL_MEMORY):
            try:
                known += [item.pages() for item in registers(node)]
            except Refusal:  # config create reports it
                continue
    return merge(known)


def _missing(machine: Machine, place: Range) -> Range | None:
    there = _there(machine)
    return next(iter(subtract([place], there)), None) if there else None


def absent_hypervisor(known: Known, system: binary.System) -> Iterator[Danger]:
    item = _missing(known.machine, Range(system.hypervisor.phys, system.hypervisor.end))
    if item is not None:
        yield warning(system, ".hypervisor", "no-memory", f"this machine has no memory at {item}: `cellctl enable` is "
                      "refused", "choose a place that a memory node of its device tree has")


def absent_root_memory(known: Known, system: binary.System) -> Iterator[Danger]:
    """Only what cells are made of matters: a configuration may be for machines with more."""
    for i, region in enumerate(system.regions):
        if not region.is_io and region.flags & RIGHTS == RIGHTS:
            item = _missing(known.machine, _range(region))
            if item is not None:
                yield note(system, fields.of_region(system, i), "no-memory", f"this machine has no memory at {item}, so "
                           "no cell can have it", "make the region smaller, unless the configuration is for other machines, too")


def absent_cell_memory(known: Known, cell: binary.Cell) -> Iterator[Danger]:
    for i, region in enumerate(cell.regions):
        item = None if region.is_io else _missing(known.machine, _range(region))
        if item is not None:
            yield warning(cell, fields.of_region(cell, i), "no-memory", f"this machine has no memory at {item}: `cellctl create` "
                          "is refused", "choose memory that a memory node of its device tree has")
