# SPDX-License-Identifier: GPL-2.0-only
"""A second, unmodified Debian Linux runs in a cell of two CPUs, on a UART of its own.

With GICv4 both step over four frames from a redistributor to the next.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cells import Root
from machine import Boot, Config
from qemu import environment

pytestmark = pytest.mark.gics(3)


def rootfs_with_kernel(directory: Path) -> str:
    """The usual initramfs, with the kernel and that initramfs in /boot (archives add up)."""
    boot = directory / "boot"
    boot.mkdir()
    usual = Path(Config().initrd)
    (boot / "Image").symlink_to(environment()["KERNEL_IMAGE"])
    (boot / "initrd").symlink_to(usual)
    archive = subprocess.run(
        ["cpio", "-L", "--quiet", "-o", "-H", "newc"],
        input=b"boot\nboot/Image\nboot/initrd\n",
        stdout=subprocess.PIPE,
        cwd=directory,
        check=True,
    ).stdout
    path = directory / "initrd"
    path.write_bytes(usual.read_bytes() + archive)
    return str(path)


def second_linux(boot: Boot, gic: int, tmp_path: Path) -> None:
    machine = boot(
        gic=gic, memory="2G", reserve="dt", cell_uart=True, initrd=rootfs_with_kernel(tmp_path)
    )
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
