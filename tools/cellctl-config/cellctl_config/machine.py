# SPDX-License-Identifier: GPL-2.0-only
"""A machine as its Linux shows it: this one, or another from what was collected there.

    machine = open_machine(None)              # the live one
    machine = open_machine("board/")          # made there by `cellctl config collect`
    machine = open_machine("board.tar.gz")    # the same in one file
    machine = open_machine("board.dtb")       # only a device tree

A collected directory has the files of /proc, /sys and /boot by their own paths; so a Source reads
"proc/iomem" of any of them. Facts that are not there are None or empty: a caller decides whether it
can do without.
"""

from __future__ import annotations

import gzip
import os
import re
import stat
import tarfile
import zlib
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from cellctl_config import interrupts, tree
from cellctl_config.addresses import Range
from cellctl_config.refusal import EXIT_FILE, Refusal

READ_LIMIT = 32 << 20  # bytes of one file
ARCHIVE_LIMIT = 256 << 20  # bytes of all files

DEVICE_TREE = "sys/firmware/devicetree/base"
FDT = "sys/firmware/fdt"
FORMAT = "collected"  # names the collected directory's format
FORMAT_LINE = "cellblock machine 1"

COLLECT = "run `cellctl config collect` as root on the machine"


# ---- Where files come from ----


class Source:
    """Files by their path without the first slash."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def read(self, path: str) -> bytes | None:
        """The content of a file, or None."""
        raise NotImplementedError

    def list(self, path: str) -> list[str]:
        """The names in a directory, in an order of their own; none if it is not there."""
        raise NotImplementedError

    def is_directory(self, path: str) -> bool:
        raise NotImplementedError

    def text(self, path: str) -> str | None:
        """The content of a text file without the white space at its end."""
        data = self.read(path)
        return None if data is None else data.decode("utf-8", "replace").rstrip("\0\n\t ")


class Directory(Source):
    """Files below a directory: "/" of the live machine, or a collected one."""

    def __init__(self, root: Path, origin: str) -> None:
        super().__init__(origin)
        self._root = root

    def read(self, path: str) -> bytes | None:
        try:
            # A collected directory may hold anything: do not wait for a FIFO.
            with open(self._root / path, "rb", opener=_open_now) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return None
                return file.read(READ_LIMIT)
        except (OSError, ValueError):
            return None

    def list(self, path: str) -> list[str]:
        try:
            return sorted(os.listdir(self._root / path), key=_by_number)
        except (OSError, ValueError):
            return []

    def is_directory(self, path: str) -> bool:
        return os.path.isdir(self._root / path)


def _open_now(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _by_number(name: str) -> list[tuple[int, str]]:
    """cpu2 comes before cpu10."""
    return [(int(digits or 0), text) for text, digits in re.findall(r"([^0-9]*)([0-9]{0,18})", name)]


class Archive(Source):
    """The files of a tar archive, never unpacked to a disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._files: dict[str, bytes] = {}
        self._directories: dict[str, set[str]] = {"": set()}
        try:
            with tarfile.open(path) as archive:
                self._load(archive)
        except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
            raise Refusal(f"{path} cannot be read: {error}", "collect the machine again") from None

    def _load(self, archive: tarfile.TarFile) -> None:
        total = 0
        for member in archive:
            if not (member.isfile() or member.isdir()):
                continue
            name = "/".join(part for part in member.name.split("/") if part not in ("", "."))
            total += member.size if member.isfile() else 0
            if total > ARCHIVE_LIMIT:
                raise Refusal(f"{self.origin} holds more than {ARCHIVE_LIMIT >> 20} MiB",
                              "give what `cellctl config collect` made, and nothing else")
            if member.isfile():
                content = archive.extractfile(member)
                self._files[name] = content.read() if content else b""
            else:
                self._directories.setdefault(name, set())
            self._enter(name)

    def _enter(self, name: str) -> None:
        while name:
            above, _, last = name.rpartition("/")
            self._directories.setdefault(above, set()).add(last)
            name = above

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def list(self, path: str) -> list[str]:
        return sorted(self._directories.get(path, ()), key=_by_number)

    def is_directory(self, path: str) -> bool:
        return path in self._directories


class Below(Source):
    """The one directory that an archive has at its top."""

    def __init__(self, source: Source, directory: str) -> None:
        super().__init__(source.origin)
        self._source = source
        self._directory = directory

    def read(self, path: str) -> bytes | None:
        return self._source.read(f"{self._directory}/{path}")

    def list(self, path: str) -> list[str]:
        return self._source.list(f"{self._directory}/{path}")

    def is_directory(self, path: str) -> bool:
        return self._source.is_directory(f"{self._directory}/{path}")


class TreeFile(Source):
    """Nothing but a flattened device tree."""

    def __init__(self, path: Path, blob: bytes) -> None:
        super().__init__(str(path))
        self._blob = blob

    def read(self, path: str) -> bytes | None:
        return self._blob if path == FDT else None

    def list(self, path: str) -> list[str]:
        return []

    def is_directory(self, path: str) -> bool:
        return False


# ---- Facts ----


class Resource(NamedTuple):
    """A line of /proc/iomem; `depth` is 0 for what is not within another."""

    range: Range
    name: str
    depth: int


class LinuxInterrupt(NamedTuple):
    """A line of /proc/interrupts that is the GIC's."""

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
        if self.source.is_directory(DEVICE_TREE):
            found = tree.read_directory(self.source, DEVICE_TREE, self._tree_origin)
            if blob:
                found.reservations = tree.parse(blob, self._tree_origin).reservations
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
                          "run this as root" if self.is_live else f"{COLLECT}")
        return resources

    @cached_property
    def system_ram(self) -> list[Range]:
        """What Linux uses as memory, by /proc/iomem."""
        return [item.range for item in self.iomem if item.depth == 0 and item.name == "System RAM"]

    @cached_property
    def gic(self) -> tree.Node:
        """The node of the interrupt controller that Linux uses."""
        for node in self.tree.walk():
            if interrupts.gic_version(node) and node.is_enabled:
                return node
        raise Refusal(f"{self.origin}: the device tree has no GICv2 or GICv3",
                      "Cellblock needs one; a GICv1 or another controller does not do")

    @cached_property
    def linux_interrupts(self) -> list[LinuxInterrupt]:
        """The lines of /proc/interrupts whose chip is a GIC."""
        found = []
        for line in (self.text("proc/interrupts") or "").splitlines():
            match = re.match(r" *\d+: +(?:\d+ +)*(GIC\S*) +(\d+) +(?:Level|Edge)?(.*)$", line)
            if match and "-" not in match[1]:
                found.append(LinuxInterrupt(int(match[2]), match[3].strip()))
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
            raise Refusal(f'"{text}" is no list of numbers', 'write it like "2-3" or "1,4-6"', EXIT_FILE)
        result += range(first, last + 1)
    return sorted(set(result))


# ---- Opening ----


def open_machine(path: str | None) -> Machine:
    """The machine that --from names; without it, this one."""
    if path is None:
        return Machine(Directory(Path("/"), "this machine"), True)
    place = Path(path)
    if place.is_dir():
        return Machine(_checked(Directory(place, path)), False)
    try:
        with open(place, "rb", opener=_open_now) as file:
            head = file.read(4)
            if head == tree.MAGIC.to_bytes(4, "big"):
                return Machine(TreeFile(place, head + file.read(READ_LIMIT)), False)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Refusal(f"{path} cannot be read: {reason}",
                      "give what `cellctl config collect` made, or a .dtb file") from None
    return Machine(_checked(Archive(place)), False)


def _checked(source: Source) -> Source:
    """The source of a collected machine, or where in it that is."""
    top = source.list("")
    if source.read(FORMAT) is None and len(top) == 1:
        source = Below(source, top[0])
    line = source.text(FORMAT)
    if line != FORMAT_LINE:
        raise Refusal(f'{source.origin} was not made by `cellctl config collect`: its file "{FORMAT}" '
                      + ("is missing" if line is None else "says something else"), COLLECT)
    return source
