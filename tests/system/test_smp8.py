# SPDX-License-Identifier: GPL-2.0-only
"""Eight CPUs: seven cells of one CPU each, all with a timer at 1 kHz, beside Linux."""

from __future__ import annotations

import re
import time

import pytest
from cells import Root, moved
from machine import Boot

pytestmark = pytest.mark.gics(2)

SECONDS = 60
TILES = {f"tile-{n}": n for n in range(1, 8)}
WINDOW = re.compile(
    r"^timer: window: (\d+) interrupts, (\d+) missed, .* (\d+) exits$", re.MULTILINE
)


@pytest.fixture(scope="module")
def root(boot_shared: Boot, gic: int) -> Root:
    root = Root(boot_shared(gic=gic, smp=8))
    root.enable()
    return root


def windows(root: Root, tile: str) -> list[tuple[int, ...]]:
    """What the cell has reported so far: interrupts, missed periods and exits of each window."""
    text = root.machine.check(f"cat /tmp/{tile}")
    return [tuple(map(int, window)) for window in WINDOW.findall(text)]


def test_seven_cells(root: Root) -> None:
    before, since = {}, time.monotonic()
    for tile, cpu in TILES.items():
        root.launch(tile, "timer", "period=1000 report=1000")
        root.machine.check(f"cellctl console -f {tile} >/tmp/{tile} &")
    for tile, cpu in TILES.items():
        root.wait_until(f"grep -q window /tmp/{tile}")
        before[tile] = root.exits(cpu)
    root.machine.check(f"sleep {SECONDS}", timeout=SECONDS + 60)
    counts = {tile: len(windows(root, tile)) for tile in TILES}
    for tile, cpu in TILES.items():
        root.wait_until(f"[ $(grep -c window /tmp/{tile}) -gt {counts[tile]} ]")
        assert root.cells()[tile]["state"] == "running"
        assert root.json("stats")["cpus"][cpu]["cell"] == root.cells()[tile]["cell"]
        reports, milliseconds = windows(root, tile), (time.monotonic() - since) * 1000
        # Not one interrupt too many, none without its period, a WFI for each at most.
        assert all(interrupts == 1000 for interrupts, _, _ in reports)
        assert sum(interrupts + missed for interrupts, missed, _ in reports) <= milliseconds
        assert all(exits <= 1000 for _, _, exits in reports)
        assert moved(before[tile], root.exits(cpu)).keys() <= {"wfi", "hvc"}
    root.remove_cells()
    root.assert_linux_is_well(*range(8))
