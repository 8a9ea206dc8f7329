# SPDX-License-Identifier: GPL-2.0-only
"""The tools as they are installed: they need nothing of the source tree."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tool
import trees
from tool import ROOT

from cellctl_config import check


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("installed")
    subprocess.run(["make", "-s", "-C", tool.ROOT, "install-config", f"DESTDIR={place}", "PREFIX=/opt/cb"],
                   check=True)
    shutil.copy(check.cellcheck(), place / "opt" / "cb" / "lib" / "cellblock")  # as `make install` does
    return place / "opt" / "cb"


def test_board_is_made_and_built(installed: Path, tmp_path: Path) -> None:
    program = installed / "lib" / "cellblock" / "cellctl-config"
    create = ("create", "--from", trees.virt(3), *trees.KEPT, "-o", "board.c")
    for arguments in (create, ("build", "board.c")):
        subprocess.run([sys.executable, "-B", program, "config", *arguments], check=True, cwd=tmp_path,
                       stderr=subprocess.DEVNULL)
    expected = trees.system(tmp_path, trees.virt(3), *trees.KEPT)
    assert trees.binary.parse((tmp_path / "board.cell").read_bytes(), expected.file) == expected


def test_collecting_script_is_where_root_finds_it(installed: Path) -> None:
    script = installed / "sbin" / "cellctl-collect"
    usage = subprocess.run(["sh", script], capture_output=True, text=True, check=False)
    assert (usage.returncode, usage.stderr) == (2, "usage: cellctl-collect DIRECTORY | FILE.tar.gz\n")


def test_cellcheck_is_looked_for_beside_the_tool(installed: Path) -> None:
    files = [ROOT / "build" / "configs" / f"{name}.cell" for name in ("qemu-virt-gicv3", "demo-ring")]
    command = [sys.executable, "-B", installed / "lib" / "cellblock" / "cellctl-config", "config", "check", *files]
    (installed / "lib" / "cellblock" / "cellcheck").unlink()
    missing = subprocess.run(command, capture_output=True, text=True, check=False)
    assert missing.returncode == 3
    assert missing.stderr.startswith(f"cellctl: cannot run {installed}/lib/cellblock/cellcheck: No such file")
    shutil.copy(check.cellcheck(), installed / "lib" / "cellblock")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "2 files: 0 refusals, 0 warnings" in done.stdout
