# SPDX-License-Identifier: GPL-2.0-only
"""cellctl on this machine, asked for its commands and options."""

from __future__ import annotations

import functools
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "tools" / "cellctl-native"
CELLCTL = OUT / "cellctl"


def run(*command: str | Path, **options: object) -> str:
    """What a command that must succeed prints."""
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
    return result.stdout


@functools.cache
def build() -> Path:
    """cellctl for this machine; make knows whether there is something to do."""
    run("make", "-s", "-C", ROOT / "tools" / "cellctl", f"O={OUT}")
    return CELLCTL


@functools.cache
def help_text(command: str = "") -> str:
    return run(build(), *([command] if command else []), "--help")


def section(text: str, title: str) -> str:
    """The lines below a title, up to the next empty line."""
    match = re.search(rf"^{title}:\n((?:  .*\n)+)", text, re.MULTILINE)
    assert match, f'no "{title}" in:\n{text}'
    return match[1]


def commands() -> list[str]:
    """The commands that `cellctl --help` lists."""
    return re.findall(r"^  (\w+) ", section(help_text(), "Commands"), re.MULTILINE)


def real_commands() -> list[str]:
    """Those that have a page and options of their own."""
    return [command for command in commands() if command != "help"]


def options(command: str = "") -> list[str]:
    """The options of a command, long and short, as its --help lists them."""
    lines = section(help_text(command), "Options").splitlines()
    return [word for line in lines for word in re.findall(r"(?<![\w-])--?\w[\w-]*", line[:18])]


def operands(command: str) -> str:
    """What the first line of its help says after the options."""
    return help_text(command).splitlines()[0].partition("[OPTION]... ")[2].strip()
