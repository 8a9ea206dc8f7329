# SPDX-License-Identifier: GPL-2.0-only
"""Completion in bash and zsh knows all that `cellctl --help` lists."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest
from tool import (
    ROOT,
    all_grouped,
    commands,
    grouped_commands,
    grouped_options,
    groups,
    operands,
    options,
    real_commands,
    run,
)

BASH = ROOT / "tools" / "completion" / "cellctl.bash"
ZSH = ROOT / "tools" / "completion" / "_cellctl"

# What `cellctl --json list` says, on a machine that has no driver.
LIST = """#!/bin/sh
[ "$*" = "--json list" ] && cat <<END
{
  "cells": [
    {
      "cell": 0,
      "name": "root",
      "state": "running"
    },
    {
      "cell": 1,
      "name": "control",
      "state": "running"
    }
  ]
}
END
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where the shell runs: a cellctl, and files to complete."""
    tool = tmp_path / "bin" / "cellctl"
    tool.parent.mkdir()
    tool.write_text(LIST)
    tool.chmod(0o755)
    for name in ("board.cell", "image.bin", "with space.cell"):
        (tmp_path / name).touch()
    return tmp_path


def shell(directory: Path, *command: str) -> list[str]:
    path = f"{directory}/bin:{os.environ['PATH']}"
    return run(*command, cwd=directory, env={**os.environ, "PATH": path}).splitlines()


def bash(directory: Path, *words: str) -> set[str]:
    """What bash offers for the last of the words of a command line."""
    script = (
        f". {BASH}; COMP_WORDS=({shlex.join(['cellctl', *words])}); COMP_CWORD={len(words)}; "
        'COMPREPLY=(stale); _cellctl; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    return set(shell(directory, "bash", "--norc", "-c", script)) - {""}


def long(words: list[str]) -> set[str]:
    return {word for word in words if word.startswith("--")}


def test_bash_knows_the_commands(directory: Path) -> None:
    assert bash(directory, "") == set(commands())
    assert bash(directory, "help", "") == set(commands())
    assert bash(directory, "st") == {"start", "stop", "stats"}
    assert bash(directory, "--json", "dis") == {"disable"}
    for group in groups():
        assert bash(directory, group, "") == set(grouped_commands(group))


def test_bash_knows_the_options(directory: Path) -> None:
    assert bash(directory, "-") == long(options()) | {"--version"}
    for command in real_commands():
        assert bash(directory, command, "-") == long(options(command)), command
    for group, command in all_grouped():
        expected = long(grouped_options(group, command))
        assert bash(directory, group, command, "-") == expected, command


def test_bash_knows_the_operands(directory: Path) -> None:
    offers = {
        "CELL": {"root", "control"},
        "FILE": {"board.cell", "with space.cell", "bin"},
        "IMAGE": {"board.cell", "with space.cell", "image.bin", "bin"},
    }
    for command in real_commands():
        words = operands(command).replace("[", "").replace("]", "").split()
        for i, word in enumerate(words):
            before = ["x"] * i
            assert bash(directory, command, *before, "") == offers[word], (command, word)
        assert bash(directory, command, *["x"] * len(words), "") == set(), command


def test_bash_is_not_misled_by_options(directory: Path) -> None:
    assert bash(directory, "load", "--args", "a b", "con") == {"control"}
    assert bash(directory, "load", "control", "--initrd", "im") == {"image.bin"}
    assert bash(directory, "load", "control", "--args", "im") == set()
    assert bash(directory, "run", "--name", "n", "board.cell", "im") == {"image.bin"}
    assert bash(directory, "config", "cell", "--console", "") == {"ring", "none"}
    assert bash(directory, "config", "check", "board.cell", "--from", "im") == {"image.bin"}
    assert bash(directory, "config", "check", "a.cell", "b.cell", "bo") == {"board.cell"}


# zsh's own functions print what they are told: the real ones need a terminal.
ZSH_FUNCTIONS = """
_arguments() { print -lr -- "$@"; state=operands; words=($COMMAND); }
_describe() { print -lr -- ${(P)@[-1]}; }
"""


def zsh(directory: Path, command: str) -> str:
    script = f"COMMAND={shlex.quote(command)}\n{ZSH_FUNCTIONS}\n. {ZSH}"
    return "\n".join(shell(directory, "zsh", "-f", "-c", script))


def test_zsh_knows_the_commands(directory: Path) -> None:
    script = f"{ZSH_FUNCTIONS}\n. {ZSH} >/dev/null\n_cellctl_commands"
    lines = shell(directory, "zsh", "-f", "-c", script)
    assert {line.partition(":")[0] for line in lines} == set(commands())


@pytest.mark.parametrize("command", real_commands())
def test_zsh_knows_the_options(directory: Path, command: str) -> None:
    specification = zsh(directory, command).partition("*::operand:->operands")[2] + "\n"
    for option in options(command):
        assert f"{option}[" in specification, option


@pytest.mark.parametrize("group, command", all_grouped())
def test_zsh_knows_the_options_of_a_groups_command(
    directory: Path, group: str, command: str
) -> None:
    script = f"{ZSH_FUNCTIONS}\n. {ZSH} >/dev/null\n_cellctl_{group} {command}"
    specification = "\n".join(shell(directory, "zsh", "-f", "-c", script))
    for option in grouped_options(group, command):
        assert f"{option}[" in specification, option


def test_zsh_knows_the_commands_of_config(directory: Path) -> None:
    script = f"{ZSH_FUNCTIONS}\n. {ZSH} >/dev/null\n_cellctl_config_commands"
    lines = shell(directory, "zsh", "-f", "-c", script)
    assert {line.partition(":")[0] for line in lines} == set(grouped_commands("config"))


def test_zsh_knows_the_cells(directory: Path) -> None:
    script = f"{ZSH_FUNCTIONS}\n. {ZSH} >/dev/null\n_cellctl_cells"
    assert shell(directory, "zsh", "-f", "-c", script) == ["root", "control"]
