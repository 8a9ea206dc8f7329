# SPDX-License-Identifier: GPL-2.0-only
"""The driver among Linux' others: what it claims."""

from __future__ import annotations

import pytest
from cellfile import LOADABLE, MIB, RAM, Cell, Region, System, put
from cells import Root
from machine import Boot

pytestmark = pytest.mark.gics(3)

# The machine's RTC: a device of Linux' whose driver can be unbound.
RTC, RTC_SPI, RTC_DRIVER = "9010000.pl031", 34, "/sys/bus/amba/drivers/rtc-pl031"

STUB = "70000000-70000fff : cellblock stub"


def interrupts_of(root: Root, name: str) -> list[str]:
    lines = root.machine.check("cat /proc/interrupts").splitlines()
    return [line for line in lines if line.split()[-1] == name]


def test_spi_is_claimed_as_long_as_the_cell_has_it(root: Root) -> None:
    machine = root.machine
    cell = Cell(name="ticks", regions=[Region("ram", 0x71000000, MIB, RAM | LOADABLE)],
                irqs=[(RTC_SPI, 1), (100, 1)])
    machine.check(put(cell.pack(), "/tmp/ticks.cell"))
    assert '"rtc-pl031"' in machine.fails("cellctl create /tmp/ticks.cell")
    machine.check(f"echo {RTC} >{RTC_DRIVER}/unbind")
    root.cellctl("create /tmp/ticks.cell")
    assert [line.split()[-3] for line in interrupts_of(root, "ticks")] == [str(RTC_SPI)]
    machine.fails(f"echo {RTC} >{RTC_DRIVER}/bind")
    assert not machine.run(f"test -e {RTC_DRIVER}/{RTC}").status == 0
    root.destroy("ticks")
    assert interrupts_of(root, "ticks") == []
    machine.check(f"echo {RTC} >{RTC_DRIVER}/bind && test -e {RTC_DRIVER}/{RTC}")
    root.assert_linux_is_well(3)


def test_stub_is_claimed_until_another_one_answers(boot: Boot, gic: int) -> None:
    root = Root(boot(gic=gic))
    machine = root.machine
    machine.check("modprobe cellblock")
    assert STUB not in machine.check("cat /proc/iomem")
    for _ in range(2):
        root.enable()
        assert "70000000-703fffff : cellblock\n" in machine.check("cat /proc/iomem") + "\n"
        root.disable()
        assert STUB in machine.check("cat /proc/iomem")
    machine.check("modprobe cellblock")
    elsewhere = System.delivered(root.board).but(hypervisor=(0x78000000, 4 * MIB))
    elsewhere.regions[1].size = 0x78000000 - elsewhere.regions[1].phys
    machine.check(put(elsewhere.pack(), "/tmp/elsewhere.cell"))
    root.cellctl("enable /tmp/elsewhere.cell")
    assert STUB not in machine.check("cat /proc/iomem")
    root.cellctl("disable")
    assert "78000000-78000fff : cellblock stub" in machine.check("cat /proc/iomem")
    assert machine.check("kvmtest") == "kvmtest: PASS"
