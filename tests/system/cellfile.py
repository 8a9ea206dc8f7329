# SPDX-License-Identifier: GPL-2.0-only
"""Configurations (.cell) made to order, good and bad: include/cellblock/config.h in Python.

A test changes what `cellctl config build` would never write, and gives it a correct checksum:

    board = System.delivered("qemu-virt-gicv3")
    board.hypervisor = (0x60000000, 4 * MIB)
    machine.check(put(board.pack(), "/tmp/board.cell"))
"""

from __future__ import annotations

import base64
import dataclasses
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from qemu import BUILD

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

SIGNATURE = b"CBCONFIG"
REVISION = 1
KIND_SYSTEM, KIND_CELL = 1, 2
ARCH_ARM64, ARCH_ARM = 1, 2

READ, WRITE, EXECUTE, IO, SHARED, LOADABLE = (1 << bit for bit in range(6))
RAM = READ | WRITE | EXECUTE
DATA = READ | WRITE
MMIO = READ | WRITE | IO

NATIVE_IDLE, PERMISSIVE, ACCEPT_LPIS = (1 << bit for bit in range(3))

CONSOLE_NONE, CONSOLE_RING, CONSOLE_PL011, CONSOLE_8250, CONSOLE_CADENCE, CONSOLE_IMX = range(6)
CONSOLE_VIRTUAL = 64
RING = (CONSOLE_RING, 0, 0)

FRAMES = ("GICD", "GICC", "GICH", "GICV", "GICR", "ITS")

HEADER = struct.Struct("<8sHBBIII32s")
HEADER_FIELDS = ("signature", "revision", "kind", "arch", "size", "checksum", "reserved", "name")
CHECKSUM = slice(16, 20)
CELL = struct.Struct("<QIIIIIIIIIIQ")  # behind the header: cb_cell_config
SYSTEM = struct.Struct("<QQII12QIIQIIII")  # behind that: the rest of cb_system_config
REGION = struct.Struct("<QQQII16s")
IRQS = struct.Struct("<II")
WORD = struct.Struct("<Q")


@dataclass
class Region:
    """A region; virt is phys unless said otherwise."""

    name: str
    phys: int
    size: int
    flags: int = RAM
    virt: int | None = None
    reserved: int = 0

    def pack(self) -> bytes:
        virt = self.phys if self.virt is None else self.virt
        name = self.name.encode()
        return REGION.pack(self.phys, virt, self.size, self.flags, self.reserved, name)


@dataclass
class Cell:
    """A cell configuration. `cpus` is a set of CPU numbers, as bits."""

    name: str | bytes = "candidate"
    cpus: int = 0b1000
    regions: list[Region] = field(default_factory=list)
    irqs: list[tuple[int, int]] = field(default_factory=list)
    smcs: list[int] = field(default_factory=list)
    console: tuple[int, int, int] = RING
    log_size: int = 0
    flags: int = 0

    kind = KIND_CELL
    head_size = HEADER.size + CELL.size

    def but(self, **changes: object) -> Cell:
        """A copy that differs in some fields."""
        return dataclasses.replace(self, **changes)

    def with_region(self, *args: object, **options: object) -> Cell:
        """A copy that has one more region."""
        return self.but(regions=[*self.regions, Region(*args, **options)])

    def pack(self, **header: object) -> bytes:
        """The file; header fields that are given replace what is right."""
        arrays = _Arrays(self.head_size)
        body = self._head(arrays) + arrays.data
        values = {
            "signature": SIGNATURE,
            "revision": REVISION,
            "kind": self.kind,
            "arch": ARCH_ARM64,
            "size": HEADER.size + len(body),
            "checksum": 0,
            "reserved": 0,
            "name": self.name if isinstance(self.name, bytes) else self.name.encode(),
        }
        values.update(header)
        data = HEADER.pack(*(values[name] for name in HEADER_FIELDS)) + body
        return data if "checksum" in header else sealed(data)

    def _head(self, arrays: _Arrays) -> bytes:
        """What lies between the header and the arrays."""
        return CELL.pack(
            self.cpus,
            self.flags,
            self.log_size,
            *arrays.add(region.pack() for region in self.regions),
            *arrays.add(IRQS.pack(*irqs) for irqs in self.irqs),
            *arrays.add(struct.pack("<I", smc) for smc in self.smcs),
            *self.console,
        )


@dataclass
class System(Cell):
    """A system configuration; `mpidrs` are its CPUs, `spin_table` where some wait."""

    console: tuple[int, int, int] = (CONSOLE_NONE, 0, 0)
    hypervisor: tuple[int, int] = (0, 0)
    gic: int = 3
    frames: dict[str, tuple[int, int]] = field(default_factory=dict)
    debug_console: tuple[int, int, int] = (CONSOLE_NONE, 0, 0)
    mpidrs: list[int] = field(default_factory=list)
    spin_table: list[int] = field(default_factory=list)

    kind = KIND_SYSTEM
    head_size = HEADER.size + CELL.size + SYSTEM.size

    @staticmethod
    def delivered(name: str) -> System:
        """A board of configs/arm64, to be changed."""
        return System.read(BUILD / "configs" / f"{name}.cell")

    @staticmethod
    def read(path: Path) -> System:
        """What mkcell has written."""
        data = path.read_bytes()
        cell = CELL.unpack_from(data, HEADER.size)
        system = SYSTEM.unpack_from(data, HEADER.size + CELL.size)
        frames = zip(FRAMES, zip(system[4:16:2], system[5:16:2]))
        regions, irqs, smcs = cell[3:5], cell[5:7], cell[7:9]
        return System(
            name=HEADER.unpack_from(data)[7].rstrip(b"\0"),
            cpus=cell[0],
            flags=cell[1],
            regions=[
                Region(name.rstrip(b"\0").decode(), phys, size, flags)
                for phys, _, size, flags, _, name in _elements(REGION, data, *regions)
            ],
            irqs=list(_elements(IRQS, data, *irqs)),
            smcs=[smc for (smc,) in _elements(struct.Struct("<I"), data, *smcs)],
            hypervisor=system[0:2],
            gic=system[2],
            frames={name: frame for name, frame in frames if frame[1]},
            debug_console=system[16:19],
            mpidrs=[mpidr for (mpidr,) in _elements(WORD, data, *system[19:21])],
            spin_table=[address for (address,) in _elements(WORD, data, *system[21:23])],
        )

    def with_cpus(self, *mpidrs: int) -> System:
        """A copy with other CPUs."""
        return self.but(mpidrs=list(mpidrs), cpus=(1 << len(mpidrs)) - 1)

    def with_frame(self, name: str, phys: int) -> System:
        """A copy that has a frame of the GIC at another address."""
        return self.but(frames={**self.frames, name: (phys, self.frames[name][1])})

    def _head(self, arrays: _Arrays) -> bytes:
        frames = [value for name in FRAMES for value in self.frames.get(name, (0, 0))]
        return super()._head(arrays) + SYSTEM.pack(
            *self.hypervisor,
            self.gic,
            0,
            *frames,
            *self.debug_console,
            *arrays.add(WORD.pack(mpidr) for mpidr in self.mpidrs),
            *arrays.add(WORD.pack(address) for address in self.spin_table),
        )


class _Arrays:
    """The part of a file that its head refers to."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.data = b""

    def add(self, elements: object) -> tuple[int, int]:
        """Appends an array: its offset and count, as in struct cb_array."""
        elements = list(elements)
        if not elements:
            return 0, 0
        offset = self.offset + len(self.data)
        self.data += b"".join(elements)
        self.data += bytes(-len(self.data) % 8)
        return offset, len(elements)


def _elements(form: struct.Struct, data: bytes, offset: int, count: int) -> list[tuple]:
    return list(form.iter_unpack(data[offset : offset + count * form.size]))


def sealed(data: bytes) -> bytes:
    """The same with the right checksum."""
    data = bytearray(data)
    data[CHECKSUM] = bytes(4)
    data[CHECKSUM] = struct.pack("<I", zlib.crc32(data))
    return bytes(data)


def delivered(name: str) -> bytes:
    """A file of configs/arm64 as it was built."""
    return (BUILD / "configs" / f"{name}.cell").read_bytes()


def put(data: bytes, path: str | Path) -> str:
    """The command that makes a small file in the guest."""
    return f"echo {base64.b64encode(data).decode()} | base64 -d >{path}"
