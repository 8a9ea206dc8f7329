# SPDX-License-Identifier: GPL-2.0-only
"""What is the firmware's: memory that is in no region, and calls that wait for cells to be gone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import trees
from smalltree import write_tree
from tool import KIB, MIB, board, tool, write

from cellctl_config import binary
from cellfile import DATA, MMIO, Region
from qemu import BUILD

RESERVED = """
	reserved-memory {
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		%s
	};
"""


def node(name: str, start: int, size: int, properties: str = "no-map;") -> str:
    return f"{name} {{ reg = <0 {start:#x} 0 {size:#x}>; {properties} }};\n"


def machine(directory: Path, nodes: str, more: str = "", memreserve: str = "", **options: str) -> Path:
    source = trees.board(RESERVED % nodes + more, **options)
    return trees.compiled(directory, source.replace("/dts-v1/;", f"/dts-v1/;\n{memreserve}"))


def created(directory: Path, tree: Path) -> tuple[binary.Cell, str]:
    return trees.made(directory, "create", "--from", tree, *trees.KEPT)


def has(system: binary.Cell, address: int) -> bool:
    return any(region.phys <= address < region.end for region in system.regions)


@pytest.mark.parametrize("name", [
    "atf@50000000", "optee@50000000", "optee_core@50000000", "secmon@50000000", "tz@50000000", "tfa@50000000",
    "psci-area@50000000", "tee@50000000", "secure-ddr@50000000", "bl31", "firmware@50000000"])
@pytest.mark.parametrize("properties", ["no-map;", ""])
def test_firmware_is_in_no_region(tmp_path: Path, name: str, properties: str) -> None:
    system, source = created(tmp_path, machine(tmp_path, node(name, 0x50000000, 0x200000, properties)))
    assert [has(system, address) for address in (0x4FFFFFFF, 0x50000000, 0x501FFFFF, 0x50200000)] == \
        [True, False, False, True]
    assert f"0x50000000 to 0x501fffff (/reserved-memory/{name})" in " ".join(source.replace(" * ", " ").split())


def test_it_is_said_on_output(tmp_path: Path) -> None:
    result = tool("create", "--from", machine(tmp_path, node("atf@50000000", 0x50000000, 0x80000)), *trees.KEPT)
    assert "note: in no region, since the firmware is there: 0x50000000 to 0x5007ffff (/reserved-memory/atf@50000000)" \
        in result.err


@pytest.mark.parametrize("memory", [
    node("optee_shm@50000000", 0x50000000, 0x200000),
    node("video@50000000", 0x50000000, 0x200000),
    node("tee@50000000", 0x50000000, 0x200000, 'no-map; compatible = "shared-dma-pool";'),
    "used: " + node("firmware@50000000", 0x50000000, 0x200000),
])
def test_what_linux_may_use_stays_its_own(tmp_path: Path, memory: str) -> None:
    """Shared with the firmware; not known; and a program that Linux loads into another processor."""
    device = "dsp@a000000 { reg = <0 0x0a000000 0 0x1000>; memory-region = <&used>; };" if "used" in memory else ""
    system, _ = created(tmp_path, machine(tmp_path, memory, device))
    [region] = [region for region in system.regions if region.phys == 0x50000000]
    assert (region.size, region.flags) == (0x200000, DATA)


def test_pages_that_a_boot_loader_reserves(tmp_path: Path) -> None:
    """Its RAM disk becomes Linux's, and so is the page that an entry shares with other memory."""
    memreserve = ("/memreserve/ 0x40000000 0x1000; /memreserve/ 0x48000000 0x100000;"
                  "/memreserve/ 0x58000800 0x2000;")
    chosen = "linux,initrd-start = <0 0x48000000>; linux,initrd-end = <0 0x48080000>;"
    system, _ = created(tmp_path, machine(tmp_path, "", memreserve=memreserve, chosen=chosen))
    assert [has(system, address) for address in (0x40000000, 0x40001000, 0x48000000)] == [False, True, True]
    assert [has(system, address) for address in (0x58000000, 0x58001000, 0x58002000)] == [True, False, True]


def test_the_device_tree_itself_is_linux_s(tmp_path: Path) -> None:
    blob = machine(tmp_path, "", memreserve="/memreserve/ 0x44000000 0x1234;")
    size = blob.stat().st_size
    blob = machine(tmp_path, "", memreserve=f"/memreserve/ 0x44000000 {size:#x};")
    assert blob.stat().st_size == size
    assert has(created(tmp_path, blob)[0], 0x44000000)


def test_firmware_in_sram(tmp_path: Path) -> None:
    sram = """
	sram@a000000 {
		compatible = "mmio-sram";
		reg = <0 0x0a000000 0 0x100000>;
		#address-cells = <1>;
		#size-cells = <1>;
		ranges = <0 0 0x0a000000 0x100000>;
		atf-sram@20000 { reg = <0x20000 0x20000>; };
	};
"""
    system, _ = created(tmp_path, machine(tmp_path, "", sram))
    assert [has(system, address) for address in (0x0A01FFFF, 0x0A020000, 0x0A03FFFF, 0x0A040000)] == \
        [True, False, False, True]


def test_cellblock_is_not_where_the_firmware_is(tmp_path: Path) -> None:
    tree = machine(tmp_path, node("optee@78000000", 0x78000000, 0x1000000))
    text = trees.refusal("create", "--from", tree, *trees.KEPT)
    assert "0x70000000 to 0x7fffffff, where the firmware has 0x78000000 to 0x78ffffff" in text


def warnings(directory: Path, system: object, tree: Path) -> list[tuple[str, str]]:
    result = tool("check", "--json", "--from", tree, write(directory / "b.cell", system))
    return [(one["code"], one["field"]) for one in result.json["warnings"]]


def test_check_names_the_region(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "board.dtb", RESERVED % node("atf@50000000", 0x50000000, 0x80000))
    assert warnings(tmp_path, board(), tree) == [("firmware-memory", '.regions[0] "ram"')]
    split = board(regions=[Region("ram", 0x40000000, 256 * MIB), Region("ram-2", 0x50080000, 64 * MIB),
                           Region("uart", 0x09000000, 4 * KIB, MMIO)])
    assert "firmware-memory" not in dict(warnings(tmp_path, split, tree))


# ---- Calls ----

EEMI = {form + number for form in (0x82000000, 0xC2000000) for number in (6, 7, 8, 10)}


@pytest.mark.parametrize(("machine_is", "calls"), [
    ("fsl,imx8mm", {0xC2000004}), ("fsl,imx8mn", {0xC2000004}), ("fsl,imx8mp", {0xC2000004}),
    ("fsl,imx8mq", {0xC2000004}), ("rockchip,rk3399", {0x82000008}), ("fsl,imx8qm", set()),
])
def test_calls_that_act_on_cells_wait(tmp_path: Path, machine_is: str, calls: set[int]) -> None:
    source = trees.board().replace('"maker,board"', f'"maker,board", "{machine_is}"')
    system, source = created(tmp_path, trees.compiled(tmp_path, source))
    assert set(system.smcs) == calls
    assert ("is refused while there are cells" in " ".join(source.replace(" * ", " ").split())) == bool(calls)


def test_calls_of_the_zcu102(tmp_path: Path) -> None:
    """The same as in its own configuration."""
    assert set(created(tmp_path, trees.zcu102(tmp_path))[0].smcs) == EEMI
    assert set(binary.parse((BUILD / "configs" / "zcu102.cell").read_bytes(), "").smcs) == EEMI


def test_check_misses_calls(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "board.dtb")
    subprocess.run(["fdtput", "-t", "s", tree, "/", "compatible", "maker,board", "rockchip,rk3399"], check=True)
    assert warnings(tmp_path, board(), tree) == [("calls-for-all", ".smcs")]
    assert warnings(tmp_path, board(smcs=[0x82000008]), tree) == []
