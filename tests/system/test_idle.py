# SPDX-License-Identifier: GPL-2.0-only
"""Linux idles by the states of its device tree, and counts them as entered while Cellblock is enabled.

QEMU's own PSCI, which Linux has without Cellblock, takes power-down states of a CPU as standby and
refuses those of a cluster. Linux counts both as rejected, before `enable` and after `disable`.
"""

from __future__ import annotations

import pytest
from cells import Root
from machine import TIMEOUT, Boot

STATES = "/sys/devices/system/cpu/cpu[0-9]*/cpuidle/state[0-9]*"
POWER_DOWN = ("core", "cluster")

CELL = "demo-native-idle"
CELL_CPU = 3

# Times that a state is to be entered, by all CPUs together, before it is believed.
ENOUGH = 10


@pytest.fixture
def root(boot: Boot, gic: int) -> Root:
    root = Root(boot(gic=gic, idle=True))
    driver = root.machine.check("cat /sys/devices/system/cpu/cpuidle/current_driver")
    assert driver == "psci_idle"
    return root


def total(what: str, state: str) -> str:
    """For the shell: what Linux counts of a state, over all CPUs."""
    files = f"$(grep -lx {state} {STATES}/name | sed s/name$/{what}/)"
    return f"$(cat {files} | awk '{{ n += $1 }} END {{ print n }}')"


def count(root: Root, what: str) -> list[int]:
    return [int(root.machine.check(f"echo {total(what, state)}")) for state in POWER_DOWN]


def wait_until_counted(root: Root, what: str, *states: str) -> None:
    """Until Linux has counted each of the states some more."""
    for state in states:
        now = int(root.machine.check(f"echo {total(what, state)}"))
        root.wait_until(f"[ {total(what, state)} -ge {now + ENOUGH} ]")


# An alarm that comes too early would wake nobody: Linux refuses to suspend after an event that it was
# not told of (wakeup_count), and then it is tried again.
SUSPEND = """while :; do
	read -r events </sys/power/wakeup_count
	echo 0 >/sys/class/rtc/rtc0/wakealarm
	echo +2 >/sys/class/rtc/rtc0/wakealarm
	echo $events >/sys/power/wakeup_count && echo freeze >/sys/power/state && break
done 2>/dev/null"""


def suspend(root: Root) -> None:
    """To idle, until the clock's alarm."""
    root.machine.check(SUSPEND, timeout=2 * TIMEOUT)


def hotplug(root: Root, cpu: int) -> None:
    online = f"/sys/devices/system/cpu/cpu{cpu}/online"
    root.machine.check(f"echo 0 >{online} && echo 1 >{online}")


def test_linux_enters_its_idle_states(root: Root) -> None:
    root.enable()
    root.launch(CELL, "timer", "period=10000 report=100")
    root.wait_console(CELL, "timer: window")
    rejected, exits = count(root, "rejected"), root.exits(CELL_CPU)
    for _ in range(2):
        wait_until_counted(root, "usage", "standby", *POWER_DOWN)
        hotplug(root, 1)
        suspend(root)
    assert count(root, "rejected") == rejected
    root.wait_console(CELL, "timer: window", count=2)
    assert {reason for reason, n in root.exits(CELL_CPU).items() if n != exits[reason]} <= {"hvc"}
    root.destroy(CELL)
    root.assert_linux_is_well(0, 1, 2, 3)


def test_without_cellblock_it_is_as_it_was(root: Root) -> None:
    wait_until_counted(root, "rejected", *POWER_DOWN)
    root.enable()
    wait_until_counted(root, "usage", *POWER_DOWN)
    root.disable()
    usage = count(root, "usage")
    wait_until_counted(root, "rejected", *POWER_DOWN)
    assert count(root, "usage") == usage
    suspend(root)
    hotplug(root, 1)
    root.assert_linux_is_well(0, 1, 2, 3)
