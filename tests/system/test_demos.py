# SPDX-License-Identifier: GPL-2.0-only
"""The demos do what they say."""

from __future__ import annotations

import pytest
from cells import Root


def test_hello(root: Root) -> None:
    root.launch("demo-ring", "hello", "one two")
    root.wait_console("demo-ring", "hello: idle")
    text = root.console("demo-ring")
    assert "hello: Hello from EL1, MPIDR 0x3, 1 CPU," in text
    assert "hello: cell 1, CPU 3 of CPU set 0x8" in text
    assert "hello: memory 0x70400000 to 0x713fffff, 16384 KiB" in text
    assert 'hello: arguments "one two"' in text


def test_smp(root: Root) -> None:
    root.launch("demo-smp", "smp", "rounds=500")
    [result] = root.wait_console("demo-smp", "^smp: (PASS|FAIL)")
    assert result == "smp: PASS 2 CPUs, 1000 SGIs each way"
    root.machine.assert_dmesg_clean()


def test_smp_again_after_stop(root: Root) -> None:
    root.launch("demo-smp", "smp", "rounds=10 off")
    root.wait_state("demo-smp", "stopped")
    root.load("demo-smp", "smp", "rounds=20")
    root.start("demo-smp")
    root.wait_console("demo-smp", "smp: PASS 2 CPUs, 40 SGIs each way")


@pytest.mark.gics(3)
@pytest.mark.parametrize("cell, wake, exits", [("demo-ring", 0, 6), ("demo-native-idle", 1000, 0)])
def test_aarch32(root: Root, cell: str, wake: int, exits: int) -> None:
    """A WFI of EL0 that traps is skipped by its length; one that does not is the CPU's own."""
    before = root.exits(3)["wfi"]
    root.launch(cell, "aarch32", f"wake={wake}")
    [result] = root.wait_console(cell, "^aarch32: (PASS|FAIL)")
    assert result == "aarch32: PASS", root.console(cell)
    assert root.console(cell).count(": right\n") == 3
    assert root.exits(3)["wfi"] - before == exits
