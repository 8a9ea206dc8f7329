# SPDX-License-Identifier: GPL-2.0-only
"""What the boards of these tests have in common: a QEMU command line, and a walk through it.

A board is to Machine what qemu.Config is: it has `serial`, `serial2`, `smp` and command().
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from cells import SHARE, Root
from machine import Console, Machine
from qemu import BUILD, QEMU, Config, environment
from reader import Reader

WORK = BUILD / "boards"

# 256 MiB, as in configs/arm64.
RESERVED = 0x70000000
RESERVED_SIZE = 0x10000000


@dataclasses.dataclass
class Board:
    """One way to boot a board."""

    name: str  # of its directory below build/boards
    config: str  # its system configuration
    cell: str  # its demo cell
    cell_cpu: int = 3  # the last of its cell's CPUs
    cpus: int = 4  # that Linux has
    smp: int = 4
    serial: str = "null"
    serial2: str = "null"
    trace: Path | None = None  # where QEMU writes what the monitor's "log" asks for

    def directory(self) -> Path:
        """For what is made to boot it."""
        directory = WORK / self.name
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    def machine(self) -> list[str]:
        """The machine, CPUs, memory and what it boots."""
        raise NotImplementedError

    def command(self) -> list[str]:
        command = [QEMU, *self.machine(), "-nodefaults", "-display", "none", "-no-reboot"]
        for serial in self.serials():
            command += ["-serial", serial]
        if self.trace:
            command += ["-D", str(self.trace)]
        return command

    def serials(self) -> list[str]:
        """What its UARTs are connected with, in the order of QEMU's model."""
        return [self.serial, self.serial2]

    # What it boots

    @staticmethod
    def kernel() -> Path:
        return Path(environment()["KERNEL_IMAGE"])

    @staticmethod
    def initrd() -> Path:
        return Path(Config().initrd)


class BoardRoot(Root):
    """The root cell of a board."""

    def __init__(self, machine: Machine, board: Board) -> None:
        super().__init__(machine)
        self._board = board

    @property
    def board(self) -> str:
        return self._board.config

    def online_cpus(self) -> str:
        return self.machine.check("cat /sys/devices/system/cpu/online")


def timer_without_exits(root: BoardRoot, cell: str, console: Console | None = None) -> None:
    """Creates the cell, runs the demo `timer` in it: no exit for any interrupt; destroys it."""
    root.launch(cell, "timer", "period=1000 count=500 report=0")
    pattern = r"timer: 500 interrupts, .* (\d+) exits"
    if console:
        exits = console.expect(pattern)[1]
    else:
        [line] = root.wait_console(cell, "^timer: 500 interrupts")
        exits = line.split()[-2]
    assert exits == "0"
    root.stop(cell)
    root.destroy(cell)


def walk(root: BoardRoot, board: Board, console: Console | None = None) -> None:
    """Enable, a cell, disable; and all of it again, for the first round may leave things behind."""
    online = root.online_cpus()
    for _ in range(2):
        root.enable()
        timer_without_exits(root, board.cell, console)
        assert root.online_cpus() == online
        root.disable()
    for cpu in range(board.cpus):
        where = "cut -d ' ' -f 39 /proc/self/stat"  # field "processor"
        assert root.machine.check(f"taskset {1 << cpu:x} {where}") == str(cpu)
    root.machine.assert_dmesg_clean()


def follow(root: BoardRoot, commands: list[str], console: Console) -> str:
    """What a board's page has, typed word by word: ends with `cellctl run`. What was said before that."""
    *before, run = commands
    reader = Reader(root.machine)
    reader.follow(before)
    reader.watch(run, lambda: console.expect("^timer: window: "))
    root.remove_cells()
    root.disable()
    root.machine.assert_dmesg_clean()
    return reader.last


def system_file(name: str) -> str:
    """Where a configuration is in the machine."""
    return f"{SHARE}/{name}.cell"
