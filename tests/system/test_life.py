# SPDX-License-Identifier: GPL-2.0-only
"""The life of cells and of the root cell, as cellctl, sysfs and uevents show it."""

from __future__ import annotations

import json

import pytest
from cells import SHARE, SYSFS, Root
from machine import Boot, assert_no_trouble

CELL = "demo-ring"


def test_cell_is_loaded_and_started_again(root: Root) -> None:
    root.create(CELL)
    assert root.cells()[CELL]["state"] == "created"
    for round_ in ("first", "second", "third"):
        root.load(CELL, "hello", round_)
        assert root.cells()[CELL]["state"] == "loading"
        root.start(CELL)
        root.wait_console(CELL, f'hello: arguments "{round_}"')
        assert root.cells()[CELL]["state"] == "running"
        root.stop(CELL)
        assert root.cells()[CELL]["state"] == "stopped"


def test_failed_cell_is_loaded_and_started_again(root: Root) -> None:
    root.launch(CELL, "violate", "case=crash")
    root.wait_state(CELL, "failed")
    root.load(CELL, "hello", "alive")
    root.start(CELL)
    root.wait_console(CELL, 'hello: arguments "alive"')


def test_cell_turns_itself_off(root: Root) -> None:
    root.launch(CELL, "hello", "off")
    root.wait_state(CELL, "stopped")
    assert "hello: off" in root.console(CELL)


def test_cell_resets_itself(root: Root) -> None:
    root.launch(CELL, "hello", "reset")
    root.wait_console(CELL, "hello: Hello from EL1", count=3)
    assert root.cells()[CELL]["state"] == "running"
    root.stop(CELL)


def test_console_can_be_followed_to_the_end_of_the_cell(root: Root) -> None:
    root.launch(CELL, "timer", "period=1000 report=100")
    root.machine.check(f"cellctl console -f {CELL} >/tmp/followed & echo $! >/tmp/follower")
    root.wait_until("[ $(grep -c window /tmp/followed) -ge 3 ]")
    root.destroy(CELL)
    root.wait_until("! [ -e /proc/$(cat /tmp/follower) ]")
    text = root.machine.check("cat /tmp/followed")
    assert text.startswith("timer: period 1000 us") and "lost" not in text


def test_run_follows_a_cell_that_ends(root: Root) -> None:
    output = root.cellctl(f"run {SHARE}/{CELL}.cell {SHARE}/hello.bin --args off")
    assert "hello: off" in output
    assert 'cell "demo-ring" is stopped' in output


def test_run_says_why_a_cell_failed(root: Root) -> None:
    status, output = root.machine.run(
        f"cellctl run {SHARE}/{CELL}.cell {SHARE}/violate.bin --args case=crash"
    )
    assert status == 6
    assert "violate: crash: read where there is nothing" in output
    assert 'cell "demo-ring" failed: ' in output


def test_run_tells_programs_how_it_ended(root: Root) -> None:
    output = root.cellctl(f"--json run {SHARE}/{CELL}.cell {SHARE}/hello.bin --args off")
    lines = [json.loads(line) for line in output.splitlines()]
    assert lines[-1] == {"version": 1, "cell": 1, "state": "stopped"}
    assert "hello: off" in "".join(line.get("text", "") for line in lines)


def test_run_leaves_nothing_when_it_cannot_load(root: Root) -> None:
    root.machine.fails(f"cellctl run {SHARE}/{CELL}.cell /no/such/file")
    assert list(root.cells()) == ["root"]


def test_sysfs(root: Root) -> None:
    def read(path: str) -> str:
        return root.machine.check(f"cat {SYSFS}/{path}")

    assert read("enabled") == "1"
    before = int(read("pool_used"))
    assert before <= int(read("pool_pages"))
    root.launch(CELL, "violate", "case=crash")
    root.wait_state(CELL, "failed")
    cell = "cells/1"
    assert read(f"{cell}/name") == CELL
    assert read(f"{cell}/cpus") == "0x8"
    assert int(read(f"{cell}/pages")) == int(read("pool_used")) - before
    assert read(f"{cell}/flags") == "0x0"
    assert read(f"{cell}/crash").startswith("read cpu=3 esr=0x")
    assert read("cells/0/name") == "root" and read("cells/0/cpus") == "0x7"
    assert read("cpus/3/cell") == "1" and read("cpus/3/state") == "off"
    assert read("cpus/3/linux_cpu") == "3" and read("cpus/3/mpidr") == "0x3"
    for reason, count in root.exits(3).items():
        assert int(read(f"cpus/3/exits/{reason}")) == count
    root.destroy(CELL)
    assert root.machine.check(f"ls {SYSFS}/cells") == "0"
    assert read("cpus/3/cell") == "0" and read("cpus/3/state") == "on"


def test_uevents(root: Root) -> None:
    listen = "uevent sh -c 'echo $STATE $NAME $CELL >>/tmp/uevents'"
    root.machine.check(f"{listen} & echo $! >/tmp/listener")
    root.wait_until("grep -q ' 00000001 ' /proc/net/netlink")
    root.launch(CELL, "hello", "off")
    root.wait_until(f"grep -q 'stopped {CELL} 1' /tmp/uevents")
    root.destroy(CELL)
    root.wait_until(f"grep -q 'destroyed {CELL} 1' /tmp/uevents")
    root.machine.check("kill $(cat /tmp/listener)")


@pytest.mark.parametrize("end", ["poweroff -f", "reboot -f"])
def test_linux_ends_cleanly_with_a_running_cell(boot: Boot, gic: int, end: str) -> None:
    machine = boot(gic=gic)
    root = Root(machine)
    root.enable()
    root.launch(CELL, "violate", "case=spin-masked")
    root.launch("demo-victim", "timer")
    root.wait_console(CELL, "loop with all interrupts masked")
    root.wait_console("demo-victim", "timer: window")
    machine.serial.start(end)
    assert machine.wait_end() == 0
    assert "reboot: " in machine.serial.transcript
    assert_no_trouble(machine.serial.transcript)
