# SPDX-License-Identifier: GPL-2.0-only
"""EL2 instructions and exits of each kind, in a cell and in Linux: the inmate `bench`, counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from counts import Config, Count, Counting, Kind, Machine, Phase, counting_machine  # isort: skip
from cellfile import DATA, KIB, LOADABLE, MIB, RAM, Cell, Region, System, put
from cells import Root

CELL = "bench"
RAM_BASE, PAGES_BASE = 0x70400000, 0x72000000
UART1_IRQ = 40
ROOT_CPUS, CELL_CPUS = (0,), (1, 2, 3, 4)
FEW_REGIONS, MANY_REGIONS = 2, 64
TIMER_CPU = 1
PIECE = 2048

# In the order of the inmate's phases, and one of Linux'.
KINDS = (
    "timer_irq_cell",
    "hvc_unknown",
    "hvc_info",
    "smc_psci_version",
    "smc_unknown",
    "hvc_workaround",
    "smc_workaround",
    "gicd_typer_read",
    "gicd_isenabler_read",
    "gicd_isenabler_write",
    "gicd_ipriorityr_write",
    "gicd_route_write",
    "sgi_self",
    "sgi_one",
    "sgi_all",
    "wfi",
    "mmio_far",
    "timer_irq_root",
)

PHASE = re.compile(r"^bench: phase (\d+) (\w+): (\d+) times,", re.MULTILINE)


@dataclass
class Exit:
    """What one kind cost: exits and instructions at EL2 for each time."""

    times: int
    sender: Count
    others: Count  # the cell's other CPUs: receivers of SGIs
    functions: list[tuple[str, int]]  # instructions of all times by function

    @property
    def instructions(self) -> int:
        """Of one exit, the median; 0 if there is none."""
        return self.sender.median

    @property
    def exits(self) -> float:
        """For each time."""
        return self.sender.exits / self.times


def bench_cell(regions: int, cpus: tuple[int, ...] = CELL_CPUS) -> Cell:
    """A cell with so many regions: behind its RAM, single pages at a distance."""
    ram = Region("ram", RAM_BASE, 16 * MIB, RAM | LOADABLE)
    pages = [
        Region(f"page-{n}", PAGES_BASE + n * 64 * KIB, 4 * KIB, DATA) for n in range(1, regions)
    ]
    return Cell(CELL, sum(1 << cpu for cpu in cpus), [ram, *pages], irqs=[(UART1_IRQ, 1)])


def run_cell(root: Root, cell: Cell, first: int, times: int) -> list[tuple[str, int]]:
    """Runs the inmate: the kinds in the order of their phases, and how often each was done."""
    put_file(root.machine, cell.pack(), f"/tmp/{CELL}.cell")
    root.cellctl(f"create /tmp/{CELL}.cell")
    root.load(CELL, "bench", f"count={times} irq={UART1_IRQ} first={first}")
    root.start(CELL)
    root.wait_console(CELL, f"^bench: done from phase {first}", timeout=300)
    text = root.console(CELL)
    root.destroy(CELL)
    phases = PHASE.findall(text)
    assert [int(phase) for phase, *_ in phases] == list(range(first, first + len(KINDS) - 1))
    assert [name for _, name, _ in phases] == list(KINDS[:-1])
    return [(name, int(count)) for _, name, count in phases]


def measure(gic: int, times: int = 100, spin_ms: int = 2000) -> dict[int, dict[str, Exit]]:
    """By number of regions, every kind of exit of a cell with 4 CPUs, and Linux' timer."""
    # Linux' own tables for user space change nothing of what is counted, and slow QEMU down.
    config = Config(gic=gic, smp=len(ROOT_CPUS) + len(CELL_CPUS), kpti=False)
    kinds, first = {}, 1
    with counting_machine(config, f"exits-gicv{gic}") as counting:
        root = Root(counting.machine)
        enable(root)
        ticks = timer_in_root(counting, spin_ms)
        for regions in (FEW_REGIONS, MANY_REGIONS):
            kinds[regions] = run_cell(root, bench_cell(regions), first, times)
            first += len(kinds[regions])
        root.machine.assert_dmesg_clean()
    counts = counting.result()
    phases = iter(range(1, first))
    found = {
        regions: {name: of_cell(counts.phase(next(phases)), count) for name, count in names}
        for regions, names in kinds.items()
    }
    of_root = counting.named(counts, "timer_irq_root").cpu(TIMER_CPU)
    found[MANY_REGIONS]["timer_irq_root"] = Exit(ticks, without_sgis(of_root, gic), Count(), [])
    return found


def of_cell(phase: Phase, times: int) -> Exit:
    """Its boot CPU does everything; the others receive SGIs."""
    sender, others = phase.cpu(CELL_CPUS[0]), phase.total(*CELL_CPUS[1:])
    return Exit(times, sender, others, phase.functions())


def enable(root: Root, hypervisor_size: int = 4 * MIB) -> None:
    """As Root.enable(), with as many CPUs as the machine has."""
    board = System.delivered(f"qemu-virt-gicv{root.machine.config.gic}")
    board = board.with_cpus(*mpidrs(root.machine.config))
    start, old_size = board.hypervisor
    behind = next(region for region in board.regions if region.phys == start + old_size)
    behind.phys += hypervisor_size - old_size
    behind.size -= hypervisor_size - old_size
    board = board.but(hypervisor=(start, hypervisor_size))
    put_file(root.machine, board.pack(), "/tmp/board.cell")
    root.machine.check("modprobe cellblock")
    root.cellctl("enable /tmp/board.cell")


def mpidrs(config: Config) -> list[int]:
    """As QEMU's virt gives them: clusters of 16 with GICv3, of 8 with GICv2."""
    cluster = 16 if config.gic == 3 else 8
    return [cpu // cluster << 8 | cpu % cluster for cpu in range(config.smp)]


def put_file(machine: Machine, data: bytes, path: str) -> None:
    """A file in the guest, in pieces that fit into a terminal's line."""
    machine.check(f"rm -f {path}")
    for start in range(0, len(data), PIECE):
        machine.check(put(data[start : start + PIECE], f"{path}.part && cat {path}.part >>{path}"))


def timer_in_root(counting: Counting, milliseconds: int) -> int:
    """Keeps a CPU of Linux busy, so that its tick goes on; how many interrupts it took."""
    machine = counting.machine
    phase = counting.number("timer_irq_root")
    before = timer_interrupts(machine, TIMER_CPU)
    machine.check(f"taskset {1 << TIMER_CPU:x} bench spin {phase} {milliseconds}")
    return timer_interrupts(machine, TIMER_CPU) - before


def timer_interrupts(machine: Machine, cpu: int) -> int:
    lines = machine.check("cat /proc/interrupts").splitlines()
    return next(int(line.split()[1 + cpu]) for line in lines if "arch_timer" in line)


def is_sgi(kind: Kind, gic: int) -> bool:
    """Linux' only trapped system register, or only access to the distributor, once it is up."""
    return kind.cause == ("MSR" if gic == 3 else "data")


def without_sgis(count: Count, gic: int) -> Count:
    """Linux sends IPIs, which are exits of another kind."""
    return count.only(lambda kind: not is_sgi(kind, gic))


def exact(values: dict[str, float]) -> dict[str, float]:
    """Without what depends on time: QEMU does not trap a WFI whose interrupt is there already."""
    return {key: value for key, value in values.items() if not key.endswith("/wfi/exits")}


def results(gic: int, found: dict[int, dict[str, Exit]]) -> dict[str, float]:
    """As bench.json has it."""
    values: dict[str, float] = {}
    for name, one in found[MANY_REGIONS].items():
        key = f"gicv{gic}/{name}"
        values[f"{key}/instructions"] = one.instructions
        values[f"{key}/exits"] = one.exits
        if name.startswith("sgi_"):
            values[f"{key}/receiver_exits"] = one.others.exits / one.times
        if name in found[FEW_REGIONS]:
            few = found[FEW_REGIONS][name].instructions
            values[f"{key}/instructions_{FEW_REGIONS}_regions"] = few
    return values
