# SPDX-License-Identifier: GPL-2.0-only
"""Many cells: whether exits get dearer with their number, and what a cell takes.

    64 CPUs with GICv3, 1 to 60 cells of a CPU each; 8 CPUs with GICv2, 7 cells

The first cell measures its exits each time there are as many cells as wanted. The others have
native idle and wait, so that they take none of the host's time.
"""

from __future__ import annotations

import statistics

from counts import Config, counting_machine  # isort: skip
from cells import SHARE, Root
from exits import CELL, PHASE, UART1_IRQ, enable, put_file
from cellfile import LOADABLE, MIB, NATIVE_IDLE, RAM, Cell, Region

TIMES = 20
RAM_BASE, DISTANCE, SIZE = 0x70800000, 2 * MIB, 1 * MIB
KINDS = (
    "hvc_info",
    "smc_unknown",
    "gicd_typer_read",
    "gicd_isenabler_write",
    "gicd_route_write",
    "mmio_far",
    "sgi_self",
    "wfi",
)
PAGE_KIB = 4

# By GIC: how many CPUs, and how many cells one after the other.
CPUS = {2: 8, 3: 64}
STEPS = {2: (1, 7), 3: (1, 8, 32, 60)}


def quiet_cell(cpu: int) -> Cell:
    """One of the many, on the CPU of its number."""
    ram = Region("ram", RAM_BASE + (cpu - 1) * DISTANCE, SIZE, RAM | LOADABLE)
    return Cell(f"many-{cpu}", 1 << cpu, [ram], flags=NATIVE_IDLE)


def measured_cell(cpu: int) -> Cell:
    """One with an interrupt, whose registers it accesses."""
    return quiet_cell(cpu).but(name=CELL, irqs=[(UART1_IRQ, 1)], flags=0)


def measure(gic: int) -> dict[str, float]:
    milliseconds: list[float] = []
    values: dict[str, float] = {}
    runs: list[tuple[str, list[str]]] = []  # key and kinds, in the order of the phases
    # Linux balances no load between CPUs that cells will have: a host of few CPUs is slow at it.
    append = f"isolcpus=1-{CPUS[gic] - 1} nowatchdog"
    config = Config(gic=gic, smp=CPUS[gic], append=append)
    with counting_machine(config, f"scale-gicv{gic}") as counting:
        root = Root(counting.machine)
        enable(root, hypervisor_size=8 * MIB)  # 60 cells take more than 4
        free = root.pool()["free"]
        for step in STEPS[gic]:
            key = f"scale/gicv{gic}/{step}_cells"
            for cpu in range(len(milliseconds) + 1, step + 1):
                milliseconds.append(create(root, cpu))
            pages = free - root.pool()["free"]
            values[f"{key}/kib_per_cell"] = round(pages * PAGE_KIB / step, 1)
            values[f"{key}/create_ms"] = round(statistics.median(milliseconds[-5:]), 1)
            runs.append((key, measure_exits(root, first_phase(runs))))
        if STEPS[gic][-1] < CPUS[gic] - 1:
            root.destroy(CELL)
            last = CPUS[gic] - 1
            put_and_create(root, measured_cell(last))
            key = f"scale/gicv{gic}/cpu_{last}"
            runs.append((key, measure_exits(root, first_phase(runs))))
            cpus = [1] * len(STEPS[gic]) + [last]
        else:
            cpus = [1] * len(STEPS[gic])
        root.machine.assert_dmesg_clean()
    counts, phase = counting.result(), 0
    for (key, names), cpu in zip(runs, cpus):
        for name in names:
            phase += 1
            if name in KINDS:
                values[f"{key}/{name}_instructions"] = counts.phase(phase).cpu(cpu).median
    return values


def first_phase(runs: list[tuple[str, list[str]]]) -> int:
    return 1 + sum(len(names) for _, names in runs)


def create(root: Root, cpu: int) -> float:
    """The time of create alone. measure_exits() starts the first cell."""
    if cpu == 1:
        return put_and_create(root, measured_cell(cpu))
    one = quiet_cell(cpu)
    milliseconds = put_and_create(root, one)
    root.cellctl(f"load {one.name} {SHARE}/hello.bin", timeout=300)
    root.cellctl(f"start {one.name}", timeout=300)
    return milliseconds


def put_and_create(root: Root, one: Cell) -> float:
    put_file(root.machine, one.pack(), "/tmp/one.cell")
    command = "cellctl create /tmp/one.cell >/dev/null"
    return int(root.machine.check(f"bench time 1 '{command}'", timeout=300)) / 1000


def measure_exits(root: Root, first: int) -> list[str]:
    """Runs the inmate in cell 1, and stops it."""
    root.load(CELL, "bench", f"count={TIMES} irq={UART1_IRQ} first={first}")
    root.start(CELL)
    root.wait_console(CELL, f"^bench: done from phase {first}[^0-9]*$", timeout=600)
    text = root.console(CELL)  # what earlier runs wrote, too
    root.stop(CELL)
    return [name for phase, name, _ in PHASE.findall(text) if int(phase) >= first]


def markdown(values: dict[str, float]) -> str:
    """A row for each number of cells, and one for a cell on the last CPU."""
    names = [f"{name}_instructions" for name in KINDS] + ["create_ms", "kib_per_cell"]
    head = [f"`{name.removesuffix('_instructions')}`" for name in names]
    lines = [f"| | {' | '.join(head)} |", "|---" + "|---:" * len(names) + "|"]
    for gic, steps in STEPS.items():
        rows = [f"{step}_cells" for step in steps] + [f"cpu_{CPUS[gic] - 1}"]
        for row in rows:
            figures = [values.get(f"scale/gicv{gic}/{row}/{name}") for name in names]
            if figures[0] is not None:
                fields = ["" if figure is None else f"{figure:g}" for figure in figures]
                label = row.replace("cpu_", "CPU ").replace("1_cells", "1 cell").replace("_", " ")
                lines.append(f"| GICv{gic}, {label} | {' | '.join(fields)} |")
    return "\n".join(lines)
