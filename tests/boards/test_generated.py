# SPDX-License-Identifier: GPL-2.0-only
"""Configurations that `cellctl config` makes of the boards, unedited, on these boards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from board import Board, BoardRoot, timer_without_exits
from generated import Generated
from imx8mp import Imx8mp
from machine import Machine
from rpi4 import StockRpi4, UBootRpi4
from versal import Versal
from zcu102 import Zcu102


class GeneratedRoot(BoardRoot):
    """A board with what was made of it instead of what configs/arm64 has."""

    def __init__(self, machine: Machine, board: Board, directory: Path) -> None:
        super().__init__(machine, board)
        self.made = Generated(self, directory)

    def enable(self) -> None:
        self.machine.check("modprobe cellblock")
        path, _ = self.made.make("board", "create")
        self.cellctl(f"enable {path}")

    def create(self, cell: str) -> None:
        self.cellctl(f"create /tmp/{cell}.cell")


@pytest.mark.parametrize(("board", "uart"), [
    (UBootRpi4(name="rpi4-u-boot-generated"), "serial@7e215040"),
    (StockRpi4(name="rpi4-stock-generated"), "serial@7e215040"),
    (Zcu102(name="zcu102-generated"), "serial@ff010000"),
    (Imx8mp(name="imx8mp-evk-generated"), "serial@30880000"),
    (Versal(name="versal-generated"), "uart@ff010000"),
], ids=["rpi4-u-boot", "rpi4-stock", "zcu102", "imx8mp-evk", "versal"])
def test_timer_cell(boot: Callable[..., Machine], board: Board, uart: str, tmp_path: Path) -> None:
    machine = boot(board)
    root = GeneratedRoot(machine, board, tmp_path)
    root.enable()
    root.made.make("pump", "cell", "pump", "--cpus", board.cell_cpu, "--memory", "16M", "--device", uart,
                   "--native-idle")
    timer_without_exits(root, "pump", machine.serial2)
    root.disable()
    machine.assert_dmesg_clean()
