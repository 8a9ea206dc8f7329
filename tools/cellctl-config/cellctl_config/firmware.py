# SPDX-License-Identifier: GPL-2.0-only
"""What is the firmware's on a machine, as far as its device tree says it.

Memory that holds its code: on many boards nothing but the configuration keeps Linux from writing
there, and who writes there is at EL3. And calls that act on CPUs or memory of all cells, by what
the machine is compatible with: docs/configuration.md says what is known of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cellctl_config.addresses import Range, registers
from cellctl_config.machine import Machine
from cellctl_config.refusal import Refusal
from cellctl_config.sources import FDT
from cellctl_config.tree import DeviceTree, Node

# Words in names and compatibles of nodes. What is shared with Linux is no word of these.
WORDS = re.compile(
    r"(?:^|[-_,.])(?:atf|tf-?a|bl3[12]|op-?tee|q?tee|tee|tz(?:app|apps)?|trusty|trusted|secmon|secos|secure"
    r"|psci|hyp|hyptz|hypervisor|firmware|spin-table|hwrom|tifs|sysfw|dmsc)(?:$|[-_,.\d])", re.IGNORECASE)
SHARED = re.compile(r"sh(?:ared|are|m|mem|buf)\b|shm|shared|heap|smem|log", re.IGNORECASE)


class Place(NamedTuple):
    """Pages of the firmware, and what says that they are."""

    range: Range
    source: str

    def __str__(self) -> str:
        return f"{self.range} ({self.source})"


def _is_named(node: Node) -> bool:
    """A compatible says more than the name: "shared-dma-pool" is for a driver of Linux."""
    names = node.compatible or [node.base_name]
    return any(WORDS.search(name) and not SHARED.search(name) for name in names)


def _referenced(tree: DeviceTree) -> set[int]:
    """The phandles of memory that a device says it uses: Linux loads its program there, for instance."""
    found: set[int] = set()
    for node in tree.walk():
        try:
            found.update(node.cells("memory-region"))
        except Refusal:
            continue
    return found


def _reserved(tree: DeviceTree) -> Iterator[Place]:
    parent = tree.root.child("reserved-memory")
    referenced = _referenced(tree)
    for node in parent.children if parent else []:
        if not node.is_enabled or not _is_named(node) or node.number("phandle") in referenced:
            continue
        for item in registers(node):
            # What is not no-map shares its first and last page with memory that Linux uses.
            yield Place(item.pages() if "no-map" in node else item.whole_pages(), node.path)


def _in_sram(tree: DeviceTree) -> Iterator[Place]:
    for node in tree.walk():
        if node.parent is not None and node.parent.is_compatible("mmio-sram") and _is_named(node):
            try:
                for item in registers(node):
                    yield Place(item.pages(), node.path)
            except Refusal:
                continue


def _initrd(tree: DeviceTree) -> Range:
    chosen = tree.chosen
    names = ("linux,initrd-start", "linux,initrd-end")
    start, end = (int.from_bytes(chosen.properties.get(name, b""), "big") if chosen else 0 for name in names)
    return Range(start, max(start, end))


def _memreserve(machine: Machine) -> Iterator[Place]:
    """But for what boot loaders list there, too: the RAM disk and the tree, which are Linux's."""
    initrd = _initrd(machine.tree)
    blob = len(machine.read(FDT) or b"")
    for start, size in machine.tree.reservations:
        item = Range.sized(start, size)
        if size != blob and not item.overlaps(initrd):
            yield Place(item.whole_pages(), "/memreserve/")


def memory_of_firmware(machine: Machine) -> list[Place]:
    tree = machine.tree
    found = [*_reserved(tree), *_in_sram(tree), *_memreserve(machine)]
    return sorted(place for place in found if place.range.size)


# ---- Calls ----


class Call(NamedTuple):
    """A call that the root cell may not make while there are others."""

    number: int
    why: str


class Calls(NamedTuple):
    """Of the machines that are compatible with one of `machines`; `advice` is for their users."""

    machines: tuple[str, ...]
    calls: tuple[Call, ...]
    advice: str


EEMI = ((6, "PM_REQ_SUSPEND"), (7, "PM_SELF_SUSPEND"), (8, "PM_FORCE_POWERDOWN"), (10, "PM_REQ_WAKEUP"))
KNOWN_CALLS = (
    Calls(("fsl,imx8mm", "fsl,imx8mn", "fsl,imx8mp", "fsl,imx8mq"),
          (Call(0xC2000004, "DDR frequency: it stops the CPUs of Linux only"),),
          "the firmware changes the frequency of the memory for Linux, and a cell would go on using it: the call "
          "(.smcs) is refused while there are cells. Keep Linux's driver away, which goes on without it "
          "(modprobe.blacklist=imx8m_ddrc, or disable the node memory-controller@3d400000)"),
    Calls(("rockchip,rk3399",),
          (Call(0x82000008, "DRAM frequency and timing: it stops memory for all"),),
          "the firmware changes the frequency of the memory for Linux, and holds the CPUs of cells meanwhile: "
          "the call (.smcs) is refused while there are cells; rk3399_dmc then keeps the frequency"),
    Calls(("xlnx,zynqmp",),
          tuple(Call(form + number, name) for form in (0x82000000, 0xC2000000) for number, name in EEMI),
          "the firmware suspends, powers down and wakes up any CPU for Linux, those of cells too: these calls "
          "(.smcs) are refused while there are cells, and remoteproc cannot start the RPU then"),
)


def calls_for_all(machine: Machine) -> Calls | None:
    root = machine.tree.root
    return next((known for known in KNOWN_CALLS if root.is_compatible(*known.machines)), None)
