#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Facts that must hold of each hypervisor image, whatever compiler has made it.

usage: check_image.py ELF

Says what does not hold. Each function below is one fact, and its comment says which.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from elf import Elf, Insn, run

HYPERVISOR = Path(__file__).resolve().parents[2] / "hypervisor"

PAGE_SIZE = 0x1000
VECTORS_SIZE = 0x800  # and alignment (Arm ARM D1.3)

FP_REGISTER = re.compile(r"\b(?:[bhsdqvzp]\d+|fp[cs]r|ffr)\b")
RESETS_FP = ("fp_reset", "sve_reset")
X18 = re.compile(r"\b[xw]18\b")
SAVES_X18 = ("exit_data_abort", "exit_other", "exit_all", "guest_enter", "own_exception")
BROKEN_LINE_BITS = 9
PROMISE = re.compile(r"^\t+(?:must|assert_held)\(")
EXCLUSIVE = re.compile(r"^(?:ld[ax]*xr|st[lx]*xr|cas|swp|ld(?:add|clr|eor|set))")


def writable_or_executable(elf: Elf) -> Iterator[str]:
    """Nothing is both; sections lie where boot_map() takes text, constants and data to be."""
    bounds = [elf.address(n) for n in ("image_start", "rodata_start", "data_start", "image_end")]
    places = {"AX": bounds[0:2], "A": bounds[1:3], "WA": bounds[2:4]}
    for section in elf.sections:
        if "A" not in section.flags:
            continue
        if section.flags not in places:
            yield f"section {section.name} has flags {section.flags}"
            continue
        start, end = places[section.flags]
        if not start <= section.address <= section.end <= end:
            yield f"section {section.name} ({section.flags}) is not in {start:#x} to {end:#x}"
    yield from (f"{bound:#x} is no page boundary" for bound in bounds if bound % PAGE_SIZE)


def no_relocations(elf: Elf) -> Iterator[str]:
    """The file is what is executed: nobody relocates or links it."""
    if "no relocations" not in run("readelf", "-rW", elf.path):
        yield "there are relocations"
    if "no dynamic section" not in run("readelf", "-dW", elf.path):
        yield "there is a dynamic section"
    yield from (f"undefined: {symbol.name}" for symbol in elf.symbols if symbol.section == "UND")


def no_fp_registers(elf: Elf) -> Iterator[str]:
    """FP, SIMD and SVE registers are the guest's: exits do not save them."""
    for insn in elf.insns.values():
        if FP_REGISTER.search(insn.operands) and elf.label(insn.address) not in RESETS_FP:
            yield at(elf, insn)


def no_x18(elf: Elf) -> Iterator[str]:
    """x18 is the guest's: most exits do not save it."""
    for insn in elf.insns.values():
        if X18.search(insn.operands) and elf.label(insn.address) not in SAVES_X18:
            yield at(elf, insn)


def exception_returns(elf: Elf) -> Iterator[str]:
    """Nothing can be speculated past an ERET (Arm ARM C6.2, ERET and SB)."""
    for insn in elf.insns.values():
        if insn.mnemonic != "eret":
            continue
        behind = [elf.insns.get(insn.address + n) for n in (4, 8)]
        text = [f"{i.mnemonic} {i.operands}".strip() for i in behind if i]
        if text != ["dsb nsh", "isb"] and text[:1] != ["sb"]:
            yield f"{at(elf, insn)}: no barrier behind it"


def promises(elf: Elf) -> set[int]:
    """The numbers of BRK by which base/assert.h names a line (arch/broken.h)."""
    names = re.findall(r'"(.*)\\0"', Path(elf.path).with_name("promising.c").read_text())
    return {number << BROKEN_LINE_BITS | line
            for number, name in enumerate(names)
            for line, text in enumerate((HYPERVISOR / name).read_text().splitlines(), 1)
            if PROMISE.search(text)}


def no_calls_upwards(elf: Elf) -> Iterator[str]:
    """EL2 makes no call to itself, and has no breakpoints but those of promises."""
    known = promises(elf)
    for insn in elf.insns.values():
        if insn.mnemonic in ("svc", "hvc", "hlt") or (
            insn.mnemonic == "brk" and int(insn.operands.split()[0].strip("#"), 16) not in known
        ):
            yield at(elf, insn)


def vectors_fit(elf: Elf) -> Iterator[str]:
    """Vectors are aligned, and none pushes those behind it out of their places."""
    for name in ("entry_vectors", "vectors"):
        if elf.address(name) % VECTORS_SIZE:
            yield f"{name} is not aligned"
    if not 0 < elf.address("mmu_on") - elf.address("vectors") <= VECTORS_SIZE:
        yield "a vector has more than 128 bytes"


def code_without_mmu(elf: Elf) -> Iterator[str]:
    """
    With the MMU off all memory is Device memory at another address: no exclusives and atomics, no
    constants; and boot_map(), which is C, calls nothing. Other C in the head only fills its gaps. What turns the MMU on fits in the page
    that boot_map() maps at its physical address, and the stub in the one before.
    """
    head, function = elf.section(".head"), elf.by_name["boot_map"]
    fillers = {
        address
        for symbol in elf.symbols
        if symbol.kind == "FUNC" and symbol is not function
        for address in range(symbol.address, symbol.address + symbol.size, 4)
    }
    for insn in elf.insns.values():
        if insn.address in fillers:
            continue
        in_c = function.address <= insn.address < function.address + function.size
        if not in_c and not head.address <= insn.address < head.end:
            continue
        load = insn.mnemonic.startswith("ld")
        if EXCLUSIVE.match(insn.mnemonic) or (load and insn.target is not None):
            yield at(elf, insn)
        if in_c and (insn.mnemonic == "bl" or (load and "[sp" not in insn.operands)):
            yield at(elf, insn)
    start, end = elf.address("vectors"), elf.address("idmap_end")
    if start != elf.address("image_start") + PAGE_SIZE or end > start + PAGE_SIZE:
        yield f"the identity mapping is not the second page: {start:#x} to {end:#x}"


FACTS = (
    writable_or_executable,
    no_relocations,
    no_fp_registers,
    no_x18,
    exception_returns,
    no_calls_upwards,
    vectors_fit,
    code_without_mmu,
)


def at(elf: Elf, insn: Insn) -> str:
    return f"{elf.label(insn.address)} ({insn.address:#x}): {insn.mnemonic} {insn.operands}"


def main() -> int:
    elf = Elf(sys.argv[1])
    if not elf.insns:
        raise SystemExit(f"{elf.path}: no instructions")
    found = [f"{fact.__name__}: {what}" for fact in FACTS for what in fact(elf)]
    for line in found:
        print(line, file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
