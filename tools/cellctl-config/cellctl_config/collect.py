# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config collect`: takes a machine's facts along, for use on another one.

The work is done by the shell script cellctl-collect, which also runs where there is no Python.
"""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

from cellctl_config.refusal import EXIT_FILE, EXIT_OK, EXIT_REFUSED, Refusal

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
    status = subprocess.run(["sh", str(SCRIPT), args.place], check=False).returncode
    return status if status in (EXIT_OK, EXIT_REFUSED) else EXIT_FILE
