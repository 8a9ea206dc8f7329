# SPDX-License-Identifier: GPL-2.0-only
"""Every attack of the inmate `hostile`, from a cell with one CPU and from one with two.

An attack is a series of attempts. One that ends the cell, as it should, is followed by a new start
behind it. After each attack the witness, Linux and the attacker's CPUs are looked at. `make hostile`
runs these tests in all settings and counts them; other runs have all attacks in one setting, and those of
the interrupt controller in one with the other GIC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from cellfile import DATA, KIB, LOADABLE, MIB, RAM, READ, Cell, Region
from cells import SHARE, Root
from inmates import ATTACKS
from machine import LONG_RUN, TIMEOUT, Boot
from scene import (
    HYPERVISOR,
    ROOT_RAM,
    ROOT_SHARED,
    RTC,
    UART,
    UART_SPI,
    WITNESS_CPU,
    WITNESS_DATA,
    WITNESS_RAM,
    WITNESS_SPI,
    Scene,
)

# Ends where the witness begins, so that what lies behind it is somebody's.
ATTACKER_RAM = WITNESS_RAM - 4 * MIB
ATTACKER_SPI = WITNESS_SPI + 1  # shares its registers with that of the witness


def attacker(cpus: int) -> Cell:
    return Cell(
        name="attacker",
        cpus=cpus,
        regions=[
            Region("ram", ATTACKER_RAM, 4 * MIB, RAM | LOADABLE),
            Region("data", 0x71400000, 64 * KIB, DATA),
            Region("read-only", 0x71500000, 4 * KIB, READ),
        ],
        irqs=[(ATTACKER_SPI, 1)],
    )


# What is not the attacker's: memory, registers and holes.
TARGETS = {
    "victim": WITNESS_DATA,
    "victim-code": WITNESS_RAM,
    "root": ROOT_RAM + 2 * MIB,
    "root-shared": ROOT_SHARED,
    "hypervisor": HYPERVISOR,
    "vectors": HYPERVISOR + 2 * KIB,
    "pages": HYPERVISOR + 256 * KIB,
    "last-page": HYPERVISOR + 4 * MIB - 4 * KIB,
    "hole": 0x3F00000000,
    "flash": 0,
    "uart": UART,
    "rtc": RTC,
    "virtio": 0x0A000000,
    "pcie": 0x4010000000,
}
GIC_TARGETS = {
    2: {"v2m": 0x08020000, "gich": 0x08030000, "gicv": 0x08040000},
    3: {"its": 0x08080000, "its-translater": 0x08090040},
}

ALL_ATTACKS = [*ATTACKS, "inspect"]

# Attacks each of whose attempts is followed by a look at what it has left.
LEAVE_SOMETHING = {
    "gic-left-behind": "inspect",
    "cpu-left-behind": "inspect",
    "register-left-behind": "register-inspect",
}

ANNOUNCEMENT = re.compile(r"^\S+: \S+ (\d+) (RETURNS|ENDS|EITHER|LOOPS): (.*)$", re.MULTILINE)


class Life(NamedTuple):
    """How a life of the attacker ended: its state, its last words, and what it was aimed at."""

    state: str
    console: str
    ipa: int | None

    @property
    def last_attempt(self) -> tuple[int, str, str]:
        number, outcome, text = ANNOUNCEMENT.findall(self.console)[-1]
        return int(number), outcome, text


# One life of the attacker, by its number, the attack, and the attempt that it begins with: its state and
# last words. The console still has those of other lives. A function for the shell that runs the tests'
# commands: each process takes longer than most attempts.
LIVE = f"""live() {{
cellctl load attacker {SHARE}/hostile.bin --args "life=$1 case=$2 at=$3 $targets" >/dev/null || return
cellctl start attacker || return
own="^hostile\\[$1\\]: "
follow -r -s attacker 1 "$own$2 (done|BREACH|MISSED|[0-9]+ LOOPS)" 4 "$own"
[ $? -le 1 ]
}}"""


class Stage(Scene):
    """A scene whose attacker runs `hostile`."""

    def __init__(self, root: Root, cell: Cell) -> None:
        super().__init__(root, cell)
        self.lives = 0
        places = TARGETS | GIC_TARGETS[root.machine.config.gic]
        places = {name: f"{address:#x}" for name, address in places.items()}
        numbers = {
            "spi": ATTACKER_SPI,
            "foreign-spi": WITNESS_SPI,
            "root-spi": UART_SPI,
            "cpu": WITNESS_CPU,
            "cpu-mask": 1 << WITNESS_CPU,
        }
        # Only places are attacked as memory; numbers are asked for by name.
        targets = " ".join(f"target={name}:{place}" for name, place in places.items())
        targets += "".join(f" {name}={number}" for name, number in numbers.items())
        self.machine.check(f"targets='{targets}'\n{LIVE}")

    def live(self, attack: str, first: int) -> Life:
        """One life of the attacker, from an attempt on until it fails, loops or is done."""
        self.lives += 1
        output = self.machine.check(f"live {self.lives} {attack} {first}", 3 * TIMEOUT)
        found = re.fullmatch(r"state (\w+)\n(?:ipa (\w+)\n)?(.*)", output, re.DOTALL)
        assert found, output
        state, ipa, console = found.groups()
        return Life(state, console, int(ipa, 16) if ipa else None)

    def attack(self, name: str) -> int:
        """All attempts of an attack, in as many lives as it takes; how many there are."""
        first = 0
        while True:
            life = self.live(name, first)
            assert "BREACH" not in life.console and "MISSED" not in life.console, life.console
            done = re.search(rf"{name} done: (\d+) attempts", life.console)
            if not done:
                self.judge(life)
            if life.state == "running":
                self.stop_if_running()
            if done:
                return int(done[1])
            if name in LEAVE_SOMETHING:
                self.attack(LEAVE_SOMETHING[name])
            first = life.last_attempt[0] + 1

    def stop_if_running(self) -> None:
        """It may have ended meanwhile: some attempts turn its CPUs off."""
        self.machine.check(
            f"read state <{self.state_file}; [ $state != running ] || cellctl stop attacker"
        )

    def judge(self, life: Life) -> None:
        """The attempt ended the attacker's life as it had to, where it had to."""
        _, outcome, text = life.last_attempt
        assert outcome != "RETURNS", life.console
        if outcome == "LOOPS":
            return
        assert life.state == "failed" and life.ipa is not None, life
        place = re.search(r" at (0x[0-9a-f]+)$", text)
        if place:
            address = int(place[1], 16)
            pages = {address >> 12, (address + 15) >> 12}
            assert life.ipa >> 12 in pages, life


class Setting(NamedTuple):
    """The machine, the attacker's CPUs as bits, and how the names of its attacks may begin."""

    name: str
    gic: int
    cpus: int
    cpu: str = "cortex-a53"
    extra: tuple[str, ...] = ()
    attacks: tuple[str, ...] = ("",)
    firmware: str = ""

    def __str__(self) -> str:
        return self.name


ONE, TWO = 0b1000, 0b1010
SETTINGS = [
    Setting("gicv2-one-cpu", 2, ONE, attacks=("",) if LONG_RUN else ("gic-",)),
    Setting("gicv3-two-cpus", 3, TWO),
    # EL3 stops the machine at whatever gets past EL2.
    Setting("gicv3-firmware", 3, ONE, "neoverse-n2", firmware="strict",
            attacks=("",) if LONG_RUN else ("gic-", "register-reads", "register-writes")),
]
if LONG_RUN:
    SETTINGS += [
        Setting("gicv2-two-cpus", 2, TWO),
        Setting("gicv3-one-cpu", 3, ONE),
        # SVE, SME, pointer authentication, memory tags, and whatever else there is.
        Setting("gicv3-max", 3, TWO, "max", ("-machine", "mte=on")),
        Setting("gicv2-firmware", 2, TWO, "cortex-a57", firmware="strict"),
        Setting("gicv3-firmware-max", 3, TWO, "max", ("-machine", "mte=on"), firmware="strict"),
    ]


@pytest.fixture(scope="module", params=SETTINGS, ids=str)
def shared_stage(boot_shared: Boot, request: pytest.FixtureRequest) -> Stage:
    setting: Setting = request.param
    extra = list(setting.extra)
    # KPTI makes no difference to the attacker, and would double the time.
    options = {"gic": setting.gic, "cpu": setting.cpu, "firmware": setting.firmware}
    root = Root(boot_shared(**options, extra=extra, kpti=False))
    root.enable()
    return Stage(root, attacker(setting.cpus))


@pytest.fixture
def stage(shared_stage: Stage) -> Iterator[Stage]:
    """The stage without an attacker, also after a test that failed."""
    yield shared_stage
    shared_stage.clear()


@pytest.mark.parametrize(
    "shared_stage, name",
    [(setting, name) for setting in SETTINGS for name in ALL_ATTACKS if name.startswith(setting.attacks)],
    indirect=["shared_stage"],
    ids=str,
    scope="module",
)
def test_attack(stage: Stage, name: str) -> None:
    stage.create()
    stage.attack(name)
    stage.end_attack()
    if name in LEAVE_SOMETHING:
        stage.create()
        stage.attack(LEAVE_SOMETHING[name])
        stage.end_attack()


def test_no_attack_is_forgotten(stage: Stage) -> None:
    """What the inmate can do is what is done here."""
    stage.create()
    stage.root.load("attacker", "hostile", "list")
    stage.root.start("attacker")
    stage.root.wait_console("attacker", rf"^hostile: {len(ALL_ATTACKS)} attacks")
    names = re.findall(r"^hostile: (\S+-\S+|inspect) ", stage.root.console("attacker"), re.MULTILINE)
    assert names == ALL_ATTACKS
    stage.end_attack()
