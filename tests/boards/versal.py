# SPDX-License-Identifier: GPL-2.0-only
"""The Versal Virtual development board of QEMU: two Cortex-A72, GICv3, two PL011. QEMU makes its tree."""

from __future__ import annotations

import dataclasses
import subprocess

from board import RESERVED, RESERVED_SIZE, Board
from qemu import QEMU
from tree import Tree

CELL_UART = "/uart@ff010000"


@dataclasses.dataclass
class Versal(Board):
    """Kernel and device tree are where U-Boot would put them; QEMU is the PSCI firmware."""

    name: str = "versal"
    config: str = ""  # made in the test
    cell: str = ""
    cell_cpu: int = 1
    cpus: int = 2
    smp: int = 4  # the others are Cortex-R5, and off

    def hardware(self, *options: str) -> list[str]:
        return ["-machine", ",".join(["xlnx-versal-virt", *options]), "-smp", str(self.smp), "-m", "2G"]

    def machine(self) -> list[str]:
        path = self.directory() / "versal.dtb"
        subprocess.run([QEMU, *self.hardware(f"dumpdtb={path}"), "-nodefaults", "-display", "none"],
                       check=True, stderr=subprocess.DEVNULL)
        tree = Tree(path)
        for cpu in range(self.cpus):  # QEMU says it of a tree that it makes and boots only
            tree.set(f"/cpus/cpu@{cpu}", "enable-method", "psci")
        tree.set(CELL_UART, "status", "reserved")
        tree.reserve(RESERVED, RESERVED_SIZE, 2)
        tree.save(path)
        return [
            *self.hardware(),
            *("-kernel", str(self.kernel()), "-initrd", str(self.initrd()), "-dtb", str(path)),
            *("-append", "console=ttyAMA0,115200 panic=-1"),
        ]
