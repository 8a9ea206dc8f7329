# SPDX-License-Identifier: GPL-2.0-only
"""The command line: `cellctl-config config COMMAND` and `cellctl-config hardware COMMAND`.

Each module of COMMANDS brings one command: `add_parser(subparsers)` describes its command line
and sets the default `run` to a function of the parsed arguments that returns the exit status. The option
--json belongs to all of them and may stand anywhere.
"""

import argparse
import difflib
import importlib
import itertools
import os
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from cellctl_config import output
from cellctl_config.refusal import EXIT_FILE, EXIT_OK, EXIT_USAGE, Refusal

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


class Parser(argparse.ArgumentParser):
    """Its errors are refusals as all others are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_argument("-j", "--json", action="store_true", default=argparse.SUPPRESS,
                          help="print JSON, errors included, to standard output")

    def error(self, message: str) -> NoReturn:
        raise Refusal(message, f'see "{self.prog} --help"', EXIT_USAGE)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            close = difflib.get_close_matches(str(value), [str(choice) for choice in action.choices], 1)
            raise Refusal(f'there is no command "{value}"' if action.dest == argparse.SUPPRESS else
                          f'"{value}" is none of {", ".join(map(str, action.choices))}',
                          f'do you mean "{close[0]}"?' if close else f'see "{self.prog} --help"', EXIT_USAGE)


def make_parser() -> argparse.ArgumentParser:
    parser = Parser(prog="cellctl", description="Describes a machine to Cellblock.")
    groups = parser.add_subparsers(metavar="GROUP", required=True)
    for group, modules in COMMANDS.items():
        group_parser = groups.add_parser(group, help=SUMMARIES[group],
                                         description=f"cellctl {group} {SUMMARIES[group]}.")
        commands = group_parser.add_subparsers(metavar="COMMAND", required=True)
        for module in modules:
            importlib.import_module(f"cellctl_config.{module}").add_parser(commands)
    return parser


def wants_json(arguments: Iterable[str]) -> bool:
    """Also where the rest of the command line is wrong."""
    options = itertools.takewhile(lambda argument: argument != "--", arguments)
    return any(option in ("-j", "--json") for option in options)


def main() -> int:
    for_programs = wants_json(sys.argv[1:])
    try:
        args = make_parser().parse_args()
        args.json = for_programs
        status = args.run(args)
        sys.stdout.flush()
        return status
    except SystemExit as end:  # argparse has printed the help
        return EXIT_OK if not end.code else EXIT_USAGE
    except Refusal as refusal:
        output.show_refusal(for_programs, refusal)
        return refusal.status
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except OSError as error:
        output.show_refusal(for_programs, Refusal(str(error), "see whether there is room for it", EXIT_FILE))
        return EXIT_FILE
