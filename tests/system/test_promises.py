# SPDX-License-Identifier: GPL-2.0-only
"""Promises of the hypervisor (hypervisor/base/assert.h) that are broken on purpose: each is named in the
log by file and line, and costs the cell whose CPU found it, nobody else.

The test builds find a promise broken on demand: tests/faults.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from cellfile import CONSOLE_PL011, System, put
from cells import SHARE, Root
from machine import LONG_RUN, Boot
from qemu import BUILD, ROOT
from test_faults import FAULT, RING, SMP, Faulty

pytestmark = pytest.mark.gics(3)

HYPERVISOR = ROOT / "hypervisor"
NAMES = BUILD / "faults" / "hypervisor" / "promising.c"  # by number, as the Makefile gives them
LINUX_UART = 0x09000000
LINE_BITS = 9  # arch/broken.h
PROMISE = re.compile(r"^\t*(?:must|assert_held)\(")


class Promise(NamedTuple):
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def count(self) -> int:
        """What the fault wants: the number of its BRK, and one."""
        files = re.findall(r'"(.*)\\0"', NAMES.read_text())
        return (files.index(self.file) << LINE_BITS | self.line) + 1


def promises() -> list[Promise]:
    return [Promise(str(path.relative_to(HYPERVISOR)), number)
            for path in sorted(HYPERVISOR.rglob("*.c"))
            for number, text in enumerate(path.read_text().splitlines(), 1) if PROMISE.match(text)]


# What a CPU of a cell comes by: it starts, cleans memory, starts another one, and parks.
OF_CELLS = [promise for promise in promises() if promise.file in ("exit/park.c", "gic/request.c")]
# What an operation of the root cell comes by, that no CPU of a cell does. The rest is found while the
# hypervisor is enabled, when nobody could go on.
OF_ROOT = [promise for promise in promises() if promise.file in ("base/pool.c", "mm/stage2.c")]


@pytest.fixture(scope="module")
def enabled(boot_shared: Boot, gic: int, faulty_initrd: str) -> Faulty:
    faulty = Faulty(Root(boot_shared(gic=gic, initrd=faulty_initrd)))
    faulty.root.cellctl(f"enable {faulty.board}")
    return faulty


def test_promises_are_checked_in_the_released_image() -> None:
    """About one a hundred lines."""
    assert len(promises()) >= 10


@pytest.mark.parametrize("promise", OF_CELLS, ids=str)
def test_broken_promise_ends_the_cell_that_finds_it(enabled: Faulty, promise: Promise) -> None:
    root = enabled.root
    root.create(SMP)
    root.load(SMP, "smp", "rounds=10 off")
    enabled.arm("promise", promise.count)
    root.start(SMP)
    root.wait_state(SMP, "failed")
    root.wait_console("root", f"hypervisor: CPU [0-9]: {promise} is broken")
    root.destroy(SMP)
    root.launch(RING, "hello")
    root.wait_console(RING, "hello")
    root.cellctl(f"stop {RING}")
    root.destroy(RING)
    root.assert_cpu_works(2, 3)


@pytest.mark.parametrize("promise", OF_ROOT if LONG_RUN else OF_ROOT[:1], ids=str)
def test_cells_go_on_when_the_root_cell_breaks_a_promise(
    boot: Boot, gic: int, faulty_initrd: str, promise: Promise
) -> None:
    machine = boot(gic=gic, initrd=faulty_initrd, cell_uart=True)
    faulty = Faulty(Root(machine))
    board = System.delivered(faulty.root.board)
    board.debug_console = (CONSOLE_PL011, 0, LINUX_UART)
    machine.check(put(board.pack(), "/tmp/board.cell"))
    faulty.root.cellctl("enable /tmp/board.cell")
    faulty.root.launch("demo-uart", "witness", "irq=40 report=20")
    machine.serial2.expect("^witness: ")
    machine.serial.start(f"echo root-promise {promise.count} >{FAULT}; cellctl create {SHARE}/tile-1.cell"
                         f"; cellctl destroy tile-1")
    machine.serial.expect(f"{promise} is broken")
    for _ in range(5):
        machine.serial2.expect("^witness: ")
