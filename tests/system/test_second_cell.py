# SPDX-License-Identifier: GPL-2.0-only
"""A cell does not notice that another one comes and goes: not one exit on its CPU."""

from __future__ import annotations

import re

import pytest
from cells import Root, moved

CPU = 3
CELL = "demo-native-idle"
WINDOW = r"^timer: window: [0-9]+ interrupts"


@pytest.fixture
def first_cell(root: Root) -> None:
    """Takes 1000 timer interrupts a second, and says after each 100 what they cost."""
    root.launch(CELL, "timer", "period=1000 report=100")
    root.wait_console(CELL, WINDOW)


def second_cell_lives(root: Root) -> None:
    """Everything that a cell can do, an end by violation among it."""
    root.launch("demo-victim", "hello")
    root.wait_console("demo-victim", "hello: idle")
    root.stop("demo-victim")
    root.load("demo-victim", "timer", "count=200")
    root.start("demo-victim")
    root.wait_console("demo-victim", "timer: 200 interrupts")
    root.destroy("demo-victim")  # stops it first
    root.launch("demo-victim", "violate", "case=crash")
    root.wait_state("demo-victim", "failed")
    root.destroy("demo-victim")


@pytest.mark.usefixtures("first_cell")
def test_second_cell_causes_no_exit(root: Root) -> None:
    before = root.exits(CPU)
    for _ in range(3):
        second_cell_lives(root)
    after = root.exits(CPU)
    # The inmate reports by hypercalls, between its windows.
    assert moved(before, after).keys() <= {"hvc"}
    windows = [line for line in root.console(CELL).splitlines() if re.search(WINDOW, line)]
    assert windows and all(line.endswith(" 0 exits") for line in windows)
    root.machine.assert_dmesg_clean()
