# SPDX-License-Identifier: GPL-2.0-only
"""What every refusal has in common: one sentence that names the thing, the value and the
remedy, an exit status that is not zero, the same in JSON, and nothing changed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from cellfile import put
from machine import Machine, assert_no_trouble

# cellctl's exit codes, as its --help documents them.
REFUSED, USAGE, FILE, NOT_ENABLED, NOT_ROOT = 1, 2, 3, 4, 5

# Prints everything that a refusal must leave as it was.
STATE = ". /usr/lib/cb-state"

CANDIDATE = "/tmp/candidate.cell"


@dataclass(frozen=True)
class Refusal:
    """What cellctl must say: the code, its exit status, and words of the sentence."""

    code: str
    words: tuple[str, ...]
    status: int = REFUSED


# Linux says so of each CPU that it has taken offline.
CPU_WENT = "psci: CPU"


class Unchanged:
    """A context that must leave Linux and the cells as they were, and no complaint.

    Nor has a CPU gone and come back, unless `cpus_move`: it would have lost its interrupts and tasks.
    """

    def __init__(self, machine: Machine, cpus_move: bool = False) -> None:
        self.machine = machine
        self.cpus_move = cpus_move

    def __enter__(self) -> None:
        command = f"{STATE} >/tmp/before 2>&1; dmesg -c"
        assert_no_trouble(self.machine.check(command))

    def __exit__(self, failed: object, *_: object) -> None:
        if failed:
            return
        difference = f"{STATE} >/tmp/after 2>&1; diff /tmp/before /tmp/after"
        assert self.machine.run(difference) == (0, "")
        messages = self.machine.check("dmesg -c")
        assert_no_trouble(messages)
        assert self.cpus_move or CPU_WENT not in messages, messages


def assert_refused(machine: Machine, command: str, refusal: Refusal, user: str = "") -> None:
    """`cellctl command` is refused in this way, for people and for programs."""

    def cellctl(command: str, redirection: str) -> str:
        command = f"cellctl {command} {redirection}"
        if user:
            command = f"su {user} -c '{command}'"
        status, output = machine.run(command)
        assert status == refusal.status, f"'{command}' ended with {status}:\n{output}"
        return output

    with Unchanged(machine):
        sentence = cellctl(command, "2>&1 >/dev/null")
        record = cellctl(f"--json {command}", "2>/dev/null")
    assert re.fullmatch(r"cellctl: [^\n]+: [^\n]+\n", sentence), sentence
    error = json.loads(record)["error"]
    assert error["code"] == refusal.code, sentence
    assert sentence == f"cellctl: {error['message']}: {error['remedy']}\n"
    for word in refusal.words:
        assert word in sentence, f"'{word}' is missing: {sentence}"


def assert_file_refused(machine: Machine, verb: str, data: bytes, refusal: Refusal) -> None:
    """The same for "enable" or "create" of a configuration with this content."""
    machine.check(put(data, CANDIDATE))
    assert_refused(machine, f"{verb} {CANDIDATE}", refusal)
