# SPDX-License-Identifier: GPL-2.0-only
"""Refusals that look at the caller, the command line and the file alone.

They are the same on every machine; a hypervisor runs, and a cell beside Linux.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest
from cellfile import (
    CONSOLE_PL011,
    DATA,
    EXECUTE,
    KIB,
    LOADABLE,
    MIB,
    MMIO,
    PERMISSIVE,
    RAM,
    WRITE,
    Cell,
    Region,
    System,
    put,
    sealed,
)
from cells import SHARE, Root
from machine import Boot, Machine
from refusals import (
    CANDIDATE,
    FILE,
    NOT_ROOT,
    USAGE,
    Refusal,
    Unchanged,
    assert_file_refused,
    assert_refused,
)

# A cell that would be accepted; each case spoils it in one way.
CELL = Cell(cpus=1 << 3, regions=[Region("ram", 0x70400000, 16 * MIB, RAM | LOADABLE)])


@pytest.fixture(scope="module")
def machine(boot_shared: Boot) -> Iterator[Machine]:
    root = Root(boot_shared(gic=3, cpu="cortex-a53"))
    root.enable()
    root.launch("demo-victim", "timer", "period=10000 report=10")
    yield root.machine
    root.wait_console("demo-victim", "timer: window")


# The file by itself: cellctl finds out, with the check that the driver and the hypervisor use.

GOOD = CELL.pack()
BAD_FILES = {
    "no-configuration": (b"#!/bin/sh\n" * 20, "SIGNATURE", ("no Cellblock configuration",)),
    "revision": (CELL.pack(revision=2), "REVISION", ("revision 2", "revision 1")),
    "architecture": (CELL.pack(arch=2), "ARCH", ("architecture arm,", "arm64")),
    "unknown-architecture": (CELL.pack(arch=9), "ARCH", ("unknown", "arm64")),
    "kind": (System.delivered("qemu-virt-gicv3").pack(), "KIND", ('"system"', "cell")),
    "longer-than-it-says": (GOOD + b"\0", "SIZE", ("161 bytes", "160 bytes")),
    "truncated": (GOOD[:-1], "TRUNCATED", ("159 bytes", "160 bytes")),
    "checksum": (CELL.pack(checksum=0x12345678), "CHECKSUM", ("0x12345678", "checksum")),
    "damaged": (GOOD[:-1] + b"!", "CHECKSUM", ("damaged", "build it again")),
    "array-outside": (
        sealed(GOOD[:84] + b"\xf0\xff\xff\xff" + GOOD[88:]),
        "ARRAY",
        ("interrupts", "4294967280 elements"),
    ),
    "flags": (CELL.but(flags=0x80).pack(), "FLAGS", ("0x80", "correct the flags")),
    "permissive-cell": (CELL.but(flags=PERMISSIVE).pack(), "FLAGS", ("0x2",)),
    "name-empty": (CELL.but(name="").pack(), "NAME_EMPTY", ("name is empty", "give it")),
    "name-too-long": (CELL.but(name="n" * 32).pack(), "NAME_LONG", ("too long", "shorter")),
    "name-with-space": (CELL.but(name="a b").pack(), "NAME_LONG", ("[A-Za-z0-9._-]",)),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_file(machine: Machine, case: str) -> None:
    data, code, words = BAD_FILES[case]
    refusal = Refusal(f"CB_ERR_CONFIG_{code}", (CANDIDATE, *words), FILE)
    assert_file_refused(machine, "create", data, refusal)


@pytest.mark.parametrize("verb", ["create", "enable"])
def test_file_truncated_at_every_byte(machine: Machine, verb: str) -> None:
    """The driver itself refuses each prefix, and cellctl says so for those at the edges."""
    name = "qemu-virt-gicv3" if verb == "enable" else "demo-ring"
    path = f"{SHARE}/{name}.cell"
    size = int(machine.check(f"wc -c <{path}"))
    with Unchanged(machine):
        assert machine.check(f"truncations {verb} {path}") == f"truncations: PASS, {size} refused"
    sample = (
        f"(for n in 0 1 7 8 55 56 57 111 112 113 159 160 161 {size - 1}; do\n"
        f"	head -c $n {path} >/tmp/truncated\n"
        f"	sentence=$(cellctl {verb} /tmp/truncated 2>&1)\n"
        '	[ $? = 3 ] && case "$sentence" in\n'
        '		*"truncated: it holds $n byte"*" and needs "*) continue ;;\n'
        "	esac\n"
        '	echo "$n: $sentence"; exit 1\n'
        "done)"
    )
    with Unchanged(machine):
        machine.check(sample)


def test_file_unreadable(machine: Machine) -> None:
    for path, why in (("/nowhere.cell", "No such file"), ("/tmp", "Is a directory")):
        refusal = Refusal("FILE_UNREADABLE", (path, why, "check its name"), FILE)
        assert_refused(machine, f"create {path}", refusal)


def test_file_too_large(machine: Machine) -> None:
    machine.check(f"head -c 16385 /dev/zero >{CANDIDATE}")
    refusal = Refusal("CB_ERR_CONFIG_TOO_LARGE", (CANDIDATE, "16384 bytes"), FILE)
    assert_refused(machine, f"create {CANDIDATE}", refusal)


# What is wrong with a cell whatever the machine is.

WRAPS = 2**64 - 4 * KIB
SANE_CELLS = {
    "no-cpu": (CELL.but(cpus=0), "CPU_NONE", ("candidate", "no CPU")),
    "region-empty": (
        CELL.with_region("data", 0x71400000, 0, DATA),
        "REGION_EMPTY",
        ('region 1 ("data")', "0x71400000", "empty"),
    ),
    "region-unaligned": (
        CELL.with_region("data", 0x71400800, 4 * KIB, DATA),
        "REGION_UNALIGNED",
        ('region 1 ("data")', "0x71400800", "4096"),
    ),
    "region-unaligned-size": (
        CELL.with_region("data", 0x71400000, 6 * KIB, DATA),
        "REGION_UNALIGNED",
        ("0x71400000-0x714017ff", "4096"),
    ),
    "region-unaligned-ipa": (
        CELL.with_region("data", 0x71400000, 4 * KIB, DATA, virt=0x1800),
        "REGION_UNALIGNED",
        ('region 1 ("data")', "4096"),
    ),
    "region-wraps": (
        CELL.with_region("data", WRAPS, 8 * KIB, DATA),
        "REGION_WRAPS",
        ("0xfffffffffffff000", "8192 bytes", "wraps around"),
    ),
    "region-ipa-wraps": (
        CELL.with_region("data", 0x71400000, 8 * KIB, DATA, virt=WRAPS),
        "REGION_WRAPS",
        ("0xfffffffffffff000", "wraps around"),
    ),
    "region-beyond-48-bits": (
        CELL.with_region("data", 1 << 48, 4 * KIB, DATA),
        "REGION_WRAPS",
        ("0x1000000000000", "48 bits"),
    ),
    "region-overlaps-itself": (
        CELL.with_region("data", 0x71000000, 16 * MIB, DATA, virt=0),
        "REGION_SELF_OVERLAP",
        ("0x71000000-0x71ffffff", "0x70400000-0x713fffff"),
    ),
    "region-ipa-overlaps-itself": (
        CELL.with_region("data", 0x71400000, 16 * MIB, DATA, virt=0x70000000),
        "REGION_SELF_OVERLAP",
        ("0x70000000-0x70ffffff", "0x70400000-0x713fffff"),
    ),
    "region-flags": (
        CELL.with_region("data", 0x71400000, 4 * KIB, WRITE),
        "REGION_FLAGS",
        ('region 1 ("data")', "write"),
    ),
    "registers-executable": (
        CELL.with_region("data", 0x71400000, 4 * KIB, MMIO | EXECUTE),
        "REGION_FLAGS",
        ("execute, io",),
    ),
    "spi-is-a-ppi": (
        CELL.but(irqs=[(31, 1)]),
        "IRQ_RANGE",
        ("range 0 (1 from 31)", "SPIs 32 to 1019"),
    ),
    "spi-too-high": (CELL.but(irqs=[(40, 1), (1019, 2)]), "IRQ_RANGE", ("range 1 (2 from 1019)",)),
    "spi-wraps": (CELL.but(irqs=[(40, 2**32 - 1)]), "IRQ_RANGE", ("4294967295 from 40",)),
    "spi-twice": (
        CELL.but(irqs=[(40, 4), (43, 1)]),
        "IRQ_DUPLICATE",
        ("interrupt 43", "listed twice"),
    ),
    "console-nowhere": (
        CELL.but(console=(CONSOLE_PL011, 0, 0x9040000)),
        "ARGUMENT",
        ("0x9040000", "console"),
    ),
}


@pytest.mark.parametrize("case", SANE_CELLS)
def test_cell_that_makes_no_sense(machine: Machine, case: str) -> None:
    cell, code, words = SANE_CELLS[case]
    assert_file_refused(machine, "create", cell.pack(), Refusal(f"CB_ERR_{code}", words, FILE))


# An image, which is looked at before the cell is.


def test_big_endian_kernel(machine: Machine) -> None:
    """By the flags of its header; without any, it is refused because that cell runs."""
    header = struct.Struct("<8xQQQ24x4sI")
    for flags, refusal in (
        (0xA, Refusal("CB_ERR_CELL_STATE", ("running", "stop it first"))),
        (0xB, Refusal("IMAGE_BIG_ENDIAN", ('"/tmp/kernel"', "big-endian", "LITTLE_ENDIAN"), FILE)),
    ):
        machine.check(put(header.pack(0, MIB, flags, b"ARM\x64", 0), "/tmp/kernel"))
        assert_refused(machine, "load demo-victim /tmp/kernel", refusal)


# The caller.


def test_not_root(machine: Machine) -> None:
    """With the device's permissions as they are, and where they let everybody open it."""
    machine.check("echo 'user:x:1000:1000::/:/bin/sh' >>/etc/passwd")
    machine.check(put(GOOD, CANDIDATE))
    commands = ("disable", "stop demo-victim", f"create {CANDIDATE}")
    for command in ("list", *commands):
        refusal = Refusal("NOT_ROOT", ("/dev/cellblock", "run cellctl as root"), NOT_ROOT)
        assert_refused(machine, command, refusal, user="user")
    machine.check("chmod 666 /dev/cellblock")
    for command in commands:
        refusal = Refusal("CB_ERR_NOT_ROOT_USER", ("CAP_SYS_ADMIN", "as root"), NOT_ROOT)
        assert_refused(machine, command, refusal, user="user")
    machine.check("chmod 600 /dev/cellblock")


def test_wrong_command_line(machine: Machine) -> None:
    for command in ("", "sing", "create", "disable now", "list --loud", "load demo-victim"):
        assert_refused(machine, command, Refusal("USAGE", ("cellctl",), USAGE))


def test_output_that_cannot_be_written(machine: Machine) -> None:
    for command in ("list", "show root", "--json list", "--version"):
        status, output = machine.run(f"cellctl {command} 2>&1 >/dev/full")
        assert status == FILE, output
        if "--json" not in command:
            assert output.startswith("cellctl: standard output cannot be written: ")
