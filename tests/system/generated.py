# SPDX-License-Identifier: GPL-2.0-only
"""Configurations made of a running machine: collected in the guest, generated on the host.

    made = Generated(root, directory)
    board, notes = made.make("board", "create")
    root.machine.check(f"cellctl enable {board}")
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

from cells import Root
from machine import Machine
from qemu import ROOT

TOOL = ROOT / "tools" / "cellctl-config" / "cellctl-config"
COLLECTED = "/tmp/machine.tar.gz"

FETCH_SIZE = 16 << 10  # bytes of a file at a time
SEND_SIZE = 3000  # characters of a command


def fetch(machine: Machine, path: str) -> bytes:
    """A file of the guest."""
    size = int(machine.check(f"wc -c <{path}"))
    parts = [machine.check(f"dd if={path} bs={FETCH_SIZE} skip={i} count=1 2>/dev/null | base64")
             for i in range(-(-size // FETCH_SIZE))]
    data = b"".join(base64.b64decode(part) for part in parts)
    assert len(data) == size
    return data


def send(machine: Machine, data: bytes, path: str) -> None:
    text = base64.b64encode(data).decode()
    machine.check(f": >{path}.base64")
    for i in range(0, len(text), SEND_SIZE):
        machine.check(f"echo {text[i : i + SEND_SIZE]} >>{path}.base64")
    machine.check(f"base64 -d {path}.base64 >{path}")


def run(group: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """`cellctl GROUP ARGUMENTS` on the host, where it succeeds."""
    done = subprocess.run([sys.executable, TOOL, group, *map(str, arguments)], check=False,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def config(*arguments: object) -> str:
    """`cellctl config ARGUMENTS`: what it says on standard error."""
    return run("config", *arguments).stderr


class Generated:
    """A machine, and what is made of it."""

    def __init__(self, root: Root, directory: Path) -> None:
        self.root = root
        self.directory = directory
        root.machine.check(f"cellctl-collect {COLLECTED}")
        self.collected = directory / "machine.tar.gz"
        self.collected.write_bytes(fetch(root.machine, COLLECTED))

    def check_hardware(self) -> dict[str, set[str]]:
        """What `cellctl hardware check` says of the machine: requirements by verdict."""
        found: dict[str, set[str]] = {}
        for item in json.loads(run("hardware", "check", "--json", "--from", self.collected).stdout)["checks"]:
            found.setdefault(item["verdict"], set()).add(item["name"])
        return found

    def make(self, name: str, *arguments: object) -> tuple[str, str]:
        """Generates NAME.c, builds it and sends it: its path in the guest, and the notes."""
        source, binary = self.directory / f"{name}.c", self.directory / f"{name}.cell"
        notes = config(*arguments, "--from", self.collected, "-o", source)
        config("build", source, "-o", binary)
        send(self.root.machine, binary.read_bytes(), f"/tmp/{name}.cell")
        return f"/tmp/{name}.cell", notes
