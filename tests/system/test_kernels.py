# SPDX-License-Identifier: GPL-2.0-only
"""The kernels that Cellblock is made for, on either GIC: each is taken over, gives CPUs away and gets
them back, many times, and has KVM and kexec afterwards as if nothing had been.

`make check` has the oldest on GICv2 and the newest on GICv3; with CB_LONG it is all of them on both.
The tests of a kernel share a machine: each leaves it as it found it.
"""

from __future__ import annotations

import pytest
from cells import SHARE, Root
from kernels import NAMES, NEWEST, OLDEST, Kernel, initramfs, with_boot_files
from machine import LONG_RUN, TIMEOUT, Boot, Machine

# A cell of one CPU and one of two; the CPU that Linux alone turns off and on.
CELL, SMP_CELL = "demo-native-idle", "demo-smp"
OWN_CPU = 1
INTERRUPTS = 500
PATIENCE = 4 * TIMEOUT  # these kernels boot with all that Debian has on, beside other tests
CYCLES = 20 if LONG_RUN else 3

WANTED = NAMES if LONG_RUN else [OLDEST.name, NEWEST.name]
GICS = {OLDEST.name: 2, NEWEST.name: 3}

# Cells come and go, and so does a CPU that no cell has. A line each time: the CPUs that are online.
CYCLE = f"""set -e
online=/sys/devices/system/cpu/cpu{OWN_CPU}/online
for n in $(seq {CYCLES}); do
	cellctl create {SHARE}/{SMP_CELL}.cell
	cellctl load {SMP_CELL} {SHARE}/smp.bin
	cellctl start {SMP_CELL}
	echo 0 >$online
	cellctl destroy {SMP_CELL}
	echo 1 >$online
	cat /sys/devices/system/cpu/online
done"""


def params() -> list[object]:
    marks = {name: [pytest.mark.gics(gic)] for name, gic in GICS.items()}
    return [pytest.param(Kernel(name), id=name, marks=marks.get(name, [])) for name in WANTED]


# Linux has a server for tasks that wait for a second. If the host has kept a CPU waiting that is being turned
# off, 6.12 counts the server as a task that was left there, and complains. Each CPU turns its own one off: that of
# an idle CPU is there until its period ends, and 6.12.95 complains when it is turned off meanwhile.
NO_FAIR_SERVER = """
servers=/sys/kernel/debug/sched/fair_server
for cpu in $(ls $servers 2>/dev/null); do
	taskset $(printf %x $((1 << ${cpu#cpu}))) sh -c "echo 0 >$servers/$cpu/runtime"
done"""


@pytest.fixture(scope="module", params=params())
def kernel(request: pytest.FixtureRequest) -> Kernel:
    return request.param


@pytest.fixture(scope="module")
def root(
    boot_shared: Boot, kernel: Kernel, gic: int, tmp_path_factory: pytest.TempPathFactory
) -> Root:
    directory = tmp_path_factory.mktemp(kernel.name)
    machine = boot_shared(
        anew=True,
        patience=PATIENCE,
        gic=gic,
        cpu=kernel.cpu,
        kernel=kernel.image,
        initrd=with_boot_files(kernel, initramfs(kernel, directory), directory),
        append=kernel.arguments,
        kpti=True,  # as users have it
    )
    assert machine.check("uname -r") == kernel.release
    machine.check(NO_FAIR_SERVER)
    return Root(machine)


def all_cpus(root: Root) -> range:
    return range(root.machine.config.smp)


def timer_has_no_exit(root: Root) -> None:
    root.launch(CELL, "timer", f"period=1000 count={INTERRUPTS} report=0")
    [report] = root.wait_console(CELL, f"^timer: {INTERRUPTS} interrupts")
    assert report.endswith(" 0 exits")
    root.stop(CELL)
    root.destroy(CELL)


def assert_kvm_works(root: Root, kernel: Kernel) -> None:
    """On each CPU, those included that were a cell's, or that Linux turned off and on."""
    if not kernel.has_kvm:
        root.machine.fails("test -e /dev/kvm")
        return
    for cpu in all_cpus(root):
        assert root.machine.check(f"taskset {1 << cpu:x} kvmtest") == "kvmtest: PASS"


def assert_began_at_el2(machine: Machine) -> None:
    machine.check("dmesg | grep -q 'CPU: All CPU(s) started at EL2'")


def test_cell_runs(root: Root) -> None:
    root.enable()
    timer_has_no_exit(root)
    root.disable()
    root.assert_linux_is_well(*all_cpus(root))


def test_cpus_come_and_go(root: Root) -> None:
    root.enable()
    pool = root.pool()
    lines = root.machine.script(CYCLE, timeout=TIMEOUT * CYCLES)
    assert lines == [f"0-{max(all_cpus(root))}"] * CYCLES
    assert root.pool() == pool
    root.assert_linux_is_well(*all_cpus(root))
    root.disable()
    root.assert_linux_is_well(*all_cpus(root))


def test_kvm_after_disable(root: Root, kernel: Kernel) -> None:
    """The CPU that is offline then is started by the firmware again."""
    online = f"/sys/devices/system/cpu/cpu{OWN_CPU}/online"
    root.enable()
    root.launch(SMP_CELL, "smp")
    root.destroy(SMP_CELL)
    for state in (0, 1, 0):
        root.machine.check(f"echo {state} >{online}")
    root.disable()
    root.machine.check(f"echo 1 >{online}")
    assert_kvm_works(root, kernel)
    root.machine.assert_dmesg_clean()


# kexec


def load_own_kernel(machine: Machine, name: str) -> None:
    """Makes the machine's own kernel ready to be executed again, with this word in its arguments."""
    machine.check("cd / && (cat boot/initrd; find boot | cpio -o -H newc) >/tmp/initrd", timeout=120)
    arguments = machine.check("cat /proc/cmdline")
    machine.check(f"kexecload -l /boot/Image /tmp/initrd '{arguments} {name}'", timeout=120)
    machine.check("rm /tmp/initrd")


def execute(root: Root, kernel: Kernel, name: str) -> None:
    """That kernel comes up with everything."""
    root.machine.serial.start("kexecload -e")
    root.machine.login(PATIENCE)
    assert root.machine.check("cat /proc/cmdline").endswith(f" {name}")
    root.machine.check(NO_FAIR_SERVER)
    root.assert_linux_is_well(*all_cpus(root))
    assert_began_at_el2(root.machine)
    assert_kvm_works(root, kernel)


def use_cells(root: Root) -> None:
    root.launch(SMP_CELL, "smp")
    root.wait_console(SMP_CELL, "smp: ")
    root.destroy(SMP_CELL)


def test_kexec_after_disable(root: Root, kernel: Kernel) -> None:
    """It is loaded when CPUs have come back: Linux takes EL2 for the next one to be what it is then."""
    root.enable()
    use_cells(root)
    root.disable()
    load_own_kernel(root.machine, "second")
    execute(root, kernel, "second")
    root.enable()
    use_cells(root)
    root.disable()
    root.assert_linux_is_well(*all_cpus(root))


def test_kexec_while_enabled(root: Root, kernel: Kernel) -> None:
    """It goes the way of a reboot: the cells end, and EL2 is given back before."""
    root.enable()
    use_cells(root)
    load_own_kernel(root.machine, "third")
    root.launch(CELL, "timer", "period=1000")
    root.wait_console(CELL, "timer: ")
    execute(root, kernel, "third")
    root.enable()
    timer_has_no_exit(root)
    root.disable()
    root.assert_linux_is_well(*all_cpus(root))
