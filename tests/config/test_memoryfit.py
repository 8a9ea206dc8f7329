# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config check --from`: memory that the configuration, the machine or Linux has, and another has not.

On the machine each of these was the end of Linux without a word, or an abort in the hypervisor.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import smalltree
import trees
from cellfile import DATA, LOADABLE, MMIO, RAM, Region
from tool import KIB, MIB, board, cell, tool, write

GOOD = board()
REST = tuple(GOOD.regions)[1:]
LINUX = "40000000-6fffffff : System RAM\n"


def findings(directory: Path, tree: Path, system: object, *cells: object) -> list[tuple[str, str, str]]:
    """Level, code and field of what is about memory."""
    files = [write(directory / f"{i}.cell", item) for i, item in enumerate((system, *cells))]
    found = tool("check", *files, "--from", tree, "--json").json
    assert isinstance(found, dict) and not found["refusals"], found
    return [(item["level"], item["code"], item["field"]) for item in [*found["warnings"], *found["notes"]]
            if "memory" in item["code"] and item["code"] != "shared-memory"]


def tree_of(directory: Path, more: str = "", size: int = 0x40000000) -> Path:
    path = smalltree.write_tree(directory / "board.dtb", more)
    if size != 0x40000000:
        subprocess.run(["fdtput", "-t", "x", path, "/memory@40000000", "reg", "0", "40000000", "0", f"{size:x}"], check=True)
    return path


@pytest.mark.parametrize("knows_linux", [True, False])
def test_what_fits_is_left_alone(tmp_path: Path, knows_linux: bool) -> None:
    tree = tree_of(tmp_path)
    place = trees.collected(tmp_path, tree, proc_iomem=LINUX) if knows_linux else tree
    assert findings(tmp_path, place, GOOD, cell()) == []


@pytest.mark.parametrize("knows_linux", [True, False])
@pytest.mark.parametrize(("ram", "code", "field"), [
    (Region("ram", 0x40000000, 512 * MIB), "memory-unlisted", ".regions"),
    (Region("ram", 0x40000000, 768 * MIB, DATA), "memory-rights", '.regions[0] "ram"'),
    (Region("ram", 0x40000000, 768 * MIB, MMIO), "memory-rights", '.regions[0] "ram"')])
def test_memory_of_linux(tmp_path: Path, knows_linux: bool, ram: Region, code: str, field: str) -> None:
    tree = tree_of(tmp_path)
    place = trees.collected(tmp_path, tree, proc_iomem=LINUX) if knows_linux else tree
    assert findings(tmp_path, place, board(regions=[ram, *REST])) == [("warning", code, field)]


def test_no_map_memory_is_not_linuxs(tmp_path: Path) -> None:
    """And a driver of Linux, or nobody, may have it."""
    tree = tree_of(tmp_path, "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;"
                   "firmware@60000000 { reg = <0 0x60000000 0 0x10000000>; no-map; }; };")
    assert findings(tmp_path, tree, board(regions=[Region("ram", 0x40000000, 512 * MIB), *REST])) == []


def test_memory_that_the_machine_lacks(tmp_path: Path) -> None:
    """A configuration for 1 GiB on a machine with 768 MiB. Regions of the root cell may be for other machines."""
    tree = tree_of(tmp_path, size=0x30000000)
    found = findings(tmp_path, tree, GOOD, cell())
    assert ("warning", "no-memory", ".hypervisor") in found
    assert ("note", "no-memory", '.regions[1] "cells"') in found
    assert ("warning", "no-memory", '.regions[0] "ram"') in found  # of the cell


@pytest.mark.parametrize("flags", [RAM | LOADABLE, DATA])
def test_part_of_a_cells_memory_is_missing(tmp_path: Path, flags: int) -> None:
    regions = [Region("ram", 0x70400000, 2 * MIB, RAM | LOADABLE), Region("more", 0x7F000000, 16 * MIB - 1 * MIB, flags)]
    found = findings(tmp_path, tree_of(tmp_path, size=0x3F800000), GOOD, cell(regions=regions))
    assert ("warning", "no-memory", '.regions[1] "more"') in found and ("warning", "no-memory", ".hypervisor") not in found


def test_small_memory_is_memory(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "sram@b100000 { compatible = \"mmio-sram\"; reg = <0 0x0b100000 0 0x10000>; };")
    sram = Region("sram", 0xB100000, 64 * KIB, DATA)
    found = findings(tmp_path, tree, board(regions=[*GOOD.regions, sram]), cell(regions=[*cell().regions, sram]))
    assert found == []


# ---- Memory that is added while Linux runs ----

VIRTIO_MEM = LINUX + """80000000-bfffffff : virtio0
  80000000-87ffffff : System RAM (virtio_mem)
"""


def test_memory_that_is_added_is_no_device(tmp_path: Path) -> None:
    tree = trees.compiled(tmp_path, trees.board())
    place = trees.collected(tmp_path, tree, proc_iomem=VIRTIO_MEM)
    there = trees.regions(trees.system(tmp_path, place, "--reserved", "0x70000000,256M"))
    assert there["ram-2"] == (0x80000000, 128 * MIB, ("read", "write", "execute"))
    assert there["added"] == (0x88000000, 896 * MIB, ("read", "write", "execute"))
    assert not any(name.startswith("virtio") for name in there)
    empty = VIRTIO_MEM.rsplit("  8", 1)[0]
    place = trees.collected(tmp_path, tree, proc_iomem=empty)
    assert trees.regions(trees.system(tmp_path, place))["added"][:2] == (0x80000000, 1024 * MIB)


def test_added_memory_as_registers(tmp_path: Path) -> None:
    """300 of 300 programs that Linux put there got SIGBUS."""
    place = trees.collected(tmp_path, tree_of(tmp_path), proc_iomem=VIRTIO_MEM)
    found = findings(tmp_path, place, board(regions=[*GOOD.regions, Region("virtio0", 0x80000000, 1024 * MIB, MMIO)]))
    assert ("warning", "memory-as-device", '.regions[5] "virtio0"') in found
    assert ("warning", "memory-rights", '.regions[5] "virtio0"') in found


def test_cells_get_nothing_of_what_is_linuxs_otherwise(tmp_path: Path) -> None:
    """By a system's file, too, which says of no region for whom it is."""
    tree = tree_of(tmp_path, "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;"
                   "video@70400000 { reg = <0 0x70400000 0 0x200000>; no-map; };"
                   "cellblock@70600000 { reg = <0 0x70600000 0 0xfa00000>; no-map; }; };")
    place = trees.collected(tmp_path, tree, proc_iomem=VIRTIO_MEM)
    regions = [*GOOD.regions, Region("added", 0x80000000, 1024 * MIB)]
    system = write(tmp_path / "system.cell", board(regions=regions))
    arguments = ("cell", "guest", "--from", place, "--system", system, "--cpus", "3", "--memory")
    assert "0x70600000" in tool(*arguments, "2M").out
    text = trees.refusal(*arguments, "300M")
    assert "free is 0x70600000 to 0x7fefffff" in text and "0x8" not in text
