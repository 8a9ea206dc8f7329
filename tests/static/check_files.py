#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Each file says its licence and what it is for, and has no white space that nobody sees.

Prints what is missing, a line each.

usage: check_files.py FILE...
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

LICENCE = "SPDX-License-Identifier: GPL-2.0-only"
COMMENT = re.compile(r'/\*|//|#|"""')
# What these are for is said otherwise, or by their names.
SPEAKING = re.compile(r"\.(md|svg|mk)$|/\.clang-(format|tidy)$")


def findings(path: str) -> Iterator[str]:
    text = Path(path).read_text(encoding="utf-8")
    lines = text.split("\n")
    # Buildroot wants its packages to begin with their names in a frame.
    head = [line for line in lines[:6] if not line.startswith("#!") and line.strip("#")]
    if LICENCE not in head[0]:
        yield f"{path}: no {LICENCE} in its first line"
    if not SPEAKING.search(path) and not any(COMMENT.match(line) for line in head[1:3]):
        yield f"{path}: no comment that says what it is for"
    for number, line in enumerate(lines, 1):
        if line[-1:] in (" ", "\t"):
            yield f"{path}:{number}: white space at the end of the line"
    if not text.endswith("\n"):
        yield f"{path}: no newline at the end"


def main() -> None:
    for path in sys.argv[1:]:
        for finding in findings(path):
            print(finding)


if __name__ == "__main__":
    main()
