# SPDX-License-Identifier: GPL-2.0-only
"""Which UARTs Linux has as its console: by the device tree, its command line and its messages."""

from __future__ import annotations

import re

from cellctl_config.addresses import registers
from cellctl_config.machine import Machine
from cellctl_config.refusal import Refusal
from cellctl_config.tree import Node

# Names of devices, and what their nodes are compatible with.
TTY_KINDS = {
    "ttyAMA": ("arm,pl011", "arm,sbsa-uart"),
    "ttyPS": ("cdns,uart-r1p8", "cdns,uart-r1p12", "xlnx,xuartps", "xlnx,zynqmp-uart"),
    "ttyS": ("ns16550", "ns16550a", "snps,dw-apb-uart", "brcm,bcm2835-aux-uart", "brcm,bcm7271-uart"),
    "ttymxc": ("fsl,imx6q-uart", "fsl,imx21-uart"),
    "ttyLP": ("fsl,imx7ulp-lpuart", "fsl,imx8qxp-lpuart"),
    "ttySC": ("renesas,scif",),
    "ttyMSM": ("qcom,msm-uartdm", "qcom,geni-debug-uart"),
}


def linux_consoles(machine: Machine) -> list[tuple[Node, str]]:
    """Nodes, and what makes each of them a console."""
    found: list[tuple[Node, str]] = []
    stdout = machine.tree.stdout
    if stdout is not None:
        found.append((stdout, "chosen/stdout-path"))
    for value in machine.arguments("console"):
        name = value.partition(",")[0]
        node = _by_tty(machine, name)
        if node is not None:
            found.append((node, f"console={name}"))
    for value in machine.arguments("earlycon"):
        found += [(node, f"earlycon={value}") for node in _by_address(machine, value.split(","))]
    return found


def _by_tty(machine: Machine, name: str) -> Node | None:
    """By what the kernel said, else by the alias serialN, else by the order in the tree."""
    said = re.search(rf": {re.escape(name)} at MMIO 0x([0-9a-f]+)", machine.dmesg)
    if said:
        return next(iter(_by_address(machine, [f"0x{said[1]}"])), None)
    match = re.fullmatch(r"(tty[A-Za-z]+)(\d{1,4})", name)
    kind = TTY_KINDS.get(match[1]) if match else None
    if match is None or kind is None:
        return None
    alias = machine.tree.find(f"serial{match[2]}")
    if alias is not None and alias.is_compatible(*kind):
        return alias
    nodes = [node for node in machine.tree.walk() if node.is_compatible(*kind) and node.is_enabled]
    return nodes[int(match[2])] if int(match[2]) < len(nodes) else None


def _by_address(machine: Machine, words: list[str]) -> list[Node]:
    starts = {int(word, 16) for word in words if re.fullmatch(r"0x[0-9a-f]{1,16}", word)}
    found = []
    for node in machine.tree.walk() if starts else ():
        try:
            if any(item.start in starts for item in registers(node)):
                found.append(node)
        except Refusal:  # not the one: it has no address
            continue
    return found
