# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config show FILE...`: all that a configuration says, as a table or as JSON.

The JSON has the form of `cellctl --json show`: 64-bit values are strings in hexadecimal.
"""

from __future__ import annotations

import argparse
import itertools

from cellctl_config import binary, output, source, words
from cellctl_config.refusal import EXIT_OK


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser(
        "show", help="show what configurations say",
        description="Shows all fields of configurations, as they are and unchecked.")
    parser.add_argument("files", nargs="+", metavar="FILE", help=".cell file, or its C source")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    configurations = [source.load(name) for name in args.files]
    lines = [["", *as_lines(configuration)] for configuration in configurations]
    output.show(args.json, {"files": [as_json(configuration) for configuration in configurations]},
                list(itertools.chain.from_iterable(lines))[1:])
    return EXIT_OK


# For people


def console_line(console: binary.Console) -> str:
    text = console.type_name
    if console.address:
        text += f" at {console.address:#x}"
    if console.irq:
        text += f", interrupt {console.irq}"
    return text


def region_rows(cell: binary.Cell) -> list[tuple[str, ...]]:
    rows = [("#", "name", "IPA", "size", "rights", "PA")]
    for i, region in enumerate(cell.regions):
        moved = f"{region.phys:#x}" if region.phys != region.virt else "the same"
        rows.append((str(i), region.name, words.addresses(region.virt, region.size),
                     words.size(region.size), ", ".join(region.flag_names), moved))
    return [row[:-1] for row in rows] if isinstance(cell, binary.System) else rows


def irq_texts(cell: binary.Cell) -> list[str]:
    return [str(irqs.first) if irqs.count == 1 else f"{irqs.first}-{irqs.first + irqs.count - 1}"
            for irqs in cell.irqs]


def hardware_lines(system: binary.System) -> list[str]:
    rows = [("hypervisor", words.addresses(system.hypervisor.phys, system.hypervisor.size),
             words.size(system.hypervisor.size))]
    rows += [(name.upper(), words.addresses(frame.phys, frame.size), words.size(frame.size))
             for name, frame in system.frames.items()]
    return [
        f"interrupt controller: GICv{system.gic_version}",
        *words.table(rows, right=[2]),
        f"debug console: {console_line(system.debug_console)}",
        "CPUs:",
        *words.table([(str(cpu), f"MPIDR {mpidr:#x}", *spin_text(system, cpu))
                      for cpu, mpidr in enumerate(system.mpidrs)], right=[0]),
    ]


def spin_text(system: binary.System, cpu: int) -> list[str]:
    """Where a CPU waits, on a board where Linux does not take all."""
    if not system.spin_table:
        return []
    address = sum(system.spin_table[cpu:cpu + 1])
    return [f"waits at {address:#x}" if address else "Linux's"]


def as_lines(cell: binary.Cell) -> list[str]:
    is_system = isinstance(cell, binary.System)
    lines = [
        f"{cell.file}: {cell.kind_name} \"{cell.name}\" for "
        f"{binary.ARCHITECTURES[cell.arch]}, revision {cell.revision}, {words.size(cell.size)}",
        f"flags: {', '.join(cell.flag_names) or 'none'}",
    ]
    if is_system:
        lines += hardware_lines(cell)
        lines.append(f"CPUs of the root cell: {words.numbers(cell.cpus)}")
    else:
        lines.append(f"CPUs: {words.numbers(cell.cpus)}")
    if cell.console.type or not is_system:
        kept = f", {words.size(cell.log_size)} of its output are kept" if cell.log_size else ""
        lines.append(f"console: {console_line(cell.console)}{kept}")
    lines.append("regions of the root cell:" if is_system else "regions:")
    lines += words.table(region_rows(cell), right=[0, 3])
    lines.append(f"interrupts: {', '.join(irq_texts(cell)) or 'none'}")
    if cell.smcs or not is_system:
        what = "SMCs of the root cell, refused while there are cells" if is_system else "SMCs"
        lines.append(f"{what}: {', '.join(f'{smc:#010x}' for smc in cell.smcs) or 'none'}")
    return lines


# For programs


def console_json(console: binary.Console) -> dict[str, object]:
    return {"type": console.type_name, "address": f"{console.address:#x}", "irq": console.irq}


def frame_json(frame: binary.Frame) -> dict[str, object]:
    return {"phys": f"{frame.phys:#x}", "size": f"{frame.size:#x}"}


def region_json(region: binary.Region) -> dict[str, object]:
    return {"name": region.name, "phys": f"{region.phys:#x}", "virt": f"{region.virt:#x}",
            "size": f"{region.size:#x}", "flags": region.flag_names}


def hardware_json(system: binary.System) -> dict[str, object]:
    frames = {name.upper(): frame_json(frame) for name, frame in system.frames.items()}
    return {
        "hypervisor": frame_json(system.hypervisor),
        "gic": {"version": system.gic_version, **frames},
        "debug_console": console_json(system.debug_console),
        "mpidrs": [f"{mpidr:#x}" for mpidr in system.mpidrs],
        "spin_table": [f"{address:#x}" for address in system.spin_table],
    }


def as_json(cell: binary.Cell) -> dict[str, object]:
    return {
        "file": cell.file,
        "kind": cell.kind_name,
        "name": cell.name,
        "arch": binary.ARCHITECTURES[cell.arch],
        "revision": cell.revision,
        "size": cell.size,
        "flags": cell.flag_names,
        "cpus": cell.cpus,
        "console": console_json(cell.console),
        "log_size": cell.log_size,
        "regions": [region_json(region) for region in cell.regions],
        "irqs": [{"first": irqs.first, "count": irqs.count} for irqs in cell.irqs],
        "smcs": [f"{smc:#x}" for smc in cell.smcs],
        **(hardware_json(cell) if isinstance(cell, binary.System) else {}),
    }
