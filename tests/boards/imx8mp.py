# SPDX-License-Identifier: GPL-2.0-only
"""The i.MX 8M Plus EVK under QEMU, with Debian's 6.12 and its device tree, for the model is of that age."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from board import RESERVED, RESERVED_SIZE, Board
from kernels import Kernel, initramfs
from tree import Tree

KERNEL = Kernel("6.12")
CELL_UART = "/soc@0/bus@30800000/spba-bus@30800000/serial@30880000"  # UART3


def plain_tree() -> Tree:
    """As Linux has it; QEMU does with it."""
    return Tree(KERNEL.device_trees / "freescale" / "imx8mp-evk.dtb")


def make_tree(path: Path) -> None:
    """With memory and UART for Cellblock kept from Linux."""
    tree = plain_tree()
    tree.set(CELL_UART, "status", "reserved")
    tree.reserve(RESERVED, RESERVED_SIZE, 2)
    tree.save(path)


@dataclasses.dataclass
class Imx8mp(Board):
    """Kernel and device tree are where U-Boot would put them; QEMU is the PSCI firmware."""

    name: str = "imx8mp-evk"
    config: str = "imx8mp-evk"
    cell: str = "imx8mp-evk-timer"
    tree: Path | None = None  # instead of that of make_tree()

    @staticmethod
    def kernel() -> Path:
        return Path(KERNEL.image)

    def initrd(self) -> Path:
        """The usual root file system and this kernel's module."""
        return initramfs(KERNEL, self.directory())

    def machine(self) -> list[str]:
        tree = self.tree
        if not tree:
            tree = self.directory() / "imx8mp-evk.dtb"
            make_tree(tree)
        return [
            *("-machine", "imx8mp-evk", "-m", "6G", "-smp", str(self.smp)),
            *("-kernel", str(self.kernel()), "-initrd", str(self.initrd()), "-dtb", str(tree)),
            *("-append", f"console=ttymxc1,115200 panic=-1 {KERNEL.arguments}"),
        ]

    def serials(self) -> list[str]:
        """UART2 is Linux' console, UART3 the cell's."""
        return ["null", self.serial, self.serial2]
