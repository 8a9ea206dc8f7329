# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's `virt` with either GIC, booted by U-Boot at EL2."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from board import BoardRoot, walk
from machine import Machine
from virt import UBootVirt


@pytest.mark.parametrize("gic", [2, 3], ids=["gicv2", "gicv3"])
def test_timer_cell(boot: Callable[..., Machine], gic: int) -> None:
    board = UBootVirt(name=f"virt-gicv{gic}", config=f"qemu-virt-gicv{gic}", gic=gic)
    machine = boot(board)
    assert "U-Boot" in machine.serial.transcript
    machine.check("test -e /proc/device-tree/reserved-memory/cellblock@70000000/no-map")
    walk(BoardRoot(machine, board), board, machine.serial2)
