# SPDX-License-Identifier: GPL-2.0-only
"""Which SPIs of the GIC are behind an interrupt: what each hierarchical driver of drivers/irqchip (and
of drivers/gpio, drivers/soc) does with a specifier, and which SPIs drivers hand out at run time.

A driver that is not hierarchical has interrupts of its own, and demultiplexes: nothing to do here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from fdt import Node, Tree
from linux_irq import Interrupt, interrupts, irq_parent, slots

GICS = ("arm,gic-v3", "arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic", "arm,cortex-a9-gic",
        "qcom,msm-qgic2")
BASES = {0: 32, 1: 16, 2: 4096, 3: 1056}  # gic_irq_domain_translate(): SPI, PPI, ESPI, EPPI
SPIS = range(32, 1020)

# They hand a specifier of an SPI to their parent as it is: irq-mtk-sysirq.c, irq-mtk-cirq.c,
# irq-tegra.c, irq-imx-gpcv2.c and those of arch/arm.
SAME = ("mediatek,mt6577-sysirq", "mediatek,mtk-cirq", "nvidia,tegra20-ictlr", "nvidia,tegra30-ictlr",
        "nvidia,tegra210-ictlr", "fsl,imx6q-gpc", "fsl,imx7d-gpc", "fsl,imx8mq-gpc", "ti,omap4-wugen-mpu")

# The events of drivers/soc/tegra/pmc.c that wake the machine up by an interrupt, and its SPI.
WAKE_186 = {24: 209, 73: 10}
TEGRA_PMC = {"nvidia,tegra210-pmc": {16: 2, 51: 86}, "nvidia,tegra186-pmc": WAKE_186,
             "nvidia,tegra194-pmc": WAKE_186, "nvidia,tegra234-pmc": WAKE_186}


def is_gic(node: Node) -> bool:
    return node.is_a(*GICS)


def triples(node: Node, name: str) -> Iterator[tuple[int, int, int]]:
    cells = node.cells(name)
    yield from zip(cells[::3], cells[1::3], cells[2::3])


def by_ranges(node: Node, name: str, pin: int) -> int | None:
    return next((target + pin - first for first, target, count in triples(node, name)
                 if first <= pin < first + count), None)


def external(chip: Node) -> dict[int, Interrupt]:
    """ls_extirq_parse_map(): its entries have no address of the parent, whatever that says."""
    found = {}
    cells = chip.cells("interrupt-map")
    while len(cells) >= 3:
        parent = chip.tree.by_phandle.get(cells[2])
        count = (parent.number("#interrupt-cells") or 0) if parent else 0
        if parent is None:
            break
        found[cells[0]] = Interrupt(parent, cells[3 : 3 + count])
        cells = cells[3 + count :]
    return found


def parent_args(chip: Node, args: list[int]) -> list[int] | None:
    """What the driver of a hierarchical chip asks its parent for; None if it asks for nothing."""
    pin = args[0] if args else -1
    spi: int | None = None
    if chip.is_a(*SAME):
        return args if len(args) == 3 and pin == 0 else None
    if chip.is_a("allwinner,sun6i-a31-r-intc", "allwinner,sun50i-h6-r-intc"):
        if len(args) == 2:  # the pin NMI, whose SPI is the chip's own
            own = interrupts(chip)
            return own[0].args if own and pin == 0 else None
        return args if pin == 0 else None
    if chip.is_a("qcom,pdc"):
        spi = by_ranges(chip, "qcom,pdc-ranges", pin)
    elif chip.is_a("qcom,mpm"):
        pins = chip.cells("qcom,mpm-pin-map")
        spi = dict(zip(pins[::2], pins[1::2])).get(pin)
    elif any(name.startswith("socionext,uniphier-") and name.endswith("-aidet") for name in chip.compatible):
        spi = pin
    elif chip.is_a("socionext,uniphier-gpio"):
        line = by_ranges(chip, "socionext,interrupt-ranges", pin)
        return None if line is None else [line, args[1]]
    elif chip.is_a("socionext,synquacer-exiu"):
        return args if len(args) == 3 else [0, pin + chip.cells("socionext,spi-base")[0], args[1]]
    else:
        spi = next((events.get(pin) for name, events in TEGRA_PMC.items() if chip.is_a(name)), None)
    return None if spi is None else [0, spi, 4]


def intid(interrupt: Interrupt) -> int | None:
    """The GIC's number of an interrupt, through all chips in between."""
    seen: set[str] = set()
    chip: Node | None
    args: list[int] | None
    chip, args = interrupt
    while chip is not None and args and chip.path not in seen:
        if is_gic(chip):
            return BASES[args[0]] + args[1] if len(args) >= 3 and args[0] in BASES else None
        seen.add(chip.path)
        line = external(chip).get(args[0]) if "interrupt-map" in chip.props else None
        if line is not None:
            chip, args = line
        else:
            chip, args = irq_parent(chip), parent_args(chip, args)
    return None


# ---- What drivers hand out ----


def _spans(cells: list[int], base: int = 0) -> Iterator[int]:
    for first, count in zip(cells[::2], cells[1::2]):
        yield from range(base + first, base + first + count)


def pool(node: Node) -> Iterable[int]:
    """INTIDs that the driver of a node gives to whoever asks: messages, GPIOs, a free line."""
    if node.is_a("amlogic,meson-gpio-intc") or "amlogic,channel-interrupts" in node.props:
        return [32 + spi for spi in node.cells("amlogic,channel-interrupts")]
    if node.is_a("ti,sci-intr", "ti,sci-inta"):
        parent = irq_parent(node)
        if parent is None or not is_gic(parent):
            return []
        return [out for _, first, count in triples(node, "ti,interrupt-ranges")
                for out in range(first, first + count)]
    if node.is_a("qcom,pdc"):  # also for GPIOs, by a table in their driver
        return [32 + spi for _, first, count in triples(node, "qcom,pdc-ranges")
                for spi in range(first, first + count)]
    if node.is_a("qcom,mpm"):
        return [32 + spi for spi in node.cells("qcom,mpm-pin-map")[1::2]]
    if node.is_a("fsl,ls1043a-extirq", "fsl,ls1088a-extirq"):  # pins, of which a board may use any
        return [number for number in map(intid, external(node).values()) if number]
    if node.is_a("socionext,uniphier-gpio"):
        return [32 + spi for _, first, count in triples(node, "socionext,interrupt-ranges")
                for spi in range(first, first + count)]
    if node.is_a("marvell,ap806-gicp"):
        return _spans(node.cells("marvell,spi-ranges"))
    if node.is_a("marvell,odmi-controller"):
        return [base + i for base in node.cells("marvell,spi-base") for i in range(8)]
    if node.is_a("al,alpine-msix"):
        return _spans(node.cells("al,msi-base-spi") + node.cells("al,msi-num-spis"), 32)
    if node.is_a("arm,gic-v2m-frame"):
        return _spans(node.cells("arm,msi-base-spi") + node.cells("arm,msi-num-spis"))
    if node.is_a("brcm,bcm2712-mip") and "msi-ranges" in node.props:
        _, kind, first, _, count = node.cells("msi-ranges")[:5]
        return range(BASES[kind] + first, BASES[kind] + first + count)
    if is_gic(node) and "msi-controller" in node.props:  # irq-gic-v3-mbi.c
        return _spans(node.cells("mbi-ranges"))
    return []


def reached_spis(tree: Tree, only_enabled: bool = True) -> dict[int, set[str]]:
    """SPIs by INTID, each with the nodes that may raise it and the controllers on the way."""
    found: dict[int, set[str]] = defaultdict(set)
    for node in tree.nodes:
        if only_enabled and not node.is_available:
            continue
        for item in interrupts(node) + slots(node):
            number = intid(item)
            if number in SPIS:
                found[number] |= {node.path, item.chip.path}
        for number in pool(node):
            found[number].add(node.path)
    return {number: paths for number, paths in found.items() if number in SPIS}
