# SPDX-License-Identifier: GPL-2.0-only
"""What the hypervisor accepts and a reviewer would ask about.

A warning is about something that can break isolation or the cell itself, a note about a cost or a
choice to be aware of. Each function looks for one thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cellctl_config import binary, fields, words

BLOCK = 2 * 1024 * 1024
PAGE = 4096


@dataclass(frozen=True)
class Danger:
    level: str
    where: binary.Cell
    field: str
    code: str
    message: str
    remedy: str


def warning(where: binary.Cell, field: str, code: str, message: str, remedy: str) -> Danger:
    return Danger("warning", where, field, code, message, remedy)


def note(where: binary.Cell, field: str, code: str, message: str, remedy: str) -> Danger:
    return Danger("note", where, field, code, message, remedy)


def of_system(system: binary.System) -> list[Danger]:
    return [danger for look in SYSTEM_CHECKS for danger in look(system)]


def of_cells(system: binary.System, cells: list[binary.Cell]) -> list[Danger]:
    """Of cells that are to exist together."""
    found = [danger for cell in cells for look in CELL_CHECKS for danger in look(system, cell)]
    return found + [danger for look in GROUP_CHECKS for danger in look(system, cells)]


def regions(cell: binary.Cell) -> Iterator[tuple[str, binary.Region]]:
    """Each with the name of its field."""
    return ((fields.of_region(cell, i), region) for i, region in enumerate(cell.regions))


# The system


def permissive(system: binary.System) -> Iterator[Danger]:
    if system.flags & binary.PERMISSIVE:
        yield warning(system, ".flags", "permissive",
                      "PERMISSIVE is on: the root cell gets any device page that no region lists",
                      "add what `cellctl config learn` prints, then drop the flag")


def its(system: binary.System) -> Iterator[Danger]:
    if "its" in system.frames:
        yield note(system, ".gic.its", "its",
                   "the ITS is handed through to the root cell: it reads and writes tables in memory "
                   "wherever Linux tells it to",
                   "trust Linux with it; where it needs no MSIs, leave .its out and disable the node in "
                   "its device tree")


def no_iommu(system: binary.System) -> Iterator[Danger]:
    devices = [region for region in system.regions if region.is_io]
    if devices:
        yield note(system, ".regions", "no-iommu",
                   f"the root cell has {words.count(len(devices), 'region')} of devices and no IOMMU is "
                   "programmed: those that do DMA reach the memory of every cell and of the hypervisor",
                   "trust Linux with them, or give it no device that masters the bus")


def debug_console(system: binary.System) -> Iterator[Danger]:
    if system.debug_console.type:
        yield note(system, ".debug_console", "debug-console",
                   "the hypervisor writes to a UART that the root cell has, too: each disturbs what the "
                   "other writes",
                   "leave it out once the board runs; `cellctl console` shows the messages")


def single_cpu(system: binary.System) -> Iterator[Danger]:
    if len(system.mpidrs) == 1:
        yield warning(system, ".cpus", "single-cpu", "there is one CPU, which the root cell keeps: no "
                      "cell can be created", "list all CPUs of the machine")


def system_regions_shared_executable(system: binary.System) -> Iterator[Danger]:
    for field, region in regions(system):
        if region.is_shared and region.flags & binary.EXECUTE:
            yield warning(system, field, "shared-executable",
                          "shared memory may be executable: whoever writes it decides what others run",
                          "make it DATA | SHARED")


def never_asked(smc: int) -> bool:
    """Whether the hypervisor looks at no list for this number: PSCI, SDEI, or the hint about SVE in it."""
    return smc & 0x3F00FFC0 == 0x04000000 or bool(smc & 0x10000)


def calls_in_vain(cell: binary.Cell) -> Iterator[Danger]:
    vain = [smc for smc in cell.smcs if never_asked(smc)]
    if vain:
        yield warning(cell, ".smcs", "smcs-in-vain", f"{words.count(len(vain), 'number')} "
                      f"({', '.join(f'{smc:#010x}' for smc in vain)}) without effect: PSCI is the hypervisor's, SDEI "
                      "is refused to all, and bit 16, a hint, is no part of a number", "take them out")


SYSTEM_CHECKS = (permissive, its, no_iommu, debug_console, single_cpu, system_regions_shared_executable,
                 calls_in_vain)


# A cell


def no_console(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    if not cell.console.type:
        yield warning(cell, ".console", "no-console", "the cell has no console: nothing tells what it "
                      "does, or why it stopped", "give it RING, which needs no device")


def polled_console(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    if cell.console.address and not cell.console.irq:
        yield note(cell, ".console", "polled-console", "the UART of the console has no interrupt: Linux "
                   "as a guest needs one",
                   f"name {'an SPI that no device has' if cell.console.is_virtual else 'its SPI'}: "
                   f"{'VUART' if cell.console.is_virtual else 'PL011'}(address, INTID), and list it in .irqs")


def moved_console(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    """As for a program that was built for another board, which may expect its interrupt, too."""
    for region in cell.regions:
        offset = cell.console.address - region.virt
        if region.is_io and region.virt != region.phys and cell.console.address and 0 <= offset < region.size:
            intid = f"its interrupt is INTID {cell.console.irq}" if cell.console.irq else "it has no interrupt"
            yield note(cell, ".console", "moved-console", f"the cell sees the UART at {cell.console.address:#x}, and "
                       f"it is at {region.phys + offset:#x}: .virt moves addresses and no interrupts, so {intid}",
                       "see that the program is built for this interrupt, and not for that of the board whose "
                       "addresses it has")


def not_loadable(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    needed = binary.LOADABLE | binary.EXECUTE
    if not any(region.flags & needed == needed for region in cell.regions):
        yield warning(cell, ".regions", "not-loadable", "no region is both LOADABLE and executable: "
                      "`cellctl load` refuses to load the cell", "mark its memory RAM | LOADABLE")


def native_idle(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    if cell.flags & binary.NATIVE_IDLE:
        yield warning(cell, ".flags", "native-idle", "NATIVE_IDLE: a CPU that waits with its interrupt "
                      "interface turned off can be woken by nothing, and `cellctl stop` waits for it",
                      "keep it only if the inmate is trusted to, and the exit at each WFI is too much")


def accept_lpis(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    if cell.flags & binary.ACCEPT_LPIS:
        yield warning(cell, ".flags", "accept-lpis", "ACCEPT_LPIS: where the GIC cannot turn them off, "
                      "the cell's CPUs get LPIs of the root cell, and tables that Linux set up stay in use",
                      "drop the flag, unless `create` refuses without it")


def firmware_calls(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    if cell.smcs:
        names = ", ".join(f"{smc:#010x}" for smc in cell.smcs)
        yield warning(cell, ".smcs", "smcs", f"the cell may call the firmware ({names}), which is not "
                      "partitioned: it could reset the machine, or reach memory and clocks of others",
                      "make sure that the firmware checks what it is asked for, or take them out")


def cell_calls_in_vain(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    return calls_in_vain(cell)


def cpu_zero(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    if cell.cpu_set & 1:
        yield note(cell, ".cpus", "cpu-0", "the cell takes CPU 0: Linux may have booted on it, and some "
                   "firmware cannot turn it off", "take another CPU, or try it on the machine")


def devices(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    """A UART does no DMA by itself; of others only the device tree could tell."""
    for field, region in regions(cell):
        console = cell.console.address
        if region.is_io and not (console and region.virt <= console < region.virt + region.size):
            yield warning(cell, field, "device-dma", "if this device does DMA, the cell reaches all "
                          "memory with it, the hypervisor's included: no IOMMU is programmed",
                          "give cells only devices that do none, or trust the cell")


def irqs_without_device(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    intids = cell.intids - ({cell.console.irq} if cell.console.is_virtual else set())
    if intids and not any(region.is_io for region in cell.regions):
        yield note(cell, ".irqs", "irqs-without-device", f"interrupts "
                   f"{words.numbers(intids)} are the cell's, and no device is",
                   "list the registers of the device, if it needs more than to be told")


def write_and_execute(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    for field, region in regions(cell):
        if region.is_shared and region.flags & binary.EXECUTE:
            yield warning(cell, field, "shared-executable", "the cell may execute memory that others "
                          "write", "make it DATA | SHARED")


def small_pages(_: binary.System, cell: binary.Cell) -> Iterator[Danger]:
    """What is smaller than a block anyhow is not worth a word."""
    for field, region in regions(cell):
        if region.is_io or region.size < BLOCK:
            continue
        pages = small_page_count(region)
        if pages:
            yield note(cell, field, "small-pages", f"{words.count(pages, 'page')} of 4 KiB where blocks "
                       "of 2 MiB could be: more TLB misses, and more of the hypervisor's memory",
                       "make .phys, .virt and .size multiples of 2 MiB")


def small_page_count(region: binary.Region) -> int:
    """How much of the region no 2 MiB block maps."""
    if (region.phys ^ region.virt) % BLOCK:
        return region.size // PAGE
    first = -(-region.phys // BLOCK) * BLOCK
    last = region.end // BLOCK * BLOCK
    return (region.size - max(last - first, 0)) // PAGE


CELL_CHECKS = (no_console, polled_console, moved_console, not_loadable, native_idle, accept_lpis, firmware_calls,
               cell_calls_in_vain, cpu_zero, devices, irqs_without_device, write_and_execute, small_pages)


# Cells that exist together


def shared_parts(cells: list[binary.Cell]) -> list[tuple[int, int, list[tuple[binary.Cell, int]]]]:
    """Ranges that have the same sharers throughout: start, end, and cells with their region's index."""
    shared = [(cell, i, region) for cell in cells for i, region in enumerate(cell.regions)
              if region.is_shared]
    edges = sorted({edge for _, _, region in shared for edge in (region.phys, region.end)})
    parts = []
    for start, end in zip(edges, edges[1:]):
        sharers = [(cell, i) for cell, i, region in shared if region.phys <= start < region.end]
        if sharers:
            parts.append((start, end, sharers))
    return parts


def shared_writers(system: binary.System, cells: list[binary.Cell]) -> Iterator[Danger]:
    for start, end, sharers in shared_parts(cells):
        writers = [(cell, i) for cell, i in sharers if cell.regions[i].flags & binary.WRITE]
        names = [f"\"{cell.name}\"" for cell, _ in writers]
        if any(root.is_shared and root.phys <= start < root.end and root.flags & binary.WRITE
               for root in system.regions):
            names.append("the root cell")
        if not writers or len(names) < 2:
            continue
        cell, i = writers[0]
        where = words.addresses(start, end - start)
        field = fields.of_region(cell, i)
        if cell.regions[i].is_io:
            yield warning(cell, field, "shared-device", f"registers {where} are written by "
                          f"{listed(names)}", "give a device to one owner")
        else:
            yield note(cell, field, "shared-memory", f"{where} is written by {listed(names)}: each may "
                       "change what the other is reading",
                       "give one direction a region of its own that the reader has without WRITE, or "
                       "check every value after copying it")


def shared_with_nobody(_: binary.System, cells: list[binary.Cell]) -> Iterator[Danger]:
    if len(cells) < 2:
        return
    for start, end, sharers in shared_parts(cells):
        if len(sharers) == 1:
            cell, i = sharers[0]
            yield note(cell, fields.of_region(cell, i), "shared-with-root",
                       f"{words.addresses(start, end - start)} is shared with the root cell only",
                       "that is fine for talking to Linux; another cell must list it, too")


def root_cpus(system: binary.System, cells: list[binary.Cell]) -> Iterator[Danger]:
    taken = {cpu for cell in cells for cpu in cell.cpus}
    left = set(system.linux_cpus) - taken
    if cells and len(left) == 1 and len(system.cpus) > 2:
        yield note(system, ".cpus", "one-root-cpu", f"CPU {left.pop()} is all that Linux keeps: when it "
                   "is busy, nobody stops a cell or reads its console",
                   "leave the root cell two, if the cells can do with fewer")


def debug_console_taken(system: binary.System, cells: list[binary.Cell]) -> Iterator[Danger]:
    console = system.debug_console
    for cell in cells:
        for field, region in regions(cell):
            if console.type and region.phys <= console.address < region.end:
                yield warning(cell, field, "debug-console-taken", "the hypervisor writes its messages to "
                              f"this UART, too (.debug_console of {system.file})",
                              "leave .debug_console out, or give the cell another UART")


GROUP_CHECKS = (shared_writers, shared_with_nobody, root_cpus, debug_console_taken)


def listed(names: Iterable[str]) -> str:
    """'a, b and c'"""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
