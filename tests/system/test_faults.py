# SPDX-License-Identifier: GPL-2.0-only
"""Operations in which something fails: Linux has no memory, a CPU does not go, come or answer,
the hypervisor has no page left, the firmware refuses.

Each operation is repeated with its first, second, third ... chance to fail failing, until it
succeeds. Each failure is one sentence and leaves everything as it was. The test builds of
hypervisor and driver fail on demand: tests/faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count as from_one
from typing import NamedTuple

import pytest
from cellfile import CONSOLE_PL011, System, put
from cells import SHARE, Root
from machine import LONG_RUN, Boot
from qemu import BUILD
from refusals import STATE

pytestmark = pytest.mark.gics(3)


TEST_BUILD = "/usr/lib/cellblock-faults"
FAULT = "/sys/module/cellblock/parameters/fault"
HYPERVISOR_FAULTS = (
    "pool", "wake", "late", "cpu-on", "firmware", "off", "serror", "lock", "root-lock",
    "startup", "clear", "no-memory", "promise", "root-promise",
)

# Locks that a CPU of a cell takes, and others that only one of the root cell does: tests/faults/hypervisor.c.
CELL_LOCKS = {1: "gic_lock", 2: "cell->lock", 3: "cell->console.lock", 4: "s2->lock"}
# The hypervisor prints on the second one, where no command of a test does.
UART_LOCK, UART = 8, 0x09040000
ROOT_LOCKS = {**CELL_LOCKS, 5: "cells_lock", 6: "pool.lock", 7: "to->lock"}

# A cell with two CPUs and one with one; both have this memory.
SMP, RING = "demo-smp", "demo-ring"
CELL_MEMORY, CHECKED, PATTERN = 0x70400000, 0x10000, 0xA5
CLEARED_AT_ONCE = 64 * 4096

# One attempt: arguments are fault, count, command, and how to take back a success in spite of it.
ATTEMPT = f"""
state() {{
{STATE}
}}
attempt() {{
	case $1 in {"|".join(HYPERVISOR_FAULTS)}) echo "$1 $2" >{FAULT} ;; esac
	state >/tmp/before 2>&1
	case $1 in {"|".join(HYPERVISOR_FAULTS)}) ;; *) echo "$1 $2" >{FAULT} ;; esac
	$3 >/tmp/said 2>&1; status=$?
	left=$(sed -n "s/^$1 //p" {FAULT})
	case $1 in {"|".join(HYPERVISOR_FAULTS)}) ;; *) echo "$1 0" >{FAULT} ;; esac
	state >/tmp/after 2>&1
	cmp -s /tmp/before /tmp/after && changed=0 || changed=1
	echo "$status ${{left:-none}} $changed"
	cat /tmp/said
	if [ $status = 0 ] && [ "$left" = 0 ]; then eval "$4"; fi
}}"""


class Outcome(NamedTuple):
    """What came of an attempt."""

    status: int
    hit: bool  # there was something to fail
    changed: bool
    text: str


class Faulty:
    """A machine with the test builds."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self.machine = root.machine
        self.board = f"{SHARE}/{root.board}.cell"
        self.machine.check(f"cat >/tmp/attempt <<'end'{ATTEMPT}\nend")
        self.machine.check(f"echo -n {TEST_BUILD} >/sys/module/firmware_class/parameters/path")
        self.load_module()

    def load_module(self) -> None:
        self.machine.check(f"insmod {TEST_BUILD}/cellblock.ko")

    def arm(self, fault: str, count: int) -> None:
        self.machine.check(f"echo {fault} {count} >{FAULT}")

    def attempt(self, fault: str, count: int, command: str, undo: str = "true") -> Outcome:
        """Runs `cellctl command` with a fault; one of the hypervisor's stays until arm(..., 0)."""
        output = self.machine.check(
            f". /tmp/attempt; attempt {fault} {count} 'cellctl {command}' '{undo}'"
        )
        result, _, text = output.partition("\n")
        status, left, changed = result.split()
        return Outcome(int(status), left == "0", changed == "1", text)

    def refused(self, fault: str, count: int, command: str, *words: str) -> str:
        """An attempt that must be refused, in one sentence, with nothing changed."""
        outcome = self.attempt(fault, count, command)
        assert outcome.status != 0, f"{fault} {count}: '{command}' succeeded"
        assert_is_refusal(outcome, *words)
        return outcome.text

    def drive(self, fault: str, command: str, undo: str, *words: str) -> int:
        """Fails the first, the second ... chance to fail. How many there were."""
        for count in from_one(1):
            outcome = self.attempt(fault, count, command, undo)
            if outcome.status:
                assert outcome.hit, f"{fault} {count}: {outcome}"
                assert_is_refusal(outcome, *words)
            elif not outcome.hit:
                return count - 1
        raise AssertionError  # never here

    def cpus_online(self) -> str:
        return self.machine.check("cat /sys/devices/system/cpu/online")


def assert_is_refusal(outcome: Outcome, *words: str) -> None:
    assert re.fullmatch(r"cellctl: [^\n]+: [^\n]+", outcome.text), outcome
    assert not outcome.changed, outcome
    for word in words:
        assert word in outcome.text, outcome


@pytest.fixture(scope="module")
def module_faulty(boot_shared: Boot, gic: int, faulty_initrd: str) -> Faulty:
    return Faulty(Root(boot_shared(gic=gic, initrd=faulty_initrd)))


@pytest.fixture
def faulty(module_faulty: Faulty) -> Iterator[Faulty]:
    """The same for a test after which Linux is as in the beginning and has no complaint."""
    faulty = module_faulty
    faulty.machine.clear_dmesg()
    yield faulty
    for fault in HYPERVISOR_FAULTS:
        faulty.arm(fault, 0)
    if faulty.machine.run("cellctl list").status == 0:
        faulty.root.remove_cells()
        faulty.root.cellctl("disable")
    assert faulty.cpus_online() == "0-3"
    faulty.machine.assert_dmesg_clean()


@pytest.fixture
def enabled(faulty: Faulty) -> Faulty:
    faulty.root.cellctl(f"enable {faulty.board}")
    return faulty


def test_product_has_no_faults() -> None:
    for file in ("hypervisor/cellblock.bin", "driver/cellblock.ko"):
        assert b"CBFAULTS" in (BUILD / "faults" / file).read_bytes()
        assert b"CBFAULTS" not in (BUILD / file).read_bytes()
    assert b"parmtype=fault" not in (BUILD / "driver/cellblock.ko").read_bytes()


def test_kernel_that_is_newer_than_those_tested(faulty: Faulty) -> None:
    """The test build takes each kernel for one, and says so where users look."""
    assert "Cellblock was tested with" not in faulty.machine.dmesg()
    faulty.machine.check("rmmod cellblock")
    faulty.load_module()
    release = faulty.machine.check("uname -r")
    assert f"Linux {release} is newer than the newest that this version" in faulty.machine.dmesg()


# Linux has no memory.


def test_enable_and_disable_without_memory(faulty: Faulty) -> None:
    enable, disable = f"enable {faulty.board}", "disable"
    # The open file, the request, the configuration, the image, pages, the root cell, sysfs.
    assert faulty.drive("memory", enable, "cellctl disable", ": ") >= 16
    assert faulty.drive("memory", disable, f"cellctl {enable}", "Cannot allocate memory") == 2


def test_life_of_a_cell_without_memory(enabled: Faulty) -> None:
    machine, root = enabled.machine, enabled.root
    create = f"create {SHARE}/{RING}.cell"
    load = f"load {RING} {SHARE}/hello.bin"
    assert enabled.drive("memory", create, f"cellctl destroy {RING}") >= 7
    root.load(RING, "hello")
    assert enabled.drive("memory", load, f"cellctl {load}") >= 8
    again = f"cellctl stop {RING}; cellctl {load}"
    assert enabled.drive("memory", f"start {RING}", again) >= 6
    root.wait_console(RING, "hello: idle")
    again = f"cellctl {load}; cellctl start {RING}"
    assert enabled.drive("memory", f"stop {RING}", again) >= 6
    again = f"cellctl {create}; cellctl load {RING} {SHARE}/hello.bin; cellctl start {RING}"
    assert enabled.drive("memory", f"destroy {RING}", again) >= 6
    assert machine.check("cat /sys/devices/system/cpu/online") == "0-3"


# CPUs that Linux does not move.


def test_cpu_that_linux_keeps(enabled: Faulty) -> None:
    refusal = "could not take CPU"
    assert enabled.drive("cpu-down", f"create {SHARE}/{SMP}.cell", "true", refusal) == 2


def test_refused_cell_whose_cpu_does_not_come_back(enabled: Faulty) -> None:
    """The second CPU does not go, and the first one, which has, does not come: that is said."""
    machine = enabled.machine
    enabled.arm("cpu-up", 1)
    outcome = enabled.attempt("cpu-down", 2, f"create {SHARE}/{SMP}.cell")
    assert outcome.status == 1 and "Linux refused (add_cpu): Input/output" in outcome.text
    messages = machine.dmesg()
    assert "CPU 2 does not come back" in messages
    assert f'cell "{SMP}" was refused with code ' in messages
    assert enabled.cpus_online() == "0-1,3"
    machine.check("echo 1 >/sys/devices/system/cpu/cpu2/online")
    enabled.root.create(SMP)
    enabled.root.destroy(SMP)


def test_cpu_that_takes_its_time_to_turn_off(enabled: Faulty) -> None:
    """Longer than Linux waits for it. The driver does not give it to a cell before."""
    root = enabled.root
    enabled.arm("off", 4)
    root.launch(RING, "hello")
    assert "CPU3 may not have shut down cleanly" in enabled.machine.dmesg()
    root.wait_console(RING, "hello: idle")
    root.destroy(RING)
    root.assert_cpu_works(3)


@pytest.mark.parametrize("fault, error", [("cpu-up", "Input/output"), ("cpu-on", "Invalid")])
@pytest.mark.parametrize("which", [1, 2])
def test_cpu_that_does_not_come_back(
    enabled: Faulty, fault: str, error: str, which: int
) -> None:
    """The cell is gone all the same, the other CPU is there, and this one can be had by hand."""
    machine, cpu = enabled.machine, which + 1
    enabled.root.create(SMP)
    outcome = enabled.attempt(fault, which, f"destroy {SMP}")
    assert outcome.status == 1 and f"Linux refused (add_cpu): {error}" in outcome.text
    assert f"CPU {cpu} does not come back" in machine.dmesg()
    assert list(enabled.root.cells()) == ["root"]
    assert enabled.cpus_online() == {2: "0-1,3", 3: "0-2"}[cpu]
    machine.check(f"echo 1 >/sys/devices/system/cpu/cpu{cpu}/online")
    enabled.root.assert_cpu_works(cpu)


# The hypervisor has no page.


def test_enable_without_pages(faulty: Faulty) -> None:
    words = re.compile(r"the hypervisor needs (\d+) pages of memory, and (\d+) are free")
    for count in from_one(1) if LONG_RUN else range(1, 1000, 9):
        outcome = faulty.attempt("pool", count, f"enable {faulty.board}")
        if outcome.status == 0:
            assert count > 40
            return
        assert_is_refusal(outcome)
        needed, free = map(int, words.search(outcome.text).groups())
        assert needed > free


def test_create_without_pages(enabled: Faulty) -> None:
    """tests/unit/test_ownership.c has every number of pages; here are the ends."""
    create = f"create {SHARE}/{RING}.cell"
    memory = f"{CELL_MEMORY:#x} {CHECKED:#x} {PATTERN:#x}"
    enabled.machine.check(f"physmem fill {memory}")
    text = enabled.refused("pool", 2, create, "and 1 are free")
    needed = int(re.search(r"needs (\d+) pages", text)[1])
    counts: Iterable[int] = range(1, needed + 1) if LONG_RUN else (1, 3, 5, needed // 2, needed)
    for count in counts:
        enabled.refused("pool", count, create, f"and {count - 1} are free")
    enabled.machine.check(f"physmem check {memory}")
    assert enabled.attempt("pool", needed + 1, create).status == 0
    # What was set aside for it suffices for all that follows.
    enabled.root.load(RING, "hello")
    enabled.root.start(RING)
    enabled.root.wait_console(RING, "hello: idle")
    enabled.root.destroy(RING)


# CPUs that do not answer the hypervisor.


@pytest.mark.parametrize("late", range(4) if LONG_RUN else [2])
def test_cpu_that_comes_too_late(faulty: Faulty, late: int) -> None:
    enable, refusal = f"enable {faulty.board}", f"CPU {late} did not enter the hypervisor in time"
    faulty.refused("late", late + 1, enable, refusal)
    faulty.arm("late", 0)
    faulty.root.cellctl(enable)
    faulty.refused("late", late + 1, "disable", refusal)
    faulty.arm("late", 0)
    faulty.root.cellctl("disable")


def test_cpu_that_does_not_stop(enabled: Faulty) -> None:
    root = enabled.root
    root.launch(RING, "hello")
    root.wait_console(RING, "hello: idle")
    refusal = "CPU 3 did not enter the hypervisor in time"
    enabled.refused("wake", 4, f"stop {RING}", refusal)
    assert root.cells()[RING]["state"] == "running"
    enabled.arm("wake", 0)
    root.stop(RING)
    assert root.cells()[RING]["state"] == "stopped"


def test_cpu_that_does_not_clear_the_memory(enabled: Faulty) -> None:
    """Destroying goes on where it was when the CPU is there again."""
    root = enabled.root
    root.create(RING)
    outcome = enabled.attempt("wake", 4, f"destroy {RING}")
    assert outcome.status == 1
    assert "CPU 3 did not enter the hypervisor in time" in outcome.text
    assert root.cells()[RING]["state"] == "destroying"
    enabled.arm("wake", 0)
    root.destroy(RING)


@pytest.mark.parametrize("piece", [1, 3])
def test_memory_that_is_not_there_for_a_while(enabled: Faulty, piece: int) -> None:
    """Without power, for instance. Destroying begins again when it is asked for again."""
    root = enabled.root
    root.create(RING)
    outcome = enabled.attempt("no-memory", piece, f"destroy {RING}")
    address = CELL_MEMORY + (piece - 1) * CLEARED_AT_ONCE
    assert outcome.status == 1
    assert f'cell "{RING}" cannot be destroyed: region 0 at {address:#x} did not' in outcome.text
    assert root.cells()[RING]["state"] == "destroying"
    assert f"memory: does not answer, region 0 at {address:#x}" in root.cellctl(f"show {RING}")
    root.destroy(RING)
    root.launch(RING, "hello")
    root.wait_console(RING, "hello: idle")


def test_cell_that_can_neither_be_shown_nor_destroyed_at_first(enabled: Faulty) -> None:
    """Linux has no memory to show it, and its CPU does not answer: it is there to be destroyed."""
    root, machine = enabled.root, enabled.machine
    create = f"create {SHARE}/{RING}.cell"
    last = enabled.drive("memory", create, f"cellctl destroy {RING}")
    root.destroy(RING)
    for count in (last, last - 1) if LONG_RUN else (last,):
        enabled.arm("wake", 4)
        enabled.arm("memory", count)
        assert "CPU 3 did not enter the hypervisor in time" in machine.fails(f"cellctl {create} 2>&1")
        assert root.cells()[RING]["state"] == "destroying"
        assert enabled.cpus_online() == "0-2"
        assert f": {RING}" in machine.check("cat /proc/iomem")
        enabled.arm("wake", 0)
        root.destroy(RING)
        assert enabled.cpus_online() == "0-3"


def test_cpu_that_does_not_start(enabled: Faulty) -> None:
    """The cell waits for its CPU, and can be stopped once it is there."""
    root = enabled.root
    root.create(RING)
    root.load(RING, "hello")
    enabled.arm("wake", 4)
    root.start(RING)
    assert root.machine.check("cat /sys/class/misc/cellblock/cpus/3/state") == "pending"
    enabled.arm("wake", 0)
    root.wait_console(RING, "hello: idle")
    root.stop(RING)


# What a cell leaves for the next owner of its CPU.


def test_error_that_is_reported_late(enabled: Faulty) -> None:
    """An SError that the cell has masked is not Linux' when it gets the CPU."""
    root = enabled.root
    root.launch(RING, "hello")
    root.wait_console(RING, "hello: idle")
    enabled.arm("serror", 4)
    root.stop(RING)
    root.wait_console("root", f"cell {RING}: CPU 3: SError dropped, esr 0xbe000011")
    root.destroy(RING)
    root.assert_cpu_works(3)


def test_startup_that_is_not_understood(enabled: Faulty) -> None:
    """Linux gets its CPU all the same, at EL1. The next time all is as it should be."""
    root = enabled.root
    line = "root cell: CPU 3 starts at EL1: instruction 0x"
    root.launch(RING, "hello")
    enabled.arm("startup", 4)
    root.destroy(RING)
    root.wait_console("root", line)
    root.assert_cpu_works(3)
    enabled.arm("startup", 0)
    before = root.console("root").count(line)
    root.launch(RING, "hello")
    root.destroy(RING)
    root.assert_cpu_works(3)
    assert root.console("root").count(line) == before


# EL2 itself takes an exception, with a lock held. Its CPU gives it up, and the others go on.


def cell_fails_with_lock(faulty: Faulty, lock: int) -> None:
    """And can be made again, as it takes the same lock."""
    root = faulty.root
    root.create(SMP)
    root.load(SMP, "smp")
    faulty.arm("lock", lock)
    root.start(SMP)
    root.wait_state(SMP, "failed")
    assert "the hypervisor itself took an exception" in root.cellctl(f"show {SMP}")
    root.destroy(SMP)
    root.launch(SMP, "smp", "rounds=10 off")
    root.wait_console(SMP, "smp: PASS")
    root.wait_state(SMP, "stopped")
    root.destroy(SMP)
    root.assert_cpu_works(2, 3)


@pytest.mark.parametrize("lock", CELL_LOCKS, ids=CELL_LOCKS.values())
def test_cell_whose_cpu_fails_with_a_lock(enabled: Faulty, lock: int) -> None:
    cell_fails_with_lock(enabled, lock)


def test_cell_whose_cpu_fails_with_the_lock_of_the_uart(faulty: Faulty) -> None:
    """While it prints that the cell has failed, and before the cell's other CPUs are stopped for it."""
    root = faulty.root
    board = System.delivered(root.board)
    board.debug_console = (CONSOLE_PL011, 0, UART)
    faulty.machine.check(put(board.pack(), "/tmp/board.cell"))
    root.cellctl("enable /tmp/board.cell")
    root.create(SMP)
    root.load(SMP, "violate", "case=write-root addr=0x40000000")
    faulty.arm("lock", UART_LOCK)
    root.start(SMP)
    root.wait_state(SMP, "failed")
    root.wait_console("root", "hypervisor: CPU 2: exception 4 at")
    root.destroy(SMP)
    root.launch(SMP, "smp", "rounds=10")
    root.wait_console(SMP, "smp: PASS")
    root.destroy(SMP)
    root.assert_cpu_works(2, 3)


@pytest.mark.parametrize("lock", ROOT_LOCKS if LONG_RUN else (1, 5))
def test_cells_go_on_when_the_root_cell_fails_with_a_lock(
    boot: Boot, gic: int, faulty_initrd: str, lock: int
) -> None:
    """A cell with a UART, which uses the interrupt controller between two lines of output."""
    machine = boot(gic=gic, initrd=faulty_initrd, cell_uart=True)
    faulty = Faulty(Root(machine))
    faulty.root.cellctl(f"enable {faulty.board}")
    faulty.root.launch("demo-uart", "witness", "irq=40 report=20")
    machine.serial2.expect("^witness: ")
    machine.serial.start(f"echo root-lock {lock} >{FAULT}; cellctl create {SHARE}/tile-1.cell")
    for _ in range(5):
        machine.serial2.expect("^witness: ")
    machine.serial2.mark()
    for _ in range(5):
        machine.serial2.expect("^witness: ")


# The firmware refuses. Last: the CPU is lost for this machine.


def test_firmware_that_does_not_take_a_cpu(module_faulty: Faulty) -> None:
    """A CPU that was offline at disable is lost (docs/limits.md), and nothing else."""
    machine, root = module_faulty.machine, module_faulty.root
    enable = f"enable {module_faulty.board}"
    machine.clear_dmesg()
    root.cellctl(enable)
    machine.check("echo 0 >/sys/devices/system/cpu/cpu3/online")
    module_faulty.arm("firmware", 1)
    root.cellctl("disable")
    machine.fails("echo 1 >/sys/devices/system/cpu/cpu3/online")
    root.assert_cpu_works(*range(3))
    assert "Linux does not run on CPU 3" in machine.fails(f"cellctl {enable} 2>&1")
    machine.assert_dmesg_clean()
