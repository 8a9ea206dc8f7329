# SPDX-License-Identifier: GPL-2.0-only
"""The table of results beside the peers' figures, for the terminal and for docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exits import FEW_REGIONS, KINDS

Results = dict[str, float]


@dataclass
class Row:
    """A figure that a peer has, too, or that there is a limit for."""

    text: str
    key: str  # in bench.json
    peer: str = ""  # Jailhouse's figure, if not said otherwise
    limit: float | None = None
    digits: int = 0

    def value(self, values: Results) -> str:
        if self.key not in values:
            return "-"
        return f"{values[self.key]:,.{self.digits}f}"

    def met(self, values: Results) -> str:
        if self.limit is None or self.key not in values:
            return ""
        return "yes" if values[self.key] <= self.limit else "NO"


def of_gic(gic: int, figures: dict[str, tuple[str, float]]) -> list[Row]:
    return [
        Row(f"GICv{gic}: {name}", f"gicv{gic}/{name}/instructions", peer, limit)
        for name, (peer, limit) in figures.items()
    ]


EXITS_V3: dict[str, tuple[str, float]] = {
    "timer_irq_cell": ("206", 0),
    "timer_irq_root": ("206", 0),
    "hvc_unknown": ("120", 60),
    "hvc_info": ("137", 80),
    "smc_psci_version": ("136", 70),
    "gicd_typer_read": ("285", 120),
    "gicd_isenabler_read": ("923", 150),
    "gicd_isenabler_write": ("921", 150),
    "gicd_ipriorityr_write": ("423", 150),
    "sgi_one": ("1,342 + 210 at the receiver", 120),
}
EXITS_V2: dict[str, tuple[str, float]] = {
    "timer_irq_cell": ("216", 0),
    "timer_irq_root": ("216", 0),
    "hvc_unknown": ("120", 60),
    "hvc_info": ("137", 80),
    "smc_psci_version": ("136", 70),
    "gicd_typer_read": ("273", 120),
    "gicd_isenabler_read": ("906", 150),
    "gicd_isenabler_write": ("904", 150),
    "gicd_ipriorityr_write": ("406", 150),
    "sgi_one": ("1,393 + 222 at the receiver", 150),
}

OPERATIONS = ("enable", "create", "load", "start", "stop", "destroy", "disable")
PEER_MS = {"enable": 51, "create": 65, "load_small": 15, "start": 12, "destroy": 58, "disable": 6}
TIMED = {name: name for name in OPERATIONS} | {"load": "load of 64 MiB", "load_small": "load of a demo"}

ROWS = [
    *of_gic(3, EXITS_V3),
    Row("GICv3: exits at the receiver of an SGI", "gicv3/sgi_one/receiver_exits", "1", 0),
    *of_gic(2, EXITS_V2),
    Row("GICv2: exits at the receiver of an SGI", "gicv2/sgi_one/receiver_exits", "1", 0),
    Row("exits/s, idle Linux on 4 CPUs, no IPIs", "root_idle/exits_per_second", "10.6-13.9", 1, 2),
    Row("exits/s, 4 busy loops in Linux, no IPIs", "root_busy/exits_per_second", "751", 5, 2),
    Row("1e9 instructions in Linux, ppm more", "loop_root/overhead_ppm", "Xen: 587", digits=1),
    Row("1e9 instructions in a cell, ppm at EL2", "loop_cell/overhead_ppm", digits=1),
    Row("timer expiry to handler, least instructions", "latency_idle/min_instructions", "241", 40),
    Row("... of which at EL2, Linux idle", "latency_idle/el2_instructions", "206", 0),
    Row("... while other cells come and go", "latency_disturbed/el2_instructions", "", 0),
    Row("enable on one CPU, EL2 instructions", "enable/el2_instructions", "931,363", 200_000),
    *(
        Row(f"{text}, ms", f"{name}/ms", str(PEER_MS.get(name, "")), digits=1)
        for name, text in TIMED.items()
    ),
    Row("stop, with the start of cellctl, ms", "stop_alone/ms", digits=1),
    Row("... while another cell of 4 GiB is destroyed", "stop_beside_destroy/ms", digits=1),
    Row("... which takes", "destroy_4gib/ms", digits=1),
    *(
        Row(f"{name}: exits of another cell", f"{name}/bystander_exits", "", 0)
        for name in OPERATIONS[1:-1]
    ),
    Row("image: code and constants, bytes", "image/text_rodata_bytes", "54,636 text", 32 << 10),
    Row("memory with 4 CPUs and a cell, KiB", "memory/4cpu_1cell_kib", "412", 200),
    Row("high-water mark of a stack, bytes of 3328", "stack/high_water_bytes"),
    Row("lines of the hypervisor", "lines/hypervisor", "9,100 (2,700: PCI, ivshmem, SMMU)", 5000),
]


def cells(values: Results) -> Iterator[tuple[str, str, str, str, str]]:
    for row in ROWS:
        limit = "" if row.limit is None else f"<= {row.limit:,g}"
        yield row.text, row.value(values), row.peer, limit, row.met(values)


def text(values: Results) -> str:
    """For the terminal."""
    rows = [("", "Cellblock", "Jailhouse", "limit", "met"), *cells(values)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    form = "{:<%d}  {:>%d}  {:>%d}  {:>%d}  {}" % tuple(widths[:4])
    return "\n".join(form.format(*row).rstrip() for row in rows)


def markdown(values: Results) -> str:
    head = ["| | Cellblock | Jailhouse | limit | met |", "|---|---:|---:|---:|---|"]
    return "\n".join(head + [f"| {' | '.join(row)} |" for row in cells(values)])


def all_exits(values: Results) -> str:
    """Every kind on both GICs, as Markdown."""
    lines = [
        "| exit | GICv3 | GICv2 | exits each | more with 64 regions |",
        "|---|---:|---:|---:|---:|",
    ]
    for name in KINDS:
        counts = [values.get(f"gicv{gic}/{name}/instructions") for gic in (3, 2)]
        exits = values.get(f"gicv3/{name}/exits")
        few = values.get(f"gicv3/{name}/instructions_{FEW_REGIONS}_regions")
        if None in counts or exits is None:
            continue
        more = "" if few is None else f"{counts[0] - few:g}"
        lines.append(f"| `{name}` | {counts[0]:g} | {counts[1]:g} | {exits:g} | {more} |")
    return "\n".join(lines)



def figure(values: Results, key: str, digits: int = 0) -> str:
    return f"{values[key]:,.{digits}f}" if key in values else "-"


def operations(values: Results) -> str:
    """EL2 instructions, time, and who else notices, as Markdown."""
    lines = [
        "| | EL2 instructions | ms | of a CPU's hotplug | exits of another cell |",
        "|---|---:|---:|---:|---:|",
    ]
    for name in OPERATIONS:
        counted = f"{name}_4cpu" if name in ("enable", "disable") else name
        fields = (
            figure(values, f"{counted}/el2_instructions"),
            figure(values, f"{name}/ms", 1),
            figure(values, f"{name}/relative_to_hotplug", 2),
            figure(values, f"{name}/bystander_exits"),
        )
        lines.append(f"| {name} | {' | '.join(fields)} |")
    return "\n".join(lines)


def sizes(values: Results) -> str:
    """All of the image, of the memory and of the source, as Markdown."""
    lines = ["| | |", "|---|---:|"]
    for key in sorted(values):
        if key.startswith(("image/", "memory/", "stack/", "lines/")):
            lines.append(f"| `{key}` | {values[key]:,.0f} |")
    return "\n".join(lines)
