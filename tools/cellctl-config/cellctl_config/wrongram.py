# SPDX-License-Identifier: GPL-2.0-only
"""Memory nodes that say there is RAM where the machine has its registers.

Some boards' device trees are like that until the boot firmware fills in what there is. The GIC tells: where
that is, there is no RAM, and then no other registers are believed to be memory either.
"""

from __future__ import annotations

from cellctl_config.addresses import Range, merge, subtract
from cellctl_config.gic import Gic
from cellctl_config.machine import Machine
from cellctl_config.memory import Memory, memory_nodes
from cellctl_config.nodes import all_registers

REMEDY = "collect the facts on the running board, as root, with `cellctl config collect`"


def over_gic(machine: Machine, gic: Gic) -> Range | None:
    """What a memory node claims of the GIC."""
    return next((item for item in memory_nodes(machine) for frame in gic.covers if item.overlaps(frame)), None)


def corrected(machine: Machine, gic: Gic, memory: Memory) -> tuple[Memory, list[str]]:
    """Memory without registers, and a note where that makes a difference."""
    wrong = over_gic(machine, gic)
    if wrong is None:
        return memory, []
    holes = merge(item.pages() for item in [*gic.covers, *(item.range for item in all_registers(machine.tree))])
    kept = [item._replace(range=part) for item in memory.kept for part in subtract([item.range], holes)]
    note = (f"a memory node has RAM at {wrong}, where the GIC and other devices have their registers: boot firmware "
            f"corrects that, and here they were taken out of it; {REMEDY}")
    return memory._replace(ram=subtract(memory.ram, holes), linux=subtract(memory.linux, holes), kept=kept), [note]
