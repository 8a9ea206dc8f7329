# SPDX-License-Identifier: GPL-2.0-only
"""Raspberry Pi 4: with PSCI by TF-A and U-Boot, and as it comes, without."""

from __future__ import annotations

from collections.abc import Callable

import documents
from board import BoardRoot, follow, system_file, timer_without_exits, walk
from cellfile import LOADABLE, MIB, RAM, Cell, System, put
from machine import Machine
from reader import Reader
from rpi4 import TYPED, StockRpi4, UBootRpi4

RELEASE_OF_CPU3 = 0xF0
LOOP = 0x10800000  # reserved memory that no test gives to a cell
BRANCH_TO_SELF = 0x14000000
NO_OPERATION = 0xD503201F
X16_IS_SPIN_TABLE = 0xD2806010  # mov x16, #0x300: where QEMU has CPUs wait
BRANCH_TO_X16 = 0xD61F0200
TFA = range(0x0, 0x80000)  # no hardware keeps anybody out of there
STUB = range(0x0, 0x1000)


def firmware_is_out_of_reach(root: BoardRoot, memory: range) -> None:
    """Linux may write there, and no more once the hypervisor runs: an Oops of who tries."""
    machine = root.machine
    machine.check("modprobe hostile")
    machine.check(f"hostile access {memory[-8]:#x} memory 8 0")
    root.enable()
    for place in (memory[0], memory[-8]):
        status, _ = machine.run(f"hostile access {place:#x} memory 8 0")
        assert status > 128
        assert f": write of {place:#x}, which it does not have" in root.console("root")
    machine.check(f"hostile access {memory.stop:#x} memory 8")
    machine.clear_dmesg()
    root.disable()


def test_psci(boot: Callable[..., Machine]) -> None:
    board = UBootRpi4()
    machine = boot(board)
    assert "U-Boot" in machine.serial.transcript
    assert "PSCIv1.1 detected in firmware" in machine.dmesg()
    root = BoardRoot(machine, board)
    walk(root, board, machine.serial2)
    firmware_is_out_of_reach(root, TFA)
    follow(root, TYPED, machine.serial2)


def test_spin_table(boot: Callable[..., Machine]) -> None:
    board = StockRpi4()
    machine = boot(board)
    assert "psci: " not in machine.dmesg()
    root = BoardRoot(machine, board)
    walk(root, board, machine.serial2)
    reader = Reader(machine)
    reader.follow(documents.commands("docs/boards/rpi4.md", "spintable"))
    assert "from its spin table" in reader.last
    root.disable()
    firmware_is_out_of_reach(root, STUB)


def test_cells_from_the_spin_table(boot: Callable[..., Machine]) -> None:
    """Two CPUs for one cell, which turns one off and on; again; and what such a cell cannot have."""
    board = StockRpi4(name="rpi4-smp")
    machine = boot(board)
    root = BoardRoot(machine, board)
    root.enable()
    assert [cpu["linux_cpu"] for cpu in root.json("show root")["cpus"]] == [0, 1, -1, -1]
    for _ in range(2):
        root.launch("rpi4-smp", "smp", "rounds=50 off")
        [result] = root.wait_console("rpi4-smp", "^smp: (PASS|FAIL)")
        assert result == "smp: PASS 2 CPUs, 100 SGIs each way"
        root.wait_state("rpi4-smp", "stopped")
        root.destroy("rpi4-smp")

    # There is no firmware behind an SMC, though the cell's configuration lists this one.
    root.launch("rpi4-smp", "hello", "smc=0xc2000001 off")
    root.wait_console("rpi4-smp", "^hello: SMC 0xc2000001: -1$")
    root.wait_state("rpi4-smp", "stopped")
    refusal = machine.fails("cellctl disable")
    assert "rpi4-smp" in refusal
    root.destroy("rpi4-smp")

    # Linux cannot let go of its own CPUs without PSCI.
    cell = Cell(cpus=0b10).with_region("ram", 0x12000000, 16 * MIB, RAM | LOADABLE)
    machine.check(put(cell.pack(), "/tmp/candidate.cell"))
    refusal = machine.fails("cellctl create /tmp/candidate.cell")
    assert "Linux could not take CPU 1 offline" in refusal
    assert root.online_cpus() == "0-1"

    timer_without_exits(root, board.cell, machine.serial2)
    root.disable()
    machine.assert_dmesg_clean()


def test_cpus_that_do_not_come(boot: Callable[..., Machine]) -> None:
    """Enable is refused, and Linux and the other CPUs are as before."""
    board = StockRpi4(name="rpi4-absent")
    machine = boot(board)
    root = BoardRoot(machine, board)
    machine.check("modprobe cellblock && modprobe hostile")
    delivered = System.delivered(board.config)

    def refused(system: System | None, name: str = "/tmp/board.cell") -> str:
        if system:
            machine.check(put(system.pack(), name))
        refusal = machine.fails(f"cellctl enable {name}")
        assert root.online_cpus() == "0-1"
        return refusal

    def write(address: int, width: int, value: int) -> None:
        machine.check(f"hostile access {address:#x} memory {width} {value:#x}")

    assert "Linux has 2 CPUs" in refused(None, system_file("rpi4"))
    answer = refused(delivered.but(spin_table=[0, 0, 0xE8, 0xF8]))
    assert "release address 0xf0 for CPU 3, and not 0xf8" in answer

    # CPU 3 is taken by somebody else, and never comes back.
    write(LOOP, 4, BRANCH_TO_SELF)
    write(RELEASE_OF_CPU3, 8, LOOP)
    machine.wait_monitor("info registers -a", f"PC={LOOP:016x}")
    answer = refused(delivered)
    assert f"CPU 3 does not wait in its spin table: {LOOP:#x} is at 0xf0" in answer
    # The same in disguise.
    write(RELEASE_OF_CPU3, 8, 0)
    assert "CPU 3 did not enter the hypervisor in time" in refused(delivered)

    # Nor may it be left out.
    three = delivered.with_cpus(0, 1, 2).but(spin_table=[0, 0, 0xE8])
    answer = refused(three)
    assert "the CPU with MPIDR 0x3 waits in a spin table at 0xf0 and is not listed" in answer
    answer = refused(delivered.with_cpus(0, 1).but(spin_table=[]))
    assert "the CPU with MPIDR 0x2 waits in a spin table at 0xe8 and is not listed" in answer

    # CPU 3 finds its way back to the firmware's loop, and CPU 2 has found it: they can come again.
    write(RELEASE_OF_CPU3, 8, 0)
    for offset, instruction in ((8, BRANCH_TO_X16), (4, X16_IS_SPIN_TABLE), (0, NO_OPERATION)):
        write(LOOP + offset, 4, instruction)
    root.enable()
    cell = Cell(name="two", cpus=0b100).with_region("ram", 0x12000000, 16 * MIB, RAM | LOADABLE)
    machine.check(put(cell.pack(), "/tmp/two.cell"))
    root.cellctl("create /tmp/two.cell")
    root.load("two", "hello")
    root.start("two")
    root.wait_console("two", "hello: idle")
    root.stop("two")
    root.destroy("two")
    root.disable()
    machine.assert_dmesg_clean()


def test_debug_console(boot: Callable[..., Machine]) -> None:
    """The hypervisor writes to the mini UART; a permissive root cell has what it touches."""
    board = StockRpi4(name="rpi4-permissive", config="rpi4-spin-table-permissive")
    machine = boot(board)
    root = BoardRoot(machine, board)
    root.enable()
    machine.serial2.expect(r"^Cellblock [\d.]+: 4 CPUs, GICv2, ")
    root.create("rpi4-smp")
    machine.serial2.expect("^cell rpi4-smp: created")
    root.destroy("rpi4-smp")
    machine.serial2.expect("^cell rpi4-smp: destroyed")
    root.disable()
    machine.assert_dmesg_clean()
