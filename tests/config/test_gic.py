# SPDX-License-Identifier: GPL-2.0-only
"""The frames of the GIC that `cellctl config create` makes of what trees say of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import trees
from tool import KIB, MIB, tool

from cellctl_config.tree import parse

GICV3 = """
	gic: interrupt-controller@8000000 {
		compatible = "arm,gic-v3"; #interrupt-cells = <3>; interrupt-controller;
		#address-cells = <2>; #size-cells = <2>; ranges;
		reg = <0 0x08000000 0 0x10000>, <0 0x08100000 0 0x100000>;
		%s
	};
"""


def gicv3(directory: Path, more: str = "", nodes: str = "") -> Path:
    return trees.compiled(directory, trees.board(nodes, gic=GICV3 % more))


def frames(directory: Path, tree: Path, *arguments: object) -> dict[str, tuple[int, int]]:
    found = trees.system(directory, tree, *arguments).frames
    return {name: (frame.phys, frame.size) for name, frame in found.items()}


def test_its_that_is_half_described(tmp_path: Path) -> None:
    """Of all TI K3: what a CPU writes to. Without the other 64 KiB, build would refuse it."""
    assert frames(tmp_path, trees.dts(tmp_path, "its-64k"))["its"] == (0x08020000, 128 * KIB)


def test_distributor_with_the_its_in_it(tmp_path: Path) -> None:
    assert frames(tmp_path, trees.dts(tmp_path, "overlap-gicd-its")) == {
        "gicd": (0x08000000, 128 * KIB), "gicr": (0x08100000, 1 * MIB), "its": (0x08020000, 128 * KIB)}


def test_second_its_in_the_distributor_is_a_device(tmp_path: Path) -> None:
    its = "its@%x { compatible = \"arm,gic-v3-its\"; msi-controller; #msi-cells = <1>; reg = <0 0x%x 0 0x20000>; };"
    text = trees.board(gic=GICV3 % "".join(its % (at, at) for at in (0x08020000, 0x08040000)))
    tree = trees.compiled(tmp_path, text.replace("<0 0x08000000 0 0x10000>", "<0 0x08000000 0 0x100000>"))
    found = trees.system(tmp_path, tree, *trees.KEPT)
    assert found.frames["its"].phys == 0x08020000
    assert trees.regions(found)["its"][:2] == (0x08040000, 128 * KIB)


def test_frames_of_a_gic400_that_overlap(tmp_path: Path) -> None:
    """Of RK3576: each has 64 KiB, and the next one begins in it."""
    gic = """
	gic: interrupt-controller@8001000 {
		compatible = "arm,gic-400"; #interrupt-cells = <3>; interrupt-controller;
		reg = <0 0x08001000 0 0x10000>, <0 0x08002000 0 0x10000>, <0 0x08004000 0 0x10000>,
		      <0 0x08006000 0 0x10000>;
	};
"""
    assert frames(tmp_path, trees.compiled(tmp_path, trees.board(gic=gic)), *trees.KEPT) == {
        "gicd": (0x08001000, 4 * KIB), "gicc": (0x08002000, 8 * KIB), "gich": (0x08004000, 8 * KIB),
        "gicv": (0x08006000, 64 * KIB)}


def test_redistributors_of_gicv4(tmp_path: Path) -> None:
    """Four frames each. What a tree cannot say is whether there are as many, or only room for them."""
    tree = gicv3(tmp_path, "redistributor-stride = <0 0x40000>;")
    assert frames(tmp_path, tree, *trees.KEPT)["gicr"] == (0x08100000, 1 * MIB)
    assert "redistributors 256 KiB apart" in tool("create", "--from", tree, *trees.KEPT).err
    place = trees.collected(tmp_path, tree, dmesg="GICv4 features: DirectLPI RVPEID Valid+Dirty\n")
    assert "256 KiB apart" not in tool("create", "--from", place, *trees.KEPT).err


def test_messages_to_the_distributor(tmp_path: Path) -> None:
    """Devices write to it, which no table of the hypervisor is in the way of: the SPIs are Linux's."""
    tree = gicv3(tmp_path, "msi-controller; mbi-ranges = <296 24>, <1016 99>; mbi-alias = <0 0x0a000000>;",
                 "cover@a000000 { reg = <0 0x0a000000 0 0x20000>; };")
    found = trees.system(tmp_path, tree, *trees.KEPT)
    assert found.intids == {33, 40, *range(296, 320), *range(1016, 1020)}
    assert found.frames["gicd"].size == 64 * KIB
    # A CPU would raise any SPI there.
    assert trees.regions(found)["cover"][:2] == (0x0A010000, 64 * KIB)


def test_page_for_messages_behind_the_distributor(tmp_path: Path) -> None:
    """Of Rockchip's RK356x and RK3588: part of the frame, so that no cell's region can be there."""
    tree = gicv3(tmp_path, "msi-controller; mbi-ranges = <296 24>; mbi-alias = <0 0x08010000>;")
    assert frames(tmp_path, tree, *trees.KEPT)["gicd"] == (0x08000000, 128 * KIB)


def test_gicv2_without_virtualization_is_told_what_may_help(tmp_path: Path) -> None:
    gic = trees.GIC.split("\t\t      <0 0x0803")[0].rstrip(",\n") + ";\n\t};"
    text = trees.refusal("create", "--from", trees.compiled(tmp_path, trees.board(gic=gic)), *trees.KEPT)
    assert "GICH, GICV missing" in text and "if it has none, it cannot run Cellblock" in text


# ---- The first of several ----


def test_first_its_of_a_directory_is_the_first_of_the_tree(tmp_path: Path) -> None:
    """A directory has no order, and the driver takes what Linux takes: the first in the tree."""
    its = "its@%x { compatible = \"arm,gic-v3-its\"; msi-controller; #msi-cells = <1>; reg = <0 0x%x 0 0x20000>; };"
    tree = gicv3(tmp_path, "".join(its % (at, at) for at in (0x08060000, 0x08020000)))
    place = trees.collected(tmp_path, tree)
    unpack(tree, place / "sys" / "firmware" / "devicetree" / "base")
    assert frames(tmp_path, place)["its"] == (0x08060000, 128 * KIB)
    (place / "sys" / "firmware" / "fdt").unlink()
    assert frames(tmp_path, place)["its"] == (0x08020000, 128 * KIB)


def unpack(blob: Path, directory: Path) -> None:
    """A tree as Linux shows it."""
    shutil.rmtree(directory, ignore_errors=True)
    for node in parse(blob.read_bytes(), str(blob)).walk():
        place = directory / node.path[1:]
        place.mkdir(parents=True)
        for name, value in node.properties.items():
            (place / name).write_bytes(value)


# ---- None that is known ----


@pytest.mark.parametrize("present", ["", "0\n"])
def test_unknown_gic_fails_once(tmp_path: Path, present: str) -> None:
    tree = trees.compiled(tmp_path, trees.board(gic=trees.GIC.replace("arm,gic-400", "arm,pl390")))
    place = trees.collected(tmp_path, tree, sys_devices_system_cpu_present=present,
                            sys_devices_system_cpu_cpu0_uevent="OF_FULLNAME=/cpus/cpu@0\n")
    out = tool("check", "--from", place if present else tree, group="hardware").out
    assert out.count("no GICv2 or GICv3") == 1
