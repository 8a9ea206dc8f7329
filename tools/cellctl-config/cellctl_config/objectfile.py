# SPDX-License-Identifier: GPL-2.0-only
"""Reads initialised data out of an ELF object: numbers, texts and what pointers point to.

Whoever wrote its source is not trusted: each read is within a section of plain data, and a pointer
leads to such a section or nowhere.
"""

from __future__ import annotations

import io
from typing import NamedTuple, NoReturn

from cellctl_config.refusal import Refusal

MAX_SIZE = 1 << 20  # of an object: a configuration has 16 KiB
SHF_ALLOC, SHF_EXECINSTR, SHF_TLS, SHF_COMPRESSED = 0x2, 0x4, 0x400, 0x800

# The relocation that is a pointer, by machine and bits.
POINTERS = {
    ("EM_X86_64", 64): 1,  # R_X86_64_64
    ("EM_X86_64", 32): 10,  # R_X86_64_32
    ("EM_386", 32): 1,  # R_386_32
    ("EM_AARCH64", 64): 257,  # R_AARCH64_ABS64
    ("EM_ARM", 32): 2,  # R_ARM_ABS32
    ("EM_RISCV", 64): 2,  # R_RISCV_64
    ("EM_RISCV", 32): 1,  # R_RISCV_32
    ("EM_PPC64", 64): 38,  # R_PPC64_ADDR64
    ("EM_S390", 64): 22,  # R_390_64
}

FUNCTIONS = ("STT_FUNC", "STT_GNU_IFUNC", "STT_LOOS")


class Place(NamedTuple):
    """A byte of a section."""

    section: int
    offset: int

    def __add__(self, distance: object) -> Place:
        assert isinstance(distance, int)
        return Place(self.section, self.offset + distance)


class Relocation(NamedTuple):
    kind: int
    symbol: int
    addend: int | None  # None: it is where the pointer goes


class Symbol(NamedTuple):
    name: str
    kind: str
    section: object  # its number, or a name of what is none
    value: int


class Section(NamedTuple):
    """One of plain data. `data` is None where all is zero."""

    size: int
    data: bytes | None
    relocations: dict[int, Relocation | None]  # by offset; None: there are several


class Object:
    """`file` is the name of the source, for people."""

    def __init__(self, image: bytes, file: str) -> None:
        self.file = file
        self.image = image
        if len(image) > MAX_SIZE:
            self.refuse(f"compiles to {len(image)} bytes, and {MAX_SIZE} are far too many",
                        "leave out what is no table")
        try:
            from elftools.elf.elffile import ELFFile
        except ImportError:
            raise Refusal(f"{file}: reading what a source compiles to needs the Python package "
                          "elftools, which is not there",
                          "install python3-pyelftools, or give the .cell file") from None
        try:
            self._open(ELFFile(io.BytesIO(image)))
        except Refusal:
            raise
        except Exception as error:  # elftools raises much, by what is broken
            self.refuse(f"what it compiles to cannot be understood ({type(error).__name__})",
                        "compile it with another compiler (HOSTCC)")

    def refuse(self, what: str, remedy: str) -> NoReturn:
        raise Refusal(f"{self.file}: {what}", remedy)

    # ---- Opening it ----

    def _open(self, elf) -> None:  # type: ignore[no-untyped-def]
        key = (elf["e_machine"], elf.elfclass)
        if elf["e_type"] != "ET_REL" or key not in POINTERS:
            self.refuse(f"compiles to {elf['e_type']} for {key[0]} ({key[1]} bits), which is not known",
                        "compile it with the compiler of this computer (HOSTCC)")
        self.pointer_kind = POINTERS[key]
        self.pointer_size = elf.elfclass // 8
        self.order = "little" if elf.little_endian else "big"
        table = elf.get_section_by_name(".symtab")
        self.symbols = [Symbol(item.name, item["st_info"]["type"], item["st_shndx"], item["st_value"])
                        for item in (table.iter_symbols() if table else ())]
        self._refuse_code(elf)
        self.sections = {i: self._section(section) for i, section in enumerate(elf.iter_sections())
                         if self._is_data(section)}
        for section in elf.iter_sections():
            if section["sh_type"] in ("SHT_REL", "SHT_RELA") and section["sh_info"] in self.sections:
                self._add_relocations(self.sections[section["sh_info"]], section)

    def _refuse_code(self, elf) -> None:  # type: ignore[no-untyped-def]
        """It would not be run: a configuration that has any means something else than it says."""
        if not any(section["sh_flags"] & SHF_EXECINSTR and section["sh_size"]
                   for section in elf.iter_sections()):
            return
        names = [symbol.name for symbol in self.symbols if symbol.kind in FUNCTIONS]
        what = f"the function {names[0]}()" if names else "code"
        self.refuse(f"has {what}, and a configuration is read, not run", "write tables only")

    @staticmethod
    def _is_data(section) -> bool:  # type: ignore[no-untyped-def]
        unwanted = SHF_EXECINSTR | SHF_TLS | SHF_COMPRESSED
        return (section["sh_type"] in ("SHT_PROGBITS", "SHT_NOBITS") and
                section["sh_flags"] & (SHF_ALLOC | unwanted) == SHF_ALLOC)

    def _section(self, section) -> Section:  # type: ignore[no-untyped-def]
        size, start = section["sh_size"], section["sh_offset"]
        if section["sh_type"] == "SHT_NOBITS":
            return Section(size, None, {})
        data = self.image[start:start + size]
        if len(data) != size:
            self.refuse("what it compiles to is truncated", "see whether there is room for it")
        return Section(size, data, {})

    @staticmethod
    def _add_relocations(section: Section, relocations) -> None:  # type: ignore[no-untyped-def]
        for item in relocations.iter_relocations():
            found = Relocation(item["r_info_type"], item["r_info_sym"],
                               item["r_addend"] if relocations.is_RELA() else None)
            offset = item["r_offset"]
            section.relocations[offset] = None if offset in section.relocations else found

    # ---- Reading ----

    def find(self, name: str) -> Place | None:
        """Where an object begins."""
        return next((self._target(symbol, 0) for symbol in self.symbols
                     if symbol.name == name and symbol.kind == "STT_OBJECT"), None)

    def _target(self, symbol: Symbol, addend: int) -> Place | None:
        """None for what is not in a section of plain data."""
        number = symbol.section
        return Place(number, symbol.value + addend) if isinstance(number, int) and number in self.sections else None

    def check(self, place: Place, size: int, what: str) -> None:
        """That so many bytes are there."""
        section = self.sections[place.section]
        if place.offset < 0 or size < 0 or place.offset + size > section.size:
            self.refuse(f"{what} is outside of its data", "list what it points to in full")

    def _bytes(self, place: Place, size: int, what: str) -> bytes:
        self.check(place, size, what)
        data = self.sections[place.section].data
        return data[place.offset:place.offset + size] if data is not None else bytes(size)

    def number(self, place: Place, size: int, what: str) -> int:
        """Addresses of the program that it never becomes are no numbers."""
        value = int.from_bytes(self._bytes(place, size, what), self.order)  # type: ignore[arg-type]
        if self._is_relocated(place, size):
            self.refuse(f"{what} is the address of a variable, and a number is needed", "write the number")
        return value

    def _is_relocated(self, place: Place, size: int) -> bool:
        relocations = self.sections[place.section].relocations
        for offset in range(place.offset - 7, place.offset + size):
            if offset in relocations:
                found = relocations[offset]
                width = self.pointer_size if found and found.kind == self.pointer_kind else 8
                if offset + width > place.offset:
                    return True
        return False

    def pointer(self, place: Place, what: str) -> Place | None:
        """What it points to; None for NULL."""
        stored = int.from_bytes(self._bytes(place, self.pointer_size, what), self.order)  # type: ignore[arg-type]
        relocations = self.sections[place.section].relocations
        if not stored and place.offset not in relocations:
            return None
        found = relocations.get(place.offset)
        target = None
        if found and found.kind == self.pointer_kind and found.symbol < len(self.symbols):
            addend = stored if found.addend is None else found.addend
            target = self._target(self.symbols[found.symbol], addend)
        if target is None:
            self.refuse(f"{what} points to no data of this file", "list what it points to here")
        return target

    def text(self, place: Place, limit: int, what: str) -> bytes:
        """Up to the NUL, or so many bytes and one more."""
        self.check(place, 0, what)
        size = min(limit + 1, self.sections[place.section].size - place.offset)
        text, end, _ = self._bytes(place, size, what).partition(b"\0")
        if not end and size <= limit:
            self.refuse(f"{what} has no end", "write it as a string")
        return text
