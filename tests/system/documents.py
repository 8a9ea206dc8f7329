# SPDX-License-Identifier: GPL-2.0-only
"""The commands that the documentation tells its readers to type.

A command stands in a block that begins with ```sh PLACE; in a manual page, which knows no such
words, "; sh PLACE" precedes the block. PLACE says where a test executes it:

    host     the build machine
    board    QEMU's `virt` with what `make run` boots
    debian   a Debian system on it, with the packages installed
    virt, rpi4, spintable, zcu102, imx8mp
             these boards (tests/boards); a Raspberry Pi 4 without PSCI
    uboot    the prompt of U-Boot

A further word "refused": the commands are refused. Tests ask for what they execute by a call like
documents.commands("docs/packages.md", "debian"): with its strings, for test_guides.py looks for them.
"""

from __future__ import annotations

import functools
import re
import textwrap
from pathlib import Path
from typing import NamedTuple

from qemu import ROOT

DOCS = ROOT / "docs"
PLACES = ("host", "board", "debian", "virt", "rpi4", "spintable", "zcu102", "imx8mp", "uboot")

FENCE = re.compile(r"^( *)```sh\b *([\w ]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
MAN_FENCE = re.compile(r"^()(?:; sh *([\w ]*)\n)```\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """Commands, a line each."""

    place: str
    refused: bool
    commands: list[str]


def pages() -> list[str]:
    """All documents, as blocks() takes their names."""
    found = [ROOT / "README.md", *sorted(DOCS.rglob("*.md")), *sorted(DOCS.rglob("*.scd"))]
    return [str(path.relative_to(ROOT)) for path in found]


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def fence_of(page: str) -> re.Pattern[str]:
    return MAN_FENCE if Path(page).suffix == ".scd" else FENCE


@functools.cache
def all_blocks(page: str) -> list[Block]:
    found = []
    for match in fence_of(page).finditer(text_of(page)):
        place, _, refused = match[2].strip().partition(" ")
        joined = re.sub(r"\\\n\s*", "", textwrap.dedent(match[3]))
        lines = [re.sub(r"\s+# .*$", "", line) for line in joined.splitlines()]
        found.append(Block(place, refused == "refused", lines))
    return found


def blocks(page: str, *places: str) -> list[Block]:
    """What is to be executed at these places, in the document's order."""
    return [block for block in all_blocks(page) if block.place in places and not block.refused]


def commands(page: str, place: str) -> list[str]:
    """The same, a command each."""
    return [command for block in blocks(page, place) for command in block.commands]


def refused(page: str, place: str) -> list[str]:
    """What is refused there."""
    return [command for block in all_blocks(page) if block.place == place and block.refused
            for command in block.commands]


def shown_after(page: str, text: str) -> str:
    """The first indented block behind `text`: a program, a file, or an answer."""
    rest = text_of(page).partition(text)[2]
    match = re.search(r"\n\n((?:(?: {4}.*)?\n)+)", rest)
    assert match, f"{page}: no indented block behind {text}"
    return textwrap.dedent(match[1]).strip("\n") + "\n"
