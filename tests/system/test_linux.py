# SPDX-License-Identifier: GPL-2.0-only
"""Linux as the root cell: KVM with and after Cellblock, and what it may touch. kexec: test_kernels.py.

KVM of Debian's 6.1 kernel hangs on a CPU that was brought online again if that CPU has
Spectre v3a (cortex-a57, cortex-a72): kvm_init_vector_slots() runs on each CPU that comes
online and goes one slot further each time. It does so without Cellblock, too. So CPUs
that were given to cells are tried on a cortex-a53.
"""

from __future__ import annotations

import re

import pytest
from cells import SHARE, Root
from machine import LONG_RUN, Boot, Machine

SIGBUS = 128 + 7
RTC = 0x09010000
HOLE = 0x09001000  # nothing is there, and the root cell does not have it
GICD = 0x08000000


def run_a_cell(root: Root) -> None:
    """A cell with two CPUs comes and goes."""
    root.launch("demo-smp", "smp")
    root.wait_console("demo-smp", "smp: ")
    root.destroy("demo-smp")


def start_victim(root: Root) -> None:
    root.launch("demo-victim", "timer", "period=1000 report=100")
    root.wait_console("demo-victim", "timer: window")


def assert_victim_runs(root: Root) -> None:
    """It goes on: there is output that was not there before."""
    seen = root.console("demo-victim")
    root.machine.check("cellctl console demo-victim >/tmp/seen")
    root.wait_until("! cellctl console demo-victim | cmp -s - /tmp/seen")
    assert "timer: window" in seen
    assert root.cells()["demo-victim"]["state"] == "running"


def assert_kvm_works(machine: Machine, cpus: range) -> None:
    for cpu in cpus:
        assert machine.check(f"taskset {1 << cpu:x} kvmtest") == "kvmtest: PASS"
    machine.assert_dmesg_clean()


def test_kvm_after_disable(boot: Boot, gic: int) -> None:
    root = Root(boot(gic=gic, cpu="cortex-a53"))
    root.enable()
    run_a_cell(root)
    root.disable()
    assert_kvm_works(root.machine, range(4))


def test_kvm_after_disable_on_cpus_that_stayed(boot: Boot, gic: int) -> None:
    root = Root(boot(gic=gic, cpu="cortex-a57"))
    root.enable()
    run_a_cell(root)
    root.disable()
    assert_kvm_works(root.machine, range(2))


def test_starting_a_vm_harms_no_cell(boot: Boot, gic: int) -> None:
    """KVM does not get EL2 and may complain about it; everything else goes on."""
    root = Root(boot(gic=gic, cpu="cortex-a53"))
    root.enable()
    start_victim(root)
    before = root.exits(2)
    status, output = root.machine.run("timeout 20 kvmtest")
    assert status != 0, output
    assert_victim_runs(root)
    after = root.exits(2)
    assert {key for key in after if after[key] != before[key]} <= {"wfi", "hvc"}
    for cpu in (1, 3):
        root.assert_cpu_works(cpu)
    root.destroy("demo-victim")
    root.disable()


# What KVM says of calls that nobody answered.
KVM_WARNING = "arch/arm64/kvm"

HOLD_VM = (
    "rm -f /tmp/vm; mkfifo /tmp/vm; kvmtest hold >/tmp/vm 2>&1 & echo $! >/tmp/vm.pid\n"
    "exec 9</tmp/vm; read line <&9; [ \"$line\" = 'kvmtest: holding' ]"
)


@pytest.mark.gics(3)
def test_vm_that_begins_while_enabled_fails_after_disable(boot: Boot, gic: int) -> None:
    """KVM believes that it has EL2. It is told that it has not, by the stub as by the hypervisor."""
    root = Root(boot(gic=gic, cpu="cortex-a53"))
    machine = root.machine
    root.enable()
    machine.check(HOLD_VM)
    root.cellctl("disable")
    machine.check("kill -USR1 $(cat /tmp/vm.pid)")
    assert "kvmtest: " in machine.check("cat <&9")
    assert KVM_WARNING not in machine.dmesg()
    assert_kvm_works(machine, range(4))


@pytest.mark.gics(3)
def test_vms_come_and_go_while_it_is_enabled(boot: Boot, gic: int) -> None:
    """EL2 is KVM's or the hypervisor's, on all CPUs, and each of them knows."""
    root = Root(boot(gic=gic, cpu="cortex-a53"))
    machine = root.machine
    machine.check("modprobe cellblock")
    machine.check(
        "while :; do kvmtest >/dev/null 2>&1; sleep 0.0$((RANDOM % 10)); done & echo $! >/tmp/loop"
    )
    rounds = 100 if LONG_RUN else 10
    machine.check(
        f"enabled=0; used=0; while [ $enabled -lt {rounds} ] || [ $used -lt {rounds} ]; do\n"
        f"cellctl enable {SHARE}/{root.board}.cell 2>/tmp/said\n"
        "case $?-$(cat /tmp/said) in\n"
        "0-*) cellctl list; cellctl disable || exit; enabled=$((enabled + 1)) ;;\n"
        "*'virtual machine runs'*) used=$((used + 1)) ;;\n"
        "*) cat /tmp/said; exit 1 ;;\n"
        "esac; done",
        timeout=600,
    )
    machine.run("kill $(cat /tmp/loop)")
    root.wait_until("! pidof kvmtest")
    assert KVM_WARNING not in machine.dmesg()
    assert_kvm_works(machine, range(4))


# What root touches


def test_permissive_root_gets_pages_at_first_touch(boot: Boot, gic: int) -> None:
    """The real-time clock is in no region of this board."""
    root = Root(boot(gic=gic))
    clock = "cat /sys/class/rtc/rtc0/since_epoch"
    time = int(root.machine.check(clock))
    root.machine.check("modprobe cellblock")
    root.cellctl(f"enable {SHARE}/{root.board}-permissive.cell")
    assert root.json("show root")["touched"] == []
    assert int(root.machine.check(clock)) >= time
    assert root.json("show root")["touched"] == [f"{RTC:#x}"]
    assert f"  {RTC:#x}\n" in root.cellctl("show root") + "\n"
    exits = [root.exits(cpu)["permissive"] for cpu in range(4)]
    assert int(root.machine.check(clock)) >= time
    assert [root.exits(cpu)["permissive"] for cpu in range(4)] == exits
    assert sum(exits) == 1
    root.machine.assert_dmesg_clean()


@pytest.mark.gics(3)
def test_hibernation_is_refused(boot: Boot, gic: int) -> None:
    """While enabled. Before and after, Linux goes all the way but the last steps."""
    root = Root(boot(gic=gic))
    root.machine.check("echo freezer >/sys/power/pm_test")
    root.machine.check("echo 0 >/sys/module/suspend/parameters/pm_test_delay")
    root.machine.check("modprobe cellblock")
    hibernate = "echo disk >/sys/power/state"
    for _ in range(2):
        root.machine.check(hibernate)
        root.enable()
        assert "Device or resource busy" in root.machine.fails(f"sh -c '{hibernate}' 2>&1")
        assert 'no hibernation while the hypervisor is enabled: "cellctl disable"' in root.machine.dmesg()
        root.machine.clear_dmesg()
        root.launch("demo-ring", "hello", "off")
        root.destroy("demo-ring")
        root.cellctl("disable")


def test_root_touches_what_it_does_not_have(boot: Boot, gic: int) -> None:
    """The process gets a bus error, Linux lives, and the hypervisor's log has the address.

    iomem=relaxed lets /dev/mem at what drivers have claimed, such as ours.
    """
    root = Root(boot(gic=gic, append="iomem=relaxed"))
    root.enable()
    start_victim(root)
    for address in (0x70000000, 0x72000000, HOLE):
        for access, write in (("read", ""), ("write", " 32 1")):
            status, output = root.machine.run(f"devmem {address:#x}{write}")
            assert status == SIGBUS, output
            line = rf"root cell: CPU \d+: {access} of 0x{address:x}, which it does not have"
            assert re.search(line, root.cellctl("console")), root.cellctl("console")
    # Nor is there anything to load a vector from, which is not decoded, where registers are emulated.
    assert root.machine.run(f"physmem vector {GICD:#x}").status == SIGBUS
    assert_victim_runs(root)
    root.machine.assert_dmesg_clean()
    root.destroy("demo-victim")
    root.disable()
