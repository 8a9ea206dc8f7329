# SPDX-License-Identifier: GPL-2.0-only
"""A short soak. `make soak` is a long one, from a seed of its own."""

from __future__ import annotations

import random

import pytest
from machine import Boot
from soak import NR_CPUS, Result, Soak, run

pytestmark = pytest.mark.gics(3)

SEED, OPERATIONS = 1, 60


def test_random_operations(boot: Boot, gic: int) -> None:
    """What it did is in the report of a failure."""
    soak, result = Soak(boot(gic=gic, smp=NR_CPUS), random.Random(SEED), print), Result()
    run(soak, result, lambda result: result.operations < OPERATIONS)
    assert len(result.states) > OPERATIONS / 3
