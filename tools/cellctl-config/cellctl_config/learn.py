# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config learn SYSTEM`: what a permissive root cell touched becomes lines of C.

The record is what `cellctl --json show root` says, of this machine now or from a file. With the
device tree of the machine the regions are those of whole devices, under their names.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from cellctl_config import binary, ctext, devices, nodes, output, source, words
from cellctl_config.addresses import PAGE, Range, merge, subtract
from cellctl_config.interrupts import interrupts
from cellctl_config.machine import open_machine
from cellctl_config.refusal import EXIT_OK, EXIT_REFUSED, Refusal

RECORD_LIMIT = 1 << 20  # bytes; the record has at most 128 pages
ADDRESS_LIMIT = 1 << 48
HOW = "give what `cellctl --json show root` printed while SYSTEM was enabled with PERMISSIVE"


@dataclass(frozen=True)
class Record:
    """What the hypervisor has noted."""

    board: str
    pages: tuple[int, ...]
    lost: int


@dataclass
class Region:
    """A region to add, and whose it is, for a comment."""

    range: Range
    kind: str
    owners: list[str]


@dataclass
class Lesson:
    """All there is to add."""

    regions: list[Region]
    names: list[str]
    spis: dict[int, list[str]]
    listed: int  # pages of the record that SYSTEM lists by now


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser(
        "learn", help="turn what a permissive root cell touched into C",
        description="Prints the lines of C that SYSTEM lacks: the pages that the root cell touched, and no "
                    "region lists, since SYSTEM was enabled with the flag PERMISSIVE.")
    parser.add_argument("system", metavar="SYSTEM", help="system configuration: .cell or C source")
    parser.add_argument("--record", metavar="FILE",
                        help="what `cellctl --json show root` printed (-: standard input); without it, this "
                             "machine is asked")
    parser.add_argument("--from", dest="source", metavar="PLACE",
                        help="the machine's device tree, for names and sizes: a .dtb or what `cellctl config "
                             "collect` made (default: this machine's if it is asked, else none)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    system = source.load_system(args.system)
    record = parse_record(*read_record(args.record))
    found = registers_of_machine(args)
    lesson = learn(system, record, found)
    output.show(args.json, as_json(record, lesson), as_c(args.system, record, lesson))
    if record.board != system.name:
        output.aside(args.json, f"cellctl: the record is of board \"{record.board}\", and {args.system} is "
                     f"\"{system.name}\"")
    if record.lost:
        output.aside(args.json, f"cellctl: the record is full, {words.count(record.lost, 'page')} more had no "
                     "room in it: add these regions, enable again and learn the rest")
    return EXIT_OK


# The record


def read_record(name: str | None) -> tuple[str, str]:
    """What it is called in messages, and its text."""
    if name is None:
        return "cellctl --json show root", ask_machine()
    if name == "-":
        return "the record", sys.stdin.read(RECORD_LIMIT)
    try:
        with open(name, encoding="utf-8", errors="replace") as file:
            return name, file.read(RECORD_LIMIT)
    except OSError as error:
        raise Refusal(f"cannot read {name}: {error.strerror}", HOW) from None


def ask_machine() -> str:
    program = shutil.which("cellctl") or "/usr/bin/cellctl"
    try:
        done = subprocess.run([program, "--json", "show", "root"], capture_output=True, text=True,
                              errors="replace")
    except OSError:
        raise Refusal("there is no cellctl here", f"name a file with --record: {HOW}") from None
    if done.returncode:
        reason = (done.stderr.strip() or "it failed").splitlines()[0].removeprefix("cellctl: ")
        raise Refusal(f"`cellctl --json show root`: {reason}", f"or name a file with --record: {HOW}",
                      done.returncode)
    return done.stdout


def parse_record(name: str, text: str) -> Record:
    """Whoever wrote the file is not trusted."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        refuse(name, f"is no JSON ({str(error).splitlines()[0]})")
    if not isinstance(record, dict) or not isinstance(record.get("touched"), list):
        refuse(name, "has no list \"touched\"")
    flags, lost = record.get("flags"), record.get("touched_lost", 0)
    if not isinstance(flags, list) or "permissive" not in flags:
        raise Refusal(f"{name} is of a root cell that is not permissive: nothing was recorded",
                      "build SYSTEM with .flags = PERMISSIVE, enable it and use all devices of Linux",
                      EXIT_REFUSED)
    if not isinstance(lost, int) or isinstance(lost, bool) or lost < 0:
        refuse(name, "has a \"touched_lost\" that is no count")
    pages = {parse_page(name, page) for page in record["touched"]}
    return Record(binary.text_of(str(record.get("board", "")).encode("latin-1", "replace")),
                  tuple(sorted(pages)), lost)


def parse_page(name: str, page: object) -> int:
    try:
        address = int(page, 16) if isinstance(page, str) else -1
    except ValueError:
        address = -1
    if address < 0 or address % PAGE or address >= ADDRESS_LIMIT:
        refuse(name, f"has {json.dumps(page)[:60]} in \"touched\", which is no address of a page")
    return address


def refuse(name: str, what: str) -> NoReturn:
    raise Refusal(f"{name} {what}", HOW) from None


# From pages to regions


def registers_of_machine(args: argparse.Namespace) -> list[nodes.Registers]:
    """Empty without a device tree: then pages are all that is known."""
    is_live = args.record is None
    if args.source is None and not is_live:
        return []
    return nodes.all_registers(open_machine(args.source).tree)


def taken_by(system: binary.System) -> list[Range]:
    """What SYSTEM has a use for already."""
    ranges = [Range(region.phys, region.end) for region in system.regions]
    ranges += [Range(frame.phys, frame.end) for frame in (system.hypervisor, *system.frames.values())]
    return [item for item in ranges if item.size > 0]


def learn(system: binary.System, record: Record, found: list[nodes.Registers]) -> Lesson:
    taken = taken_by(system)
    touched = [Range.sized(page, PAGE) for page in record.pages]
    new = [page for page in touched if not any(page.overlaps(item) for item in taken)]
    owners = nodes_of(new, found)
    regions = join(devices_touched(owners, taken) + pages_left(new, owners))
    pieces = [devices.Piece(region.range, region.kind, region.range.start, False, region.owners, False)
              for region in regions]
    names = devices.name_pieces(pieces, {region.name for region in system.regions})
    return Lesson(regions, names, missing_spis(system, owners), len(touched) - len(new))


def nodes_of(pages: list[Range], found: list[nodes.Registers]) -> list[nodes.Registers]:
    """Whose registers were touched, each once."""
    return list(dict.fromkeys(item for page in pages for item in nodes.within(found, page)))


def devices_touched(owners: list[nodes.Registers], taken: list[Range]) -> list[Region]:
    """Whole devices: what Linux touches next is not another page of the same one."""
    return [Region(left, item.kind, [devices.label(item.node)])
            for item in owners for left in subtract([item.range.pages()], taken)]


def pages_left(pages: list[Range], owners: list[nodes.Registers]) -> list[Region]:
    """What no node explains; pages that follow each other are one region."""
    known = [item.range.pages() for item in owners]
    return [Region(left, page_kind(left.start), []) for left in merge(subtract(pages, known))]


def page_kind(start: int) -> str:
    kind = f"page-{start:x}"
    return kind if len(kind) <= devices.MAX_NAME else f"p-{start:x}"


def join(regions: Iterable[Region]) -> list[Region]:
    """In order; devices that share a page become one region."""
    result: list[Region] = []
    for region in sorted(regions, key=lambda region: region.range):
        last = result[-1] if result else None
        if last and last.range.overlaps(region.range):
            last.range = Range(last.range.start, max(last.range.end, region.range.end))
            last.owners = list(dict.fromkeys(last.owners + region.owners))
        else:
            result.append(region)
    return result


def missing_spis(system: binary.System, owners: list[nodes.Registers]) -> dict[int, list[str]]:
    """Those of the same devices that SYSTEM does not list, with whose they are."""
    found: dict[int, list[str]] = {}
    for node in dict.fromkeys(item.node for item in owners):
        try:
            intids = [item.intid for item in interrupts(node) if item.kind == "SPI"]
        except Refusal:
            continue
        for intid in intids:
            if intid not in system.intids:
                found.setdefault(intid, []).append(devices.label(node))
    return found


# Results


def summary(record: Record, lesson: Lesson) -> str:
    text = f"{words.count(len(record.pages), 'page')} touched that no region listed"
    if record.lost:
        text += f", and {record.lost} more that are not recorded"
    if lesson.listed:
        text += f"; {lesson.listed} of them {'is' if lesson.listed == 1 else 'are'} listed by now"
    return text


def region_text(region: Region, name: str) -> str:
    return ctext.region(name, region.range.start, region.range.size, "MMIO")


def as_c(file: str, record: Record, lesson: Lesson) -> list[str]:
    """Each line with its comma and the indentation of a list: it goes before the last element."""
    name = ctext.safe(Path(file).name)
    lines = [f"/* {summary(record, lesson)}. */"]
    if lesson.regions:
        lines.append(f"/* To be added to .regions of {name}: */")
    for region, region_name in zip(lesson.regions, lesson.names):
        lines += ctext.with_remark(f"\t\t{region_text(region, region_name)},",
                                   ctext.names(region.owners))
    if lesson.spis:
        lines.append("/* And to .irqs: */")
    for entry in ctext.irqs(lesson.spis):
        lines += ctext.with_remark(f"\t\t{entry.text},", entry.remark)
    if not lesson.regions and not lesson.spis:
        lines.append(f"/* Nothing is missing from {name}. */")
    return lines


def as_json(record: Record, lesson: Lesson) -> dict[str, object]:
    return {
        "board": record.board,
        "touched": len(record.pages),
        "touched_lost": record.lost,
        "listed": lesson.listed,
        "regions": [{"name": name, "phys": f"{region.range.start:#x}", "size": f"{region.range.size:#x}",
                     "nodes": region.owners} for region, name in zip(lesson.regions, lesson.names)],
        "irqs": [{"intid": intid, "nodes": users} for intid, users in sorted(lesson.spis.items())],
    }
