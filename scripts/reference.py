#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Brings the comments of include/cellblock/board.h into the tables of docs/configuration.md.

A table stands between "<!-- board.h: NAME -->" and "<!-- end -->": NAME is a struct, whose fields it
lists, or the comment before a group of flags. With --check nothing is written, and a page that differs
from the header is an error.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADER = ROOT / "include" / "cellblock" / "board.h"
PAGE = ROOT / "docs" / "configuration.md"
TABLE = re.compile(r"(<!-- board\.h: (.+?) -->\n).*?(<!-- end -->)", re.DOTALL)
COMMENT = r"/\*(?P<comment>(?:[^*]|\*(?!/))*)\*/"
FIELD = re.compile(COMMENT + r"\n\t[\w ]+?[ *](?P<name>\w+);")
FLAG = re.compile(COMMENT + r"\n#define (?P<name>\w+)\s")


def text_of(comment: str) -> str:
    """One line, without what makes it a comment, a full stop at its end, or what would end a cell."""
    lines = (line.strip().removeprefix("*").strip() for line in comment.splitlines())
    return " ".join(line for line in lines if line).removesuffix(".").replace("|", "\\|")


def rows(header: str, name: str) -> list[tuple[str, str]]:
    """Name and meaning of each field of a struct, or of each flag of a group."""
    if name.startswith("struct "):
        body = header.partition(f"\n{name} {{\n")[2].partition("\n};")[0]
        found = [(f".{m['name']}", m["comment"]) for m in FIELD.finditer(body)]
        count = body.count(";\n") + 1 - sum(comment.count(";\n") for _, comment in found)
    else:
        body = header.partition(f"/* {name} */\n")[2].partition("\n\n")[0] + "\n"
        found = [(m["name"], m["comment"]) for m in FLAG.finditer(body)]
        count = body.count("#define ")
    if not found or len(found) != count:
        raise SystemExit(f"{HEADER}: {name}: {len(found)} of {count} have a comment")
    return [(field, text_of(comment)) for field, comment in found]


def table(header: str, name: str) -> str:
    head = "Field" if name.startswith("struct ") else "Flag"
    lines = [f"| {head} | Meaning |", "|---|---|"]
    lines += [f"| `{field}` | {meaning} |" for field, meaning in rows(header, name)]
    return "\n".join(lines) + "\n"


def main() -> int:
    header, page = HEADER.read_text(), PAGE.read_text()
    new = TABLE.sub(lambda m: m[1] + table(header, m[2]) + m[3], page)
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(new)
    elif new != page:
        print(f"{PAGE.relative_to(ROOT)} differs from {HEADER.relative_to(ROOT)}: run make reference")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
