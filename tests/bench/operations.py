# SPDX-License-Identifier: GPL-2.0-only
"""What the operations on cells cost: EL2 instructions, time, and what others notice."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from counts import Config, Counting, Counts, Machine, counting_machine  # isort: skip
from cells import SHARE, Root
from exits import enable, is_sgi, put_file
from cellfile import GIB, LOADABLE, MIB, NATIVE_IDLE, RAM, Cell, Region
from root import launch, one_cpu_cell

ROUNDS = 7
SIZE = 64 * MIB
CPU, BYSTANDER_CPU = 2, 3
IMAGE = f"{SHARE}/hello.bin"
CELL = Cell(
    "subject",
    1 << CPU,
    [Region("ram", 0x74000000, SIZE, RAM | LOADABLE)],
    flags=NATIVE_IDLE,
)

# In this order. The image is as big as the cell's RAM but for room for the device tree.
OPERATIONS = {
    "create": "cellctl create /tmp/subject.cell",
    "load": "cellctl load subject /tmp/image",
    "start": "cellctl start subject",
    "stop": "cellctl stop subject",
    "destroy": "cellctl destroy subject",
}
# All that is timed; a small image, too.
TIMED = {
    "enable": "cellctl enable /tmp/board.cell",
    "create": OPERATIONS["create"],
    "load_small": f"cellctl load subject {IMAGE}",
    **OPERATIONS,
    "disable": "cellctl disable",
}
MAKE_IMAGE = (
    f"cp {IMAGE} /tmp/image && dd if=/dev/zero of=/tmp/image bs=1M seek={SIZE // MIB - 4} "
    "count=1 conv=notrunc 2>/dev/null"
)


# Stopped while the other one is cleared.
STOPPED = one_cpu_cell("stopped", BYSTANDER_CPU)
STOP = "cellctl stop stopped"
CLEARED = Cell("cleared", 1 << CPU, [Region("ram", 2 * GIB, 4 * GIB, RAM | LOADABLE)])


def measure() -> dict[str, float]:
    return {**enable_one_cpu(), **counted(), **timed(), **beside_destroy()}


def enable_one_cpu() -> dict[str, float]:
    with counting_machine(Config(gic=3, smp=1), "enable-1cpu") as counting:
        root = Root(counting.machine)
        root.machine.check("modprobe cellblock")
        with counting.phase("enable"):
            enable(root)
        with counting.phase("disable"):
            root.cellctl("disable")
    counts = counting.result()
    return {
        f"{name}/el2_instructions": counting.named(counts, name).total().instructions
        for name in ("enable", "disable")
    }


def counted() -> dict[str, float]:
    """4 CPUs: Linux has two, the subject one, and one takes 1000 interrupts a second."""
    with counting_machine(Config(gic=3), "operations") as counting:
        root = Root(counting.machine)
        root.machine.check("modprobe cellblock")
        with counting.phase("enable_4cpu"):
            enable(root)
        root.machine.check(MAKE_IMAGE)
        put_file(root.machine, CELL.pack(), "/tmp/subject.cell")
        launch(root, one_cpu_cell("bystander", BYSTANDER_CPU), "timer", "period=1000 report=0")
        root.wait_console("bystander", "^timer: period")
        for name, command in OPERATIONS.items():
            with counting.phase(name):
                root.machine.check(command, timeout=300)
        root.destroy("bystander")
        with counting.phase("disable_4cpu"):
            root.cellctl("disable")
        root.machine.assert_dmesg_clean()
    return dict(operation_counts(counting, counting.result()))


def operation_counts(counting: Counting, counts: Counts) -> Iterator[tuple[str, float]]:
    """Linux' own IPIs are left out."""
    for name in ("enable_4cpu", *OPERATIONS, "disable_4cpu"):
        phase = counting.named(counts, name)
        total = phase.total()
        ipis = sum(kind.instructions for kind in total.kinds if is_sgi(kind, 3))
        yield f"{name}/el2_instructions", total.instructions - ipis
        if name in OPERATIONS:
            bystander = phase.cpu(BYSTANDER_CPU)
            yield f"{name}/bystander_exits", bystander.exits
            yield f"{name}/bystander_el2_instructions", bystander.instructions
            other = phase.cpu(1)
            yield f"{name}/other_root_cpu_exits", sum(
                kind.exits for kind in other.kinds if not is_sgi(kind, 3)
            )


def timed() -> dict[str, float]:
    """Medians, and how they compare with Linux turning a CPU off and on again.

    What the shell takes, and to start cellctl, is measured by itself and left out.
    """
    online = f"/sys/devices/system/cpu/cpu{CPU}/online"
    with Machine(Config(gic=3), "bench-operations-timed") as machine:
        root = Root(machine)
        shell = median(machine, ":")
        nothing = median(machine, "cellctl --version")
        hotplug = median(machine, f"echo 0 >{online}; echo 1 >{online}") - shell
        machine.check(MAKE_IMAGE)
        put_file(machine, CELL.pack(), "/tmp/subject.cell")
        machine.check("modprobe cellblock")
        enable(root)  # puts the configuration there
        root.cellctl("disable")
        times: dict[str, list[int]] = {name: [] for name in TIMED}
        for _ in range(ROUNDS):
            for name, command in TIMED.items():
                times[name] += microseconds(machine, command)
    values = {"hotplug/ms": hotplug / 1000, "process/ms": nothing / 1000}
    for name, each in times.items():
        needed = statistics.median(each) - nothing
        values[f"{name}/ms"] = needed / 1000
        values[f"{name}/relative_to_hotplug"] = round(needed / hotplug, 2)
    return values


def beside_destroy() -> dict[str, float]:
    """How long stop takes, with the start of cellctl: alone, and while 4 GiB of a cell are cleared."""
    with Machine(Config(gic=3, memory="6G"), "bench-beside-destroy") as machine:
        root = Root(machine)
        machine.check("modprobe cellblock")
        enable(root)
        put_file(machine, CLEARED.pack(), "/tmp/cleared.cell")
        root.cellctl("create /tmp/cleared.cell")
        put_file(machine, STOPPED.pack(), "/tmp/stopped.cell")
        root.cellctl("create /tmp/stopped.cell")
        alone: list[int] = []
        for _ in range(ROUNDS):
            start_again(root)
            alone += microseconds(machine, STOP)
        start_again(root)
        destroy = "cellctl destroy cleared 2>/dev/null"
        machine.check(f"bench time 1 '{destroy}' >/tmp/took & echo $! >/tmp/destroy")
        root.wait_state("cleared", "destroying")
        beside = microseconds(machine, STOP)
        while True:
            start_again(root)
            took = microseconds(machine, STOP)
            if "cleared" not in root.cells():
                break
            beside += took
        root.wait_until("! [ -e /proc/$(cat /tmp/destroy) ]")
        whole = int(machine.check("cat /tmp/took"))
    return {
        "stop_alone/ms": statistics.median(alone) / 1000,
        "stop_beside_destroy/ms": statistics.median(beside) / 1000,
        "destroy_4gib/ms": whole / 1000,
    }


def start_again(root: Root) -> None:
    root.load("stopped", "timer")
    root.start("stopped")


def median(machine: Machine, command: str) -> float:
    return statistics.median(microseconds(machine, command, ROUNDS))


def microseconds(machine: Machine, command: str, count: int = 1) -> list[int]:
    quiet = f"({command}) >/dev/null 2>/tmp/bench.log"
    text = machine.check(f"bench time {count} '{quiet}'", timeout=300)
    return [int(word) for word in text.split()]
