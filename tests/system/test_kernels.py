# SPDX-License-Identifier: GPL-2.0-only
"""The kernels that Cellblock is made for, on either GIC: Debian's 6.1, its real-time variant, and
the 6.12 of backports. Each is taken over, gives a cell away and gets everything back.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from cells import Root
from machine import Boot, Machine
from qemu import BUILD, environment

CELL = "demo-native-idle"
INTERRUPTS = 500


class Kernel(NamedTuple):
    """A kernel, what its variables in env.mk end in, and what it needs on its command line."""

    name: str
    suffix: str
    arguments: str = ""

    @property
    def image(self) -> str:
        return environment()["KERNEL_IMAGE" + self.suffix]

    @property
    def release(self) -> str:
        return environment()["KERNEL_RELEASE" + self.suffix]


# From 6.12 on KVM starts its part at EL2 when it is loaded, unless told not to.
# What is not "stock Debian 12" boots on one machine each, but with CB_LONG.
KERNELS = [
    pytest.param(Kernel("6.1", ""), id="6.1"),
    pytest.param(
        Kernel("6.12", "_612", "kvm.enable_virt_at_load=0"), id="6.12", marks=pytest.mark.gics(3)
    ),
    pytest.param(Kernel("6.1-rt", "_RT"), id="6.1-rt", marks=pytest.mark.gics(2)),
]


def initramfs(kernel: Kernel, directory: Path) -> Path:
    """The usual root file system and, of `make kernels`, the kernel's own module."""
    result = directory / "rootfs.cpio"
    parts = [BUILD / "rootfs.cpio"]
    if kernel.suffix:
        parts.append(BUILD / "kernels" / kernel.name / "rootfs.cpio")
    result.write_bytes(b"".join(part.read_bytes() for part in parts))
    return result


def timer_has_no_exit(root: Root) -> None:
    root.launch(CELL, "timer", f"period=1000 count={INTERRUPTS} report=0")
    [report] = root.wait_console(CELL, f"^timer: {INTERRUPTS} interrupts")
    assert report.endswith(" 0 exits")
    root.stop(CELL)
    root.destroy(CELL)


def boot_kernel(boot: Boot, kernel: Kernel, gic: int, directory: Path) -> Machine:
    machine = boot(
        anew=True,
        gic=gic,
        kernel=kernel.image,
        initrd=str(initramfs(kernel, directory)),
        append=kernel.arguments,
        kpti=True,  # as users have it
    )
    assert machine.check("uname -r") == kernel.release
    return machine


@pytest.mark.parametrize("kernel", KERNELS)
def test_kernel(boot: Boot, kernel: Kernel, gic: int, tmp_path: Path) -> None:
    machine = boot_kernel(boot, kernel, gic, tmp_path)
    root = Root(machine)
    root.enable()
    timer_has_no_exit(root)
    root.assert_cpu_works(*range(machine.config.smp))
    root.disable()
    machine.assert_dmesg_clean()
