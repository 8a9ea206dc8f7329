# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config build`: from a configuration in C to the .cell file that cellctl takes."""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

from cellctl_config import source
from cellctl_config.refusal import EXIT_OK, EXIT_USAGE, Refusal


def add_parser(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "build", help="make a .cell file of a configuration in C",
        description="Compiles a configuration with <cellblock/board.h>, checks it and writes the .cell "
        "file. Needs a C compiler (HOSTCC, default cc), on any machine: a .cell file is the same "
        "wherever it was made.")
    parser.add_argument("file", metavar="FILE.c")
    parser.add_argument("-o", "--output", metavar="FILE.cell",
                        help="what to write (default: FILE.cell in the current directory)")
    parser.set_defaults(run=run)


def build(path: Path, output: Path) -> None:
    """mkcell is linked with the configuration and writes the file, whole or not at all."""
    program = Path(tempfile.mkdtemp(dir=source.scratch())) / "mkcell"
    source.run_compiler(["-o", str(program), str(path.absolute()), *source.mkcell_objects()], str(path))
    try:
        done = subprocess.run([program, output], timeout=source.RUN_LIMIT, capture_output=True, text=True,
                              errors="replace", check=False)
    except subprocess.TimeoutExpired:
        raise Refusal(f"{path}: the program that it compiles to does not end",
                      "write tables only, and no code") from None
    if done.returncode:
        message = done.stderr.strip().removeprefix(f"{path.absolute()}: ")
        raise Refusal(f"{path}: {message or f'mkcell ended with status {done.returncode}'}", "correct it")


def run(args: argparse.Namespace) -> int:
    path = Path(args.file)
    if path.suffix != ".c":
        raise Refusal(f"{path} is no C source by its name", "give a FILE.c", EXIT_USAGE)
    if not path.is_file():
        raise Refusal(f"{path} cannot be read", "give the C source of a configuration")
    build(path, Path(args.output or path.with_suffix(".cell").name))
    return EXIT_OK
