# SPDX-License-Identifier: GPL-2.0-only
"""Which Linux Cellblock was built for and tested with is said in several places: they say the same."""

from __future__ import annotations

import re
import subprocess

import pytest

from tool import ROOT

from cellctl_config import kernels

DKMS = "driver/dkms.conf.in"
OLDEST, FIRST, NEWEST = map(kernels.dotted, (kernels.OLDEST, kernels.OLDEST_TESTED, kernels.NEWEST_TESTED))


def text(path: str) -> str:
    return " ".join((ROOT / path).read_text().split())


def test_driver_has_the_same_numbers() -> None:
    found = re.findall(r"define (KERNEL_\w+) KERNEL_VERSION\((\d+), (\d+), 0\)", text("driver/compat.h"))
    assert {name: (int(major), int(minor)) for name, major, minor in found} == {
        "KERNEL_OLDEST": kernels.OLDEST,
        "KERNEL_OLDEST_TESTED": kernels.OLDEST_TESTED,
        "KERNEL_NEWEST_TESTED": kernels.NEWEST_TESTED,
    }


def test_dkms_builds_for_these() -> None:
    assert f'BUILD_EXCLUSIVE_KERNEL_MIN="{OLDEST}"' in text(DKMS)
    pattern = re.search(r'BUILD_EXCLUSIVE_KERNEL="(.*?)"', text(DKMS))
    assert pattern
    numbers = [(4, 19), (5, 4), (5, 10), (5, 14), (5, 15), (5, 19), (6, 0), (6, 12), (7, 3), (10, 0)]
    wanted = [number for number in numbers if number >= kernels.OLDEST]
    assert [number for number in numbers if re.search(pattern[1], f"{kernels.dotted(number)}.7-arm64")] == wanted


@pytest.mark.parametrize("path", ["README.md", "docs/porting.md", "docs/packages.md", "docs/man/cellblock.7.scd"])
def test_pages_say_the_same(path: str) -> None:
    assert f"Linux {OLDEST} or later" in text(path)


@pytest.mark.parametrize("path", ["README.md", "docs/packages.md", "docs/limits.md"])
def test_pages_say_what_was_tested(path: str) -> None:
    assert f"{FIRST} to {NEWEST}" in text(path)


def test_oldest_is_the_first_that_is_booted() -> None:
    names = subprocess.run([ROOT / "scripts" / "fetch.sh", "--kernels"], capture_output=True, text=True,
                           check=True).stdout.split()
    assert names[0] == FIRST
