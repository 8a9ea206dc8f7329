# SPDX-License-Identifier: GPL-2.0-only
"""Memory and registers that are UEFI's after it has started Linux: its runtime services go on in them.

Linux shows their memory as "reserved" in /proc/iomem, with that of others and without saying what holds
code. All of it is in the firmware's memory map, which Linux prints when it is booted with efi=debug.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from cellctl_config.addresses import PAGE, Range, merge, subtract
from cellctl_config.machine import Machine

DIRECTORY = "sys/firmware/efi"
HEADING = "efi: Processing EFI memory map:"
LINE = re.compile(r"efi: +0x([0-9a-f]{8,16})-0x([0-9a-f]{8,16}) \[([A-Za-z ]+?) *\|([^\]]*)\]")

# Types as Linux names them, in the order of their numbers (UEFI specification, 7.2.3).
TYPES = ("Reserved", "Loader Code", "Loader Data", "Boot Code", "Boot Data", "Runtime Code", "Runtime Data",
         "Conventional", "Unusable", "ACPI Reclaim", "ACPI Mem NVS", "MMIO", "MMIO Port", "PAL Code",
         "Persistent")
CODE = "Runtime Code"
REGISTERS = ("MMIO", "MMIO Port")
# What nobody uses once Linux runs, but for what /proc/iomem says. Data of the loader is more than that: the
# device tree that Linux was started with, and the memory map.
LEFT = ("Loader Code", "Boot Code", "Boot Data", "Conventional")
MAP_START, MAP_SIZE = "linux,uefi-mmap-start", "linux,uefi-mmap-size"

DEBUG = "boot it once with efi=debug on its command line, and start from that"


class Descriptor(NamedTuple):
    """An entry of the firmware's memory map."""

    range: Range
    type: str
    is_runtime: bool


class Piece(NamedTuple):
    """Memory that stays Linux's without being System RAM; `name` is that of a region."""

    range: Range
    name: str
    has_code: bool
    why: str


def is_efi(machine: Machine) -> bool:
    chosen = machine.tree.chosen
    return machine.source.is_directory(DIRECTORY) or (chosen is not None and MAP_START in chosen.properties)


def is_off(machine: Machine) -> bool:
    """Whether Linux was told not to call the firmware."""
    return any("noruntime" in value.split(",") for value in machine.arguments("efi"))


# ---- The map ----


def _number(machine: Machine, path: str) -> int:
    text = machine.text(path) or ""
    return int(text, 0) if re.fullmatch(r"0x[0-9a-f]{1,16}|[0-9]{1,19}", text) else 0


def _from_sysfs(machine: Machine) -> list[Descriptor]:
    """Where the kernel has it; of the runtime only."""
    directory = f"{DIRECTORY}/runtime-map"
    found = []
    for entry in machine.source.list(directory):
        place = f"{directory}/{entry}"
        kind, size = _number(machine, f"{place}/type"), _number(machine, f"{place}/num_pages") * PAGE
        if size and kind < len(TYPES):
            found.append(Descriptor(Range.sized(_number(machine, f"{place}/phys_addr"), size), TYPES[kind], True))
    return found


def _from_messages(machine: Machine) -> list[Descriptor]:
    found = []
    for start, last, kind, attributes in LINE.findall(machine.dmesg):
        item = Range(int(start, 16), int(last, 16) + 1)
        if item.size > 0:
            found.append(Descriptor(item, kind, attributes.startswith("RUN")))
    return found


def memory_map(machine: Machine) -> tuple[list[Descriptor], bool]:
    """The entries that are known, and whether these are all."""
    if HEADING in machine.dmesg:
        return _from_messages(machine), True
    return _from_sysfs(machine), False


def is_known(machine: Machine) -> bool:
    """Whether the runtime services' memory and registers are known."""
    return bool(memory_map(machine)[0])


def ram(machine: Machine) -> list[Range]:
    """All RAM by the whole map; nothing without it."""
    found, is_whole = memory_map(machine)
    return merge(item.range for item in found if item.type not in REGISTERS) if is_whole else []


def runtime_registers(machine: Machine) -> list[Range]:
    return [item.range for item in memory_map(machine)[0] if item.type in REGISTERS and item.is_runtime]


# ---- What stays Linux's ----


def _own_map(machine: Machine) -> list[Range]:
    """The memory map itself: Linux goes on reading it."""
    chosen = machine.tree.chosen
    start, size = (int.from_bytes(chosen.properties.get(name, b""), "big") if chosen else 0
                   for name in (MAP_START, MAP_SIZE))
    return [Range.sized(start, size).pages()] if size and start + size <= 1 << 64 else []


def _split(item: Range, machine: Machine, why: str) -> list[Piece]:
    """By what the map says of it. What it does not say may be code."""
    if not is_efi(machine):
        return [Piece(item, "reserved", False, why)]
    data = [entry.range for entry in memory_map(machine)[0] if entry.type != CODE]
    code = subtract([item], data)
    return [*(Piece(part, "efi-code", True, why) for part in code),
            *(Piece(part, "efi-data", False, why) for part in subtract([item], code))]


def own_pieces(machine: Machine, known: list[Range]) -> list[Piece]:
    """What Linux has of the firmware's, besides System RAM. `known` is what others explain: reservations of
    the device tree, registers, System RAM.
    """
    entries, is_whole = memory_map(machine)
    taken = [*known, *(item.range for item in entries if item.type in REGISTERS)]
    found: list[Piece] = []

    def add(items: Iterable[Range], why: str) -> None:
        for item in subtract((item.pages() for item in items), taken):
            found.extend(_split(item, machine, why))
            taken.append(item)

    for item in subtract(_own_map(machine), taken):
        found.append(Piece(item, "efi-data", False, "UEFI's memory map, which Linux reads"))
        taken.append(item)
    add((item.range for item in machine.iomem if item.depth == 0 and item.name in ("reserved", "Reserved")),
        "reserved in /proc/iomem")
    add((item.range for item in entries if item.is_runtime or is_whole and item.type not in LEFT),
        "UEFI's, by its memory map")
    return _merged(found)


def _merged(pieces: list[Piece]) -> list[Piece]:
    """What meets and is of one kind is one."""
    found: list[Piece] = []
    for piece in sorted(pieces):
        last = found[-1] if found else None
        if last and last.range.end == piece.range.start and last.name == piece.name:
            why = last.why if piece.why in last.why else f"{last.why}; {piece.why}"
            found[-1] = last._replace(range=Range(last.range.start, piece.range.end), why=why)
        else:
            found.append(piece)
    return found
