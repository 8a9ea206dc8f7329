# SPDX-License-Identifier: GPL-2.0-only
"""Clocks, power and pins of a cell's device: held from create to destroy, whatever Linux turns off
meanwhile (driver/devices.c). The providers are those of tests/system/guest/module/providers.c.
"""

from __future__ import annotations

import pytest
from cells import Root
from machine import Boot

CELL = "demo-uart"
PARAMETERS = "/sys/module/providers/parameters"
THINGS = ("clock", "domain", "supply", "reset", "pins")
ALL_ON = dict.fromkeys(THINGS, True)
DEVICE = "/sys/class/misc/cellblock/1:!pl011@9040000"


@pytest.fixture(name="root")
def providers(boot: Boot, gic: int) -> Root:
    root = Root(boot(gic=gic, cell_uart=True, providers=True))
    root.machine.check("modprobe providers")
    root.enable()
    return root


def state(root: Root) -> dict[str, bool]:
    text = root.machine.check(f"cd {PARAMETERS}; cat {' '.join(THINGS)}")
    return dict(zip(THINGS, (line == "Y" for line in text.split()), strict=True))


def turn_off_what_nobody_holds(root: Root) -> None:
    root.machine.check(f"echo 1 >{PARAMETERS}/sweep")


def test_what_nobody_holds_goes_off(root: Root) -> None:
    """Without a cell, or the rest of this file would show nothing."""
    assert state(root) == ALL_ON
    turn_off_what_nobody_holds(root)
    assert state(root) == dict.fromkeys(THINGS, False)


def test_what_a_device_needs_is_held_until_the_cell_is_gone(root: Root) -> None:
    root.create(CELL)
    turn_off_what_nobody_holds(root)
    assert state(root) == ALL_ON
    assert root.machine.run(f"echo 1 >{PARAMETERS}/change_rate").status != 0
    root.load(CELL, "hello")
    root.start(CELL)
    root.wait_state(CELL, "running")
    turn_off_what_nobody_holds(root)
    assert state(root) == ALL_ON
    root.destroy(CELL)
    # A line of reset may be somebody else's, too: it stays as it is.
    assert state(root) == {**dict.fromkeys(THINGS, False), "pins": True, "reset": True}
    turn_off_what_nobody_holds(root)
    assert state(root) == {**dict.fromkeys(THINGS, False), "reset": True}
    root.machine.check(f"echo 1 >{PARAMETERS}/change_rate")
    assert root.machine.run(f"ls {DEVICE}").status != 0
    root.create(CELL)
    assert state(root) == ALL_ON


def test_show_lists_what_is_held_and_what_is_missing(root: Root) -> None:
    root.create(CELL)
    [device] = root.json(f"show {CELL}")["devices"]
    assert device == {
        "node": "/pl011@9040000",
        "pins": ["default"],
        "power_domains": ["0"],
        "supplies": ["vcc"],
        "clocks": ["uartclk 48000000 Hz"],
        "resets": ["0"],
        "missing": ["clock apb_pclk: error -517"],
    }
    text = root.cellctl(f"show {CELL}") + "\n"
    assert "  /pl011@9040000: clock uartclk 48000000 Hz, power domain 0, supply vcc, reset 0, pins default\n" in text
    assert "  /pl011@9040000: MISSING clock apb_pclk: error -517\n" in text
    line = 'Linux does not give clock "apb_pclk", which the cell\'s device may need: error -517'
    assert line in root.machine.dmesg()
    root.destroy(CELL)
    assert "devices" not in root.json("show root")
