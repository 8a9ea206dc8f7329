# SPDX-License-Identifier: GPL-2.0-only
"""A hostile root in kernel mode: it cannot reach what it has given away.

tests/system/guest/hostile.c attacks with the hands of a kernel module, beside a victim that
watches itself. With CB_LONG in the environment there are many times as many calls.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from cellfile import DATA, KIB, LOADABLE, RAM, SHARED, Cell, Region, put
from cells import SYSFS, Root
from machine import Boot
from victim import Victim

LONG = bool(os.environ.get("CB_LONG"))
SEED = int(os.environ.get("CB_SEED", "1"))
NOT_SUPPORTED = -1
HVC_DISABLE = 0xC600CB20
PSCI_0_1_CPU_ON = 0x95C1BA60  # in QEMU's firmware

# CPU stop, crash stop, timer broadcast, IRQ work, wake-up: Linux has no use for them here,
# and would not survive the first.
QUIET_IPIS = "grep -E '^IPI[2346]:' /proc/interrupts"

ATTACKER_RAM, ATTACKER_DATA = 0x70400000, 0x71400000

# Small, so that clearing its memory is no matter.
ATTACKER = Cell(
    name="attacker",
    cpus=1 << 3,
    regions=[
        Region("ram", ATTACKER_RAM, 64 * KIB, RAM | LOADABLE),
        Region("data", ATTACKER_DATA, 16 * KIB, DATA),
        Region("shared", 0x7FF00000, 1 << 20, DATA | SHARED),
    ],
    irqs=[(220, 4), (230, 1)],
    smcs=[0x8600CAFE],
)


def times(count: int) -> int:
    """How often an attack is repeated."""
    return count * 50 if LONG else count


class Scene:
    """Linux with the module, the victim, and CPU 3 for the attacker."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self.machine = root.machine
        self.machine.check("modprobe hostile")
        self.machine.check(put(ATTACKER.pack(), "/tmp/attacker.cell"))
        self.victim = Victim(root)
        self.ipis = self.machine.check(QUIET_IPIS)
        self.pool = root.pool()

    def hostile(self, attack: str, timeout: float = 600) -> str:
        return self.machine.check(f"hostile {attack}", timeout)

    def assert_nothing_happened(self) -> None:
        """The victim is unharmed, Cellblock and Linux as they were."""
        self.victim.assert_unharmed()
        assert list(self.root.cells()) == ["root", "victim"]
        assert self.root.pool() == self.pool
        assert self.machine.check(QUIET_IPIS) == self.ipis
        assert self.machine.check(f"cat {SYSFS}/cpus/3/cell") == "0"
        self.machine.assert_dmesg_clean()

    def assert_can_go_on(self) -> None:
        """The attacker's CPU and memory make a cell, and come back."""
        self.root.launch("demo-ring", "hello", "off")
        self.root.wait_state("demo-ring", "stopped")
        self.root.destroy("demo-ring")
        self.root.assert_cpu_works(3)


@pytest.fixture(scope="module")
def shared_scene(boot_shared: Boot, gic: int) -> Scene:
    root = Root(boot_shared(gic=gic, cpu="cortex-a53", cell_uart=True, append="iomem=relaxed"))
    root.enable()
    return Scene(root)


@pytest.fixture
def scene(shared_scene: Scene) -> Iterator[Scene]:
    yield shared_scene
    shared_scene.assert_nothing_happened()


@pytest.fixture
def cpu3_offline(scene: Scene) -> Iterator[None]:
    """Linux has parked CPU 3: the module may make cells with it."""
    scene.machine.check("echo 0 >/sys/devices/system/cpu/cpu3/online")
    yield
    scene.machine.check("echo 1 >/sys/devices/system/cpu/cpu3/online")


# Hypercalls, PSCI, hyp stub, firmware


@pytest.mark.usefixtures("cpu3_offline")
def test_calls(scene: Scene) -> None:
    number = scene.root.cells()["victim"]["cell"]
    output = scene.hostile(f"calls {SEED} {times(40000)} {number} /tmp/attacker.cell")
    print(output)
    assert re.search(r", [1-9]\d* cells created, 0 wrong answers$", output), output


def test_firmware_that_is_older_than_psci_0_2(scene: Scene) -> None:
    """Its numbers are not passed on: it would start a CPU at EL2."""
    for conduit in ("hvc", "smc"):
        answer = scene.hostile(f"call {conduit} {PSCI_0_1_CPU_ON} 0xffff 0x40000000")
        assert answer.startswith(f"hostile: call: {NOT_SUPPORTED} "), answer


# The end


def test_calls_to_leave_that_nobody_else_makes(shared_scene: Scene) -> None:
    """They do nothing, and in particular do not spoil a later `disable`. No cell is there."""
    scene = shared_scene
    root = scene.root
    scene.assert_can_go_on()
    root.destroy("victim")
    for count in (0, 1, 3, 5, 1 << 32 | 4):
        assert not scene.hostile(f"call hvc {HVC_DISABLE} {count}").startswith("hostile: call: 0 ")
    # As many as there are; the others do not come.
    assert not scene.hostile(f"call hvc {HVC_DISABLE} 4").startswith("hostile: call: 0 ")
    root.cellctl("disable")
    scene.machine.check("rmmod hostile")
    root.machine.check("rmmod cellblock")
    root.enable()
    scene.assert_can_go_on()
    scene.machine.assert_dmesg_clean()
