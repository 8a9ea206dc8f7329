# SPDX-License-Identifier: GPL-2.0-only
"""Which device-tree nodes have registers where: from an address back to the device."""

from __future__ import annotations

from typing import NamedTuple

from cellctl_config import devices
from cellctl_config.addresses import Range, other_windows, registers
from cellctl_config.refusal import Refusal
from cellctl_config.tree import DeviceTree, Node


class Registers(NamedTuple):
    """One range of a node; `part` is "" but for the windows of a PCI host and the like."""

    range: Range
    node: Node
    part: str

    @property
    def kind(self) -> str:
        """What a region of it is called."""
        return f"{self.node.base_name}-{self.part}" if self.part else self.node.base_name


def registers_of(node: Node) -> list[Registers]:
    found = [Registers(item, node, "") for item in registers(node)]
    return found + [Registers(item, node, space) for space, item in other_windows(node)]


def all_registers(tree: DeviceTree) -> list[Registers]:
    """Of all devices, disabled ones too. A node that makes no sense has none."""
    found: list[Registers] = []
    for node in tree.walk():
        if not devices.is_device(node):
            continue
        try:
            found += registers_of(node)
        except Refusal:
            continue
    return sorted(found, key=lambda item: item.range)


def within(found: list[Registers], place: Range) -> list[Registers]:
    """Those whose pages meet a range."""
    return [item for item in found if item.range.size and item.range.pages().overlaps(place)]
