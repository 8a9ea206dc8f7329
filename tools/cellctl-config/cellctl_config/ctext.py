# SPDX-License-Identifier: GPL-2.0-only
"""Writes configurations as C source, for people to read and to go on with."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from cellctl_config import words
from cellctl_config.refusal import EXIT_USAGE, Refusal

WIDTH = 100
REMARK_WIDTH = 120  # of a line with a short comment behind it
TAB = 8
UNITS = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))
MAX_MULTIPLE = 2048  # more of a unit than this reads worse than hexadecimal


def safe(text: str) -> str:
    """Text for a comment: what a device tree says must not end it, so there is no '*'."""
    return re.sub(r"[^ A-Za-z0-9@,._+/()=:;<>'\"\[\]#&|%`-]", "?", text)


def check_name(name: str) -> str:
    """The name of a configuration."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,31}", name):
        raise Refusal(f'"{name}" is no name of a configuration',
                      "take up to 31 of A-Z, a-z, 0-9, '.', '_' and '-'", EXIT_USAGE)
    return name


def size(value: int) -> str:
    for name, unit in UNITS:
        if value % unit == 0 and 0 < value // unit <= MAX_MULTIPLE:
            return f"{value // unit} * {name}"
    return f"0x{value:x}"


def address(value: int) -> str:
    return f"0x{value:08x}"


def frame(start: int, length: int) -> str:
    return f"{{ {address(start)}, {size(length)} }}"


def comment(paragraphs: Iterable[str]) -> list[str]:
    """A comment at the beginning of a file: paragraphs, each in lines of its own."""
    lines = []
    for paragraph in paragraphs:
        lines += textwrap.wrap(safe(paragraph), WIDTH - 3, break_on_hyphens=False,
                               subsequent_indent="  " if paragraph.startswith("- ") else "") or [""]
    return ["/*", *(f" * {line}".rstrip() for line in lines), " */"]


def with_remark(line: str, remark: str) -> list[str]:
    """A line and a comment: behind it, or above it where that does not fit."""
    if not remark:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    text = f"/* {safe(remark)} */"
    if len(f"{line}\t{text}".expandtabs(TAB)) <= REMARK_WIDTH:
        return [f"{line}\t{text}"]
    room = WIDTH - len(indent.expandtabs(TAB)) - len("/*  */")
    if len(remark) > room:
        remark = remark[: room - 4].rsplit(" ", 1)[0].rstrip(",") + " ..."
    return [f"{indent}/* {safe(remark)} */", line]


def names(items: list[str], most: int = 3) -> str:
    """ "a, b, c and 4 more" """
    if len(items) <= most + 1:
        return ", ".join(items)
    return f"{', '.join(items[:most])} and {len(items) - most} more"


class Entry:
    """An element of a list macro; `before` is a comment on a line of its own."""

    def __init__(self, text: str, remark: str = "", before: str = "") -> None:
        self.text = text
        self.remark = remark
        self.before = before


def list_macro(field: str, macro: str, entries: list[Entry]) -> list[str]:
    """`.field = MACRO(...),` with an element a line."""
    if not entries:
        return []
    lines = [f"\t.{field} = {macro}("]
    for i, entry in enumerate(entries):
        if entry.before:
            lines += ([""] if i else []) + [f"\t\t/* {safe(entry.before)} */"]
        end = ")," if i == len(entries) - 1 else ","
        lines += with_remark(f"\t\t{entry.text}{end}", entry.remark)
    return lines


def region(name: str, phys: int, length: int, flags: str) -> str:
    return f'{{ "{name}", .phys = {address(phys)}, .size = {size(length)}, .flags = {flags} }}'


def irqs(spis: dict[int, list[str]]) -> list[Entry]:
    """Ranges of SPIs that follow each other, with the names of whose they are."""
    entries: list[Entry] = []
    for first, last in words.runs(spis):
        users = list(dict.fromkeys(name for i in range(first, last + 1) for name in spis[i]))
        entries.append(Entry(f"{{ .first = {first}, .count = {last - first + 1} }}", names(users)))
    return entries
