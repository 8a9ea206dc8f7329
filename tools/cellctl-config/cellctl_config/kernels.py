# SPDX-License-Identifier: GPL-2.0-only
"""Linux' versions: what one is called, and for which Cellblock was built and tested.

The numbers are also those of driver/compat.h; tests/config/test_kernels.py compares them.
"""

from __future__ import annotations

import re

# The driver builds for none before the first, and the tests boot these two and others between them.
OLDEST = (5, 15)
OLDEST_TESTED = (6, 1)
NEWEST_TESTED = (7, 3)

# From this one on KVM starts its part at EL2 when it is loaded, unless it is told not to.
KVM_AT_LOAD = (6, 12)


def version(release: str) -> tuple[int, int]:
    """(6, 1) of "6.1.0-50-arm64"; (0, 0) of what is no release."""
    match = re.match(r"(\d{1,4})\.(\d{1,4})", release)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def dotted(number: tuple[int, int]) -> str:
    return f"{number[0]}.{number[1]}"
