# SPDX-License-Identifier: GPL-2.0-only
"""Where the registers of a node are in the CPUs' address space.

Translates "reg" through the "ranges" of every bus up to the root, and the windows of PCI hosts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cellctl_config.tree import Node

ADDRESS_LIMIT = 1 << 64
PAGE = 0x1000

# Of a bus that does not say, by the Devicetree Specification.
DEFAULT_ADDRESS_CELLS = 2
DEFAULT_SIZE_CELLS = 1


class Range(NamedTuple):
    """Bytes from `start` up to but not including `end`."""

    start: int
    end: int

    @classmethod
    def sized(cls, start: int, size: int) -> "Range":
        return cls(start, start + size)

    @property
    def size(self) -> int:
        return self.end - self.start

    def __str__(self) -> str:
        return f"0x{self.start:x} to 0x{self.end - 1:x}"

    def overlaps(self, other: "Range") -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Range") -> bool:
        return self.start <= other.start and other.end <= self.end

    def pages(self) -> "Range":
        """The smallest range of whole pages around it."""
        return Range(self.start // PAGE * PAGE, -(-self.end // PAGE) * PAGE)

    def whole_pages(self) -> "Range":
        """The largest range of whole pages in it; may be empty."""
        start = -(-self.start // PAGE) * PAGE
        return Range(start, max(start, self.end // PAGE * PAGE))


def merge(ranges: Iterable[Range]) -> list[Range]:
    """The same bytes in order, without overlaps; what is adjacent becomes one."""
    result: list[Range] = []
    for item in sorted(ranges):
        if result and item.start <= result[-1].end:
            result[-1] = Range(result[-1].start, max(result[-1].end, item.end))
        elif item.size:
            result.append(item)
    return result


def subtract(ranges: Iterable[Range], holes: Iterable[Range]) -> list[Range]:
    """What is left of ranges when the holes are taken away."""
    result: list[Range] = []
    gaps = merge(holes)
    first = 0  # of those that may still meet something
    for item in merge(ranges):
        while first < len(gaps) and gaps[first].end <= item.start:
            first += 1
        start, i = item.start, first
        while i < len(gaps) and gaps[i].start < item.end:
            if gaps[i].start > start:
                result.append(Range(start, gaps[i].start))
            start = max(start, gaps[i].end)
            i += 1
        if start < item.end:
            result.append(Range(start, item.end))
    return result


def _number(cells: tuple[int, ...], node: Node, what: str) -> int:
    value = 0
    for cell in cells:
        value = value << 32 | cell
    if value >= ADDRESS_LIMIT:
        raise node.refuse(f"{what} 0x{value:x} does not fit into 64 bits")
    return value


def address_cells(bus: Node) -> int:
    return bus.cell_count("#address-cells", DEFAULT_ADDRESS_CELLS)


def size_cells(bus: Node) -> int:
    return bus.cell_count("#size-cells", DEFAULT_SIZE_CELLS)


def is_pci(node: Node) -> bool:
    """Whether the children of the node are on a PCI bus: their "reg" is no memory address."""
    is_wide = node.properties.get("#address-cells") == b"\0\0\0\3"
    return is_wide or node.string("device_type") in ("pci", "pciex")


def bus_registers(node: Node) -> list[Range]:
    """The entries of "reg", in addresses of the bus that the node is on."""
    if "reg" not in node or node.parent is None:
        return []
    a, s = address_cells(node.parent), size_cells(node.parent)
    cells = node.cells("reg")
    if not a + s or len(cells) % (a + s):
        raise node.refuse(f"reg has {len(cells)} cells, which are no multiple of the {a} of an "
                          f"address and the {s} of a size on {node.parent.path}")
    result = []
    for i in range(0, len(cells), a + s):
        start = _number(cells[i : i + a], node, "the address")
        size = _number(cells[i + a : i + a + s], node, "the size")
        if start + size > ADDRESS_LIMIT:
            raise node.refuse(f"reg 0x{start:x} with 0x{size:x} bytes wraps around")
        result.append(Range.sized(start, size))
    return result


class Window(NamedTuple):
    """An entry of "ranges": `child` is seen by the bus, `parent` by the bus above it."""

    flags: int  # the first cell of a PCI address; 0 elsewhere
    child: Range
    parent: int


def windows(bus: Node) -> list[Window]:
    """The entries of the "ranges" of a bus; none when it is empty."""
    if bus.parent is None:
        return []
    a, p, s = address_cells(bus), address_cells(bus.parent), size_cells(bus)
    cells = bus.cells("ranges")
    step = a + p + s
    if not step or len(cells) % step:
        raise bus.refuse(f"ranges has {len(cells)} cells, which are no multiple of {step}")
    pci = 1 if is_pci(bus) and a == 3 else 0
    result = []
    for i in range(0, len(cells), step):
        child = _number(cells[i + pci : i + a], bus, "the address in ranges")
        parent = _number(cells[i + a : i + a + p], bus, "the address in ranges")
        size = _number(cells[i + a + p : i + step], bus, "the size in ranges")
        if max(child, parent) + size > ADDRESS_LIMIT:
            raise bus.refuse(f"ranges 0x{child:x} with 0x{size:x} bytes wraps around")
        result.append(Window(cells[i] if pci else 0, Range.sized(child, size), parent))
    return result


def to_root(item: Range, bus: Node | None) -> Range | None:
    """Translates a range of addresses on `bus` to the root's. None: the CPUs do not see it."""
    while bus is not None and bus.parent is not None:
        if "ranges" not in bus or is_pci(bus):
            return None
        if bus.properties["ranges"]:
            moved = _through(item, bus)
            if moved is None:
                return None
            item = moved
        bus = bus.parent
    return item


def _through(item: Range, bus: Node) -> Range | None:
    """Linux asks only where it begins (of_bus_default_map): what a driver maps may be more than the bus has."""
    for window in windows(bus):
        if window.child.start <= item.start < window.child.end:
            offset = window.parent - window.child.start
            return Range(item.start + offset, item.end + offset)
    return None


def registers(node: Node) -> list[Range]:
    """The registers of a node that the CPUs see, in the order of its "reg"."""
    found = (to_root(item, node.parent) for item in bus_registers(node))
    return [item for item in found if item is not None and item.size]


PORTALS = "fsl,qoriq-mc"  # its "ranges" are what its driver maps, and no node below has "reg" there


def other_windows(node: Node) -> list[tuple[str, Range]]:
    """What the CPUs reach through a node besides its registers and those of nodes below it."""
    if "ranges" not in node:
        return []
    if is_pci(node) and node.string("device_type") in ("pci", "pciex"):
        return pci_windows(node)
    if node.is_compatible(PORTALS):
        items = (to_root(Range.sized(window.parent, window.child.size), node.parent) for window in windows(node))
        return [("portals", item) for item in items if item is not None and item.size]
    return []


PCI_SPACES = {0: "config", 1: "io", 2: "mem32", 3: "mem64"}


def pci_windows(host: Node) -> list[tuple[str, Range]]:
    """Where the CPUs see the spaces of a PCI host: ("mem32", range) and so on."""
    result = []
    for window in windows(host):
        space = PCI_SPACES[window.flags >> 24 & 3]
        item = to_root(Range.sized(window.parent, window.child.size), host.parent)
        if item is not None and item.size:
            result.append((space, item))
    return result
