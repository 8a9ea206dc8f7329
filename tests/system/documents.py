# SPDX-License-Identifier: GPL-2.0-only
"""The commands that the documentation tells its readers to type.

A command stands in a block that begins with ```sh. A word behind it, "host" or "board", says that
a test executes the block there.
"""

from __future__ import annotations

import re
import textwrap
from typing import NamedTuple

from qemu import ROOT

DOCS = ROOT / "docs"


class Block(NamedTuple):
    """Commands, a line each; `place` is "host", "board" or "" for a board of the reader's."""

    place: str
    commands: list[str]


def blocks(name: str) -> list[Block]:
    text = (DOCS / name).read_text(encoding="utf-8")
    found = []
    for match in re.finditer(r"^( *)```sh *(\w*)\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL):
        joined = re.sub(r"\\\n\s*", "", textwrap.dedent(match[3]))
        found.append(Block(match[2], joined.splitlines()))
    return found
