#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The deepest stack of every way through the hypervisor, from its instructions.

usage: check_stack.py ELF [--usage DIRECTORY]

Follows all branches and calls from every entry and keeps account of SP, so assembly counts, too.
Prints each entry with its depth and its deepest path. An error is: a stack that is too small,
recursion, a frame of variable size, an indirect branch or call that is not listed below, a stack
that is not empty when EL2 is left, and code that no entry reaches, which would be reached in a
way that is not seen here. --usage compares with the .su files of gcc's -fstack-usage, below the
directory of the objects.
"""

from __future__ import annotations

import argparse
import dataclasses
import re
import sys
from pathlib import Path

from elf import Elf, Insn

LAYOUT_H = Path(__file__).resolve().parents[2] / "hypervisor/arch/arm64/include/arch/layout.h"

# Indirect branches, by the label they are in, and where they go. Nothing else may branch or call
# through a register.
INDIRECT: dict[str, list[str]] = {
    # To where EL1 says, by the ABI of the stub, and at EL2: while Linux has the machine.
    "soft_restart": [],
    # To where whoever takes the CPU from the spin table says.
    "pen": [],
    # To the identity mapping, where the MMU can be turned off: no linker knows that address.
    "leave_el2": ["mmu_off_phys"],
}

# Who sets SP, and to the top of which stack. What called it does not go on.
SETS_SP = {
    "boot_init_entry": "boot",
    "boot_cpu_entry": "CPU",
    "vectors": "CPU",
    "guest_enter": "CPU",
    "cpu_park": "CPU",
    "own_panic": "CPU",
}

# Where CPUs from a spin table come in, where unknown ones stay, and where they go back to.
ENTRIES = ("cold_entry", "stay", "pen")

# Functions that end in an ERET, whatever their callers have on the stack: it is of no use behind it.
LEAVES_EL2 = ("return_to_pen",)

# arch/arm64/vectors.S: those that start at the top of the stack, as the last exit has left it.
VECTORS = {8: "synchronous exception of a guest", 10: "FIQ of a guest"}
OWN = 4  # a synchronous exception of EL2 itself: on the stack as it is, when that is good
PANICS = [n for n in range(16) if n not in VECTORS and n != OWN]
VECTOR_SIZE = 0x80

# How that vector looks at SP with no register to spare, and branches to own_exception.
OWN_VECTOR = (
    "sub sp, sp, #0x110",
    "add sp, sp, x0",
    "sub x0, sp, x0",
    "tbnz w0, #12",
    "b",
    "sub x0, sp, x0",
    "sub sp, sp, x0",
    "b",
)
OWN_FRAME = 0x110

# The synchronous exception of a lower EL is the only one that the boot vectors have.
BOOT_VECTOR = 0x400

ARITHMETIC = re.compile(r"^sp, sp, #(0x[0-9a-f]+)(?:, lsl #(\d+))?$")
PRE_INDEX = re.compile(r"\[sp, #(-?\d+)\]!$")
POST_INDEX = re.compile(r"\[sp\], (.*)$")
BRANCH_IF = ("b.", "cbz", "cbnz", "tbz", "tbnz")
INDIRECT_MNEMONIC = re.compile(r"^(br|blr|bra|blra)[ab]*z?$")


class Bad(Exception):
    """What the image must not have."""


@dataclasses.dataclass(frozen=True)
class Function:
    depth: int
    path: tuple[str, ...]  # to the deepest point
    returns: bool
    frame: dict[int, int]  # SP below the entry, by address of each instruction


@dataclasses.dataclass
class Entry:
    name: str
    stack: str
    function: Function


class Walk:
    """All that is reached, by calls and branches, from the entries."""

    def __init__(self, elf: Elf) -> None:
        self.elf = elf
        self.functions: dict[int, Function | None] = {}  # None: being walked
        self.calls: list[int] = []
        self.seen: set[int] = set()
        self.switches: dict[int, str] = {}  # behind an instruction that sets SP: its stack

    def fail(self, insn: Insn, why: str) -> Bad:
        return Bad(f"{self.elf.label(insn.address)} ({insn.address:#x}): {why}")

    def function(self, address: int) -> Function:
        if address not in self.functions:
            self.functions[address] = None
            self.calls.append(address)
            self.functions[address] = self.walk(address, 0, self.elf.label(address) in LEAVES_EL2)
            self.calls.pop()
        known = self.functions[address]
        if known is None:
            cycle = self.calls[self.calls.index(address) :] + [address]
            raise Bad("recursion: " + " -> ".join(map(self.elf.label, cycle)))
        return known

    def walk(self, start: int, depth: int | None, entry: bool = False) -> Function:
        """From a function's first instruction, or an entry's. Depth None: there is no stack."""
        frame: dict[int, int | None] = {}
        deepest, path, returns = depth or 0, (self.elf.label(start),), False
        todo: list[tuple[int, int | None]] = [(start, depth)]
        while todo:
            address, depth = todo.pop()
            if address in frame:
                if frame[address] != depth:
                    raise Bad(f"{self.elf.label(address)} ({address:#x}): variable stack depth")
                continue
            if address not in self.elf.insns:
                raise Bad(f"{address:#x}, behind {self.elf.label(address)}: not an instruction")
            insn = self.elf.insns[address]
            frame[address] = depth
            self.seen.add(address)
            if insn.mnemonic == "udf":
                raise self.fail(insn, "udf is reached")
            if insn.mnemonic == "brk":  # a promise: check_image.py knows which there are
                continue
            if self.sets_sp(insn):
                self.switches[address + 4] = SETS_SP[self.elf.label(address)]
                continue
            called = None
            if insn.mnemonic == "bl":
                assert insn.target is not None
                called = self.function(insn.target)
                if depth is None and called.depth:
                    raise self.fail(insn, "a call without a stack")
            depth = self.moved(insn, depth)
            below = (depth or 0) + (called.depth if called else 0)
            if below > deepest:
                deepest = below
                path = self.way(start, address) + (called.path if called else ())
            if insn.mnemonic == "ret":
                returns = True
                if depth or entry:
                    raise self.fail(insn, f"RET with {depth} bytes on the stack")
            elif insn.mnemonic == "eret":
                if depth or not entry:
                    raise self.fail(insn, f"ERET with {depth} bytes on the stack")
                self.seen |= self.barriers(address)
            else:
                if called is None or called.returns:
                    todo += [(next_, depth) for next_ in self.successors(insn)]
        return Function(deepest, path, returns, {a: d or 0 for a, d in frame.items()})

    def barriers(self, eret: int) -> set[int]:
        """What is behind an ERET and is never executed."""
        found, address = set(), eret + 4
        while (insn := self.elf.insns.get(address)) and insn.mnemonic in ("dsb", "isb", "sb"):
            found.add(address)
            address += 4
        return found

    def way(self, start: int, address: int) -> tuple[str, ...]:
        """Names of the function and of what it branched to, if that is another one."""
        first, last = self.elf.label(start), self.elf.label(address)
        return (first,) if first == last else (first, last)

    def successors(self, insn: Insn) -> list[int]:
        next_ = insn.address + 4
        if insn.mnemonic == "b":
            assert insn.target is not None
            return [insn.target]
        if insn.mnemonic.startswith(BRANCH_IF):
            assert insn.target is not None
            return [insn.target, next_]
        if INDIRECT_MNEMONIC.match(insn.mnemonic):
            label = self.elf.label(insn.address)
            if insn.mnemonic != "br" or label not in INDIRECT:
                raise self.fail(insn, f"indirect: {insn.mnemonic} {insn.operands}")
            return [self.elf.address(name) for name in INDIRECT[label]]
        return [next_]

    def sets_sp(self, insn: Insn) -> bool:
        if insn.mnemonic != "mov" or not insn.operands.startswith("sp,"):
            return False
        if self.elf.label(insn.address) not in SETS_SP:
            raise self.fail(insn, f"sets SP: mov {insn.operands}")
        return True

    def moved(self, insn: Insn, depth: int | None) -> int | None:
        """The depth behind an instruction."""
        operands, move = insn.operands, 0
        if match := PRE_INDEX.search(operands):
            move = -int(match[1])
        elif match := POST_INDEX.search(operands):
            if not re.fullmatch(r"#-?\d+", match[1]):
                raise self.fail(insn, f"variable: {insn.mnemonic} {operands}")
            move = -int(match[1][1:])
        elif operands.startswith("sp,") and insn.mnemonic != "cmp":
            match = ARITHMETIC.match(operands)
            if not match or insn.mnemonic not in ("add", "sub"):
                raise self.fail(insn, f"variable: {insn.mnemonic} {operands}")
            move = int(match[1], 16) << int(match[2] or 0)
            move = move if insn.mnemonic == "sub" else -move
        if depth is None:
            if re.search(r"\bsp\b", operands) and not operands.startswith("sp_"):
                raise self.fail(insn, f"no stack yet: {insn.mnemonic} {operands}")
            return None
        depth += move
        if depth < 0:
            raise self.fail(insn, "more is popped than was pushed")
        if depth % 16:
            raise self.fail(insn, f"SP is not aligned: depth {depth}")
        return depth


def entries(walk: Walk) -> list[Entry]:
    """Walk from each vector, and from where SP is set on the way."""
    elf, found = walk.elf, []
    vectors, panics = elf.address("vectors"), set()
    for n, name in VECTORS.items():
        function = walk.walk(vectors + n * VECTOR_SIZE, 0, entry=True)
        found.append(Entry(name, "CPU", function))
    for n in PANICS:
        walk.walk(vectors + n * VECTOR_SIZE, None, entry=True)
    check_own_vector(walk, vectors + OWN * VECTOR_SIZE)
    own = walk.walk(elf.address("own_exception"), OWN_FRAME, entry=True)
    walk.walk(elf.address("entry_vectors") + BOOT_VECTOR, None, entry=True)
    for name in ENTRIES:
        walk.walk(elf.address(name), None, entry=True)
    done: set[int] = set()
    while walk.switches.keys() - done:
        address = min(walk.switches.keys() - done)
        done.add(address)
        function = walk.walk(address, 0, entry=True)
        stack, name = walk.switches[address], elf.label(address)
        if name == "vectors":  # all panics alike
            if function.path not in panics:
                found.append(Entry("exception of EL2 itself", stack, function))
            panics.add(function.path)
        elif name != "own_panic":  # as the others
            found.append(Entry(name, stack, function))
    deepest = max(found, key=lambda entry: entry.function.depth)
    path = deepest.function.path + own.path
    both = dataclasses.replace(own, depth=deepest.function.depth + own.depth, path=path)
    found.append(Entry("an access of EL2 that fails at the deepest point", "CPU", both))
    return found


def check_own_vector(walk: Walk, address: int) -> None:
    for text in OWN_VECTOR:
        insn = walk.elf.insns[address]
        if not f"{insn.mnemonic} {insn.operands}".startswith(text):
            raise walk.fail(insn, f"expected: {text}")
        walk.seen.add(address)
        address += 4


def unreached(walk: Walk) -> list[str]:
    """Labels of code that no walk came by. Between functions there may be padding."""
    padding = ("nop", "udf")
    labels = {
        walk.elf.label(address)
        for address, insn in walk.elf.insns.items()
        if address not in walk.seen and insn.mnemonic not in padding
    }
    return [f"{label}: no entry reaches all of its instructions" for label in sorted(labels)]


def usage(directory: Path) -> dict[tuple[str, str], set[tuple[int, str]]]:
    """By file and function: bytes, and whether they are static. Clones share a name."""
    found: dict[tuple[str, str], set[tuple[int, str]]] = {}
    for path in directory.rglob("*.su"):
        for line in path.read_text().splitlines():
            where, size, kind = line.split("\t")
            name = where.split(":")[-1]
            found.setdefault((path.stem + ".c", name), set()).add((int(size), kind))
            found.setdefault(("", name), set()).add((int(size), kind))  # if it is global
    return found


def compare(walk: Walk, directory: Path) -> list[str]:
    """The compiler's idea of each frame against what the instructions do."""
    bad, known = [], usage(directory)
    for symbol in walk.elf.symbols:
        if symbol.kind != "FUNC":
            continue
        frame = walk.function(symbol.address).frame
        own = range(symbol.address, symbol.address + symbol.size)
        depth = max(d for a, d in frame.items() if a in own)
        name = re.sub(r"\.\d+$", "", symbol.name)  # f.isra.0 is f.isra to the compiler
        told = known.get((symbol.file, name), set())
        if (depth, "static") not in told:
            bad.append(f"{symbol.name}: {depth} bytes, the compiler says {told or 'nothing'}")
    return bad


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("elf")
    parser.add_argument("--usage", type=Path)
    arguments = parser.parse_args()
    elf = Elf(arguments.elf)
    size = re.search(r"define CPU_SLOT_STACK_SIZE (\w+)", LAYOUT_H.read_text())
    assert size
    limits = {
        "CPU": int(size[1], 0),
        "boot": elf.address("boot_stack_end") - elf.address("boot_stack"),
    }

    walk, bad = Walk(elf), []
    try:
        found = entries(walk)
        bad += unreached(walk)
        if arguments.usage:
            bad += compare(walk, arguments.usage)
    except Bad as error:
        print(error, file=sys.stderr)
        return 1
    for entry in sorted(found, key=lambda e: -e.function.depth):
        function, limit = entry.function, limits[entry.stack]
        print(f"{function.depth:5} of {limit} bytes, {entry.stack} stack: {entry.name}")
        print("      " + " > ".join(function.path))
        if function.depth > limit:
            bad.append(f"{entry.name}: {function.depth} bytes of stack, there are {limit}")
    for line in bad:
        print(line, file=sys.stderr)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
