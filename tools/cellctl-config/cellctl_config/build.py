# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config build`: from a configuration in C to the .cell file that cellctl takes."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from cellctl_config import binary, check, output, source
from cellctl_config.refusal import EXIT_FILE, EXIT_OK, EXIT_USAGE, Refusal


def add_parser(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "build", help="make a .cell file of a configuration in C",
        description="Compiles a configuration with <cellblock/board.h>, checks it and writes the .cell "
        "file. Nothing of it is run. Needs a C compiler (HOSTCC, default cc), on any machine: a .cell file "
        "is the same wherever it was made.")
    parser.add_argument("file", metavar="FILE.c")
    parser.add_argument("-o", "--output", metavar="FILE.cell",
                        help="what to write (default: FILE.cell in the current directory)")
    parser.set_defaults(run=run)


def write_whole(path: Path, data: bytes) -> None:
    """The output appears whole or not at all."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Refusal(f"{path} cannot be written: {error.strerror}",
                      "choose another place with --output") from None


def build(path: Path, target: Path) -> None:
    operand = check.Operand(str(path), source.load_bytes(str(path)))
    try:
        operand.configuration = binary.parse(operand.data, operand.file)
    except Refusal:
        pass  # what is judged says why
    check.judge_alone(operand)
    if operand.findings:
        first, *others = operand.findings
        raise Refusal(f"{first.place}: {first.message}", first.remedy, EXIT_FILE,
                      [f"{finding.place}: {finding.message}: {finding.remedy}" for finding in others])
    write_whole(target, operand.data)


def run(args: argparse.Namespace) -> int:
    path = Path(args.file)
    if path.suffix != ".c":
        raise Refusal(f"{path} is no C source by its name", "give a FILE.c", EXIT_USAGE)
    target = args.output or path.with_suffix(".cell").name
    build(path, Path(target))
    if args.json:
        output.show_object({"output": target})
    return EXIT_OK
