# SPDX-License-Identifier: GPL-2.0-only
"""The regions and SPIs of all devices of a machine, for its root cell.

Registers are given away in pages, so nodes that share a page become one region, as do neighbours of
one kind. Disabled nodes count, too: what Linux does not use is what cells can get.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from cellctl_config import ctext, efi, interrupts, memory, words
from cellctl_config.addresses import PAGE, Range, is_pci, merge, other_windows, registers, subtract
from cellctl_config.gic import Gic
from cellctl_config.machine import Machine
from cellctl_config.refusal import Refusal
from cellctl_config.spis import unnamed_spis
from cellctl_config.tree import Node

MAX_NAME = 15
MAX_REGIONS = 240  # memory and devices, so that a configuration does not exceed its 16 KiB
MAX_GAP = 64 * 1024  # between registers that become one region because there are too many

# Memory behind a bus, and parts of it: Linux maps it as such, so it must not become Device memory.
MEMORY_LIKE = ("mmio-sram", "simple-framebuffer")

# What /proc/iomem has besides devices.
NOT_DEVICES = ("System RAM", "reserved", "Reserved", "Persistent Memory", "Crash kernel")


@dataclass
class Piece:
    """Registers that go together; `names` say for a comment whose they are."""

    range: Range
    kind: str  # the name's beginning
    address: int  # what tells it from others of that kind
    is_memory: bool
    names: list[str]
    is_disabled: bool


@dataclass
class Found:
    """All devices, and what was left out and why."""

    pieces: list[Piece] = field(default_factory=list)
    spis: dict[int, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Claim(NamedTuple):
    """One range of a node, before pages are considered."""

    range: Range
    kind: str
    name: str
    is_memory: bool
    is_disabled: bool


def is_reserved_memory(node: Node) -> bool:
    return any(place.path == "/reserved-memory" for place in (node, *node.ancestors()))


def is_device(node: Node) -> bool:
    return not (node.is_secure or memory.is_memory(node) or is_reserved_memory(node) or node.parent is None
                or node.parent.path == "/cpus" or is_pci(node.parent))


def label(node: Node) -> str:
    """The node's name for comments, with its alias."""
    path = node.path
    alias = next((name for name, target in node.tree.aliases.items() if target == path), "")
    return f"{node.name} ({alias})" if alias else node.name


def _claims(node: Node) -> list[Claim]:
    disabled = not node.is_enabled
    is_memory = any(place.is_compatible(*MEMORY_LIKE) for place in (node, node.parent) if place is not None)
    name = label(node)
    if "#iommu-cells" in node:
        name += ", an IOMMU"
    found = [Claim(item, node.base_name, name, is_memory, disabled) for item in registers(node)]
    windows = [Claim(item, f"{node.base_name}-{space}", f"{node.name}: {space} window", False, disabled)
               for space, item in other_windows(node)]
    if windows:
        found = [claim._replace(kind=f"{node.base_name}-regs") for claim in found]
    return found + windows


def _registers_of(node: Node) -> list[Range]:
    try:
        return [item.pages() for item in registers(node)]
    except Refusal:  # then they are nowhere
        return []


def find_devices(machine: Machine, gic: Gic, ram: list[Range], most: int = MAX_REGIONS) -> Found:
    """All but the GIC, in at most so many pieces. `ram` is all memory, the hypervisor's too."""
    taken = merge([*ram, *gic.covers])
    found = Found()
    claims: list[Claim] = []
    foreign: list[Range] = []
    for node in machine.tree.walk():
        if node in gic.nodes:
            continue
        if node.is_secure:
            found.notes.append(f"left out: {node.path} is the Secure world's (secure-status)")
            foreign += _registers_of(node)
            continue
        if is_device(node):
            try:
                claims += _claims(node)
            except Refusal as refusal:
                found.notes.append(f"left out: {refusal.message}")
        _add_spis(found, node)
    spis, notes = unnamed_spis(machine)
    for intid, names in spis.items():
        found.spis.setdefault(intid, []).extend(names)
    found.notes += notes
    claims += _unknown_to_tree(machine, claims, taken)
    found.pieces = _merge_kinds(_pieces(claims, taken, found.notes))
    _limit(found, [*taken, *foreign], most)
    _add_linux_spis(machine, found)
    return found


# ---- Registers ----


def _unknown_to_tree(machine: Machine, claims: list[Claim], taken: list[Range]) -> list[Claim]:
    """What Linux has mapped without a node, and what UEFI uses."""
    known = merge([claim.range.pages() for claim in claims] + taken)
    found = [Claim(left, "efi-regs", "UEFI's, by its memory map", False, False)
             for item in efi.runtime_registers(machine) for left in subtract([item.pages()], known)]
    known = merge([*known, *(claim.range for claim in found), *(item.pages() for item in machine.added_ram)])
    for item in machine.iomem:
        if item.depth or item.name.startswith(NOT_DEVICES):
            continue
        kind = re.sub(r"[^A-Za-z0-9._-]+", "-", item.name)
        found += [Claim(left, kind, f"{item.name} in /proc/iomem", False, False)
                  for left in subtract([item.range.pages()], known)]
    return found


def _pieces(claims: Iterable[Claim], taken: list[Range], notes: list[str]) -> list[Piece]:
    """Whole pages; those that meet become one piece."""
    parts: list[tuple[Range, Claim]] = []
    for claim in sorted(claims, key=lambda claim: claim.range):
        pages = claim.range.pages()
        left = subtract([pages], taken)
        if left != [pages]:
            lost = "all" if not left else "part"
            notes.append(f"{claim.name}: {lost} of {claim.range} is RAM, the firmware's or the GIC's, and left "
                         "out")
        parts += [(item, claim) for item in left]
    result: list[Piece] = []
    for item, claim in sorted(parts, key=lambda part: part[0].start):
        piece = _piece(item, claim)
        if result and result[-1].range.overlaps(item):
            result[-1] = _join(result[-1], piece)
        else:
            result.append(piece)
    return result


def _piece(item: Range, claim: Claim) -> Piece:
    return Piece(item, claim.kind, claim.range.start, claim.is_memory, [claim.name], claim.is_disabled)


def add_piece(pieces: list[Piece], item: Range, claim: Claim) -> None:
    piece = _piece(item, claim)
    for other in [other for other in pieces if other.range.overlaps(item)]:
        pieces.remove(other)
        piece = _join(other, piece)
    pieces.append(piece)


def _join(first: Piece, second: Piece) -> Piece:
    """One piece of two. It is called after the one that is in use, or else the first."""
    main = second if first.is_disabled and not second.is_disabled else first
    return Piece(Range(min(first.range.start, second.range.start), max(first.range.end, second.range.end)),
                 main.kind, main.address, first.is_memory and second.is_memory,
                 list(dict.fromkeys(first.names + second.names)),
                 first.is_disabled and second.is_disabled)


def _merge_kinds(pieces: list[Piece]) -> list[Piece]:
    """Neighbours of one kind (the frames of one device, a row of equal ones) become one."""
    result: list[Piece] = []
    for piece in pieces:
        last = result[-1] if result else None
        if (last and last.range.end == piece.range.start and last.kind == piece.kind
                and (last.is_memory, last.is_disabled) == (piece.is_memory, piece.is_disabled)):
            result[-1] = _join(last, piece)
        else:
            result.append(piece)
    return result


class Gap(NamedTuple):
    """Between two neighbours: bytes that nobody is known to have."""

    size: int
    index: int  # of the first of the two


def _gaps(pieces: list[Piece], taken: list[Range]) -> list[Gap]:
    """Those that may be closed, the smallest first."""
    found = []
    for i, (first, second) in enumerate(zip(pieces, pieces[1:])):
        gap = Range(first.range.end, second.range.start)
        is_free = not gap.size or subtract([gap], taken) == [gap]
        if is_free and gap.size <= MAX_GAP and first.is_memory == second.is_memory:
            found.append(Gap(gap.size, i))
    return sorted(found)


def _limit(found: Found, taken: list[Range], most: int) -> None:
    """Joins neighbours until the configuration fits, over the smallest gaps that do."""
    pieces, count = found.pieces, len(found.pieces)
    if count <= most:
        return
    closed = _gaps(pieces, taken)[: count - most]
    if count - len(closed) > most:
        raise Refusal(f"the machine has {count} separate ranges of registers, and a configuration holds {most}, even "
                      f"if those with up to {words.size(MAX_GAP)} between them are one",
                      "take nodes that nobody uses from the device tree")
    joined = {gap.index for gap in closed}
    found.pieces = pieces[:1]
    for i, piece in enumerate(pieces[1:]):
        if i in joined:
            found.pieces[-1] = _join(found.pieces[-1], piece)
        else:
            found.pieces.append(piece)
    opened = [Range(pieces[gap.index].range.end, pieces[gap.index + 1].range.start) for gap in closed if gap.size]
    if opened:
        found.notes.append(
            f"the machine has {count} separate ranges of registers, and a configuration holds {most}: so neighbours became "
            f"one region, and Linux has what is between them, too, up to {words.size(closed[-1].size)}: "
            f"{ctext.names([str(item) for item in sorted(opened)], most=8)}")


# ---- Interrupts ----


def _add_spis(found: Found, node: Node) -> None:
    for item in interrupts.each_interrupt(node):
        if isinstance(item, Refusal):
            found.notes.append(f"an interrupt is left out: {item.message}")
        elif item.kind == "SPI":
            names = found.spis.setdefault(item.intid, [])
            if node.name not in names:
                names.append(node.name)
        elif item.kind in ("ESPI", "EPPI"):
            found.notes.append(f"left out: {node.path} has {item}, and Cellblock knows SPIs to 1019")


def _add_linux_spis(machine: Machine, found: Found) -> None:
    """Those that Linux has requested and no node explains."""
    for item in machine.linux_interrupts:
        if 32 <= item.intid < 1020 and item.intid not in found.spis:
            found.spis[item.intid] = [f"{item.users or 'somebody'} in /proc/interrupts"]


# ---- Names ----


def region_name(kind: str) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]", "-", kind)[:MAX_NAME].strip("-")
    return name or "device"


def _with_address(kind: str, address: int) -> str:
    """ "serial-ff000000"; where that is too long, with the number of the page: "ethernet-ff0e0"."""
    digits = f"{address:x}"
    if len(kind) + 1 + len(digits) > MAX_NAME:
        digits = f"{address // PAGE:x}"
    return f"{kind[: MAX_NAME - 1 - len(digits)].rstrip('-')}-{digits}"


def name_pieces(pieces: list[Piece], used: set[str]) -> list[str]:
    """A name for each piece: its kind, with the address where that is not enough."""
    kinds = [region_name(piece.kind) for piece in pieces]
    names: list[str] = []
    for kind, piece in zip(kinds, pieces):
        is_unique = kinds.count(kind) == 1 and kind not in used
        name = kind if is_unique else _with_address(kind, piece.address)
        if name in used:
            name = f"{piece.range.start:x}"
        used.add(name)
        names.append(name)
    return names
