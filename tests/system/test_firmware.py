# SPDX-License-Identifier: GPL-2.0-only
"""The firmware of tests/firmware itself, without a hypervisor: what other tests rely on."""

from __future__ import annotations

import re

import pytest
from machine import BUILD, Boot, Config, Machine

CPU = "neoverse-n2"
PROMISES = 32

# What the probe reads last, as the syndrome of its trap says it: an MRS to x0 or another register.
SYNDROME = {
    "ICC_IGRPEN0_EL1": (3, 0, 12, 12, 6),
    "SCXTNUM_EL1": (3, 0, 13, 0, 7),
}
LAST = {2: "SCXTNUM_EL1", 3: "ICC_IGRPEN0_EL1"}
TRAP = re.compile(r"^firmware: trap to EL3, esr 0x(\w{16}), elr 0x0000000040\w{6}, CPU 0\r?$", re.MULTILINE)


def register_read(esr: int) -> tuple[int, ...]:
    """What was read, of a trapped MRS (Arm ARM, ISS encoding of EC 0x18)."""
    assert esr >> 26 == 0x18 and esr & 1
    return tuple(esr >> shift & mask for shift, mask in ((20, 3), (14, 7), (10, 15), (1, 15), (17, 7)))


def test_calls_power_states_and_traps(gic: int) -> None:
    """A program at EL2 tries them, and ends with an access that must stop the machine."""
    probe = str(BUILD / "firmware" / "probe.bin")
    config = Config(gic=gic, cpu=CPU, firmware="strict", kernel=probe)
    with Machine(config, f"firmware-gicv{gic}", login=False) as machine:
        machine.wait_end()
        machine.serial.wait_closed()
        machine.serial2.wait_closed()
        said = machine.serial.transcript
        assert "BROKEN" not in said and said.count("probe: ok ") == PROMISES, said
        for console in (machine.serial, machine.serial2):
            [esr] = TRAP.findall(console.transcript)
            assert register_read(int(esr, 16)) == SYNDROME[LAST[gic]]


@pytest.mark.gics(3)
def test_linux(boot: Boot, gic: int) -> None:
    """CPUs go and come back, and nothing traps."""
    machine = boot(gic=gic, cpu=CPU, firmware="strict")
    for cpu in range(1, machine.config.smp):
        online = f"/sys/devices/system/cpu/cpu{cpu}/online"
        machine.check(f"echo 0 >{online}; echo 1 >{online}")
    machine.health(f"-k {' '.join(map(str, range(machine.config.smp)))}")
    machine.poweroff()
    assert not machine.serial2.transcript
