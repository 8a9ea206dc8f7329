# SPDX-License-Identifier: GPL-2.0-only
"""What Linux does with itself while it is the root cell: rows of docs/root-cell.md.

Others are in test_linux.py, test_idle.py, test_life.py, test_kdump.py and where the page says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from cells import Root, moved
from machine import LONG_RUN, TIMEOUT, Boot

pytestmark = pytest.mark.gics(3)

CELL, CELL_CPU = "demo-native-idle", 3
TRACING = "/sys/kernel/debug/tracing"


@pytest.fixture
def root(enabled: Root) -> Iterator[Root]:
    """A cell runs, goes on during the test, and has no exit of it."""
    enabled.launch(CELL, "timer", "period=1000 report=200")
    enabled.wait_console(CELL, "timer: window")
    before = enabled.exits(CELL_CPU)
    yield enabled
    seen = enabled.console(CELL).count("window")
    enabled.wait_console(CELL, "timer: window", count=seen + 1)
    after = enabled.exits(CELL_CPU)
    assert moved(before, after).keys() <= {"hvc"}
    enabled.destroy(CELL)
    enabled.assert_linux_is_well(0, 1, 2, 3)


def test_cpus_go_offline_and_come_back(root: Root) -> None:
    for cpu in (1, 2):
        online = f"/sys/devices/system/cpu/cpu{cpu}/online"
        root.machine.check(f"echo 0 >{online}")
        assert root.machine.check("nproc") == "2"
        root.machine.check(f"echo 1 >{online}")
    root.machine.fails(f"echo 1 >/sys/devices/system/cpu/cpu{CELL_CPU}/online")
    root.assert_cpu_works(0, 1, 2)


def test_perf_counts_and_samples(root: Root) -> None:
    output = root.machine.check("sampling")
    assert re.fullmatch(r"\d+ cycles, \d+ samples", output)


def test_ftrace_of_functions(root: Root) -> None:
    """Linux' own, while a CPU goes and comes, and the driver's."""
    check = root.machine.check
    check(f"echo 'psci_* :mod:cellblock' >{TRACING}/set_ftrace_filter")
    check(f"echo function >{TRACING}/current_tracer")
    online = "/sys/devices/system/cpu/cpu2/online"
    check(f"echo 0 >{online} && echo 1 >{online}")
    root.cellctl("list")
    trace = check(f"cat {TRACING}/trace")
    check(f"echo nop >{TRACING}/current_tracer && echo >{TRACING}/set_ftrace_filter")
    assert "<-cpu_psci_cpu_boot" in trace and re.search(r"cellctl-\d+ ", trace)


def test_kprobe(root: Root) -> None:
    """It takes the breakpoint and the step of the instruction at EL1."""
    check = root.machine.check
    check(f"echo 'p:cellblock_test do_sys_openat2' >{TRACING}/kprobe_events")
    check(f"echo 1 >{TRACING}/events/kprobes/cellblock_test/enable")
    check("cat /proc/version")
    trace = check(f"cat {TRACING}/trace")
    check(f"echo 0 >{TRACING}/events/kprobes/cellblock_test/enable && echo >{TRACING}/kprobe_events")
    assert "cellblock_test: (do_sys_openat2" in trace


# Each resets the machine without a word to anybody.
RESETS = {
    "panic": "echo 1 >/proc/sys/kernel/panic; echo c >/proc/sysrq-trigger",
    "sysrq-b": "echo b >/proc/sysrq-trigger",
    "watchdog": "modprobe i6300esb heartbeat=2 nowayout=1 && sleep 1000 >/dev/watchdog",
}


@pytest.mark.parametrize("how", RESETS if LONG_RUN else ["panic", "sysrq-b"])
def test_reset_of_the_machine(boot: Boot, gic: int, how: str) -> None:
    """It ends the cells, too, whatever they do."""
    watchdog = ["-device", "i6300esb"] if how == "watchdog" else []
    machine = boot(gic=gic, extra=watchdog)
    root = Root(machine)
    root.enable()
    root.launch("demo-ring", "violate", "case=spin-masked")
    root.wait_console("demo-ring", "loop with all interrupts masked")
    machine.serial.start(RESETS[how])
    assert machine.wait_end(2 * TIMEOUT) == 0  # QEMU ends where another machine would begin anew
