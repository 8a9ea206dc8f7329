# SPDX-License-Identifier: GPL-2.0-only
"""The test system itself, without a hypervisor: what the other tests stand on."""

from __future__ import annotations

from pathlib import Path

import pytest
from machine import Boot, Machine

MAX = "max,pauth-impdef=on"


@pytest.fixture(scope="module")
def machine(boot_shared: Boot, gic: int) -> Machine:
    return boot_shared(anew=True, gic=gic)


def test_linux_boots_at_el1_with_its_hyp_stub(machine: Machine) -> None:
    assert "All CPU(s) started at EL2" in machine.dmesg()
    assert "Hyp mode initialized" in machine.dmesg()
    machine.assert_dmesg_clean()


def test_memory_is_reserved_on_the_command_line(machine: Machine) -> None:
    assert "mem=768M" in machine.check("cat /proc/cmdline")
    assert "70000000" not in machine.check("grep RAM /proc/iomem")


def test_memory_is_reserved_in_the_device_tree(boot: Boot) -> None:
    machine = boot(reserve="dt")
    assert "mem=" not in machine.check("cat /proc/cmdline")
    assert "6fffffff : System RAM" in machine.check("cat /proc/iomem")
    machine.check("ls -d /proc/device-tree/reserved-memory/cellblock@70000000")


def test_status_and_output_of_commands(machine: Machine) -> None:
    assert machine.run("echo one; echo '\\two'; (exit 7)") == (7, "one\n\\two\n")
    machine.check("printf 'a\nb' > /tmp/ab")
    assert machine.check("cat /tmp/ab") == "a\nb"


def test_kernel_messages_stay_out_of_output(machine: Machine) -> None:
    output = machine.check("echo start; echo '<2>the kernel speaks' >/dev/kmsg; echo end")
    assert output == "start\nend"
    assert "the kernel speaks" in machine.serial.transcript
    assert "the kernel speaks" in machine.dmesg()


def test_second_console(machine: Machine) -> None:
    machine.check("echo hello from ttyAMA1 >/dev/ttyAMA1")
    machine.serial2.expect("hello from ttyAMA1")


def test_command_can_be_interrupted(machine: Machine) -> None:
    machine.serial.start("sleep 1000")
    machine.serial.interrupt()
    assert machine.check("echo still here") == "still here"


def test_kvm_runs_a_guest(machine: Machine) -> None:
    assert machine.check("kvmtest") == "kvmtest: PASS"
    machine.assert_dmesg_clean()


def test_features_absent_on_an_old_cpu(machine: Machine) -> None:
    assert machine.check("features") == "features: fpsimd ok, pauth absent, sve absent, mops absent"


@pytest.mark.gics(3)
def test_features_of_a_new_cpu(boot: Boot, gic: int) -> None:
    machine = boot(anew=True, gic=gic, cpu=MAX)
    assert "pauth ok, sve ok" in machine.check("features")
    assert machine.check("kvmtest") == "kvmtest: PASS"
    machine.assert_dmesg_clean()


@pytest.mark.parametrize(
    "virtio",
    [
        pytest.param("pci", marks=pytest.mark.gics(3)),
        pytest.param("mmio", marks=pytest.mark.gics(2)),
    ],
)
def test_virtio_devices(boot: Boot, tmp_path: Path, gic: int, virtio: str) -> None:
    disk = tmp_path / "disk"
    disk.write_bytes(b"cellblock" + bytes(1 << 20))
    machine = boot(gic=gic, virtio=virtio, disk=str(disk), net=True)
    assert machine.check("head -c 9 /dev/vda") == "cellblock"
    machine.check("ping -c 1 10.0.2.2")
    machine.poweroff()


def test_machine_without_el2(boot: Boot) -> None:
    machine = boot(el2=False)
    assert machine.fails("kvmtest")
    machine.poweroff()
