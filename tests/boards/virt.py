# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's `virt` through U-Boot at EL2, whose boot script reserves the memory; and by a strict firmware."""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path

import documents
from board import Board
from media import MIB, make_image, make_script
from qemu import Config, environment

# As docs/boards/qemu-virt.md has them.
MAKE_SCRIPT, START = documents.commands("docs/boards/qemu-virt.md", "virt")


def without_consoles(command: str) -> list[str]:
    """QEMU's arguments, but for those about consoles: the tests have their own."""
    words = [word for word in shlex.split(command)[1:] if word != "-nographic"]
    while "-serial" in words:
        start = words.index("-serial")
        del words[start : start + 2]
    return words


@dataclasses.dataclass
class UBootVirt(Board):
    """U-Boot is the firmware; kernel, initramfs and script are on a disk."""

    gic: int = 3
    cell: str = "demo-timer"

    def disk(self) -> Path:
        directory = self.directory()
        files = {
            "Image": self.kernel(),
            "initrd.gz": self.initrd(),
            "boot.scr": make_script(MAKE_SCRIPT, directory),
        }
        make_image(directory / "disk.img", 128 * MIB, files)
        return directory / "disk.img"

    def machine(self) -> list[str]:
        command = START.replace("gic-version=3", f"gic-version={self.gic}")
        command = command.replace("u-boot.bin", str(uboot())).replace("disk.img", str(self.disk()))
        return without_consoles(command)


@dataclasses.dataclass
class StrictVirt(Board):
    """The firmware of tests/firmware, which stops the machine at whatever EL3 can trap."""

    gic: int = 3
    cpu: str = "neoverse-n2"
    cell: str = "demo-native-idle"  # the second UART is the firmware's

    def command(self) -> list[str]:
        machine = Config(gic=self.gic, cpu=self.cpu, firmware="strict", reserve="dt")
        machine.serial, machine.serial2 = self.serial, self.serial2
        return machine.command()


def uboot() -> Path:
    return Path(environment()["BOARD_FIRMWARE"]) / "u-boot" / "qemu_arm64" / "u-boot.bin"


@dataclasses.dataclass
class UBootPrompt(Board):
    """U-Boot without anything to boot, and a device tree in memory to try commands on."""

    name: str = "uboot"
    config: str = ""
    cell: str = ""
    tree: Path = Path()
    address: int = 0x48000000

    def machine(self) -> list[str]:
        loader = f"loader,file={self.tree},addr={self.address:#x},force-raw=on"
        return [*"-machine virt -cpu cortex-a57 -m 1G -bios".split(), str(uboot()), "-device", loader]
