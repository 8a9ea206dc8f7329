# SPDX-License-Identifier: GPL-2.0-only
"""Refusals to enable: Linux goes on without a hypervisor, as it was, and the next one works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cellfile import DATA, GIB, KIB, MIB, RAM, System
from cells import SHARE, Root
from machine import Boot, Machine
from refusals import (
    FILE,
    NOT_ENABLED,
    Refusal,
    Unchanged,
    assert_file_refused,
    assert_refused,
)

FIRMWARE = "/lib/firmware/cellblock.bin"

# struct cb_image_header: where its fields are.
IMAGE_SIGNATURE, IMAGE_ABI, IMAGE_ARCH, IMAGE_MEMORY_SIZE = 0, 8, 12, 24
IMAGE_HEADER_SIZE = 64


@pytest.fixture(scope="module")
def root(boot_shared: Boot, gic: int) -> Iterator[Root]:
    root = Root(boot_shared(gic=gic, cpu="cortex-a53"))
    root.machine.check("modprobe cellblock")
    yield root
    # After all of that, what works works, there and back.
    with Unchanged(root.machine):
        root.enable()
        root.cellctl("disable")
        assert root.machine.check("kvmtest") == "kvmtest: PASS"


@pytest.fixture
def machine(root: Root) -> Machine:
    return root.machine


@pytest.fixture
def board(root: Root) -> System:
    return System.delivered(root.board)


def assert_board_refused(machine: Machine, board: System, code: str, *words: str) -> None:
    assert_file_refused(machine, "enable", board.pack(), Refusal(f"CB_ERR_{code}", words))


def assert_board_senseless(machine: Machine, board: System, code: str, *words: str) -> None:
    refusal = Refusal(f"CB_ERR_{code}", words, FILE)
    assert_file_refused(machine, "enable", board.pack(), refusal)


def test_not_enabled(machine: Machine) -> None:
    refusal = Refusal("CB_ERR_NOT_ENABLED", ("not enabled", "cellctl enable"), NOT_ENABLED)
    create = f"create {SHARE}/demo-ring.cell"
    for command in ("list", "disable", "show root", "stop 1", "console", "stats", create):
        assert_refused(machine, command, refusal)


def test_kind_of_configuration(machine: Machine) -> None:
    refusal = Refusal("CB_ERR_CONFIG_KIND", ("demo-ring.cell", '"cell"', "system"), FILE)
    assert_refused(machine, f"enable {SHARE}/demo-ring.cell", refusal)


# The image.


@pytest.fixture
def firmware(root: Root) -> Iterator[Machine]:
    """The image may be spoiled; it comes back."""
    root.machine.check(f"cp {FIRMWARE} /tmp/firmware")
    yield root.machine
    root.machine.check(f"mv /tmp/firmware {FIRMWARE}")


def assert_image_refused(machine: Machine, root: Root, code: str, *words: str) -> None:
    status = FILE if "IMAGE" in code else 1
    refusal = Refusal(f"CB_ERR_{code}", words, status)
    assert_refused(machine, f"enable {SHARE}/{root.board}.cell", refusal)


def poke(offset: int, value: int, size: int) -> str:
    """The command that changes a field of the image."""
    text = "".join(f"\\x{byte:02x}" for byte in value.to_bytes(size, "little"))
    return f"printf '{text}' | dd of={FIRMWARE} bs=1 seek={offset} conv=notrunc 2>/dev/null"


def test_image_missing(firmware: Machine, root: Root) -> None:
    firmware.check(f"rm {FIRMWARE}")
    words = ('"cellblock.bin"', "No such file", "/lib/firmware")
    assert_image_refused(firmware, root, "IMAGE_MISSING", *words)


def test_image_truncated(firmware: Machine, root: Root) -> None:
    size = int(firmware.check(f"wc -c <{FIRMWARE}"))
    needed = size
    for there in (size - 1, 4096, IMAGE_HEADER_SIZE, IMAGE_HEADER_SIZE - 1, 1):
        if there < IMAGE_HEADER_SIZE:
            needed = IMAGE_HEADER_SIZE
        firmware.check(f"truncate -s {there} {FIRMWARE}")
        words = ("truncated", f"holds {there}", f"{needed} bytes", "install it again")
        if there == 4096:
            words = ("truncated", "holds 4 KiB", f"{needed} bytes")
        assert_image_refused(firmware, root, "IMAGE_TRUNCATED", *words)
    firmware.check(f": >{FIRMWARE}")
    assert_image_refused(firmware, root, "IMAGE_MISSING", '"cellblock.bin"')


@pytest.mark.parametrize("abi", [0, 4])
def test_image_of_another_abi(firmware: Machine, root: Root, abi: int) -> None:
    firmware.check(poke(IMAGE_ABI, abi, 4))
    words = (f"ABI version {abi}", "module has 3", "of one Cellblock version")
    assert_image_refused(firmware, root, "IMAGE_ABI", *words)


def test_image_of_another_architecture(firmware: Machine, root: Root) -> None:
    firmware.check(poke(IMAGE_ARCH, 2, 4))
    assert_image_refused(firmware, root, "IMAGE_ARCH", "another architecture", "install")


def test_image_is_none(firmware: Machine, root: Root) -> None:
    firmware.check(poke(IMAGE_SIGNATURE, 0, 8))
    assert_image_refused(firmware, root, "IMAGE_SIGNATURE", "no Cellblock image", "install")


def test_image_larger_than_the_region(firmware: Machine, root: Root) -> None:
    firmware.check(poke(IMAGE_MEMORY_SIZE, 4 * MIB, 8))
    words = (f'"{root.board}"', "4 MiB", "too small", "make it larger")
    assert_image_refused(firmware, root, "HV_TOO_SMALL", *words)
    firmware.check(poke(IMAGE_MEMORY_SIZE, 2**64 - 1, 8))
    assert_image_refused(firmware, root, "HV_TOO_SMALL", "too small")


# The hypervisor's region.


def test_region_in_system_ram(machine: Machine, board: System) -> None:
    for start, size in ((0x60000000, 4 * MIB), (0x6fe00000, 4 * MIB)):
        words = (f"{start:#x}-{start + size - 1:#x}", "System RAM", "/reserved-memory")
        spoilt = board.but(hypervisor=(start, size), regions=[])
        assert_board_refused(machine, spoilt, "HV_SYSTEM_RAM", *words)


def test_region_too_small(machine: Machine, board: System) -> None:
    spoilt = board.but(hypervisor=(0x70000000, 1 * MIB - 4 * KIB))
    assert_board_senseless(machine, spoilt, "HV_TOO_SMALL", "1020 KiB", "1 MiB", "make it larger")


def test_region_unaligned(machine: Machine, board: System) -> None:
    spoilt = board.but(hypervisor=(0x70100000, 2 * MIB))
    words = ("0x70100000-0x702fffff", "2097152 bytes", "correct")
    assert_board_senseless(machine, spoilt, "HV_UNALIGNED", *words)
    spoilt = board.but(hypervisor=(0x70000000, 2 * MIB + 512))
    assert_board_senseless(machine, spoilt, "HV_UNALIGNED", "0x702001ff", "4096 bytes")


def test_region_wraps(machine: Machine, board: System) -> None:
    spoilt = board.but(hypervisor=(2**64 - 2 * MIB, 4 * MIB))
    assert_board_senseless(machine, spoilt, "REGION_WRAPS", "0xffffffffffe00000", "wraps around")


def test_root_cell_has_the_hypervisor(machine: Machine, board: System) -> None:
    spoilt = board.with_region("all", 0x703ff000, 8 * KIB, RAM)
    spoilt.regions = spoilt.regions[-1:]
    words = ('region 0 ("all")', "0x703ff000-0x70400fff", "0x70000000-0x703fffff")
    assert_board_senseless(machine, spoilt, "REGION_HYPERVISOR", *words)


def test_root_cell_has_a_gic_frame(machine: Machine, board: System) -> None:
    spoilt = board.with_region("gicd", 0x08000000, 4 * KIB, DATA)
    assert_board_senseless(machine, spoilt, "REGION_GIC", '("gicd")', "0x8000000-0x800ffff")


def test_root_region_beyond_the_cpu(machine: Machine, board: System) -> None:
    """Found at EL2: what was taken over is given back."""
    spoilt = board.with_region("far", 1 << 44, 1 * GIB, DATA)
    assert_board_refused(machine, spoilt, "REGION_WRAPS", '("far")', "0x100000000000", "40 bits")


def test_root_spi_beyond_the_gic(machine: Machine, board: System) -> None:
    spoilt = board.but(irqs=[(32, 988)])
    assert_board_refused(machine, spoilt, "IRQ_RANGE", "988 from 32", "SPIs 32 to 287")


# The interrupt controller.


def test_gic_of_another_version(machine: Machine, gic: int) -> None:
    other = 5 - gic
    words = (f"GICv{gic}", f"GICv{other}", f'"qemu-virt-gicv{other}"', "use the configuration")
    refusal = Refusal("CB_ERR_GIC_VERSION", words)
    assert_refused(machine, f"enable {SHARE}/qemu-virt-gicv{other}.cell", refusal)


def test_gic_of_no_version(machine: Machine, board: System) -> None:
    assert_board_senseless(machine, board.but(gic=4), "GIC_VERSION", "GICv4", "version 2 or 3")


def test_gic_at_another_address(machine: Machine, board: System) -> None:
    for name, (address, _) in board.frames.items():
        spoilt = board.with_frame(name, 0x3f000000)
        words = (name, f"at {address:#x}", "at 0x3f000000", "correct")
        assert_board_refused(machine, spoilt, "GIC_ADDRESS", *words)


def test_gic_frame_missing(machine: Machine, board: System) -> None:
    del board.frames["GICD"]
    assert_board_senseless(machine, board, "GIC_MISSING", "GICD", "missing")


# CPUs.


def test_more_cpus_than_configured(machine: Machine, board: System) -> None:
    words = ("Linux has 4 CPUs", f'"{board.name.decode()}" has 3')
    assert_board_refused(machine, board.with_cpus(0, 1, 2), "CPU_COUNT", *words)


def test_fewer_cpus_than_configured(machine: Machine, gic: int) -> None:
    words = ("Linux has 4 CPUs", f'"qemu-virt-gicv{gic}-smp8" has 8', "all CPUs online")
    refusal = Refusal("CB_ERR_CPU_COUNT", words)
    assert_refused(machine, f"enable {SHARE}/qemu-virt-gicv{gic}-smp8.cell", refusal)


def test_cpu_with_another_mpidr(machine: Machine, board: System) -> None:
    words = ("MPIDR 0x3", f'"{board.name.decode()}" does not list')
    assert_board_refused(machine, board.with_cpus(0, 1, 2, 0x103), "CPU_MPIDR", *words)
    spoilt = board.with_cpus(0, 1, 2, 2)
    assert_board_senseless(machine, spoilt, "CPU_DUPLICATE", "MPIDR 0x2", "list each CPU once")


def test_cpu_offline(machine: Machine, root: Root) -> None:
    machine.check("echo 0 >/sys/devices/system/cpu/cpu2/online")
    refusal = Refusal("CB_ERR_CPU_NOT_ONLINE", ("CPU 2", "cpu2/online"))
    assert_refused(machine, f"enable {SHARE}/{root.board}.cell", refusal)
    machine.check("echo 1 >/sys/devices/system/cpu/cpu2/online")


# Others at EL2.


def test_vm_running(machine: Machine, root: Root) -> None:
    machine.check(
        "rm -f /tmp/vm; mkfifo /tmp/vm; kvmtest hold >/tmp/vm & echo $! >/tmp/vm.pid\n"
        "read line </tmp/vm; [ \"$line\" = 'kvmtest: holding' ]"
    )
    words = ("virtual machine runs", "stop it", "kvm.enable_virt_at_load=0")
    refusal = Refusal("CB_ERR_EL2_IN_USE", words)
    assert_refused(machine, f"enable {SHARE}/{root.board}.cell", refusal)
    machine.run("kill $(cat /tmp/vm.pid); wait $(cat /tmp/vm.pid)")
    assert machine.check("kvmtest") == "kvmtest: PASS"


# Machines of their own.


def enable_refused(machine: Machine, code: str, *words: str) -> None:
    machine.check("modprobe cellblock")
    refusal = Refusal(f"CB_ERR_{code}", words)
    assert_refused(machine, f"enable {SHARE}/qemu-virt-gicv{machine.config.gic}.cell", refusal)


def test_linux_at_el2(boot: Boot) -> None:
    words = ("Linux runs at EL2", "kvm-arm.mode=nvhe", "id_aa64mmfr1.vh=0")
    enable_refused(boot(cpu="max", vhe=True), "KERNEL_AT_EL2", *words)


def test_linux_not_booted_at_el2(boot: Boot, gic: int) -> None:
    words = ("not booted at EL2", "virtualization=on")
    enable_refused(boot(gic=gic, el2=False), "NO_EL2", *words)


def test_memory_not_reserved(boot: Boot) -> None:
    words = ("0x70000000-0x703fffff", "System RAM", "mem= or a /reserved-memory node")
    enable_refused(boot(reserve="none"), "HV_SYSTEM_RAM", *words)


@pytest.mark.parametrize("smp", [2, 6])
def test_machine_has_another_number_of_cpus(boot: Boot, smp: int) -> None:
    words = (f"Linux has {smp} CPUs", '"qemu-virt-gicv3" has 4')
    enable_refused(boot(smp=smp), "CPU_COUNT", *words)


def test_linux_left_cpus_alone(boot: Boot) -> None:
    enable_refused(boot(append="maxcpus=2"), "CPU_NOT_ONLINE", "CPU 2", "bring it online")


def test_no_driver(boot: Boot) -> None:
    machine = boot()
    refusal = Refusal("NO_DRIVER", ("/dev/cellblock", "modprobe cellblock"), NOT_ENABLED)
    for command in ("list", "disable", f"enable {SHARE}/qemu-virt-gicv3.cell", "console"):
        assert_refused(machine, command, refusal)
