# SPDX-License-Identifier: GPL-2.0-only
"""Configurations that `cellctl config` makes, unedited, on the machine that they were made for.

The facts are collected in the guest, where there is no Python, with cellctl-collect. The host makes
the configurations of them and sends the .cell files back.
"""

from __future__ import annotations

import re

import documents
import pytest
from cells import SHARE, Root, moved
from generated import Generated, fetch, send
from machine import Boot
from reader import Reader, on_host

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


@pytest.mark.gics(3)
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
    root.assert_linux_is_well(CPU)


@pytest.mark.gics(3)
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
    root.assert_linux_is_well(*range(machine.config.smp))
    assert not re.search(r"(?i)fault|abort", root.cellctl("console"))
    assert "fault" not in moved(before, root.exits(0))


# The last ones: afterwards there is no hypervisor.
def test_disable_gives_all_back(generated: Generated) -> None:
    generated.root.disable()
    generated.root.machine.assert_dmesg_clean()


class Walk:
    """A reader who follows a page that goes from host to board and back."""

    def __init__(self, made: Generated, name: str) -> None:
        self.root, self.machine = made.root, made.root.machine
        self.reader = Reader(self.machine)
        self.directory = made.directory / name
        self.directory.mkdir()
        self.machine.check(f"mkdir /tmp/{name} && cd /tmp/{name}")
        self._place = f"/tmp/{name}"

    def on_host(self, commands: list[str]) -> None:
        """All but the builds, and QEMU, which goes on here where the reader ends it."""
        lines = [line for line in commands if line.split()[0] not in ("make", "truncate", "export")]
        on_host(lines, self.directory)
        self.machine.check("echo 3 >/proc/sys/vm/drop_caches")  # it has written to the disk

    def fetch(self, name: str) -> None:
        (self.directory / name).write_bytes(fetch(self.machine, f"{self._place}/{name}"))

    def send(self, name: str) -> None:
        send(self.machine, (self.directory / name).read_bytes(), f"{self._place}/{name}")

    def end(self) -> None:
        self.machine.check("cd /")
        self.machine.assert_dmesg_clean()


@pytest.mark.gics(3)
def test_getting_started_word_by_word(generated: Generated) -> None:
    walk = Walk(generated, "newcomer")
    (walk.directory / "machine.img").symlink_to(generated.directory / "machine.img")
    said: dict[str, str] = {}
    for block in documents.blocks("docs/getting-started.md", "host", "board"):
        if block.place == "host":
            walk.on_host(block.commands)
        elif block.commands == ["cellctl console -f first"]:
            walk.reader.watch(block.commands[0], lambda: walk.machine.serial.expect("timer: .* interrupts"))
        else:
            said |= walk.reader.follow(block.commands, {
                "cellctl console first": lambda: walk.root.wait_console("first", "timer: .* interrupts")})
    assert "first" in said["cellctl list"] and "running" in said["cellctl show first"]
    assert re.search(r"\b0 exits", said["cellctl console first"])
    assert "cellblock" not in walk.machine.check("cat /proc/modules")
    walk.end()


def follow_the_page_of_the_tool(walk: Walk) -> None:
    collect, *commands, run = documents.commands("docs/config-tool.md", "board")
    walk.reader.follow([collect])
    walk.fetch("board.tar.gz")
    walk.on_host(documents.commands("docs/config-tool.md", "host"))
    for name in ("board.cell", "pump.cell"):
        walk.send(name)
    walk.reader.follow(commands)
    walk.reader.watch(run, lambda: walk.machine.serial2.expect("^timer: window: "))
    walk.root.wait_state("pump", "running")  # Ctrl-C ended the watching only
    walk.root.remove_cells()
    walk.root.disable()


def follow_the_check_list_for_porting(walk: Walk) -> None:
    collect, *commands = documents.commands("docs/porting.md", "board")
    walk.reader.follow([collect])
    walk.fetch("board.tar.gz")
    walk.on_host(documents.commands("docs/porting.md", "host"))
    walk.send("board.cell")
    said = walk.reader.follow(commands)
    assert "permissive" in said["cellctl show root"] and "sgi" in said["cellctl stats"]
    walk.machine.check("rmmod cellblock")


def test_another_page_word_by_word(generated: Generated, gic: int) -> None:
    """One on either machine, for each takes a while."""
    walk = Walk(generated, "another")
    follow = {2: follow_the_check_list_for_porting, 3: follow_the_page_of_the_tool}
    follow[gic](walk)
    walk.end()
