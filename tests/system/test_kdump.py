# SPDX-License-Identifier: GPL-2.0-only
"""Linux panics while a cell runs, and a crash kernel takes its memory down (docs/root-cell.md)."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path

import pytest
from cells import SHARE, Root
from machine import TIMEOUT, Boot, Config, Machine
from qemu import RAM_BASE, RESERVED_BASE, environment
from victim import Victim

MIB = 1 << 20
CRASH_MEMORY = 192 * MIB
PANIC = "end Kernel panic - not syncing"
LAST_WORDS = "sysrq: Trigger a crash"


def files_as_disk(directory: Path, config: Config) -> str:
    """The kernel and its initramfs as a tar file, for a virtio disk."""
    path = directory / "disk.tar"
    with tarfile.open(path, "w") as tar:
        tar.add(environment()["KERNEL_IMAGE"], "Image")
        tar.add(config.initrd, "initrd")
    return str(path)


def load_crash_kernel(machine: Machine, arguments: str) -> None:
    arguments += "" if machine.config.kpti else " kpti=off"
    machine.check("tar -x -C /tmp -f /dev/vda")
    command = f"kexecload -p /tmp/Image /tmp/initrd 'console=ttyAMA0 panic=-1 {arguments}'"
    machine.check(command, 2 * TIMEOUT)


def panic(machine: Machine) -> None:
    """And the other kernel comes up. That of the test system, too, has a shell."""
    machine.serial.start("echo c >/proc/sysrq-trigger")
    machine.login(2 * TIMEOUT)
    assert PANIC not in machine.serial.transcript


def assert_dump_is_whole(machine: Machine) -> None:
    """All that Linux had, what it said last included, and nothing that was never its own."""
    output = machine.check(f"vmcore '{LAST_WORDS}'", 2 * TIMEOUT)
    parts = [(int(start, 16), int(size, 16)) for start, size in
             re.findall(r"^memory (0x\w+) (0x\w+)$", output, re.MULTILINE)]
    size = sum(size for _, size in parts)
    assert all(RAM_BASE <= start and start + size <= RESERVED_BASE for start, size in parts)
    assert size == RESERVED_BASE - RAM_BASE - CRASH_MEMORY
    numbers = re.search(r"^read (\d+) bytes, text (\d+) times$", output, re.MULTILINE)
    assert numbers and int(numbers[1]) >= size and int(numbers[2]) > 0


@pytest.mark.gics(3)
def test_crash_kernel_while_a_cell_runs(boot: Boot, tmp_path: Path, gic: int) -> None:
    """It has EL1 and all CPUs that Linux had, or, as Debian has it, one; the cell notices nothing."""
    disk = files_as_disk(tmp_path, Config())
    machine = boot(gic=gic, cell_uart=True, disk=disk, append=f"crashkernel={CRASH_MEMORY // MIB}M")
    root = Root(machine)
    load_crash_kernel(machine, "nr_cpus=1" if gic == 2 else "")
    root.enable()
    survivor = Victim(root)
    panic(machine)
    survivor.assert_goes_on()
    assert machine.check("nproc") == ("1" if gic == 2 else "3")
    assert_dump_is_whole(machine)
    survivor.assert_goes_on()
    machine.check("modprobe cellblock")
    refused = machine.fails(f"cellctl enable {SHARE}/{root.board}.cell 2>&1")
    assert "Linux was not booted at EL2" in refused
    machine.assert_dmesg_clean()
    survivor.assert_goes_on()
