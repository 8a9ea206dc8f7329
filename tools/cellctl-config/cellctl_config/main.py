# SPDX-License-Identifier: GPL-2.0-only
"""The command line: `cellctl-config config COMMAND` and `cellctl-config hardware COMMAND`.

Each module of COMMANDS brings one command: `add_parser(subparsers)` describes its command line
and sets the default `run` to a function of the parsed arguments that returns the exit status.
"""

import argparse
import importlib
import os
import sys

from cellctl_config.refusal import EXIT_OK, EXIT_USAGE, Refusal

COMMANDS: dict[str, tuple[str, ...]] = {
    "config": (
        "build",
        "cell",
        "collect",
        "create",
        "check",
        "draw",
        "learn",
        "show",
    ),
    "hardware": ("hardware",),
}

SUMMARIES = {
    "config": "makes, checks, shows and draws configurations",
    "hardware": "says what a machine needs to run Cellblock",
}


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cellctl", description="Describes a machine to Cellblock.")
    groups = parser.add_subparsers(metavar="GROUP", required=True)
    for group, modules in COMMANDS.items():
        group_parser = groups.add_parser(group, help=SUMMARIES[group],
                                         description=f"cellctl {group} {SUMMARIES[group]}.")
        commands = group_parser.add_subparsers(metavar="COMMAND", required=True)
        for module in modules:
            importlib.import_module(f"cellctl_config.{module}").add_parser(commands)
    return parser


def main() -> int:
    try:
        args = make_parser().parse_args()
    except SystemExit as end:  # argparse has printed why
        return EXIT_OK if not end.code else EXIT_USAGE
    try:
        status = args.run(args)
        sys.stdout.flush()
        return status
    except Refusal as refusal:
        print(f"cellctl: {refusal.message}: {refusal.remedy}", file=sys.stderr)
        return refusal.status
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
