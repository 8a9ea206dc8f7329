# SPDX-License-Identifier: GPL-2.0-only
"""Boot media: disk images with one FAT partition, and U-Boot's scripts. Needs no privileges."""

from __future__ import annotations

import shlex
import struct
import subprocess
from pathlib import Path

from qemu import ROOT

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


def make_script(command: str, directory: Path) -> Path:
    """boot.scr from what somebody can read, by the command that a page has for the source tree."""
    script, configs = directory / "boot.scr", directory / "configs"
    script.unlink(missing_ok=True)
    configs.unlink(missing_ok=True)
    configs.symlink_to(ROOT / "configs")
    subprocess.run(shlex.split(command), cwd=directory, check=True, stdout=subprocess.DEVNULL)
    return script
