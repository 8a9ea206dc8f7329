# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's `virt` with either GIC, booted by U-Boot at EL2, and by a firmware at EL3."""

from __future__ import annotations

from collections.abc import Callable

import documents
import pytest
from board import BoardRoot, walk
from machine import Machine
from qemu import ROOT
from virt import StrictVirt, UBootVirt

SCRIPT = ROOT / "configs" / "arm64" / "qemu-virt-boot.cmd"


def test_script_is_what_the_page_says() -> None:
    """The boot below executes it."""
    typed = documents.commands("docs/boards/qemu-virt.md", "uboot")
    lines = SCRIPT.read_text(encoding="ascii").splitlines()
    assert [line for line in lines if line in typed] == typed


@pytest.mark.parametrize("gic", [2, 3], ids=["gicv2", "gicv3"])
def test_timer_cell(boot: Callable[..., Machine], gic: int) -> None:
    board = UBootVirt(name=f"virt-gicv{gic}", config=f"qemu-virt-gicv{gic}", gic=gic)
    machine = boot(board)
    assert "U-Boot" in machine.serial.transcript
    machine.check("test -e /proc/device-tree/reserved-memory/cellblock@70000000/no-map")
    walk(BoardRoot(machine, board), board, machine.serial2)


@pytest.mark.parametrize("gic", [2, 3], ids=["gicv2", "gicv3"])
def test_strict_firmware(boot: Callable[..., Machine], gic: int) -> None:
    board = StrictVirt(name=f"virt-strict-gicv{gic}", config=f"qemu-virt-gicv{gic}", gic=gic)
    machine = boot(board)
    walk(BoardRoot(machine, board), board)
    assert "firmware" not in machine.serial2.transcript
