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
    """`release` is where a CPU waits in a spin table that Linux has not taken; 0: it has."""

    mpidr: int
    node: Node
    release: int = 0

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


def enable_method(node: Node) -> str:
    """How Linux starts a CPU: "psci" or "spin-table"."""
    own = node.string("enable-method")
    return own or (node.parent.string("enable-method") if node.parent else None) or ""


def _release(node: Node) -> int:
    """The address that a CPU polls for where to go; 0 if there is none."""
    if enable_method(node) != "spin-table":
        return 0
    address = 0
    for cell in node.cells("cpu-release-addr")[:2]:
        address = address << 32 | cell
    return address


def cpus_of(machine: Machine) -> list[Cpu]:
    """Those that are present to Linux, then those that it left in the spin table. Without knowing
    Linux, all of the device tree are taken to be present."""
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
    if not present:
        return found
    left = [cpu._replace(release=_release(cpu.node)) for cpu in found if cpu not in present]
    left = [cpu for cpu in left if cpu.release]
    # With GICv3 nobody would have woken their redistributors.
    return present + left if left and machine.gic_version == 2 else present


def givable(cpus: list[Cpu]) -> list[int]:
    """The numbers of those that cells can be given: without PSCI, Linux turns none off."""
    return [number for number, cpu in enumerate(cpus)
            if cpu.release or enable_method(cpu.node) != "spin-table"]


def unstartable(cpus: list[Cpu]) -> list[int]:
    """The numbers of those of which the device tree does not say how they are started."""
    return [number for number, cpu in enumerate(cpus) if not enable_method(cpu.node)]


def without_method(numbers: list[int]) -> list[str]:
    """What that means; nothing for no CPUs."""
    if not numbers:
        return []
    return [f"the device tree has no enable-method for CPU {', '.join(map(str, numbers))}, so Linux can neither start them "
            "nor turn them off: boot firmware may add it (PSCI, or a spin table); collect the facts on the running board, "
            "as root, with `cellctl config collect`"]


def notes_of(cpus: list[Cpu]) -> list[str]:
    """What the way they are started means for cells."""
    return without_method(unstartable(cpus)) + _notes_of_spin_table(cpus)


def _notes_of_spin_table(cpus: list[Cpu]) -> list[str]:
    if givable(cpus) == list(range(len(cpus))):
        return []
    left = [str(number) for number, cpu in enumerate(cpus) if cpu.release]
    if left:
        return [f"Linux cannot turn CPUs off without PSCI: only CPU {', '.join(left)}, which it left in the "
                "spin table, can be given to cells"]
    return ["Linux cannot turn CPUs off without PSCI, so cells can have none of its CPUs: boot it with "
            "nr_cpus=, so that it leaves some in the spin table"]
