# SPDX-License-Identifier: GPL-2.0-only
"""The Raspberry Pi 4 under QEMU.

The VideoCore's firmware, which loads the first program and the device tree from the SD card, is
QEMU's loader here; everything from the first instruction of an Arm core on is the real thing,
but for one of TF-A's instructions that QEMU does not know.
"""

from __future__ import annotations

import dataclasses
import struct
from pathlib import Path

import documents
from board import Board
from media import MIB, make_image, make_script
from qemu import environment
from tree import Tree, path_of

# As docs/boards/rpi4.md has it, before what is typed on the machine.
MAKE_SCRIPT, *TYPED = documents.commands("docs/boards/rpi4.md", "rpi4")

# What QEMU's model does not have, and drivers would wait for or trip over.
MISSING = (
    "/soc/interrupt-controller@7ef00100",
    "/soc/clock@7ef00000",
    "/soc/hdmi@7ef00700",
    "/soc/hdmi@7ef05700",
    "/soc/i2c@7ef04500",
    "/soc/i2c@7ef09500",
    "/soc/hvs@7e400000",
    "/soc/pixelvalve@7e206000",
    "/soc/pixelvalve@7e207000",
    "/soc/pixelvalve@7e20a000",
    "/soc/pixelvalve@7e216000",
    "/soc/pixelvalve@7ec12000",
    "/gpu",
    "/v3dbus/gpu@7ec04000",
    "/soc/txp@7e004000",
    "/soc/vec@7ec13000",
    "/scb/pcie@7d500000",
    "/scb/ethernet@7d580000",
    "/soc/rng@7e104000",
    "/soc/avs-monitor@7d5d2000",
)

# The mini UART and what shares its registers and clock.
CELL_UART = ("/soc/aux@7e215000", "/soc/serial@7e215040")

# What the VideoCore leaves of the first GiB.
MEMORY = 0x3B400000
RESERVED, RESERVED_SIZE = 0x10000000, 0x10000000

# Where the firmware of a Pi tells its first program (armstub) about the next.
STUB_HEADER = 0xF0
STUB_MAGIC = 0x5AFE570B
UBOOT = 0x80000
TREE = 0x02000000

# TF-A turns a core off with a warm reset by RMR_EL3, which QEMU ignores. To turn the MMU off and
# jump to the reset vector has the same effect.
RMR_RESET = struct.pack("<4I", 0xD2800060, 0xD51EC040, 0xD503207F, 0x17FFFFFF)
JUMP_TO_RESET = struct.pack("<4I", 0xD51E101F, 0xD5033FDF, 0xD2800000, 0xD61F0000)


def base_tree() -> Tree:
    """Debian's device tree, less what QEMU lacks, with the PL011 as console (disable-bt)."""
    tree = Tree(path_of("broadcom/bcm2711-rpi-4-b.dtb"))
    for node in MISSING:
        tree.disable(node)
    tree.set("/chosen", "stdout-path", "serial0:115200n8")
    tree.drop_node("/soc/serial@7e201000/bluetooth")
    tree.set("/memory@0", "reg", [0, 0, MEMORY])
    return tree


def make_stub(path: Path, kernel: int, tree: int) -> None:
    """TF-A as the VideoCore leaves it in memory, knowing where the others are."""
    bl31 = Path(environment()["BOARD_FIRMWARE"]) / "arm-trusted-firmware" / "rpi4" / "bl31.bin"
    stub = bytearray(bl31.read_bytes())
    assert stub.count(RMR_RESET) == 1, f"{bl31}: another TF-A than was patched before"
    start = stub.index(RMR_RESET)
    stub[start : start + len(RMR_RESET)] = JUMP_TO_RESET
    assert struct.unpack_from("<I", stub, STUB_HEADER)[0] == STUB_MAGIC, f"{bl31}: no armstub"
    struct.pack_into("<4I", stub, STUB_HEADER, 0, 0, tree, kernel)
    path.write_bytes(stub)


@dataclasses.dataclass
class Rpi4(Board):
    """What its ways to boot have in common."""

    config: str = "rpi4"
    cell: str = "rpi4-timer"

    def base(self) -> list[str]:
        # With a thread for each CPU, those that poll keep the others from running.
        return ["-machine", "raspi4b", "-accel", "tcg,thread=single"]

    @staticmethod
    def loader(path: Path | str, address: int) -> list[str]:
        return ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]


@dataclasses.dataclass
class UBootRpi4(Rpi4):
    """TF-A, U-Boot, and kernel, initramfs and script on an SD card."""

    name: str = "rpi4-u-boot"

    def card(self) -> Path:
        directory = self.directory()
        files = {
            "Image": self.kernel(),
            "initrd.gz": self.initrd(),
            "boot.scr": make_script(MAKE_SCRIPT, directory),
        }
        make_image(directory / "sd.img", 128 * MIB, files)
        return directory / "sd.img"

    def machine(self) -> list[str]:
        directory = self.directory()
        base_tree().save(directory / "rpi4.dtb")
        make_stub(directory / "bl31.bin", UBOOT, TREE)
        uboot = f"{environment()['BOARD_FIRMWARE']}/u-boot/rpi_4/u-boot.bin"
        return [
            *self.base(),
            # For TF-A: the model has no Secure state in its GIC otherwise.
            *("-global", "arm_gic.has-security-extensions=on"),
            *self.loader(directory / "bl31.bin", 0),
            *self.loader(uboot, UBOOT),
            *self.loader(directory / "rpi4.dtb", TREE),
            *("-drive", f"if=sd,format=raw,file={self.card()}"),
        ]


@dataclasses.dataclass
class StockRpi4(Rpi4):
    """The kernel at EL2 without PSCI, CPUs in the spin table of QEMU, which does as the firmware."""

    name: str = "rpi4-stock"
    config: str = "rpi4-spin-table"
    cpus: int = 2  # of Linux; the others stay in the spin table

    def machine(self) -> list[str]:
        tree = base_tree()
        tree.reserve(RESERVED, RESERVED_SIZE, 1)
        for node in CELL_UART:
            tree.disable(node)
        tree.save(self.directory() / "rpi4.dtb")
        arguments = f"console=ttyAMA0,115200 panic=-1 nr_cpus={self.cpus}"
        return [
            *self.base(),
            *("-kernel", str(self.kernel()), "-initrd", str(self.initrd())),
            *("-dtb", str(self.directory() / "rpi4.dtb"), "-append", arguments),
        ]
