# SPDX-License-Identifier: GPL-2.0-only
"""A bus that answers the hypervisor with an error: the UART of its console is not there."""

from __future__ import annotations

import pytest
from cellfile import CONSOLE_PL011, System, put
from cells import Root
from machine import Boot

# QEMU's machine has nothing there, and an access to it ends in an external abort.
NOTHING = 0x0B000000


@pytest.mark.parametrize("gic", [2, 3])
def test_debug_console_that_is_not_there(boot: Boot, gic: int) -> None:
    root = Root(boot(gic=gic))
    board = System.delivered(root.board)
    board.debug_console = (CONSOLE_PL011, 0, NOTHING)
    root.machine.check("modprobe cellblock")
    root.machine.check(put(board.pack(), "/tmp/board.cell"))
    root.cellctl("enable /tmp/board.cell")
    root.launch("demo-smp", "smp", "rounds=10 off")
    root.wait_console("demo-smp", "smp: PASS")
    root.wait_state("demo-smp", "stopped")
    # What is for both is in the ring, and the cell's CPUs have tried to print that it stopped.
    root.wait_console("root", "cell demo-smp: stopped")
    errors = {cpu["cpu"]: cpu["errors"] for cpu in root.json("stats")["cpus"]}
    assert errors[2] + errors[3] > 0, errors
    root.destroy("demo-smp")
    root.assert_linux_is_well(*range(4))
    root.cellctl("disable")
    root.machine.assert_dmesg_clean()
