# SPDX-License-Identifier: GPL-2.0-only
"""A machine as its Linux shows it: this one, or another from what was collected there.

    machine = open_machine(None)              # the live one
    machine = open_machine("board/")          # made there by `cellctl config collect`
    machine = open_machine("board.tar.gz")    # the same in one file
    machine = open_machine("board.dtb")       # only a device tree

Facts that are not there are None or empty: a caller decides whether it can do without. For what has
no property here, `text("proc/...")` and `source` read any file that was collected.
"""

from __future__ import annotations

import gzip
import os
import re
import zlib
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from cellctl_config import controllers, interrupts, tree
from cellctl_config.addresses import Range
from cellctl_config.refusal import EXIT_USAGE, Refusal
from cellctl_config.sources import COLLECT, FDT, Directory, Source, open_source

DEVICE_TREE = "sys/firmware/devicetree/base"
ACPI = "sys/firmware/acpi/tables"  # where Linux uses ACPI


class Resource(NamedTuple):
    """A line of /proc/iomem; `depth` is 0 for what is not within another."""

    range: Range
    name: str
    depth: int


class LinuxInterrupt(NamedTuple):
    """A line of /proc/interrupts that is the GIC's, itself or behind another controller."""

    intid: int
    users: str


class Device(NamedTuple):
    """A device of a Linux bus: its name there, driver ("" without one) and node's path."""

    name: str
    bus: str
    driver: str
    node: str


class Machine:
    """What is known of one machine; see the top of the file."""

    def __init__(self, source: Source, is_live: bool) -> None:
        self.source = source
        self.is_live = is_live
        self.origin = "this machine" if is_live else source.origin

    def read(self, path: str) -> bytes | None:
        return self.source.read(path)

    def text(self, path: str) -> str | None:
        return self.source.text(path)

    @cached_property
    def architecture(self) -> str:
        """What `uname -m` says, "" when nobody has asked."""
        return os.uname().machine if self.is_live else self.text("uname-m") or ""

    @cached_property
    def release(self) -> str:
        return self.text("proc/sys/kernel/osrelease") or ""

    @cached_property
    def tree(self) -> tree.DeviceTree:
        """The device tree as Linux has it now, or else as it got it."""
        found = self._read_tree()
        _check_architecture(found)
        return found

    def _read_tree(self) -> tree.DeviceTree:
        if self.architecture not in ("", "aarch64"):
            raise Refusal(f"{self.origin} is {self.architecture}",
                          "Cellblock is for arm64 machines; give --from for another machine's facts")
        blob = self.read(FDT)
        # Since Linux 6.10 there is an empty tree then.
        if self.source.is_directory(ACPI) and not self.source.is_directory(f"{DEVICE_TREE}/cpus"):
            raise Refusal(f"{self.origin} was booted with ACPI and has no device tree, which Cellblock needs",
                          "boot it with its own: by acpi=off on Linux's command line or a setting of the firmware where "
                          "that has both, or by GRUB's command devicetree")
        if self.source.is_directory(DEVICE_TREE):
            found = tree.read_directory(self.source, DEVICE_TREE, self._tree_origin)
            if blob:
                at_boot = tree.parse(blob, self._tree_origin)
                found.reservations = at_boot.reservations
                found.sort_like(at_boot)
            return found
        if blob is None:
            raise Refusal(f"{self.origin} has no device tree ({DEVICE_TREE})",
                          "boot it with a device tree, not with ACPI" if self.is_live else COLLECT)
        return tree.parse(blob, self._tree_origin)

    @property
    def _tree_origin(self) -> str:
        return f"/{DEVICE_TREE}" if self.is_live else self.source.origin

    @cached_property
    def cmdline(self) -> str:
        """The arguments of Linux; of a tree alone, chosen/bootargs."""
        text = self.text("proc/cmdline")
        if text is not None:
            return text
        chosen = self.tree.chosen
        return (chosen.string("bootargs") if chosen else None) or ""

    def arguments(self, name: str) -> list[str]:
        """The values of each `name=value` on the command line."""
        words = self.cmdline.split(" -- ")[0].split()
        return [word.partition("=")[2] for word in words if word.partition("=")[0] == name]

    @cached_property
    def iomem(self) -> list[Resource]:
        """/proc/iomem; empty when it is not known."""
        text = self.text("proc/iomem") or ""
        resources = []
        for line in text.splitlines():
            match = re.match(r"( *)([0-9a-f]+)-([0-9a-f]+) : (.*)$", line)
            if match:
                item = Range(int(match[2], 16), int(match[3], 16) + 1)
                resources.append(Resource(item, match[4], len(match[1]) // 2))
        if resources and all(item.range.end == 1 for item in resources):
            raise Refusal(f"{self.origin}: the addresses in /proc/iomem are hidden",
                          "run this as root" if self.is_live else COLLECT)
        return resources

    @cached_property
    def system_ram(self) -> list[Range]:
        """What Linux uses as memory, by /proc/iomem; what was added later is within something else."""
        return [item.range for item in self.iomem
                if item.name == "System RAM" or item.name.startswith("System RAM (")]

    @cached_property
    def added_ram(self) -> list[Range]:
        """Where Linux gets, or got, memory after it was started: of virtio-mem, for instance."""
        found = []
        for i, item in enumerate(self.iomem):
            has_ram = any(below.name.startswith("System RAM (") for below in self._within(i))
            if item.depth == 0 and (has_ram or re.fullmatch(r"virtio\d+", item.name)):
                found.append(item.range)
        return found

    def _within(self, i: int) -> list[Resource]:
        """The lines of /proc/iomem that belong to line i."""
        found = []
        for item in self.iomem[i + 1 :]:
            if item.depth <= self.iomem[i].depth:
                break
            found.append(item)
        return found

    @cached_property
    def gic(self) -> tree.Node:
        """The node of the interrupt controller that Linux uses."""
        if self._gic is not None:
            return self._gic
        raise Refusal(f"{self.origin}: the device tree has no GICv2 or GICv3",
                      "Cellblock needs one; a GICv1 or another controller does not do")

    @property
    def gic_version(self) -> int:
        """2 or 3; 0 where Linux has another interrupt controller."""
        return controllers.gic_version(self._gic) if self._gic is not None else 0

    @cached_property
    def _gic(self) -> tree.Node | None:
        nodes = (node for node in self.tree.walk() if controllers.gic_version(node))
        return next((node for node in nodes if node.is_enabled), None)

    @cached_property
    def linux_interrupts(self) -> list[LinuxInterrupt]:
        """The lines of /proc/interrupts that are the GIC's in the end. Linux names the outermost chip and
        the number there."""
        found = []
        for line in (self.text("proc/interrupts") or "").splitlines():
            match = re.match(r" *\d+: +(?:\d+ +)*([A-Za-z]\S*) +(\d+) +(?:Level|Edge)?(.*)$", line)
            intid = self._intid_of(match[1], int(match[2])) if match else None
            if match and intid is not None:
                found.append(LinuxInterrupt(intid, match[3].strip()))
        return found

    def _intid_of(self, chip: str, hwirq: int) -> int | None:
        if chip.startswith("GIC"):
            return hwirq if "-" not in chip else None
        for node in self._controllers.get(chip, []):
            try:
                item = interrupts.from_hwirq(node, hwirq)
            except Refusal:
                continue
            if item is not None and item.kind:
                return item.intid
        return None

    @cached_property
    def _controllers(self) -> dict[str, list[tree.Node]]:
        """Those before the GIC, by what Linux calls their chip."""
        found: dict[str, list[tree.Node]] = {}
        for node in self.tree.walk():
            kind = controllers.translator_of(node)
            if kind is not None and kind.chip and node.is_enabled:
                found.setdefault(kind.chip, []).append(node)
        return found

    @cached_property
    def kernel_config(self) -> dict[str, str]:
        """CONFIG_... by name; empty when it is not known."""
        packed = self.read("proc/config.gz")
        data: bytes | None = None
        if packed:
            try:
                data = gzip.decompress(packed)
            except (OSError, EOFError, zlib.error):
                data = None
        data = data or self.read(f"boot/config-{self.release}") or b""
        pairs = (line.split("=", 1) for line in data.decode("utf-8", "replace").splitlines()
                 if line.startswith("CONFIG_") and "=" in line)
        return {name: value.strip('"') for name, value in pairs}

    @cached_property
    def modules(self) -> list[str]:
        """The names of the loaded modules."""
        return [line.split()[0] for line in (self.text("proc/modules") or "").splitlines() if line]

    @cached_property
    def dmesg(self) -> str:
        """The kernel's messages as far as they are still there; "" when not readable."""
        return _live_dmesg() if self.is_live else self.text("dmesg") or ""

    def cpu_list(self, which: str) -> list[int] | None:
        """Linux's CPUs that are "present", "possible", "online" or "offline"."""
        text = self.text(f"sys/devices/system/cpu/{which}")
        return None if text is None else parse_list(text)

    def cpu_node(self, cpu: int) -> str | None:
        """The path of the node of one of Linux's CPUs."""
        return self._uevent(f"sys/devices/system/cpu/cpu{cpu}").get("OF_FULLNAME")

    @cached_property
    def devices(self) -> list[Device]:
        """Devices that have a node, of the buses "platform" and "amba"."""
        found = []
        for bus in ("platform", "amba"):
            directory = f"sys/bus/{bus}/devices"
            for name in self.source.list(directory):
                event = self._uevent(f"{directory}/{name}")
                if "OF_FULLNAME" in event:
                    found.append(Device(name, bus, event.get("DRIVER", ""), event["OF_FULLNAME"]))
        return found

    def driver_of(self, node: tree.Node) -> Device | None:
        """The device that Linux has made of a node and bound a driver to."""
        path = node.path
        return next((item for item in self.devices if item.node == path and item.driver), None)

    def _uevent(self, directory: str) -> dict[str, str]:
        text = self.text(f"{directory}/uevent") or ""
        pairs = (line.partition("=") for line in text.splitlines())
        return {name: value for name, _, value in pairs}


def _live_dmesg() -> str:
    try:
        log = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return ""
    lines = []
    try:
        while True:
            try:
                record = os.read(log, 8192).decode("utf-8", "replace")
            except BrokenPipeError:  # overwritten meanwhile: the next read gets what is there
                continue
            lines.append(record.split("\n", 1)[0].partition(";")[2])
    except OSError:  # no more
        return "\n".join(lines)
    finally:
        os.close(log)


def _check_architecture(found: tree.DeviceTree) -> None:
    cpus = found.root.child("cpus")
    names = [name for node in (cpus.children if cpus else []) for name in node.compatible]
    for name in names:
        if re.fullmatch(r"arm,cortex-a(5|7|8|9|12|15|17)", name) or not name.isascii():
            raise Refusal(f"{found.origin} describes a 32-bit machine ({name})",
                          "Cellblock is for arm64 machines")
        if name == "riscv" or name.endswith(",riscv") or name.startswith(("PowerPC", "mips,")):
            raise Refusal(f"{found.origin} describes a machine of another architecture ({name})",
                          "Cellblock is for arm64 machines")


def parse_list(text: str) -> list[int]:
    """The numbers of "0-3,8"; a Refusal for what is none."""
    result: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r" *(\d{1,9})(?:-(\d{1,9}))? *", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if last < first or last - first > 4096:
            raise Refusal(f'"{text}" is no list of numbers', 'write it like "2-3" or "1,4-6"', EXIT_USAGE)
        result += range(first, last + 1)
    return sorted(set(result))


# ---- Opening ----


def open_machine(path: str | None) -> Machine:
    """The machine that --from names; without it, this one."""
    if path is None:
        return Machine(Directory(Path("/"), "this machine"), True)
    return Machine(open_source(path), False)
