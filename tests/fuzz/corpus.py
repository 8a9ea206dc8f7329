#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The corpora, one file a target: an input a line, in base64, sorted. So they can be compared and merged as
text, and each input is there once.

usage: corpus.py unpack FILE DIRECTORY	inputs as files, by their SHA-1 as libFuzzer names them
       corpus.py pack DIRECTORY FILE
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import sys
from pathlib import Path


def unpack(file: Path, directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    for line in file.read_text(encoding="ascii").split():
        data = base64.b64decode(line, validate=True)
        (directory / hashlib.sha1(data).hexdigest()).write_bytes(data)


def pack(directory: Path, file: Path) -> None:
    lines = {base64.b64encode(path.read_bytes()).decode() for path in directory.iterdir()}
    file.write_text("".join(f"{line}\n" for line in sorted(lines - {""})), encoding="ascii")


def main() -> None:
    commands = {"unpack": unpack, "pack": pack}
    if len(sys.argv) != 4 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))


if __name__ == "__main__":
    main()
