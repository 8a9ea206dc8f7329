# SPDX-License-Identifier: GPL-2.0-only
"""The plugin el2count.c from Python: a machine that has it, and what it counted.

    with counting_machine(Config(gic=3), "example") as counting:
        root = Root(counting.machine)
        ...
    counts = counting.result()
    counts.phase(1).cpu(2).exits

The counts are there when the machine has ended.
"""

from __future__ import annotations

import bisect
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "system"))
from machine import BUILD, Config, Machine  # noqa: E402  pylint: disable=wrong-import-position

ELF = BUILD / "hypervisor" / "cellblock.elf"
PLUGIN = BUILD / "bench" / "el2count.so"
REGION = 0x70000000  # the hypervisor's in configs/arm64/qemu-virt.h

# Phases from here on are Linux', those below the inmate's.
FIRST_LINUX_PHASE = 128

VECTORS = {0x400: "sync", 0x480: "irq", 0x500: "fiq", 0x580: "serror"}
CLASSES = {0x01: "WFx", 0x16: "HVC", 0x17: "SMC", 0x18: "MSR", 0x20: "fetch", 0x24: "data"}


def symbols(elf: Path = ELF) -> dict[str, int]:
    """Name and address of each symbol of the image."""
    text = subprocess.run(["nm", str(elf)], check=True, capture_output=True, text=True).stdout
    fields = (line.split() for line in text.splitlines())
    return {name: int(address, 16) for address, _, name in fields}


@dataclass
class Kind:
    """Exits by one vector and exception class."""

    vector: str
    cause: str
    exits: int
    instructions: int
    lengths: dict[int, int]  # how many exits took so many instructions
    esr: int
    elr: int

    @staticmethod
    def parse(data: dict[str, Any]) -> Kind:
        vector = VECTORS.get(data["vector"], hex(data["vector"]))
        cause = CLASSES.get(data["ec"], hex(data["ec"])) if vector == "sync" else vector
        lengths = {int(length): exits for length, exits in data["lengths"].items()}
        totals = data["exits"], data["instructions"]
        return Kind(vector, cause, *totals, lengths, data["esr"], data["elr"])


@dataclass
class Count:
    """What one CPU, or several together, did at EL2 in a phase."""

    instructions: int = 0
    kinds: list[Kind] = field(default_factory=list)

    @property
    def exits(self) -> int:
        return sum(kind.exits for kind in self.kinds)

    @property
    def lengths(self) -> Counter[int]:
        total: Counter[int] = Counter()
        for kind in self.kinds:
            total.update(kind.lengths)
        return total

    @property
    def median(self) -> int:
        """Of the instructions of an exit; 0 without exits."""
        lengths = sorted(self.lengths.elements())
        return lengths[len(lengths) // 2] if lengths else 0

    def only(self, wanted: Callable[[Kind], bool]) -> Count:
        """Those exits that are wanted."""
        kinds = [kind for kind in self.kinds if wanted(kind)]
        return Count(sum(kind.instructions for kind in kinds), kinds)

    def __add__(self, other: Count) -> Count:
        return Count(self.instructions + other.instructions, self.kinds + other.kinds)


@dataclass
class Phase:
    """All CPUs in a phase, and how often each instruction of the image was executed."""

    cpus: dict[int, Count]
    profile: dict[int, int]

    def cpu(self, number: int) -> Count:
        return self.cpus.get(number, Count())

    def total(self, *cpus: int) -> Count:
        """Several CPUs together, all if none is named."""
        return sum((self.cpu(cpu) for cpu in cpus or self.cpus), Count())

    def functions(self) -> list[tuple[str, int]]:
        """Instructions by function, most first."""
        base, total = symbols()["image_start"], Counter[str]()
        starts = sorted((address - base, name) for name, address in symbols().items())
        for offset, executions in self.profile.items():
            name = starts[bisect.bisect(starts, (offset, "\x7f")) - 1][1]
            total[name] += executions
        return total.most_common()


class Counts:
    """All phases of a machine's life."""

    def __init__(self, path: Path) -> None:
        self.phases: dict[int, Phase] = {}
        for number, data in json.loads(path.read_text()).items():
            cpus = {
                int(cpu): Count(count["instructions"], list(map(Kind.parse, count["exits"])))
                for cpu, count in data["cpus"].items()
            }
            profile = {int(offset): count for offset, count in data["profile"].items()}
            self.phases[int(number)] = Phase(cpus, profile)

    def phase(self, number: int) -> Phase:
        return self.phases[number]


class Counting:
    """A machine with the plugin."""

    def __init__(self, config: Config, name: str) -> None:
        self.path = BUILD / "bench" / f"{name}.json"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self._phases: dict[str, int] = {}
        config.extra += ["-plugin", plugin_argument(self.path)]
        self.machine = Machine(config, f"bench-{name}", login=False)

    def number(self, phase: str) -> int:
        """The number of a phase of Linux' by its name."""
        return self._phases.setdefault(phase, FIRST_LINUX_PHASE + len(self._phases))

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Marks from Linux what happens meanwhile."""
        self.machine.check(f"bench mark {self.number(name)}")
        yield
        self.machine.check("bench mark 0")

    def result(self) -> Counts:
        return Counts(self.path)

    def named(self, counts: Counts, name: str) -> Phase:
        return counts.phase(self._phases[name])


def plugin_argument(out: Path) -> str:
    """Builds the plugin if it must be; what QEMU wants to be told."""
    subprocess.run(["make", "-s", "-C", ROOT / "tests/bench", f"O={PLUGIN.parent}"], check=True)
    at = symbols()
    base = at["image_start"]
    values = {
        "base": base,
        "phys": REGION,
        "size": at["rodata_start"] - base,
        "vectors": at["vectors"] - base,
        "entry": at["entry_vectors"] - base,
    }
    numbers = ",".join(f"{name}={value:#x}" for name, value in values.items())
    return f"{PLUGIN},{numbers},out={out}"


@contextmanager
def counting_machine(config: Config, name: str) -> Iterator[Counting]:
    """A machine that counts and has booted; its end comes with that of the block."""
    counting = Counting(config, name)
    try:
        counting.machine.login(timeout=120 + 30 * config.smp)
        yield counting
    finally:
        counting.machine.close()
