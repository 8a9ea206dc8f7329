# SPDX-License-Identifier: GPL-2.0-only
"""Which controller an interrupt of a node ends at, and as what: drivers/of/irq.c."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fdt import Node

# of_irq_imap_abusers: controllers whose interrupt-map is for their own driver.
ABUSERS = ("CBEA,platform-spider-pic", "sti,platform-spider-pic", "realtek,rtl-intc", "fsl,ls1021a-extirq",
           "fsl,ls1043a-extirq", "fsl,ls1088a-extirq", "renesas,rza1-irqc")
ALL_BITS = 0xFFFFFFFF
MOST_LEVELS = 32


class Interrupt(NamedTuple):
    """A controller and the cells that name an interrupt of it."""

    chip: Node
    args: list[int]


def irq_parent(node: Node) -> Node | None:
    """of_irq_find_parent()"""
    for _ in range(MOST_LEVELS):
        handle = node.number("interrupt-parent")
        above = node.parent if handle is None else node.tree.by_phandle.get(handle)
        if above is None or "#interrupt-cells" in above.props:
            return above
        node = above
    return None


def raw_interrupts(node: Node) -> Iterator[Interrupt]:
    """Before any interrupt-map is looked at: the first half of of_irq_parse_one()."""
    cells = node.cells("interrupts-extended")
    while cells:
        chip = node.tree.by_phandle.get(cells[0])
        count = (chip.number("#interrupt-cells") or 0) if chip else 0
        if chip and len(cells) > count:
            yield Interrupt(chip, cells[1 : 1 + count])
        cells = cells[1 + count :]
    if "interrupts" in node.props and "interrupts-extended" not in node.props:
        chip = irq_parent(node)
        count = (chip.number("#interrupt-cells") or 0) if chip else 0
        cells = node.cells("interrupts")
        for i in range(0, len(cells) - count + 1, count or len(cells) + 1):
            yield Interrupt(chip, cells[i : i + count])


class Entry(NamedTuple):
    """Of an interrupt-map."""

    match: list[int]
    target: Interrupt


def map_entries(nexus: Node, address_cells: int, interrupt_cells: int) -> Iterator[Entry]:
    cells = nexus.cells("interrupt-map")
    head = address_cells + interrupt_cells
    while len(cells) > head + 1:
        chip = nexus.tree.by_phandle.get(cells[head])
        if chip is None or "#interrupt-cells" not in chip.props:
            return
        begin = head + 1 + (chip.number("#address-cells") or 0)
        end = begin + chip.cells("#interrupt-cells")[0]
        if len(cells) < end:
            return
        if chip.is_available:
            yield Entry(cells[:head], Interrupt(chip, cells[begin:end]))
        cells = cells[end:]


def is_end(node: Node) -> bool:
    return "interrupt-controller" in node.props and ("interrupt-map" not in node.props or node.is_a(*ABUSERS))


def follow(unit: list[int], interrupt: Interrupt) -> Interrupt | None:
    """of_irq_parse_raw(): through nexus nodes to a controller. `unit` is "reg" of the node, as cells."""
    chip, args = interrupt
    address_cells = chip.inherited("#address-cells", 2)
    address = (unit + [0] * address_cells)[:address_cells]
    for _ in range(MOST_LEVELS):
        if is_end(chip):
            return Interrupt(chip, args)
        if "interrupt-map" not in chip.props:
            above = irq_parent(chip)
            if above is None or above is chip:
                return None
            chip = above
            continue
        if address_cells and not unit:
            return None
        wanted = address + args
        mask = chip.cells("interrupt-map-mask") or [ALL_BITS] * len(wanted)
        target = next((entry.target for entry in map_entries(chip, address_cells, len(args))
                       if not any((a ^ b) & m for a, b, m in zip(entry.match, wanted, mask))), None)
        if target is None:
            return None
        chip, args = target
        address_cells = chip.number("#address-cells") or 0
        address = [0] * address_cells
    return None


def interrupts(node: Node) -> list[Interrupt]:
    """of_irq_parse_one() for each index; what it fails for, no driver gets."""
    found = (follow(node.cells("reg"), item) for item in raw_interrupts(node))
    return [item for item in found if item is not None]


def slots(nexus: Node) -> list[Interrupt]:
    """All that the interrupt-map of a nexus leads to: who is in the slots of a PCI host, the tree does
    not say.
    """
    if "interrupt-map" not in nexus.props or is_end(nexus):
        return []
    counts = nexus.inherited("#address-cells", 2), nexus.number("#interrupt-cells") or 1
    found = (follow([0], entry.target) for entry in map_entries(nexus, *counts))
    return [item for item in found if item is not None]
