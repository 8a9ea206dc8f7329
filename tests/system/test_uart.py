# SPDX-License-Identifier: GPL-2.0-only
"""A cell with a UART of its own: it needs nobody, and outlives Linux."""

from __future__ import annotations

import pytest
from cells import Root
from machine import Boot

pytestmark = pytest.mark.gics(3)


@pytest.fixture(scope="module")
def root(boot_shared: Boot, gic: int) -> Root:
    # Stay after a panic, where the other tests have Linux reboot.
    root = Root(boot_shared(gic=gic, cell_uart=True, append="panic=0"))
    root.enable()
    return root


def test_console_is_the_cells_uart(root: Root) -> None:
    root.launch("demo-uart", "hello", "off")
    root.machine.serial2.expect("hello: cell 1, CPU 3 of CPU set 0x8")
    root.machine.serial2.expect("hello: off")
    root.wait_state("demo-uart", "stopped")
    assert root.console("demo-uart") == ""
    root.destroy("demo-uart")
    root.machine.assert_dmesg_clean()


# The last one: Linux does not survive it.
def test_cell_goes_on_when_linux_panics(root: Root) -> None:
    root.launch("demo-uart", "timer", "period=1000 report=200")
    root.machine.serial2.expect("timer: window: 200 interrupts")
    root.machine.serial.start("echo c >/proc/sysrq-trigger")
    root.machine.serial.expect("end Kernel panic - not syncing: sysrq triggered crash")
    root.machine.serial2.mark()
    for _ in range(5):
        root.machine.serial2.expect("timer: window: 200 interrupts")
    assert root.machine.running
