# SPDX-License-Identifier: GPL-2.0-only
"""Where UEFI has started Linux: whether it is known what the firmware goes on using.

Its runtime services (variables, the clock, reset) run at EL1 for Linux. Memory and registers of theirs that
are in no region are an abort in the middle of such a call.
"""

from __future__ import annotations

from cellctl_config import efi, words
from cellctl_config.machine import Machine
from cellctl_config.verdict import OK, WARN, Check


def check(machine: Machine) -> list[Check]:
    """Nothing where there is no UEFI."""
    name = "UEFI"
    if not efi.is_efi(machine):
        return []
    if efi.is_off(machine):
        return [Check(name, OK, "Linux does not call its runtime services (efi=noruntime)")]
    if not efi.is_known(machine):
        return [Check(name, WARN, "which memory and registers its runtime services use, and what of it is code, is known "
                      "by /proc/iomem only", f"{efi.DEBUG}, or always with efi=noruntime")]
    pieces = sum(item.is_runtime for item in efi.memory_map(machine)[0])
    return [Check(name, OK, f"its runtime services have {words.count(pieces, 'piece')} of memory and registers, which "
                  "`config create` lists")]
