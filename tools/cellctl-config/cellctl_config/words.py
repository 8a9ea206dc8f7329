# SPDX-License-Identifier: GPL-2.0-only
"""Numbers as people read them: sizes, ranges, sets. The same words as those of cellctl."""

from collections.abc import Iterable

UNITS = ("KiB", "MiB", "GiB", "TiB")


def size(value: int) -> str:
    """'16 MiB' where it is a whole number of a unit, else '4097 bytes'."""
    unit = -1
    while value and value % 1024 == 0 and unit + 1 < len(UNITS):
        value //= 1024
        unit += 1
    if unit >= 0:
        return f"{value} {UNITS[unit]}"
    return f"{value} byte{'' if value == 1 else 's'}"


def addresses(start: int, length: int) -> str:
    """'0x9000000-0x9000fff'"""
    return f"{start:#x}-{start + length - 1:#x}" if length else f"{start:#x}"


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each run of consecutive numbers."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] + 1 == number:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def numbers(values: Iterable[int], nothing: str = "none") -> str:
    """'0-2, 5'"""
    texts = [f"{first}" if first == last else f"{first}-{last}" for first, last in runs(values)]
    return ", ".join(texts) or nothing


def count(number: int, thing: str, things: str = "") -> str:
    """'1 CPU', '2 CPUs'"""
    return f"{number} {thing if number == 1 else things or thing + 's'}"


def table(rows: list[tuple[str, ...]], right: Iterable[int] = (), indent: str = "  ") -> list[str]:
    """Lines of columns that are as wide as they must be; those of `right` are flush right."""
    if not rows:
        return []
    widths = [max(len(cell) for cell in column) for column in zip(*rows)]
    right = set(right)
    return [
        (indent + "  ".join(cell.rjust(width) if i in right else cell.ljust(width)
                            for i, (cell, width) in enumerate(zip(row, widths)))).rstrip()
        for row in rows
    ]


def plain(text: str, keep: str = "") -> str:
    """What a terminal would obey is spelled out: names come from device trees and from files of strangers."""
    return "".join(c if c.isprintable() or c in keep else repr(c)[1:-1] for c in text)
