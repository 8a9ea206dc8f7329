# SPDX-License-Identifier: GPL-2.0-only
"""The package cellblock-dkms builds with DKMS for each of Debian's kernels, from the packages of their
headers, without a warning, and is left out for a kernel that is too old. And the packages have the
version that everything has.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tool import ROOT, run

from kernels import NAMES, NEWEST, OLDEST, Kernel

# How DKMS ends for a kernel that the package is not for.
EXCLUDED = 77

# The others take their time; the oldest's is in the system that tests/system/test_package.py boots.
WANTED = NAMES if os.environ.get("CB_LONG") else [NEWEST.name]


@pytest.mark.parametrize("name", WANTED)
def test_module_builds(tmp_path: Path, name: str) -> None:
    kernel = Kernel(name)
    module = tmp_path / "cellblock.ko"
    log = run(ROOT / "scripts" / "dkms.sh", kernel.release, kernel.headers, module)
    assert "warning:" not in log.lower(), log
    assert f"\0vermagic={kernel.release} ".encode() in module.read_bytes()


@pytest.mark.parametrize("release", ["5.10.0-9-arm64", "5.4.0", "4.19.0", "2.6.32"])
def test_kernel_that_is_too_old_is_left_out(tmp_path: Path, release: str) -> None:
    """An installation goes on after that, DKMS says it by a status of its own."""
    log = run(ROOT / "scripts" / "dkms.sh", release, OLDEST.headers, tmp_path / "cellblock.ko", status=EXCLUDED)
    assert "BUILD_EXCLUSIVE" in log


def test_kernel_without_hotplug_is_left_out(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("CONFIG_SMP=y\nCONFIG_FW_LOADER=y\nCONFIG_OF=y\n")
    log = run(ROOT / "scripts" / "dkms.sh", OLDEST.release, tmp_path, tmp_path / "cellblock.ko", status=EXCLUDED)
    assert "BUILD_EXCLUSIVE" in log


def test_changelog_has_the_version() -> None:
    version = (ROOT / "VERSION").read_text().strip()
    changelog = (ROOT / "debian" / "changelog").read_text()
    assert re.match(r"cellblock \((.*)\) ", changelog)[1] == version
