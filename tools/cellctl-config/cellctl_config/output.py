# SPDX-License-Identifier: GPL-2.0-only
"""What the commands print: lines for people, or with --json one object, errors included.

docs/json/cellctl.schema.json describes the objects. VERSION is that of cellctl's, too: it changes when a
key goes or means something else, not when one is added.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

from cellctl_config import words
from cellctl_config.refusal import Refusal

VERSION = 1


def show_object(fields: dict[str, object]) -> None:
    print(json.dumps({"version": VERSION, **fields}, indent=2, ensure_ascii=False))


def show_lines(lines: Iterable[str]) -> None:
    print("\n".join(words.plain(line, keep="\t") for line in lines))


def show(for_programs: bool, fields: dict[str, object], lines: Iterable[str]) -> None:
    if for_programs:
        show_object(fields)
    else:
        show_lines(lines)


def aside(for_programs: bool, text: str) -> None:
    """For people, beside the result; a program finds the same in the object."""
    if not for_programs:
        print(words.plain(text), file=sys.stderr)


def show_refusal(for_programs: bool, refusal: Refusal) -> None:
    if for_programs:
        show_object({"error": {"code": refusal.code, "message": refusal.message, "remedy": refusal.remedy,
                               **({"more": refusal.more} if refusal.more else {})}})
        return
    sys.stdout.flush()
    print(words.plain(f"cellctl: {refusal.message}: {refusal.remedy}"), file=sys.stderr)
    for line in refusal.more:
        print(words.plain(line), file=sys.stderr)
