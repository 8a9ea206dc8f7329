# SPDX-License-Identifier: GPL-2.0-only
"""The driver among Linux' others: claims, rights, sleep, poll(), and what the log says."""

from __future__ import annotations

import pytest
from cellfile import LOADABLE, MIB, RAM, Cell, Region, System, put
from cells import SHARE, SYSFS, Root
from machine import Boot

pytestmark = pytest.mark.gics(3)

CELL = "demo-ring"

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


def test_who_may_not_open_the_device_sees_no_exits_and_no_crash(root: Root) -> None:
    root.machine.check("echo 'user:x:1000:1000::/:/bin/sh' >>/etc/passwd")
    root.create(CELL)
    for path in ("cells/1/crash", "cpus/3/exits/wfi"):
        assert "Permission denied" in root.machine.fails(f"su user -c 'cat {SYSFS}/{path}'")
        root.machine.check(f"cat {SYSFS}/{path}")
    root.machine.check(f"su user -c 'cat {SYSFS}/cells/1/state {SYSFS}/cpus/3/state'")


def test_lost_output_is_told_to_who_reads_byte_by_byte(root: Root) -> None:
    root.launch(CELL, "timer", "period=1000 report=5")
    root.wait_console(CELL, "window")
    assert root.machine.check("looker lost 1").startswith("[... ")


def test_log_tells_what_was_done(root: Root) -> None:
    root.launch(CELL, "violate", "case=crash")
    root.wait_until("dmesg | grep -q 'cellblock: cell 1 \"demo-ring\" failed'")
    root.destroy(CELL)
    log = root.machine.check("dmesg")
    for text in ("enabled for", 'cell 1 "demo-ring" created', 'cell 1 "demo-ring" destroyed'):
        assert f"cellblock: {text}" in log
    assert root.machine.check("cat /sys/module/cellblock/version")


def test_poll_ends_with_the_hypervisor_and_waits_for_it(boot: Boot, gic: int) -> None:
    root = Root(boot(gic=gic))
    machine = root.machine
    machine.check("modprobe cellblock")
    assert machine.check("looker idle") == "0 0x0"
    for _ in range(5):
        root.cellctl(f"enable {SHARE}/{root.board}.cell")
        machine.check("rm -f /tmp/end; looker end >/tmp/end & echo $! >/tmp/looker")
        root.wait_until("grep -q waiting /tmp/end")
        root.cellctl("disable")
        root.wait_until("grep -q end /tmp/end")


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


def test_only_s2idle_while_enabled(boot: Boot, gic: int) -> None:
    root = Root(boot(gic=gic))
    machine = root.machine
    machine.check("modprobe sleeper && modprobe cellblock")
    machine.check("echo deep >/sys/power/mem_sleep && echo mem >/sys/power/state")
    root.enable()
    root.launch(CELL, "timer", "period=1000 report=100")
    machine.check("dmesg -c >/dev/null")
    machine.fails("echo mem >/sys/power/state")
    log = machine.check("dmesg -c")
    assert "cellblock: no sleep but s2idle while the hypervisor is enabled" in log
    assert "Disabling non-boot CPUs" not in log and "suspend devices took" not in log
    root.wait_console(CELL, "window")
    root.destroy(CELL)
    root.cellctl("disable")
    machine.check("echo mem >/sys/power/state")
    root.assert_linux_is_well(3)
