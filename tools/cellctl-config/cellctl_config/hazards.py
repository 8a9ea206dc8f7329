# SPDX-License-Identifier: GPL-2.0-only
"""Dangers that only the machine's device tree, and what Linux says of itself, can tell.

With these the guesses of dangers.py about devices are replaced: see KNOWN_BETTER.
"""

from __future__ import annotations

from collections.abc import Iterator

from cellctl_config import binary, buses, fields, memoryfit, nodes, sharing, words
from cellctl_config.addresses import PAGE, Range
from cellctl_config.cpus import cpus_of
from cellctl_config.dangers import Danger, listed, note, warning
from cellctl_config.firmware import calls_for_all, memory_of_firmware
from cellctl_config.gic import gic_of, message_spis
from cellctl_config.interrupts import interrupts
from cellctl_config.machine import Machine
from cellctl_config.refusal import Refusal
from cellctl_config.tree import Node

KNOWN_BETTER = ("device-dma",)
RESERVE = "reserve it when Linux boots (mem= or /reserved-memory), or choose reserved memory"


def of_machine(machine: Machine, system: binary.System, cells: list[binary.Cell]) -> list[Danger]:
    known = Known(machine)
    found = [danger for look in SYSTEM_CHECKS for danger in look(known, system)]
    for cell in cells:
        found += [danger for look in CHECKS for danger in look(known, cell)]
    return found


class Known:
    """What is asked of the machine more than once."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.registers = [item for item in nodes.all_registers(machine.tree) if not buses.is_bus(item.node)]
        self.messages = message_spis(machine)[0]
        self.users = self.users_of_spis()
        self.firmware = memory_of_firmware(machine)

    def users_of_spis(self) -> dict[int, list[Node]]:
        found: dict[int, list[Node]] = {}
        for node in self.machine.tree.walk():
            for intid in [] if buses.is_map(node) else spis_of(node):
                found.setdefault(intid, []).append(node)
        return found

    def registers_in(self, place: Range) -> list[nodes.Registers]:
        """All or some of which are in a range. What has parts that are there, and more elsewhere, is left to
        them: part_of_another() tells of it.
        """
        here = [item for item in self.registers if item.range.overlaps(place)]
        of = [item.node for item in here]
        return [item for item in here if place.contains(item.range) or not buses.is_above(item.node, of)]

    def nodes_in(self, region: binary.Region) -> list[Node]:
        """Whose registers a region has, all or some."""
        return list(dict.fromkeys(item.node for item in self.registers_in(Range(region.phys, region.end))))


def spis_of(node: Node) -> list[int]:
    try:
        return list(dict.fromkeys(item.intid for item in interrupts(node) if item.kind == "SPI"))
    except Refusal:
        return []


def device_regions(cell: binary.Cell) -> Iterator[tuple[str, binary.Region]]:
    return ((fields.of_region(cell, i), region) for i, region in enumerate(cell.regions) if region.is_io)


def devices_of(known: Known, cell: binary.Cell) -> list[Node]:
    return list(dict.fromkeys(node for _, region in device_regions(cell) for node in known.nodes_in(region)))


# The system: what `enable` compares with the machine


def other_cpus(known: Known, system: binary.System) -> Iterator[Danger]:
    try:
        present = {cpu.mpidr for cpu in cpus_of(known.machine)}
    except Refusal:
        return
    for mpidrs, what in ((present - set(system.mpidrs), "the machine has CPUs that are not listed"),
                         (set(system.mpidrs) - present, "CPUs are listed that the machine does not have")):
        if mpidrs:
            yield warning(system, ".cpus", "other-cpus", f"{what} (MPIDR "
                          f"{', '.join(f'{mpidr:#x}' for mpidr in sorted(mpidrs))}): `cellctl enable` is refused",
                          "use the configuration of this machine, or list its CPUs")


def other_gic(known: Known, system: binary.System) -> Iterator[Danger]:
    remedy = "use the configuration of this machine, or correct it"
    try:
        gic = gic_of(known.machine, len(system.mpidrs))
    except Refusal:
        return
    if gic.version != system.gic_version:
        yield warning(system, ".gic.version", "other-gic", f"the machine has a GICv{gic.version}: `cellctl "
                      "enable` is refused", remedy)
        return
    for name, frame in system.frames.items():
        found = gic.frames.get(name)
        if found is None or found.start != frame.phys:
            where = f"has the {name.upper()} at {found.start:#x}" if found else f"has no {name.upper()}"
            yield warning(system, f".gic.{name}", "other-gic", f"the machine {where}, and here it is at "
                          f"{frame.phys:#x}: `cellctl enable` is refused", remedy)


# Devices


def unknown_devices(known: Known, cell: binary.Cell) -> Iterator[Danger]:
    for field, region in device_regions(cell):
        if not known.nodes_in(region):
            yield warning(cell, field, "unknown-device", "no node of the device tree has registers there: what "
                          "the cell gets is not known, and whether it does DMA",
                          "see the manual of the chip; correct the address if it is wrong")


def shares_a_page(known: Known, cell: binary.Cell) -> Iterator[Danger]:
    """Memory is given away in pages: registers of others that lie in them go along."""
    for field, region in device_regions(cell):
        inside = known.nodes_in(region)
        here = [item for item in nodes.within(known.registers, Range(region.phys, region.end))
                if not buses.is_above(item.node, inside)]
        for paths, page in shared_pages(here).items():
            if region.phys <= page < region.end:
                yield warning(cell, field, "shared-page", f"page {page:#x} has the registers of "
                              f"{listed(paths)}: the cell gets them all",
                              "give the cell all of these devices, or none")


def shared_pages(here: list[nodes.Registers]) -> dict[tuple[str, ...], int]:
    """The first page of each set of nodes that have registers in one."""
    found: dict[tuple[str, ...], int] = {}
    edges = {item.range.pages().start for item in here} | {item.range.pages().end - PAGE for item in here}
    for page in sorted(edges):
        paths = tuple(dict.fromkeys(item.node.path for item in nodes.within(here, Range.sized(page, PAGE))))
        if len(paths) > 1:
            found.setdefault(paths, page)
    return found


def only_a_part(known: Known, cell: binary.Cell) -> Iterator[Danger]:
    place_of = {field: Range(region.phys, region.end) for field, region in device_regions(cell)}
    for field, place in place_of.items():
        for item in known.registers_in(place):
            if not any(other.contains(item.range) for other in place_of.values()):
                yield warning(cell, field, "part-of-device", f"{item.node.path} has registers at {item.range}, "
                              "and the cell gets only a part of them", "give the cell all of them, or none")


def part_of_another(known: Known, cell: binary.Cell) -> Iterator[Danger]:
    """A chip stays with Linux, and the cell has a part of it that lies in one page with the chip's own registers."""
    given = devices_of(known, cell)
    for field, region in device_regions(cell):
        for node in known.nodes_in(region):
            owner = buses.owner_of_page(node, Range(region.phys, region.end))
            if owner is not None and owner not in given:
                yield note(cell, field, "part-of-another", f"{node.path} is a part of {owner.path}, which has registers "
                           "of its own in these pages", "see that Linux's driver of that leaves them alone")


def masters(known: Known, cell: binary.Cell) -> Iterator[Danger]:
    for field, region in device_regions(cell):
        for node in known.nodes_in(region):
            if "iommus" in node:
                yield warning(cell, field, "device-dma", f"{node.path} does DMA, and the IOMMU before it is "
                              "Linux's: Cellblock programs none",
                              "trust the cell with all memory, or give it another device")
            elif node.base_name in sharing.MASTERS or "dma-coherent" in node or "dma-ranges" in node:
                yield warning(cell, field, "device-dma", f"{node.path} probably does DMA: the cell reaches all "
                              "memory with it, the hypervisor's included",
                              "trust the cell with that, or give it another device")


def stays_with_linux(known: Known, cell: binary.Cell) -> Iterator[Danger]:
    """Clocks, resets, pins and the like, in the words of `cellctl config cell`."""
    given = devices_of(known, cell)
    for field, region in device_regions(cell):
        for node in known.nodes_in(region):
            for text in sharing.warnings(known.machine, node, given):
                if "masters the bus" not in text:
                    message, remedy = split(text)
                    yield note(cell, field, "shared-with-linux", message, remedy)


def split(text: str) -> tuple[str, str]:
    """Sentences of sharing.py end in what to do about it."""
    message, found, remedy = text.rpartition("; ")
    if not found:
        message, found, remedy = text.partition(": ")
    return (message, remedy) if found else (text, "see what the device needs")


# Interrupts


def interrupts_left_behind(known: Known, cell: binary.Cell) -> Iterator[Danger]:
    for field, region in device_regions(cell):
        for node in known.nodes_in(region):
            missing = [intid for intid in spis_of(node) if intid not in cell.intids]
            if missing:
                yield note(cell, field, "interrupt-left-behind", f"{node.path} raises {spis(missing)}, which the "
                           "cell does not have: they stay Linux's", "add to .irqs what the cell is to get")


def interrupts_of_others(known: Known, cell: binary.Cell) -> Iterator[Danger]:
    given = devices_of(known, cell)
    for i, irqs in enumerate(cell.irqs):
        for intid in range(irqs.first, irqs.first + irqs.count):
            others = [node.path for node in known.users.get(intid, [])
                      if node not in given and not buses.is_above(node, given)]
            if intid in known.messages:
                others.append(f"{known.messages[intid]}, by messages that whoever has it may send")
            if others:
                yield warning(cell, f".irqs[{i}]", "foreign-interrupt", f"SPI {intid} is raised by "
                              f"{listed(others)}, which the cell does not have",
                              "take it out of .irqs, or give the cell that device too")


def interrupts_in_use(known: Known, cell: binary.Cell) -> Iterator[Danger]:
    users = {item.intid: item.users for item in known.machine.linux_interrupts}
    for i, irqs in enumerate(cell.irqs):
        for intid in range(irqs.first, irqs.first + irqs.count):
            if intid in users:
                yield warning(cell, f".irqs[{i}]", "interrupt-in-use", f"Linux uses SPI {intid} "
                              f"({users[intid] or 'somebody'}): `cellctl create` is refused until it stops",
                              "unbind the driver first (see /proc/interrupts)")


def spis(intids: list[int]) -> str:
    return f"SPI{'' if len(intids) == 1 else 's'} {words.numbers(intids)}"


# Memory


def hypervisor_memory(known: Known, system: binary.System) -> Iterator[Danger]:
    place = Range(system.hypervisor.phys, system.hypervisor.end)
    for ram in known.machine.system_ram:
        if ram.overlaps(place):
            yield warning(system, ".hypervisor", "system-ram", f"Linux uses {ram} as System RAM: `cellctl "
                          "enable` is refused", RESERVE)


def cell_memory(known: Known, cell: binary.Cell) -> Iterator[Danger]:
    for i, region in enumerate(cell.regions):
        for ram in known.machine.system_ram:
            if ram.overlaps(Range(region.phys, region.end)):
                yield warning(cell, fields.of_region(cell, i), "system-ram", f"Linux uses {ram} as System RAM: "
                              "`cellctl create` is refused", RESERVE)


def firmware_memory(known: Known, system: binary.System) -> Iterator[Danger]:
    """What no cell has, none can write: a cell's regions are parts of these."""
    for i, region in enumerate(system.regions):
        for place in known.firmware:
            if place.range.overlaps(Range(region.phys, region.end)):
                yield warning(system, fields.of_region(system, i), "firmware-memory", f"the firmware is at {place}: "
                              "unless the hardware keeps others out, who writes there decides what EL3 does",
                              "leave it out of the region")


# Calls


def calls_not_refused(known: Known, system: binary.System) -> Iterator[Danger]:
    calls = calls_for_all(known.machine)
    missing = [call for call in calls.calls if call.number not in system.smcs] if calls else []
    if missing:
        names = ", ".join(f"{call.number:#010x}: {call.why}" for call in missing)
        yield warning(system, ".smcs", "calls-for-all", "the firmware has calls that act on the CPUs or the memory of "
                      f"cells, and Linux may make them ({names})", "list them in .smcs of the board")


SYSTEM_CHECKS = (other_cpus, other_gic, hypervisor_memory, firmware_memory, calls_not_refused,
                 memoryfit.linux_memory, memoryfit.added_memory, memoryfit.absent_hypervisor, memoryfit.absent_root_memory)
CHECKS = (unknown_devices, shares_a_page, only_a_part, part_of_another, masters, stays_with_linux, interrupts_left_behind,
          interrupts_of_others, interrupts_in_use, cell_memory, memoryfit.absent_cell_memory)
