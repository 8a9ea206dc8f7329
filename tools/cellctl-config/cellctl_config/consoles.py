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
    "ttyS": ("ns8250", "ns16450", "ns16550", "ns16550a", "ns16750", "ns16850", "snps,dw-apb-uart",
             "brcm,bcm2835-aux-uart", "brcm,bcm7271-uart", "fsl,ns16550", "fsl,16550-FIFO64", "intel,xscale-uart",
             "marvell,armada-38x-uart", "mediatek,mt6577-uart", "mrvl,mmp-uart", "nuvoton,npcm750-uart",
             "nvidia,tegra20-uart", "socionext,uniphier-uart", "ti,am64-uart", "ti,am654-uart"),
    "ttymxc": ("fsl,imx6q-uart", "fsl,imx21-uart"),
    "ttyLP": ("fsl,imx7ulp-lpuart", "fsl,imx8qxp-lpuart", "fsl,imx8ulp-lpuart", "fsl,imxrt1050-lpuart",
              "fsl,vf610-lpuart", "fsl,ls1021a-lpuart", "fsl,ls1028a-lpuart"),
    "ttyLF": ("fsl,s32v234-linflexuart",),
    "ttySC": ("renesas,scif", "renesas,hscif", "renesas,scifa", "renesas,scifb", "renesas,sci"),
    "ttyMSM": ("qcom,msm-uart", "qcom,msm-uartdm", "qcom,geni-debug-uart"),
    "ttyHS": ("qcom,geni-uart",),
    "ttyAML": ("amlogic,meson-uart", "amlogic,meson6-uart", "amlogic,meson8-uart", "amlogic,meson8b-uart",
               "amlogic,meson-gx-uart", "amlogic,meson-g12a-uart", "amlogic,meson-s4-uart", "amlogic,meson-a1-uart"),
    "ttySAC": ("samsung,s3c6400-uart", "samsung,s5pv210-uart", "samsung,exynos4210-uart", "samsung,exynos5433-uart",
               "samsung,exynos850-uart", "axis,artpec8-uart", "google,gs101-uart"),
    "ttyMV": ("marvell,armada-3700-uart", "marvell,armada-3700-uart-ext"),
    "ttyTHS": ("nvidia,tegra20-hsuart", "nvidia,tegra30-hsuart", "nvidia,tegra186-hsuart", "nvidia,tegra194-hsuart"),
    "ttySTM": ("st,stm32-uart", "st,stm32h7-uart"),
    "ttyUL": ("xlnx,xps-uartlite-1.00.a", "xlnx,opb-uartlite-1.00.b"),
    "ttyOWL": ("actions,owl-uart", "actions,s900-uart"),
}


def uart_names(machine: Machine) -> list[str]:
    """The UARTs that Linux's command line makes consoles: "ttyS0". tty0 is a screen, hvc0 none of either."""
    names = (value.partition(",")[0] for value in machine.arguments("console"))
    return list(dict.fromkeys(name for name in names if re.fullmatch(r"tty[A-Za-z]+\d{1,4}", name)))


def unknown_consoles(machine: Machine) -> list[str]:
    """Those of them of which it is not known where they are."""
    return [name for name in uart_names(machine) if _by_tty(machine, name) is None]


def is_uart(node: Node) -> bool:
    """By its name, for there are more kinds than anybody knows."""
    kinds = [kind for known in TTY_KINDS.values() for kind in known]
    return node.base_name in ("serial", "uart") or node.is_compatible(*kinds)


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
    if match is None:
        return None
    kind = TTY_KINDS.get(match[1], ())
    alias = machine.tree.find(f"serial{match[2]}")
    if alias is not None and not _is_of_others(alias, match[1]):
        return alias
    nodes = [node for node in machine.tree.walk() if node.is_compatible(*kind) and node.is_enabled]
    return nodes[int(match[2])] if int(match[2]) < len(nodes) else None


def _is_of_others(node: Node, name: str) -> bool:
    """Whether Linux calls such UARTs otherwise, and so counts them apart. One of no known kind may be it."""
    return (not node.is_compatible(*TTY_KINDS.get(name, ()))
            and any(node.is_compatible(*kinds) for kinds in TTY_KINDS.values()))


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
