# SPDX-License-Identifier: GPL-2.0-only
"""What firmware does to the tree of a kernel package before Linux gets it: memory and, by the recipe of
`cellctl hardware check`, the node that keeps some of it for Cellblock.
"""

from __future__ import annotations

import re
from pathlib import Path

import libfdt
from fdt import Tree
from linux_address import PAGE, Range, cells_of, is_device, memory, registers, reservations, windows, without

MIB = 1 << 20
BLOCK = 64 * MIB
FOUR_GIB = 1 << 32
MOST = 2048 * MIB
ROOM = 8192  # for nodes that are added


def ram_of(tree: Tree) -> Range:
    """Where RAM may be on a board whose tree leaves it to the firmware: the piece of the first 4 GiB
    without registers that has most of the reserved memory, or else the largest one.
    """
    taken = [item for node in tree.nodes if is_device(node) for item in registers(node) + windows(node)]
    blocks = [(start & -BLOCK, (end + BLOCK - 1) & -BLOCK) for start, end in taken]
    reserved = [item for _, item in reservations(tree)]

    def merit(piece: Range) -> tuple[int, int]:
        inside = sum(piece[0] <= start and end <= piece[1] for start, end in reserved)
        return inside, piece[1] - piece[0]

    start, end = max(without((0, FOUR_GIB), blocks), key=merit)
    last = max([last for first, last in reserved if start <= first and last <= end], default=0)
    return start, min(end, max(start + MOST, (last + BLOCK - 1) & -BLOCK))


class Editor:
    """A tree that is changed in place."""

    def __init__(self, path: Path) -> None:
        blob = path.read_bytes()
        self.path = path
        self.fdt = libfdt.Fdt(blob)
        self.fdt.resize(len(blob) + ROOM)

    def node(self, path: str) -> int:
        offset = 0
        for name in path.strip("/").split("/"):
            found = self.fdt.subnode_offset(offset, name, (libfdt.NOTFOUND,))
            offset = self.fdt.add_subnode(offset, name) if found < 0 else found
        return offset

    def set(self, path: str, name: str, value: list[int] | str | None = None) -> None:
        data = b"" if value is None else value.encode() + b"\0" if isinstance(value, str) else b"".join(
            cell.to_bytes(4, "big") for cell in value)
        self.fdt.setprop(self.node(path), name, data)

    def write(self) -> None:
        self.path.write_bytes(self.fdt.as_bytearray())


def fill_in_memory(path: Path) -> None:
    """Nothing if the tree says where RAM is."""
    tree = Tree(path)
    if sum(end - start for start, end in memory(tree)) >= PAGE:
        return
    node = next((node.path for node in tree.root.children if node.string("device_type") == "memory"), None)
    start, end = ram_of(tree)
    counts = tree.root.inherited("#address-cells", 1), tree.root.inherited("#size-cells", 1)
    editor = Editor(path)
    editor.set(node or f"/memory@{start:x}", "device_type", "memory")
    editor.set(node or f"/memory@{start:x}", "reg", cells_of(start, counts[0]) + cells_of(end - start, counts[1]))
    editor.write()


def follow_recipe(path: Path, lines: list[str]) -> None:
    """What U-Boot makes of `fdt mknode` and `fdt set`."""
    editor = Editor(path)
    for line in lines:
        made = re.fullmatch(r"fdt mknode (\S+) (\S+)", line)
        given = re.fullmatch(r'fdt set (\S+) "?([^" ]+)"?(?: <(.*)>)?', line)
        if made:
            editor.node(f"{made[1]}/{made[2]}")
        elif given:
            editor.set(given[1], given[2], [int(cell, 0) for cell in given[3].split()] if given[3] else None)
    editor.write()
