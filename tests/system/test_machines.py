# SPDX-License-Identifier: GPL-2.0-only
"""The machines that Cellblock is made for: CPU model, GIC, RAM and its reservation.

Every model runs on both GICs. RAM size and kind of reservation are spread over these so
that any two properties of a machine occur together (see test_all_pairs_occur). Some have an EL3 that stops
the machine at whatever it can trap (tests/firmware).
"""

from __future__ import annotations

import itertools

import pytest
from cells import Root
from machine import LONG_RUN, Boot, Machine

CPUS = ["cortex-a53", "cortex-a57", "cortex-a72", "max,pauth-impdef=on", "neoverse-n1"]
GICS = [2, 3]
MEMORY = ["1G", "6G"]
RESERVE = ["cmdline", "dt"]

# What the program `features` finds to use, where it is not "absent".
ALL_FEATURES = "fpsimd ok, pauth ok, sve ok"
FEATURES = {
    "max,pauth-impdef=on": ALL_FEATURES,
    "neoverse-v1": ALL_FEATURES,
    "neoverse-n2": ALL_FEATURES,
    "cortex-a710": ALL_FEATURES,
}

# With the firmware of tests/firmware: models that have more for it to trap.
STRICT = [("neoverse-v1", 2), ("neoverse-n2", 3), ("cortex-a710", 3)]
if LONG_RUN:
    STRICT = list(itertools.product([*CPUS, "neoverse-v1", "neoverse-n2", "cortex-a710"], GICS))


def machines() -> list[tuple[str, int, str, str]]:
    result = []
    for (i, cpu), (j, gic) in itertools.product(enumerate(CPUS), enumerate(GICS)):
        result.append((cpu, gic, MEMORY[(i + j) % 2], RESERVE[(i // 2 + j) % 2]))
    return result


def test_all_pairs_occur() -> None:
    dimensions = [CPUS, GICS, MEMORY, RESERVE]
    for (i, a), (j, b) in itertools.combinations(enumerate(dimensions), 2):
        assert {(machine[i], machine[j]) for machine in machines()} == set(itertools.product(a, b))


def timer_has_no_exit(root: Root) -> None:
    root.launch("demo-native-idle", "timer", "period=1000 count=500 report=0")
    [report] = root.wait_console("demo-native-idle", "^timer: 500 interrupts")
    assert report.endswith(" 0 exits")


def main_job(machine: Machine) -> None:
    """A cell comes and goes, CPUs too, and nothing that a CPU had is lost."""
    features = machine.check("features")
    assert FEATURES.get(machine.config.cpu, "fpsimd ok, pauth absent, sve absent") in features
    root = Root(machine)
    root.enable()
    assert machine.check("features") == features
    timer_has_no_exit(root)
    root.stop("demo-native-idle")
    root.destroy("demo-native-idle")
    root.assert_cpu_works(*range(machine.config.smp))
    for number in range(machine.config.smp):
        assert machine.check(f"taskset {1 << number:x} features") == features
    assert "starts at EL1" not in root.cellctl("console")
    root.disable()
    assert machine.check("features") == features
    machine.assert_dmesg_clean()


@pytest.mark.parametrize("cpu, gic, memory, reserve", machines())
def test_machine(boot: Boot, cpu: str, gic: int, memory: str, reserve: str) -> None:
    main_job(boot(anew=True, cpu=cpu, gic=gic, memory=memory, reserve=reserve))


@pytest.mark.parametrize("cpu, gic", STRICT)
def test_strict_firmware(boot: Boot, cpu: str, gic: int) -> None:
    """EL3 lets nothing pass that EL2 or a cell must not do."""
    machine = boot(anew=True, cpu=cpu, gic=gic, firmware="strict")
    for _ in range(2):
        main_job(machine)
        for number in range(1, machine.config.smp):
            online = f"/sys/devices/system/cpu/cpu{number}/online"
            machine.check(f"echo 0 >{online}; echo 1 >{online}")
