# SPDX-License-Identifier: GPL-2.0-only
"""A Linux that is locked down: root brings nothing into the kernel through Cellblock."""

from __future__ import annotations

import pytest
from cellfile import CONSOLE_PL011, DATA, KIB, LOADABLE, MIB, MMIO, RAM, Cell, Region, System, put
from cells import SHARE, Root
from machine import Boot
from refusals import FILE, Refusal, assert_file_refused, assert_refused

pytestmark = pytest.mark.gics(3)

FIRMWARE = "/lib/firmware/cellblock.bin"
VERSION = 32  # where the image says its version
LOCKDOWN = "/sys/kernel/security/lockdown"
OTHER_IMAGE = "cellblock: the hypervisor's image is not the one"

FOREIGN, UART, VIRTIO, NOTHING = 0x6F000000, 0x09040000, 0x0A000000, 0x0B000000

PLAIN = Cell(name="plain", regions=[Region("ram", 0x71000000, MIB, RAM | LOADABLE)])


def lock_down(root: Root) -> None:
    """As the boot of a machine with Secure Boot does; until the next boot nothing undoes it."""
    root.machine.check("mount -t securityfs securityfs /sys/kernel/security")
    root.machine.check(f"echo integrity >{LOCKDOWN}")
    assert "[integrity]" in root.machine.check(f"cat {LOCKDOWN}")


def spoil_image(root: Root) -> None:
    """Another byte of its version: it works, but is not the one."""
    root.machine.check(f"printf x | dd of={FIRMWARE} bs=1 seek={VERSION} conv=notrunc")


def test_only_the_own_image_and_what_was_kept(boot: Boot, gic: int) -> None:
    root = Root(boot(gic=gic, reserve="dt", foreign=True, cell_uart=True))
    machine = root.machine
    board = f"{SHARE}/{root.board}.cell"
    machine.check(f"modprobe cellblock && cp {FIRMWARE} /tmp/firmware")
    root.cellctl(f"enable {board}")
    root.cellctl("disable")
    assert OTHER_IMAGE not in machine.check("dmesg -c")
    spoil_image(root)
    root.cellctl(f"enable {board}")
    root.cellctl("disable")
    assert OTHER_IMAGE in machine.check("dmesg -c")

    lock_down(root)
    refused = Refusal("CB_ERR_LOCKED_IMAGE", ("locked down", "of one package"), FILE)
    assert_refused(machine, f"enable {board}", refused)
    machine.check(f"cp /tmp/firmware {FIRMWARE}")
    system = System.delivered(root.board)
    system.regions[0].size -= 16 * MIB
    assert system.regions[0].phys + system.regions[0].size == FOREIGN
    foreign = system.but(hypervisor=(FOREIGN, 4 * MIB)).pack()
    refused = Refusal("CB_ERR_LOCKED_HYPERVISOR", ("0x6f000000", "cellblock@ADDRESS"))
    assert_file_refused(machine, "enable", foreign, refused)
    console = (CONSOLE_PL011, 0, NOTHING)
    refused = Refusal("CB_ERR_LOCKED_CONSOLE", (f"{NOTHING:#x}",))
    assert_file_refused(machine, "enable", system.but(debug_console=console).pack(), refused)
    root.cellctl(f"enable {board}")

    for cell, code, words in [
        (PLAIN.with_region("foreign", FOREIGN, MIB, DATA), "REGION", ("foreign", "/reserved-memory")),
        (PLAIN.with_region("disk", VIRTIO, 4 * KIB, MMIO), "DEVICE", ("virtio_mmio", "UART")),
        (PLAIN.with_region("more", UART, 64 * KIB, MMIO), "DEVICE", ("more",)),
        (PLAIN.but(smcs=[0x82000001]), "SMC", ("0x82000001", "SMCs")),
    ]:
        assert_file_refused(machine, "create", cell.pack(), Refusal(f"CB_ERR_LOCKED_{code}", words))
    machine.check(put(PLAIN.with_region("uart", UART, 4 * KIB, MMIO).pack(), "/tmp/plain.cell"))
    root.cellctl("create /tmp/plain.cell")
    root.destroy("plain")
    root.launch("demo-smp", "hello")
    root.remove_cells()
    root.cellctl("disable")
    root.assert_linux_is_well(3)


def test_memory_that_mem_left_is_kept(boot: Boot, gic: int) -> None:
    root = Root(boot(gic=gic))
    root.machine.check("modprobe cellblock")
    lock_down(root)
    for _ in range(2):  # the claim on the stub is no obstacle
        root.cellctl(f"enable {SHARE}/{root.board}.cell")
        root.cellctl(f"run {SHARE}/demo-ring.cell {SHARE}/hello.bin --args off")
        root.destroy("demo-ring")
        root.cellctl("disable")
    root.assert_linux_is_well(3)
