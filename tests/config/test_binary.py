# SPDX-License-Identifier: GPL-2.0-only
"""Configurations are read as they were written, and what is broken is refused in one sentence."""

from __future__ import annotations

import random
import struct
import subprocess
from pathlib import Path

import pytest

from tool import CONFIGS, MIB, ROOT, board, cell, cellfile, tool, write

from cellctl_config import binary, source
from cellctl_config.refusal import Refusal

REGIONS_OFFSET = binary.HEADER.size + 16  # of struct cb_array regions
SYSTEM_CPUS = binary.HEADER.size + binary.CELL.size + binary.SYSTEM_REST.size - 16


def refusal_of(data: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        binary.parse(data, "x.cell")
    assert caught.value.remedy
    assert "\n" not in caught.value.message
    return caught.value.message


def patched(data: bytes, offset: int, form: str, *values: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(form, changed, offset, *values)
    return cellfile.sealed(bytes(changed))


def test_system_is_read_as_written() -> None:
    system = binary.parse(board(flags=cellfile.PERMISSIVE, debug_console=(2, 0, 0x09000000)).pack(), "b")
    assert isinstance(system, binary.System)
    assert (system.name, system.cpus, system.mpidrs) == ("board", [0, 1, 2, 3], (0, 1, 2, 3))
    assert system.hypervisor == binary.Frame(0x70000000, 4 * MIB)
    assert system.gic_version == 3
    assert system.frames == {"gicd": binary.Frame(0x08000000, 0x10000),
                             "gicr": binary.Frame(0x080A0000, 0xF60000)}
    assert system.debug_console == binary.Console(2, 0, 0x09000000)
    assert system.flag_names == ["permissive"]
    assert [region.name for region in system.regions] == ["ram", "cells", "shared", "uart0", "uart1"]
    assert system.regions[2].flag_names == ["read", "write", "shared"]
    assert system.intids == frozenset(range(32, 132))


def test_spin_table_is_read_as_written() -> None:
    system = binary.parse(board(spin_table=[0, 0, 0xE0, 0xE8]).pack(), "b")
    assert system.spin_table == (0, 0, 0xE0, 0xE8)
    assert system.linux_cpus == [0, 1]
    assert binary.parse(board().pack(), "b").linux_cpus == [0, 1, 2, 3]


def test_cell_is_read_as_written() -> None:
    made = cell(smcs=[0x84000000, 0xC2000001], irqs=[(40, 1), (50, 3)], console=(2, 40, 0x1000),
                flags=cellfile.NATIVE_IDLE)
    made = made.with_region("uart", 0x09040000, 0x1000, cellfile.MMIO, virt=0x1000)
    read = binary.parse(made.pack(), "c")
    assert not isinstance(read, binary.System)
    assert read.cpus == [3]
    assert read.smcs == (0x84000000, 0xC2000001)
    assert read.intids == {40, 50, 51, 52}
    assert read.console == binary.Console(2, 40, 0x1000)
    assert read.regions[1] == binary.Region("uart", 0x09040000, 0x1000, 0x1000, 0b1011)
    assert read.flag_names == ["native-idle"]


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.c")), ids=lambda path: path.stem)
def test_delivered_configurations_are_read(path: Path) -> None:
    read = binary.parse(cellfile.delivered(path.stem), path.name)
    assert read.name == path.stem
    assert isinstance(read, binary.System) == ("CELLBLOCK_SYSTEM" in path.read_text())


def test_c_source_is_the_same_as_what_it_is_built_into(tmp_path: Path) -> None:
    source_file = CONFIGS / "demo-uart.c"
    subprocess.run(["make", "-s", "-C", ROOT / "configs", f"O={tmp_path}", f"CONFIGS={source_file}"],
                   check=True, stdout=subprocess.DEVNULL)
    assert source.load_bytes(str(source_file)) == (tmp_path / "demo-uart.cell").read_bytes()


@pytest.mark.parametrize("size", [0, 1, 63, 64, 100, 135])
def test_truncated_file_is_refused(size: int) -> None:
    assert "x.cell is truncated: it holds" in refusal_of(cell().pack()[:size])


def test_header_is_checked() -> None:
    good = cell().pack()
    assert refusal_of(b"ELF" + good[3:]) == "x.cell is no Cellblock configuration"
    assert "revision 7, and revision 1 is" in refusal_of(cell().pack(revision=7))
    assert "unknown kind 9" in refusal_of(cell().pack(kind=9))
    assert "unknown architecture 5" in refusal_of(cell().pack(arch=5))
    assert "is damaged: its checksum is" in refusal_of(good[:70] + b"\1" + good[71:])
    assert "its header says" in refusal_of(good + bytes(8))
    assert "is truncated" in refusal_of(cell().pack(size=4096))
    assert "the limit is 16 KiB" in refusal_of(
        cell(smcs=list(range(5000))).pack())


def test_system_that_is_only_a_cell_long_is_refused() -> None:
    assert "is truncated" in refusal_of(cell(regions=[]).pack(kind=1))


@pytest.mark.parametrize("offset, count", [
    (0x1000000, 1), (8, 1), (0, 1), (164, 1), (141, 1), (0xFFFFFFF8, 2), (136, 0xFFFFFFFF), (136, 0)])
def test_array_outside_of_the_file_is_refused(offset: int, count: int) -> None:
    assert "the array of regions" in refusal_of(patched(cell().pack(), REGIONS_OFFSET, "<II", offset, count))


def test_array_of_cpus_is_checked_too() -> None:
    data = patched(board().pack(), SYSTEM_CPUS, "<II", 0x100000, 4)
    assert "the array of CPUs (4 elements at offset 1048576)" in refusal_of(data)


def test_name_is_safe_to_print() -> None:
    read = binary.parse(cell(name=b"\x1b[31mred\xff\n").pack(), "x.cell")
    assert read.name == "\\x1b[31mred\\xff\\x0a"


def test_random_damage_is_refused_or_read() -> None:
    """Whatever is in the file, if only its checksum is right."""
    chance = random.Random(5)
    good = board().pack()
    for _ in range(3000):
        data = bytearray(good[:chance.choice([len(good), chance.randrange(64, len(good))])])
        for _ in range(chance.randrange(1, 5)):
            data[chance.randrange(20, len(data))] = chance.choice([0, 1, 0x7F, 0xFF])
        struct.pack_into("<I", data, 12, chance.choice([len(data), len(good)]))
        try:
            binary.parse(cellfile.sealed(bytes(data)), "x.cell")
        except Refusal as refusal:
            assert refusal.remedy


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "none.cell", tmp_path / "none.c", tmp_path):
        result = tool("show", path)
        assert result.status == 3
        assert result.err.startswith(f"cellctl: cannot read {path}: ")


def test_source_that_does_not_compile(tmp_path: Path) -> None:
    path = write(tmp_path / "bad.c", "#include <cellblock/board.h>\nCELLBLOCK_CELL = { .nam = \"x\" };\n")
    result = tool("show", path)
    assert result.status == 3
    assert f"{path}:2:" in result.err and "nam" in result.err
    assert result.err.splitlines()[-1] == (
        f"cellctl: {path} does not compile: correct what the compiler says above")


def test_source_with_a_name_that_is_too_long(tmp_path: Path) -> None:
    path = write(tmp_path / "long.c", "#include <cellblock/board.h>\n"
                 "CELLBLOCK_CELL = { .name = \"" + 40 * "x" + "\" };\n")
    result = tool("show", path)
    assert result.status == 3
    assert result.err.startswith(f"cellctl: {path}: .name: the name \"xxx")


def test_no_compiler(tmp_path: Path) -> None:
    result = tool("show", CONFIGS / "demo-ring.c", HOSTCC="no-such-compiler")
    assert result.status == 3
    assert "there is no C compiler \"no-such-compiler\" here" in result.err
