# SPDX-License-Identifier: GPL-2.0-only
"""Callers and modules of different versions understand each other (include/cellblock/ioctl.h)."""

from __future__ import annotations

import pytest
from cells import SHARE, Root
from machine import Boot


@pytest.mark.gics(3)
def test_requests_of_other_versions_and_of_32_bits(boot: Boot, gic: int) -> None:
    root = Root(boot(gic=gic))
    root.machine.check("modprobe cellblock")
    for program, bits in ("abi", 64), ("abi32", 32):
        root.cellctl(f"enable {SHARE}/{root.board}.cell")
        root.launch("demo-ring", "hello")
        assert root.machine.check(program) == f"abi: {bits} bits, done"
        assert root.machine.check("cat /sys/class/misc/cellblock/enabled") == "0"
        root.assert_linux_is_well(3)
