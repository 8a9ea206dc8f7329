# SPDX-License-Identifier: GPL-2.0-only
"""An attacker, a witness and Linux: what the tests of isolation have in common.

The witness, on CPU 2, watches its memory, its SPI, its timer and for interrupts that nobody should
send. Linux watches its own. Whatever the attacker does, both go on as they were.
"""

from __future__ import annotations

from cellfile import DATA, KIB, LOADABLE, MIB, NATIVE_IDLE, RAM, Cell, Region, put
from cells import SYSFS, Root
from machine import TIMEOUT

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

# CPU stop, crash stop, timer broadcast, IRQ work, wake-up: Linux has no use for them here,
# and would not survive the first.
QUIET_IPIS = "grep -E '^IPI[2346]:' /proc/interrupts"

# Of the witness, about all that it watches.
NEW_REPORT = "follow -n witness 1 '^witness: .* GICD_CTLR 0x'"

# Linux checks itself all the while, and logs "right" or "wrong".
LOAD_LOG = "/tmp/load.log"


class Scene:
    """Linux, the witness, and an attacker for each case."""

    def __init__(self, root: Root, attacker: Cell) -> None:
        self.root = root
        self.machine = root.machine
        self.state_file = ""  # where Linux finds the state of the attacker
        self.attacker_cpus = [cpu for cpu in range(64) if attacker.cpus >> cpu & 1]
        self.machine.check(put(WITNESS.pack(), "/tmp/witness.cell"))
        self.machine.check(put(attacker.pack(), "/tmp/attacker.cell"))
        self.machine.check(f"selfcheck /tmp/load {LOAD_LOG} &")
        root.cellctl("create /tmp/witness.cell")
        root.load("witness", "witness", f"irq={WITNESS_SPI} report=50")
        root.start("witness")
        root.wait_console("witness", "^witness: .* GICD_CTLR")
        self.seen = self.testimony()
        self.exits = self.unusual_exits()
        self.ipis = self.machine.check(QUIET_IPIS)

    def testimony(self) -> str:
        """What the witness says now, less the time."""
        line = self.machine.check(f"timeout {TIMEOUT:g} {NEW_REPORT}", TIMEOUT + 10)
        return line.split(" periods, ")[1].strip()

    def unusual_exits(self) -> dict[str, int]:
        """Exits of the witness's CPU that its reports do not cause. It idles natively."""
        exits = self.root.exits(WITNESS_CPU)
        return {key: exits[key] for key in exits if key not in ("hvc", "gicd", "gicr")}

    def create(self) -> None:
        """The attacker is there, and not started."""
        self.root.cellctl("create /tmp/attacker.cell")
        number = self.root.cells()["attacker"]["cell"]
        self.state_file = f"{SYSFS}/cells/{number}/state"

    def end_attack(self) -> None:
        """The attacker goes; nobody else has noticed anything."""
        self.root.destroy("attacker")
        assert self.testimony() == self.seen
        assert self.unusual_exits() == self.exits
        assert self.machine.check(QUIET_IPIS) == self.ipis
        for cpu in self.attacker_cpus:
            self.root.assert_cpu_works(cpu)
        count = f"wc -l <{LOAD_LOG}"
        self.root.wait_until(f"[ $({count}) -gt {self.machine.check(count)} ]")
        assert self.machine.check(f"sort -u {LOAD_LOG}") == "right"
        self.machine.assert_dmesg_clean()

    def memory(self, address: int) -> str:
        """A word of RAM, whoever has it, as QEMU sees it."""
        return self.machine.monitor(f"xp /1wx {address:#x}").strip()
