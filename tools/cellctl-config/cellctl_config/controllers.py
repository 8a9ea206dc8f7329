# SPDX-License-Identifier: GPL-2.0-only
"""Interrupt controllers between devices and the GIC, as Linux' drivers see them.

Most controllers raise an interrupt of their own, and their node says which. Those in these tables
do not: each of their interrupts becomes one of the GIC's.

A Translator has a fixed interrupt of its parent for each of its own, by number or by a property: a
device behind it has an SPI. A Pool hands SPIs out at run time: its owner must have them all.
`is_unknown()` finds those that none of the tables has, but that look like one.

Linux calls the number of an interrupt at its controller "hwirq"; /proc/interrupts shows the one at
the outermost controller, beside the name of that controller's driver (`chip`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from cellctl_config.tree import Node

Cells = tuple[int, ...]

GICV2_NAMES = ("arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic", "qcom,msm-qgic2")
GICV3_NAMES = ("arm,gic-v3",)

SPI = 0  # the first cell of an SPI's specifier at a GIC
FIRST_SPI, END_SPIS = 32, 1020  # as INTIDs


def gic_version(node: Node) -> int:
    """2 or 3; 0 of anything else."""
    if node.is_compatible(*GICV3_NAMES):
        return 3
    return 2 if node.is_compatible(*GICV2_NAMES) else 0


def records(node: Node, name: str, size: int) -> Iterator[Cells]:
    """The entries of a property that is a list of so many cells each."""
    cells = node.cells(name)
    if len(cells) % size:
        raise node.refuse(f"{name} has {len(cells)} cells, which are no multiple of {size}")
    for i in range(0, len(cells), size):
        yield cells[i : i + size]


def limited(first: int, count: int) -> range:
    """A range of a tree that may say anything. No GIC has more than END_SPIS."""
    return range(first, first + min(count, END_SPIS))


# ---- Translators ----


class Translator(NamedTuple):
    """`hwirq` of a specifier, and what that is at the parent (None: nothing). `all_hwirqs` are those
    that Linux may ask for without a node that names them, for GPIOs that wake the machine up."""

    names: tuple[str, ...]
    chip: str
    hwirq: Callable[[Node, Cells], int | None]
    at_parent: Callable[[Node, int], Cells | None]
    all_hwirqs: Callable[[Node], Iterator[int]] | None = None


def _spi(number: int) -> Cells:
    return (SPI, number, 0)


def _second(node: Node, cells: Cells) -> int | None:
    """Those that take the GIC's specifiers take SPIs only."""
    return cells[1] if len(cells) >= 3 and cells[0] == SPI else None


def _first(node: Node, cells: Cells) -> int | None:
    return cells[0] if len(cells) >= 1 else None


def _same(node: Node, hwirq: int) -> Cells | None:
    return _spi(hwirq)


def _second_from(name: str) -> Callable[[Node, Cells], int | None]:
    """Like _second(), but counted from what a property says."""
    def hwirq(node: Node, cells: Cells) -> int | None:
        number, base = _second(node, cells), node.cells(name)[:1]
        return number - base[0] if number is not None and base else None
    return hwirq


def _same_from(name: str) -> Callable[[Node, int], Cells | None]:
    def at_parent(node: Node, hwirq: int) -> Cells | None:
        base = node.cells(name)[:1]
        return _spi(base[0] + hwirq) if base else None
    return at_parent


def _rintc(node: Node, cells: Cells) -> int | None:
    """Two cells were its binding once and mean its only own interrupt, the NMI."""
    if len(cells) == 2 and cells[0] == 0:
        own = node.cells("interrupts")
        return own[1] if len(own) >= 3 else None
    return _second(node, cells)


def _by_ranges(name: str, specifier: Callable[[int], Cells]) -> Callable[[Node, int], Cells | None]:
    """A property of (first hwirq, first number at the parent, count)."""
    def at_parent(node: Node, hwirq: int) -> Cells | None:
        for first, parent, count in records(node, name, 3):
            if first <= hwirq < first + count:
                return specifier(parent + hwirq - first)
        return None
    return at_parent


def _all_of_ranges(name: str) -> Callable[[Node], Iterator[int]]:
    def all_hwirqs(node: Node) -> Iterator[int]:
        for first, _, count in records(node, name, 3):
            yield from limited(first, count)
    return all_hwirqs


def _mpm_at_parent(node: Node, hwirq: int) -> Cells | None:
    return next((_spi(spi) for pin, spi in records(node, "qcom,mpm-pin-map", 2) if pin == hwirq), None)


def _mpm_all(node: Node) -> Iterator[int]:
    return (pin for pin, _ in records(node, "qcom,mpm-pin-map", 2))


def _extirq_map(node: Node) -> Iterator[tuple[int, Cells]]:
    """Its driver reads "interrupt-map" as if the GIC had no #address-cells, whatever it has."""
    cells = node.cells("interrupt-map")
    i = 0
    while i < len(cells):
        if i + 3 > len(cells):
            raise node.refuse("interrupt-map ends amid an entry")
        parent = node.tree.by_phandle(cells[i + 2], node, "interrupt-map")
        end = i + 3 + parent.cell_count("#interrupt-cells")
        if end > len(cells):
            raise node.refuse(f"interrupt-map ends amid the entry for {parent.path}")
        yield cells[i], cells[i + 3 : end]
        i = end


def _extirq_at_parent(node: Node, hwirq: int) -> Cells | None:
    return next((cells for number, cells in _extirq_map(node) if number == hwirq), None)


def _extirq_all(node: Node) -> Iterator[int]:
    return (number for number, _ in _extirq_map(node))


EXTIRQS = ("fsl,ls1021a-extirq", "fsl,ls1043a-extirq", "fsl,ls1088a-extirq")

TRANSLATORS = (
    # They only wake the machine up, or turn polarities: their numbers are the GIC's.
    Translator(("fsl,imx6q-gpc",), "GPC", _second, _same),
    Translator(("fsl,imx7d-gpc", "fsl,imx8mq-gpc", "fsl,imx8mm-gpc", "fsl,imx8mn-gpc", "fsl,imx8mp-gpc"), "GPCv2",
               _second, _same),
    Translator(("ti,omap4-wugen-mpu", "ti,omap5-wugen-mpu"), "WUGEN", _second, _same),
    Translator(("mediatek,mt6577-sysirq",), "MT_SYSIRQ", _second, _same),
    Translator(("nvidia,tegra20-ictlr", "nvidia,tegra30-ictlr", "nvidia,tegra210-ictlr"), "LIC", _second, _same),
    Translator(("allwinner,sun6i-a31-r-intc", "allwinner,sun50i-h6-r-intc"), "sun6i-r-intc", _rintc, _same),
    Translator(("mediatek,mtk-cirq",), "MT_CIRQ", _second_from("mediatek,ext-irq-range"),
               _same_from("mediatek,ext-irq-range")),
    Translator(("socionext,synquacer-exiu",), "EXIU", _second_from("socionext,spi-base"),
               _same_from("socionext,spi-base")),
    # They have numbers of their own.
    Translator(tuple(f"socionext,uniphier-{soc}-aidet"
                     for soc in ("ld4", "pro4", "sld8", "pro5", "pxs2", "ld11", "ld20", "pxs3", "nx1")), "AIDET",
               _first, _same),
    Translator(("socionext,uniphier-gpio",), "", _first,
               _by_ranges("socionext,interrupt-ranges", lambda number: (number, 0)),
               _all_of_ranges("socionext,interrupt-ranges")),
    Translator(("qcom,pdc",), "PDC", _first, _by_ranges("qcom,pdc-ranges", _spi),
               _all_of_ranges("qcom,pdc-ranges")),
    Translator(("qcom,mpm",), "mpm", _first, _mpm_at_parent, _mpm_all),
    Translator(EXTIRQS, "ls-extirq", _first, _extirq_at_parent, _extirq_all),
)

# Controllers whose "interrupt-map" is for their driver only (of_irq_imap_abusers of Linux).
OWN_MAPS = (*EXTIRQS, "renesas,rza1-irqc", "realtek,rtl-intc")


def translator_of(node: Node) -> Translator | None:
    names = node.compatible
    return next((kind for kind in TRANSLATORS if any(name in kind.names for name in names)), None)


def is_nexus(node: Node) -> bool:
    """Whether interrupts go on by the node's "interrupt-map"."""
    if "interrupt-map" not in node:
        return False
    return "interrupt-controller" not in node or not node.is_compatible(*OWN_MAPS)


# ---- Pools ----


class Pool(NamedTuple):
    """`spis` has INTIDs; none: the tree does not say. `by_message`: whoever can write to memory raises
    them."""

    names: tuple[str, ...]
    by_message: bool
    spis: Callable[[Node, Node | None], Iterator[int]]


def _channels(node: Node, parent: Node | None) -> Iterator[int]:
    return (FIRST_SPI + number for number in node.cells("amlogic,channel-interrupts"))


def _k3_outputs(node: Node, parent: Node | None) -> Iterator[int]:
    """Behind another router its numbers are that one's, which has the SPIs."""
    if parent is not None and gic_version(parent):
        for _, intid, count in records(node, "ti,interrupt-ranges", 3):
            yield from limited(intid, count)


def _pairs(name: str) -> Callable[[Node, Node | None], Iterator[int]]:
    def spis(node: Node, parent: Node | None) -> Iterator[int]:
        for intid, count in records(node, name, 2):
            yield from limited(intid, count)
    return spis


ODMIS_PER_FRAME = 8


def _odmis(node: Node, parent: Node | None) -> Iterator[int]:
    frames = node.number("marvell,odmi-frames") or 0
    for intid in node.cells("marvell,spi-base")[:frames]:
        yield from range(intid, intid + ODMIS_PER_FRAME)


def _alpine(node: Node, parent: Node | None) -> Iterator[int]:
    first, count = node.number("al,msi-base-spi"), node.number("al,msi-num-spis")
    if first is not None and count is not None:
        yield from limited(FIRST_SPI + first, count)


POOLS = (
    Pool(("amlogic,meson-gpio-intc", "amlogic,a4-gpio-intc", "amlogic,a4-gpio-ao-intc", "amlogic,a5-gpio-intc",
          "amlogic,a9-gpio-intc", "amlogic,a9-gpio-ao-intc", "amlogic,s6-gpio-intc", "amlogic,s7-gpio-intc",
          "amlogic,s7d-gpio-intc", "amlogic,c3-gpio-intc", "amlogic,t7-gpio-intc"), False, _channels),
    Pool(("ti,sci-intr", "ti,sci-inta"), False, _k3_outputs),
    Pool(("marvell,ap806-gicp",), True, _pairs("marvell,spi-ranges")),
    Pool(("marvell,odmi-controller",), True, _odmis),
    Pool(("al,alpine-msix",), True, _alpine),
    # The distributor itself: with this, Linux has devices write to GICD_SETSPI_NSR.
    Pool(GICV3_NAMES, True, _pairs("mbi-ranges")),
)


def pool_of(node: Node) -> Pool | None:
    names = node.compatible
    return next((kind for kind in POOLS if any(name in kind.names for name in names)), None)


# ---- Others ----

MSI_CONTROLLERS = ("arm,gic-v2m-frame", "arm,gic-v3-its")  # see gic.py


def is_unknown(node: Node, parent: Node | None) -> bool:
    """Whether it passes interrupts on to its parent, or has SPIs to hand out, in a way that only its
    driver knows: it would say otherwise which it raises."""
    if not ("interrupt-controller" in node or "msi-controller" in node) or not node.compatible:
        return False
    if any(name in node for name in ("interrupts", "interrupts-extended", "interrupt-map")):
        return False
    if gic_version(node) or node.is_compatible(*MSI_CONTROLLERS) or translator_of(node) or pool_of(node):
        return False
    return parent is not None and bool(gic_version(parent) or translator_of(parent))
