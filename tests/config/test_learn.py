# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config learn`: what a permissive root cell touched becomes C that config build takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from smalltree import write_tree

from tool import Result, board, cellfile, tool, write

RTC = 0x09010000
PAGE = 0x1000


def record(*touched: int, **changes: object) -> str:
    """As `cellctl --json show root` prints it, as far as it matters."""
    values = {"name": "root", "board": "board", "flags": ["permissive"],
              "touched": [f"{page:#x}" for page in touched], "touched_lost": 0}
    return json.dumps({**values, **changes})


def learn(directory: Path, text: str, *options: object, system: object = None) -> Result:
    path = write(directory / "b.cell", system or board(flags=cellfile.PERMISSIVE))
    return tool("learn", path, "--record", write(directory / "record.json", text), *options)


def lines_of(result: Result) -> list[str]:
    assert result.status == 0, result.err
    return [line.strip() for line in result.out.splitlines()]


def test_pages_become_regions(tmp_path: Path) -> None:
    result = learn(tmp_path, record(RTC + PAGE, 0x0C000000, RTC))
    assert lines_of(result) == [
        "/* 3 pages touched that no region listed. */",
        "/* To be added to .regions of b.cell: */",
        '{ "page-9010000", .phys = 0x09010000, .size = 8 * KiB, .flags = MMIO },',
        '{ "page-c000000", .phys = 0x0c000000, .size = 4 * KiB, .flags = MMIO },',
    ]
    assert not result.err


def test_with_a_device_tree_regions_are_devices(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "b.dtb")
    lines = lines_of(learn(tmp_path, record(RTC, 0x0A002000, 0x0C000000), "--from", tree))
    assert lines[2:] == [
        '{ "rtc", .phys = 0x09010000, .size = 4 * KiB, .flags = MMIO },\t/* rtc@9010000 */',
        '{ "ethernet", .phys = 0x0a000000, .size = 16 * KiB, .flags = MMIO },\t/* ethernet@a000000 */',
        '{ "page-c000000", .phys = 0x0c000000, .size = 4 * KiB, .flags = MMIO },',
    ]


def test_devices_that_share_a_page_are_one_region(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "b.dtb")
    lines = lines_of(learn(tmp_path, record(0x09020000), "--from", tree))
    assert lines[2:4] == ["/* timer@9020000, watchdog@9020100 */",
                          '{ "timer", .phys = 0x09020000, .size = 16 * KiB, .flags = MMIO },']


def test_interrupts_that_are_missing(tmp_path: Path) -> None:
    """SPI 2 is listed (32 to 131 are), SPI 200 is not."""
    tree = write_tree(tmp_path / "b.dtb")
    lines = lines_of(learn(tmp_path, record(RTC, 0x09020000), "--from", tree))
    assert lines[-2:] == ["/* And to .irqs: */", "{ .first = 232, .count = 1 },\t/* timer@9020000 */"]


def test_what_is_listed_by_now_is_not_repeated(tmp_path: Path) -> None:
    system = board().with_region("rtc", RTC, PAGE, cellfile.MMIO)
    result = learn(tmp_path, record(RTC), system=system)
    assert lines_of(result) == [
        "/* 1 page touched that no region listed; 1 of them is listed by now. */",
        "/* Nothing is missing from b.cell. */",
    ]


def test_device_that_is_listed_in_part(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "b.dtb")
    system = board().with_region("ethernet", 0x0A000000, PAGE, cellfile.MMIO)
    lines = lines_of(learn(tmp_path, record(0x0A003000), "--from", tree, system=system))
    assert '", .phys = 0x0a001000, .size = 12 * KiB, .flags = MMIO },' in lines[2]
    assert '{ "ethernet",' not in lines[2]  # that name is taken


def test_nothing_touched(tmp_path: Path) -> None:
    assert lines_of(learn(tmp_path, record())) == ["/* 0 pages touched that no region listed. */",
                                                   "/* Nothing is missing from b.cell. */"]


def test_full_record(tmp_path: Path) -> None:
    result = learn(tmp_path, record(*range(0x0C000000, 0x0C080000, PAGE), touched_lost=7))
    assert lines_of(result)[0] == ("/* 128 pages touched that no region listed, and 7 more that are not "
                                   "recorded. */")
    assert result.err == ("cellctl: the record is full, 7 pages more had no room in it: add these regions, "
                          "enable again and learn the rest\n")


def test_record_of_another_board(tmp_path: Path) -> None:
    result = learn(tmp_path, record(RTC, board="other"))
    assert result.status == 0
    assert 'the record is of board "other", and ' in result.err


def test_output_compiles_into_what_was_missing(tmp_path: Path) -> None:
    """Pasted as it is, the board is accepted, lists the pages, and nothing is left to learn."""
    tree, text = write_tree(tmp_path / "b.dtb"), record(RTC, 0x09020000, 0x0C000000)
    template = """#include <cellblock/board.h>
CELLBLOCK_SYSTEM = {
    .name = "board", .hypervisor = { 0x70000000, 4 * MiB }, .cpus = CPUS(0, 1), .flags = PERMISSIVE,
    .gic = { .version = 3, .gicd = { 0x08000000, 64 * KiB }, .gicr = { 0x080a0000, 0xf60000 } },
    .regions = REGIONS(%s{ "ram", .phys = 0x40000000, .size = 768 * MiB, .flags = RAM }),
    .irqs = IRQS(%s{ .first = 40, .count = 2 }),
};
"""
    source = write(tmp_path / "b.c", template % ("", ""))
    options = ("--record", write(tmp_path / "record.json", text), "--from", tree)
    learned = tool("learn", source, *options)
    assert learned.status == 0, learned.err
    regions, irqs = learned.out.split("/* And to .irqs: */")
    write(source, template % (regions, irqs))
    assert tool("check", source).status == 0, tool("check", source).out
    again = tool("learn", source, *options)
    assert "Nothing is missing" in again.out, again.out + again.err


def test_json(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "b.dtb")
    result = learn(tmp_path, record(RTC, 0x09020000, touched_lost=1), "--from", tree, "--json")
    assert result.json == {
        "version": 1, "board": "board", "touched": 2, "touched_lost": 1, "listed": 0,
        "regions": [
            {"name": "rtc", "phys": "0x9010000", "size": "0x1000", "nodes": ["rtc@9010000"]},
            {"name": "timer", "phys": "0x9020000", "size": "0x4000",
             "nodes": ["timer@9020000", "watchdog@9020100"]}],
        "irqs": [{"intid": 232, "nodes": ["timer@9020000"]}],
    }


def test_record_on_standard_input(tmp_path: Path) -> None:
    path = write(tmp_path / "b.cell", board())
    assert "page-9010000" in tool("learn", path, "--record", "-", stdin=record(RTC)).out


# Bad inputs


@pytest.mark.parametrize("text, reason", [
    ("", "is no JSON"), ("[" * 100000, "is no JSON"), ("{", "is no JSON"), ("[]", 'has no list "touched"'),
    ("{}", 'has no list "touched"'), ('{"touched": "0x1000"}', 'has no list "touched"'),
    (record(0x9010123), "which is no address of a page"),
    (record(flags=["permissive"], touched=["zebra"]), 'has "zebra" in "touched"'),
    (record(touched=[4096]), 'has 4096 in "touched"'), (record(touched=["-0x1000"]), "no address of a page"),
    (record(touched=["0x1000000000000"]), "no address of a page"),
    (record(touched=[{"a": ["b"] * 100}]), "no address of a page"),
    (record(touched_lost=-1), "no count"), (record(touched_lost="7"), "no count")])
def test_bad_record(tmp_path: Path, text: str, reason: str) -> None:
    result = learn(tmp_path, text)
    assert result.status == 3 and not result.out
    assert reason in result.err and result.err.count("\n") == 1
    assert "cellctl --json show root" in result.err


def test_root_cell_that_is_not_permissive(tmp_path: Path) -> None:
    for flags in ([], None, "permissive"):
        result = learn(tmp_path, record(RTC, flags=flags))
        assert result.status == 1
        assert "is not permissive: nothing was recorded" in result.err


def test_missing_files(tmp_path: Path) -> None:
    path = write(tmp_path / "b.cell", board())
    result = tool("learn", path, "--record", tmp_path / "none")
    assert result.status == 3 and result.err.startswith(f"cellctl: cannot read {tmp_path}/none: ")
    assert learn(tmp_path, record(RTC), "--from", tmp_path / "none.dtb").status == 3
    assert learn(tmp_path, record(RTC), "--from", write(tmp_path / "x.dtb", b"\xd0\x0d\xfe\xed")).status == 3


def test_cell_instead_of_a_system(tmp_path: Path) -> None:
    result = tool("learn", write(tmp_path / "c.cell", cellfile.Cell()), "--record", "/dev/null")
    assert result.status == 3 and "is the configuration of a cell" in result.err


def test_machine_without_cellctl(tmp_path: Path) -> None:
    result = tool("learn", write(tmp_path / "b.cell", board()), PATH=str(tmp_path))
    assert result.status == 3 and "there is no cellctl here" in result.err


def test_machine_is_asked(tmp_path: Path) -> None:
    """By a cellctl that refuses, and by one that answers."""
    program = write(tmp_path / "cellctl", "#!/bin/sh\necho 'cellctl: not enabled: enable it' >&2; exit 4\n")
    program.chmod(0o755)
    tree = write_tree(tmp_path / "b.dtb")
    system = write(tmp_path / "b.cell", board())
    result = tool("learn", system, "--from", tree, PATH=f"{tmp_path}:/bin:/usr/bin")
    assert result.status == 4 and "not enabled" in result.err
    write(program, f"#!/bin/sh\necho '{record(RTC)}'\n").chmod(0o755)
    result = tool("learn", system, "--from", tree, PATH=f"{tmp_path}:/bin:/usr/bin")
    assert '{ "rtc", ' in result.out
