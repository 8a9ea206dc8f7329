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
import victim
from cellfile import DATA, KIB, LOADABLE, RAM, SHARED, Cell, Region, put
from cells import SYSFS, Root
from machine import LONG_RUN, QUIET_IPIS, Boot
from victim import Victim

pytestmark = pytest.mark.gics(3)

SEED = int(os.environ.get("CB_SEED", "1"))
SIGBUS = 128 + 7

HYPERVISOR = 0x70000000
NOT_SUPPORTED = -1
HVC_DISABLE, HVC_CREATE = 0xC600CB20, 0xC600CB21
NO_RAM = 0x1_0000_0000
ZEROES = 0x71800000  # memory that Linux does not use
CONFIG_SIGNATURE = 2  # CB_ERR_CONFIG_SIGNATURE
CONFIG_TRUNCATED = 1  # CB_ERR_CONFIG_TRUNCATED
PSCI_CPU_ON = 0xC4000003
PSCI_0_1_CPU_ON = 0x95C1BA60  # in QEMU's firmware

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
    return count * 50 if LONG_RUN else count


class Scene:
    """Linux with the module, the victim, and CPU 3 for the attacker."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self.machine = root.machine
        self.machine.check("modprobe hostile")
        self.machine.check(put(ATTACKER.pack(), "/tmp/attacker.cell"))
        self.victim = Victim(root)
        self.ipis = self.machine.health(QUIET_IPIS)
        self.pool = root.pool()

    def hostile(self, attack: str, timeout: float = 600) -> str:
        return self.machine.check(f"hostile {attack}", timeout)

    def assert_nothing_happened(self) -> None:
        """The victim is unharmed, Cellblock and Linux as they were."""
        self.victim.assert_unharmed()
        assert list(self.root.cells()) == ["root", "victim"]
        assert self.root.pool() == self.pool
        assert self.machine.check(f"cat {SYSFS}/cpus/3/cell") == "0"
        assert self.machine.health(f"{QUIET_IPIS} -k") == self.ipis

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


def test_configuration_of_no_bytes(scene: Scene) -> None:
    """At the beginning of a page: none is copied. It is refused as one that is too short."""
    answer = scene.hostile(f"call hvc {HVC_CREATE} {ZEROES:#x} 0")
    assert answer.startswith(f"hostile: call: {CONFIG_TRUNCATED} "), answer


@pytest.mark.usefixtures("cpu3_offline")
def test_configuration_that_changes_while_it_is_read(scene: Scene) -> None:
    """What is checked is what is used: no cell is ever made of the changed one."""
    output = scene.hostile(f"flip {SEED} {times(200)} /tmp/attacker.cell")
    assert re.search(r", [1-9]\d* cells created, 0 wrong answers$", output), output


def test_configuration_where_no_memory_is(scene: Scene) -> None:
    """The board says that there is RAM. EL2 finds none, and no configuration in it."""
    answer = scene.hostile(f"call hvc {HVC_CREATE} {NO_RAM:#x} 0x100")
    assert answer.startswith(f"hostile: call: {CONFIG_SIGNATURE} "), answer


@pytest.mark.gics(2, 3)
@pytest.mark.usefixtures("cpu3_offline")
def test_cpu_whose_vectors_cannot_be_fetched(scene: Scene) -> None:
    """Its first instruction is undefined, and its vectors, at 0, lie in the flash's registers."""
    answer = scene.hostile(f"call smc {PSCI_CPU_ON} 3 {ZEROES:#x} 0")
    assert answer.startswith("hostile: call: 0 "), answer
    scene.root.wait_console("root", "root cell: CPU 3: execution of 0x200, .* at pc 0x200")
    scene.root.wait_console("root", "root cell: CPU 3 stopped: its vector cannot be run")
    scene.root.wait_cpu(3, "off")


# Interrupts


@pytest.mark.gics(2, 3)
def test_registers_of_the_interrupt_controller(scene: Scene, gic: int) -> None:
    output = scene.hostile(f"gic {SEED} {times(20000)} {gic}")
    assert output.endswith(", 0 wrong answers"), output


@pytest.mark.gics(2, 3)
@pytest.mark.usefixtures("cpu3_offline")
@pytest.mark.parametrize("cpu", [0, 1])
def test_sgis(scene: Scene, gic: int, cpu: int) -> None:
    """Of all forms, to CPUs of others; the management SGI, too."""
    attack = f"hostile sgi {SEED + cpu} {times(10000)} {gic}"
    output = scene.machine.check(f"taskset {1 << cpu} {attack}")
    assert output.endswith(", 0 wrong answers"), output


def test_lpis(scene: Scene, gic: int) -> None:
    """Sent by the ITS, which is Linux', to a CPU that has none."""
    if gic == 3:
        scene.hostile("its")


# Memory


def forbidden_memory(gic: int) -> list[tuple[int, str]]:
    """Where a cell, the hypervisor or nobody is; and how a driver maps it."""
    frames = [0x08030000 + 0x1000, 0x08040000] if gic == 2 else []
    memory = [
        victim.MEMORY,
        victim.MEMORY + 16 * 1024 * KIB - 8,
        victim.DATA_MEMORY,
        HYPERVISOR,
        HYPERVISOR + 0x3FFFF8,
    ]
    return [(address, "memory") for address in memory] + [(frame, "device") for frame in frames]


def test_module_reaches_for_foreign_memory(scene: Scene, gic: int) -> None:
    """An external abort, so an Oops of the caller and no more; Cellblock's log has the address."""
    for address, mapping in forbidden_memory(gic):
        for word, value in (("read", ""), ("write", " 0x1badc0de")):
            scene.machine.clear_dmesg()
            status, output = scene.machine.run(f"hostile access {address:#x} {mapping} 8{value}")
            assert status > 128 and "hostile: access" not in output, output
            assert "synchronous external abort" in scene.machine.dmesg()
            line = f": {word} of {address:#x}, which it does not have"
            assert line in scene.root.console("root")
    scene.machine.clear_dmesg()


def test_dev_mem_of_foreign_memory(scene: Scene, gic: int) -> None:
    for address, _ in forbidden_memory(gic):
        page = address & ~0xFFF
        for access in ("check", "fill"):
            status, output = scene.machine.run(f"physmem {access} {page:#x} 0x1000 0x5a")
            assert status == SIGBUS, output


# Memory of a cell that root loads


def is_refused(scene: Scene, address: int) -> bool:
    """Whether the module can write there; an Oops is expected if not."""
    status, output = scene.machine.run(f"hostile access {address:#x} memory 8 0x1badc0de")
    refused = status > 128
    assert refused or (status == 0 and "hostile: access" in output), output
    if refused:
        assert "synchronous external abort" in scene.machine.dmesg()
        scene.machine.clear_dmesg()
    return refused


def test_memory_is_roots_only_while_it_is_loaded(scene: Scene) -> None:
    """Loadable regions, and these from `load` to `start`."""
    root = scene.root
    loadable, other = 0x70400000 + 0xF00000, 0x71400000
    root.create("demo-ring")
    assert is_refused(scene, loadable) and is_refused(scene, other)
    root.load("demo-ring", "hello")
    assert not is_refused(scene, loadable) and is_refused(scene, other)
    root.start("demo-ring")
    assert is_refused(scene, loadable) and is_refused(scene, other)
    root.stop("demo-ring")
    assert is_refused(scene, loadable) and is_refused(scene, other)
    root.destroy("demo-ring")


def test_memory_that_is_written_while_the_cell_starts(scene: Scene) -> None:
    """The writer is stopped by a bus error; the cell runs what was loaded."""
    root = scene.root
    root.create("demo-ring")
    root.load("demo-ring", "hello")
    scene.machine.check(
        f"hostile hammer {0x70400000 + 0xF00000:#x} >/tmp/hammer & echo $! >/tmp/hammerer"
    )
    root.wait_until("grep -q begins /tmp/hammer")
    root.start("demo-ring")
    root.wait_until("grep -q 'SIGBUS after writes' /tmp/hammer")
    root.wait_console("demo-ring", "hello: idle")
    root.destroy("demo-ring")


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


