# SPDX-License-Identifier: GPL-2.0-only
"""What the board must have: CPUs that can leave Linux, a GIC that is known, UARTs, IOMMUs."""

from __future__ import annotations

import re

from cellctl_config import sharing, words
from cellctl_config.consoles import TTY_KINDS, linux_consoles
from cellctl_config.cpus import Cpu, cpus_of, enable_method, givable
from cellctl_config.dangers import listed
from cellctl_config.gic import gic_of
from cellctl_config.hardware_el2 import psci_node
from cellctl_config.machine import Machine
from cellctl_config.plan import CONSOLES, console_macro
from cellctl_config.refusal import Refusal
from cellctl_config.tree import Node
from cellctl_config.verdict import FAIL, OK, UNKNOWN, WARN, Check, refused

UARTS = frozenset(CONSOLES).union(*TTY_KINDS.values())


# ---- CPUs ----


def cpus(machine: Machine) -> list[Check]:
    name = "CPUs"
    found = cpus_of(machine)
    if len(found) < 2:
        return [Check(name, FAIL, "Linux has one CPU, and a cell needs one of its own", _more_cpus(machine))]
    present, online = machine.cpu_list("present"), machine.cpu_list("online")
    off = sorted(set(present or []) - set(online or []))
    if present is None or online is None or not off:
        return [Check(name, OK, f"{len(found)}" + (", all online" if online is not None else ""))]
    if machine.text("sys/class/misc/cellblock/enabled") == "1":
        return [Check(name, OK, f"{len(found)}; Cellblock is enabled, and Linux lacks {words.numbers(off)}")]
    commands = "; ".join(f"echo 1 >/sys/devices/system/cpu/cpu{number}/online" for number in off)
    return [Check(name, FAIL, f"CPU {words.numbers(off)} offline, and enable wants all of Linux's online",
                  f"{commands} (and take maxcpus= off Linux's command line)"
                  if machine.arguments("maxcpus") else commands)]


def _more_cpus(machine: Machine) -> str:
    for name in ("nr_cpus", "maxcpus", "nosmp"):
        if machine.arguments(name):
            return f"take {name} off Linux's command line"
    return "take a machine that has more"


def _psci(machine: Machine) -> str:
    node = psci_node(machine)
    said = re.search(r"psci: (PSCIv\d+\.\d+)", machine.dmesg)
    method = node.string("method") if node is not None else None
    return (said[1] if said else "PSCI") + (f" ({method.upper()})" if method else "")


def _is_fixed(machine: Machine, number: int, others: list[int]) -> bool:
    """Whether Linux says of this CPU that it cannot be turned off, as it does by a missing file."""
    def has_switch(cpu: int) -> bool:
        return machine.text(f"sys/devices/system/cpu/cpu{cpu}/online") is not None
    return not has_switch(number) and any(has_switch(other) for other in others)


def cpus_for_cells(machine: Machine) -> list[Check]:
    name = "CPUs for cells"
    found = cpus_of(machine)
    can = givable(found)
    if any(enable_method(cpu.node) == "spin-table" for cpu in found):
        return [_from_spin_table(machine, name, found, can)]
    unstartable = [number for number in can if enable_method(found[number].node) != "psci"]
    if unstartable:
        return [Check(name, FAIL, f"the device tree has no way to start CPU {words.numbers(unstartable)}",
                      "take firmware that has PSCI, or a spin table")]
    fixed = [number for number in can if _is_fixed(machine, number, can)]
    can = [number for number in can if number not in fixed]
    if fixed:
        return [Check(name, WARN, f"CPU {words.numbers(can)}, by {_psci(machine)}",
                      f"Linux cannot turn CPU {words.numbers(fixed)} off: leave it out of cells")]
    return [_by_psci(machine, name, found, can)]


def _by_psci(machine: Machine, name: str, found: list[Cpu], can: list[int]) -> Check:
    text = f"any but one of CPU {words.numbers(can)}, by {_psci(machine)}"
    parent = machine.tree.root.child("cpus")
    listed = [node for node in (parent.children if parent else []) if node.string("device_type") == "cpu"]
    argument = next((name for name in ("nr_cpus", "possible_cpus") if machine.arguments(name)), "")
    if argument and len(listed) > len(found):
        return Check(name, WARN, f"{text}; {len(listed) - len(found)} more are in the device tree",
                     f"take {argument}= off Linux's command line to use them")
    return Check(name, OK, text)


def _from_spin_table(machine: Machine, name: str, found: list[Cpu], can: list[int]) -> Check:
    if can:
        return Check(name, OK, f"CPU {words.numbers(can)}, which Linux left in the spin table")
    file = " in cmdline.txt" if is_raspberry_pi(machine) else ""
    count = max(1, len(found) // 2)
    return Check(name, FAIL,
                 "without PSCI Linux cannot turn CPUs off, and it has left none in the spin table",
                 f"boot it with nr_cpus={count}{file}, or take firmware that has PSCI")


def is_raspberry_pi(machine: Machine) -> bool:
    return any(name.startswith("raspberrypi,") for name in machine.tree.root.compatible)


# ---- GIC ----


def gic(machine: Machine) -> list[Check]:
    name = "GIC"
    try:
        found = gic_of(machine, len(cpus_of(machine)))
    except Refusal as refusal:
        return [refused(name, refusal)]
    frames = ", ".join(f"{frame.upper()} {item.start:#x} ({words.size(item.size)})"
                       for frame, item in found.frames.items())
    checks = [Check(name, OK, f"GICv{found.version}: {frames}")]
    for note in found.notes:
        fact, _, remedy = note.partition(": ")
        checks.append(Check(name, WARN, fact, remedy))
    if machine.arguments("irqchip.gicv3_pseudo_nmi")[-1:] == ["1"]:
        checks.append(Check(name, WARN, "Linux uses pseudo-NMIs, so that masking interrupts costs it exits",
                            "take irqchip.gicv3_pseudo_nmi=1 off its command line"))
    return checks


# ---- Devices ----


def iommus(machine: Machine) -> list[Check]:
    found = [node.path for node in machine.tree.walk() if "#iommu-cells" in node and node.is_enabled]
    if found:
        return [Check("IOMMUs", OK, f"{', '.join(found)}: Linux's; Cellblock programs none")]
    return [Check("IOMMUs", WARN, "Linux uses none, so a device that masters the bus reaches all memory",
                  "give cells no such device, or trust them (docs/limits.md)")]


def uarts(machine: Machine) -> list[Check]:
    """A line for each: Linux's console, in use, or not used."""
    consoles = {node.path: why for node, why in linux_consoles(machine)}
    nodes = [node for node in machine.tree.walk() if node.is_compatible(*UARTS) and not node.is_secure]
    if not nodes:
        return [Check("UARTs", WARN, "the device tree has none that is known",
                      "give cells a ring as their console (`cellctl console`)")]
    return [_uart(machine, node, consoles.get(node.path, "")) for node in nodes]


def _left_behind(node: Node) -> str:
    """A UART that nobody uses is not ready for a cell by that."""
    kinds = sharing.kinds_of(node)
    if not kinds:
        return ""
    return (f"before a cell gets it, see to its {listed(kinds)}, which stay with Linux (`cellctl config cell --device "
            f"{node.path}` says how)")


def _uart(machine: Machine, node: Node, console: str) -> Check:
    name = "UART"
    try:
        printing = "" if console_macro(node) else ", of a kind that Cellblock does not print on"
    except Refusal as refusal:
        return Check(name, WARN, refusal.message, refusal.remedy)
    if console:
        return Check(name, OK, f"{node.path} is Linux's console ({console}){printing}")
    if not node.is_enabled:
        return Check(name, OK, f"{node.path} is not used by Linux: the device tree has it turned off{printing}",
                     _left_behind(node))
    remedy = f"to give it to a cell, `fdt set {node.path} status reserved` in U-Boot"
    device = machine.driver_of(node)
    if device is not None:
        return Check(name, OK, f"{node.path} is used by Linux's driver {device.driver}{printing}", remedy)
    if machine.devices:
        return Check(name, OK, f"{node.path} is not used by Linux: it has no driver for it{printing}",
                     _left_behind(node))
    return Check(name, UNKNOWN, f"whether Linux uses {node.path} is not known{printing}", remedy)
