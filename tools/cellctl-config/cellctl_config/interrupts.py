# SPDX-License-Identifier: GPL-2.0-only
"""Which interrupts a node raises, as INTIDs of the GIC.

Follows "interrupts-extended", or "interrupts" and the nearest "interrupt-parent", through nodes
with an "interrupt-map" (PCI hosts) and through controllers that pass interrupts on, to the
controller that has them, by the rules of Linux (drivers/of/irq.c and its drivers of controllers:
controllers.py). An interrupt of a controller that the GIC is not known to have, of a GPIO block,
say, stays that controller's: it has no INTID of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cellctl_config import controllers
from cellctl_config.addresses import DEFAULT_ADDRESS_CELLS
from cellctl_config.controllers import gic_version, is_nexus, translator_of
from cellctl_config.refusal import Refusal
from cellctl_config.tree import Node, Reference

# Kinds in the first cell of a specifier, and where their INTIDs begin.
FIRST_INTIDS = {0: 32, 1: 16, 2: 4096, 3: 1056}

# Which INTIDs there are. Linux counts on: the PPI 21 of a tree is the INTID 37, an SPI.
KINDS = {"PPI": range(16, 32), "SPI": range(32, 1020), "EPPI": range(1056, 1120), "ESPI": range(4096, 5120)}
NAMES = {0: "SPI", 1: "PPI", 2: "ESPI", 3: "EPPI"}

MAX_STEPS = 32  # through nexus nodes; a longer way is a loop


class Interrupt(NamedTuple):
    """`kind` is SPI, PPI, ESPI or EPPI with an `intid`, or "" for another controller's interrupt."""

    controller: Node
    kind: str
    intid: int
    cells: tuple[int, ...]

    def __str__(self) -> str:
        if self.kind:
            return f"{self.kind} (INTID {self.intid})"
        return f"<{' '.join(map(str, self.cells))}> of {self.controller.path}"


def interrupt_parent(node: Node) -> Node:
    """The controller or nexus that the interrupts of a node go to: the next one, up the tree or where
    an "interrupt-parent" on the way leads, that says how it numbers them."""
    place = node
    for _ in range(MAX_STEPS):
        if "interrupt-parent" in place:
            parent = place.reference("interrupt-parent")
            if parent is node and "interrupt-controller" not in node:
                raise node.refuse("is its own interrupt-parent")
        else:
            parent = place.parent
        if parent is None:
            break
        if "#interrupt-cells" in parent:
            return parent
        place = parent
    raise node.refuse("has interrupts, but no node above it names an interrupt-parent")


def parent_or_none(node: Node) -> Node | None:
    try:
        return interrupt_parent(node)
    except Refusal:
        return None


def specifiers(node: Node) -> Iterator[Reference]:
    """What a node's interrupts are at the controllers or nexus nodes that they go to first."""
    if "interrupts-extended" in node:
        yield from node.references("interrupts-extended", "#interrupt-cells")
        return
    cells = node.cells("interrupts")
    if not cells:
        return
    parent = interrupt_parent(node)
    count = parent.cell_count("#interrupt-cells")
    if not count or len(cells) % count:
        raise node.refuse(f"interrupts has {len(cells)} cells, which are no multiple of the {count} "
                          f"of {parent.path}")
    for i in range(0, len(cells), count):
        yield Reference(parent, cells[i : i + count])


def each_interrupt(node: Node) -> Iterator[Interrupt | Refusal]:
    """All interrupts of a node, or what is wrong with one. Of a PCI host, those of its slots too."""
    ways: list[Way] = []
    try:
        ways += [Way(target, cells, None) for target, cells in specifiers(node)]
    except Refusal as refusal:
        yield refusal
    try:
        ways += [entry.way for entry in map_entries(node)] if is_nexus(node) else []
    except Refusal as refusal:
        yield refusal
    for way in ways:
        try:
            yield _follow(node, way)
        except Refusal as refusal:
            yield refusal


def interrupts(node: Node) -> list[Interrupt]:
    result = []
    for item in each_interrupt(node):
        if isinstance(item, Refusal):
            raise item
        result.append(item)
    return result


def handed_on(node: Node) -> Iterator[Interrupt]:
    """What a translator passes on if Linux asks for it, though no node names it."""
    kind = translator_of(node)
    if kind is None or kind.all_hwirqs is None:
        return
    for hwirq in kind.all_hwirqs(node):
        try:
            item = from_hwirq(node, hwirq)
        except Refusal:  # beyond what the GIC has
            continue
        if item is not None:
            yield item


def from_hwirq(node: Node, hwirq: int) -> Interrupt | None:
    """What an interrupt of a translator is in the end, by Linux' number of it."""
    kind = translator_of(node)
    cells = kind.at_parent(node, hwirq) if kind is not None else None
    return _follow(node, Way(interrupt_parent(node), cells, None)) if cells is not None else None


def resolve(node: Node, spec: Reference) -> Interrupt:
    """Follows an interrupt to its controller."""
    return _follow(node, Way(spec.node, spec.cells, None))


class Way(NamedTuple):
    """An interrupt on its way. `unit` is the address that an "interrupt-map" compares; None: that of
    the node's "reg"."""

    target: Node
    cells: tuple[int, ...]
    unit: tuple[int, ...] | None


def _follow(node: Node, way: Way) -> Interrupt:
    for _ in range(MAX_STEPS):
        target, cells, unit = way
        if is_nexus(target):
            way = _through_nexus(node, target, cells, unit)
        elif gic_version(target):
            return _at_gic(node, target, cells)
        elif "interrupt-controller" not in target and target.parent is not None:
            way = Way(interrupt_parent(target), cells, unit)  # as Linux does
        else:
            kind = translator_of(target)
            hwirq = kind.hwirq(target, cells) if kind is not None else None
            onward = kind.at_parent(target, hwirq) if kind is not None and hwirq is not None else None
            if onward is None:
                return Interrupt(target, "", -1, cells)
            way = Way(interrupt_parent(target), onward, None)
    raise node.refuse(f"its interrupt goes round in a loop through {way.target.path}")


def _at_gic(node: Node, controller: Node, cells: tuple[int, ...]) -> Interrupt:
    if len(cells) < 3 or cells[0] not in FIRST_INTIDS:
        raise node.refuse(f"the interrupt <{' '.join(map(str, cells))}> is none of a GIC")
    intid = FIRST_INTIDS[cells[0]] + cells[1]
    kind = next((kind for kind, intids in KINDS.items() if intid in intids), "")
    if not kind:
        raise node.refuse(f"{NAMES[cells[0]]} {cells[1]} does not exist: a GIC has no INTID {intid}")
    return Interrupt(controller, kind, intid, cells)


# ---- Nexus nodes ----


class MapEntry(NamedTuple):
    """An entry of "interrupt-map": what it applies to and where that goes."""

    match: tuple[int, ...]
    way: Way


def _address_cells(nexus: Node) -> int:
    """Of a nexus without any, Linux takes those of the next node above that has some."""
    for place in (nexus, *nexus.ancestors()):
        if "#address-cells" in place:
            return place.cell_count("#address-cells")
    return DEFAULT_ADDRESS_CELLS


def map_entries(nexus: Node) -> list[MapEntry]:
    head = _address_cells(nexus) + nexus.cell_count("#interrupt-cells")
    cells = nexus.cells("interrupt-map")
    result = []
    i = 0
    while i < len(cells):
        if i + head + 1 > len(cells):
            raise nexus.refuse("interrupt-map ends amid an entry")
        parent = nexus.tree.by_phandle(cells[i + head], nexus, "interrupt-map")
        unit = i + head + 1
        spec = unit + parent.cell_count("#address-cells", 0)
        end = spec + parent.cell_count("#interrupt-cells")
        if end > len(cells):
            raise nexus.refuse(f"interrupt-map ends amid the entry for {parent.path}")
        result.append(MapEntry(cells[i : i + head], Way(parent, cells[spec:end], cells[unit:spec])))
        i = end
    return result


def _through_nexus(node: Node, nexus: Node, cells: tuple[int, ...], unit: tuple[int, ...] | None) -> Way:
    """The unit interrupt specifier is the node's address, or what the last map made of it, and its own
    cells."""
    address = _address_cells(nexus)
    if unit is None:
        unit = node.cells("reg")[:address] if "reg" in node else ()
    wanted = (*unit[:address], *[0] * (address - len(unit)), *cells)
    mask = nexus.cells("interrupt-map-mask") or (0xFFFFFFFF,) * len(wanted)
    if len(mask) < len(wanted):
        raise nexus.refuse(f"interrupt-map-mask has {len(mask)} cells instead of {len(wanted)}")
    for entry in map_entries(nexus):
        if all((a ^ b) & m == 0 for a, b, m in zip(entry.match, wanted, mask)):
            return entry.way
    raise node.refuse(f"its interrupt is not in the interrupt-map of {nexus.path}")


# ---- Controllers that are not known ----


def leads_to_unknown(item: Interrupt) -> bool:
    """Whether it ends at a controller that passes interrupts on to the GIC in a way of its own."""
    return not item.kind and controllers.is_unknown(item.controller, parent_or_none(item.controller))
