# SPDX-License-Identifier: GPL-2.0-only
"""A CPU comes back from a cell, whatever the cell has made of it."""

from __future__ import annotations

import pytest
from cells import Root
from machine import Boot

CPUS = {"demo-ring": [3], "demo-native-idle": [3], "demo-smp": [2, 3]}

# In the cell's memory, behind the image: an undefined instruction at each vector.
ZEROED_RAM = 0x71000000

# Cell, case of the demo `violate`, and what its console says when it is about to happen.
STATES = [
    ("demo-ring", "spin-masked", "loop with all interrupts masked"),
    ("demo-ring", "wfi", "WFI for ever"),
    ("demo-ring", "wfi-gic-off", "WFI for ever"),
    ("demo-ring", "power-down", "PSCI CPU_SUSPEND for ever"),
    ("demo-ring", "wfe", "WFE for ever"),
    ("demo-ring", f"broken-vectors addr={ZEROED_RAM:#x}", "exception loop"),
    ("demo-ring", "crash", "read where there is nothing"),
    ("demo-ring", "cpu-off", "PSCI CPU_OFF"),
    ("demo-native-idle", "spin-masked", "loop with all interrupts masked"),
    ("demo-native-idle", "wfi", "WFI for ever"),
    ("demo-smp", "half-smp", "CPU 1 spins"),
]
IDS = [f"{cell}-{case.split()[0]}" for cell, case, _ in STATES]


def bring_about(root: Root, cell: str, case: str, text: str) -> None:
    """Starts the cell and waits until it has come to that state."""
    root.launch(cell, "violate", f"case={case}")
    root.wait_console(cell, text)
    if case == "crash":
        root.wait_state(cell, "failed")
    elif case == "cpu-off":
        root.wait_cpu(3, "off")


def assert_linux_has_all_back(root: Root, cell: str) -> None:
    assert list(root.cells()) == ["root"]
    root.assert_linux_is_well(*CPUS[cell])


@pytest.mark.parametrize("cell, case, text", STATES, ids=IDS)
def test_stop_and_destroy_get_cpus_back(root: Root, cell: str, case: str, text: str) -> None:
    bring_about(root, cell, case, text)
    root.stop(cell)
    root.destroy(cell)
    assert_linux_has_all_back(root, cell)


@pytest.mark.parametrize("cell, case, text", STATES, ids=IDS)
def test_destroy_alone_gets_cpus_back(root: Root, cell: str, case: str, text: str) -> None:
    bring_about(root, cell, case, text)
    root.destroy(cell)
    assert_linux_has_all_back(root, cell)


@pytest.mark.gics(3)
def test_stop_names_a_cpu_that_cannot_be_had_back(boot: Boot, gic: int) -> None:
    # The limit that docs/limits.md explains: this loop never asks stage 2.
    root = Root(boot(gic=gic))
    root.enable()
    root.launch("demo-ring", "violate", "case=broken-vectors")
    root.wait_console("demo-ring", "exception loop")
    assert "CPU 3 did not enter the hypervisor in time" in root.machine.fails(
        "cellctl stop demo-ring"
    )
    assert root.cells()["demo-ring"]["state"] == "running"
    root.machine.assert_dmesg_clean()
