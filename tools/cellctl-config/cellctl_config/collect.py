# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config collect`: takes a machine's facts along, for use on another one.

The work is done by the shell script cellctl-collect, which also runs where there is no Python.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from cellctl_config import output, words
from cellctl_config.refusal import EXIT_FILE, EXIT_NOT_ROOT, EXIT_OK, EXIT_REFUSED, Refusal

SCRIPT = Path(__file__).resolve().parent.parent / "cellctl-collect"


def add_parser(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "collect", help="copy what is to be known of this machine",
        description="Copies what the other commands want to know of this machine into a directory or "
        "an archive, for their option --from. A machine without Python has the shell script "
        "cellctl-collect for this.")
    parser.add_argument("place", metavar="DIRECTORY|FILE.tar.gz", help="what to make")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if not SCRIPT.exists():
        raise Refusal(f"{SCRIPT} is missing", "install Cellblock again")
    if args.place.startswith("-"):
        args.place = f"./{args.place}"
    done = subprocess.run(["sh", str(SCRIPT), args.place], capture_output=True, text=True, errors="replace",
                          check=False)
    if done.returncode:
        message, _, remedy = done.stderr.strip().rpartition("\n")[2].removeprefix(
            "cellctl-collect: ").rpartition(": ")
        status = done.returncode if done.returncode in (EXIT_REFUSED, EXIT_NOT_ROOT) else EXIT_FILE
        raise Refusal(message, remedy, status)
    if args.json:
        output.show_object({"output": args.place})
    else:
        sys.stderr.write(words.plain(done.stderr, keep="\n"))
    return EXIT_OK
