# SPDX-License-Identifier: GPL-2.0-only
"""The CPUs of a machine in the order of a configuration, which is Linux's."""

from __future__ import annotations

from typing import NamedTuple

from cellctl_config.machine import Machine
from cellctl_config.refusal import Refusal
from cellctl_config.tree import Node

MAX_CPUS = 64
AFFINITY = 0xFF00FFFFFF  # Aff3 to Aff0 of an MPIDR


class Cpu(NamedTuple):
    mpidr: int
    node: Node

    @property
    def model(self) -> str:
        """ "cortex-a72", or what else the node is compatible with."""
        names = self.node.compatible
        return names[0].partition(",")[2] or names[0] if names else "CPU"


def _mpidr(node: Node) -> int:
    cells = node.cells("reg")
    if len(cells) not in (1, 2):
        raise node.refuse(f"reg has {len(cells)} cells, and an MPIDR has one or two")
    value = cells[0] if len(cells) == 1 else cells[0] << 32 | cells[1]
    if value & ~AFFINITY:
        raise node.refuse(f"reg is 0x{value:x}, which is no affinity of an MPIDR")
    return value


def _nodes(machine: Machine) -> list[Node]:
    parent = machine.tree.root.child("cpus")
    nodes = parent.children if parent else []
    found = [node for node in nodes
             if node.string("device_type") == "cpu" or node.base_name == "cpu"]
    return [node for node in found if node.status in ("okay", "ok")]


def cpus_of(machine: Machine) -> list[Cpu]:
    """Those that are present to Linux; without that knowledge, all of the device tree."""
    found = [Cpu(_mpidr(node), node) for node in _nodes(machine)]
    if not found:
        raise Refusal(f"{machine.origin}: the device tree has no CPU that can be used",
                      "take the device tree that the machine was booted with, unchanged")
    if len(found) > MAX_CPUS:
        raise Refusal(f"{machine.origin} has {len(found)} CPUs, and Cellblock works with {MAX_CPUS}",
                      "take some from the device tree, or boot Linux with nr_cpus=64")
    by_path = {cpu.node.path: cpu for cpu in found}
    paths = [machine.cpu_node(number) for number in machine.cpu_list("present") or []]
    present = [by_path[path] for path in paths if path in by_path]
    return present or found
