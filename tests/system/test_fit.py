# SPDX-License-Identifier: GPL-2.0-only
"""Configurations that do not fit the machine's memory are refused by name, and memory that comes
later is asked whether it fits. The machine has 1 GiB, of which Linux uses 768 MiB.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cellfile import DATA, KIB, LOADABLE, MIB, MMIO, RAM, READ, Cell, Region, System, put
from cells import Root
from machine import Boot, Machine
from refusals import Refusal, assert_file_refused, assert_refused

pytestmark = pytest.mark.gics(3)

RAM_BASE, RAM_END = 0x40000000, 0x70000000  # System RAM
ABSENT = 0x90000000  # behind the machine's RAM, and in the board's region "ram-high"
FIRMWARE_PAGE = 0x5C000000  # scripts/foreign-memory.dtso
PROMISED = 0xB0000000  # scripts/absent-memory.dtso

CELL = Cell(cpus=1 << 3, regions=[Region("ram", 0x70400000, 16 * MIB, RAM | LOADABLE)])


def with_ram(board: System, *regions: Region) -> System:
    """A board that has other regions for the memory of Linux."""
    return board.but(regions=[*regions, *(r for r in board.regions if r.name != "ram")])


@pytest.fixture(scope="module")
def root(boot_shared: Boot, gic: int) -> Root:
    root = Root(boot_shared(gic=gic, cpu="cortex-a53"))
    root.machine.check("modprobe cellblock")
    return root


@pytest.fixture
def board(root: Root) -> System:
    return System.delivered(root.board)


def assert_board_refused(machine: Machine, board: System, code: str, *words: str) -> None:
    assert_file_refused(machine, "enable", board.pack(), Refusal(f"CB_ERR_{code}", words))


# At enable


@pytest.mark.parametrize("flags", [DATA, READ, MMIO], ids=["noexec", "read-only", "mmio"])
def test_memory_of_linux_without_rights(root: Root, board: System, flags: int) -> None:
    spoilt = with_ram(board, Region("ram", RAM_BASE, RAM_END - RAM_BASE, flags))
    words = ('"System RAM"', f'"{root.board}"', "in region 0 with read", "read, write, execute")
    assert_board_refused(root.machine, spoilt, "MEMORY_RIGHTS", *words)


@pytest.mark.parametrize("hole", [RAM_BASE, 0x60000000, RAM_END - 4 * KIB])
def test_memory_of_linux_that_no_region_has(root: Root, board: System, hole: int) -> None:
    pieces = [
        Region(f"ram-{start:x}", start, end - start, RAM)
        for start, end in ((RAM_BASE, hole), (hole + 4 * KIB, RAM_END))
        if start < end
    ]
    words = ('"System RAM"', f'"{root.board}" has no region at {hole:#x}', "mem=")
    assert_board_refused(root.machine, with_ram(board, *pieces), "MEMORY_UNLISTED", *words)


def test_memory_that_firmware_has_reserved_amid_that_of_linux(boot: Boot, gic: int) -> None:
    """No board lists it, and Linux gives it to nobody; the page behind it is as any other."""
    root = Root(boot(gic=gic, cpu="cortex-a53", reserve="dt", foreign=True))
    root.machine.check("modprobe cellblock")
    board = System.delivered(root.board)
    pieces = [
        Region("ram-1", RAM_BASE, FIRMWARE_PAGE - RAM_BASE, RAM),
        Region("ram-2", FIRMWARE_PAGE + 4 * KIB, RAM_END - FIRMWARE_PAGE - 4 * KIB, RAM),
    ]
    root.machine.check(put(with_ram(board, *pieces).pack(), "/tmp/board.cell"))
    root.cellctl("enable /tmp/board.cell")
    root.cellctl("disable")
    pieces[1] = Region("ram-2", FIRMWARE_PAGE + 8 * KIB, RAM_END - FIRMWARE_PAGE - 8 * KIB, RAM)
    words = (f'"{root.board}" has no region at {FIRMWARE_PAGE:#x}',)
    assert_board_refused(root.machine, with_ram(board, *pieces), "MEMORY_UNLISTED", *words)


def test_memory_of_linux_in_pieces(root: Root, board: System) -> None:
    pieces = [Region(f"ram-{n}", RAM_BASE + n * 256 * MIB, 256 * MIB, RAM) for n in (2, 0, 1)]
    root.machine.check(put(with_ram(board, *pieces).pack(), "/tmp/board.cell"))
    root.cellctl("enable /tmp/board.cell")
    root.cellctl("disable")


@pytest.mark.parametrize("start", [ABSENT, 0x7FE00000], ids=["all", "its-end"])
def test_hypervisor_where_no_memory_is(root: Root, board: System, start: int) -> None:
    spoilt = board.but(hypervisor=(start, 4 * MIB))
    spoilt.regions = [r for r in board.regions if r.name in ("ram", "cells")]
    spoilt.regions[1] = replace(spoilt.regions[1], size=128 * MIB)
    none = max(start, 0x80000000)
    words = (f"{start:#x}-{start + 4 * MIB - 1:#x}", f"none at {none:#x}")
    assert_board_refused(root.machine, spoilt, "REGION_NO_MEMORY", *words)


# At create


@pytest.fixture
def enabled(root: Root, board: System) -> Iterator[Root]:
    # "shared" is joined to "cells", so that a region can reach beyond the end of the RAM.
    board.regions = [r for r in board.regions if r.name != "shared"]
    board.regions = [replace(r, size=252 * MIB) if r.name == "cells" else r for r in board.regions]
    root.machine.check(put(board.pack(), "/tmp/board.cell"))
    root.cellctl("enable /tmp/board.cell")
    yield root
    root.remove_cells()
    root.cellctl("disable")


@pytest.mark.parametrize(
    "region, none",
    [
        (Region("data", ABSENT, 64 * KIB, DATA), ABSENT),
        (Region("data", 0x7FFFF000, 8 * KIB, DATA), 0x80000000),
        (Region("image", ABSENT, 16 * MIB, RAM | LOADABLE), ABSENT),
    ],
    ids=["data", "its-end", "image"],
)
def test_cell_where_no_memory_is(enabled: Root, region: Region, none: int) -> None:
    words = (f'region 1 ("{region.name}")', f"{region.phys:#x}", f"none at {none:#x}")
    spoilt = CELL.but(regions=[*CELL.regions, region]).pack()
    refusal = Refusal("CB_ERR_REGION_NO_MEMORY", words)
    assert_file_refused(enabled.machine, "create", spoilt, refusal)
    # Nothing is left locked or claimed.
    enabled.machine.check(put(CELL.pack(), "/tmp/cell.cell"))
    enabled.cellctl("create /tmp/cell.cell")


# A device tree that promises too much: EL2 finds out


def test_cell_whose_memory_does_not_answer(boot: Boot, gic: int) -> None:
    root = Root(boot(gic=gic, absent=True))
    machine = root.machine
    root.enable()
    cell = CELL.with_region("data", PROMISED, 64 * KIB, DATA)
    machine.check(put(cell.pack(), "/tmp/cell.cell"))
    root.cellctl("create /tmp/cell.cell")
    root.load("candidate", "hello")
    root.start("candidate")
    root.wait_console("candidate", "hello: idle")
    root.launch("demo-victim", "hello")
    refusal = Refusal(
        "CB_ERR_CELL_MEMORY",
        ('cell "candidate" cannot be destroyed', "region 1 at 0xb0000000", "reset the machine"),
    )
    machine.fails("cellctl destroy candidate")
    for _ in range(2):
        assert_refused(machine, "destroy candidate", refusal)
        assert root.cells()["candidate"]["state"] == "destroying"
        shown = root.cellctl("show candidate")
        assert "memory: does not answer, region 1 at 0xb0000000" in shown
        clearing = json.loads(root.cellctl("--json show candidate"))["clearing"]
        assert clearing == {"state": "does not answer", "region": 1, "address": "0xb0000000"}
    # EL2 has asked before it wrote, and all else can be done.
    assert "exception" not in root.console("root")
    root.wait_console("demo-victim", "hello: idle")
    root.stop("demo-victim")
    root.destroy("demo-victim")
    root.assert_linux_is_well(0, 1, 2)
    machine.poweroff()


# Memory that comes later


def test_memory_that_is_added(boot: Boot, gic: int) -> None:
    device = "virtio-mem-pci,id=vm0,memdev=m0,requested-size=0,romfile="
    hardware = ("-object", "memory-backend-ram,id=m0,size=1G", "-device", device)
    root = Root(boot(gic=gic, memory="1G,slots=2,maxmem=4G", extra=list(hardware)))
    machine = root.machine
    delivered = System.delivered(root.board)
    board = delivered.but(regions=[r for r in delivered.regions if r.name != "ram-high"])
    machine.check("modprobe cellblock && modprobe virtio_pci && modprobe virtio_mem")
    machine.check("echo online >/sys/devices/system/memory/auto_online_blocks")
    machine.check(put(board.pack(), "/tmp/board.cell"))
    root.cellctl("enable /tmp/board.cell")

    # The board does not list it: it is there, and nobody uses it.
    machine.monitor("qom-set vm0 requested-size 256M")
    blocks = "/sys/devices/system/memory/memory"
    said = 'memory 0x80000000-0x8[0-9a-f]*fff stays offline: in board ".*", 0x80000000 is in no'
    root.wait_until(f"dmesg | grep -q '{said}'")
    assert machine.check(f"cat {blocks}16/state") == "offline"
    machine.fails(f"echo online >{blocks}16/state")

    # Without the hypervisor it can be used, and then this board does not fit any more.
    root.cellctl("disable")
    machine.check(f"echo online >{blocks}16/state")
    refusal = Refusal("CB_ERR_MEMORY_UNLISTED", ('"System RAM"', "no region at 0x80000000"))
    assert_refused(machine, "enable /tmp/board.cell", refusal)

    # A board that lists it as RAM takes what is there, and more.
    root.enable()
    machine.monitor("qom-set vm0 requested-size 512M")
    root.wait_until(f"[ $(cat {blocks}19/state) = online ]")
    machine.check("dd if=/dev/zero of=/tmp/much bs=1M count=300 && rm /tmp/much")
    machine.assert_dmesg_clean()
