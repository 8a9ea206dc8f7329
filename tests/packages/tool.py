# SPDX-License-Identifier: GPL-2.0-only
"""cellctl on this machine, asked for its commands and options."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "system"), str(ROOT / "scripts")]

import native  # noqa: E402  (found by the line above)

CONFIG = ROOT / "tools" / "cellctl-config" / "cellctl-config"

OPTION = re.compile(r"(?<![\w-])--?\w[\w-]*")


def run(*command: str | Path, status: int = 0, **options: object) -> str:
    """What a command prints that must end with this status; all of it if that is no success."""
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert result.returncode == status, f"{command}: {result.stdout}{result.stderr}"
    return result.stdout + (result.stderr if status else "")


@functools.cache
def help_text(*command: str) -> str:
    """What --help says; the tool that has the groups of commands is not installed here."""
    program = [CONFIG] if command and command[0] in groups() else [native.build("cellctl")]
    return run(*program, *command, "--help", env={**os.environ, "COLUMNS": "80"})


def section(text: str, title: str) -> str:
    """The lines below a title, up to the next empty line."""
    match = re.search(rf"^{title}:\n((?:  .*\n)+)", text, re.MULTILINE)
    assert match, f'no "{title}" in:\n{text}'
    return match[1]


def commands() -> list[str]:
    """The commands and groups of commands that `cellctl --help` lists."""
    return re.findall(r"^  (\w+) ", section(help_text(), "Commands"), re.MULTILINE)


@functools.cache
def groups() -> list[str]:
    """Those of the commands that have commands of their own."""
    return re.findall(r"^  (\w+) +COMMAND\.\.\.", run(native.build("cellctl"), "--help"), re.MULTILINE)


def real_commands() -> list[str]:
    """Those that cellctl itself has."""
    return [command for command in commands() if command not in ("help", *groups())]


def grouped_commands(group: str) -> list[str]:
    """The commands of a group, as its --help lists them."""
    lines = section(help_text(group), "positional arguments").splitlines()[1:]
    return [line.split()[0] for line in lines if line.startswith("    ") and line[4] != " "]


def all_grouped() -> list[tuple[str, str]]:
    return [(group, command) for group in groups() for command in grouped_commands(group)]


def options(command: str = "") -> list[str]:
    """The options of a command, long and short, as its --help lists them."""
    lines = section(help_text(*([command] if command else [])), "Options").splitlines()
    return [word for line in lines for word in OPTION.findall(line[:18])]


def grouped_options(group: str, *command: str) -> list[str]:
    """The same of a group or its command, whose help is argparse's."""
    lines = section(help_text(group, *command), "options").splitlines()
    return [word for line in lines if line[2] == "-" for word in OPTION.findall(line[:24])]


def operands(command: str) -> str:
    """What the first line of its help says after the options."""
    return help_text(command).splitlines()[0].partition("[OPTION]... ")[2].strip()
