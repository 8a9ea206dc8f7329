# SPDX-License-Identifier: GPL-2.0-only
"""Reads a binary configuration (.cell), as include/cellblock/config.h describes it.

Whoever made the file is not trusted: every count and offset is checked before it is used. What a
configuration says may still be nonsense: that is for check.py to find, with the hypervisor's code.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

from cellctl_config import words
from cellctl_config.refusal import Refusal

SIGNATURE = b"CBCONFIG"
REVISION = 1
MAX_SIZE = 0x4000
KINDS = {1: "system", 2: "cell"}
SYSTEM = 1
ARCHITECTURES = {1: "arm64", 2: "arm"}

READ, WRITE, EXECUTE, IO, SHARED, LOADABLE = (1 << bit for bit in range(6))
REGION_FLAGS = ("read", "write", "execute", "io", "shared", "loadable")
NATIVE_IDLE, PERMISSIVE, ACCEPT_LPIS = (1 << bit for bit in range(3))
CELL_FLAGS = ("native-idle", "permissive", "accept-lpis")
CONSOLES = {0: "none", 1: "ring", 2: "pl011", 3: "8250", 4: "cadence", 5: "imx",
            64: "virtual"}
VIRTUAL = 64
FRAMES = ("gicd", "gicc", "gich", "gicv", "gicr", "its")

HEADER = struct.Struct("<8sHBBIII32s")
CHECKSUM = slice(16, 20)
CELL = struct.Struct("<QII2I2I2IIIQ")  # behind the header: the rest of struct cb_cell_config
SYSTEM_REST = struct.Struct("<QQII12QIIQ2I2I")  # behind that: the rest of struct cb_system_config
REGION = struct.Struct("<QQQII16s")
IRQS = struct.Struct("<II")
SMC = struct.Struct("<I")
WORD = struct.Struct("<Q")

REBUILD = "build it again with `cellctl config build`"


def flag_names(flags: int, names: tuple[str, ...]) -> list[str]:
    """A name for each bit; those without one in hexadecimal."""
    found = [name for bit, name in enumerate(names) if flags >> bit & 1]
    unknown = flags >> len(names) << len(names)
    return found + ([f"{unknown:#x}"] if unknown else [])


@dataclass(frozen=True)
class Region:
    """struct cb_region"""

    name: str
    phys: int
    virt: int
    size: int
    flags: int

    @property
    def end(self) -> int:
        return self.phys + self.size

    @property
    def is_io(self) -> bool:
        return bool(self.flags & IO)

    @property
    def is_shared(self) -> bool:
        return bool(self.flags & SHARED)

    @property
    def flag_names(self) -> list[str]:
        return flag_names(self.flags, REGION_FLAGS)

    def overlaps(self, other: Region | Frame) -> bool:
        return self.phys < other.end and other.phys < self.end


@dataclass(frozen=True)
class Frame:
    """struct cb_frame"""

    phys: int
    size: int

    @property
    def end(self) -> int:
        return self.phys + self.size


@dataclass(frozen=True)
class IrqRange:
    """struct cb_irq_range"""

    first: int
    count: int


@dataclass(frozen=True)
class Console:
    """struct cb_console_config"""

    type: int
    irq: int
    address: int

    @property
    def is_virtual(self) -> bool:
        return self.type == VIRTUAL

    @property
    def type_name(self) -> str:
        return CONSOLES.get(self.type, str(self.type))


@dataclass(frozen=True)
class Cell:
    """struct cb_cell_config; `file` is the name of the file for people."""

    file: str
    kind: int
    arch: int
    revision: int
    size: int
    name: str
    cpu_set: int
    flags: int
    regions: tuple[Region, ...]
    irqs: tuple[IrqRange, ...]
    smcs: tuple[int, ...]
    console: Console
    log_size: int

    @property
    def kind_name(self) -> str:
        return KINDS[self.kind]

    @property
    def cpus(self) -> list[int]:
        return [cpu for cpu in range(64) if self.cpu_set >> cpu & 1]

    @cached_property
    def intids(self) -> frozenset[int]:
        """The SPIs; ranges that are nonsense count as far as an INTID can go."""
        return frozenset(intid for irqs in self.irqs
                         for intid in range(irqs.first, min(irqs.first + irqs.count, 1020)))

    @property
    def flag_names(self) -> list[str]:
        return flag_names(self.flags, CELL_FLAGS)


@dataclass(frozen=True)
class System(Cell):
    """struct cb_system_config: the root cell, and the hardware."""

    hypervisor: Frame
    gic_version: int
    frames: dict[str, Frame]
    debug_console: Console
    mpidrs: tuple[int, ...]
    spin_table: tuple[int, ...]  # by CPU, 0: Linux has it; empty: Linux has all

    @property
    def linux_cpus(self) -> list[int]:
        """Those that are not left in a spin table."""
        return [cpu for cpu in self.cpus if not any(self.spin_table[cpu:cpu + 1])]


def refuse(message: str, remedy: str) -> NoReturn:
    raise Refusal(message, remedy)


def text_of(field: bytes) -> str:
    """A NUL-padded name. What is not printable is spelled out: it may be meant for a terminal."""
    text = field.rstrip(b"\0").decode("latin-1")
    return "".join(c if " " <= c <= "~" else f"\\x{ord(c):02x}" for c in text)


def check_header(data: bytes, file: str) -> None:
    """That it is a whole and undamaged configuration of a kind that is known."""
    if len(data) < HEADER.size:
        refuse(f"{file} is truncated: it holds {words.size(len(data))} and needs "
               f"{words.size(HEADER.size)}", REBUILD)
    signature, revision, kind, arch, size, checksum, _, _ = HEADER.unpack_from(data)
    if signature != SIGNATURE:
        refuse(f"{file} is no Cellblock configuration",
               "give a .cell file that `cellctl config build` made, or its C source")
    if revision != REVISION:
        refuse(f"{file} has configuration revision {revision}, and revision {REVISION} is supported",
               "build it again with `cellctl config build` of this Cellblock version")
    if kind not in KINDS:
        refuse(f"{file} is a configuration of unknown kind {kind}", REBUILD)
    if arch not in ARCHITECTURES:
        refuse(f"{file} is for the unknown architecture {arch}", REBUILD)
    if len(data) < size:
        refuse(f"{file} is truncated: it holds {words.size(len(data))} and needs "
               f"{words.size(size)}", REBUILD)
    if len(data) != size:
        refuse(f"{file} has {words.size(len(data))}, and its header says {words.size(size)}", REBUILD)
    if size > MAX_SIZE:
        refuse(f"{file} has {words.size(size)}, and the limit is {words.size(MAX_SIZE)}",
               "list fewer regions, or join neighbouring ones")
    computed = zlib.crc32(data[:CHECKSUM.start] + bytes(4) + data[CHECKSUM.stop:])
    if computed != checksum:
        refuse(f"{file} is damaged: its checksum is {computed:#x}, and its header says {checksum:#x}",
               REBUILD)


class Reader:
    """The arrays of one file, which lie behind its head."""

    def __init__(self, data: bytes, file: str, head_size: int) -> None:
        self.data = data
        self.file = file
        self.head_size = head_size

    def array(self, what: str, element: struct.Struct, offset: int, count: int) -> list[tuple]:
        if not count and not offset:
            return []
        end = offset + count * element.size
        if not count or offset % 8 or offset < self.head_size or end > len(self.data):
            refuse(f"{self.file}: the array of {what} ({words.count(count, 'element')} at offset "
                   f"{offset}) is not inside the file, not aligned or too long", REBUILD)
        return list(element.iter_unpack(self.data[offset:end]))


def head_of(data: bytes, file: str) -> tuple[tuple, tuple]:
    """The fields of struct cb_cell_config and of the rest of struct cb_system_config, if it is one."""
    is_system = HEADER.unpack_from(data)[2] == SYSTEM
    size = HEADER.size + CELL.size + (SYSTEM_REST.size if is_system else 0)
    if len(data) < size:
        refuse(f"{file} is truncated: it holds {words.size(len(data))} and needs {words.size(size)}",
               REBUILD)
    cell = CELL.unpack_from(data, HEADER.size)
    return cell, SYSTEM_REST.unpack_from(data, HEADER.size + CELL.size) if is_system else ()


def cell_fields(data: bytes, file: str, head: tuple, reader: Reader) -> dict[str, object]:
    _, revision, kind, arch, size, _, _, name = HEADER.unpack_from(data)
    regions = reader.array("regions", REGION, *head[3:5])
    return {
        "file": file,
        "kind": kind,
        "arch": arch,
        "revision": revision,
        "size": size,
        "name": text_of(name),
        "cpu_set": head[0],
        "flags": head[1],
        "regions": tuple(Region(text_of(region[5]), *region[0:4]) for region in regions),
        "irqs": tuple(IrqRange(*irqs) for irqs in reader.array("interrupts", IRQS, *head[5:7])),
        "smcs": tuple(smc for (smc,) in reader.array("SMC function IDs", SMC, *head[7:9])),
        "console": Console(*head[9:12]),
        "log_size": head[2],
    }


def system_fields(rest: tuple, reader: Reader) -> dict[str, object]:
    frames = {name: Frame(*rest[4 + 2 * i:6 + 2 * i]) for i, name in enumerate(FRAMES)}
    return {
        "hypervisor": Frame(*rest[0:2]),
        "gic_version": rest[2],
        "frames": {name: frame for name, frame in frames.items() if frame.size or frame.phys},
        "debug_console": Console(*rest[16:19]),
        "mpidrs": tuple(mpidr for (mpidr,) in reader.array("CPUs", WORD, *rest[19:21])),
        "spin_table": tuple(address for (address,) in
                            reader.array("release addresses", WORD, *rest[21:23])),
    }


def parse(data: bytes, file: str) -> Cell:
    """A configuration: a System if it is one."""
    check_header(data, file)
    head, rest = head_of(data, file)
    reader = Reader(data, file, HEADER.size + CELL.size + (SYSTEM_REST.size if rest else 0))
    fields = cell_fields(data, file, head, reader)
    if rest:
        return System(**fields, **system_fields(rest, reader))
    return Cell(**fields)
