# SPDX-License-Identifier: GPL-2.0-only
"""Interrupts that reach the GIC through other controllers, by the rules of Linux' drivers.

The trees in dts/ have what was first found missing on real boards.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import trees
from tool import tool

from cellctl_config import machine
from cellctl_config.interrupts import interrupts

CONSOLE = 33  # of each tree

SYSIRQ = """
	sysirq: sysirq@a000000 { compatible = "mediatek,mt6577-sysirq"; interrupt-controller; #interrupt-cells = <3>;
		interrupt-parent = <&gic>; reg = <0 0x0a000000 0 0x1000>; };
"""


def board(directory: Path, more: str) -> Path:
    return trees.compiled(directory, trees.board(more))


def notes(tree: Path, *arguments: object) -> list[str]:
    result = tool("create", "--from", tree, *arguments)
    assert result.status == 0, result.err
    return [line for line in result.err.splitlines() if "SPI" in line or "interrupt" in line]


@pytest.mark.parametrize(("name", "intids"), [
    # MediaTek's sysirq, Tegra's legacy controller and Allwinner's R_INTC, which has an SPI of its own.
    ("transparent", {72, 73, 74, 128}),
    # Pin 1 of the PDC and line 41 of the AIDET. GPIOs may want any other pin of the PDC.
    ("renumber", {73, 513, *range(512, 552)}),
    # K3's router, Meson's channels, messages to Armada's GICP, Layerscape's pins.
    ("pools", {*range(360, 376), *range(96, 100), *range(128, 160), 39, 40}),
    ("pci-child-irq", {131}),
    ("ppi-beyond", {37}),
])
def test_way_to_the_gic(tmp_path: Path, name: str, intids: set[int]) -> None:
    tree = trees.dts(tmp_path, name)
    assert trees.system(tmp_path, tree).intids == {CONSOLE, *intids}
    assert notes(tree) == []


def test_controllers_that_pass_the_number_on(tmp_path: Path) -> None:
    tree = board(tmp_path, SYSIRQ + """
	cirq: cirq@a001000 { compatible = "mediatek,mt8192-cirq", "mediatek,mtk-cirq"; interrupt-controller;
		#interrupt-cells = <3>; interrupt-parent = <&sysirq>; reg = <0 0x0a001000 0 0x1000>;
		mediatek,ext-irq-range = <64 303>; };
	exiu: exiu@a002000 { compatible = "socionext,synquacer-exiu"; interrupt-controller; #interrupt-cells = <3>;
		interrupt-parent = <&gic>; reg = <0 0x0a002000 0 0x1000>; socionext,spi-base = <112>; };
	rintc: rintc@a003000 { compatible = "allwinner,sun6i-a31-r-intc"; interrupt-controller; #interrupt-cells = <2>;
		interrupts = <0 32 4>; reg = <0 0x0a003000 0 0x1000>; };
	a@b000000 { reg = <0 0x0b000000 0 0x1000>; interrupts-extended = <&cirq 0 100 4>, <&exiu 0 113 4>; };
	nmi@b001000 { reg = <0 0x0b001000 0 0x1000>; interrupts-extended = <&rintc 0 4>; };""")
    assert trees.system(tmp_path, tree, *trees.KEPT).intids == {33, 40, 64, 132, 145}


def test_controllers_with_numbers_of_their_own(tmp_path: Path) -> None:
    tree = board(tmp_path, """
	mpm: mpm { compatible = "qcom,mpm"; interrupt-controller; #interrupt-cells = <2>; interrupt-parent = <&gic>;
		interrupts = <0 171 1>; qcom,mpm-pin-map = <2 275>, <5 296>; };
	aidet: aidet { compatible = "socionext,uniphier-ld20-aidet"; interrupt-controller; #interrupt-cells = <2>; };
	pins: pins { compatible = "socionext,uniphier-gpio"; interrupt-controller; #interrupt-cells = <2>;
		interrupt-parent = <&aidet>; socionext,interrupt-ranges = <0 48 2>, <16 154 1>; };
	extirq: extirq { compatible = "fsl,ls1046a-extirq", "fsl,ls1043a-extirq"; interrupt-controller;
		#interrupt-cells = <2>; #address-cells = <0>; interrupt-map = <0 0 &gic 0 131 4>; };
	a { interrupts-extended = <&mpm 5 4>, <&pins 1 4>, <&extirq 0 4>; };
	""")
    found = {node.name: node for node in machine.open_machine(str(tree)).tree.walk()}
    assert [item.intid for item in interrupts(found["a"])] == [32 + 296, 32 + 49, 32 + 131]
    assert trees.system(tmp_path, tree, *trees.KEPT).intids == {
        33, 40, 32 + 171, 32 + 275, 32 + 296, 32 + 48, 32 + 49, 32 + 154, 32 + 131}


def test_pin_without_a_line_stays_the_controllers(tmp_path: Path) -> None:
    tree = board(tmp_path, """
	pdc: pdc { compatible = "qcom,pdc"; interrupt-controller; #interrupt-cells = <2>; qcom,pdc-ranges = <4 500 2>; };
	a { interrupts-extended = <&pdc 3 4>; };""")
    found = {node.name: node for node in machine.open_machine(str(tree)).tree.walk()}
    assert [str(item) for item in interrupts(found["a"])] == ["<3 4> of /pdc"]
    assert trees.system(tmp_path, tree, *trees.KEPT).intids == {33, 40, 532, 533}


def test_pools_of_messages(tmp_path: Path) -> None:
    tree = board(tmp_path, """
	odmi { compatible = "marvell,odmi-controller"; msi-controller; marvell,odmi-frames = <2>;
		marvell,spi-base = <128>, <136>, <144>; };
	msix { compatible = "al,alpine-msix"; msi-controller; al,msi-base-spi = <160>; al,msi-num-spis = <4>; };
	off { compatible = "marvell,ap806-gicp"; msi-controller; marvell,spi-ranges = <300 8>; status = "disabled"; };
	""")
    assert trees.system(tmp_path, tree, *trees.KEPT).intids == {33, 40, *range(128, 144), *range(192, 196)}


def test_k3_router_behind_a_router_has_none_of_the_gic(tmp_path: Path) -> None:
    tree = board(tmp_path, """
	main: main { compatible = "ti,sci-intr"; interrupt-controller; #interrupt-cells = <1>; interrupt-parent = <&gic>;
		ti,interrupt-ranges = <0 360 2>; };
	wakeup { compatible = "ti,sci-intr"; interrupt-controller; #interrupt-cells = <1>; interrupt-parent = <&main>;
		ti,interrupt-ranges = <0 700 8>; };""")
    assert trees.system(tmp_path, tree, *trees.KEPT).intids == {33, 40, 360, 361}


@pytest.mark.parametrize("properties", [
    'compatible = "qcom,pdc"; qcom,pdc-ranges = <0 480 0xffffffff>, <0xffffffff 0xffffffff 0xffffffff>;',
    'compatible = "ti,sci-intr"; ti,interrupt-ranges = <0 992 0xffffffff>, <0 0xffffffff 0xffffffff>;',
    'compatible = "marvell,odmi-controller"; marvell,odmi-frames = <0xffffffff>; marvell,spi-base = <1016 0xffffffff>;',
])
def test_ranges_that_no_gic_has(tmp_path: Path, properties: str) -> None:
    tree = board(tmp_path, f"pool {{ {properties} interrupt-controller; #interrupt-cells = <2>; }};")
    assert max(trees.system(tmp_path, tree, *trees.KEPT).intids) == 1019


@pytest.mark.parametrize("properties", [
    'compatible = "qcom,pdc"; qcom,pdc-ranges = <0 480>;',
    'compatible = "marvell,ap806-gicp"; marvell,spi-ranges = [00 01];',
    'compatible = "fsl,ls1088a-extirq"; interrupt-map = <0 0 0x777 0 7 4>;',
    'compatible = "fsl,ls1088a-extirq"; interrupt-map = <0 0 &gic 0 7>;',
])
def test_ranges_that_are_broken_are_noted(tmp_path: Path, properties: str) -> None:
    tree = board(tmp_path, f"pool {{ {properties} interrupt-controller; #interrupt-cells = <2>; }};")
    assert any("SPIs are left out" in note and "node /pool: " in note for note in notes(tree, *trees.KEPT))


def test_one_wrong_interrupt_costs_no_other(tmp_path: Path) -> None:
    tree = board(tmp_path, "a@b000000 { reg = <0 0x0b000000 0 0x1000>; interrupts = <0 50 4>, <7 7 4>, <0 51 4>; };")
    found = trees.system(tmp_path, tree, *trees.KEPT)
    assert found.intids == {33, 40, 82, 83} and "a" in trees.regions(found)
    assert any("an interrupt is left out" in note and "<7 7 4> is none of a GIC" in note
               for note in notes(tree, *trees.KEPT))


UNKNOWN = """
	%s { compatible = "maker,box"; interrupt-controller; msi-controller; #interrupt-cells = <2>; %s };
	box2: box2 { compatible = "maker,box2"; interrupt-controller; #interrupt-cells = <2>; %s };
	a { interrupts-extended = <&box2 1 4>; };
"""


@pytest.mark.parametrize(("first", "second", "unknown"), [
    ("", "", ["/box", "/box2"]),
    ("interrupts = <0 7 4>;", "interrupts = <0 8 4>;", []),
    ('status = "disabled";', "", ["/box2"]),
    ("interrupt-parent = <&box2>;", "interrupt-parent = <&sysirq>;", ["/box2"]),
])
def test_controller_that_is_not_known_is_noted(tmp_path: Path, first: str, second: str, unknown: list[str]) -> None:
    """One that passes interrupts on in a way of its own would lose them without a word."""
    tree = board(tmp_path, SYSIRQ + UNKNOWN % ("box", first, second))
    found = [match[1] for note in notes(tree, *trees.KEPT) if (match := re.search(r"which SPIs (\S+) ", note))]
    assert found == unknown


# ---- The way through the tree ----


def test_map_of_a_controller_is_followed(tmp_path: Path) -> None:
    """Linux does that since 5.17, and leaves a nexus that only stands in between alone."""
    tree = board(tmp_path, """
	box: box { compatible = "maker,box"; interrupt-controller; #interrupt-cells = <1>; #address-cells = <0>;
		interrupt-map = <3 &gic 0 20 4>; };
	between: between { #interrupt-cells = <3>; interrupt-parent = <&gic>; };
	a { interrupts-extended = <&box 3>, <&between 0 21 4>; };""")
    assert {52, 53} <= trees.system(tmp_path, tree, *trees.KEPT).intids


def test_next_controller_above_is_the_parent(tmp_path: Path) -> None:
    """Not the one that the interrupts of that go to."""
    tree = board(tmp_path, """
	box { compatible = "qcom,pdc"; interrupt-controller; #interrupt-cells = <2>; interrupt-parent = <&gic>;
		qcom,pdc-ranges = <9 300 1>; inside { interrupts = <9 4>; }; };""")
    found = {node.name: node for node in machine.open_machine(str(tree)).tree.walk()}
    assert [item.intid for item in interrupts(found["inside"])] == [332]


def test_second_map_compares_what_the_first_one_says(tmp_path: Path) -> None:
    tree = board(tmp_path, """
	first: first { #interrupt-cells = <1>; #address-cells = <0>; interrupt-map = <1 &second 7 2>; };
	second: second { #interrupt-cells = <1>; #address-cells = <1>;
		interrupt-map = <6 2 &gic 0 30 4>, <7 2 &gic 0 31 4>; };
	a@6 { reg = <0 6 0 0>; interrupts-extended = <&first 1>; };""")
    found = {node.name: node for node in machine.open_machine(str(tree)).tree.walk()}
    assert [item.intid for item in interrupts(found["a@6"])] == [63]


# ---- What Linux says ----

PROC_INTERRUPTS = """           CPU0       CPU1
 11:      12340          7     GICv2  30 Level     arch_timer
 30:          5          0  MT_SYSIRQ  40 Level     mmc0
 31:          5          0  PDC   3 Edge      wakeup
 32:          5          0  PDC 900 Edge      nowhere
 33:          5          0  GICv2m-PCI-MSI-0000:00:00.0   0 Edge      nvme
 34:          5          0  pinctrl   7 Edge      card detect
IPI0:        22         33       Rescheduling interrupts
"""


def test_interrupts_of_linux_behind_other_chips(tmp_path: Path) -> None:
    tree = board(tmp_path, SYSIRQ + """
	pdc { compatible = "qcom,pdc"; interrupt-controller; #interrupt-cells = <2>; qcom,pdc-ranges = <0 480 8>; };""")
    place = trees.collected(tmp_path, tree, proc_interrupts=PROC_INTERRUPTS)
    found = machine.open_machine(str(place)).linux_interrupts
    assert [(item.intid, item.users) for item in found] == [(30, "arch_timer"), (72, "mmc0"), (515, "wakeup")]


# ---- The Secure world's ----


def test_secure_device_is_nobodys(tmp_path: Path) -> None:
    tree = trees.dts(tmp_path, "secure")
    found = trees.system(tmp_path, tree)
    assert found.intids == {CONSOLE}
    assert not any(region.phys == 0x0A000000 for region in found.regions)
    result = tool("create", "--from", tree)
    assert "/soc/serial@a000000 is the Secure world's (secure-status)" in result.err
    assert "Secure world" in trees.refusal("cell", "test", "--from", tree, "--cpus", "1", "--memory", "16M",
                                           "--device", "/soc/serial@a000000")
    assert "serial@a000000" not in tool("check", "--from", tree, group="hardware").out
