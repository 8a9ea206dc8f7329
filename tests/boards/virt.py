# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's `virt` through U-Boot at EL2, whose boot script reserves the memory."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from board import Board
from media import MIB, make_image, make_script
from qemu import ROOT, environment

BOOT_SCRIPT = ROOT / "configs" / "arm64" / "qemu-virt-boot.cmd"


@dataclasses.dataclass
class UBootVirt(Board):
    """U-Boot is the firmware; kernel, initramfs and script are on a disk."""

    gic: int = 3
    cell: str = "demo-timer"

    def disk(self) -> Path:
        directory = self.directory()
        make_script(BOOT_SCRIPT, directory / "boot.scr")
        files = {
            "Image": self.kernel(),
            "initrd.gz": self.initrd(),
            "boot.scr": directory / "boot.scr",
        }
        make_image(directory / "disk.img", 128 * MIB, files)
        return directory / "disk.img"

    def machine(self) -> list[str]:
        firmware = environment()["BOARD_FIRMWARE"]
        return [
            *("-machine", f"virt,virtualization=on,gic-version={self.gic}", "-cpu", "cortex-a57"),
            *("-smp", str(self.smp), "-m", "1G"),
            *("-bios", f"{firmware}/u-boot/qemu_arm64/u-boot.bin"),
            *("-drive", f"if=none,id=disk,format=raw,file={self.disk()}"),
            *("-device", "virtio-blk-device,drive=disk"),
        ]
