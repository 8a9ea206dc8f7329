# SPDX-License-Identifier: GPL-2.0-only
"""The package cellblock-dkms builds with DKMS for each of Debian's kernels, from the packages of their
headers, without a warning. And the packages have the version that everything has.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tool import ROOT, run


def environment() -> dict[str, str]:
    lines = (ROOT / "build" / "debian" / "env.mk").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line[0] != "#")


# The others take their time; that of 6.1 is in the system that tests/system/test_package.py boots.
KERNELS = {"6.12": "_612"}
if os.environ.get("CB_LONG"):
    KERNELS |= {"6.1": "", "6.1-rt": "_RT"}


@pytest.mark.parametrize("suffix", KERNELS.values(), ids=KERNELS)
def test_module_builds(tmp_path: Path, suffix: str) -> None:
    env = environment()
    release, headers = env["KERNEL_RELEASE" + suffix], env["KDIR" + suffix]
    module = tmp_path / "cellblock.ko"
    log = run(ROOT / "scripts" / "dkms.sh", release, headers, module)
    assert "warning:" not in log.lower(), log
    assert f"\0vermagic={release} ".encode() in module.read_bytes()


def test_changelog_has_the_version() -> None:
    version = (ROOT / "VERSION").read_text().strip()
    changelog = (ROOT / "debian" / "changelog").read_text()
    assert re.match(r"cellblock \((.*)\) ", changelog)[1] == version
