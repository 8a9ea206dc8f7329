# SPDX-License-Identifier: GPL-2.0-only
"""The cells of a soak as they should be (Slot), and what is seen of a machine (View)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from cellfile import DATA, KIB, LOADABLE, MIB, RAM, Cell, Region
from inmates import Inmate

SLOTS = 7

# The cells' memory lies close together: neighbours share blocks of 2 MiB.
MEMORY, SLOT_SIZE, DATA_SIZE = 0x74000000, 5 * MIB, 64 * KIB
ZEROES = 3 * MIB
IMAGE_ROOM = 64 * KIB  # from the beginning of its RAM: what an inmate's image leaves there
FIRST_SPI = 100


@dataclass
class Slot:
    """Room for a cell, and the cell in it as it should be."""

    number: int
    state: str = "none"
    cpus: tuple[int, ...] = ()
    inmate: Inmate | None = None
    id: int = 0

    @property
    def name(self) -> str:
        return f"cell-{self.number}"

    @property
    def memory(self) -> int:
        return MEMORY + self.number * SLOT_SIZE

    @property
    def spi(self) -> int:
        return FIRST_SPI + self.number

    @property
    def exists(self) -> bool:
        return self.state != "none"

    def file(self, cpus: tuple[int, ...]) -> Cell:
        ram = SLOT_SIZE - DATA_SIZE
        return Cell(
            name=self.name,
            cpus=sum(1 << cpu for cpu in cpus),
            regions=[
                Region("ram", self.memory, ram, RAM | LOADABLE),
                Region("data", self.memory + ram, DATA_SIZE, DATA),
            ],
            irqs=[(self.spi, 1)],
        )

    def has_settled(self) -> bool:
        """Runs an honest inmate, which is where it stays."""
        return self.state == "running" and self.inmate is not None and bool(self.inmate.exits)


@dataclass
class View:
    """What can be seen from outside."""

    enabled: bool
    online: set[int]
    complaints: list[str]
    cells: dict[str, Any] = field(default_factory=dict)
    stats: list[dict[str, Any]] = field(default_factory=list)
    pool: dict[str, int] = field(default_factory=dict)


def cpu_list(text: str) -> set[int]:
    """The CPUs of "0,2-4"."""
    cpus: set[int] = set()
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        cpus |= set(range(int(first), int(last or first) + 1))
    return cpus


def json_objects(text: str) -> list[Any]:
    """The objects of a text, one after the other."""
    decoder, objects = json.JSONDecoder(), []
    text = text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        objects.append(value)
        text = text[end:].strip()
    return objects
