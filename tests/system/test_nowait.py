# SPDX-License-Identifier: GPL-2.0-only
"""Nobody waits for a stranger: while the memory of one cell is cleared, or one is loaded, all
others can be looked at, stopped, started, created and destroyed.

The order of events shows it, not the time that they take. With the test builds of hypervisor and
driver (tests/faults) a CPU clears its first piece of memory and no more until it is told to.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cellfile import GIB, LOADABLE, MIB, RAM, Cell, Region, put
from cells import SHARE, SYSFS, Root
from machine import LONG_RUN, Boot
from test_faults import Faulty

pytestmark = pytest.mark.gics(3)

# One that is destroyed, one that runs beside it, and a third that comes and goes.
SUBJECT, BESIDE = "demo-ring", "demo-victim"
SUBJECT_CPU, FIRST_PIECE = 3, 64 * 4096
FIRST_TEXT = "1% of 16 MiB cleared"
THIRD = Cell("third", 1 << 1, [Region("ram", 0x74000000, 16 * MIB, RAM | LOADABLE)])

# In the background it does not see a Ctrl-C that is meant for others, but one that is sent to it.
DESTROY = "cellctl destroy {0} >/tmp/{1} 2>&1 & echo $! >/tmp/{1}.pid"


@pytest.fixture(scope="module")
def module_faulty(boot_shared: Boot, gic: int, faulty_initrd: str) -> Faulty:
    faulty = Faulty(Root(boot_shared(gic=gic, initrd=faulty_initrd)))
    faulty.root.cellctl(f"enable {faulty.board}")
    faulty.machine.check(put(THIRD.pack(), "/tmp/third.cell"))
    return faulty


@pytest.fixture
def held(module_faulty: Faulty) -> Iterator[Faulty]:
    """A cell beside another one that runs. Once it is being destroyed, that does not end."""
    faulty = module_faulty
    faulty.machine.clear_dmesg()
    faulty.root.launch(BESIDE, "timer", "period=1000 report=100")
    faulty.root.launch(SUBJECT, "hello")
    faulty.arm("clear", SUBJECT_CPU + 1)
    yield faulty
    faulty.arm("clear", 0)
    faulty.root.wait_until("! pidof cellctl")
    faulty.root.remove_cells()
    faulty.root.assert_linux_is_well(0, 1, 2, 3)


def destroy(faulty: Faulty, name: str = "first") -> None:
    """In the background, until the hypervisor is at it."""
    faulty.machine.check(DESTROY.format(SUBJECT, name))
    faulty.root.wait_state(SUBJECT, "destroying")
    faulty.root.wait_until(f"[ $(cellctl --json list | grep -c '\"cleared\": {FIRST_PIECE}') = 1 ]")


def wait_end(faulty: Faulty, name: str = "first") -> str:
    """What that has said at its end."""
    faulty.root.wait_until(f"! [ -e /proc/$(cat /tmp/{name}.pid) ]")
    return faulty.machine.check(f"cat /tmp/{name}")


def assert_at_it(faulty: Faulty, name: str = "first") -> None:
    """The hypervisor has not gone on, and who asked for it waits."""
    faulty.machine.check(f"[ -e /proc/$(cat /tmp/{name}.pid) ]")
    subject = faulty.root.cells()[SUBJECT]
    assert (subject["state"], subject["cleared"]) == ("destroying", FIRST_PIECE)


def test_nobody_waits_for_a_cell_that_is_destroyed(held: Faulty) -> None:
    root, machine = held.root, held.machine
    destroy(held)
    for command in (
        "list",
        f"show {SUBJECT}",
        f"show {BESIDE}",
        "show root",
        "stats",
        f"console {SUBJECT}",
        f"console {BESIDE}",
        f"stop {BESIDE}",
        f"load {BESIDE} {SHARE}/timer.bin --args period=1000",
        f"start {BESIDE}",
        "create /tmp/third.cell",
        f"load third {SHARE}/hello.bin",
        "start third",
        "destroy third",
        f"destroy {BESIDE}",
        f"create {SHARE}/{BESIDE}.cell",
    ):
        root.cellctl(command)
        assert_at_it(held)
    for file in ("cells/*/*", "cpus/*/*", "pool_used"):
        machine.check(f"cat {SYSFS}/{file} >/dev/null 2>&1; :")
        assert_at_it(held)
    held.arm("clear", 0)
    assert wait_end(held) == ""
    assert SUBJECT not in root.cells()
    root.assert_cpu_works(SUBJECT_CPU)


def test_destroy_says_how_far_it_is(held: Faulty) -> None:
    root = held.root
    destroy(held)
    memory = [r["size"] for r in root.json(f"show {SUBJECT}")["regions"] if "shared" not in r["flags"]]
    assert root.json(f"show {SUBJECT}")["to_clear"] == sum(int(size, 0) for size in memory)
    for command in ("list", f"show {SUBJECT}"):
        assert FIRST_TEXT in root.cellctl(command)


@pytest.mark.parametrize("signal", ["INT", "TERM", "KILL"])
def test_destroy_can_be_left_and_resumed(held: Faulty, signal: str) -> None:
    root, machine = held.root, held.machine
    destroy(held)
    machine.check(f"kill -{signal} $(cat /tmp/first.pid)")
    said = wait_end(held)
    if signal != "KILL":
        assert FIRST_TEXT in said
        assert f'"cellctl destroy {SUBJECT}" waits for it' in said
    assert root.cells()[SUBJECT]["state"] == "destroying"
    assert "is destroying" in machine.fails(f"cellctl start {SUBJECT} 2>&1")
    machine.check(DESTROY.format(SUBJECT, "second"))
    assert_at_it(held, "second")
    held.arm("clear", 0)
    assert wait_end(held, "second") == ""
    assert SUBJECT not in root.cells()


def test_two_can_wait_for_the_same_cell(held: Faulty) -> None:
    destroy(held)
    held.machine.check(DESTROY.format(SUBJECT, "second"))
    assert_at_it(held, "second")
    held.arm("clear", 0)
    assert (wait_end(held), wait_end(held, "second")) == ("", "")
    assert SUBJECT not in held.root.cells()
    held.root.assert_cpu_works(SUBJECT_CPU)


def process_state(faulty: Faulty, letter: str) -> None:
    faulty.root.wait_until(f"grep -q ') {letter} ' /proc/$(cat /tmp/first.pid)/stat")


def test_who_destroys_can_be_stopped_and_frozen(held: Faulty) -> None:
    """As the shell, a debugger and a suspend do. It goes on where it was."""
    machine = held.machine
    destroy(held)
    machine.check("kill -STOP $(cat /tmp/first.pid)")
    process_state(held, "T")
    assert_at_it(held)
    machine.check("kill -CONT $(cat /tmp/first.pid)")
    process_state(held, "[SRD]")
    machine.check("echo freezer >/sys/power/pm_test && echo freeze >/sys/power/state")
    assert_at_it(held)
    held.arm("clear", 0)
    assert wait_end(held) == ""


def test_load_survives_signals(held: Faulty) -> None:
    """Each stops the process within a request or between two."""
    root, machine = held.root, held.machine
    large = Cell("large", 1 << 1, [Region("ram", 0x74000000, 48 * MIB, RAM | LOADABLE)])
    machine.check(put(large.pack(), "/tmp/large.cell"))
    more = "dd if=/dev/zero of=/tmp/image bs=1M seek=40 count=1 conv=notrunc"
    machine.check(f"cp {SHARE}/hello.bin /tmp/image && {more}")
    root.cellctl("create /tmp/large.cell")
    output = machine.check(
        "cellctl load large /tmp/image 2>/tmp/said & pid=$!; n=0\n"
        "while kill -STOP $pid && kill -CONT $pid; do n=$((n + 1)); done 2>/dev/null\n"
        "rm /tmp/image; wait $pid && echo stops: $n"
    )
    assert int(output.rpartition("stops: ")[2]) > 20
    root.start("large")
    root.wait_console("large", "hello: idle")


@pytest.mark.skipif(not LONG_RUN, reason="takes as long as a reboot waits: CB_LONG=1")
def test_reboot_waits_no_longer_than_it_may(boot: Boot, gic: int, faulty_initrd: str) -> None:
    """For a cell that somebody destroys, and that does not come to an end."""
    machine = boot(gic=gic, initrd=faulty_initrd)
    faulty = Faulty(Root(machine))
    faulty.root.cellctl(f"enable {faulty.board}")
    faulty.root.create(SUBJECT)
    faulty.arm("clear", SUBJECT_CPU + 1)
    destroy(faulty)
    machine.serial.start("reboot -f")
    assert machine.wait_end() == 0
    assert "destroying cell 1 for shutdown" in machine.serial.transcript


# The real thing: gigabytes, and nothing that is held.

LARGE = Cell("large", 1 << 3, [Region("ram", 2 * GIB, 4 * GIB, RAM | LOADABLE)])
LOADED = Cell("loaded", 1 << 1, [Region("ram", 6 * GIB, GIB, RAM | LOADABLE)])


@pytest.mark.skipif(not LONG_RUN, reason="6 GiB of memory: CB_LONG=1")
def test_stop_beside_gigabytes(boot: Boot, gic: int) -> None:
    """While 4 GiB are cleared, and 1 GiB is loaded by one request."""
    root = Root(boot(gic=gic, memory="6G"))
    machine = root.machine
    root.enable()
    for cell in (LARGE, LOADED):
        machine.check(put(cell.pack(), f"/tmp/{cell.name}.cell"))
        root.cellctl(f"create /tmp/{cell.name}.cell")
    root.load("loaded", "hello")
    root.launch(BESIDE, "timer", "period=1000 report=100")
    machine.check("cellctl destroy large >/tmp/said 2>&1 & echo $! >/tmp/large.pid")
    root.wait_state("large", "destroying")
    machine.check(f"bigload 2 {6 * GIB:#x} {GIB:#x} >/tmp/loaded 2>&1 & echo $! >/tmp/load.pid")
    for command in (f"stop {BESIDE}", f"destroy {BESIDE}", f"create {SHARE}/{BESIDE}.cell"):
        root.cellctl(command)
        machine.check("[ -e /proc/$(cat /tmp/large.pid) ]")
        assert root.cells()["large"]["state"] == "destroying"
    root.wait_until("! [ -e /proc/$(cat /tmp/load.pid) ]", timeout=300)
    assert machine.check("cat /tmp/loaded") == "bigload: done"
    root.wait_until("! [ -e /proc/$(cat /tmp/large.pid) ]", timeout=300)
    root.destroy("loaded")
    assert list(root.cells()) == ["root", BESIDE]
    root.assert_linux_is_well(0, 1, 3)
