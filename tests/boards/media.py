# SPDX-License-Identifier: GPL-2.0-only
"""Boot media: disk images with one FAT partition, and U-Boot's scripts. Needs no privileges."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

SECTOR = 512
FIRST_SECTOR = 2048
MIB = 1024 * 1024
FAT32_LBA = 0x0C
# Cylinder, head and sector: nobody reads them where there is LBA.
CHS_BEYOND = b"\xfe\xff\xff"


def write_partition_table(image: Path, sectors: int) -> None:
    """A master boot record whose one partition is bootable and takes all the rest."""
    entry = struct.pack(
        "<B3sB3sII", 0x80, CHS_BEYOND, FAT32_LBA, CHS_BEYOND, FIRST_SECTOR, sectors - FIRST_SECTOR
    )
    record = bytes(446) + entry + bytes(48) + b"\x55\xaa"
    with open(image, "r+b") as file:
        file.write(record)


def make_image(image: Path, size: int, files: dict[str, Path]) -> None:
    """An image of `size` bytes with these files in the partition's root."""
    image.unlink(missing_ok=True)
    with open(image, "wb") as file:
        file.truncate(size)
    write_partition_table(image, size // SECTOR)
    where = f"{image}@@{FIRST_SECTOR * SECTOR}"
    sectors = size // SECTOR - FIRST_SECTOR
    subprocess.run(["mformat", "-i", where, "-F", "-T", str(sectors), "::"], check=True)
    for name, path in files.items():
        subprocess.run(["mcopy", "-i", where, str(path), f"::{name}"], check=True)


def make_script(source: Path, script: Path) -> None:
    """boot.scr from what somebody can read."""
    command = ["mkimage", "-q", "-A", "arm64", "-T", "script", "-C", "none", "-d"]
    subprocess.run([*command, str(source), str(script)], check=True, stdout=subprocess.DEVNULL)
