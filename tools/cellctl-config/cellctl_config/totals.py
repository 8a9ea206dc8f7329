# SPDX-License-Identifier: GPL-2.0-only
"""What each owner has in total, in words for a table."""

from __future__ import annotations

from cellctl_config import binary, partition, words
from cellctl_config.partition import CELLBLOCK, DEVICE, MEMORY, ROOT, Piece

NOTHING = "\u2013"


def short_size(size: int) -> str:
    """Exact where that is short: '4 KiB', '751.9 MiB'."""
    unit = min(max((size.bit_length() - 1) // 10, 1), 4)
    value = size / 1024 ** unit
    return f"{value:.1f}".removesuffix(".0") + f" {words.UNITS[unit - 1]}"


class Totals:
    """Of one partitioning."""

    def __init__(self, system: binary.System, cells: list[binary.Cell], pieces: list[Piece]) -> None:
        self.system = system
        self.cells = cells
        self.pieces = pieces
        self.irqs = partition.irq_runs(system, cells)

    def of(self, owner: int, cell: binary.Cell | None) -> dict[str, str]:
        """`cell` is the owner's configuration; Cellblock has none."""
        own, shared = self.memory(owner, False), self.memory(owner, True)
        return {
            "CPUs": self.cpus(owner),
            "memory, not shared": short_size(own) if own else NOTHING,
            "memory, shared": short_size(shared) if shared else NOTHING,
            "device regions": self.devices(owner),
            "interrupts (SPIs)": self.interrupts(owner),
            "console": self.console(owner, cell),
            "options": self.options(cell),
        }

    def cpus(self, owner: int) -> str:
        if owner == CELLBLOCK:
            return NOTHING
        return words.numbers(cpu for cpu in self.system.cpus
                             if partition.cpu_owner(self.cells, cpu) == owner)

    def of_kind(self, owner: int, kind: str) -> list[Piece]:
        return [piece for piece in self.pieces
                if owner in piece.holdings and piece.holdings[owner].kind == kind]

    def memory(self, owner: int, is_shared: bool) -> int:
        return sum(piece.size for piece in self.of_kind(owner, MEMORY) if piece.is_shared == is_shared)

    def devices(self, owner: int) -> str:
        """Without the GIC, of which everybody has something."""
        frames = [name.upper() for name in self.system.frames]
        return str(sum(1 for piece in self.of_kind(owner, DEVICE) if piece.name not in frames) or NOTHING)

    def interrupts(self, owner: int) -> str:
        return str(sum(last - first + 1 for first, last, who in self.irqs if who == owner) or NOTHING)

    def console(self, owner: int, cell: binary.Cell | None) -> str:
        if owner == ROOT:
            return "its own"
        console = cell.console if cell else self.system.debug_console
        if not console.type:
            return NOTHING if cell else "ring"
        return console.type_name.upper() if console.address else console.type_name

    @staticmethod
    def options(cell: binary.Cell | None) -> str:
        if cell is None:
            return NOTHING
        what = "SMC refused" if isinstance(cell, binary.System) else "SMC"
        things = "SMCs refused" if isinstance(cell, binary.System) else ""
        smcs = [words.count(len(cell.smcs), what, things)] if cell.smcs else []
        return ", ".join([*cell.flag_names, *smcs]) or NOTHING
