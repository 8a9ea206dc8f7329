# SPDX-License-Identifier: GPL-2.0-only
"""What Cellblock costs those who do nothing of their own: Linux idle and busy, a loop, a timer."""

from __future__ import annotations

import re
import subprocess

from counts import Config, Count, Counting, Machine, counting_machine  # isort: skip
from cells import SHARE, Root
from exits import enable, is_sgi, put_file
from qemu import BUILD, QEMU
from cellfile import LOADABLE, MIB, NATIVE_IDLE, RAM, Cell, Region

SECONDS = 10
INSTRUCTIONS = 1_000_000_000
RUNS = 3
PERIODS = 1000
# Virtual time is the number of instructions, 1 ns each; the timer counts them.
ICOUNT = ["-icount", "shift=0,sleep=off"]
ICOUNT_CPU = "cortex-a57,cntfrq=1000000000"

BUSY = f"""for cpu in 0 1 2 3; do
	timeout {SECONDS} taskset $((1 << cpu)) sh -c 'while :; do :; done' &
done
wait"""

TICKS = re.compile(r"(\d+) ticks of (\d+) Hz")
LATENCY = re.compile(r"^timer: latency min/avg/max (\d+)/(\d+)/(\d+) ticks of (\d+) Hz", re.M)
BUCKET = re.compile(r"^timer: < +(\d+) ns +(\d+) ", re.M)


def exits_per_second(gic: int) -> dict[str, float]:
    """Linux on 4 CPUs, idle and busy; IPIs are counted by themselves."""
    values: dict[str, float] = {}
    with counting_machine(Config(gic=gic), f"root-gicv{gic}") as counting:
        root = Root(counting.machine)
        root.enable()
        seconds = {
            "idle": phase_seconds(counting, "idle", f"sleep {SECONDS}"),
            "busy": phase_seconds(counting, "busy", BUSY),
        }
        root.machine.assert_dmesg_clean()
    counts = counting.result()
    for name, duration in seconds.items():
        total = counting.named(counts, name).total()
        sgis = sum(kind.exits for kind in total.kinds if is_sgi(kind, gic))
        key = f"root_{name}" if gic == 3 else f"gicv2/root_{name}"
        values[f"{key}/exits_per_second"] = (total.exits - sgis) / duration
        values[f"{key}/sgi_exits_per_second"] = sgis / duration
        values[f"{key}/el2_instructions_per_second"] = total.instructions / duration
    return values


def phase_seconds(counting: Counting, name: str, command: str) -> float:
    """Runs a command in a phase of its own; how long it took."""
    uptime = "cut -d ' ' -f 1 /proc/uptime"
    text = counting.machine.check(
        f"{uptime}; bench mark {counting.number(name)}\n{command}\nbench mark 0; {uptime}",
        timeout=SECONDS + 120,
    )
    start, end = map(float, text.split())
    return end - start


# A loop of a fixed number of instructions. Virtual time is the instruction count.


def icount_config(smp: int, **options: object) -> Config:
    return Config(gic=3, smp=smp, cpu=ICOUNT_CPU, extra=list(ICOUNT), **options)


def loop_ticks(text: str) -> int:
    ticks, frequency = map(int, TICKS.search(text).groups())
    assert frequency == 1_000_000_000, text
    return ticks


def loop_in_linux() -> dict[str, float]:
    """On one CPU, so that nobody else's instructions are in the count."""
    with Machine(icount_config(1), "bench-loop-linux") as machine:
        root = Root(machine)
        plain = linux_loop(machine)
        enable(root)
        under = linux_loop(machine)
    return {
        "loop_root/without_instructions": plain,
        "loop_root/with_instructions": under,
        "loop_root/overhead_ppm": parts_per_million(under, plain),
    }


def linux_loop(machine: Machine) -> int:
    """The least of some runs: Linux does more in some than in others."""
    command = f"bench loop {INSTRUCTIONS}"
    return min(loop_ticks(machine.check(command, timeout=300)) for _ in range(RUNS))


def parts_per_million(value: float, reference: float) -> float:
    return round((value - reference) * 1e6 / reference, 1)


def loop_in_cell() -> dict[str, float]:
    """A cell beside an idle Linux, and the same image alone on the machine at EL1.

    QEMU runs its CPUs by turns under -icount, so what Linux does meanwhile is in the time of
    the cell. What EL2 did on the cell's CPU is counted without -icount.
    """
    arguments = f"loop={INSTRUCTIONS}"
    plain = loop_ticks(run_bare("bench", arguments))
    with Machine(icount_config(2), "bench-loop-cell") as machine:
        root = Root(machine)
        enable(root)
        launch(root, one_cpu_cell("bench"), "bench", arguments)
        beside = loop_ticks(wait_done(root, "bench", "bench: done"))
    with counting_machine(Config(gic=3, smp=2), "loop-cell") as counting:
        root = Root(counting.machine)
        enable(root)
        launch(root, one_cpu_cell("bench"), "bench", f"{arguments} first=1")
        wait_done(root, "bench", "bench: done")
    at_el2 = counting.result().phase(1).cpu(1).instructions
    return {
        "loop_cell/without_instructions": plain,
        "loop_cell/with_instructions": beside,
        "loop_cell/with_linux_beside_ppm": parts_per_million(beside, plain),
        "loop_cell/el2_instructions": at_el2,
        "loop_cell/overhead_ppm": round(at_el2 * 1e6 / INSTRUCTIONS, 1),
    }


def run_bare(image: str, arguments: str) -> str:
    """An inmate by itself on QEMU's machine, at EL1: what it prints until it turns it off."""
    command = [QEMU, "-machine", "virt,gic-version=3", "-cpu", ICOUNT_CPU, "-m", "1G"]
    command += ["-nodefaults", "-display", "none", "-serial", "stdio", *ICOUNT]
    command += ["-kernel", str(next(BUILD.glob(f"*/inmates/{image}.bin"), BUILD / "inmates" / f"{image}.bin")), "-append", f"{arguments} off"]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL
    )
    return done.stdout


def one_cpu_cell(name: str, cpu: int = 1, base: int = 0x70400000, flags: int = NATIVE_IDLE) -> Cell:
    ram = Region("ram", base, 16 * MIB, RAM | LOADABLE)
    return Cell(name, 1 << cpu, [ram], flags=flags)


def launch(root: Root, cell: Cell, image: str, arguments: str) -> None:
    """Root.launch() for a configuration that is not delivered."""
    put_file(root.machine, cell.pack(), f"/tmp/{cell.name}.cell")
    root.cellctl(f"create /tmp/{cell.name}.cell")
    root.load(str(cell.name), image, arguments)
    root.start(str(cell.name))


def wait_done(root: Root, cell: str, pattern: str) -> str:
    root.wait_console(cell, pattern, timeout=600)
    return root.console(cell)


# Timer expiry to handler, in instructions.

DISTURBANCE = f"""while [ ! -e /tmp/enough ]; do
	cellctl create /tmp/victim.cell && cellctl load victim {SHARE}/hello.bin &&
		cellctl start victim && cellctl destroy victim || touch /tmp/enough /tmp/failed
	echo >>/tmp/rounds
done"""


def latency() -> dict[str, float]:
    """Of a cell with native idle; Linux does nothing, then creates and destroys another cell."""
    arguments = f"period=1000 count={PERIODS} report=0"
    alone = run_bare("timer", arguments)
    values = {
        **latencies("latency_bare", alone),
    }
    with Machine(icount_config(3), "bench-latency") as machine:
        root = Root(machine)
        enable(root)
        launch(root, one_cpu_cell("timer"), "timer", arguments)
        values.update(latencies("latency_idle", wait_done(root, "timer", "^timer: latency")))
        root.destroy("timer")
        put_file(machine, one_cpu_cell("victim", 2, 0x72000000).pack(), "/tmp/victim.cell")
        machine.check(f"({DISTURBANCE}) >/dev/null 2>&1 &")
        launch(root, one_cpu_cell("timer"), "timer", arguments)
        text = wait_done(root, "timer", "^timer: latency")
        machine.check("touch /tmp/enough; wait; [ ! -e /tmp/failed ]", timeout=300)
        values.update(latencies("latency_disturbed", text))
        values["latency_disturbed/cells"] = int(machine.check("wc -l </tmp/rounds"))
    values.update(latency_counted(arguments))
    return values


def latencies(key: str, text: str) -> dict[str, float]:
    low, average, high, frequency = map(int, LATENCY.search(text).groups())
    assert frequency == 1_000_000_000, text
    values: dict[str, float] = {
        f"{key}/min_instructions": low,
        f"{key}/average_instructions": average,
        f"{key}/max_instructions": high,
    }
    for below, count in BUCKET.findall(text):
        values[f"{key}/below_{below}"] = int(count)
    return values


def latency_counted(arguments: str) -> dict[str, float]:
    """The part of it at EL2, exact: with a CPU each, nobody's instructions but its own count."""
    values: dict[str, float] = {}
    with counting_machine(Config(gic=3, smp=3), "latency") as counting:
        root = Root(counting.machine)
        enable(root)
        put_file(root.machine, one_cpu_cell("victim", 2, 0x72000000).pack(), "/tmp/victim.cell")
        launch(root, one_cpu_cell("timer"), "timer", "period=1000 report=0")
        root.wait_console("timer", "^timer: period")
        with counting.phase("idle"):
            root.machine.check("sleep 5")
        root.machine.check(f"({DISTURBANCE}) >/dev/null 2>&1 &")
        with counting.phase("disturbed"):
            root.machine.check("sleep 5")
        root.machine.check("touch /tmp/enough; wait; [ ! -e /tmp/failed ]", timeout=300)
    counts = counting.result()
    for name in ("idle", "disturbed"):
        cell: Count = counting.named(counts, name).cpu(1)
        values[f"latency_{name}/el2_exits"] = cell.exits
        values[f"latency_{name}/el2_instructions"] = cell.instructions
    return values
