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
from counts import BUILD

Results = dict[str, float]

OUT = BUILD / "bench.json"


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


SECTIONS: dict[str, Callable[[Results], None]] = {
    "exits": measure_exits,
}


def load(path: Path) -> Results:
    return json.loads(path.read_text()) if path.exists() else {}


def save(path: Path, values: Results) -> None:
    path.write_text(json.dumps(values, indent=1, sort_keys=True) + "\n")


def print_table(values: Results) -> None:
    width = max(map(len, values))
    for key, value in sorted(values.items()):
        print(f"{key:{width}}  {value:>12g}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", help=f"some of: {' '.join(SECTIONS)}; default: all")
    chosen = parser.parse_args().sections or list(SECTIONS)
    values = load(OUT)
    for name in chosen:
        start = time.monotonic()
        SECTIONS[name](values)
        save(OUT, values)
        print(f"bench: {name} took {time.monotonic() - start:.0f} s", flush=True)
    print_table(values)


if __name__ == "__main__":
    main()
