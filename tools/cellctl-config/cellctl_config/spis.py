# SPDX-License-Identifier: GPL-2.0-only
"""The SPIs of a machine that no node's interrupts name, and what cannot be known of them.

Some controllers have SPIs that they give to devices when Linux asks for them: for messages
(gic.message_spis()), for pins, for the events of a DMA engine. The root cell needs them all.
"""

from __future__ import annotations

from collections.abc import Iterator

from cellctl_config.controllers import END_SPIS, FIRST_SPI, is_unknown, pool_of
from cellctl_config.gic import message_spis
from cellctl_config.interrupts import each_interrupt, handed_on, leads_to_unknown, parent_or_none
from cellctl_config.machine import Machine
from cellctl_config.refusal import Refusal
from cellctl_config.tree import Node


def unnamed_spis(machine: Machine) -> tuple[dict[int, list[str]], list[str]]:
    """By INTID, whose they are; and what is not known."""
    messages, notes = message_spis(machine)
    found = {intid: [name] for intid, name in messages.items()}
    for node in machine.tree.walk():
        if node.is_enabled:
            _add_pool(found, notes, node)
    return found, notes + [_unknown(node) for node in _unknown_controllers(machine)]


def _add_pool(found: dict[int, list[str]], notes: list[str], node: Node) -> None:
    kind = pool_of(node)
    try:
        spis = [item.intid for item in handed_on(node) if item.kind == "SPI"]
        if kind is not None and not kind.by_message:
            spis += kind.spis(node, parent_or_none(node))
    except Refusal as refusal:
        notes.append(f"its SPIs are left out: {refusal.message}")
        return
    for intid in dict.fromkeys(spis):
        if FIRST_SPI <= intid < END_SPIS:
            found.setdefault(intid, []).append(f"{node.name} (any)")


def _unknown_controllers(machine: Machine) -> Iterator[Node]:
    """Those that nodes refer to, or that take messages."""
    seen: dict[Node, None] = {}
    for node in machine.tree.walk():
        for item in each_interrupt(node):
            if not isinstance(item, Refusal) and leads_to_unknown(item):
                seen.setdefault(item.controller)
        if "msi-controller" in node and is_unknown(node, parent_or_none(node)):
            seen.setdefault(node)
    return (node for node in seen if node.is_enabled)


def _unknown(node: Node) -> str:
    return (f"which SPIs {node.path} ({node.compatible[0]}) raises for the devices behind it, only its driver in Linux "
            "and the manual of the chip say: look there, and add them with --spis")
