# SPDX-License-Identifier: GPL-2.0-only
"""A hostile root in user space: wrong requests, everything at once, and cellctl killed.

Afterwards nothing is lost, Linux has no complaint, and one can go on from what is left. At the
end Linux panics, and the cells go on.
"""

from __future__ import annotations

import os
import re

import pytest
from cellfile import LOADABLE, MIB, RAM, Cell, Region, put
from cells import SHARE, SYSFS, Root
from machine import LONG_RUN, Boot
from victim import Victim

pytestmark = pytest.mark.gics(3)

SEED = int(os.environ.get("CB_SEED", "1"))

MODULE = "/lib/modules/$(uname -r)/extra/cellblock.ko"
CPUS_ONLINE = "cat /sys/devices/system/cpu/online"

THIRD = Cell(
    name="third", cpus=1 << 1, regions=[Region("ram", 0x74000000, 1 * MIB, RAM | LOADABLE)]
)


@pytest.fixture(scope="module")
def machine_root(boot_shared: Boot, gic: int) -> Root:
    root = Root(boot_shared(gic=gic, cell_uart=True))
    root.machine.check("modprobe cellblock")
    root.machine.check(put(THIRD.pack(), "/tmp/third.cell"))
    return root


def test_requests_of_everybody(machine_root: Root) -> None:
    """Structure-aware fuzzing of /dev/cellblock, with and without the rights."""
    root = machine_root
    root.enable()
    watched = Victim(root)
    pool = root.pool()
    command = f"ioctls {SEED} {400000 if LONG_RUN else 20000} {SHARE}/{root.board}.cell"
    output = root.machine.check(f"{command} {SHARE}/demo-ring.cell", timeout=900)
    print(output)
    assert re.search(r", [1-9]\d* accepted, 0 wrong answers$", output), output
    watched.assert_unharmed()
    for name in root.cells():
        if name not in ("root", "victim"):
            root.destroy(name)
    assert root.pool() == pool
    root.remove_cells()
    root.disable()
    root.machine.assert_dmesg_clean()


def test_everything_at_once(machine_root: Root) -> None:
    root = machine_root
    root.machine.check("modprobe cellblock")
    enough, seconds = (300, 1200) if LONG_RUN else (3, 300)
    command = f"races {SEED} {enough} {seconds} {SHARE}/{root.board}.cell"
    output = root.machine.check(f"{command} {SHARE}/demo-ring.cell {MODULE}", timeout=1500)
    print(output)
    done = dict(re.findall(r"^races: (.*): \d+, (\d+) done$", output, re.MULTILINE))
    assert all(int(count) for count in done.values()), output
    # Whatever is left, one can go on from there.
    root.machine.run("modprobe cellblock")
    if root.machine.check(f"cat {SYSFS}/enabled") == "1":
        root.remove_cells()
        root.cellctl("disable")
    for cpu in (1, 2, 3):
        root.machine.check(f"echo 1 >/sys/devices/system/cpu/cpu{cpu}/online")
    root.enable()
    pool = root.pool()
    root.launch("demo-ring", "hello", "off")
    root.wait_state("demo-ring", "stopped")
    root.destroy("demo-ring")
    assert root.pool() == pool
    root.assert_cpu_works(*range(4))
    root.disable()
    root.machine.assert_dmesg_clean()


# Killed

# Shell functions that bring about a state of demo-ring, or tell it.
STATES = f"""
CELL={SHARE}/demo-ring.cell
cell() {{ grep -lx demo-ring {SYSFS}/cells/*/name 2>/dev/null | sed 's/name$/state/'; }}
state() {{
	if [ "$(cat {SYSFS}/enabled)" = 0 ]; then echo disabled
	elif [ -n "$(cell)" ]; then cat $(cell)
	else echo enabled
	fi
}}
reach() {{
	case $1 in
	disabled) [ $(state) = disabled ] || cellctl disable ;;
	enabled) [ $(state) != disabled ] || cellctl enable $BOARD ;;
	created) reach enabled && cellctl create $CELL ;;
	loading) reach created && cellctl load demo-ring {SHARE}/hello.bin ;;
	running) reach loading && cellctl start demo-ring ;;
	esac
}}
"""

# Kills COMMAND at each call in turn. Prints the state that is left, and goes on from there.
KILL = """
n=0
while :; do
	n=$((n + 1))
	reach $BEFORE || echo "no way to $BEFORE"
	killat $WHAT $WHEN $n $COMMAND >/dev/null 2>&1
	status=$?
	echo "$n: $status, $(state)"
	[ -z "$(cell)" ] || cellctl destroy demo-ring || echo "cannot go on"
	[ $status = 0 ] && [ $n != $LIMIT ] || break
done
reach disabled || echo "cannot go on"
"""

# Where it is killed, the state before, the command, and what state is left of it.
KILLED = {
    "enable": ("disabled", "cellctl enable $BOARD", {"disabled", "enabled"}),
    "disable": ("enabled", "cellctl disable", {"disabled", "enabled"}),
    "create": ("enabled", "cellctl create $CELL", {"enabled", "created"}),
    "load": (
        "created",
        f"cellctl load demo-ring {SHARE}/hello.bin",
        {"created", "loading"},
    ),
    "start": ("loading", "cellctl start demo-ring", {"loading", "running"}),
    "stop": ("running", "cellctl stop demo-ring", {"running", "stopped"}),
    # Its memory may be half cleared: to be asked for again, and nothing else.
    "destroy": ("running", "cellctl destroy demo-ring", {"running", "stopped", "destroying", "enabled"}),
    "run": (
        "enabled",
        f"cellctl run $CELL {SHARE}/hello.bin --args off",
        {"enabled", "created", "loading", "running", "stopped"},
    ),
    "console": ("running", "cellctl console -f demo-ring", {"running"}),
}


@pytest.mark.parametrize("when", ["before", "during", "after"] if LONG_RUN else ["during", "after"])
@pytest.mark.parametrize("command", KILLED)
def test_killed_cellctl(machine_root: Root, command: str, when: str) -> None:
    """Each operation has happened or not, and asking for it again, or for its end, works."""
    root = machine_root
    before, text, states = KILLED[command]
    what = "call" if LONG_RUN or command == "console" else "change"
    # "console -f" does not end by itself, and "load" has many pieces.
    limit = {"console": 40} if LONG_RUN else {"console": 3, "load": 4}
    root.machine.check("modprobe cellblock")
    variables = f"BOARD={SHARE}/{root.board}.cell WHAT={what} WHEN={when} BEFORE={before}"
    variables += f" LIMIT={limit.get(command, 0)}"
    script = f"{variables}\n{STATES}COMMAND=\"{text}\"\n{KILL}"
    root.machine.check(f"cat >/tmp/kill <<'end'\n{script}\nend")
    output = root.machine.check("sh /tmp/kill 2>&1", timeout=900)
    lines = re.findall(r"^(\d+): (\d), (.*)$", output, re.MULTILINE)
    assert "no way" not in output and "cannot go on" not in output, output
    if command in limit:
        assert len(lines) == limit[command], output
    else:
        assert len(lines) > 1 and lines[-1][1] == "1", output
    assert {state for _, _, state in lines} <= states | {before}, output
    assert root.machine.check(CPUS_ONLINE) == "0-3"
    root.machine.assert_dmesg_clean()


# Panic


def test_panic(machine_root: Root) -> None:
    """While a cell is created; others run, have failed, and are followed."""
    root = machine_root
    root.enable()
    survivor = Victim(root)
    root.machine.check("modprobe hostile && hostile panic 1")
    root.launch("demo-ring", "violate", "case=crash")
    root.wait_state("demo-ring", "failed")
    root.machine.check("cellctl console -f demo-ring >/dev/null & echo 0 >/proc/sys/kernel/panic")
    root.machine.serial.start("cellctl create /tmp/third.cell")
    root.machine.serial.expect("end Kernel panic - not syncing: hostile: CPU 1 goes offline")
    survivor.assert_goes_on()


# How far a cell on CPU 3 has come when Linux panics, each in a machine of its own.
PANIC_STATES = {
    "nothing": "true",
    "created": "reach created",
    "loaded": "reach loading",
    "running": "reach running",
    "failed": f"cellctl run $CELL {SHARE}/violate.bin --args case=crash; [ $? = 6 ]",
    "followed": "reach running && { cellctl console -f demo-ring >/dev/null & }",
}


@pytest.mark.skipif(not LONG_RUN, reason="only with CB_LONG")
@pytest.mark.parametrize("state", PANIC_STATES)
def test_panic_in_each_state(boot: Boot, gic: int, state: str) -> None:
    root = Root(boot(gic=gic, cell_uart=True))
    root.enable()
    survivor = Victim(root)
    script = STATES + PANIC_STATES[state]
    root.machine.check(f"cat >/tmp/reach <<'end'\n{script}\nend\n. /tmp/reach")
    root.machine.check("echo 0 >/proc/sys/kernel/panic")
    root.machine.serial.start("echo c >/proc/sysrq-trigger")
    root.machine.serial.expect("end Kernel panic - not syncing: sysrq triggered crash")
    survivor.assert_goes_on()
