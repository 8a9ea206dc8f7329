# SPDX-License-Identifier: GPL-2.0-only
"""Cellblock as the tests drive it: cellctl in a machine's Linux, and what it says.

    root = Root(boot_shared(gic=3))
    root.enable()
    root.launch("demo-ring", "timer", "period=1000")
    root.wait_console("demo-ring", "timer: window")
    root.destroy("demo-ring")
"""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Iterable
from typing import Any

from machine import TIMEOUT, Machine

SHARE = "/usr/share/cellblock"
SYSFS = "/sys/class/misc/cellblock"

# How often a condition that nothing announces is looked at, in the guest.
POLL = "sleep 0.05"

# Text that a cell writes to its ring at a time, one hypercall for each piece.
CONSOLE_WRITE = 40


def moved(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """The counters that are not what they were, and by how much."""
    return {key: after[key] - before[key] for key in after if after[key] != before[key]}


def words(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


class Root:
    """The root cell: Linux on `machine`, and Cellblock under it once enabled."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    @property
    def board(self) -> str:
        """The configuration that fits the machine."""
        smp8 = "-smp8" if self.machine.config.smp == 8 else ""
        return f"qemu-virt-gicv{min(self.machine.config.gic, 3)}{smp8}"

    def enable(self) -> None:
        self.machine.check("modprobe cellblock")
        self.cellctl(f"enable {SHARE}/{self.board}.cell")

    def disable(self) -> None:
        self.cellctl("disable")
        self.machine.check("rmmod cellblock")

    def cellctl(self, command: str, timeout: float = TIMEOUT) -> str:
        """A command that must succeed; what it prints."""
        return self.machine.check(f"cellctl {command}", timeout)

    def json(self, command: str) -> Any:
        return json.loads(self.cellctl(f"--json {command}"))

    # The life of a cell. Its name is the name of its configuration.

    def create(self, cell: str) -> None:
        self.cellctl(f"create {SHARE}/{cell}.cell")

    def load(self, cell: str, image: str, arguments: str = "") -> None:
        self.cellctl(f"load {cell} {SHARE}/{image}.bin --args {shlex.quote(arguments)}")

    def start(self, cell: str) -> None:
        self.cellctl(f"start {cell}")

    def launch(self, cell: str, image: str, arguments: str = "") -> None:
        """Creates, loads and starts a cell."""
        self.create(cell)
        self.load(cell, image, arguments)
        self.start(cell)

    def stop(self, cell: str) -> None:
        self.cellctl(f"stop {cell}")

    def destroy(self, cell: str) -> None:
        self.cellctl(f"destroy {cell}")

    def remove_cells(self) -> None:
        """Stops and destroys whatever cells there are."""
        for name, cell in self.cells().items():
            if cell["cell"] == 0:
                continue
            if cell["state"] == "running":
                self.stop(name)
            self.destroy(name)

    # What can be seen of it

    def cells(self) -> dict[str, dict[str, Any]]:
        """By name, what `cellctl list` says of each."""
        return {cell["name"]: cell for cell in self.json("list")["cells"]}

    def exits(self, cpu: int) -> dict[str, int]:
        """How often a CPU entered EL2, by reason."""
        return self.json("stats")["cpus"][cpu]["exits"]

    def pool(self) -> dict[str, int]:
        """Pages by use."""
        return self.json("show root")["pool"]

    def console(self, cell: str) -> str:
        return self.cellctl(f"console {cell}")

    def wait_console(
        self, cell: str, pattern: str, count: int = 1, timeout: float = TIMEOUT
    ) -> list[str]:
        """The first `count` lines of the cell's console that match, once they are there.

        The ring keeps the last 4 KiB; older lines do not count.
        """
        command = f"follow -t {math.ceil(timeout)} {cell} {count} {shlex.quote(pattern)}"
        lines = self.machine.run(command, timeout + 10).output.splitlines()
        assert len(lines) == count, (
            f"{len(lines)} of {count} lines like /{pattern}/ on the console of {cell}:\n"
            + self.console(cell)
        )
        return lines

    def wait_until(self, condition: str, timeout: float = TIMEOUT) -> None:
        """Waits for a shell condition in Linux. No other shell is needed if it holds already."""
        wait = f"timeout {timeout:g} sh -c {shlex.quote(f'until {condition}; do {POLL}; done')}"
        result = self.machine.run(f"{{ {condition}; }} || {wait}", timeout + 10)
        assert result.status == 0, f"not within {timeout:g} s: {condition}\n{result.output}"

    def wait_state(self, cell: str, state: str, timeout: float = TIMEOUT) -> None:
        """Waits until the cell is in `state`, as sysfs tells."""
        number = self.cells()[cell]["cell"]
        self._wait_line(f"cells/{number}/state", state, timeout)

    def wait_cpu(self, cpu: int, state: str, timeout: float = TIMEOUT) -> None:
        """Waits until a CPU is "on" or "off", as sysfs tells."""
        self._wait_line(f"cpus/{cpu}/state", state, timeout)

    def _wait_line(self, path: str, line: str, timeout: float) -> None:
        self.wait_until(f"read -r line <{SYSFS}/{path} && [ $line = {line} ]", timeout)

    def assert_cpu_works(self, *cpus: int) -> None:
        """Linux has these CPUs online and runs a task on each."""
        self.machine.health(words(cpus))

    def assert_linux_is_well(self, *cpus: int) -> None:
        """These CPUs work, and the kernel's log has no complaint."""
        self.machine.health(f"-k {words(cpus)}")


def console_hypercalls(text: str) -> int:
    """How many hypercalls a cell needed to write these lines."""
    lines = text.splitlines(keepends=True)
    return sum(-(-len(line) // CONSOLE_WRITE) for line in lines)
