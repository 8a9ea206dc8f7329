# SPDX-License-Identifier: GPL-2.0-only
"""Linux and cells above a firmware that powers CPUs down, holds them, and forgives nothing: tests/firmware."""

from __future__ import annotations

import pytest
from cellfile import System, put
from cells import Root
from machine import Boot
from test_idle import POWER_DOWN, count, hotplug, suspend, wait_until_counted

pytestmark = pytest.mark.gics(3)

# Of the firmware: holds the CPUs of a mask at EL3 until it is called with none.
SIP_HOLD = 0xC2000004

CELL, CELL_CPU = "demo-native-idle", 3


def test_idle_states_of_a_firmware_that_powers_down(boot: Boot, gic: int) -> None:
    """What Linux entered before `enable` it enters while enabled, and after `disable`; nothing is rejected."""
    root = Root(boot(gic=gic, firmware="strict", idle=True))
    rejected = count(root, "rejected")
    wait_until_counted(root, "usage", *POWER_DOWN)
    root.enable()
    wait_until_counted(root, "usage", "standby", *POWER_DOWN)
    hotplug(root, 1)
    suspend(root)
    wait_until_counted(root, "usage", *POWER_DOWN)
    root.disable()
    wait_until_counted(root, "usage", *POWER_DOWN)
    hotplug(root, 1)
    assert count(root, "rejected") == rejected
    root.assert_linux_is_well(0, 1, 2, 3)


def test_call_that_holds_the_cpu_of_a_cell(boot: Boot, gic: int) -> None:
    """The board lists it: Linux may make it only while there is no other cell."""
    root = Root(boot(gic=gic, firmware="strict"))
    board = System.delivered(root.board)
    board.smcs = [SIP_HOLD]
    root.machine.check("modprobe cellblock; modprobe hostile")
    root.machine.check(put(board.pack(), "/tmp/board.cell"))
    root.cellctl("enable /tmp/board.cell")

    def call(mask: int) -> int:
        answer = root.machine.check(f"hostile call smc {SIP_HOLD:#x} {mask:#x}")
        return int(answer.split()[2])

    assert call(0) == 0  # a call that nobody refuses
    root.launch(CELL, "timer", "period=1000 count=2000 report=0")
    assert call(1 << CELL_CPU) == -1 and call(0) == -1
    root.wait_console(CELL, "^timer: 2000 interrupts")
    root.destroy(CELL)
    assert call(0) == 0
    root.assert_linux_is_well(0, 1, 2, 3)
