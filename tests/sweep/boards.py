# SPDX-License-Identifier: GPL-2.0-only
"""Which trees there are: those of the kernel packages that scripts/fetch.sh has downloaded."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import libfdt

PACKAGES = Path(__file__).resolve().parents[2] / "build" / "debian"


class Tree(NamedTuple):
    """A tree of a package: "6.12.95+deb12-arm64", "freescale/imx8mp-evk.dtb"."""

    package: str
    name: str
    path: Path

    def __str__(self) -> str:
        return f"{self.package}/{self.name}"


def _version(package: Path) -> list[int]:
    """Of "linux-image-6.12.95+deb12-arm64", whatever fetch.sh calls the kernel."""
    return [int(part) for part in re.findall(r"\d+", package.name.removeprefix("linux-image-"))[:3]]


@cache
def all_trees() -> list[Tree]:
    """Of the newest kernel all; of others what differs from those."""
    found, seen = [], set()
    packages = PACKAGES.glob("linux-*/usr/lib/linux-image-*")
    for package in sorted(sorted(packages), key=_version, reverse=True):
        for path in sorted(package.glob("**/*.dtb")):
            digest = hashlib.sha256(path.read_bytes()).digest()
            if digest not in seen:
                seen.add(digest)
                name = f"{path.parent.name}/{path.name}"
                found.append(Tree(package.name.removeprefix("linux-image-"), name, path))
    return found


def soc_of(path: Path) -> str:
    """The last of the names of a tree's root is the system on the chip."""
    names = libfdt.FdtRo(path.read_bytes()).getprop(0, "compatible", (libfdt.NOTFOUND,))
    return path.stem if isinstance(names, int) else bytes(names).rstrip(b"\0").split(b"\0")[-1].decode()


def one_of_each_soc() -> list[Tree]:
    """Of many boards with one that which has most in its tree."""
    largest: dict[str, Tree] = {}
    for tree in all_trees():
        soc = soc_of(tree.path)
        if soc not in largest or (tree.package == largest[soc].package
                                  and tree.path.stat().st_size > largest[soc].path.stat().st_size):
            largest[soc] = tree
    return sorted(largest.values())
