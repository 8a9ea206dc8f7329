# SPDX-License-Identifier: GPL-2.0-only
"""Nodes above a device: buses, and chips of which it is a part.

The registers of a bus may cover those of all devices on it, and the interrupts of its devices may go
through its map. Neither makes it a neighbour of them, and who turns it off, turns all of them off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cellctl_config.addresses import Range, is_pci, registers
from cellctl_config.refusal import Refusal
from cellctl_config.tree import Node

BUS = re.compile(r"(?:^|[,-])bus(?:@|$)")  # "simple-bus", "fsl,aips-bus", a node "bus@30000000"


def is_bus(node: Node) -> bool:
    """Whether it is there for the nodes below it. A PCI host is a device like others."""
    if not node.children or is_pci(node) or node.parent is None:
        return False
    return any(BUS.search(name) for name in [*node.compatible, node.name])


PROVIDES = ("#clock-cells", "#reset-cells", "#power-domain-cells", "#gpio-cells", "#interrupt-cells", "#dma-cells",
            "#iommu-cells", "#pinctrl-cells", "#mbox-cells", "#hwlock-cells")


def is_provider(node: Node) -> bool:
    """Whether other devices need it: clocks, pins and the like."""
    return any(name in node for name in PROVIDES) or node.base_name in ("pinctrl", "pinmux", "syscon")


def is_map(node: Node) -> bool:
    """Whether interrupts of others go through it, and it raises none of its own. The slots of a PCI host
    are the host's.
    """
    own = {"interrupts", "interrupts-extended", "interrupt-controller"} & set(node.properties)
    return "interrupt-map" in node and not own and not is_pci(node)


def is_above(node: Node, others: Iterable[Node]) -> bool:
    return any(place is node for other in others for place in other.ancestors())


def owner_of_page(node: Node, pages: Range) -> Node | None:
    """The chip of which a node is a part, if it has registers of its own in these pages."""
    for place in node.ancestors():
        if place.parent is None or is_bus(place) or is_pci(place):
            continue
        try:
            if any(item.pages().overlaps(pages) for item in registers(place)):
                return place
        except Refusal:  # config create reports it
            continue
    return None
