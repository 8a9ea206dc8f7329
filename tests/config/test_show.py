# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config show` says everything that is in a configuration, to people and to programs."""

from __future__ import annotations

from pathlib import Path

from tool import board, cell, cellfile, tool, write


def moved_cell() -> cellfile.Cell:
    made = cell(irqs=[(40, 1), (50, 3)], smcs=[0x84000001], console=(2, 40, 0x1000))
    return made.with_region("uart", 0x09040000, 0x1000, cellfile.MMIO, virt=0x1000)


def test_table_of_a_board(tmp_path: Path) -> None:
    path = write(tmp_path / "b.cell", board(flags=cellfile.PERMISSIVE, debug_console=(2, 0, 0x09000000)))
    result = tool("show", path)
    assert result.status == 0 and not result.err
    assert result.out.startswith(f"{path}: system \"board\" for arm64, revision 1, ")
    for line in ("flags: permissive",
                 "interrupt controller: GICv3",
                 "  hypervisor  0x70000000-0x703fffff      4 MiB",
                 "  GICR        0x80a0000-0x8ffffff    15744 KiB",
                 "debug console: pl011 at 0x9000000",
                 "  3  MPIDR 0x3",
                 "CPUs of the root cell: 0-3",
                 "  2  shared  0x7ff00000-0x7fffffff    1 MiB  read, write, shared",
                 "interrupts: 32-131"):
        assert f"\n{line}\n" in result.out, line


def test_table_of_a_cell(tmp_path: Path) -> None:
    result = tool("show", write(tmp_path / "c.cell", moved_cell()))
    assert result.status == 0 and not result.err
    for line in ("CPUs: 3",
                 "console: pl011 at 0x1000, interrupt 40",
                 "  0  ram   0x70400000-0x713fffff  16 MiB  read, write, execute, loadable  the same",
                 "  1  uart  0x1000-0x1fff           4 KiB  read, write, io                 0x9040000",
                 "interrupts: 40, 50-52",
                 "SMCs: 0x84000001"):
        assert f"\n{line}\n" in result.out, line


def test_json(tmp_path: Path) -> None:
    result = tool("show", "--json", write(tmp_path / "b.cell", board()), write(tmp_path / "c.cell", moved_cell()))
    assert result.status == 0 and not result.err
    system, guest = result.json["files"]
    assert (system["kind"], system["name"], system["arch"]) == ("system", "board", "arm64")
    assert system["hypervisor"] == {"phys": "0x70000000", "size": "0x400000"}
    assert system["gic"] == {"version": 3, "GICD": {"phys": "0x8000000", "size": "0x10000"},
                             "GICR": {"phys": "0x80a0000", "size": "0xf60000"}}
    assert system["mpidrs"] == ["0x0", "0x1", "0x2", "0x3"]
    assert system["debug_console"] == {"type": "none", "address": "0x0", "irq": 0}
    assert guest["kind"] == "cell" and "gic" not in guest
    assert guest["cpus"] == [3]
    assert guest["regions"][1] == {"name": "uart", "phys": "0x9040000", "virt": "0x1000",
                                   "size": "0x1000", "flags": ["read", "write", "io"]}
    assert guest["irqs"] == [{"first": 40, "count": 1}, {"first": 50, "count": 3}]
    assert guest["smcs"] == ["0x84000001"]
    assert guest["console"] == {"type": "pl011", "address": "0x1000", "irq": 40}


def test_calls_that_a_board_refuses(tmp_path: Path) -> None:
    path = write(tmp_path / "b.cell", board(smcs=[0x82000008, 0xC2000004]))
    out = tool("show", path).out
    assert "\nSMCs of the root cell, refused while there are cells: 0x82000008, 0xc2000004\n" in out
    assert tool("show", "--json", path).json["files"][0]["smcs"] == ["0x82000008", "0xc2000004"]
    assert "SMCs" not in tool("show", write(tmp_path / "b.cell", board())).out


def test_spin_table(tmp_path: Path) -> None:
    path = write(tmp_path / "b.cell", board(spin_table=[0, 0, 0xE0, 0xE8]))
    out = tool("show", path).out
    assert "\n  1  MPIDR 0x1  Linux's\n  2  MPIDR 0x2  waits at 0xe0\n" in out
    assert tool("show", "--json", path).json["files"][0]["spin_table"] == ["0x0", "0x0", "0xe0", "0xe8"]


def test_nonsense_is_shown_as_it_is(tmp_path: Path) -> None:
    """What a configuration says is shown, also if the hypervisor would refuse it."""
    made = cell(cpus=0, flags=0x80, console=(9, 0, 0), irqs=[(5, 0xFFFFFFFF)])
    made = made.with_region("", 0xFFFFFFFFFFFFF123, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFF)
    result = tool("show", write(tmp_path / "c.cell", made))
    assert result.status == 0 and not result.err
    assert "\nflags: 0x80\n" in result.out
    assert "\nCPUs: none\n" in result.out
    assert "\nconsole: 9\n" in result.out
    assert "0xffffffc0" in result.out  # unknown region flags


def test_one_bad_file_is_an_error(tmp_path: Path) -> None:
    result = tool("show", write(tmp_path / "c.cell", cell()), write(tmp_path / "d.cell", b"rubbish"))
    assert result.status == 3
    assert "d.cell is truncated" in result.err
