# SPDX-License-Identifier: GPL-2.0-only
"""Where Linux maps what: drivers/of/address.c, the windows of PCI hosts and of fsl-mc, memory.

A range is (first byte, byte behind the last one).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fdt import Node, Tree

Range = tuple[int, int]
PAGE = 0x1000


def value(cells: list[int]) -> int:
    result = 0
    for cell in cells:
        result = result << 32 | cell
    return result


def pages(item: Range) -> Range:
    return item[0] & -PAGE, (item[1] + PAGE - 1) & -PAGE


def without(item: Range, holes: Iterable[Range]) -> list[Range]:
    left = [item]
    for start, end in holes:
        left = [piece for first, last in left for piece in ((first, min(last, start)), (max(first, end), last))
                if piece[0] < piece[1]]
    return left


def is_pci(node: Node) -> bool:
    """of_bus_pci_match(); bridges in the tree are below a host that is one, too."""
    return node.string("device_type") in ("pci", "pciex") or node.name.partition("@")[0] == "pcie"


def cell_counts(node: Node) -> tuple[int, int]:
    """Of addresses and sizes in "reg" of the node: of_n_addr_cells(), of_n_size_cells()."""
    parent = node.parent or node
    return parent.inherited("#address-cells", 1), parent.inherited("#size-cells", 1)


def entries(node: Node) -> Iterator[tuple[list[int], int]]:
    """Address and size of each entry of "reg"."""
    na, ns = cell_counts(node)
    cells = node.cells("reg")
    for i in range(0, len(cells) - na - ns + 1, na + ns or 1):
        yield cells[i : i + na], value(cells[i + na : i + na + ns])


def translate(node: Node, address: list[int]) -> int | None:
    """of_translate_address(): through the "ranges" of each bus above the node, None if one has none."""
    bus = node.parent
    while bus is not None and bus.parent is not None:
        if "ranges" not in bus.props or is_pci(bus):
            return None
        ranges = bus.cells("ranges")
        na, ns, parent = len(address), bus.inherited("#size-cells", 1), cell_counts(bus)[0]
        flags = 1 if na == 3 else 0  # of_bus_default_flags_match()
        moved = None if ranges else address
        for i in range(0, len(ranges) - na - parent - ns + 1, na + parent + ns):
            first = value(ranges[i + flags : i + na])
            size = value(ranges[i + na + parent : i + na + parent + ns])
            offset = value(address[flags:]) - first
            if 0 <= offset < size and ranges[i : i + flags] == address[:flags]:
                moved = cells_of(value(ranges[i + na : i + na + parent]) + offset, parent)
                break
        if moved is None:
            return None
        address = moved
        bus = bus.parent
    return value(address)


def cells_of(number: int, count: int) -> list[int]:
    return [number >> 32 * i & 0xFFFFFFFF for i in reversed(range(count))]


def registers(node: Node) -> list[Range]:
    """What of_address_to_resource() gives for each entry of "reg"."""
    if node.parent is None or is_pci(node.parent):
        return []
    found = ((translate(node, address), size) for address, size in entries(node))
    return [(start, start + size) for start, size in found if start is not None and size]


def windows(node: Node) -> list[Range]:
    """What a bus shows the CPUs besides registers of nodes: a PCI host (of_pci_range_parser), and the
    portals of DPAA2, which fsl-mc-bus.c finds in the same form.
    """
    is_host = is_pci(node) and node.parent is not None and not any(is_pci(bus) for bus in node.ancestors)
    if not is_host and not node.is_a("fsl,qoriq-mc") or "ranges" not in node.props:
        return []
    na, ns, parent = 3, node.inherited("#size-cells", 1), cell_counts(node)[0]
    cells = node.cells("ranges")
    result = []
    for i in range(0, len(cells) - na - parent - ns + 1, na + parent + ns):
        start = translate(node, cells[i + na : i + na + parent])
        size = value(cells[i + na + parent : i + na + parent + ns])
        if start is not None and size:
            result.append((start, start + size))
    return result


# ---- Memory ----


def memory(tree: Tree) -> list[Range]:
    """early_init_dt_scan_memory()"""
    return [item for node in tree.root.children
            if node.string("device_type") == "memory" and node.is_available for item in registers(node)]


def reservations(tree: Tree) -> list[tuple[Node, Range]]:
    """Those with an address: __reserved_mem_reserve_reg()."""
    parent = tree.by_path.get("/reserved-memory")
    return [(node, item) for node in (parent.children if parent else []) if node.is_available
            for item in registers(node)]


def is_device(node: Node) -> bool:
    """Whether "reg" is registers, not memory, a CPU or a function of a PCI bus."""
    above = [place.path for place in (node, *node.ancestors)]
    return not ("/cpus" in above or "/reserved-memory" in above or node.string("device_type") == "memory"
                or any(is_pci(bus) for bus in node.ancestors))
