# SPDX-License-Identifier: GPL-2.0-only
"""Kinds of boards that real ones belong to and that once got wrong configurations: a tree of dts/ for each."""

from __future__ import annotations

from pathlib import Path

import pytest
import trees
from tool import KIB, MIB, tool

from cellctl_config import addresses, devices
from cellctl_config.addresses import Range

MMIO = ("read", "write", "io")
DATA = ("read", "write")
RAM = ("read", "write", "execute")


def notes(*arguments: object) -> str:
    result = tool(*arguments)
    assert result.status == 0, result.err
    return result.err


def cell_of(directory: Path, tree: Path, device: str, cpu: int = 1) -> str:
    """The notes of a cell with a device, and what check says of it beside its system."""
    system, cell = directory / "system.c", directory / "cell.c"
    for path in (system, cell):
        path.unlink(missing_ok=True)
    notes("create", "--from", tree, "-o", system)
    said = notes("cell", "guest", "--from", tree, "--cpus", cpu, "--memory", "2M", "--device", device, "-o", cell)
    return said + tool("check", system, cell, "--from", tree).out


# ---- Memory ----


def test_no_map_reservations_that_overlap(tmp_path: Path) -> None:
    """Linux says "OVERLAP DETECTED" and works."""
    found, source = trees.made(tmp_path, "create", "--from", trees.dts(tmp_path, "nomap-overlap"))
    there = trees.regions(found)
    assert there["video"] == (0x50000000, 6 * MIB, DATA) and "wlan" not in there
    assert "video@50000000: no-map" in source


def test_no_map_reservation_that_firmware_has_a_part_of(tmp_path: Path) -> None:
    """What is not the firmware's, drivers of Linux may still use."""
    tree = trees.compiled(tmp_path, trees.board("""
	reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
		cellblock@70000000 { reg = <0 0x70000000 0 0x4000000>; no-map; };
		video@50000000 { reg = <0 0x50000000 0 0x500000>; no-map; };
		tz@50400000 { reg = <0 0x50400000 0 0x200000>; no-map; }; };
"""))
    there = trees.regions(trees.system(tmp_path, tree))
    assert there["video"] == (0x50000000, 4 * MIB, DATA)
    assert there["ram-2"][0] == 0x50600000


def test_reserved_memory_outside_memory_nodes(tmp_path: Path) -> None:
    """HiKey's ramoops: Linux maps it all the same."""
    there = trees.regions(trees.system(tmp_path, trees.dts(tmp_path, "reserved-outside")))
    assert there["ramoops"] == (0x30000000, 1 * MIB, DATA)


def test_memory_node_over_the_gic(tmp_path: Path) -> None:
    tree = trees.dts(tmp_path, "ram-over-gic")
    assert "has RAM at 0x0 to 0x7fffffff, where the GIC" in notes("create", "--from", tree)
    found = trees.system(tmp_path, tree)
    assert trees.regions(found)["serial"] == (0x9000000, 4 * KIB, MMIO)
    ram = [region for region in found.regions if region.name.startswith("ram")]
    assert not any(region.phys < 0x8008000 and region.end > 0x8002000 for region in ram)
    assert "0 warnings" in tool("check", tmp_path / "made.cell", "--from", tree).out


# ---- Devices ----


def test_more_ranges_than_a_configuration_holds(tmp_path: Path) -> None:
    """TI's J721E: neighbours become one, over the smallest gaps, and no more of them than it takes."""
    tree = trees.dts(tmp_path, "many-regions")
    said = notes("create", "--from", tree)
    assert "has 246 separate ranges of registers" in said and "up to 4 KiB: 0xa001000 to 0xa001fff" in said
    found = trees.system(tmp_path, tree)
    assert len(found.regions) == devices.MAX_REGIONS
    assert sum(region.size for region in found.regions if region.is_io) == (246 + 9) * 4 * KIB


def piece(start: int, end: int, is_memory: bool = False) -> devices.Piece:
    return devices.Piece(Range(start, end), "device", start, is_memory, [f"device@{start:x}"], False)


def test_gaps_that_somebody_has_stay_open() -> None:
    """RAM and the GIC are no gaps, and memory and registers do not go together."""
    pieces = [piece(0x1000, 0x2000), piece(0x3000, 0x4000), piece(0x5000, 0x6000, True), piece(0x9000, 0xA000, True),
              piece(0x20000, 0x21000), piece(0x30000, 0x31000), piece(0x50000, 0x51000)]
    found = devices.Found(list(pieces))
    devices._limit(found, [Range(0x2000, 0x2800)], 5)
    ranges = [item.range for item in found.pieces]
    assert ranges == [Range(0x1000, 0x2000), Range(0x3000, 0x4000), Range(0x5000, 0xA000), Range(0x20000, 0x31000),
                      Range(0x50000, 0x51000)]
    assert found.pieces[2].is_memory
    with pytest.raises(devices.Refusal, match="holds 4, even if those with up to 64 KiB"):
        devices._limit(devices.Found(list(pieces)), [Range(0x2000, 0x2800), Range(0x31000, 0x31800)], 4)


def test_portals_of_the_management_complex(tmp_path: Path) -> None:
    """All Ethernet of LS1088A, LS208xA and LX2160A is behind them."""
    tree = trees.dts(tmp_path, "fsl-mc")
    there = trees.regions(trees.system(tmp_path, tree))
    assert there["fsl-mc-regs"] == (0x80C000000, 64 * MIB, MMIO)
    assert there["fsl-mc-portals"] == (0x818000000, 128 * MIB, MMIO)
    assert "which has" not in cell_of(tmp_path, tree, "fsl-mc@80c000000")


def test_parts_of_memory_behind_a_bus_are_memory(tmp_path: Path) -> None:
    tree = trees.compiled(tmp_path, trees.board("""
	sram@b000000 { compatible = "mmio-sram"; reg = <0 0x0b000000 0 0x10000>; #address-cells = <1>; #size-cells = <1>;
		ranges = <0 0 0x0b000000 0x10000>;
		scp@100 { compatible = "arm,scmi-shmem"; reg = <0x100 0x80>; }; };
"""))
    assert trees.regions(trees.system(tmp_path, tree, *trees.KEPT))["sram"] == (0xB000000, 64 * KIB, DATA)


@pytest.mark.parametrize("seed", range(4))
def test_ranges_are_taken_away_as_sets_of_bytes(seed: int) -> None:
    """Against counting, for it was written anew to be linear."""
    state = seed + 1

    def number(limit: int) -> int:
        nonlocal state
        state = state * 1103515245 + 12345 & 0x7FFFFFFF
        return (state >> 8) % limit

    for _ in range(200):
        some = [Range.sized(number(60), number(12)) for _ in range(number(8))]
        holes = [Range.sized(number(60), number(12)) for _ in range(number(8))]
        bytes_of = {byte for item in some for byte in range(*item)} - {byte for item in holes for byte in range(*item)}
        left = addresses.subtract(some, holes)
        assert sorted(byte for item in left for byte in range(*item)) == sorted(bytes_of)
        assert all(first.end <= second.start for first, second in zip(left, left[1:]))


# ---- Buses, parts and neighbours ----

HARMFUL = ("shares the page", "turn them off", "turn off", "foreign", "raised by", "only a part", "bus@a000000 status",
           "bus@b000000 status")


@pytest.mark.parametrize("device", ["serial@a010000", "serial@b010000"])
def test_a_bus_is_no_neighbour_of_what_is_on_it(tmp_path: Path, device: str) -> None:
    """i.MX's AIPS has registers over those of all devices on it; a nexus has all their interrupts in its map."""
    said = cell_of(tmp_path, trees.dts(tmp_path, "parent-bus"), device)
    assert not [words for words in HARMFUL if words in said], said


PART = """
	chip@b000000 { compatible = "maker,chip", "syscon", "simple-mfd"; reg = <0 0xb000000 0 0x2000>;
		#address-cells = <2>; #size-cells = <2>; ranges;
		serial@b000800 { compatible = "ns16550a"; reg-shift = <2>; reg = <0 0xb000800 0 0x100>; interrupts = <0 9 4>;
			status = "disabled"; }; };
	reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
		cellblock@70000000 { reg = <0 0x70000000 0 0x4000000>; no-map; }; };
"""


def test_a_chip_is_named_when_a_part_of_it_is_given_away(tmp_path: Path) -> None:
    """Its driver may use the page, and turning it off would take the part along."""
    said = cell_of(tmp_path, trees.compiled(tmp_path, trees.board(PART)), "serial@b000800", 2)
    assert said.count("is a part of /chip@b000000, which has registers of its own") == 2, said
    assert "chip@b000000 status reserved" not in said
    assert not [words for words in HARMFUL if words in said], said


def test_true_neighbours_are_still_told_of(tmp_path: Path) -> None:
    neighbour = "watchdog@9040800 { reg = <0 0x9040800 0 0x100>; interrupts = <0 8 4>; };"
    tree = trees.compiled(tmp_path, trees.board(PART + neighbour))
    said = cell_of(tmp_path, tree, "serial@9040000", 2)
    for words in ("shares the page", "is raised by /watchdog@9040800 as well", "has the registers of"):
        assert words in said, said


def test_what_others_need_is_not_to_be_turned_off(tmp_path: Path) -> None:
    """Allwinner's R_UART shares its page with the controller of the pins."""
    neighbour = "pinctrl@9040c00 { reg = <0 0x9040c00 0 0x100>; gpio-controller; #gpio-cells = <2>; };"
    said = cell_of(tmp_path, trees.compiled(tmp_path, trees.board(PART + neighbour)), "serial@9040000", 2)
    assert "which other devices need; choose another device" in said and "turn them off" not in said


# ---- Consoles and CPUs ----


def test_console_of_a_kind_that_linux_knows(tmp_path: Path) -> None:
    tree = trees.dts(tmp_path, "console-kind")
    arguments = ("cell", "guest", "--from", tree, "--cpus", "1", "--memory", "2M", "--device")
    text = trees.refusal(*arguments, "serial@a000000")
    assert "is Linux's console (console=ttyS0)" in text
    assert "Linux's console" not in notes(*arguments, "serial@9000000", "-o", tmp_path / "cell.c")


@pytest.mark.parametrize(("name", "kind"), [
    ("ttyAML0", "amlogic,meson-gx-uart"), ("ttySAC0", "samsung,exynos4210-uart"), ("ttyMV0", "marvell,armada-3700-uart"),
    ("ttyTHS0", "nvidia,tegra194-hsuart"), ("ttyS0", "ti,am654-uart"), ("ttyS0", "nvidia,tegra20-uart"),
    ("ttyS0", "fsl,ns16550"), ("ttyXYZ0", "maker,uart"), ("ttyS0", "maker,uart")])
@pytest.mark.parametrize("has_alias", [True, False])
def test_console_is_never_given_away_silently(tmp_path: Path, name: str, kind: str, has_alias: bool) -> None:
    """By its kind, or by the alias where the kind is unknown; or else a note says that nobody knows."""
    aliases = 'aliases { serial0 = "/uart@a000000"; };' if has_alias else ""
    tree = trees.compiled(tmp_path, trees.board(
        f'{aliases} uart@a000000 {{ reg = <0 0x0a000000 0 0x1000>; compatible = "{kind}"; }};',
        chosen=f'bootargs = "console=tty0 console={name},115200";'))
    result = tool("cell", "guest", "--from", tree, *trees.KEPT, "--cpus", "2", "--memory", "2M", "--device", "uart@a000000")
    if has_alias or "maker" not in kind:
        assert result.status == 1 and f"is Linux's console (console={name})" in result.err
    else:
        assert result.status == 0 and f"which UART console={name} is, nothing tells" in result.err


def test_nothing_says_where_the_console_is(tmp_path: Path) -> None:
    tree = trees.compiled(tmp_path, trees.board(chosen=""))
    said = notes("cell", "guest", "--from", tree, *trees.KEPT, "--cpus", "2", "--memory", "2M", "--device", "serial@9040000")
    assert "neither chosen/stdout-path nor console= says" in said


@pytest.mark.parametrize(("kind", "macro"), [
    ('"mediatek,mt8183-uart", "mediatek,mt6577-uart"', "UART_8250"), ('"ti,am64-uart", "ti,am654-uart"', "UART_8250"),
    ('"nvidia,tegra210-uart", "nvidia,tegra20-uart"; reg-shift = <2>', "UART_8250"),
    ('"nvidia,tegra210-uart", "nvidia,tegra20-uart"', None), ('"nvidia,tegra194-hsuart"; reg-shift = <2>', None)])
def test_kinds_of_8250(tmp_path: Path, kind: str, macro: str | None) -> None:
    """Of those of MediaTek and TI Linux's drivers know that the registers are 4 bytes apart."""
    tree = trees.compiled(tmp_path, trees.board(
        f"uart@a000000 {{ reg = <0 0x0a000000 0 0x1000>; compatible = {kind}; interrupts = <0 9 4>; }};"))
    _, source = trees.made(tmp_path, "cell", "guest", "--from", tree, *trees.KEPT, "--cpus", "2", "--memory", "2M",
                           "--device", "uart@a000000")
    assert (f".console = {macro}(0x0a000000, 41)" if macro else ".console = RING") in source


def test_uart_amid_a_page(tmp_path: Path) -> None:
    """A configuration names a PL011 by its page: one that begins later in it is a device, and no console."""
    tree = trees.compiled(tmp_path, trees.board(
        'uart@a000800 { reg = <0 0x0a000800 0 0x100>; compatible = "arm,pl011"; interrupts = <0 9 4>; };'))
    _, source = trees.made(tmp_path, "cell", "guest", "--from", tree, *trees.KEPT, "--cpus", "2", "--memory", "2M",
                           "--device", "uart@a000800")
    assert ".console = RING" in source


def test_cpus_without_enable_method(tmp_path: Path) -> None:
    """Linux cannot turn them off, so no cell gets one; U-Boot may add what is missing."""
    tree = trees.dts(tmp_path, "no-enable-method")
    assert "no enable-method for CPU 0, 1" in notes("create", "--from", tree)
    said = notes("cell", "guest", "--from", tree, "--cpus", "1", "--memory", "2M")
    assert "no enable-method for CPU 1," in said
