# SPDX-License-Identifier: GPL-2.0-only
"""A device tree in memory: nodes, properties, references between nodes.

`parse(blob)` reads a flattened tree (.dtb, /sys/firmware/fdt), `read_directory(source, path)` what
Linux shows below /sys/firmware/devicetree/base. What is asked of a node that the tree answers
wrongly ends in a Refusal that names the node, never in another exception. Where registers are in
the address space says addresses.py, which interrupts a node raises interrupts.py.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from cellctl_config.refusal import Refusal

try:
    import libfdt
except ImportError:  # only flattened trees need it
    libfdt = None

MAX_DEPTH = 64  # of nodes within nodes; real trees have less than ten
MAX_CELLS = 16  # of one address, size or specifier
HEADER_SIZE = 40
MAGIC = 0xD00DFEED

BAD_TREE = "take the device tree that the machine was booted with, unchanged"


class Directory(Protocol):
    """What read_directory() needs of a place with files; sources.Source is one."""

    def read(self, path: str) -> bytes | None: ...

    def list(self, path: str) -> list[str]: ...

    def is_directory(self, path: str) -> bool: ...


class Reference(NamedTuple):
    """A phandle and the cells that follow it: `clocks = <&clk 3>` has (clk, (3,))."""

    node: "Node"
    cells: tuple[int, ...]


class Node:
    """One node. `properties` has the raw bytes by name."""

    def __init__(self, tree: "DeviceTree", name: str, parent: "Node | None") -> None:
        self.tree = tree
        self.name = name
        self.parent = parent
        self.children: list[Node] = []
        self.properties: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return f"<Node {self.path}>"

    @property
    def path(self) -> str:
        if self.parent is None:
            return "/"
        return self.parent.path.rstrip("/") + "/" + self.name

    @property
    def base_name(self) -> str:
        """The name without its unit address: "serial" of "serial@9040000"."""
        return self.name.partition("@")[0]

    @property
    def unit_address(self) -> str:
        return self.name.partition("@")[2]

    @property
    def depth(self) -> int:
        return 0 if self.parent is None else self.parent.depth + 1

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of the tree."""
        yield self
        for child in self.children:
            yield from child.walk()

    def ancestors(self) -> Iterator["Node"]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def child(self, name: str) -> "Node | None":
        """By full name, or by a name without unit address that only one child has."""
        for node in self.children:
            if node.name == name:
                return node
        found = [node for node in self.children if node.base_name == name]
        return found[0] if len(found) == 1 else None

    def __contains__(self, name: str) -> bool:
        return name in self.properties

    def refuse(self, what: str, remedy: str = BAD_TREE) -> Refusal:
        return Refusal(f"{self.tree.origin}: node {self.path}: {what}", remedy)

    # Values

    def strings(self, name: str) -> list[str]:
        """A list of strings; empty when there is no such property."""
        value = self.properties.get(name, b"")
        return [part.decode("utf-8", "replace") for part in value.split(b"\0") if part]

    def string(self, name: str) -> str | None:
        strings = self.strings(name)
        return strings[0] if strings else None

    def cells(self, name: str) -> tuple[int, ...]:
        """32-bit numbers; none when there is no such property."""
        value = self.properties.get(name, b"")
        if len(value) % 4:
            raise self.refuse(f"{name} has {len(value)} bytes, which are no 32-bit cells")
        return struct.unpack(f">{len(value) // 4}I", value)

    def number(self, name: str) -> int | None:
        """One cell, or None when there is no such property."""
        if name not in self.properties:
            return None
        cells = self.cells(name)
        if len(cells) != 1:
            raise self.refuse(f"{name} has {len(cells)} cells instead of one")
        return cells[0]

    def cell_count(self, name: str, default: int | None = None) -> int:
        """The value of #address-cells, #interrupt-cells or another such property."""
        count = self.number(name)
        if count is None:
            count = default
        if count is None:
            raise self.refuse(f"{name} is missing, though another node refers to this one")
        if count > MAX_CELLS:
            raise self.refuse(f"{name} is {count}, the most that makes sense is {MAX_CELLS}")
        return count

    @property
    def compatible(self) -> list[str]:
        return self.strings("compatible")

    def is_compatible(self, *names: str) -> bool:
        return any(name in names for name in self.compatible)

    @property
    def status(self) -> str:
        return self.string("status") or "okay"

    @property
    def is_enabled(self) -> bool:
        """Whether Linux takes the node for a device: it and all above it have status okay."""
        return all(node.status in ("okay", "ok") for node in (self, *self.ancestors()))

    @property
    def is_secure(self) -> bool:
        """Whether only the Secure world may use it: "secure-status" is the same as "status" if it is missing."""
        return self.status == "disabled" and self.string("secure-status") in ("okay", "ok")

    # References

    @property
    def phandle(self) -> int | None:
        return self.number("phandle" if "phandle" in self else "linux,phandle")

    def reference(self, name: str) -> "Node | None":
        """The node that a property with one phandle names."""
        phandle = self.number(name)
        return None if phandle is None else self.tree.by_phandle(phandle, self, name)

    def references(self, name: str, count_name: str) -> list[Reference]:
        """A list of phandles, each followed by as many cells as `count_name` of its node says."""
        cells = self.cells(name)
        result: list[Reference] = []
        i = 0
        while i < len(cells):
            if cells[i] == 0:  # an entry that is left out
                i += 1
                continue
            node = self.tree.by_phandle(cells[i], self, name)
            count = node.cell_count(count_name)
            if i + 1 + count > len(cells):
                raise self.refuse(f"{name} ends amid the reference to {node.path}")
            result.append(Reference(node, cells[i + 1 : i + 1 + count]))
            i += 1 + count
        return result


class DeviceTree:
    """A whole tree. `origin` is what messages call it: a file or a directory."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.root = Node(self, "", None)
        self.reservations: list[tuple[int, int]] = []  # /memreserve/: address, size
        self._phandles: dict[int, Node] | None = None

    def walk(self) -> Iterator[Node]:
        return self.root.walk()

    def sort_like(self, other: "DeviceTree") -> None:
        """Brings nodes into the order that they have in another tree, as far as they are there: a directory
        has none, and Linux takes the first of several."""
        _sort_like(self.root, other.root)

    def by_phandle(self, phandle: int, user: Node, name: str) -> Node:
        if self._phandles is None:
            self._phandles = {}
            for node in self.walk():
                number = node.phandle
                if number is not None:
                    self._phandles.setdefault(number, node)
        found = self._phandles.get(phandle)
        if found is None:
            raise user.refuse(f"{name} refers to phandle 0x{phandle:x}, which no node has")
        return found

    def find(self, path: str) -> Node | None:
        """A node by path; the first part may be an alias instead."""
        if not path.startswith("/"):
            alias, _, rest = path.partition("/")
            target = self.aliases.get(alias)
            if target is None or not target.startswith("/"):
                return None
            path = f"{target}/{rest}"
        node: Node | None = self.root
        for part in path.split("/"):
            if part and node is not None:
                node = node.child(part)
        return node

    @property
    def aliases(self) -> dict[str, str]:
        node = self.root.child("aliases")
        if node is None:
            return {}
        return {name: node.string(name) or "" for name in node.properties}

    @property
    def chosen(self) -> Node | None:
        return self.root.child("chosen") or self.root.child("chosen@0")

    @property
    def stdout(self) -> Node | None:
        """The node that chosen/stdout-path names."""
        chosen = self.chosen
        if chosen is None:
            return None
        path = chosen.string("stdout-path") or chosen.string("linux,stdout-path")
        return self.find(path.partition(":")[0]) if path else None

    @property
    def model(self) -> str:
        return self.root.string("model") or (self.root.compatible or ["unknown machine"])[0]

    def match(self, text: str) -> list[Node]:
        """What a user means by a path, an alias, "serial@9040000" or "serial"."""
        node = self.find(text)
        if node is not None and node is not self.root:
            return [node]
        nodes = list(self.walk())[1:]
        return [n for n in nodes if n.name == text] or [n for n in nodes if n.base_name == text]


def _sort_like(node: Node, other: Node) -> None:
    there = {child.name: (place, child) for place, child in enumerate(other.children)}
    node.children.sort(key=lambda child: there[child.name][0] if child.name in there else len(there))
    for child in node.children:
        if child.name in there:
            _sort_like(child, there[child.name][1])


# ---- Flattened trees ----


def parse(blob: bytes, origin: str) -> DeviceTree:
    """Reads a flattened device tree that may be damaged in any way."""
    fdt = _checked(blob, origin)
    tree = DeviceTree(origin)
    for i in range(fdt.num_mem_rsv()):
        tree.reservations.append(struct.unpack_from(">QQ", blob, fdt.off_mem_rsvmap() + 16 * i))
    try:
        _copy_node(fdt, 0, tree.root, 0)
    except (libfdt.FdtException, UnicodeError, SystemError) as error:
        # libfdt checks the structure; its Python side wants names to be text, or fails like this.
        raise Refusal(f"{origin} is a damaged device tree: {error.__cause__ or error}", BAD_TREE) from None
    return tree


def _checked(blob: bytes, origin: str) -> "libfdt.FdtRo":
    """libfdt reads what the header promises: see first that it is there."""
    if libfdt is None:
        raise Refusal(f"{origin} is a flattened device tree, and Python's libfdt is missing",
                      "install python3-libfdt")
    if len(blob) < HEADER_SIZE or struct.unpack_from(">I", blob)[0] != MAGIC:
        raise Refusal(f"{origin} is no flattened device tree: it does not begin with 0x{MAGIC:08x}",
                      "give a .dtb file or what `cellctl config collect` made")
    size = struct.unpack_from(">I", blob, 4)[0]
    if size > len(blob):
        raise Refusal(f"{origin} is truncated: its header says {size} bytes, there are {len(blob)}",
                      "copy the whole file")
    data = bytearray(blob[:size])
    error = libfdt.fdt_check_full(data, size) if size >= HEADER_SIZE else -libfdt.FDT_ERR_TRUNCATED
    if error:
        raise Refusal(f"{origin} is a damaged device tree: {libfdt.strerror(error)}", BAD_TREE)
    return libfdt.FdtRo(data)


def _copy_node(fdt: "libfdt.FdtRo", offset: int, node: Node, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise node.refuse(f"nodes are nested more than {MAX_DEPTH} deep")
    quiet = (libfdt.NOTFOUND,)
    at = fdt.first_property_offset(offset, quiet)
    while at >= 0:
        value = fdt.get_property_by_offset(at)
        node.properties[value.name] = bytes(value)
        at = fdt.next_property_offset(at, quiet)
    at = fdt.first_subnode(offset, quiet)
    while at >= 0:
        child = Node(node.tree, fdt.get_name(at), node)
        node.children.append(child)
        _copy_node(fdt, at, child, depth + 1)
        at = fdt.next_subnode(at, quiet)


# ---- Trees as directories ----


def read_directory(source: Directory, path: str, origin: str) -> DeviceTree:
    """Reads a tree whose nodes are directories and whose properties are files."""
    tree = DeviceTree(origin)
    _read_node(source, path, tree.root, 0)
    return tree


def _read_node(source: Directory, path: str, node: Node, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise node.refuse(f"nodes are nested more than {MAX_DEPTH} deep")
    for name in source.list(path):
        below = f"{path}/{name}"
        if source.is_directory(below):
            child = Node(node.tree, name, node)
            node.children.append(child)
            _read_node(source, below, child, depth + 1)
        elif name != "name":  # Linux adds it
            node.properties[name] = source.read(below) or b""
