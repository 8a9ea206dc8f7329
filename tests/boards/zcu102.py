# SPDX-License-Identifier: GPL-2.0-only
"""The ZCU102 under QEMU, whose model has no PMU firmware: clocks are fixed, EEMI is not used."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from board import RESERVED, RESERVED_SIZE, Board
from machine import Console, Machine
from tree import Tree, path_of
from virt import UBootPrompt

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
TREE_ROOM = 0x40000  # more than the tree has
UARTS = ("/axi/serial@ff000000", "/axi/serial@ff010000")


def make_tree(path: Path) -> None:
    """With memory and UART for Cellblock kept from Linux."""
    tree = plain_tree()
    tree.disable(UARTS[1])  # the cell's
    tree.reserve(RESERVED, RESERVED_SIZE, 2)
    tree.save(path)


def plain_tree() -> Tree:
    """As Linux has it, and what QEMU wants."""
    tree = Tree(path_of("xilinx/zynqmp-zcu102-rev1.0.dtb"))
    tree.add("/uart-clock", compatible="fixed-clock", clock_frequency=100_000_000)
    tree.set("/uart-clock", "#clock-cells", 0)
    tree.set("/uart-clock", "phandle", CLOCK_PHANDLE)
    for uart in UARTS:
        tree.set(uart, "clocks", [CLOCK_PHANDLE, CLOCK_PHANDLE])
        tree.drop(uart, *FIRMWARE_PROPERTIES)
    tree.disable("/firmware/zynqmp-firmware")
    # QEMU's PSCI does not have the extended format, in which this is a power-down of one CPU.
    tree.set("/cpus/idle-states/cpu-sleep-0", "arm,psci-suspend-param", 0x00010000)
    tree.set("/memory@0", "reg", [0, 0, 0, 0x80000000])
    return tree


def typed_tree(tree: Tree, directory: Path, commands: list[str]) -> Path:
    """A tree changed by commands at the prompt of U-Boot, on QEMU's `virt`: the board's own QEMU has none."""
    plain, typed = directory / "plain.dtb", directory / "typed.dtb"
    tree.save(plain)
    board = UBootPrompt(tree=plain)
    with Machine(board, "board-uboot", login=False) as machine:
        machine.serial.expect("Hit any key to stop autoboot")
        machine.serial.send(" ")
        machine.serial.expect("=> $")
        for command in (f"setenv fdtcontroladdr {board.address:#x}", *commands):
            said = type_into_uboot(machine.serial, command)
            # What U-Boot says to `fdt addr` names the tree in use.
            assert not said or said.startswith("Working FDT set to"), f"{command}: {said}"
        machine.monitor(f'pmemsave {board.address:#x} {TREE_ROOM:#x} "{typed}"')
    return typed


def type_into_uboot(console: Console, command: str) -> str:
    start = console.mark()
    console.sendline(command)
    console.expect("^=> $")
    return "\n".join(console.transcript[start:].replace("\r", "").splitlines()[1:-1])


@dataclasses.dataclass
class Zcu102(Board):
    """Kernel and device tree are where U-Boot would put them; QEMU is the PSCI firmware."""

    name: str = "zcu102"
    config: str = "zcu102"
    cell: str = "zcu102-timer"
    tree: Path | None = None  # instead of that of make_tree()

    def machine(self) -> list[str]:
        tree = self.tree
        if not tree:
            tree = self.directory() / "zcu102.dtb"
            make_tree(tree)
        return [
            *("-machine", "xlnx-zcu102,virtualization=on,audiodev=none", "-m", "2G"),
            *("-smp", str(self.smp), "-audiodev", "none,id=none"),
            *("-kernel", str(self.kernel()), "-initrd", str(self.initrd()), "-dtb", str(tree)),
            *("-append", "console=ttyPS0,115200 panic=-1"),
        ]
