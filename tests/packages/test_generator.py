# SPDX-License-Identifier: GPL-2.0-only
"""systemd's generator orders the units of cells as /etc/cellblock/cells says."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from tool import ROOT

GENERATOR = ROOT / "system" / "cellblock-generator.sh"


def generate(directory: Path, **cells: str) -> dict[str, list[str]]:
    """The units that the cells with these files come after."""
    (directory / "cells").mkdir()
    for name, text in cells.items():
        (directory / "cells" / f"{name}.conf").write_text(text)
    environment = {**os.environ, "CELLBLOCK_CELLS": str(directory / "cells")}
    units = directory / "units"
    subprocess.run([GENERATOR, units, units, units], env=environment, check=True, cwd=ROOT)
    return {
        path.parent.name: re.findall(r"^After=(.*)$", path.read_text(), re.MULTILINE)
        for path in units.glob("*/order.conf")
    }


@pytest.mark.parametrize("value", ['"one two"', "'one two'", "one two", "  one   two "])
def test_names_are_found(tmp_path: Path, value: str) -> None:
    order = generate(tmp_path, a="CONFIG=x\nAFTER=none\n", b=f"AFTER={value}\nIMAGE=y\n")
    assert order == {
        "cellblock-cell@a.service.d": ["cellblock-cell@none.service"],
        "cellblock-cell@b.service.d": ["cellblock-cell@one.service", "cellblock-cell@two.service"],
    }


@pytest.mark.parametrize("text", ["", "AFTER=\n", 'AFTER=""\n', "#AFTER=a\n", "AFTER=a/b\n", "AFTER=*\n"])
def test_no_names_no_order(tmp_path: Path, text: str) -> None:
    assert generate(tmp_path, a=text) == {}


def test_last_line_counts(tmp_path: Path) -> None:
    order = generate(tmp_path, a="AFTER=b\nAFTER=c\n")
    assert order == {"cellblock-cell@a.service.d": ["cellblock-cell@c.service"]}


def test_no_directory_is_no_error(tmp_path: Path) -> None:
    subprocess.run(
        [GENERATOR, tmp_path], env={**os.environ, "CELLBLOCK_CELLS": "/nonexistent"}, check=True
    )
    assert list(tmp_path.iterdir()) == []
