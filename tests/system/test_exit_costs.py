# SPDX-License-Identifier: GPL-2.0-only
"""No exit costs more EL2 instructions than tests/bench/expected.json says.

The counts are exact. A change that raises one changes that file, too, and says why; one that
lowers one is reported as a warning, and should: `make bench-expected` writes it.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
sys.path.append(str(BENCH))
import exits  # noqa: E402  pylint: disable=wrong-import-position

EXPECTED = json.loads((BENCH / "expected.json").read_text())
TIMES = 20
SPIN_MS = 500


@pytest.fixture(scope="module")
def measured(gic: int) -> dict[str, float]:
    return exits.exact(exits.results(gic, exits.measure(gic, TIMES, SPIN_MS)))


def test_exits_cost_what_is_expected(measured: dict[str, float], gic: int) -> None:
    expected = {key: EXPECTED[key] for key in EXPECTED if key.startswith(f"gicv{gic}/")}
    assert expected.keys() == measured.keys()
    changed = [key for key in expected if measured[key] != expected[key]]
    lines = {key: f"{key}: {measured[key]:g}, not {expected[key]:g}" for key in changed}
    higher = [lines[key] for key in changed if measured[key] > expected[key]]
    lower = [lines[key] for key in changed if measured[key] < expected[key]]
    if lower:
        warnings.warn("run make bench-expected, less than it says:\n" + "\n".join(lower))
    assert not higher, "more at EL2 than expected.json says:\n" + "\n".join(higher)
