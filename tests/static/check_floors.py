#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The floors of the hypervisor (hypervisor/README.md): nothing looks up.

usage: check_floors.py OBJECTS

OBJECTS is the directory that a build of the hypervisor left its objects in. A finding is: a file that
includes what lies above its floor; a file that uses a symbol which is defined above it; files that
use one another in a circle. Each names the line that is to blame.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from elftools.elf.elffile import ELFFile

TOP = Path(__file__).resolve().parents[2]
HYPERVISOR = TOP / "hypervisor"
LIBRARY = TOP / "lib"

# From the ground up. Directories of one floor may use each other.
FLOORS = [("lib",), ("base",), ("arch/arm64",), ("mm", "gic", "iommu"), ("vdev",), ("cell",), ("exit",)]

# Headers of the architecture that base is made with: they know nothing but each other and types.
GROUND = {f"arch/{name}.h" for name in
          ("barrier", "broken", "fixup", "io", "layout", "smc", "state", "sysreg", "tlb")}
GROUND_USES = GROUND | {"base/types.h", "base/cpu.h"}

# Exceptions and boot calls come from below: assembly uses what this header declares, and the first
# tables.
DOORS = HYPERVISOR / "exit/entry.h"
ASSEMBLY_USES = {"boot_map", "el2_l0", "hv_phys"}

# The compiler calls these for whatever it compiles.
COMPILERS = {"memcmp", "memcpy", "memset"}

INCLUDE = re.compile(r'^#include <((?:\w+/)+\w+\.h)>', re.M)
PROTOTYPE = re.compile(r"\b(\w+)\(")


def floor_of(path: str) -> int | None:
    """By the path below hypervisor/ or lib/ of a file, or what it is included by."""
    if path.startswith("config/"):
        return 0
    if path.startswith("arch/"):
        return 2
    for n, names in enumerate(FLOORS):
        if any(path.startswith(name + "/") for name in names):
            return n
    return None


def name_of(floor: int) -> str:
    return "/".join(name.split("/")[0] for name in FLOORS[floor])


def sources() -> dict[str, Path]:
    """Every C and assembly file and header, by its path below hypervisor/, or lib/."""
    found = {}
    for top in (HYPERVISOR, LIBRARY):
        for path in sorted(top.rglob("*")):
            name = str(path.relative_to(top))
            if path.suffix in (".c", ".h", ".S") and not name.startswith("arch/host/"):
                found[name.replace("arch/arm64/include/arch/", "arch/")] = path
    return found


def line_of(path: Path, pattern: str) -> str:
    for n, text in enumerate(path.read_text().splitlines(), 1):
        if re.search(pattern, text):
            return f"{path.relative_to(TOP)}:{n}"
    return str(path.relative_to(TOP))


def check_includes(files: dict[str, Path]) -> list[str]:
    found = []
    for name, path in files.items():
        own = floor_of(name)
        for header in INCLUDE.findall(path.read_text()):
            floor = floor_of(header)
            where = line_of(path, rf"^#include <{header}>")
            if floor is None:
                continue
            if name in GROUND and header not in GROUND_USES:
                found.append(f"{where}: {name} is used by base and includes <{header}>")
            elif own is not None and name not in GROUND and header not in GROUND and floor > own:
                found.append(f"{where}: {name_of(own)} includes <{header}>, which lies above it, "
                             f"on {name_of(floor)}")
    return found


class Object:
    """What an object file defines for others, and what it wants of them."""

    def __init__(self, name: str, path: Path, source: Path) -> None:
        self.name, self.source = name, source
        self.floor = floor_of(name)
        self.defined: set[str] = set()
        self.wanted: set[str] = set()
        with path.open("rb") as file:
            for symbol in ELFFile(file).get_section_by_name(".symtab").iter_symbols():
                if symbol["st_info"]["bind"] != "STB_GLOBAL":
                    continue
                wanted = symbol["st_shndx"] == "SHN_UNDEF"
                (self.wanted if wanted else self.defined).add(symbol.name)

    @property
    def is_assembly(self) -> bool:
        return self.source.suffix == ".S"

    def line(self, symbol: str) -> str:
        return line_of(self.source, rf"\b{symbol}\b")


def objects(directory: Path, files: dict[str, Path]) -> list[Object]:
    found = []
    for name, source in files.items():
        path = directory / f"{name.rsplit('.', 1)[0]}.o"
        if source.suffix != ".h" and path.is_file():
            found.append(Object(name, path, source))
    return found


def doors() -> set[str]:
    return set(PROTOTYPE.findall(DOORS.read_text())) | ASSEMBLY_USES


def check_symbols(found: list[Object]) -> list[str]:
    owner = {symbol: file for file in found for symbol in file.defined}
    allowed = doors()
    lines = []
    for file in found:
        for symbol in sorted(file.wanted & owner.keys()):
            other = owner[symbol]
            if symbol in COMPILERS or other.floor <= file.floor or (file.is_assembly and symbol in allowed):
                continue
            lines.append(f"{file.line(symbol)}: {name_of(file.floor)} uses {symbol}, which lies above it: "
                         f"{other.source.relative_to(TOP)}")
    return lines


def uses(found: list[Object]) -> dict[str, dict[str, str]]:
    """For each C file those that it uses, and a symbol by which it does."""
    owner = {symbol: file for file in found for symbol in file.defined if not file.is_assembly}
    return {file.name: {owner[symbol].name: symbol for symbol in sorted(file.wanted & owner.keys())}
            for file in found if not file.is_assembly}


def circle_from(start: str, graph: dict[str, dict[str, str]]) -> list[str] | None:
    """The shortest way back to where it starts."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for other in graph[way[-1]]:
            if other == start:
                return way
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return None


def check_circles(found: list[Object]) -> list[str]:
    graph, files, told, lines = uses(found), {file.name: file for file in found}, set(), []
    for name in graph:
        way = circle_from(name, graph)
        if not way or frozenset(way) in told:
            continue
        told.add(frozenset(way))
        steps = [f"{files[a].line(graph[a][b])}: {graph[a][b]}" for a, b in zip(way, [*way[1:], way[0]])]
        lines.append("a circle of files: " + ", ".join(steps))
    return lines


def main() -> int:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    files = sources()
    found = objects(Path(sys.argv[1]), files)
    if not found:
        sys.exit(f"{sys.argv[1]}: no objects of the hypervisor: make hypervisor builds them")
    lines = check_includes(files) + check_symbols(found) + check_circles(found)
    print("\n".join(lines), end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
