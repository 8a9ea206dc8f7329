# SPDX-License-Identifier: GPL-2.0-only
"""pytest's side of the tests of boards: machines that end with their test, reports of failures.

What drives a machine and its cells is that of the system tests.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SYSTEM = Path(__file__).resolve().parents[1] / "system"
sys.path[:0] = [str(SYSTEM), str(SYSTEM.parents[1] / "scripts")]

from board import Board  # noqa: E402
from machine import Machine  # noqa: E402

_alive: list[Machine] = []


@pytest.fixture
def boot(request: pytest.FixtureRequest) -> Iterator[Callable[[Board], Machine]]:
    """boot(board) starts a machine, and Linux on it, that end with the test."""
    started: list[Machine] = []

    def start(board: Board) -> Machine:
        machine = Machine(board, f"board-{request.node.name}", login=False)
        started.append(machine)
        _alive.append(machine)
        machine.login(timeout=120)
        return machine

    yield start
    for machine in started:
        machine.close()
        _alive.remove(machine)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Adds the consoles of the machines in use to the report of a failed test."""
    report = (yield).get_result()
    if report.failed:
        for machine in _alive:
            for title, text in machine.report():
                report.sections.append((f"{title} ({machine.directory.name})", text))
