# SPDX-License-Identifier: GPL-2.0-only
"""Configurations as the user names them: a .cell file, or the C source of one.

A source is compiled and the object is read (flat.py); nothing of it is run, and nothing is checked:
check.py has more to say about it than the first thing that is wrong.
"""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from cellctl_config import binary, flat
from cellctl_config.refusal import Refusal


def refuse_file(path: Path, error: OSError) -> NoReturn:
    raise Refusal(f"cannot read {path}: {error.strerror}",
                  "give a .cell file, or its C source") from None


def read_binary(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(binary.MAX_SIZE + 1)
    except OSError as error:
        refuse_file(path, error)


def load_bytes(name: str) -> bytes:
    """The binary that a file holds or that its source says."""
    path = Path(name)
    if path.suffix != ".c":
        return read_binary(path)
    try:
        path.open("rb").close()
    except OSError as error:
        refuse_file(path, error)
    if not path.is_file():
        raise Refusal(f"{path} is no plain file", "give a .cell file, or its C source")
    return flat.compile_source(path)


def load(name: str) -> binary.Cell:
    return binary.parse(load_bytes(name), name)


def load_system(name: str) -> binary.System:
    system = load(name)
    if not isinstance(system, binary.System):
        raise Refusal(f"{name} is the configuration of a cell, and that of a system is needed",
                      "name the system configuration first, then those of the cells")
    return system


def load_cell(name: str) -> binary.Cell:
    cell = load(name)
    if isinstance(cell, binary.System):
        raise Refusal(f"{name} is the configuration of a system, and that of a cell is needed",
                      "name one system configuration, first, then those of the cells")
    return cell
