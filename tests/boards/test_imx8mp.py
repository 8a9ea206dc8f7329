# SPDX-License-Identifier: GPL-2.0-only
"""i.MX 8M Plus EVK: the UART of the i.MX, GICv3 without ITS, a configuration as the tools write it."""

from __future__ import annotations

import re
from collections.abc import Callable

import documents
from board import BoardRoot, follow, walk
from cellfile import CONSOLE_IMX, System, put
from imx8mp import Imx8mp, plain_tree
from machine import Machine
from zcu102 import typed_tree

LINUX_UART = 0x30890000


def debug_console(root: BoardRoot) -> None:
    """The hypervisor writes to Linux' console, too."""
    machine = root.machine
    board = System.delivered(root.board).but(debug_console=(CONSOLE_IMX, 0, LINUX_UART))
    machine.check(put(board.pack(), "/tmp/board.cell"))
    machine.check("modprobe cellblock")
    start = machine.serial.mark()
    machine.check("cellctl enable /tmp/board.cell")
    assert re.search(r"^Cellblock [\d.]+: 4 CPUs, GICv3, ", machine.serial.transcript[start:], re.MULTILINE)
    root.disable()


def test_timer_cell(boot: Callable[..., Machine]) -> None:
    board = Imx8mp()
    board.tree = typed_tree(plain_tree(), board.directory(), documents.commands("docs/boards/imx8mp.md", "uboot"))
    machine = boot(board)
    machine.check("test -e /proc/device-tree/reserved-memory/cellblock@70000000/no-map")
    root = BoardRoot(machine, board)
    walk(root, board, machine.serial2)
    debug_console(root)
    follow(root, documents.commands("docs/boards/imx8mp.md", "imx8mp"), machine.serial2)
