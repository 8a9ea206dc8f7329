# SPDX-License-Identifier: GPL-2.0-only
"""From what a source says in the terms of <cellblock/board.h> to the bytes of the .cell file.

What the fields mean is not looked at: lib/config/check.c judges the result, for every command.
Where they are in the object, the compiler itself has written into it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from cellctl_config import binary, compiler, words
from cellctl_config.objectfile import Object, Place

ARM64 = next(number for number, name in binary.ARCHITECTURES.items() if name == "arm64")
NAME_SIZE, REGION_NAME_SIZE = 32, 16

# The numbers that the object has to say of its layout, in this order.
TYPES = ("struct board_region", "struct cb_irq_range", "uint32_t", "uint64_t")
FIELDS = (
    *(f"board_system, {field}" for field in (
        "name", "hypervisor", "cpus", "spin_table", "gic.version", *(f"gic.{name}" for name in binary.FRAMES),
        "debug_console", "flags", "regions", "irqs", "smcs")),
    *(f"board_cell, {field}" for field in ("name", "cpus", "flags", "regions", "irqs", "smcs", "console", "log_size")),
    *(f"board_region, {field}" for field in ("name", "phys", "virt.given", "virt.address", "size", "flags")),
    *(f"board_regions, {field}" for field in ("items", "count")),
    *(f"cb_frame, {field}" for field in ("phys", "size")),
    *(f"cb_irq_range, {field}" for field in ("first", "count")),
    *(f"cb_console_config, {field}" for field in ("type", "irq", "address")),
)
LAYOUT = "const uint32_t cellblock_layout[] = {{ {} }};".format(", ".join(
    [*(f"sizeof({name})" for name in TYPES), *(f"offsetof(struct {field})" for field in FIELDS)]))


class Board:
    """The fields of the structure that a source defines."""

    def __init__(self, path: Path) -> None:
        self.object = Object(compiler.compile_object(path, LAYOUT), str(path))
        layout = self.object.find("cellblock_layout")
        if layout is None:
            self.object.refuse("what it compiles to has no layout", "compile it with another compiler (HOSTCC)")
        names = [*TYPES, *FIELDS]
        self.layout = {name: self.object.number(layout + 4 * i, 4, "the layout")
                       for i, name in enumerate(names)}
        system, cell = (self.object.find(f"cellblock_{kind}") for kind in ("system", "cell"))
        if (system is None) == (cell is None):
            self.object.refuse(f"defines {'both' if system else 'neither'} CELLBLOCK_SYSTEM "
                               f"{'and' if system else 'nor'} CELLBLOCK_CELL", "define one of them")
        self.is_system = system is not None
        self.top = system or cell or Place(0, 0)
        self.kind = "board_system" if self.is_system else "board_cell"

    def place(self, field: str) -> Place:
        return self.top + self.layout[f"{self.kind}, {field}"]

    def _part(self, place: Place, field: str, size: int, what: str) -> int:
        return self.object.number(place + self.layout[field], size, what)

    def number(self, field: str, size: int) -> int:
        return self.object.number(self.place(field), size, f".{field}")

    def frame(self, field: str) -> tuple[int, int]:
        return (self._part(self.place(field), "cb_frame, phys", 8, f".{field}"),
                self._part(self.place(field), "cb_frame, size", 8, f".{field}"))

    def console(self, field: str) -> tuple[int, int, int]:
        return (self._part(self.place(field), "cb_console_config, type", 4, f".{field}"),
                self._part(self.place(field), "cb_console_config, irq", 4, f".{field}"),
                self._part(self.place(field), "cb_console_config, address", 8, f".{field}"))

    def name(self, place: Place, size: int, what: str) -> bytes:
        """Missing is not too long: that is for the checker to refuse."""
        target = self.object.pointer(place, what)
        text = self.object.text(target, size - 1, what) if target else b""
        if len(text) >= size:
            shown = binary.text_of(text)
            self.object.refuse(f"{what}: the name \"{shown}...\" is longer than {size - 1} characters",
                               "shorten it")
        return text

    def items(self, field: str, kind: str) -> list[Place]:
        """Where the elements of a list are."""
        place = self.place(field)
        count = self._part(place, "board_regions, count", self.object.pointer_size, f".{field}")
        first = self.object.pointer(place + self.layout["board_regions, items"], f".{field}")
        if not count:
            return []
        if count > binary.MAX_SIZE:
            self.object.refuse(f".{field}: {words.count(count, 'element')} do not fit into "
                               f"{binary.MAX_SIZE} bytes", "list fewer")
        if first is None:
            self.object.refuse(f".{field} has {words.count(count, 'element')} and no list", "give the list")
        size = self.layout[kind]
        self.object.check(first, count * size, f".{field}")
        return [first + i * size for i in range(count)]

    # ---- Elements, as the file has them ----

    def region(self, place: Place, what: str) -> bytes:
        number = lambda field, size: self._part(place, f"board_region, {field}", size, what)  # noqa: E731
        name = self.name(place + self.layout["board_region, name"], REGION_NAME_SIZE, what)
        phys, given = number("phys", 8), number("virt.given", 1)
        if given and self.is_system:
            self.object.refuse(f"{what}.virt: the root cell sees memory where it is", "leave it out")
        virt = number("virt.address", 8) if given else phys
        return binary.REGION.pack(phys, virt, number("size", 8), number("flags", 4), 0, name)

    def irqs(self, place: Place, what: str) -> bytes:
        return binary.IRQS.pack(self._part(place, "cb_irq_range, first", 4, what),
                                self._part(place, "cb_irq_range, count", 4, what))

    def smc(self, place: Place, what: str) -> bytes:
        return binary.SMC.pack(self.object.number(place, 4, what))

    def word(self, place: Place, what: str) -> bytes:
        return binary.WORD.pack(self.object.number(place, 8, what))


class Arrays:
    """What lies behind the head of the file."""

    def __init__(self, board: Board, head_size: int) -> None:
        self.board = board
        self.head_size = head_size
        self.data = b""

    def add(self, field: str, kind: str, pack: Callable[[Place, str], bytes]) -> tuple[int, int]:
        """Offset and count, as in struct cb_array."""
        places = self.board.items(field, kind)
        if not places:
            return 0, 0
        self.data += bytes(-(self.head_size + len(self.data)) % 8)
        offset = self.head_size + len(self.data)
        self.data += b"".join(pack(place, f".{field}[{i}]") for i, place in enumerate(places))
        if self.head_size + len(self.data) > binary.MAX_SIZE:
            self.board.object.refuse(f"does not fit into {binary.MAX_SIZE} bytes", "list fewer regions")
        return offset, len(places)

    def of_cell(self) -> tuple[int, ...]:
        return (*self.add("regions", "struct board_region", self.board.region),
                *self.add("irqs", "struct cb_irq_range", self.board.irqs),
                *self.add("smcs", "uint32_t", self.board.smc))


def compile_source(path: Path) -> bytes:
    """The .cell file that a source says; unchecked."""
    board = Board(path)
    arrays = Arrays(board, binary.HEADER.size + binary.CELL.size +
                    (binary.SYSTEM_REST.size if board.is_system else 0))
    name = board.name(board.place("name"), NAME_SIZE, ".name")
    common = arrays.of_cell()
    rest = b""
    if board.is_system:
        cpus = arrays.add("cpus", "uint64_t", board.word)
        spin_table = arrays.add("spin_table", "uint64_t", board.word)
        cpu_set, console, log_size = (1 << min(cpus[1], 64)) - 1, (0, 0, 0), 0
        frames = [value for frame in binary.FRAMES for value in board.frame(f"gic.{frame}")]
        rest = binary.SYSTEM_REST.pack(*board.frame("hypervisor"), board.number("gic.version", 4), 0, *frames,
                                       *board.console("debug_console"), *cpus, *spin_table)
    else:
        cpu_set, console = board.number("cpus", 8), board.console("console")
        log_size = board.number("log_size", 4)
    cell = binary.CELL.pack(cpu_set, board.number("flags", 4), log_size, *common, *console)
    size = arrays.head_size + len(arrays.data)
    kind = next(number for number, text in binary.KINDS.items() if (text == "system") == board.is_system)
    header = binary.HEADER.pack(binary.SIGNATURE, binary.REVISION, kind, ARM64, size, 0, 0, name)
    return sealed(header + cell + rest + arrays.data)


def sealed(data: bytes) -> bytes:
    return data[:binary.CHECKSUM.start] + struct.pack("<I", zlib.crc32(data)) + data[binary.CHECKSUM.stop:]
