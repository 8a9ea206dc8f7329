# SPDX-License-Identifier: GPL-2.0-only
"""What a soak runs in its cells: one line in a table for each inmate, honest or hostile.

An inmate says how it is started, by what line on its console it is known to have come where it
will stay, in what state its cell is then, and, while it is honest, which exits it may have.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

ROOT_RAM, HYPERVISOR, RTC = 0x40000000, 0x70000000, 0x09010000
UART_SPI = 33
NOBODY = 0x73000000  # reserved memory that no cell of a soak has


@dataclass(frozen=True)
class Place:
    """What an inmate can be told of its cell, and of the one it attacks."""

    cpus: tuple[int, ...]
    spi: int
    data: int
    zeroes: int  # in its RAM, behind the image
    victim_memory: int
    victim_cpu: int
    victim_spi: int
    first: int  # attempt, of an inmate that makes several


@dataclass(frozen=True)
class Inmate:
    """`arguments` may name fields of Place, in {}."""

    image: str
    arguments: str = ""
    arrived: str = ""  # a line of its console, as a regular expression of grep -E
    state: str | None = "running"  # of its cell, once arrived; None: whatever it comes to
    cpus: int = 1  # it needs at least
    gic: int | None = None  # only with this one
    wrong: str = ""  # a regular expression of what it must not print
    # Of honest ones:
    exits: frozenset[str] | None = None  # that it may have from then on; None: any
    progress: bool = False  # it goes on to print
    check: Callable[[str], bool] = lambda text: True  # of all lines that match `arrived`

    def line(self, place: Place) -> str:
        """Its command line."""
        return self.arguments.format_map(vars(place) | {"victim_mask": 1 << place.victim_cpu})

    def fits(self, cpus: int, gic: int) -> bool:
        return cpus >= self.cpus and self.gic in (None, gic)


IDLE = frozenset({"wfi", "hvc"})


def _window_is_right(line: str) -> bool:
    """Of the timer: as many interrupts as asked for, and no exit but the WFI of each."""
    numbers = re.search(r"window: (\d+) interrupts, .* (\d+) exits", line)
    return int(numbers[1]) == 20 >= int(numbers[2])


HONEST = [
    Inmate("hello", "soak", "hello: idle", exits=IDLE),
    Inmate("hello", "off", "hello: off", state="stopped"),
    Inmate("hello", "reset", "hello: reset", progress=True),
    Inmate(
        "timer",
        "period=10000 report=20",
        "timer: window: .* exits$",
        exits=IDLE,
        progress=True,
        check=_window_is_right,
    ),
    Inmate(
        "witness",
        "irq={spi} period=10000 report=20",
        "witness: [0-9]+ periods, .* GICD_CTLR",
        exits=IDLE | {"gicd", "gicr"},
        progress=True,
        check=lambda line: "0 stray interrupts, 0 early, 0 words changed, " in line,
    ),
    Inmate("smp", "rounds=10", "smp: (PASS|FAIL)", cpus=2, exits=IDLE, wrong="smp: FAIL"),
]

# Cases of `violate` that fail the cell, and those that do not.
_FATAL = (
    f"case=write-root addr={ROOT_RAM:#x}",
    f"case=read-root addr={ROOT_RAM + 0x200000:#x}",
    f"case=write-hypervisor addr={HYPERVISOR:#x}",
    f"case=read-root addr={HYPERVISOR + 0x800:#x}",
    f"case=write-cell addr={NOBODY:#x}",
    "case=write-cell addr={victim_memory:#x}",
    "case=exec-nx addr={data:#x}",
    f"case=device addr={RTC:#x}",
    "case=crash",
    "case=mmio-exclusive",
)
_SURVIVED = (
    "case=sgi-foreign irq=2 cpu={victim_cpu} mpidr={victim_cpu}",
    "case=sgi-foreign irq=15 cpu=0 mpidr=0",
    "case=spi-foreign irq={victim_spi}",
    f"case=spi-foreign irq={UART_SPI}",
    "case=gicd-off",
    "case=cpu-on-foreign mpidr={victim_cpu}",
    "case=suspend",
    "case=smc-unknown",
    "case=hvc-root",
    "case=hvc-unknown",
    "case=mmio-writeback",
    "case=mmio-pair",
)
_STAYING = {
    "case=spin-masked": "loop with all interrupts masked",
    "case=wfi": "WFI for ever",
    "case=wfi-gic-off": "WFI for ever",
    "case=power-down": "PSCI CPU_SUSPEND for ever",
    "case=wfe": "WFE for ever",
    "case=broken-vectors addr={zeroes:#x}": "exception loop",
    "case=cpu-off": "PSCI CPU_OFF",
}

# Attacks of `hostile`; test_hostile.py makes all their attempts.
ATTACKS = (
    "memory-kinds memory-places memory-edges memory-permissions memory-types memory-stage1"
    " memory-maintenance"
    " gic-distributor gic-spis gic-routes gic-redistributors gic-interface gic-sgis gic-ends"
    " gic-storms gic-left-behind"
    " cpu-calls cpu-psci cpu-entries cpu-power cpu-power-cycles cpu-returns cpu-vectors"
    " cpu-foreign-vectors cpu-loops cpu-waits cpu-features cpu-left-behind"
    " register-reads register-writes register-system register-immediates"
    " register-left-behind register-inspect"
).split()
_TARGETS = (
    "target=victim:{victim_memory:#x} target=root:0x40200000 target=hypervisor:0x70000000"
    f" spi={{spi}} foreign-spi={{victim_spi}} root-spi={UART_SPI} cpu={{victim_cpu}}"
    " cpu-mask={victim_mask}"
)

HOSTILE = [
    *(Inmate("violate", arguments, "violate: ", state="failed") for arguments in _FATAL),
    *(Inmate("violate", arguments, "survived: ") for arguments in _SURVIVED),
    *(Inmate("violate", arguments, text) for arguments, text in _STAYING.items()),
    Inmate("violate", "case=gicr-foreign mpidr={victim_cpu}", "survived: ", gic=3),
    Inmate("violate", "case=half-smp", "CPU 1 spins", cpus=2),
    *(
        Inmate(
            "hostile",
            f"case={attack} at={{first}} {_TARGETS}",
            rf"hostile\[0\]: {attack} ",
            state=None,
            wrong="BREACH",
        )
        for attack in ATTACKS
    ),
]


def choose(rng: Random, cpus: int, gic: int) -> Inmate:
    """One that can run on so many CPUs; every other one is hostile."""
    table = rng.choice((HONEST, HOSTILE))
    return rng.choice([inmate for inmate in table if inmate.fits(cpus, gic)])
