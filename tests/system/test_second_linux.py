# SPDX-License-Identifier: GPL-2.0-only
"""A second, unmodified Debian Linux runs in a cell of two CPUs, on a UART of its own. It may be newer or
older than the root cell's, and use what that does not know of the CPU.

With GICv4 both step over four frames from a redistributor to the next.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from cells import Root
from kernels import NEWEST, OLDEST, Kernel, initramfs, with_boot_files
from machine import Boot

pytestmark = pytest.mark.gics(3)


def second_linux(boot: Boot, gic: int, tmp_path: Path) -> None:
    initrd = with_boot_files(OLDEST, initramfs(OLDEST, tmp_path), tmp_path)
    machine = boot(gic=gic, memory="2G", reserve="dt", cell_uart=True, initrd=initrd)
    root = Root(machine)
    root.enable()
    root.create("demo-linux")
    root.cellctl("load demo-linux /boot/Image --initrd /boot/initrd --args console=ttyAMA0")
    root.start("demo-linux")

    second = machine.serial2
    second.login()
    assert second.run("nproc") == (0, "2\n")
    assert "arch_timer" in second.run("cat /proc/interrupts").output
    offline = "cd /sys/devices/system/cpu/cpu1 && echo 0 >online && echo 1 >online && nproc"
    assert second.run(offline) == (0, "2\n")
    assert machine.check("nproc") == "2"

    second.start("poweroff -f")
    root.wait_state("demo-linux", "stopped")
    root.destroy("demo-linux")
    assert machine.check("nproc") == "4"
    root.disable()
    machine.assert_dmesg_clean()


def test_second_linux(boot: Boot, gic: int, tmp_path: Path) -> None:
    second_linux(boot, gic, tmp_path)


def test_second_linux_with_gicv4(boot: Boot, tmp_path: Path) -> None:
    second_linux(boot, 4, tmp_path)


MAX = "max,pauth-impdef=on"


@pytest.mark.parametrize(
    "kernel, guest, mops", [(OLDEST, NEWEST, "ok"), (NEWEST, OLDEST, "absent")], ids=["newer", "older"]
)
def test_linux_of_another_age(
    boot: Boot, gic: int, tmp_path: Path, kernel: Kernel, guest: Kernel, mops: str
) -> None:
    """On a CPU with everything that QEMU has. Linux uses MOPS from 6.5 on."""
    usual = initramfs(kernel, tmp_path)
    machine = boot(
        anew=True,
        gic=gic,
        cpu=MAX,
        kernel=kernel.image,
        append=kernel.arguments,
        memory="2G",
        reserve="dt",
        cell_uart=True,
        initrd=with_boot_files(guest, usual, tmp_path),
    )
    root = Root(machine)
    root.enable()
    features = machine.check("features")
    root.create("demo-linux")
    root.cellctl("load demo-linux /boot/Image --initrd /boot/initrd --args console=ttyAMA0")
    root.start("demo-linux")
    second = machine.serial2
    second.login()
    assert second.run("uname -r") == (0, f"{guest.release}\n")
    found = second.run("features")
    assert found.status == 0 and "fpsimd ok, pauth ok, sve ok" in found.output
    assert f"mops {mops}" in found.output
    assert "Oops" not in second.transcript and "WARNING" not in second.transcript
    second.start("poweroff -f")
    root.wait_state("demo-linux", "stopped")
    root.destroy("demo-linux")
    assert machine.check("features") == features
    root.disable()
    machine.assert_dmesg_clean()
