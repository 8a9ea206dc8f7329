# SPDX-License-Identifier: GPL-2.0-only
"""A cell that notices what others do to it, beside the attacks of a hostile root.

The inmate `witness` runs on CPU 2 and watches its memory, its SPI, its GIC, and for interrupts
that nobody should send. It says so on the machine's second UART, which is the cell's own: no
Linux is needed to hear it. The victim is unharmed if it goes on to say what it said at first.
"""

from __future__ import annotations

from cellfile import CONSOLE_PL011, DATA, KIB, LOADABLE, MIB, MMIO, RAM, Cell, Region, put
from cells import Root
from machine import TIMEOUT
from scene import WITNESS_CPU as CPU
from scene import WITNESS_DATA as DATA_MEMORY
from scene import WITNESS_RAM as MEMORY

SPI = 200
UART, UART_SPI = 0x09040000, 40

CELL = Cell(
    name="victim",
    cpus=1 << CPU,
    regions=[
        Region("ram", MEMORY, 16 * MIB, RAM | LOADABLE),
        Region("data", DATA_MEMORY, 64 * KIB, DATA),
        Region("uart1", UART, 4 * KIB, MMIO),
    ],
    irqs=[(SPI, 1), (UART_SPI, 1)],
    console=(CONSOLE_PL011, UART_SPI, UART),
)

# With its end: what has come so far may be half of it.
LINE = r"^witness: (\d+) periods, (.* GICD_CTLR 0x\w+)\r?\n"


class Victim:
    """The running cell, and what it said at first. The machine has cell_uart=True."""

    def __init__(self, root: Root) -> None:
        self.root = root
        root.machine.check(put(CELL.pack(), "/tmp/victim.cell"))
        root.cellctl("create /tmp/victim.cell")
        root.load("victim", "witness", f"irq={SPI} report=50")
        root.start("victim")
        self.seen = self.testimony()
        assert "0 stray interrupts, 0 early, 0 words changed" in self.seen
        self.exits = self.unusual_exits()

    def testimony(self, timeout: float = TIMEOUT) -> str:
        """What the witness says from now on, less the time."""
        console = self.root.machine.serial2
        console.mark()
        return console.expect(LINE, timeout)[2]

    def unusual_exits(self) -> dict[str, int]:
        """Exits of its CPU that neither its idling nor its reports cause."""
        exits = self.root.exits(CPU)
        return {key: exits[key] for key in exits if key not in ("wfi", "hvc", "gicd", "gicr")}

    def assert_goes_on(self) -> None:
        """It is unharmed, whether or not there is a Linux any more."""
        for _ in range(3):
            assert self.testimony() == self.seen

    def assert_unharmed(self) -> None:
        self.assert_goes_on()
        assert self.unusual_exits() == self.exits
