# SPDX-License-Identifier: GPL-2.0-only
"""Which interrupts a node raises, as INTIDs of the GIC.

Follows "interrupts-extended", or "interrupts" and the nearest "interrupt-parent", through nodes
with an "interrupt-map" (PCI hosts) to the controller. An interrupt of a controller behind the GIC
(a GPIO block, say) stays that controller's: it has no INTID of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cellctl_config.addresses import DEFAULT_ADDRESS_CELLS
from cellctl_config.tree import Node, Reference

GICV2_NAMES = ("arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic", "qcom,msm-qgic2")
GICV3_NAMES = ("arm,gic-v3",)

# Kinds in the first cell of a specifier, and where their INTIDs begin and how many there are.
KINDS = {0: ("SPI", 32, 988), 1: ("PPI", 16, 16), 2: ("ESPI", 4096, 1024), 3: ("EPPI", 1056, 64)}

# Controllers between a device and the GIC that only wake the machine up: their numbers are the GIC's.
TRANSPARENT = ("fsl,imx6q-gpc", "fsl,imx7d-gpc", "fsl,imx8mq-gpc", "fsl,imx8mm-gpc", "fsl,imx8mn-gpc",
               "fsl,imx8mp-gpc", "ti,omap4-wugen-mpu")

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


def gic_version(node: Node) -> int:
    """2 or 3; 0 of anything else."""
    if node.is_compatible(*GICV3_NAMES):
        return 3
    return 2 if node.is_compatible(*GICV2_NAMES) else 0


def interrupt_parent(node: Node) -> Node:
    """The controller or nexus that the interrupts of a node go to."""
    for place in (node, *node.ancestors()):
        if "interrupt-parent" in place:
            parent = place.reference("interrupt-parent")
            assert parent is not None
            if parent is node and "interrupt-controller" not in node:
                raise node.refuse("is its own interrupt-parent")
            return parent
        # Without one, the interrupt goes up the tree to what understands it.
        if place is not node and ("interrupt-controller" in place or "interrupt-map" in place):
            return place
    raise node.refuse("has interrupts, but no node above it names an interrupt-parent")


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


def interrupts(node: Node) -> list[Interrupt]:
    """All interrupts of a node. Of a PCI host, those of its slots too."""
    result = [resolve(node, spec) for spec in specifiers(node)]
    if "interrupt-map" in node and "interrupt-controller" not in node:
        result += [resolve(node, entry.target) for entry in map_entries(node)]
    return result


def resolve(node: Node, spec: Reference) -> Interrupt:
    """Follows an interrupt through nexus nodes and wake-up controllers to its controller."""
    target, cells = spec
    for _ in range(MAX_STEPS):
        if "interrupt-map" in target and "interrupt-controller" not in target:
            target, cells = _through_nexus(node, target, cells)
        elif target.is_compatible(*TRANSPARENT):
            target = interrupt_parent(target)
        else:
            return _at_controller(node, target, cells)
    raise node.refuse(f"its interrupt goes round in a loop through {target.path}")


def _at_controller(node: Node, controller: Node, cells: tuple[int, ...]) -> Interrupt:
    if not gic_version(controller):
        return Interrupt(controller, "", -1, cells)
    if len(cells) < 3 or cells[0] not in KINDS:
        raise node.refuse(f"the interrupt <{' '.join(map(str, cells))}> is none of a GIC")
    kind, first, count = KINDS[cells[0]]
    if cells[1] >= count:
        raise node.refuse(f"{kind} {cells[1]} does not exist: a GIC has {count}")
    return Interrupt(controller, kind, first + cells[1], cells)


# ---- Nexus nodes ----


class MapEntry(NamedTuple):
    """An entry of "interrupt-map": what it applies to and where that goes."""

    match: tuple[int, ...]
    target: Reference


def map_entries(nexus: Node) -> list[MapEntry]:
    head = nexus.cell_count("#address-cells", DEFAULT_ADDRESS_CELLS)
    head += nexus.cell_count("#interrupt-cells")
    cells = nexus.cells("interrupt-map")
    result = []
    i = 0
    while i < len(cells):
        if i + head + 1 > len(cells):
            raise nexus.refuse("interrupt-map ends amid an entry")
        parent = nexus.tree.by_phandle(cells[i + head], nexus, "interrupt-map")
        skip = i + head + 1 + parent.cell_count("#address-cells", 0)
        end = skip + parent.cell_count("#interrupt-cells")
        if end > len(cells):
            raise nexus.refuse(f"interrupt-map ends amid the entry for {parent.path}")
        result.append(MapEntry(cells[i : i + head], Reference(parent, cells[skip:end])))
        i = end
    return result


def _through_nexus(node: Node, nexus: Node, cells: tuple[int, ...]) -> Reference:
    """The unit interrupt specifier is the node's address and its own cells."""
    address = nexus.cell_count("#address-cells", DEFAULT_ADDRESS_CELLS)
    unit = node.cells("reg")[:address] if "reg" in node else ()
    wanted = (*unit, *[0] * (address - len(unit)), *cells)
    mask = nexus.cells("interrupt-map-mask") or (0xFFFFFFFF,) * len(wanted)
    if len(mask) < len(wanted):
        raise nexus.refuse(f"interrupt-map-mask has {len(mask)} cells instead of {len(wanted)}")
    for entry in map_entries(nexus):
        if all((a ^ b) & m == 0 for a, b, m in zip(entry.match, wanted, mask)):
            return entry.target
    raise node.refuse(f"its interrupt is not in the interrupt-map of {nexus.path}")
