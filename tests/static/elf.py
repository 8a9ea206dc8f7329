# SPDX-License-Identifier: GPL-2.0-only
"""The hypervisor's ELF file as binutils print it: sections, symbols, instructions."""

from __future__ import annotations

import bisect
import dataclasses
import platform
import re
import subprocess

PREFIX = "" if platform.machine() == "aarch64" else "aarch64-linux-gnu-"


@dataclasses.dataclass(frozen=True)
class Section:
    name: str
    address: int
    size: int
    flags: str  # as readelf -S prints them: A, W, X

    @property
    def end(self) -> int:
        return self.address + self.size


@dataclasses.dataclass(frozen=True)
class Symbol:
    name: str
    address: int
    size: int
    kind: str  # FUNC, OBJECT, NOTYPE
    file: str  # of a local symbol
    section: str  # its number


@dataclasses.dataclass(frozen=True)
class Insn:
    address: int
    mnemonic: str
    operands: str
    target: int | None  # of a direct branch, ADR, ADRP or literal load


INSN = re.compile(r"^ +([0-9a-f]+):\t(\S+)(?:\t(.*))?$")
SECTION = re.compile(r"^ +\[ *\d+\] (\S+) +\S+ +([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+) \d+ +([A-Zp]*) ")
TARGET = re.compile(r"\b([0-9a-f]+) <[^>]*>")


def run(tool: str, *arguments: str) -> str:
    return subprocess.run(
        [PREFIX + tool, *arguments], check=True, capture_output=True, text=True
    ).stdout


def instruction(line: str) -> Insn | None:
    """A line of objdump -d; None if it is none, or data."""
    match = INSN.match(line)
    if not match or match[2].startswith("."):
        return None
    operands = (match[3] or "").split("//")[0].strip()
    target = TARGET.search(operands)
    return Insn(
        int(match[1], 16),
        match[2],
        TARGET.sub("", operands).strip(),
        int(target[1], 16) if target else None,
    )


class Elf:
    def __init__(self, path: str) -> None:
        self.path = path
        self.sections = [
            Section(m[1], int(m[2], 16), int(m[3], 16), m[4])
            for m in map(SECTION.match, run("readelf", "-SW", path).splitlines())
            if m
        ]
        self.symbols = self._symbols()
        self.by_name = {s.name: s for s in self.symbols}
        # Labels of code: what a reader would call an address. Mapping symbols ($x) are none.
        code = {s.address: s for s in self.symbols if self.is_code(s.address)}
        code |= {s.address: s for s in self.symbols if s.kind == "FUNC"}
        self._labels = sorted(code)
        self._code = code
        self.insns: dict[int, Insn] = {}
        for line in run("objdump", "-d", "--no-show-raw-insn", path).splitlines():
            insn = instruction(line)
            if insn:
                self.insns[insn.address] = insn

    def _symbols(self) -> list[Symbol]:
        symbols, file = [], ""
        for line in run("readelf", "-sW", self.path).splitlines():
            field = line.split()
            if len(field) < 8 or not field[0].endswith(":") or field[0] == "Num:":
                continue
            if field[3] == "FILE":
                file = field[7]
            elif field[3] in ("FUNC", "OBJECT", "NOTYPE") and not field[7].startswith("$"):
                local = file if field[4] == "LOCAL" else ""
                symbols.append(
                    Symbol(
                        field[7], int(field[1], 16), int(field[2], 0), field[3], local, field[6]
                    )
                )
        return symbols

    def is_code(self, address: int) -> bool:
        return any("X" in s.flags and s.address <= address < s.end for s in self.sections)

    def section(self, name: str) -> Section:
        return next(s for s in self.sections if s.name == name)

    def address(self, name: str) -> int:
        if name not in self.by_name:
            raise SystemExit(f"{self.path} has no symbol {name}")
        return self.by_name[name].address

    def label(self, address: int) -> str:
        """The name of the code at an address."""
        i = bisect.bisect_right(self._labels, address) - 1
        return self._code[self._labels[i]].name if i >= 0 else f"{address:#x}"
