#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Brings build/bench.json into the documentation: the plots docs/plots/*.svg, drawn by gnuplot, and
the tables of docs/performance.md.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import scale
import table
from counts import BUILD, ROOT

PLOTS = ROOT / "docs" / "plots"
DOCUMENT = ROOT / "docs" / "performance.md"
LICENCE = "<!-- SPDX-License-Identifier: GPL-2.0-only -->\n"

Results = dict[str, float]

# Jailhouse, measured in the same way: docs/performance.md says where from. GICv3.
JAILHOUSE = {
    "timer_irq_cell": 206,
    "hvc_unknown": 120,
    "hvc_info": 137,
    "smc_psci_version": 136,
    "gicd_typer_read": 285,
    "gicd_isenabler_read": 923,
    "gicd_isenabler_write": 921,
    "gicd_ipriorityr_write": 423,
    "sgi_one": 1342 + 210,
}
BAO = {"timer_irq_cell": 254}
XEN = {"timer_irq_cell": 1120}

STYLE = """set terminal svg size 860,420 enhanced background rgb "white" font "sans-serif,11"
set key outside right Left reverse noautotitle
set grid ytics lc rgb "#dddddd"
set border 3
set xtics nomirror
set ytics nomirror
"""

EXITS = """set title "Instructions at EL2 for each exit, GICv3; no bar: no exit, or not known"
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.9
set boxwidth 0.9
set logscale y
set yrange [10:3000]
set xtics rotate by -30 left
plot $data using 2:xtic(1) title "Cellblock" lc rgb "#1b6ca8", \\
     "" using 3 title "Jailhouse" lc rgb "#e08e45", \\
     "" using 4 title "Bao" lc rgb "#7a9e7e", \\
     "" using 5 title "Xen" lc rgb "#999999"
"""

SCALE = """set title "Instructions at EL2 against the number of cells, 64 CPUs, GICv3"
set xlabel "cells beside Linux"
set yrange [0:*]
plot {curves}
"""

LATENCY = """set title "Timer expiry to handler in a cell, instructions; -icount, one CPU at a time"
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.9
set logscale y
set yrange [0.5:*]
set ylabel "interrupts"
set xtics rotate by -45 left
set key outside top center horizontal
plot $data using 2:xtic(1) title "alone on the machine" lc rgb "#999999", \\
     "" using 3 title "Linux idle" lc rgb "#1b6ca8", \\
     "" using 4 title "Linux creates and destroys cells" lc rgb "#e08e45"
"""


def block(rows: list[list[object]]) -> str:
    """Data for gnuplot; NaN where there is none."""
    lines = [" ".join("NaN" if field is None else str(field) for field in row) for row in rows]
    return "\n".join(["$data << END", *lines, "END", ""])


def label(name: str) -> str:
    return '"' + name.replace("_", " ") + '"'


def exits_plot(values: Results) -> str:
    if "gicv3/hvc_info/instructions" not in values:
        return ""
    rows = [
        # A logarithmic axis has no zero: no exit is no bar.
        [label(name), values[f"gicv3/{name}/instructions"] or None, theirs]
        + [other.get(name) for other in (BAO, XEN)]
        for name, theirs in JAILHOUSE.items()
    ]
    return block(rows) + EXITS


def scale_plot(values: Results) -> str:
    key = re.compile(r"scale/gicv3/(\d+)_cells/(\w+)_instructions")
    curves: dict[str, dict[int, float]] = {}
    for match, value in ((key.fullmatch(name), value) for name, value in values.items()):
        if match:
            curves.setdefault(match[2], {})[int(match[1])] = value
    if not curves:
        return ""
    steps = sorted({step for curve in curves.values() for step in curve})
    rows: list[list[object]] = [[step, *(c.get(step) for c in curves.values())] for step in steps]
    lines = [
        f"$data using 1:{column} with linespoints pt 7 title {label(name)}"
        for column, name in enumerate(curves, 2)
    ]
    return block(rows) + SCALE.format(curves=", ".join(lines))


def latency_plot(values: Results) -> str:
    runs = ("latency_bare", "latency_idle", "latency_disturbed")
    bounds = sorted({int(k.rsplit("_", 1)[1]) for k in values if "/below_" in k})
    if not bounds:
        return ""
    rows = [
        [f'"< {bound}"', *(values.get(f"{run}/below_{bound}", 0) or None for run in runs)]
        for bound in bounds
    ]
    return block(rows) + LATENCY


def draw(path: Path, script: str) -> None:
    text = subprocess.run(
        ["gnuplot"], input=STYLE + script, check=True, capture_output=True, text=True
    ).stdout
    picture = text.split("\n", 1)[1]  # without the XML declaration, which would have to be first
    tidy = "\n".join(line.rstrip() for line in picture.split("\n"))
    path.write_text(LICENCE + tidy)
    print(path.relative_to(ROOT))


def first_cell(row: str) -> str:
    return row.split("|")[1].strip()


def with_old(table_: str, old: str) -> str:
    """What was not measured this time stays as it was: rows with "-", or a table without rows."""
    lines, before = table_.splitlines(), {first_cell(row): row for row in old.splitlines()[2:]}
    if len(lines) <= 2:
        return old.rstrip("\n")
    return "\n".join(before.get(first_cell(row), row) if "| - |" in row else row for row in lines)


def replace_tables(values: Results) -> None:
    """What stands between <!-- table: NAME --> and <!-- end -->."""
    makers = {"peers": table.markdown, "exits": table.all_exits, "operations": table.operations}
    makers |= {"scale": scale.markdown, "sizes": table.sizes}

    def replaced(match: re.Match[str]) -> str:
        return f"{match[1]}\n{with_old(makers[match[2]](values), match[3])}\n{match[4]}"

    old = DOCUMENT.read_text()
    pattern = re.compile(r"(<!-- table: (\w+) -->)\n(.*?)(<!-- end -->)", re.DOTALL)
    DOCUMENT.write_text(pattern.sub(replaced, old))
    print(DOCUMENT.relative_to(ROOT))


def main() -> None:
    values: Results = json.loads((BUILD / "bench.json").read_text())
    PLOTS.mkdir(exist_ok=True)
    for name, plot in (("exits", exits_plot), ("scale", scale_plot), ("latency", latency_plot)):
        script = plot(values)
        if script:
            draw(PLOTS / f"{name}.svg", script)
        else:
            print(f"{name}: not measured")
    replace_tables(values)


if __name__ == "__main__":
    main()
