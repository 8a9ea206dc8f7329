# SPDX-License-Identifier: GPL-2.0-only
"""The ZCU102 under QEMU, whose model has no PMU firmware: clocks are fixed, EEMI is not used."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from board import RESERVED, RESERVED_SIZE, Board
from tree import Tree, path_of

# What devices have from the firmware that is not there.
FIRMWARE_PROPERTIES = (
    "power-domains",
    "pinctrl-0",
    "pinctrl-names",
    "resets",
    "reset-names",
    "assigned-clocks",
    "clock-output-names",
    "iommus",
)
CLOCK_PHANDLE = 0xF0
UARTS = ("/axi/serial@ff000000", "/axi/serial@ff010000")


def make_tree(path: Path) -> None:
    tree = Tree(path_of("xilinx/zynqmp-zcu102-rev1.0.dtb"))
    tree.add("/uart-clock", compatible="fixed-clock", clock_frequency=100_000_000)
    tree.set("/uart-clock", "#clock-cells", 0)
    tree.set("/uart-clock", "phandle", CLOCK_PHANDLE)
    for uart in UARTS:
        tree.set(uart, "clocks", [CLOCK_PHANDLE, CLOCK_PHANDLE])
        tree.drop(uart, *FIRMWARE_PROPERTIES)
    tree.disable("/firmware/zynqmp-firmware")
    tree.disable(UARTS[1])  # the cell's
    for cpu in range(4):
        tree.drop(f"/cpus/cpu@{cpu}", "cpu-idle-states")
    tree.drop_node("/cpus/idle-states")
    tree.set("/memory@0", "reg", [0, 0, 0, 0x80000000])
    tree.reserve(RESERVED, RESERVED_SIZE, 2)
    tree.save(path)


@dataclasses.dataclass
class Zcu102(Board):
    """Kernel and device tree are where U-Boot would put them; QEMU is the PSCI firmware."""

    name: str = "zcu102"
    config: str = "zcu102"
    cell: str = "zcu102-timer"

    def machine(self) -> list[str]:
        tree = self.directory() / "zcu102.dtb"
        make_tree(tree)
        return [
            *("-machine", "xlnx-zcu102,virtualization=on,audiodev=none", "-m", "2G"),
            *("-smp", str(self.smp), "-audiodev", "none,id=none"),
            *("-kernel", str(self.kernel()), "-initrd", str(self.initrd()), "-dtb", str(tree)),
            *("-append", "console=ttyPS0,115200 panic=-1"),
        ]
