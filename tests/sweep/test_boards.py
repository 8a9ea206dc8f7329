# SPDX-License-Identifier: GPL-2.0-only
"""The device tree of each board that Debian's kernels know: what the tools make of it is right.

One board of each system on a chip; with CB_LONG=1 (`make check-long`) all. `make sweep` says the same
as a table.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "config")]

import expected  # noqa: E402  (found by the line above)
from boards import Tree, all_trees, one_of_each_soc  # noqa: E402
from verdict import judge  # noqa: E402

TREES = all_trees() if os.environ.get("CB_LONG") else one_of_each_soc()


def test_the_trees_are_there() -> None:
    """The packages of kernels, which `make setup` downloads, have been unpacked."""
    assert len(all_trees()) > 1000
    assert len(one_of_each_soc()) > 150


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_board(tree: Tree, tmp_path: Path) -> None:
    problems = expected.unexpected(judge(tree.path, tmp_path).problems)
    assert not problems, "\n".join(f"{kind}: {text}" for kind, text in problems)
