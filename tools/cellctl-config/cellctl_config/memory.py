# SPDX-License-Identifier: GPL-2.0-only
"""The RAM of a machine: what there is, what Linux uses, and what is kept from it for Cellblock.

Memory is kept for Cellblock by a node below /reserved-memory whose name begins with "cellblock", by
mem= on Linux's command line, or because the user says so. What else Linux leaves alone, firmware
may have taken.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cellctl_config import efi
from cellctl_config.addresses import ADDRESS_LIMIT, Range, merge, registers, subtract
from cellctl_config.firmware import Place, memory_of_firmware
from cellctl_config.machine import Machine
from cellctl_config.refusal import EXIT_USAGE, Refusal
from cellctl_config.tree import Node

MIB = 1 << 20
BLOCK = 2 * MIB  # alignment of the hypervisor, and of large stage-2 blocks
SUFFIXES = {"": 1, "K": 1 << 10, "M": MIB, "G": 1 << 30, "T": 1 << 40}
OUR_NAME = "cellblock"
MEMRESERVE = "/memreserve/"  # stands for a name of a node


class Reservation(NamedTuple):
    """A piece of memory that /reserved-memory or /memreserve/ names."""

    name: str
    range: Range
    no_map: bool


class Kept(NamedTuple):
    """Memory that is kept for Cellblock, and by what."""

    range: Range
    how: str


class Memory(NamedTuple):
    """`linux` is what Linux may use as memory; `kept` is part of `ram` and not of `linux`. Nothing of
    the firmware's is kept.
    """

    ram: list[Range]
    linux: list[Range]
    reservations: list[Reservation]
    kept: list[Kept]
    firmware: list[Place]  # which nobody else is to have
    mapped: list[efi.Piece]  # no System RAM, and Linux needs it all the same
    added: list[Range]  # where Linux may get more


def parse_size(text: str) -> int:
    """Bytes of "64M", "0x100000" or "4096"."""
    match = re.fullmatch(r"(0[xX][0-9a-fA-F]{1,16}|\d{1,20})([kKmMgGtT]?)(?:i?B)?", text.strip())
    if not match:
        raise Refusal(f'"{text}" is no size', "write it like 64M, 1G or 0x4000000", EXIT_USAGE)
    value = int(match[1], 0) if match[1][:2] in ("0x", "0X") else int(match[1])
    value *= SUFFIXES[match[2].upper()]
    if value >= ADDRESS_LIMIT:
        raise Refusal(f'"{text}" does not fit into 64 bits', "write it like 64M or 1G", EXIT_USAGE)
    return value


def parse_range(text: str) -> Range:
    """ "0x70000000,256M": an address and a size."""
    address, comma, size = text.partition(",")
    if not comma:
        raise Refusal(f'"{text}" is no address and size', "write it like 0x70000000,256M", EXIT_USAGE)
    item = Range.sized(parse_size(address), parse_size(size))
    if not item.size or item.end > ADDRESS_LIMIT:
        raise Refusal(f'"{text}" is empty or wraps around', "write it like 0x70000000,256M", EXIT_USAGE)
    return item


def is_memory(node: Node) -> bool:
    return node.string("device_type") == "memory" or node.base_name == "memory"


def memory_nodes(machine: Machine) -> list[Range]:
    nodes = (node for node in machine.tree.root.children if is_memory(node) and node.is_enabled)
    return merge(item for node in nodes for item in registers(node))


def reservations(machine: Machine) -> list[Reservation]:
    """Pieces with an address; Linux chooses where the others are, and has them as its own."""
    found = [Reservation(MEMRESERVE, Range.sized(address, size), False)
             for address, size in machine.tree.reservations if size]
    parent = machine.tree.root.child("reserved-memory")
    for node in parent.children if parent else []:
        if node.is_enabled:
            found += [Reservation(node.name, item, "no-map" in node) for item in registers(node)]
    return found


def _is_ours(item: Reservation) -> bool:
    return item.name.startswith(OUR_NAME)


def _limit(machine: Machine) -> int | None:
    """The value of mem=, which the kernel reads like parse_size(), only more generously."""
    values = machine.arguments("mem")
    match = re.match(r"(0[xX][0-9a-fA-F]{1,16}|\d{1,20})([kKmMgGtT]?)", values[-1]) if values else None
    return parse_size(match[0]) if match else None


def _first_bytes(ram: list[Range], limit: int) -> list[Range]:
    """What Linux keeps of its memory with mem=: so many bytes from the start, holes not counted."""
    result = []
    for item in ram:
        size = min(item.size, limit)
        if size:
            result.append(Range.sized(item.start, size))
        limit -= size
    return result


def _linux_memory(machine: Machine, ram: list[Range], reserved: list[Reservation]) -> list[Range]:
    """By /proc/iomem; without that, what the command line and the tree lead to expect."""
    if machine.system_ram:
        return merge(machine.system_ram)
    limit = _limit(machine)
    left = ram if limit is None else _first_bytes(ram, limit)
    return subtract(left, [item.range for item in reserved if item.no_map])


def _kept_by_node(item: Reservation) -> Kept:
    if not item.no_map:
        raise Refusal(f"/reserved-memory/{item.name} is not no-map, so Linux has it as System RAM",
                      "add the property no-map to the node and boot again")
    return Kept(item.range.whole_pages(), f"the node /reserved-memory/{item.name}")


def _kept(machine: Machine, ram: list[Range], linux: list[Range], reserved: list[Reservation],
          mapped: list[efi.Piece], given: list[Range]) -> list[Kept]:
    if given:
        return [Kept(item.whole_pages(), "the option --reserved") for item in given]
    kept = [_kept_by_node(item) for item in reserved if _is_ours(item)]
    if _limit(machine) is not None:
        taken = [*linux, *(item.range for item in [*reserved, *mapped])]
        how = f"mem={machine.arguments('mem')[-1]} on Linux's command line"
        if efi.is_efi(machine) and not efi.ram(machine) and not kept:
            raise Refusal(f"{how} also hides memory that UEFI and Linux use, its device tree for instance, and what of "
                          "it that is, is not known", efi.DEBUG)
        kept += [Kept(item.whole_pages(), how) for item in subtract(ram, taken)]
    return [item for item in kept if item.range.size]


def _mapped(machine: Machine, nodes: list[Range], reserved: list[Reservation]) -> list[efi.Piece]:
    """Registers are "reserved" in /proc/iomem too, where UEFI goes on using them."""
    known = [*machine.system_ram, *(item.range for item in reserved if item.no_map)]
    return efi.own_pieces(machine, [*known, *subtract(_registers(machine), nodes)])


def _registers(machine: Machine) -> list[Range]:
    found = []
    for node in machine.tree.walk():
        if any(is_memory(place) or place.path == "/reserved-memory" for place in (node, *node.ancestors())):
            continue
        try:
            found += registers(node)
        except Refusal:  # config create reports it
            continue
    return found


def _refuse_firmware(kept: list[Kept], firmware: list[Place]) -> None:
    for item in kept:
        for place in firmware:
            if item.range.overlaps(place.range):
                raise Refusal(f"{item.how} keeps {item.range}, where the firmware has {place}",
                              "keep other memory for Cellblock")


def _refuse_mapped(kept: list[Kept], mapped: list[efi.Piece]) -> None:
    for item in kept:
        for piece in mapped:
            if item.range.overlaps(piece.range):
                raise Refusal(f"{item.how} keeps {item.range}, where Linux needs {piece.range} ({piece.why})",
                              "keep other memory for Cellblock")


def memory_of(machine: Machine, given: list[Range]) -> Memory:
    """All that is known of the machine's RAM. `given` is what the user says is kept."""
    reserved = reservations(machine)
    ours = [item.range for item in reserved if _is_ours(item)]
    nodes = memory_nodes(machine)
    mapped = _mapped(machine, nodes, reserved)
    ram = nodes or efi.ram(machine) or merge([*machine.system_ram, *ours])
    if not ram:
        raise Refusal(f"{machine.origin}: no memory node of the device tree says where there is RAM; "
                      "the boot firmware of many boards fills that in",
                      "collect the facts on the running board, as root, with `cellctl config collect`")
    ram = merge([*ram, *ours, *machine.system_ram, *(item.range for item in mapped)])
    linux = _linux_memory(machine, ram, reserved)
    kept = _kept(machine, ram, linux, reserved, mapped, given)
    firmware = memory_of_firmware(machine)
    _refuse_firmware(kept, firmware)
    _refuse_mapped(kept, mapped)
    return Memory(ram, linux, reserved, kept, firmware, mapped, machine.added_ram)
