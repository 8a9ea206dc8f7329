# SPDX-License-Identifier: GPL-2.0-only
"""The frames of the GIC as the configuration wants them, and the SPIs that messages raise."""

from __future__ import annotations

import re
from typing import NamedTuple

from cellctl_config.addresses import Range, address_cells, registers, to_root
from cellctl_config.controllers import END_SPIS, FIRST_SPI, GICV3_NAMES, gic_version, pool_of
from cellctl_config.interrupts import parent_or_none
from cellctl_config.machine import Machine
from cellctl_config.refusal import Refusal
from cellctl_config.tree import Node

KIB = 1 << 10
PAGES_V2 = 8 * KIB  # what GICC and GICV have: two pages
ALIASED = 128 * KIB  # a GICv2 frame whose two pages are each repeated over 64 KiB
FRAMES_V2 = ("gicd", "gicc", "gich", "gicv")
GICR_STRIDE = 128 * KIB
GICR_STRIDE_V4 = 256 * KIB  # of GICv4 with its four frames, or with as much room left
GICD_SIZE = 64 * KIB
ITS_SIZE = 128 * KIB  # control registers and the frame for messages, 64 KiB each


class Gic(NamedTuple):
    """`frames` by name; `covers` is all that `nodes` have in the address space."""

    version: int
    frames: dict[str, Range]
    nodes: list[Node]
    covers: list[Range]
    notes: list[str]
    comments: dict[str, str]


def gic_of(machine: Machine, nr_cpus: int) -> Gic:
    node = machine.gic
    regs = registers(node)
    return _gicv2(node, regs, nr_cpus) if gic_version(node) == 2 else _gicv3(machine, node, regs, nr_cpus)


# ---- GICv2 ----


def _gicv2(node: Node, regs: list[Range], nr_cpus: int) -> Gic:
    if len(regs) < len(FRAMES_V2):
        missing = ", ".join(name.upper() for name in FRAMES_V2[len(regs) :])
        raise node.refuse(f"reg has {len(regs)} entries: {missing} missing",
                          "Cellblock needs the virtualization extensions of GICv2: if the chip has them, its "
                          "manual or a newer device tree says where, add that to reg; if it has none, it cannot "
                          "run Cellblock")
    if nr_cpus > 8:
        raise node.refuse(f"there are {nr_cpus} CPUs, and a GICv2 serves 8",
                          "boot Linux with nr_cpus=8")
    gic = Gic(2, {}, [node], list(regs[:4]), [], {})
    for name, item in zip(FRAMES_V2, regs):
        gic.frames[name] = item.pages()
    _place_gicc(gic, node, regs[1])
    if gic.frames["gicv"].size < PAGES_V2:
        gic.frames["gicv"] = Range.sized(gic.frames["gicv"].start, PAGES_V2)
    _cut_overlaps(gic)
    return gic


def _cut_overlaps(gic: Gic) -> None:
    """Some trees give each frame of a GIC-400 64 KiB, where the next one follows after 4 or 8."""
    starts = sorted(frame.start for frame in gic.frames.values())
    for name, frame in gic.frames.items():
        inside = [start for start in starts if frame.start < start < frame.end]
        if inside:
            gic.frames[name] = Range(frame.start, inside[0])
            gic.comments[name] = "as far as no other frame, which the device tree has in it as well"


def _place_gicc(gic: Gic, node: Node, item: Range) -> None:
    start = item.start
    if item.size == ALIASED:
        # Linux moves there too ("Adjusting CPU interface base"): the second page follows.
        start += 60 * KIB
        gic.comments["gicc"] = "the last copy of the first page, which the second one follows"
    elif item.size < PAGES_V2:
        gic.notes.append(
            f"{node.path} describes only the first page of GICC (0x{item.size:x} bytes): Linux then "
            "does not use EL2's way of ending interrupts, and enable is refused; boot it with "
            "irqchip.gicv2_force_probe=1, or correct the device tree")
    gic.frames["gicc"] = Range.sized(start, PAGES_V2)
    gic.covers.append(gic.frames["gicc"])


# ---- GICv3 ----


def _gicv3(machine: Machine, node: Node, regs: list[Range], nr_cpus: int) -> Gic:
    count = node.number("#redistributor-regions") or 1
    if len(regs) < 1 + count:
        raise node.refuse(f"reg has {len(regs)} entries instead of GICD and {count} of GICR")
    stride = _stride(node)
    if regs[1].size < nr_cpus * stride:
        raise node.refuse(f"the first range of redistributors (0x{regs[1].size:x} bytes) does not hold "
                          f"those of all {nr_cpus} CPUs",
                          "boot Linux with nr_cpus= so that it does: Cellblock works with one range")
    gic = Gic(3, {"gicd": regs[0], "gicr": regs[1]}, [node], [], [], {})
    if count > 1:
        gic.notes.append(f"{node.path} has {count} ranges of redistributors: see that those of all CPUs "
                         "in .cpus are in the first one")
    if stride == GICR_STRIDE_V4 and "GICv4 features" not in machine.dmesg:
        gic.notes.append(f"{node.path} has redistributors 256 KiB apart: of a GICv4 that is known to work, while of a "
                         "GICv3 `cellctl enable` reads what lies between them, which nobody has tried on hardware")
    for its in its_nodes(machine)[:1]:  # Linux's first; others are devices of the root cell
        gic.frames["its"] = _its_frame(gic, registers(its)[0])
        gic.nodes.append(its)
    _cut_gicd(machine, gic)
    messages = _message_page(node)
    if gic.frames["gicd"].end in (page.start for page in messages):
        gic.frames["gicd"] = Range(gic.frames["gicd"].start, messages[0].end)
        gic.comments["gicd"] = "with the page for messages behind it, which raises any SPI"
    gic.covers.extend([*gic.frames.values(), *regs[2:], *messages])
    return gic


def _stride(node: Node) -> int:
    """How far the redistributors are apart."""
    cells = node.cells("redistributor-stride")
    if cells and cells[-1] not in (GICR_STRIDE, GICR_STRIDE_V4):
        raise node.refuse(f"redistributor-stride is 0x{cells[-1]:x}",
                          f"Cellblock works with redistributors of 0x{GICR_STRIDE:x} or 0x{GICR_STRIDE_V4:x} bytes")
    return cells[-1] if cells else GICR_STRIDE


def _its_frame(gic: Gic, item: Range) -> Range:
    """Some trees have only what a CPU writes to."""
    if item.size >= ITS_SIZE:
        return item
    gic.comments["its"] = "the device tree has the first half, which the frame for messages follows"
    return Range.sized(item.start, ITS_SIZE)


def _cut_gicd(machine: Machine, gic: Gic) -> None:
    """Some trees describe one range for all frames of the GIC. The distributor is what comes first, with
    the page behind it that GIC-500 has for messages."""
    gicd = gic.frames["gicd"]
    others = [gic.frames["gicr"], *(registers(its)[0] for its in its_nodes(machine))]
    inside = [other.start for other in others if other.overlaps(gicd) and other.start >= gicd.start + GICD_SIZE]
    if inside:
        gic.frames["gicd"] = Range(gicd.start, min(inside))
        gic.comments["gicd"] = "as far as no other frame, which the device tree has in it as well"


def _message_page(node: Node) -> list[Range]:
    """Where else than at the distributor devices send messages to. Who has that raises any SPI."""
    cells = node.cells("mbi-alias")
    if not cells or node.parent is None:
        return []
    start = 0
    for cell in cells[: address_cells(node.parent)]:
        start = start << 32 | cell
    found = to_root(Range.sized(start, GICD_SIZE), node.parent)
    return [found] if found is not None else []


def its_nodes(machine: Machine) -> list[Node]:
    return [node for node in machine.tree.walk()
            if node.is_compatible("arm,gic-v3-its") and node.is_enabled and registers(node)]


# ---- Messages that raise SPIs ----


def message_spis(machine: Machine) -> tuple[dict[int, str], list[str]]:
    """INTIDs that messages raise, by what takes those, and what is not known of them."""
    found: dict[int, str] = {}
    notes: list[str] = []
    for node in machine.tree.walk():
        if not node.is_enabled:
            continue
        is_frame = node.is_compatible("arm,gic-v2m-frame")
        spis = list(_frame_spis(machine, node)) if is_frame else _spis_of_pool(node, notes)
        found.update(dict.fromkeys(spis, f"{node.name} (MSI)"))
        if is_frame and not spis:
            notes.append(f"which SPIs {node.path} raises, only the hardware knows: "
                         "`dmesg | grep GICv2m` has them (SPI[first:last]); add them with --spis")
    return found, notes


def _spis_of_pool(node: Node, notes: list[str]) -> list[int]:
    kind = pool_of(node)
    if kind is None or not kind.by_message:
        return []
    try:
        spis = list(kind.spis(node, parent_or_none(node)))
    except Refusal as refusal:
        notes.append(f"its SPIs are left out: {refusal.message}")
        return []
    if not spis and not node.is_compatible(*GICV3_NAMES):
        notes.append(f"which SPIs {node.path} raises, the device tree does not say: see what Linux calls them in "
                     "/proc/interrupts, and add them with --spis")
    return [intid for intid in spis if FIRST_SPI <= intid < END_SPIS]


def _frame_spis(machine: Machine, node: Node) -> range:
    base, count = node.number("arm,msi-base-spi"), node.number("arm,msi-num-spis")
    if base is not None and count is not None:
        return range(base, min(base + count, END_SPIS))
    for item in registers(node):
        pattern = rf"GICv2m: range\[mem 0x0*{item.start:x}-0x[0-9a-f]+\], SPI\[(\d+):(\d+)\]"
        match = re.search(pattern, machine.dmesg)
        if match:
            return range(int(match[1]), min(int(match[2]) + 1, END_SPIS))
    return range(0)
