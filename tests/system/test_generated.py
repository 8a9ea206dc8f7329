# SPDX-License-Identifier: GPL-2.0-only
"""Configurations that `cellctl config` makes, unedited, on the machine that they were made for.

The facts are collected in the guest, where there is no Python, with cellctl-collect. The host makes
the configurations of them and sends the .cell files back.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import documents
import pytest
from cells import SHARE, Root, moved
from generated import Generated
from machine import Boot
from qemu import ROOT

CPU = 3
INTERRUPTS = 500
RESERVED = {2: "cmdline", 3: "dt"}  # both ways to keep memory from Linux


@pytest.fixture(scope="module")
def generated(boot_shared: Boot, gic: int, tmp_path_factory: pytest.TempPathFactory) -> Generated:
    directory = tmp_path_factory.mktemp("generated")
    disk = directory / "machine.img"
    disk.write_bytes(bytes(16 << 20))
    machine = boot_shared(gic=gic, cell_uart=True, reserve=RESERVED[gic], disk=str(disk))
    made = Generated(Root(machine), directory)
    machine.check("modprobe cellblock")
    board, notes = made.make("board", "create")
    assert notes == ""
    machine.check(f"cellctl enable {board}")
    return made


def test_hardware_check_finds_all_that_is_needed(generated: Generated) -> None:
    found = generated.check_hardware()
    assert "FAIL" not in found
    # Debian's initial RAM disk of the tests has no /boot, and the machine no IOMMU.
    assert found["unknown"] == {"kernel options"} and found["warn"] == {"IOMMUs"}


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


# The last ones: afterwards there is no hypervisor.
def test_disable_gives_all_back(generated: Generated) -> None:
    generated.root.disable()
    generated.root.machine.assert_dmesg_clean()


def on_host(commands: list[str], directory: Path) -> None:
    """All but the builds, and QEMU, which goes on here where the reader ends it."""
    lines = [command for command in commands if command.split()[0] not in ("make", "truncate", "export")]
    path = f"{ROOT}/tools/cellctl-config:{os.environ['PATH']}"
    done = subprocess.run(["bash", "-e", "-c", "\n".join(lines)], cwd=directory, capture_output=True,
                          text=True, check=False, env={**os.environ, "PATH": path})
    assert done.returncode == 0, done.stdout + done.stderr


def test_getting_started_word_by_word(generated: Generated) -> None:
    root, machine = generated.root, generated.root.machine
    directory = generated.directory / "newcomer"
    directory.mkdir()
    (directory / "machine.img").symlink_to(generated.directory / "machine.img")
    outputs = {}
    for block in documents.blocks("getting-started.md"):
        if block.place == "host":
            on_host(block.commands, directory)
        for command in block.commands if block.place == "board" else ():
            machine.check("echo 3 >/proc/sys/vm/drop_caches")  # the host has written to the disk
            if command == "cellctl console first":
                root.wait_console("first", "timer: .* interrupts")
            outputs[command] = machine.check(command)
    assert "first" in outputs["cellctl list"] and "running" in outputs["cellctl show first"]
    assert re.search(r"\b0 exits", outputs["cellctl console first"])
    assert "cellblock" not in machine.check("cat /proc/modules")
    machine.assert_dmesg_clean()
