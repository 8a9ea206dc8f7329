# SPDX-License-Identifier: GPL-2.0-only
"""The project's C programs, built for this computer, for tests in several workers of pytest."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@functools.cache
def build(name: str, variant: str = "native", *variables: str) -> Path:
    """A program of tools/. A linker empties its output first, so nobody may run or build it meanwhile."""
    out = ROOT / "build" / "tools" / f"{name}-{variant}"
    with locked(out):
        make("-C", ROOT / "tools" / name, f"O={out}", *variables)
    return out / name


@contextlib.contextmanager
def locked(directory: Path) -> Iterator[None]:
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(*arguments: object) -> None:
    done = subprocess.run(["make", "-s", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@functools.cache
def commands() -> Path:
    """The directory of the commands that the pages call "host", as `make` leaves it."""
    out = ROOT / "build" / "host"
    with locked(out):
        make("-C", ROOT, "host")
    return out / "bin"
