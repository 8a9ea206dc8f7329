# SPDX-License-Identifier: GPL-2.0-only
"""What the system configuration of a machine is: made of its facts, before it is written down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from cellctl_config import ctext, devices, efi, words
from cellctl_config.addresses import PAGE, Range, merge, registers, subtract
from cellctl_config.cpus import Cpu, cpus_of, notes_of
from cellctl_config.firmware import calls_for_all
from cellctl_config.gic import Gic, gic_of
from cellctl_config.machine import Machine
from cellctl_config.memory import BLOCK, MIB, Kept, Memory, memory_of
from cellctl_config.refusal import EXIT_USAGE, Refusal
from cellctl_config.reserved import reserved_regions
from cellctl_config.tree import Node
from cellctl_config.wrongram import corrected

HYPERVISOR_SIZE = 4 * MIB
HYPERVISOR_MIN, HYPERVISOR_MAX = 1 * MIB, 256 * MIB

# UARTs that <cellblock/board.h> can name, by what the node is compatible with.
CONSOLES = {
    "arm,pl011": "PL011",
    "arm,sbsa-uart": "PL011",
    "cdns,uart-r1p8": "CADENCE",
    "cdns,uart-r1p12": "CADENCE",
    "xlnx,xuartps": "CADENCE",
    "fsl,imx6q-uart": "UART_IMX",
    "brcm,bcm2835-aux-uart": "UART_8250",
    "brcm,bcm7271-uart": "UART_8250",
    "intel,xscale-uart": "UART_8250",
    "marvell,armada-38x-uart": "UART_8250",
    "mediatek,mt6577-uart": "UART_8250",
    "nvidia,tegra20-uart": "UART_8250",
    "ns16550": "UART_8250",
    "ns16550a": "UART_8250",
    "snps,dw-apb-uart": "UART_8250",
    "ti,am64-uart": "UART_8250",
    "ti,am654-uart": "UART_8250",
}
# These have their registers 4 bytes apart without saying so.
FIXED_SHIFT = ("brcm,bcm2835-aux-uart", "mediatek,mt6577-uart", "ti,am64-uart", "ti,am654-uart")
SHIFT_8250 = 2
WHOLE_PAGE = ("PL011", "CADENCE")  # at its beginning


class Choices(NamedTuple):
    """What the user decides."""

    name: str = ""
    reserved: tuple[Range, ...] = ()
    hypervisor: Range | None = None  # of size 0: only where
    shared: int = 0
    spis: tuple[range, ...] = ()
    debug_console: bool = False
    permissive: bool = False


class Region(NamedTuple):
    """One region of the root cell."""

    name: str
    range: Range
    flags: str
    remark: str
    before: str = ""  # the heading of what begins here


@dataclass
class System:
    """A system configuration; `notes` is what the user should know of it."""

    machine: Machine
    name: str
    cpus: list[Cpu]
    gic: Gic
    memory: Memory
    hypervisor: Range
    regions: list[Region]
    spis: dict[int, list[str]]
    console: Node | None
    choices: Choices
    notes: list[str]


def console_macro(node: Node) -> str | None:
    """The macro for a UART that Cellblock and cells can print on."""
    if not registers(node):
        return None
    macro = next((CONSOLES[name] for name in node.compatible if name in CONSOLES), None)
    if macro in WHOLE_PAGE and registers(node)[0].start % PAGE:
        return None
    if macro == "UART_8250" and not node.is_compatible(*FIXED_SHIFT):
        return macro if node.number("reg-shift") == SHIFT_8250 else None
    return macro


def system_name(machine: Machine) -> str:
    names = machine.tree.root.compatible or ["board"]
    return re.sub(r"[^A-Za-z0-9._]+", "-", names[0]).strip("-")[:31] or "board"


# ---- Memory ----

HOW_TO_KEEP = (
    "boot with mem= on Linux's command line (mem=768M leaves it the first 768 MiB), or with a no-map node "
    "cellblock@ADDRESS below /reserved-memory, or say with --reserved ADDRESS,SIZE where it is")


def place_hypervisor(machine: Machine, kept: list[Kept], wish: Range | None) -> Range:
    """At the start of the first piece that holds it, or where the user says."""
    if not kept:
        raise Refusal(f"{machine.origin}: no memory is kept from Linux for the hypervisor and its cells",
                      HOW_TO_KEEP)
    if wish is not None:
        return _checked_hypervisor(kept, Range.sized(wish.start, wish.size or HYPERVISOR_SIZE))
    for item in kept:
        start = -(-item.range.start // BLOCK) * BLOCK
        if start + HYPERVISOR_SIZE <= item.range.end:
            return Range.sized(start, HYPERVISOR_SIZE)
    known = ", ".join(str(item.range) for item in kept)
    raise Refusal(f"the memory that is kept from Linux ({known}) does not hold 4 MiB at a multiple of "
                  "2 MiB for the hypervisor",
                  "keep more, or say with --hypervisor ADDRESS,SIZE where at least 1 MiB is")


def _checked_hypervisor(kept: list[Kept], place: Range) -> Range:
    if place.start % BLOCK or place.size % 0x1000 or not HYPERVISOR_MIN <= place.size <= HYPERVISOR_MAX:
        raise Refusal(f"--hypervisor: {place} is no place for the hypervisor",
                      "give an address that is a multiple of 2 MiB, and 1 to 256 MiB", EXIT_USAGE)
    if not any(item.contains(place) for item in merge(item.range for item in kept)):
        known = ", ".join(str(item.range) for item in kept)
        raise Refusal(f"--hypervisor: {place} is not kept from Linux", f"choose a place within {known}")
    return place


def _shared(kept: list[Kept], hypervisor: Range, size: int) -> list[Range]:
    """Memory for all cells, at the end of the last piece that has room besides the hypervisor."""
    if not size:
        return []
    if size % 0x1000:
        raise Refusal(f"--shared: {size} bytes are no whole pages", "give a multiple of 4 KiB", EXIT_USAGE)
    for piece in reversed(subtract((item.range for item in kept), [hypervisor])):
        if piece.size >= size:
            return [Range(piece.end - size, piece.end)]
    raise Refusal(f"--shared: there is no room for {words.size(size)} besides the hypervisor",
                  "keep more memory from Linux, or share less")


def _memory_regions(found: Memory, hypervisor: Range, shared: list[Range], holes: list[Range]) -> list[Region]:
    """`holes` are the GIC's, where no RAM is whatever a memory node says."""
    kept = merge(item.range for item in found.kept)
    reserved = reserved_regions(found)
    taken = [*kept, *(item.range for item in [*found.firmware, *reserved]), *(item.pages() for item in holes)]
    ram = [item.whole_pages() for item in subtract(found.ram, taken) if item.whole_pages().size]
    cells = subtract(kept, [hypervisor, *shared])
    regions = [Region("ram", item, "RAM", "") for item in ram]
    regions += [Region("cells", item, "RAM", "kept from Linux") for item in cells]
    regions += [Region("shared", item, "DATA | SHARED", "kept from Linux")
                for item in shared]
    regions += [Region(devices.region_name(item.name), item.range, item.flags, item.remark)
                for item in reserved]
    regions += [Region("added", item, "RAM", "no memory yet: Linux gets some there when it is added (virtio-mem)")
                for item in subtract(found.added, [*taken, *found.ram])]
    return _numbered(sorted(regions, key=lambda region: region.range))


def _numbered(regions: list[Region]) -> list[Region]:
    """ "ram", "ram-2", "ram-3": in the order of the addresses."""
    seen: dict[str, int] = {}
    result = []
    for region in regions:
        seen[region.name] = number = seen.get(region.name, 0) + 1
        name = region.name if number == 1 else f"{region.name[:12]}-{number}"
        result.append(region._replace(name=name))
    return result


# ---- Devices ----


def _device_regions(found: devices.Found, used: set[str]) -> list[Region]:
    names = devices.name_pieces(found.pieces, used)
    return [Region(name, piece.range, "DATA" if piece.is_memory else "MMIO", _remark(piece))
            for name, piece in zip(names, found.pieces)]


def _remark(piece: devices.Piece) -> str:
    """Whose the registers are, as far as the name and the address do not say it."""
    text = ctext.names(piece.names)
    node, _, alias = text.partition(" ")
    if node == f"{piece.kind}@{piece.range.start:x}" and len(piece.names) == 1:
        text = alias.strip("()")
    remarks = [text] if text else []
    return ", ".join(remarks + (["disabled"] if piece.is_disabled else []))


def _add_spis(spis: dict[int, list[str]], given: tuple[range, ...]) -> None:
    for item in given:
        for intid in item:
            spis.setdefault(intid, ["--spis"])


# ---- All ----


def _linux_has_it(kept: list[Kept], linux: list[Range]) -> list[str]:
    return [f"Linux still uses memory of {item.range} ({item.how}): enable is refused until it is kept "
            f"from Linux; {HOW_TO_KEEP.partition(', or say')[0]}"
            for item in kept if any(item.range.overlaps(used) for used in linux)]


def _firmware_notes(machine: Machine, memory: Memory) -> list[str]:
    notes = []
    if memory.firmware:
        places = ctext.names([str(place) for place in memory.firmware], most=len(memory.firmware))
        notes.append(f"in no region, since the firmware is there: {places}. If a driver of Linux needs some of it, list "
                     "it, unless Linux could then change the firmware")
    calls = calls_for_all(machine)
    return notes + ([calls.advice] if calls else [])


def _later_notes(machine: Machine) -> list[str]:
    """What Linux may have besides, and the configuration does not say."""
    notes = []
    if efi.is_efi(machine) and not efi.is_off(machine) and not efi.is_known(machine):
        notes.append("which memory and registers UEFI's runtime services use is known by /proc/iomem only, and not which of it is "
                     f"code: {efi.DEBUG}, or boot it with efi=noruntime")
    return notes


def plan_system(machine: Machine, choices: Choices) -> System:
    """The system configuration that fits the machine."""
    cpus = cpus_of(machine)
    gic = gic_of(machine, len(cpus))
    memory, wrong_ram = corrected(machine, gic, memory_of(machine, list(choices.reserved)))
    hypervisor = place_hypervisor(machine, memory.kept, choices.hypervisor)
    shared = _shared(memory.kept, hypervisor, choices.shared)
    regions = _memory_regions(memory, hypervisor, shared, gic.covers)
    taken = [*memory.ram, *(item.range for item in memory.kept), *(region.range for region in regions),
             *(place.range for place in memory.firmware)]
    found = devices.find_devices(machine, gic, taken, devices.MAX_REGIONS - len(regions))
    _add_spis(found.spis, choices.spis)
    regions += _device_regions(found, {region.name for region in regions})
    notes = wrong_ram + notes_of(cpus) + _linux_has_it(memory.kept, machine.system_ram)
    notes += _firmware_notes(machine, memory) + _later_notes(machine) + gic.notes + found.notes
    return System(machine, choices.name or system_name(machine), cpus, gic, memory, hypervisor, regions,
                  found.spis, machine.tree.stdout, choices, notes)
