#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Random operations on up to seven cells with honest and hostile inmates in them.

After each operation, everything that can be known from outside must be as this program expects:
which cells there are and in what state, who has which CPU, pages of the pool, counters, what
honest cells have done meanwhile, and what Linux complains about. What is done follows from the
seed alone.

usage: soak.py [--minutes N | --operations N] [--seed N] [--gic 2|3]
"""

from __future__ import annotations

import argparse
import random
import re
import shlex
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "scripts")]
from cellfile import put  # noqa: E402
from cells import POLL, SHARE, SYSFS, Root, moved  # noqa: E402
from inmates import Place, choose  # noqa: E402
from machine import BUILD, TIMEOUT, TROUBLE, Config, Machine  # noqa: E402
from soak_view import (  # noqa: E402
    DATA_SIZE,
    IMAGE_ROOM,
    SLOT_SIZE,
    SLOTS,
    ZEROES,
    Slot,
    View,
    cpu_list,
    json_objects,
)

NR_CPUS = 8
MAX_ERRORS = 5


class Soak:
    """A machine, what should be the case on it, and what is done to it."""

    def __init__(self, machine: Machine, rng: random.Random, log: Callable[[str], None]) -> None:
        self.machine = machine
        self.root = Root(machine)
        self.rng = rng
        self.log = log
        self.gic = machine.config.gic
        self.enabled = False
        self.offline: set[int] = set()  # of the root cell's
        self.slots = [Slot(number) for number in range(SLOTS)]
        self.view = View(False, set(range(NR_CPUS)), [])
        self.pools: dict[frozenset[tuple], dict[str, int]] = {}  # by the cells there are
        self.states: set[str] = set()
        machine.check("modprobe cellblock")

    # What should be the case

    def existing(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.exists]

    def in_state(self, *states: str) -> list[Slot]:
        return [slot for slot in self.slots if slot.state in states]

    def root_cpus(self) -> set[int]:
        return set(range(NR_CPUS)) - {cpu for slot in self.slots for cpu in slot.cpus}

    def free_cpus(self) -> list[int]:
        """That a cell could be given."""
        return sorted(self.root_cpus() - self.offline - {0})

    def description(self) -> str:
        cells = (
            f"{slot.state}:{len(slot.cpus)}:{slot.inmate and slot.inmate.image}"
            for slot in self.existing()
        )
        return f"{self.enabled} {len(self.offline)} {' '.join(sorted(cells))}"

    # What is the case

    def look(self) -> View:
        """All of it, with one command."""
        output = self.machine.check(
            "dmesg -c >/tmp/dmesg; cat /sys/devices/system/cpu/online"
            f"; cat {SYSFS}/enabled; cat /tmp/dmesg; echo '<json>'"
            "; ! grep -q 1 /sys/class/misc/cellblock/enabled ||"
            " { cellctl --json list; cellctl --json stats; cellctl --json show root; }"
        )
        text, _, objects = output.partition("<json>")
        online, enabled, messages = text.split("\n", 2)
        view = View(enabled == "1", cpu_list(online), TROUBLE.findall(messages))
        if view.enabled:
            cells, stats, root = json_objects(objects)
            view.cells = {cell["name"]: cell for cell in cells["cells"]}
            view.stats = stats["cpus"]
            view.pool = root["pool"]
        return view

    def check(self) -> None:
        """Compares what is with what should be, and with what was before."""
        before, self.view = self.view, self.look()
        assert not self.view.complaints, f"Linux complains: {self.view.complaints}"
        assert self.view.enabled == self.enabled
        assert self.view.online == self.root_cpus() - self.offline, f"online: {self.view.online}"
        self.states.add(self.description())
        if self.enabled:
            self._check_cells()
            self._check_cpus()
            self._check_pool()
            if before.enabled:
                self._check_counters(before)

    def _check_cells(self) -> None:
        names = {"root", *(slot.name for slot in self.existing())}
        assert self.view.cells.keys() == names, f"cells: {sorted(self.view.cells)}"
        for slot in self.existing():
            cell = self.view.cells[slot.name]
            if slot.state == "unknown":
                assert cell["state"] in ("running", "failed", "stopped"), cell
            else:
                assert cell["state"] == slot.state, f"{cell}, should be {slot.state}"
            assert tuple(cell["cpus"]) == slot.cpus, cell

    def _check_cpus(self) -> None:
        assert set(self.view.cells["root"]["cpus"]) == self.root_cpus()
        owners = [cpu for cell in self.view.cells.values() for cpu in cell["cpus"]]
        assert sorted(owners) == list(range(NR_CPUS)), f"CPUs of cells: {owners}"
        for cell in self.view.cells.values():
            for cpu in cell["cpus"]:
                assert self.view.stats[cpu]["cell"] == cell["cell"], self.view.stats[cpu]

    def _check_pool(self) -> None:
        """The same cells take the same pages; while one is loaded, more are set aside."""
        if self.in_state("loading"):
            return
        cells = frozenset((slot.number, len(slot.cpus)) for slot in self.existing())
        expected = self.pools.setdefault(cells, self.view.pool)
        assert self.view.pool == expected, f"pool: {self.view.pool}, should be {expected}"

    def _check_counters(self, before: View) -> None:
        for old, new in zip(before.stats, self.view.stats):
            steps = moved(old["exits"], new["exits"])
            assert all(step > 0 for step in steps.values()), f"CPU {new['cpu']}: {steps}"
        for slot in self.slots:
            if not slot.has_settled() or slot.id != before.cells.get(slot.name, {}).get("cell"):
                continue
            if not self.settled_before.get(slot.name):
                continue
            for cpu in slot.cpus:
                steps = moved(before.stats[cpu]["exits"], self.view.stats[cpu]["exits"])
                assert steps.keys() <= slot.inmate.exits, f"{slot.name}: exits {steps}"

    # Operations. Each says what it does before it does it.

    def operations(self) -> list[tuple[int, Callable[[], None]]]:
        """Those that can be done now, with their weights."""
        if not self.enabled:
            return [(6, self.enable), (2, self.hotplug), (2, self.bad_request)]
        choices: list[tuple[int, bool, Callable[[], None]]] = [
            (8, bool(self.free_cpus() and self.in_state("none")), self.create),
            (10, bool(self.in_state("created", "loading", "stopped", "failed")), self.load),
            (14, bool(self.in_state("loading")), self.start),
            (5, bool(self.in_state("running", "failed", "stopped", "unknown")), self.stop),
            (4, bool(self.existing()), self.destroy),
            (3, bool(self.existing()), self.read_console),
            (6, any(s.inmate.progress for s in self.in_state("running")), self.watch),
            (3, bool(self.free_cpus() or self.offline), self.hotplug),
            (4, True, self.bad_request),
            (1, bool(self.existing()), self.destroy_all),
            (4, not self.existing(), self.disable),
        ]
        return [(weight, operation) for weight, possible, operation in choices if possible]

    def step(self) -> None:
        """One operation, and what must be true after it."""
        self.settled_before = {slot.name: slot.has_settled() for slot in self.slots}
        weights, operations = zip(*self.operations())
        self.rng.choices(operations, weights)[0]()
        self.check()

    def enable(self) -> None:
        board = f"enable {SHARE}/{self.root.board}.cell"
        if self.offline:
            self.log(f"enable, refused: offline {sorted(self.offline)}")
            self.refused(board)
            self.online(set(self.offline))
        self.log("enable")
        self.root.cellctl(board)
        self.enabled = True
        self.view.enabled = False  # counters begin anew

    def disable(self) -> None:
        self.log("disable")
        self.root.cellctl("disable")
        self.enabled = False

    def create(self) -> None:
        slot = self.rng.choice(self.in_state("none"))
        free = self.free_cpus()
        count = 2 if len(free) > 1 and self.rng.random() < 0.3 else 1
        cpus = tuple(sorted(self.rng.sample(free, count)))
        self.log(f"create {slot.name} with CPUs {cpus}")
        self.machine.check(put(slot.file(cpus).pack(), "/tmp/new.cell"))
        slot.id = self.root.json("create /tmp/new.cell")["cell"]
        slot.state, slot.cpus = "created", cpus

    def load(self) -> None:
        slot = self.rng.choice(self.in_state("created", "loading", "stopped", "failed"))
        inmate = choose(self.rng, len(slot.cpus), self.gic)
        line = inmate.line(self._place(slot))
        self.log(f"load {slot.name} with {inmate.image} {line}")
        self.root.load(slot.name, inmate.image, line)
        slot.state, slot.inmate = "loading", inmate

    def _place(self, slot: Slot) -> Place:
        """What its inmate may know; its victim is another cell, or the place of one."""
        victim = self.rng.choice([other for other in self.slots if other is not slot])
        return Place(
            cpus=slot.cpus,
            spi=slot.spi,
            data=slot.memory + SLOT_SIZE - DATA_SIZE,
            zeroes=slot.memory + ZEROES,
            victim_memory=victim.memory,
            victim_cpu=victim.cpus[0] if victim.cpus else 0,
            victim_spi=victim.spi,
            first=self.rng.randrange(40),
        )

    def start(self) -> None:
        """Starts the cell and waits until its inmate is where it stays."""
        slot = self.rng.choice(self.in_state("loading"))
        self.log(f"start {slot.name}")
        self._start_and_wait(slot)
        slot.state = slot.inmate.state or "unknown"

    def _start_and_wait(self, slot: Slot) -> None:
        """The console still has what was printed before: it is left out."""
        inmate, start = slot.inmate, f"cellctl start {slot.name}"
        expected = shlex.quote(inmate.state or ".*")
        state = f"until grep -qx {expected} {SYSFS}/cells/{slot.id}/state; do {POLL}; done"
        follow = f"follow -c '{start}' -t {TIMEOUT:.0f} {slot.name} 1 {shlex.quote(inmate.arrived)}"
        status, line = self.machine.run(
            f"{follow} 2>&1 && timeout {TIMEOUT:g} sh -c {shlex.quote(state)}", 2 * TIMEOUT + 30
        )
        assert status == 0, (
            f"{slot.name} is not where it should be: {line}\n{self.root.console(slot.name)}\n"
            + self.root.cellctl(f"show {slot.name}; cellctl stats")
        )
        self._check_words(slot, line)

    def _check_words(self, slot: Slot, text: str) -> None:
        if slot.inmate and slot.inmate.wrong:
            assert not re.search(slot.inmate.wrong, text), text

    def stop(self) -> None:
        slot = self.rng.choice(self.in_state("running", "failed", "stopped", "unknown"))
        self.log(f"stop {slot.name}")
        self.root.stop(slot.name)
        if slot.state == "unknown":
            self._check_words(slot, self.root.console(slot.name))
        if slot.state != "failed":
            slot.state = self.root.cells()[slot.name]["state"]
            assert slot.state in ("stopped", "failed")

    def destroy(self, slot: Slot | None = None) -> None:
        slot = slot or self.rng.choice(self.existing())
        self.log(f"destroy {slot.name}")
        if slot.state == "unknown":
            self._check_words(slot, self.root.console(slot.name))
        self.root.destroy(slot.name)
        self.machine.check(f"physmem check {slot.memory:#x} {IMAGE_ROOM:#x} 0")  # nothing of the inmate
        slot.state, slot.cpus, slot.inmate = "none", (), None

    def destroy_all(self) -> None:
        for slot in self.existing():
            self.destroy(slot)

    def read_console(self) -> None:
        slot = self.rng.choice(self.existing())
        self.log(f"console {slot.name}")
        assert "lost" not in self.root.console(slot.name)

    def watch(self) -> None:
        """An honest cell goes on, and says what it should."""
        running = self.in_state("running")
        slot = self.rng.choice([slot for slot in running if slot.inmate.progress])
        self.log(f"watch {slot.name}")
        self.root.wait_until(
            f"{{ cellctl console {slot.name} | md5sum >/tmp/now"
            f"; [ -e /tmp/was ] || mv /tmp/now /tmp/was; ! cmp -s /tmp/now /tmp/was; }}"
        )
        self.machine.check("rm -f /tmp/was /tmp/now")
        inmate = slot.inmate
        text = self.root.console(slot.name)
        for line in text.splitlines()[1:]:  # the first may be cut
            if line.startswith(inmate.image) and re.search(inmate.arrived, line):
                assert inmate.check(line), line

    def hotplug(self) -> None:
        free = self.free_cpus()
        if self.offline and (not free or self.rng.random() < 0.6):
            self.online({self.rng.choice(sorted(self.offline))})
        else:
            cpu = self.rng.choice(free)
            self.log(f"CPU {cpu} offline")
            self.machine.check(f"echo 0 >/sys/devices/system/cpu/cpu{cpu}/online")
            self.offline.add(cpu)

    def online(self, cpus: set[int]) -> None:
        for cpu in sorted(cpus):
            self.log(f"CPU {cpu} online")
            self.machine.check(f"echo 1 >/sys/devices/system/cpu/cpu{cpu}/online")
            self.offline.discard(cpu)

    # Requests that must be refused, and change nothing: check() sees to that.

    def refused(self, command: str) -> None:
        output = self.machine.fails(f"cellctl {command} 2>&1")
        assert re.fullmatch(r"cellctl: [^\n]+: [^\n]+", output), output

    def bad_request(self) -> None:
        command = self.rng.choice(self._bad_commands())
        self.log(f"refused: {command}")
        self.refused(command)

    def _bad_commands(self) -> list[str]:
        if not self.enabled:
            return ["disable", "list", "stop cell-0", "create /tmp/new.cell"]
        commands = [
            f"enable {SHARE}/{self.root.board}.cell",
            "destroy nobody",
            "stop root",
            f"create {SHARE}/hello.bin",
            f"create {SHARE}/{self.root.board}.cell",
        ]
        commands += [f"start {s.name}" for s in self.slots if s.exists and s.state != "loading"]
        commands += [f"stop {s.name}" for s in self.in_state("created", "loading")]
        commands += [f"load {s.name} {SHARE}/hello.bin" for s in self.in_state("running")]
        commands += [f"load {s.name} /nowhere" for s in self.existing()]
        for slot in self.existing():
            commands += ["disable"]
            commands += self._bad_cells(slot)
        return commands

    def _bad_cells(self, slot: Slot) -> list[str]:
        """Cells that want what an existing one has, written beforehand."""
        cell = slot.file(slot.cpus)
        free = self.free_cpus()
        wanted = {"cpu": cell.but(name="thief", regions=Slot(SLOTS).file(()).regions, irqs=[])}
        if free:
            cpus = 1 << free[0]
            wanted["name"] = cell.but(cpus=cpus)
            wanted["memory"] = cell.but(name="thief", cpus=cpus, irqs=[])
            wanted["irq"] = cell.but(
                name="thief", cpus=cpus, regions=Slot(SLOTS).file(()).regions
            )
        what = self.rng.choice(sorted(wanted))
        path = f"/tmp/{slot.name}-{what}.cell"
        self.machine.check(put(wanted[what].pack(), path))
        return [f"create {path}"]


@dataclass
class Result:
    """What a soak came to."""

    operations: int = 0
    states: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def add(self, other: Result) -> None:
        self.operations += other.operations
        self.states |= other.states
        self.errors += other.errors

    def __str__(self) -> str:
        return (
            f"soak: {self.operations} operations, {len(self.states)} states, "
            f"{len(self.errors)} errors"
        )


def run(soak: Soak, result: Result, goes_on: Callable[[Result], bool]) -> None:
    """Operations until it is enough; raises what goes wrong."""
    try:
        while goes_on(result):
            result.operations += 1
            soak.step()
    finally:
        result.states |= soak.states


# The program


class Log:
    """To the terminal and to a file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file: TextIO = open(path, "w", encoding="utf-8")
        self.start = time.monotonic()

    def __call__(self, text: str) -> None:
        line = f"{time.monotonic() - self.start:7.1f}  {text}"
        print(line, flush=True)
        print(line, file=self.file, flush=True)


def soak_machine(gic: int, seed: int, goes_on: Callable[[Result], bool]) -> Result:
    """A soak on one GIC. After an error it goes on with a new machine."""
    rng = random.Random(f"{seed} {gic}")
    log = Log(BUILD / "soak" / f"gicv{gic}-{seed}.log")
    result = Result()
    log(f"GICv{gic}, seed {seed}")
    while goes_on(result) and len(result.errors) < MAX_ERRORS:
        name = f"soak-gicv{gic}-{seed}-{len(result.errors)}"
        with Machine(Config(gic=gic, smp=NR_CPUS), name) as machine:
            try:
                run(Soak(machine, rng, log), result, goes_on)
            except (AssertionError, ValueError) as error:
                log(f"ERROR after {result.operations} operations: {error}")
                result.errors.append(str(error))
                for title, text in machine.report():
                    tail = "\n".join(text.splitlines()[-40:])
                    log(f"--- {title}\n{tail}")
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description="Random operations on cells, checked.")
    parser.add_argument("--minutes", type=float, default=5, help="altogether")
    parser.add_argument("--operations", type=int, help="on each GIC, instead of minutes")
    parser.add_argument("--seed", type=int, help="repeat a former run")
    parser.add_argument("--gic", type=int, choices=(2, 3), help="only this one")
    options = parser.parse_args()
    gics = [options.gic] if options.gic else [2, 3]
    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    print(f"soak: seed {seed}", flush=True)
    total = Result()
    for gic in gics:
        end = time.monotonic() + options.minutes * 60 / len(gics)
        if options.operations:
            total.add(soak_machine(gic, seed, lambda r: r.operations < options.operations))
        else:
            total.add(soak_machine(gic, seed, lambda r: time.monotonic() < end))
    print(total)
    return 1 if total.errors else 0


if __name__ == "__main__":
    sys.exit(main())
