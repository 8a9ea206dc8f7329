# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config create`: the system configuration of a machine, in C."""

from __future__ import annotations

import argparse
import sys

from cellctl_config import ctext, output, words
from cellctl_config.addresses import registers
from cellctl_config.firmware import calls_for_all
from cellctl_config.machine import open_machine, parse_list
from cellctl_config.memory import parse_range, parse_size
from cellctl_config.plan import Choices, Range, System, console_macro, plan_system
from cellctl_config.refusal import EXIT_FILE, EXIT_OK, EXIT_USAGE, Refusal

FIRST_SPI, LAST_SPI = 32, 1019


def add_parser(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "create", help="write the system configuration of a machine",
        description="Writes the system configuration of this machine, or of the one whose facts --from "
        "has, as C source. What the user should know of it goes into the source and to standard error.")
    add_memory_options(parser)
    parser.add_argument("--name", default="", help="of the configuration (default: the board's)")
    parser.add_argument("--spis", metavar="FIRST-LAST", action="append", default=[],
                        help="more INTIDs that the root cell has")
    parser.add_argument("--permissive", action="store_true",
                        help="for bring-up: Linux also gets device pages that are not listed")
    parser.add_argument("--debug-console", action="store_true",
                        help="for bring-up: the hypervisor prints on Linux's console, too")
    parser.add_argument("-o", "--output", metavar="FILE.c", help="what to write (default: standard output)")
    parser.set_defaults(run=run)


def add_memory_options(parser: argparse.ArgumentParser) -> None:
    """The machine, and what decides about memory for cells."""
    parser.add_argument("--from", dest="source", metavar="PLACE",
                        help="a directory or archive of `cellctl config collect`, or a .dtb file")
    parser.add_argument("--reserved", metavar="ADDRESS,SIZE", action="append", default=[],
                        help="memory that is kept from Linux (default: what mem= or a node "
                        "/reserved-memory/cellblock@... keeps)")
    parser.add_argument("--hypervisor", metavar="ADDRESS[,SIZE]",
                        help="where in it the hypervisor is (default: 4 MiB at its start)")
    parser.add_argument("--shared", metavar="SIZE", default="",
                        help="memory at its end that cells can share (default: none)")


def memory_choices(args: argparse.Namespace) -> Choices:
    hypervisor = None
    if args.hypervisor and "," in args.hypervisor:
        hypervisor = parse_range(args.hypervisor)
    elif args.hypervisor:
        hypervisor = Range.sized(parse_size(args.hypervisor), 0)
    return Choices(reserved=tuple(parse_range(text) for text in args.reserved), hypervisor=hypervisor,
                   shared=parse_size(args.shared) if args.shared else 0)


def choices_of(args: argparse.Namespace) -> Choices:
    return memory_choices(args)._replace(
        name=ctext.check_name(args.name) if args.name else "",
        spis=tuple(_spis(text) for text in args.spis),
        debug_console=args.debug_console,
        permissive=args.permissive)


def _spis(text: str) -> range:
    numbers = parse_list(text)
    if numbers[0] < FIRST_SPI or numbers[-1] > LAST_SPI:
        raise Refusal(f"--spis: {text} are not all SPIs", f"SPIs are INTIDs {FIRST_SPI} to {LAST_SPI}",
                      EXIT_USAGE)
    return range(numbers[0], numbers[-1] + 1)


# ---- The source ----


def _head(system: System) -> list[str]:
    machine = system.machine
    source = f"Linux {machine.release}" if machine.release else "its device tree alone"
    kept = ctext.names([f"{item.range} by {item.how}" for item in system.memory.kept], most=8)
    paragraphs = [
        f"{machine.tree.model}: system configuration, written by `cellctl config create` from {source}.",
        "", f"Memory kept from Linux: {kept}."]
    if system.console is not None:
        paragraphs.append(f"Linux's console: {system.console.path}.")
    if system.notes:
        paragraphs += ["", "To be considered:"] + [f"- {note}" for note in system.notes]
    return ["// SPDX-License-Identifier: GPL-2.0-only", *ctext.comment(paragraphs)]


def _cpus(system: System) -> list[str]:
    models = ctext.names(list(dict.fromkeys(cpu.model for cpu in system.cpus)))
    entries = [ctext.Entry(f"0x{cpu.mpidr:x}", f"CPU {number}: {cpu.model}")
               for number, cpu in enumerate(system.cpus)]
    if len({cpu.model for cpu in system.cpus}) > 1:
        return ctext.list_macro("cpus", "CPUS", entries) + _spin_table(system)
    values = ", ".join(entry.text for entry in entries)
    return ctext.with_remark(f"\t.cpus = CPUS({values}),", models) + _spin_table(system)


def _spin_table(system: System) -> list[str]:
    if not any(cpu.release for cpu in system.cpus):
        return []
    values = ", ".join(f"0x{cpu.release:x}" if cpu.release else "0" for cpu in system.cpus)
    return ctext.with_remark(f"\t.spin_table = SPIN_TABLE({values}),", "CPUs that Linux left there")


def _gic(system: System) -> list[str]:
    lines = ["\t.gic = {", f"\t\t.version = {system.gic.version},"]
    for name, item in system.gic.frames.items():
        lines += ctext.with_remark(f"\t\t.{name} = {ctext.frame(item.start, item.size)},",
                                   system.gic.comments.get(name, ""))
    return [*lines, "\t},"]


def _debug_console(system: System) -> list[str]:
    """Off, but one step away, where the hypervisor could print on Linux's console."""
    node = system.console
    macro = console_macro(node) if node is not None else None
    if macro is None or node is None:
        if system.choices.debug_console:
            name = "none is known" if node is None else f"{node.path} is no UART of a kind that it knows"
            raise Refusal(f"--debug-console: the hypervisor cannot print on Linux's console: {name}",
                          "leave the option out: `cellctl console` shows what the hypervisor says")
        return []
    line = f".debug_console = {macro}({ctext.address(registers(node)[0].start)}),"
    if system.choices.debug_console:
        return ctext.with_remark(f"\t{line}", "bring-up: Linux's console, which Linux writes to as well")
    return [f"\t/* For bring-up, the hypervisor's messages on Linux's console: {line} */"]


def _regions(system: System) -> list[ctext.Entry]:
    entries = []
    heading = "Memory."
    for region in system.regions:
        is_device = region.flags == "MMIO" and heading != ""
        before = "Memory." if not entries else "Devices, by address." if is_device else ""
        heading = "" if is_device else heading
        text = ctext.region(region.name, region.range.start, region.range.size, region.flags)
        entries.append(ctext.Entry(text, region.remark, before))
    return entries


def _smcs(system: System) -> list[str]:
    calls = calls_for_all(system.machine)
    if calls is None:
        return []
    entries = [ctext.Entry(f"0x{call.number:08x}", call.why) for call in calls.calls]
    return ["\t/* Not for Linux while there is another cell. */", *ctext.list_macro("smcs", "SMCS", entries)]


def source_of(system: System) -> str:
    lines = [*_head(system), "#include <cellblock/board.h>", "", "CELLBLOCK_SYSTEM = {",
             f'\t.name = "{system.name}",']
    place = system.hypervisor
    lines.append(f"\t.hypervisor = {ctext.frame(place.start, place.size)},")
    lines += [*_cpus(system), *_gic(system), *_debug_console(system)]
    if system.choices.permissive:
        lines += ctext.with_remark("\t.flags = PERMISSIVE,", "bring-up: list what `cellctl show root` has")
    lines += ctext.list_macro("regions", "REGIONS", _regions(system))
    lines += ctext.list_macro("irqs", "IRQS", ctext.irqs(system.spis))
    lines += _smcs(system)
    return "\n".join([*lines, "};", ""])


# ---- The command ----


def write_new(text: str, path: str) -> None:
    """A new file; what is there, somebody may have worked on."""
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Refusal(f"{path} is there already", "choose another name, or remove it") from None
    except (OSError, ValueError) as error:
        raise Refusal(f"{path} cannot be written: {error}", "choose another place", EXIT_FILE) from None


def write(args: argparse.Namespace, source: str, notes: list[str]) -> None:
    """The source, to where it is wanted, and what its user should know."""
    source = words.plain(source, keep="\n\t")
    if args.output is not None:
        write_new(source, args.output)
    elif not args.json:
        sys.stdout.write(source)
    if args.json:
        output.show_object({"output": args.output, "source": source, "notes": notes})
    for note in notes:
        output.aside(args.json, f"note: {note}")


def run(args: argparse.Namespace) -> int:
    choices = choices_of(args)  # what is wrong there is wrong on each machine
    system = plan_system(open_machine(args.source), choices)
    write(args, source_of(system), system.notes)
    return EXIT_OK
