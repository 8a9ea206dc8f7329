#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Measures Cellblock in QEMU: prints a table and writes build/bench.json.

The file is one flat object, so that results are easy to compare. A section that is measured again
replaces its keys; the others stay.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import exits
import operations
import root
import scale
import sizes
import table
from counts import BUILD

Results = dict[str, float]

OUT = BUILD / "bench.json"
EXPECTED = Path(__file__).with_name("expected.json")


def measure_exits(values: Results) -> None:
    for gic in (3, 2):
        found = exits.measure(gic)
        values.update(exits.results(gic, found))
        print_functions(gic, found[exits.MANY_REGIONS])


def print_functions(gic: int, found: dict[str, exits.Exit]) -> None:
    """Where the instructions of each exit are."""
    for name, one in found.items():
        parts = ", ".join(f"{f} {n / one.times:g}" for f, n in one.functions)
        print(f"gicv{gic} {name}: {parts or 'nothing at EL2'}")


def measure_root(values: Results) -> None:
    for gic in (3, 2):
        values.update(root.exits_per_second(gic))


def measure_loop(values: Results) -> None:
    values.update(root.loop_in_linux())
    values.update(root.loop_in_cell())


def measure_latency(values: Results) -> None:
    values.update(root.latency())


def measure_operations(values: Results) -> None:
    values.update(operations.measure())


def measure_sizes(values: Results) -> None:
    values.update(sizes.image())
    values.update(sizes.lines())
    values.update(sizes.memory())


def measure_scale(values: Results) -> None:
    for gic in scale.STEPS:
        values.update(scale.measure(gic))


SECTIONS: dict[str, Callable[[Results], None]] = {
    "exits": measure_exits,
    "root": measure_root,
    "loop": measure_loop,
    "latency": measure_latency,
    "operations": measure_operations,
    "sizes": measure_sizes,
    "scale": measure_scale,
}


def expect(values: Results) -> None:
    """Makes what was measured last what tests/system/test_exit_costs.py expects."""
    of_exits = {key: value for key, value in values.items() if key.startswith(("gicv2/", "gicv3/"))}
    kinds = {key for key in of_exits if key.split("/")[1] in exits.KINDS}
    save(EXPECTED, exits.exact({key: of_exits[key] for key in kinds}))


def load(path: Path) -> Results:
    return json.loads(path.read_text()) if path.exists() else {}


def save(path: Path, values: Results) -> None:
    path.write_text(json.dumps(values, indent=1, sort_keys=True) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", help=f"some of: {' '.join(SECTIONS)}; default: all")
    parser.add_argument(
        "--expected", action="store_true", help="write tests/bench/expected.json, too"
    )
    arguments = parser.parse_args()
    chosen = arguments.sections or list(SECTIONS)
    values = load(OUT)
    for name in chosen:
        start = time.monotonic()
        try:
            SECTIONS[name](values)
        finally:  # what was measured before a failure, too
            save(OUT, values)
        print(f"bench: {name} took {time.monotonic() - start:.0f} s", flush=True)
    if arguments.expected:
        expect(values)
    print(table.text(values))
    print(f"all figures: {OUT}")


if __name__ == "__main__":
    main()
