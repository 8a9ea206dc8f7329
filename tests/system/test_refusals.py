# SPDX-License-Identifier: GPL-2.0-only
"""Refusals of everything that is done to cells: a hypervisor runs, and a cell beside Linux.

The board differs from the delivered one in that SPI 200 is not the root cell's. The
victim has CPU 2, SPI 100 and the memory at 0x72000000, and runs all the time.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cellfile import (
    DATA,
    KIB,
    LOADABLE,
    MIB,
    MMIO,
    RAM,
    SHARED,
    Cell,
    Region,
    System,
    put,
)
from cells import SHARE, Root
from machine import Boot, Machine
from refusals import (
    CANDIDATE,
    FILE,
    REFUSED,
    Refusal,
    Unchanged,
    assert_file_refused,
    assert_refused,
)

pytestmark = pytest.mark.gics(3)

VICTIM = "victim"
VICTIM_CONFIG = Cell(
    name=VICTIM,
    cpus=1 << 2,
    regions=[Region("ram", 0x72000000, 16 * MIB, RAM | LOADABLE)],
    irqs=[(100, 1)],
)

# A cell that would be accepted; each case spoils it in one way.
CELL = Cell(cpus=1 << 3, regions=[Region("ram", 0x70400000, 16 * MIB, RAM | LOADABLE)])


@pytest.fixture(scope="module")
def root(boot_shared: Boot, gic: int) -> Iterator[Root]:
    machine = boot_shared(gic=gic, cpu="cortex-a53")
    root = Root(machine)
    board = System.delivered(root.board)
    board.irqs = [(32, 168), (201, 87)]
    board.hypervisor = (0x70000000, 1 * MIB)
    machine.check("modprobe cellblock")
    machine.check(put(board.pack(), "/tmp/board.cell"))
    root.cellctl("enable /tmp/board.cell")
    machine.check(put(VICTIM_CONFIG.pack(), "/tmp/victim.cell"))
    root.cellctl("create /tmp/victim.cell")
    root.load(VICTIM, "timer", "period=10000 report=10")
    root.start(VICTIM)
    root.wait_console(VICTIM, "timer: window")
    yield root
    root.wait_console(VICTIM, "timer: window")
    assert root.cells()[VICTIM]["state"] == "running"


@pytest.fixture
def machine(root: Root) -> Machine:
    return root.machine


def test_what_the_cases_spoil_is_accepted(root: Root) -> None:
    root.machine.check(put(CELL.pack(), CANDIDATE))
    with Unchanged(root.machine, cpus_move=True):
        root.cellctl(f"create {CANDIDATE}")
        root.destroy("candidate")


# What the root cell cannot give.

REFUSED_CELLS = {
    "name-taken": (
        CELL.but(name=VICTIM),
        "CELL_NAME_TAKEN",
        ('"victim"', 'cell "victim"', "another name"),
    ),
    "name-of-the-root-cell": (
        CELL.but(name="root"),
        "CELL_NAME_TAKEN",
        ('"root"', "the root cell", "another name"),
    ),
    "cpu-of-another-cell": (
        CELL.but(cpus=0b1100),
        "CPU_NOT_ROOTS",
        ('"candidate"', "CPU 2", 'cell "victim"'),
    ),
    "cpu-unknown": (CELL.but(cpus=1 << 4), "CPU_UNKNOWN", ("CPU 4", "cellctl show root")),
    "cpu-63": (CELL.but(cpus=1 << 63), "CPU_UNKNOWN", ("CPU 63",)),
    "last-cpu-of-root": (CELL.but(cpus=0b1011), "CPU_LAST", ("CPU 3", "last", "at least one")),
    "region-not-roots": (
        CELL.with_region("uart9", 0x09001000, 4 * KIB, MMIO),
        "REGION_NOT_ROOTS",
        ('region 1 ("uart9")', "0x9001000-0x9001fff", "does not have 0x9001000"),
    ),
    "region-partly-not-roots": (
        CELL.with_region("flash", 0x07fff000, 4 * KIB, MMIO).with_region(
            "virtio", 0x0a003000, 8 * KIB, MMIO
        ),
        "REGION_NOT_ROOTS",
        ('region 2 ("virtio")', "does not have 0xa004000"),
    ),
    "region-is-the-hypervisor": (
        CELL.with_region("data", 0x70000000, 1 * MIB, DATA),
        "REGION_HYPERVISOR",
        ("0x70000000-0x700fffff",),
    ),
    "region-overlaps-the-hypervisor": (
        CELL.but(regions=[Region("ram", 0x700FF000, 2 * MIB, RAM | LOADABLE)]),
        "REGION_HYPERVISOR",
        ('region 0 ("ram")', "0x700ff000-0x702fefff", "0x70000000-0x700fffff"),
    ),
    "region-of-another-cell": (
        CELL.with_region("data", 0x72fff000, 8 * KIB, DATA),
        "REGION_OTHER_CELL",
        ("0x72fff000-0x73000fff", "0x72000000-0x72ffffff", 'cell "victim"'),
    ),
    "region-shared-by-one-side": (
        CELL.with_region("data", 0x72fff000, 4 * KIB, DATA | SHARED),
        "REGION_OTHER_CELL",
        ('cell "victim"', "shared"),
    ),
    "region-is-system-ram": (
        CELL.with_region("data", 0x6ffff000, 4 * KIB, DATA),
        "REGION_SYSTEM_RAM",
        ("0x6ffff000-0x6fffffff", "System RAM", "/reserved-memory"),
    ),
    "region-of-a-linux-driver": (
        CELL.with_region("uart1", 0x09040000, 4 * KIB, MMIO),
        "REGION_IN_USE",
        ("0x9040000-0x9040fff", "9040000.pl011", "unbind"),
    ),
    "execute-where-root-may-not": (
        CELL.with_region("shared", 0x7ff00000, 1 * MIB, RAM | SHARED),
        "REGION_PERMISSION",
        ("0x7ff00000-0x7fffffff", "read, write, shared"),
    ),
    "shared-where-root-does-not": (
        CELL.with_region("data", 0x71400000, 4 * KIB, DATA | SHARED),
        "REGION_PERMISSION",
        ("0x71400000", "read, write, execute"),
    ),
    "registers-as-memory": (
        CELL.with_region("virtio", 0x0a000000, 4 * KIB, DATA),
        "REGION_PERMISSION",
        ("0xa000000", "read, write, io"),
    ),
    "ipa-beyond-the-cpu": (
        CELL.with_region("data", 0x71400000, 4 * KIB, DATA, virt=1 << 44),
        "REGION_WRAPS",
        ('region 1 ("data")', "40 bits"),
    ),
    "spi-not-roots": (
        CELL.but(irqs=[(199, 1), (200, 1)]),
        "IRQ_NOT_ROOTS",
        ("interrupt 200", "range 1", "list it"),
    ),
    "spi-beyond-the-gic": (CELL.but(irqs=[(288, 1)]), "IRQ_RANGE", ("288", "SPIs 32 to 287")),
    "spi-of-another-cell": (
        CELL.but(irqs=[(99, 2)]),
        "IRQ_OTHER_CELL",
        ("interrupt 100", 'cell "victim"'),
    ),
    "spi-of-a-linux-driver": (
        CELL.but(irqs=[(32, 3)]),
        "IRQ_IN_USE",
        ("interrupt 33", "uart-pl011", "/proc/interrupts"),
    ),
    "region-is-not-there": (
        CELL.with_region("data", 0x7FE00000, 4 * MIB, DATA),
        "REGION_NO_MEMORY",
        ("0x7fe00000-0x801fffff", "none at 0x80000000", "mmio-sram"),
    ),
    # Each takes two tables of its own, and the hypervisor has 1 MiB.
    "page-pool-exhausted": (
        CELL.but(
            regions=[
                *CELL.regions,
                *(
                    Region("", 0x74000000 + n * 8 * KIB, 4 * KIB, DATA, virt=(100 + n) << 30)
                    for n in range(50)
                ),
            ]
        ),
        "NO_MEMORY",
        ("pages", "free", "larger"),
    ),
}


@pytest.fixture(scope="module")
def bound(root: Root) -> None:
    """An interrupt has CPU 3 for its own, and would go to another if that went."""
    root.machine.check(
        "irq=$(sed -n 's/^ *\\([0-9]*\\):.*uart-pl011$/\\1/p' /proc/interrupts);"
        "echo 3 >/proc/irq/$irq/smp_affinity_list"
    )


@pytest.mark.usefixtures("bound")
@pytest.mark.parametrize("case", REFUSED_CELLS)
def test_cell_that_cannot_be_had(machine: Machine, case: str) -> None:
    cell, code, words = REFUSED_CELLS[case]
    assert_file_refused(machine, "create", cell.pack(), Refusal(f"CB_ERR_{code}", words))


@pytest.mark.gics(2, 3)
@pytest.mark.parametrize("where", ["pa", "ipa"])
def test_region_overlaps_a_gic_frame(root: Root, gic: int, where: str) -> None:
    for name, (frame, size) in System.delivered(root.board).frames.items():
        last = frame + size - 4 * KIB
        for page in (frame, last):
            if where == "pa":
                cell = CELL.with_region(name.lower(), page, 4 * KIB, MMIO)
            else:
                cell = CELL.with_region(name.lower(), 0x71400000, 4 * KIB, DATA, virt=page)
            words = (f'region 1 ("{name.lower()}")', f"{frame:#x}-{frame + size - 1:#x}")
            refusal = Refusal("CB_ERR_REGION_GIC", words)
            assert_file_refused(root.machine, "create", cell.pack(), refusal)


def test_cpu_that_linux_has_offline(machine: Machine) -> None:
    machine.check("echo 0 >/sys/devices/system/cpu/cpu3/online")
    refusal = Refusal("CB_ERR_CPU_NOT_ONLINE", ("CPU 3", "cpu3/online"))
    assert_file_refused(machine, "create", CELL.pack(), refusal)
    machine.check("echo 1 >/sys/devices/system/cpu/cpu3/online")


@pytest.mark.parametrize("cpus", [0b1000, 0b1010], ids=["its-only-cpu", "its-second-cpu"])
def test_cpu_that_does_not_come_offline(machine: Machine, cpus: int) -> None:
    """Linux fails the hot-unplug, as asked by its own means to test that; CPU 1 comes back."""
    step = machine.check(
        "sed -n 's/^ *\\([0-9]*\\): workqueue:online$/\\1/p' /sys/devices/system/cpu/hotplug/states"
    )
    machine.check(put(CELL.but(cpus=cpus).pack(), CANDIDATE))
    for option, expected in (("", "cellctl: "), ("--json ", '"code": "CB_ERR_CPU_OFFLINE_FAILED"')):
        with Unchanged(machine, cpus_move=True):
            machine.check(f"echo {step} >/sys/devices/system/cpu/cpu3/hotplug/fail")
            status, output = machine.run(f"cellctl {option}create {CANDIDATE} 2>&1")
        assert status == REFUSED
        assert expected in output
        assert "could not take CPU 3 offline: Resource temporarily unavailable" in output
        assert option or output.count("\n") == 1


# Operations on cells.


def refused_state(was: str, wanted: str, remedy: str) -> Refusal:
    return Refusal("CB_ERR_CELL_STATE", (f'cell "candidate" is {was}', wanted, remedy))


def test_wrong_state_for_the_operation(root: Root) -> None:
    machine = root.machine
    load = f"load candidate {SHARE}/timer.bin"
    machine.check(put(CELL.pack(), CANDIDATE))
    root.cellctl(f"create {CANDIDATE}")

    start = refused_state("created", "must be loading", "cellctl load")
    assert_refused(machine, "start candidate", start)
    stop = refused_state("created", "must be running", "")
    assert_refused(machine, "stop candidate", stop)

    root.cellctl(load)
    stop = refused_state("loading", "must be running", "")
    assert_refused(machine, "stop candidate", stop)

    root.start("candidate")
    root.wait_cpu(3, "on")
    assert_refused(machine, "start candidate", refused_state("running", "loading", "stop it and"))
    assert_refused(machine, load, refused_state("running", "stopped", "cellctl stop"))

    root.stop("candidate")
    assert_refused(machine, "start candidate", refused_state("stopped", "loading", "cellctl load"))
    root.destroy("candidate")


def test_operation_that_is_not_for_the_root_cell(machine: Machine) -> None:
    for command in ("stop root", "destroy 0", "start root", f"load root {SHARE}/hello.bin"):
        assert_refused(machine, command, Refusal("CB_ERR_CELL_ROOT", ("the root cell",)))


def test_unknown_cell(machine: Machine) -> None:
    for cell, words in (("nobody", 'cell "nobody"'), ("17", "cell 17"), ("64", "cell 64")):
        refusal = Refusal("CB_ERR_CELL_UNKNOWN", (words, "cellctl list"))
        assert_refused(machine, f"destroy {cell}", refusal)
    for verb in ("show", "start", "stop", "console", "stats"):
        refusal = Refusal("CB_ERR_CELL_UNKNOWN", ('cell "nobody"', "cellctl list"))
        assert_refused(machine, f"{verb} nobody", refusal)
    refusal = Refusal("CB_ERR_CELL_UNKNOWN", ('cell "nobody"', "cellctl list"))
    assert_refused(machine, f"load nobody {SHARE}/hello.bin", refusal)


@pytest.fixture
def created(root: Root) -> Iterator[Machine]:
    """A cell "candidate" that waits to be loaded."""
    root.machine.check(put(CELL.pack(), CANDIDATE))
    root.cellctl(f"create {CANDIDATE}")
    yield root.machine
    root.destroy("candidate")


def test_image_larger_than_its_region(created: Machine) -> None:
    created.check(f"truncate -s {16 * MIB + 1} /tmp/large")
    refusal = Refusal(
        "IMAGE_TOO_LARGE",
        ("image", "16777217 bytes", 'region "ram" at 0x70400000 of 16777216', "larger"),
        FILE,
    )
    assert_refused(created, "load candidate /tmp/large", refusal)
    created.check("rm /tmp/large")


def test_image_that_leaves_no_room(created: Machine) -> None:
    created.check(f"truncate -s {16 * MIB - 512} /tmp/large")
    refusal = Refusal("DTB_TOO_LARGE", ("device tree", 'region "ram"', "512 left"), FILE)
    assert_refused(created, "load candidate /tmp/large", refusal)
    refusal = Refusal("INITRD_TOO_LARGE", ("initial RAM disk", 'region "ram"'), FILE)
    assert_refused(created, f"load candidate {SHARE}/hello.bin --initrd /tmp/large", refusal)
    created.check("rm /tmp/large")


def test_image_unreadable(created: Machine) -> None:
    created.check(": >/tmp/empty")
    for path, code, words in (
        ("/nowhere.bin", "FILE_UNREADABLE", ('"/nowhere.bin"', "No such file")),
        ("/tmp", "FILE_UNREADABLE", ('"/tmp"', "Is a directory")),
        ("/tmp/empty", "FILE_EMPTY", ('"/tmp/empty"', "empty")),
    ):
        assert_refused(created, f"load candidate {path}", Refusal(code, words, FILE))
        option = f"load candidate {SHARE}/hello.bin --initrd {path}"
        assert_refused(created, option, Refusal(code, words, FILE))
    option = f"load candidate {SHARE}/hello.bin --dtb {SHARE}/hello.bin"
    assert_refused(created, option, Refusal("DTB_INVALID", (f"{SHARE}/hello.bin",), FILE))


@pytest.mark.parametrize("flags", [RAM, DATA | LOADABLE], ids=["not-loadable", "not-executable"])
def test_region_not_loadable(root: Root, flags: int) -> None:
    cell = CELL.but(regions=[Region("ram", 0x70400000, 16 * MIB, flags)])
    root.machine.check(put(cell.pack(), CANDIDATE))
    root.cellctl(f"create {CANDIDATE}")
    refusal = Refusal("CB_ERR_NO_LOADABLE", ('cell "candidate"', "loadable", "RAM | LOADABLE"))
    assert_refused(root.machine, f"load candidate {SHARE}/hello.bin", refusal)
    root.destroy("candidate")


# Of the whole.


def test_already_enabled(root: Root) -> None:
    refusal = Refusal("CB_ERR_ALREADY_ENABLED", ("already enabled", "cellctl disable"))
    assert_refused(root.machine, f"enable {SHARE}/{root.board}.cell", refusal)


def test_disable_while_a_cell_exists(machine: Machine) -> None:
    words = ('cell "victim" still exists', "cellctl destroy victim")
    assert_refused(machine, "disable", Refusal("CB_ERR_CELLS_EXIST", words))


def test_module_unloaded_while_in_use(machine: Machine) -> None:
    with Unchanged(machine):
        output = machine.fails("rmmod cellblock 2>&1")
    assert "cellblock" in output and "\n" not in output
