#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What `make demo` shows: Linux and a cell, side by side on one machine.

Boots the test system in QEMU, types the commands that a user would type, and prints
both consoles as they come. The last line is the verdict. Needs what `make rootfs`
builds; scripts/demo.sh sees to that.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "system"))
from machine import Config, Console, ConsoleError, Machine  # noqa: E402

CELL = "demo-timer"
PERIOD_US = 1000
INTERRUPTS = 9000
WINDOW = 3000  # between two lines of the cell
PATIENCE = 300.0  # seconds, for anything: the host may be busy
RESERVED_MIB = 256

WINDOW_LINE = r"timer: window: "
# The cell asks for its own exit counter before and after each window.
CALLS_PER_WINDOW = 2

COLOURS = {"linux": "\033[36m", "cell": "\033[32m", "step": "\033[1m", "end": "\033[0m"}


class Failure(Exception):
    """The demonstration does not show what it should."""


class Screen:
    """Prints whole lines of either console, marked with where they are from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._colours = sys.stdout.isatty()
        self._step = 0

    def _print(self, style: str, text: str) -> None:
        if self._colours and style:
            text = COLOURS[style] + text + COLOURS["end"]
        with self._lock:
            print(text, flush=True)

    def plain(self, text: str) -> None:
        self._print("", text)

    def step(self, text: str) -> None:
        """A new step, and what it is about."""
        self._step += 1
        self._print("", "")
        self._print("step", f"{self._step}. {text}")

    def console(self, name: str, text: str) -> None:
        for line in text.splitlines():
            self._print(name, f"{name:5} | {line}".rstrip())


class Linux:
    """Types commands into Linux and shows them with their output."""

    def __init__(self, machine: Machine, screen: Screen) -> None:
        self._machine = machine
        self._screen = screen

    def type(self, command: str) -> str:
        self._screen.console("linux", f"# {command}")
        status, output = self._machine.run(command, PATIENCE)
        self._screen.console("linux", output)
        if status:
            raise Failure(f"'{command}' ended with status {status}")
        return output

    def exits(self) -> dict[str, int]:
        """Exits of the cell's CPUs by reason, as the hypervisor counts them."""
        output = self._machine.check(f"cellctl --json stats {CELL}", PATIENCE)
        return total_exits(json.loads(output))


def total_exits(stats: dict) -> dict[str, int]:
    total: dict[str, int] = {}
    for cpu in stats["cpus"]:
        for reason, count in cpu["exits"].items():
            total[reason] = total.get(reason, 0) + count
    return total


class Cell:
    """Shows the cell's console, line by line, and waits for lines that were shown."""

    def __init__(self, console: Console, screen: Screen) -> None:
        self._console = console
        self._screen = screen
        self._lines: list[str] = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        while True:
            try:
                line = self._console.expect(r"[^\n]*\n", PATIENCE)[0].strip()
            except ConsoleError:
                if self._console.closed:
                    return
                continue
            self._screen.console("cell", line)
            with self._changed:
                self._lines.append(line)
                self._changed.notify_all()

    def _find(self, pattern: str) -> list[re.Match[str]]:
        return [match for line in self._lines if (match := re.match(pattern, line))]

    def count(self, pattern: str) -> int:
        """Lines so far that begin like this."""
        with self._changed:
            return len(self._find(pattern))

    def expect(self, pattern: str) -> re.Match[str]:
        """Waits for a line that begins like this."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._find(pattern), PATIENCE):
                raise Failure(f"the cell did not print /{pattern}/ in {PATIENCE:g} s")
            return self._find(pattern)[-1]

    def wait_end(self) -> None:
        """Waits until all is shown; QEMU has ended."""
        self._thread.join()


def boot(screen: Screen) -> Machine:
    config = Config(gic=3, smp=4, reserve="dt", cell_uart=True)
    screen.plain("Cellblock: Linux and a real-time cell on one chip, here QEMU's `virt` with 4 arm64")
    screen.plain("CPUs and a GICv3. Lines marked linux and cell come from a UART each.")
    screen.step(f"Debian's own kernel boots. The device tree keeps {RESERVED_MIB} MiB from it.")
    machine = Machine(config, name="demo", login=False)
    try:
        machine.login(PATIENCE)
    except BaseException:
        machine.close()
        raise
    return machine


def measure(linux: Linux, cell: Cell, screen: Screen) -> None:
    """Linux looks at the cell's exit counters twice while its timer runs."""
    screen.step("The hypervisor counts each time it runs on the cell's CPU. A second passes:")
    cell.expect(WINDOW_LINE)
    windows = cell.count(WINDOW_LINE)
    before = linux.exits()
    linux.type(f"cellctl stats {CELL}; sleep 1; cellctl stats {CELL}")
    after = linux.exits()
    windows = cell.count(WINDOW_LINE) - windows
    new = {reason: after[reason] - before[reason] for reason in after}
    total = sum(new.values())
    # A line whose calls fall into this second costs those, and no interrupt costs any.
    if total > new["hvc"] or total > CALLS_PER_WINDOW * (windows + 1):
        raise Failure(f"the cell's CPU had {total} exits in a second")
    if total:
        screen.plain(f"{total} new exits: the cell asked for its own counter.")
    else:
        screen.plain("No new exit: those are from its start. The timer interrupts go to it directly.")


def demonstrate(machine: Machine, screen: Screen) -> tuple[int, int]:
    """Interrupts that the cell took, and exits that they caused."""
    linux = Linux(machine, screen)
    cell = Cell(machine.serial2, screen)
    linux.type("uname -sr; nproc")
    linux.type("cd /usr/share/cellblock")

    screen.step("The driver puts the hypervisor under the running Linux.")
    linux.type("modprobe cellblock")
    linux.type("cellctl enable qemu-virt-gicv3.cell")

    screen.step("A new cell takes a CPU, 16 MiB of memory and the second UART.")
    linux.type(f"cellctl create {CELL}.cell")
    linux.type("cellctl list; nproc")

    screen.step(f"It runs a program that takes a timer interrupt every {PERIOD_US} us.")
    linux.type(
        f"cellctl load {CELL} timer.bin"
        f" --args 'period={PERIOD_US} count={INTERRUPTS} report={WINDOW}'"
    )
    linux.type(f"cellctl start {CELL}")

    measure(linux, cell, screen)
    last = cell.expect(r"timer: (\d+) interrupts, .*, (\d+) exits$")

    screen.step("All of it goes back to Linux, which never stopped.")
    linux.type(f"cellctl stop {CELL}")
    linux.type(f"cellctl destroy {CELL}")
    linux.type("cellctl disable; nproc")
    linux.type("rmmod cellblock")
    machine.assert_dmesg_clean()
    power_off(machine, screen)
    cell.wait_end()
    return int(last[1]), int(last[2])


def power_off(machine: Machine, screen: Screen) -> None:
    screen.console("linux", "# poweroff -f")
    machine.poweroff(PATIENCE)
    machine.serial.wait_closed(PATIENCE)
    message = re.search(r"reboot: Power down", machine.serial.transcript)
    if not message or machine.qemu.returncode:
        raise Failure("Linux did not power off cleanly")
    screen.console("linux", message[0])


def run(screen: Screen) -> str:
    """The verdict, without "demo: PASS, "."""
    with boot(screen) as machine:
        interrupts, exits = demonstrate(machine, screen)
    if interrupts < INTERRUPTS:
        raise Failure(f"{interrupts} timer interrupts instead of {INTERRUPTS}")
    if exits:
        raise Failure(f"{interrupts} timer interrupts, {exits} exits")
    return f"{interrupts} timer interrupts, {exits} exits"


def main() -> int:
    screen = Screen()
    try:
        verdict = run(screen)
    except (Failure, AssertionError, OSError, subprocess.SubprocessError) as failure:
        text = str(failure).splitlines() or [type(failure).__name__]
        screen.plain("\n".join(text[1:]))
        screen.plain(f"demo: FAIL, {text[0]}")
        return 1
    except KeyboardInterrupt:
        screen.plain("demo: FAIL, interrupted")
        return 130
    screen.plain("")
    screen.plain(f"demo: PASS, {verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
