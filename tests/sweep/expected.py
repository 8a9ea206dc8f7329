# SPDX-License-Identifier: GPL-2.0-only
"""What is known not to work, and why: everything else that the sweep finds is a fault of the tools."""

from __future__ import annotations

import re
from typing import NamedTuple


class Expected(NamedTuple):
    """A kind of problem as in verdict.py, its text and why it is there."""

    kind: str
    pattern: str
    reason: str


EXPECTED = (
    Expected("create", r"reg has 2 entries: GICH, GICV missing",
             "no virtualization extensions in the GIC, or none that the tree describes"),
    Expected("create", r"redistributor-stride is 0x30000", "redistributors of three frames, as no GIC of Arm's has"),
    Expected("create", r"the first range of redistributors .* does not hold", "more than 32 CPUs, in several ranges"),
    Expected("create", r"the device tree has no GICv2 or GICv3", "an interrupt controller of another kind"),
    Expected("cell", r"without PSCI", "the firmware cannot turn CPUs off and on"),
    Expected("cell", r"Linux's console", "all UARTs are in the page of Linux's console"),
)


def reason(kind: str, text: str) -> str:
    """Why a problem is expected, "" if it is none of these."""
    return next((item.reason for item in EXPECTED if item.kind == kind and re.search(item.pattern, text)), "")


def unexpected(problems: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(kind, text) for kind, texts in problems.items() for text in texts if not reason(kind, text)]
