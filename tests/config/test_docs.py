# SPDX-License-Identifier: GPL-2.0-only
"""Each `cellctl config` command of docs/config-check.md does what the page says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tool import ROOT, tool

import documents

PAGE = documents.text_of("docs/config-check.md")
COMMANDS = [command.removeprefix("cellctl config ")
            for command in documents.commands("docs/config-check.md", "host")]
RECORD = {"board": "qemu-virt-gicv3-permissive", "flags": ["permissive"], "touched": ["0x9010000"],
          "touched_lost": 0}


@pytest.fixture(autouse=True)
def directory(tmp_path: Path) -> Iterator[Path]:
    """Where the page says that one is."""
    for path in (ROOT / "build" / "configs").glob("*.cell"):
        shutil.copy(path, tmp_path)
    (tmp_path / "record.json").write_text(json.dumps(RECORD))
    before = os.getcwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


def test_page_has_all_commands() -> None:
    assert {command.split()[0] for command in COMMANDS} == {"check", "show", "draw", "learn"}


@pytest.mark.parametrize("command", COMMANDS)
def test_command_works(command: str) -> None:
    result = tool(*shlex.split(command))
    assert result.status == 0 and not result.err


def test_output_of_learn_is_that_of_the_page() -> None:
    command = next(command for command in COMMANDS if command.startswith("learn"))
    for line in tool(*shlex.split(command)).out.splitlines():
        assert line.strip() in PAGE


def test_refusals_of_the_page() -> None:
    out = tool("check", "qemu-virt-gicv3.cell", "demo-ring.cell", "demo-uart.cell").out
    for line in re.findall(r"^    (demo-uart.cell: .*) \.\.\.$", PAGE, re.MULTILINE):
        assert f"\n{line}" in f"\n{out}"


def test_picture_is_what_the_command_draws(directory: Path) -> None:
    """`make pictures` brings it up to date."""
    command = next(command for command in COMMANDS if command.startswith("draw"))
    tool(*shlex.split(command))
    drawn = (directory / "partitioning.svg").read_text()
    assert drawn == (ROOT / "docs" / "pictures" / "partitioning.svg").read_text()
