#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""`make sweep`: what the tools make of all boards whose trees fetch.sh has downloaded, as a table.

usage: sweep.py [-v] [-1] [NAME...]	only trees with these in their names; -v: each problem, too; -1: one
					board of each system on a chip
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "config")]

import expected  # noqa: E402  (found by the line above)
from boards import Tree, all_trees, one_of_each_soc  # noqa: E402
from verdict import ORDER, Verdict, judge  # noqa: E402

TITLES = {
    "error": "exceptions", "hardware": "hardware check has no recipe", "create": "create refuses",
    "build": "not built", "check": "check refuses", "gic": "wrong frames of the GIC", "cpus": "wrong CPUs",
    "memory": "memory missing or wrong", "spis": "SPIs missing", "pages": "register pages missing",
    "more": "SPIs without a reason", "cell": "no cell with a UART", "advice": "advice to turn off a bus",
}


def look(tree: Tree) -> tuple[Tree, Verdict]:
    with tempfile.TemporaryDirectory(prefix="sweep-") as directory:
        return tree, judge(tree.path, Path(directory))


def short(text: str) -> str:
    """The reason of a refusal without what differs from board to board."""
    text = re.sub(r"^cellctl: |\S+\.(dtb|c|cell): ", "", text).partition("\n")[0]
    text = re.sub(r"node /\S+: |/\S+", "", text)
    return re.sub(r"0x[0-9a-f]+|\d+", "N", text)[:100].strip()


def row(package: str, verdicts: list[Verdict]) -> list[str]:
    firsts = Counter(verdict.kind for verdict in verdicts)
    any_of = Counter(kind for verdict in verdicts for kind in verdict.problems)
    noted = sum(not verdict.kind and bool(verdict.noted) for verdict in verdicts)
    lines = [f"{package}: {len(verdicts)} boards, {firsts[''] - noted} right, {noted} right but for what the tool "
             "notes"]
    for kind in ORDER:
        if any_of[kind]:
            lines.append(f"  {firsts[kind]:5}  {TITLES[kind]}"
                         + (f" (all: {any_of[kind]})" if any_of[kind] != firsts[kind] else ""))
            reasons = Counter(short(verdict.problems[kind][0]) for verdict in verdicts
                              if verdict.kind == kind and kind in ("create", "build", "check", "cell", "hardware"))
            lines += [f"           {count:5}  {text}" for text, count in reasons.most_common()]
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("-v", "--verbose", action="store_true", help="each problem that is not expected")
    parser.add_argument("-1", dest="short", action="store_true", help="one board of each system on a chip")
    parser.add_argument("names", nargs="*", metavar="NAME", help="part of the names of trees")
    args = parser.parse_args()
    trees = [tree for tree in (one_of_each_soc() if args.short else all_trees())
             if not args.names or any(name in tree.name for name in args.names)]
    found: dict[str, list[Verdict]] = defaultdict(list)
    bad = 0
    with multiprocessing.Pool() as pool:
        for tree, verdict in pool.imap_unordered(look, trees):
            found[tree.package].append(verdict)
            for kind, text in expected.unexpected(verdict.problems):
                bad += 1
                if args.verbose:
                    print(f"{tree.name}: {kind}: {text}", flush=True)
    for package, verdicts in sorted(found.items()):
        print("\n".join(row(package, verdicts)))
    print(f"sweep: {len(trees)} boards, {bad} problems that are not expected")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
