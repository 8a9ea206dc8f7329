# SPDX-License-Identifier: GPL-2.0-only
"""The project's C programs, built for this computer, for tests in several workers of pytest."""

from __future__ import annotations

import fcntl
import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@functools.cache
def build(name: str, variant: str = "native", *variables: str) -> Path:
    """A program of tools/. A linker empties its output first, so nobody may run or build it meanwhile."""
    out = ROOT / "build" / "tools" / f"{name}-{variant}"
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(["make", "-s", "-C", ROOT / "tools" / name, f"O={out}", *variables],
                              capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out / name
