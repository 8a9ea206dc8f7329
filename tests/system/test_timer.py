# SPDX-License-Identifier: GPL-2.0-only
"""10,000 timer interrupts at 1 kHz, and what they cost: no exit, or one WFI each.

The demo says how many exits its CPU had while it took the interrupts. Linux reads the
CPU's counters too, before the cell starts and after it has turned itself off: then the
inmate's start and end are in the figures, and must be all that is in them.
"""

from __future__ import annotations

import re

from cells import Root, console_hypercalls, moved

CPU = 3
INTERRUPTS = 10_000


class Run:
    """One run of the demo `timer` in `cell`."""

    def __init__(self, root: Root, cell: str, interrupts: int) -> None:
        root.create(cell)
        root.load(cell, "timer", f"period=1000 count={interrupts} report=0 off")
        before = root.exits(CPU)
        root.start(cell)
        root.wait_state(cell, "stopped", timeout=120)
        after = root.exits(CPU)
        text = root.console(cell) + "\n"
        root.destroy(cell)
        self.wfi = after.pop("wfi") - before.pop("wfi")
        self.others = moved(before, after)
        self.others["hvc"] -= console_hypercalls(text)
        report = re.search(r"^timer: (\d+) interrupts, .* (\d+) exits$", text, re.MULTILINE)
        assert report, f"no report of the demo's:\n{text}"
        assert int(report[1]) == interrupts
        self.reported = int(report[2])


def test_native_idle_has_no_exit(root: Root) -> None:
    short = Run(root, "demo-native-idle", 1)
    long = Run(root, "demo-native-idle", INTERRUPTS)
    assert long.reported == 0
    assert long.wfi == 0
    assert long.others == short.others
    root.machine.assert_dmesg_clean()


def test_default_idle_has_a_wfi_exit_per_interrupt_at_most(root: Root) -> None:
    short = Run(root, "demo-ring", 1)
    long = Run(root, "demo-ring", INTERRUPTS)
    # QEMU does not trap a WFI that finds its interrupt pending, so there may be fewer.
    assert 0 < long.wfi <= INTERRUPTS
    assert long.reported == long.wfi
    assert long.others == short.others
    root.machine.assert_dmesg_clean()
