# SPDX-License-Identifier: GPL-2.0-only
"""Configurations that `cellctl config` makes, unedited, on the machine that they were made for.

The facts are collected in the guest, where there is no Python, with cellctl-collect. The host makes
the configurations of them and sends the .cell files back.
"""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cells import SHARE, Root, moved
from machine import Boot, Machine
from qemu import ROOT

TOOL = ROOT / "tools" / "cellctl-config" / "cellctl-config"
COLLECTED = "/tmp/machine.tar.gz"
CPU = 3
INTERRUPTS = 500
RESERVED = {2: "cmdline", 3: "dt"}  # both ways to keep memory from Linux

FETCH_SIZE = 16 << 10  # bytes of a file at a time
SEND_SIZE = 3000  # characters of a command


def fetch(machine: Machine, path: str) -> bytes:
    """A file of the guest."""
    size = int(machine.check(f"wc -c <{path}"))
    parts = [machine.check(f"dd if={path} bs={FETCH_SIZE} skip={i} count=1 2>/dev/null | base64")
             for i in range(-(-size // FETCH_SIZE))]
    data = b"".join(base64.b64decode(part) for part in parts)
    assert len(data) == size
    return data


def send(machine: Machine, data: bytes, path: str) -> None:
    text = base64.b64encode(data).decode()
    machine.check(f": >{path}.base64")
    for i in range(0, len(text), SEND_SIZE):
        machine.check(f"echo {text[i : i + SEND_SIZE]} >>{path}.base64")
    machine.check(f"base64 -d {path}.base64 >{path}")


def config(*arguments: object) -> str:
    """`cellctl config ARGUMENTS` on the host; what it says on standard error."""
    done = subprocess.run([sys.executable, TOOL, "config", *map(str, arguments)], check=False,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


class Generated:
    """A machine, and what is made of it."""

    def __init__(self, root: Root, directory: Path) -> None:
        self.root = root
        self.directory = directory
        root.machine.check(f"cellctl-collect {COLLECTED}")
        self.collected = directory / "machine.tar.gz"
        self.collected.write_bytes(fetch(root.machine, COLLECTED))

    def make(self, name: str, *arguments: object) -> tuple[str, str]:
        """Generates NAME.c, builds it and sends it: its path in the guest, and the notes."""
        source, binary = self.directory / f"{name}.c", self.directory / f"{name}.cell"
        notes = config(*arguments, "--from", self.collected, "-o", source)
        config("build", source, "-o", binary)
        send(self.root.machine, binary.read_bytes(), f"/tmp/{name}.cell")
        return f"/tmp/{name}.cell", notes


@pytest.fixture(scope="module")
def generated(boot_shared: Boot, gic: int, tmp_path_factory: pytest.TempPathFactory) -> Generated:
    machine = boot_shared(gic=gic, cell_uart=True, reserve=RESERVED[gic])
    made = Generated(Root(machine), tmp_path_factory.mktemp("generated"))
    machine.check("modprobe cellblock")
    board, notes = made.make("board", "create")
    assert notes == ""
    machine.check(f"cellctl enable {board}")
    return made


def test_timer_cell_runs_without_exits(generated: Generated) -> None:
    root, machine = generated.root, generated.root.machine
    cell, _ = generated.make("pump", "cell", "pump", "--cpus", CPU, "--memory", "16M", "--device",
                             "pl011@9040000", "--native-idle")
    machine.check(f"cellctl create {cell}")
    arguments = f"'period=1000 count={INTERRUPTS} report=0 off'"
    machine.check(f"cellctl load pump {SHARE}/timer.bin --args {arguments}")
    root.start("pump")
    report = machine.serial2.expect(r"^timer: (\d+) interrupts, .* (\d+) exits\r?$")
    assert (int(report[1]), int(report[2])) == (INTERRUPTS, 0)
    root.wait_state("pump", "stopped")
    root.destroy("pump")
    root.assert_cpu_works(CPU)
    machine.assert_dmesg_clean()


def test_cell_with_the_ring_runs_beside_another(generated: Generated) -> None:
    root, machine = generated.root, generated.root.machine
    board = generated.directory / "board.cell"
    first, _ = generated.make("first", "cell", "first", "--cpus", CPU, "--memory", "16M", "--system", board)
    second, _ = generated.make("second", "cell", "second", "--cpus", "2", "--memory", "16M", "--system",
                               board, "--beside", generated.directory / "first.cell")
    for name, path in (("first", first), ("second", second)):
        machine.check(f"cellctl create {path}")
        root.load(name, "hello")
        root.start(name)
        root.wait_console(name, "hello: cell")
    root.remove_cells()
    machine.assert_dmesg_clean()


def test_root_cell_has_all_that_linux_touches(generated: Generated) -> None:
    """Linux's devices and CPUs work as before, and nothing that it does is refused."""
    root, machine = generated.root, generated.root.machine
    before = root.exits(0)
    machine.check("cat /proc/iomem /proc/interrupts >/dev/null; lspci >/dev/null; hwclock >/dev/null")
    for cpu in range(machine.config.smp):
        root.assert_cpu_works(cpu)
    assert not re.search(r"(?i)fault|abort", root.cellctl("console"))
    assert "fault" not in moved(before, root.exits(0))
    machine.assert_dmesg_clean()


# The last one: afterwards there is no hypervisor.
def test_disable_gives_all_back(generated: Generated) -> None:
    generated.root.disable()
    generated.root.machine.assert_dmesg_clean()
