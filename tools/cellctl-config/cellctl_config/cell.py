# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config cell`: the configuration of a cell, in C, from nodes of the device tree."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from cellctl_config import binary, ctext, source, virtualuart
from cellctl_config.addresses import PAGE, registers
from cellctl_config.celldevices import Devices, find_device
from cellctl_config.cellplan import (CellPlan, Offer, check_cpus, choose_console, offer_of_file,
                                     offer_of_plan, place_memory)
from cellctl_config.cpus import cpus_of, unstartable, without_method
from cellctl_config.create import add_memory_options, memory_choices, write
from cellctl_config.interrupts import interrupts
from cellctl_config.machine import Machine, open_machine, parse_list
from cellctl_config.memory import parse_size
from cellctl_config.plan import Choices, console_macro, plan_system
from cellctl_config.refusal import EXIT_OK, EXIT_REFUSED, EXIT_USAGE, Refusal
from cellctl_config.tree import Node


def add_parser(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "cell", help="write the configuration of a cell",
        description="Writes the configuration of a cell as C source: CPUs, memory that is kept from Linux, "
        "and devices by their nodes in the device tree. Warns of what these devices share with Linux.",
        epilog="The options about reserved memory are those of `cellctl config create`: give the same, or "
        "--system.")
    parser.add_argument("cell", metavar="NAME", help="of the cell")
    parser.add_argument("--cpus", required=True, metavar="LIST", help="numbers as in the system's .cpus: 2-3")
    parser.add_argument("--memory", required=True, metavar="SIZE", help="64M")
    parser.add_argument("--memory-at", metavar="ADDRESS", help="where (default: the first free place)")
    parser.add_argument("--device", metavar="NODE", action="append", default=[],
                        help="a node: serial@9040000, a path or an alias; may be given more than once")
    parser.add_argument("--console", metavar="ring|virtual|none|NODE",
                        help="virtual: a UART that the hypervisor plays, at an address and with an SPI that nothing "
                        "has (default: the first UART of its devices that is known, else the ring)")
    parser.add_argument("--use-shared", action="store_true", help="also the memory that cells share")
    parser.add_argument("--native-idle", action="store_true", help="an idle CPU has no exit")
    parser.add_argument("--system", metavar="FILE", help="the system's configuration, .cell or .c")
    parser.add_argument("--beside", metavar="FILE", action="append", default=[],
                        help="the configuration of another cell, whose things are taken")
    add_memory_options(parser)
    parser.add_argument("-o", "--output", metavar="FILE.c", help="what to write (default: standard output)")
    parser.set_defaults(run=run)


# ---- The plan ----


class Wishes(NamedTuple):
    """What the command line says of CPUs and memory, whatever the machine."""

    cpus: list[int]
    size: int
    at: int | None
    choices: Choices


def wishes_of(args: argparse.Namespace) -> Wishes:
    ctext.check_name(args.cell)
    size = parse_size(args.memory)
    if not size or size % PAGE:
        raise Refusal(f"--memory: {args.memory} are no pages", "give a multiple of 4 KiB", EXIT_USAGE)
    return Wishes(parse_list(args.cpus), size, parse_size(args.memory_at) if args.memory_at else None,
                  memory_choices(args))


def check_cell_name(name: str, others: list[binary.Cell]) -> str:
    ctext.check_name(name)
    if name == "root":
        raise Refusal("no cell can be called root: that is Linux's", "choose another name", EXIT_USAGE)
    for other in others:
        if other.name == name:
            raise Refusal(f"{other.file} is a cell called {name} as well", "choose another name",
                          EXIT_REFUSED)
    return name


def _offer(machine: Machine, args: argparse.Namespace, choices: Choices) -> Offer:
    if args.system:
        if args.reserved or args.hypervisor or args.shared:
            raise Refusal("--system already says what --reserved, --hypervisor and --shared would say",
                          "leave them out", EXIT_USAGE)
        return offer_of_file(machine, source.load_system(args.system))
    return offer_of_plan(plan_system(machine, choices))


def plan_cell(machine: Machine, args: argparse.Namespace, wishes: Wishes) -> CellPlan:
    others = [source.load_cell(name) for name in args.beside]
    name = check_cell_name(args.cell, others)
    nodes = list(dict.fromkeys(find_device(machine, text) for text in args.device))
    console, has_ring = choose_console(machine, args.console, nodes)
    offer = _offer(machine, args, wishes.choices)
    plan = CellPlan(name, check_cpus(wishes.cpus, offer, others),
                    place_memory(wishes.size, wishes.at, offer, others),
                    console=console, has_ring=has_ring, native_idle=args.native_idle)
    plan.warnings += without_method(sorted(set(plan.cpus) & set(unstartable(cpus_of(machine)))))
    if args.use_shared:
        if not offer.shared:
            raise Refusal(f"--use-shared: {offer.origin} has no memory that cells share",
                          "make some with `config create --shared SIZE`", EXIT_REFUSED)
        plan.shared = offer.shared
    Devices(machine, offer, others, plan).add(nodes)
    if args.console == "virtual":
        plan.virtual_uart = (virtualuart.choose_address(machine, plan),
                             virtualuart.choose_spi(machine, offer, others, plan))
        plan.spis[plan.virtual_uart[1]] = ["virtual UART"]
    return plan


# ---- The source ----


def _head(machine: Machine, plan: CellPlan) -> list[str]:
    paragraphs = [f"{machine.tree.model}: the cell {plan.name}, written by `cellctl config cell`."]
    if plan.warnings:
        paragraphs += ["", "To be considered:"] + [f"- {text}" for text in plan.warnings]
    return ["// SPDX-License-Identifier: GPL-2.0-only", *ctext.comment(paragraphs)]


def _regions(plan: CellPlan) -> list[ctext.Entry]:
    memory = plan.memory
    entries = [ctext.Entry(ctext.region("ram", memory.start, memory.size, "RAM | LOADABLE"))]
    for i, item in enumerate(plan.shared):
        name = f"shared-{i + 1}" if i else "shared"
        entries.append(ctext.Entry(ctext.region(name, item.start, item.size, "DATA | SHARED")))
    for name, pages, remark in plan.registers:
        entries.append(ctext.Entry(ctext.region(name, pages.start, pages.size, "MMIO"), remark))
    return entries


def _console(plan: CellPlan) -> list[str]:
    if plan.virtual_uart is not None:
        address, spi = plan.virtual_uart
        return [f"\t.console = VUART({ctext.address(address)}, {spi}),", "\t.log_size = 64 * KiB,"]
    if plan.console is None:
        return ["\t.console = RING,"] if plan.has_ring else []
    return [f"\t.console = {_uart(plan.console)},"]


def _uart(node: Node) -> str:
    address = ctext.address(registers(node)[0].start)
    spis = [item.intid for item in interrupts(node) if item.kind == "SPI"]
    return f"{console_macro(node)}({address}, {spis[0]})" if spis else f"{console_macro(node)}({address})"


def source_of(machine: Machine, plan: CellPlan) -> str:
    cpus = " | ".join(f"CPU({cpu})" for cpu in plan.cpus)
    lines = [*_head(machine, plan), "#include <cellblock/board.h>", "", "CELLBLOCK_CELL = {",
             f'\t.name = "{plan.name}",', f"\t.cpus = {cpus},"]
    if plan.native_idle:
        lines.append("\t.flags = NATIVE_IDLE,")
    lines += ctext.list_macro("regions", "REGIONS", _regions(plan))
    lines += ctext.list_macro("irqs", "IRQS", ctext.irqs(plan.spis))
    return "\n".join([*lines, *_console(plan), "};", ""])


def run(args: argparse.Namespace) -> int:
    wishes = wishes_of(args)
    machine = open_machine(args.source)
    plan = plan_cell(machine, args, wishes)
    write(args, source_of(machine, plan), plan.warnings)
    return EXIT_OK
