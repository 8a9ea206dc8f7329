# SPDX-License-Identifier: GPL-2.0-only
"""What `cellctl hardware check` finds of one requirement: a verdict, a fact, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cellctl_config.machine import Machine
from cellctl_config.refusal import Refusal

OK = "ok"
WARN = "warn"  # works, with a drawback that the remedy takes away
FAIL = "FAIL"  # `enable` or `create` would be refused
UNKNOWN = "unknown"  # what was collected does not say


class Check(NamedTuple):
    """One requirement; `remedy` is empty where there is nothing to do."""

    name: str
    verdict: str
    finding: str
    remedy: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.finding}: {self.remedy}" if self.remedy else self.finding


Checker = Callable[[Machine], list[Check]]


def refused(name: str, refusal: Refusal) -> Check:
    return Check(name, FAIL, refusal.message, refusal.remedy)


def is_linux_known(machine: Machine) -> bool:
    """Whether more is there than a bare device tree."""
    return bool(machine.release)
