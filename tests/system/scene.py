# SPDX-License-Identifier: GPL-2.0-only
"""An attacker, a witness and Linux: what the tests of isolation have in common.

The witness, on CPU 2, watches its memory, its SPI, its timer and for interrupts that nobody should
send. Linux watches its own. Whatever the attacker does, both go on as they were.
"""

from __future__ import annotations

from cellfile import DATA, KIB, LOADABLE, MIB, NATIVE_IDLE, RAM, Cell, Region, put
from cells import SYSFS, Root, words
from machine import QUIET_IPIS, TIMEOUT

ROOT_RAM = 0x40000000
HYPERVISOR = 0x70000000
WITNESS_RAM = 0x72000000
WITNESS_DATA = 0x73000000
ROOT_SHARED = 0x7FF00000
UART = 0x09000000
RTC = 0x09010000

WITNESS_CPU = 2
WITNESS_SPI, UART_SPI = 100, 33

WITNESS = Cell(
    name="witness",
    cpus=1 << WITNESS_CPU,
    regions=[
        Region("ram", WITNESS_RAM, 16 * MIB, RAM | LOADABLE),
        Region("data", WITNESS_DATA, 64 * KIB, DATA),
    ],
    irqs=[(WITNESS_SPI, 1)],
    flags=NATIVE_IDLE,
)

# Of the witness, about all that it watches.
NEW_REPORT = f"follow -n -t {TIMEOUT:.0f} witness 1 '^witness: .* GICD_CTLR 0x'"

# Exits that its reports cause. It idles natively.
USUAL_EXITS = ("exits hvc ", "exits gicd ", "exits gicr ")

# Linux checks itself all the while, and logs "right" or "wrong".
LOAD_LOG = "/tmp/load.log"


class Scene:
    """Linux, the witness, and an attacker for each case."""

    def __init__(self, root: Root, attacker: Cell) -> None:
        self.root = root
        self.machine = root.machine
        self.state_file = ""  # where Linux finds the state of the attacker
        self._at_work = False  # there may be an attacker
        self.attacker_cpus = [cpu for cpu in range(64) if attacker.cpus >> cpu & 1]
        self.machine.check(put(WITNESS.pack(), "/tmp/witness.cell"))
        self.machine.check(put(attacker.pack(), "/tmp/attacker.cell"))
        self.machine.check(f"selfcheck /tmp/load {LOAD_LOG} &")
        root.cellctl("create /tmp/witness.cell")
        root.load("witness", "witness", f"irq={WITNESS_SPI} report=50")
        root.start("witness")
        root.wait_console("witness", "^witness: .* GICD_CTLR")
        self.seen = self.testimony()
        self.counted = self.look_at_linux()

    def testimony(self) -> str:
        """What the witness says now, less the time."""
        line = self.machine.check(NEW_REPORT, TIMEOUT + 10)
        return line.split(" periods, ")[1].strip()

    def look_at_linux(self) -> list[str]:
        """Linux is well, its load and the attacker's CPUs included: counts that must not change.

        They are the interrupts of no use, and the unusual exits of the witness's CPU.
        """
        looks = f"{QUIET_IPIS} -x {WITNESS_CPU} -l {LOAD_LOG} -k {words(self.attacker_cpus)}"
        lines = self.machine.health(looks).splitlines()
        return [line for line in lines if not line.startswith(USUAL_EXITS)]

    def create(self) -> None:
        """The attacker is there, and not started."""
        self._at_work = True
        number = self.root.json("create /tmp/attacker.cell")["cell"]
        self.state_file = f"{SYSFS}/cells/{number}/state"

    def end_attack(self) -> None:
        """The attacker goes; nobody else has noticed anything."""
        self.root.destroy("attacker")
        self._at_work = False
        assert self.testimony() == self.seen
        assert self.look_at_linux() == self.counted

    def clear(self) -> None:
        """Removes what an attack that failed has left."""
        if self._at_work and "attacker" in self.root.cells():
            self.root.destroy("attacker")
        self._at_work = False

    def memory(self, address: int) -> str:
        """A word of RAM, whoever has it, as QEMU sees it."""
        return self.machine.monitor(f"xp /1wx {address:#x}").strip()
