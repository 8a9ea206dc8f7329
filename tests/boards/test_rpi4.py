# SPDX-License-Identifier: GPL-2.0-only
"""Raspberry Pi 4: with PSCI by TF-A and U-Boot, and as it comes, without."""

from __future__ import annotations

from collections.abc import Callable

from board import BoardRoot, walk
from machine import Machine
from rpi4 import StockRpi4, UBootRpi4


def test_psci(boot: Callable[..., Machine]) -> None:
    board = UBootRpi4()
    machine = boot(board)
    assert "U-Boot" in machine.serial.transcript
    assert "PSCIv1.1 detected in firmware" in machine.dmesg()
    walk(BoardRoot(machine, board), board, machine.serial2)


def test_spin_table(boot: Callable[..., Machine]) -> None:
    board = StockRpi4()
    machine = boot(board)
    assert "psci: " not in machine.dmesg()
    walk(BoardRoot(machine, board), board, machine.serial2)
