# SPDX-License-Identifier: GPL-2.0-only
"""A flattened device tree as the sweep's own walk sees it: drivers/of/base.c, as far as it is needed.

Nothing here or in linux_*.py knows tools/cellctl-config: what both find is compared.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import libfdt

QUIET = (libfdt.NOTFOUND,)


class Node:
    """One node; `props` has its properties as bytes."""

    def __init__(self, tree: Tree, name: str, parent: Node | None) -> None:
        self.tree = tree
        self.name = name
        self.parent = parent
        self.children: list[Node] = []
        self.props: dict[str, bytes] = {}
        self.path = "/" if parent is None else f"{parent.path.rstrip('/')}/{name}"

    def cells(self, name: str) -> list[int]:
        value = self.props.get(name, b"")
        return list(struct.unpack(f">{len(value) // 4}I", value[: len(value) // 4 * 4]))

    def number(self, name: str) -> int | None:
        cells = self.cells(name)
        return cells[0] if cells else None

    def string(self, name: str) -> str:
        return self.props.get(name, b"").partition(b"\0")[0].decode("utf-8", "replace")

    @property
    def compatible(self) -> list[str]:
        return [name.decode("utf-8", "replace") for name in self.props.get("compatible", b"").split(b"\0") if name]

    def is_a(self, *names: str) -> bool:
        return any(name in names for name in self.compatible)

    @property
    def ancestors(self) -> Iterator[Node]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    @property
    def is_available(self) -> bool:
        """of_device_is_available() of it and of all buses above, without which it is not found."""
        return all(node.string("status") in ("", "okay", "ok") for node in (self, *self.ancestors))

    def inherited(self, name: str, default: int) -> int:
        """of_bus_n_addr_cells(): of the node, or of the nearest one above that says it."""
        for node in (self, *self.ancestors):
            if name in node.props:
                return node.cells(name)[0]
        return default

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()


class Tree:
    """All nodes, in the order of the tree."""

    def __init__(self, path: Path) -> None:
        fdt = libfdt.FdtRo(path.read_bytes())
        self.root = self._read(fdt, 0, None)
        self.nodes = list(self.root.walk())
        self.by_path = {node.path: node for node in self.nodes}
        self.by_phandle = {node.cells(name)[0]: node for name in ("linux,phandle", "phandle")
                           for node in self.nodes if name in node.props}
        self.reserved = [fdt.get_mem_rsv(i) for i in range(fdt.num_mem_rsv())]

    def _read(self, fdt: libfdt.FdtRo, offset: int, parent: Node | None) -> Node:
        node = Node(self, fdt.get_name(offset), parent)
        at = fdt.first_property_offset(offset, QUIET)
        while at >= 0:
            value = fdt.get_property_by_offset(at)
            node.props[value.name] = bytes(value)
            at = fdt.next_property_offset(at, QUIET)
        at = fdt.first_subnode(offset, QUIET)
        while at >= 0:
            node.children.append(self._read(fdt, at, node))
            at = fdt.next_subnode(at, QUIET)
        return node

    @property
    def stdout(self) -> Node | None:
        path = self.by_path["/chosen"].string("stdout-path").partition(":")[0] if "/chosen" in self.by_path else ""
        if path and not path.startswith("/") and "/aliases" in self.by_path:
            path = self.by_path["/aliases"].string(path)
        return self.by_path.get(path)
