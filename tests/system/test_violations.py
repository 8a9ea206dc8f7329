# SPDX-License-Identifier: GPL-2.0-only
"""What a cell must not do has no effect, or that cell fails and `cellctl show` says why.

The attacker has CPU 3. Beside it a witness on CPU 2 watches its memory, its SPI and for
interrupts that nobody should send; root Linux watches its own. Both go on.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pytest
from cellfile import DATA, KIB, LOADABLE, MIB, RAM, READ, Cell, Region, put
from cells import Root
from machine import Boot
from scene import (
    HYPERVISOR,
    ROOT_RAM,
    ROOT_SHARED,
    RTC,
    UART,
    UART_SPI,
    WITNESS_DATA,
    WITNESS_RAM,
    WITNESS_SPI,
    Scene,
)

NX_DATA = 0x71400000
READ_ONLY = 0x71500000

ATTACKER = Cell(
    name="attacker",
    cpus=1 << 3,
    regions=[
        Region("ram", 0x70400000, 16 * MIB, RAM | LOADABLE),
        Region("data", NX_DATA, 64 * KIB, DATA),
        Region("read-only", READ_ONLY, 4 * KIB, READ),
    ],
)


class Attack(Scene):
    """A scene whose attacker runs the demo `violate`."""

    def attack(self, case: str, arguments: str = "") -> str:
        """One attack; what the attacker said until it survived or failed."""
        self.create()
        self.root.load("attacker", "violate", f"case={case} {arguments}")
        self.root.start("attacker")
        status, output = self.machine.run("follow -r -s -t 60 attacker 1 ': survived: ' 64 ^", 70)
        state, _, text = output.partition("\n")
        assert status == 0 or state == "state failed", output
        return text


@pytest.fixture(scope="module")
def scene(boot_shared: Boot, gic: int) -> Attack:
    root = Root(boot_shared(gic=gic, cpu="cortex-a53"))
    root.enable()
    return Attack(root, ATTACKER)


def test_witness_sees_nothing_by_itself(scene: Attack) -> None:
    assert scene.seen.startswith("0 stray interrupts, 0 early, 0 words changed, SPI 100 enabled 1, ")


# Attacks that end the attacker.


@dataclass(frozen=True)
class Fatal:
    """An attack with an address, and how `cellctl show` puts it."""

    case: str
    address: int
    reason: str
    words: str


WRITES = "CPU 3 wrote 4 bytes to {address:#x}, which the cell does not have, at pc 0x704"
READS = "CPU 3 read 4 bytes from {address:#x}, which the cell does not have, at pc 0x704"
MAY_ONLY_READ = "CPU 3 wrote 4 bytes to {address:#x}, which the cell may only read, at pc 0x704"
NO_EXECUTE = (
    "CPU 3 fetched an instruction from {address:#x}, which the cell may not execute, "
    "at pc {address:#x}"
)

FREE_PAGE = 0x100000  # of the pool: what is in use changes by itself
ROOT_RESERVED = 0x7E000000  # that no cell here has: what Linux uses changes by itself

FATAL = {
    "write-root-ram": Fatal("write-root", ROOT_RAM, "write", WRITES),
    "read-root-ram": Fatal("read-root", ROOT_RESERVED, "read", READS),
    "write-memory-shared-by-root": Fatal("write-root", ROOT_SHARED, "write", WRITES),
    "write-hypervisor-image": Fatal("write-hypervisor", HYPERVISOR, "write", WRITES),
    "write-hypervisor-pages": Fatal("write-hypervisor", HYPERVISOR + FREE_PAGE, "write", WRITES),
    "read-hypervisor": Fatal("read-root", HYPERVISOR + 0x800, "read", READS),
    "write-another-cell": Fatal("write-cell", WITNESS_DATA, "write", WRITES),
    "write-another-cells-code": Fatal("write-cell", WITNESS_RAM, "write", WRITES),
    "write-read-only-region": Fatal("write-cell", READ_ONLY, "write", MAY_ONLY_READ),
    "execute-no-execute-region": Fatal("exec-nx", NX_DATA, "execute", NO_EXECUTE),
}


@pytest.mark.parametrize("name", FATAL)
def test_memory_violation(scene: Attack, name: str) -> None:
    attack = FATAL[name]
    before = scene.memory(attack.address)
    scene.attack(attack.case, f"addr={attack.address:#x}")
    if attack.address != NX_DATA:  # its own memory
        assert scene.memory(attack.address) == before
    assert_failed(scene, attack.reason, attack.words.format(address=attack.address))
    scene.end_attack()


def test_device_of_somebody_else(scene: Attack, gic: int) -> None:
    interrupts = 0x08080000 if gic == 3 else 0x08030000  # ITS; hypervisor interface
    for device in (RTC, UART, interrupts):
        scene.attack("device", f"addr={device:#x}")
        assert_failed(scene, "write", WRITES.format(address=device))
        scene.end_attack()


def test_address_where_nothing_is(scene: Attack) -> None:
    scene.attack("crash")
    assert_failed(scene, "read", READS.format(address=0x3F00000000))
    scene.end_attack()


def test_exclusive_access_to_registers(scene: Attack) -> None:
    scene.attack("mmio-exclusive")
    words = (
        "CPU 3 accessed the register at 0x8000000 with an instruction that cannot be emulated "
        "(0x885f7c"
    )
    assert_failed(scene, "decode", words)
    scene.end_attack()


@pytest.mark.gics(3)
def test_table_that_the_walker_may_not_update(boot: Boot, gic: int) -> None:
    """Hardware sets the access flag in a page table that the cell may only read: no fault is its own.

    Linux leaves the entry there before the cell has the page: one of RAM, never accessed.
    """
    root = Root(boot(gic=gic, cpu="max"))
    root.machine.check(f"devmem {READ_ONLY:#x} 64 {ATTACKER.regions[0].phys | 0x307:#x}")
    root.machine.check(put(ATTACKER.pack(), "/tmp/attacker.cell"))
    root.enable()
    root.cellctl("create /tmp/attacker.cell")
    root.load("attacker", "hostile", f"case=memory-stage1 at=4 target=victim:{READ_ONLY:#x}")
    root.start("attacker")
    root.wait_console("attacker", "level 3 table, hardware update of the victim")
    root.wait_state("attacker", "failed")
    assert MAY_ONLY_READ.split(" bytes")[0].rsplit(" ", 1)[0] in root.cellctl("show attacker")
    crash = root.json("show attacker")["crash"]
    assert (crash["reason"], int(crash["ipa"], 0)) == ("write", READ_ONLY)


def assert_failed(scene: Attack, reason: str, words: str) -> None:
    """The attacker has failed, alone, and the record is there in words and registers."""
    cells = {name: cell["state"] for name, cell in scene.root.cells().items()}
    assert cells == {"root": "running", "witness": "running", "attacker": "failed"}
    text = scene.root.cellctl("show attacker")
    assert words in text, text
    assert re.search(r"^  x0  [0-9a-f]{16}  x1  [0-9a-f]{16} ", text, re.MULTILINE)
    crash = json.loads(scene.root.cellctl("--json show attacker"))["crash"]
    assert crash["reason"] == reason
    assert crash["cpu"] == 3
    assert crash["message"].startswith(words)
    assert "cell attacker: failed" in scene.root.cellctl("console")


# Attacks that have no effect.


@pytest.mark.parametrize("victim", [0, 2], ids=["linux", "witness"])
def test_sgi_to_a_foreign_cpu(scene: Attack, victim: int) -> None:
    """SGI 2 would stop a CPU of Linux, and the witness counts all of them."""
    for sgi in (2, 4, 15):
        text = scene.attack("sgi-foreign", f"irq={sgi} cpu={victim} mpidr={victim}")
        assert "survived: sent; " in text
        scene.end_attack()


@pytest.mark.parametrize("irq", [WITNESS_SPI, UART_SPI], ids=["of-the-witness", "of-linux"])
def test_foreign_spi(scene: Attack, irq: int) -> None:
    """It reads as nothing; its owner finds it as it was, Linux by its console."""
    text = scene.attack("spi-foreign", f"irq={irq}")
    seen = set(re.findall(r"violate: spi-foreign: .*: (enabled .*)", text))
    assert seen == {"enabled 0, pending 0, active 0, priority 0x0, trigger 0, route 0x0"}
    scene.end_attack()


@pytest.mark.parametrize("victim", [0, 2], ids=["linux", "witness"])
def test_foreign_redistributor(scene: Attack, gic: int, victim: int) -> None:
    if gic == 2:  # there are none; its banked registers are the CPU's own
        return
    text = scene.attack("gicr-foreign", f"mpidr={victim}")
    assert "survived: WAKER 0x0, ISENABLER0 0x0, ISPENDR0 0x0" in text
    scene.end_attack()


def test_turning_the_distributor_off(scene: Attack) -> None:
    text = scene.attack("gicd-off")
    was, now = re.search(r"GICD_CTLR was (\w+), is (\w+)", text).groups()
    assert was == now != "0x0"
    scene.end_attack()


@pytest.mark.parametrize("victim", [0, 2], ids=["linux", "witness"])
def test_cpu_on_of_a_foreign_cpu(scene: Attack, victim: int) -> None:
    text = scene.attack("cpu-on-foreign", f"mpidr={victim}")
    assert f"survived: CPU_ON of MPIDR {victim:#x}: -2" in text  # INVALID_PARAMETERS
    scene.end_attack()


def test_cpu_suspend(scene: Attack) -> None:
    """A power-down goes on at its entry point, if the cell may execute it; standby returns."""
    text = scene.attack("suspend")
    assert "features 0x0\n" in text
    assert [line.split(": ")[-1] for line in re.findall(r"entry .*", text)] == ["-9"] * 3, text
    said = re.findall(r"violate: suspend: (standby|resumed.*|survived: .*)", text)
    assert said == ["standby", "resumed", "resumed at once", "survived: 0 wrong"]
    scene.end_attack()


@pytest.mark.parametrize("case, calls", [("smc-unknown", 5), ("hvc-root", 9), ("hvc-unknown", 8)])
def test_calls_that_are_not_for_a_cell(scene: Attack, case: str, calls: int) -> None:
    assert f"survived: {calls} of {calls} refused" in scene.attack(case)
    scene.end_attack()


@pytest.mark.parametrize("case", ["mmio-writeback", "mmio-pair"])
def test_register_access_without_a_syndrome(scene: Attack, case: str) -> None:
    """Is decoded, and right."""
    assert "survived: 0 wrong" in scene.attack(case)
    scene.end_attack()
