# SPDX-License-Identifier: GPL-2.0-only
"""Device trees of the boards, changed as a board's boot needs it (libfdt).

    tree = Tree(path_of("broadcom/bcm2711-rpi-4-b.dtb"))
    tree.disable("/gpu")
    tree.save(directory / "rpi4.dtb")
"""

from __future__ import annotations

from pathlib import Path

import libfdt
from qemu import environment

ROOM = 0x4000  # for what is added


def path_of(name: str) -> Path:
    """A device tree of Debian's kernel package."""
    modules = Path(environment()["MODULES_DIR"])
    return modules.parents[2] / "usr" / "lib" / f"linux-image-{modules.name}" / name


class Tree:
    """A device tree in memory. Nodes are named by their paths."""

    def __init__(self, path: Path) -> None:
        self._fdt = libfdt.Fdt(path.read_bytes())
        self._fdt.resize(self._fdt.totalsize() + ROOM)

    def _node(self, path: str) -> int:
        return self._fdt.path_offset(path)

    def has(self, path: str) -> bool:
        return self._fdt.path_offset(path, [libfdt.NOTFOUND]) >= 0

    def add(self, path: str, **properties: str | int | list[int]) -> None:
        """Adds a node, and what it lacks above it; underscores in names become hyphens."""
        parent, _, name = path.rpartition("/")
        if parent and not self.has(parent):
            self.add(parent)
        if not self.has(path):
            self._fdt.add_subnode(self._node(parent or "/"), name)
        for key, value in properties.items():
            self.set(path, key.replace("_", "-"), value)

    def set(self, path: str, name: str, value: str | int | list[int]) -> None:
        """Sets a property: a string, one cell or several."""
        if isinstance(value, str):
            self._fdt.setprop_str(self._node(path), name, value)
        else:
            cells = value if isinstance(value, list) else [value]
            data = b"".join(cell.to_bytes(4, "big") for cell in cells)
            self._fdt.setprop(self._node(path), name, data)

    def flag(self, path: str, name: str) -> None:
        self._fdt.setprop(self._node(path), name, b"")

    def drop(self, path: str, *names: str) -> None:
        """Removes those properties that are there."""
        for name in names:
            self._fdt.delprop(self._node(path), name, [libfdt.NOTFOUND])

    def drop_node(self, path: str) -> None:
        if self.has(path):
            self._fdt.del_node(self._node(path))

    def disable(self, path: str) -> None:
        if self.has(path):
            self.set(path, "status", "disabled")

    def reserve(self, start: int, size: int, size_cells: int) -> None:
        """Keeps memory from Linux, for the hypervisor and its cells."""
        if not self.has("/reserved-memory"):
            self.add("/reserved-memory", **{"#address-cells": 2, "#size-cells": size_cells})
            self.flag("/reserved-memory", "ranges")
        node = f"/reserved-memory/cellblock@{start:x}"
        sizes = [size >> 32, size & 0xFFFFFFFF][2 - size_cells :]
        self.add(node, reg=[start >> 32, start & 0xFFFFFFFF, *sizes])
        self.flag(node, "no-map")

    def save(self, path: Path) -> None:
        self._fdt.pack()
        path.write_bytes(self._fdt.as_bytearray())
