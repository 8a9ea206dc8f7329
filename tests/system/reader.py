# SPDX-License-Identifier: GPL-2.0-only
"""A reader of the documentation, who types its commands into a machine or on the host.

    said = Reader(machine).follow(documents.commands("README.md", "board"))
    assert "running" in said["cellctl list"]
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from machine import TIMEOUT, Machine
from qemu import ROOT

sys.path.append(str(ROOT / "tests"))

import native  # noqa: E402  (found by the line above)


class Reader:
    """Types into a machine's Linux; each command must succeed."""

    def __init__(self, machine: Machine, patience: float = TIMEOUT) -> None:
        self.machine = machine
        self.last = ""  # what the last command said
        self._patience = patience

    def follow(self, commands: list[str], before: dict[str, Callable[[], object]] | None = None
               ) -> dict[str, str]:
        """What each command says. `before` has what a reader would wait for before some of them."""
        said = {}
        for command in commands:
            if before and command in before:
                before[command]()
            said[command] = self.last = self.machine.check(command, self._patience)
        return said

    def watch(self, command: str, seen: Callable[[], object]) -> None:
        """A command that goes on until Ctrl-C, which is typed when enough was `seen`."""
        self.machine.serial.start(command)
        seen()
        self.machine.serial.interrupt()


def on_host(commands: list[str], directory: Path) -> str:
    """What these commands say on the host, in one shell, with PATH as getting-started.md sets it."""
    path = f"{native.commands()}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(["bash", "-e", "-c", "\n".join(commands)], cwd=directory, capture_output=True,
                          text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def expect_output(command: str, pattern: str, directory: Path) -> None:
    """Runs a command that does not end by itself until it has printed this line."""
    with subprocess.Popen(["timeout", f"{TIMEOUT:g}", "bash", "-c", f"exec {command}"], cwd=directory,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True) as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if re.search(pattern, line):
                process.terminate()
                return
        raise AssertionError(f"{command} does not print /{pattern}/:\n{''.join(lines)}")
