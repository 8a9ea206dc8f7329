# SPDX-License-Identifier: GPL-2.0-only
"""An SPI that Linux uses goes to a cell, which sets it up in its own way, and comes back.

Linux sets priority and trigger of an SPI once, when it boots: it relies on both afterwards, the priority
above all where it masks by priority (pseudo-NMI).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cellfile import LOADABLE, MIB, RAM, Cell, Region, put
from cells import Root
from machine import Boot

GICD = 0x08000000
GICD_IPRIORITYR = GICD + 0x400
GICD_ICFGR = GICD + 0xC00

RTC_SPI = 34
RTC_DRIVER = "/sys/bus/amba/drivers/rtc-pl031"
RTC = "9010000.pl031"

CELL = Cell(
    name="taker",
    cpus=1 << 3,
    regions=[Region("ram", 0x72000000, 16 * MIB, RAM | LOADABLE)],
    irqs=[(RTC_SPI, 1)],
)


@pytest.fixture(scope="module")
def root(boot_shared: Boot, gic: int) -> Iterator[Root]:
    """iomem=relaxed lets /dev/mem at the distributor."""
    root = Root(boot_shared(gic=gic, append="iomem=relaxed"))
    root.enable()
    yield root
    root.disable()
    root.machine.assert_dmesg_clean()


def settings(root: Root, spi: int) -> tuple[int, int]:
    """Priority and trigger."""
    priority = root.machine.check(f"devmem {GICD_IPRIORITYR + spi:#x} 8")
    word = root.machine.check(f"devmem {GICD_ICFGR + spi // 16 * 4:#x} 32")
    return int(priority, 16), int(word, 16) >> spi % 16 * 2 & 3


def assert_alarm_rings(root: Root) -> None:
    """The clock's interrupt arrives, with the driver bound anew."""
    root.machine.check(f"echo {RTC} >{RTC_DRIVER}/unbind; echo {RTC} >{RTC_DRIVER}/bind")
    count = "awk '/rtc-pl031/ { for (i = 2; i < 6; i++) n += $i } END { print n + 0 }' /proc/interrupts"
    before = root.machine.check(count)
    root.machine.check("echo +1 | tee /sys/class/rtc/rtc*/wakealarm")
    root.wait_until(f"[ $({count}) -gt {before} ]")


def take_and_change(root: Root) -> str:
    """An inmate finds the SPI, and gives it another priority and trigger; what it found."""
    root.load("taker", "violate", f"case=spi-foreign irq={RTC_SPI}")
    root.start("taker")
    [found] = root.wait_console("taker", "violate: .*before: .*")
    root.wait_console("taker", "enabled and pending, ours: .* priority 0x10, trigger 2, ")
    root.wait_console("taker", "survived: ")
    root.stop("taker")
    return found


def test_linux_finds_its_spi_as_it_was(root: Root) -> None:
    assert_alarm_rings(root)
    of_linux = settings(root, RTC_SPI)
    assert of_linux[0] and not of_linux[1]
    root.machine.check(f"echo {RTC} >{RTC_DRIVER}/unbind")
    root.machine.check(put(CELL.pack(), "/tmp/taker.cell"))
    root.cellctl("create /tmp/taker.cell")
    for _ in range(2):  # the second inmate finds nothing of the first one
        assert "enabled 0, pending 0, active 0, priority 0x0, trigger 0" in take_and_change(root)
    root.destroy("taker")
    assert settings(root, RTC_SPI) == of_linux
    root.machine.check(f"echo {RTC} >{RTC_DRIVER}/bind")
    assert_alarm_rings(root)
