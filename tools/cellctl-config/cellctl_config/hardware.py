# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl hardware check`: what a machine needs to run Cellblock, a line each, and how it gets it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from cellctl_config import hardware_board as board
from cellctl_config import hardware_efi as efi
from cellctl_config import hardware_el2 as el2
from cellctl_config import hardware_kernel as kernel
from cellctl_config import hardware_memory as memory
from cellctl_config import output, words
from cellctl_config.machine import Machine, open_machine
from cellctl_config.memory import BLOCK, parse_size
from cellctl_config.refusal import EXIT_OK, EXIT_REFUSED, EXIT_USAGE, Refusal
from cellctl_config.verdict import FAIL, UNKNOWN, WARN, Check, Checker, refused

# What goes wrong in one is said under its name, and the others go on.
CHECKS: tuple[tuple[str, Checker], ...] = (
    ("CPU features", el2.checked_cpu_models),
    ("started at EL2", el2.started_at),
    ("EL2 is left free", el2.left_el2),
    ("KVM is idle", el2.kvm_idle),
    ("CPUs", board.cpus),
    ("CPUs for cells", board.cpus_for_cells),
    ("GIC", board.gic),
    ("IOMMUs", board.iommus),
    ("UARTs", board.uarts),
    ("memory for Cellblock", memory.check),
    ("UEFI", efi.check),
    ("kernel", kernel.kernel),
    ("kernel options", kernel.options),
    ("module signatures", kernel.signatures),
    ("lockdown", kernel.lockdown),
    ("kernel module", kernel.module),
    ("hypervisor image", kernel.image),
)


def add_parser(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser(
        "check", help="see whether a machine can run Cellblock",
        description="Says of each requirement whether this machine, or the one whose facts --from has, "
        "meets it, and what to do if not. The exit status is 0 if there is no FAIL.")
    parser.add_argument("--from", dest="source", metavar="PLACE",
                        help="a directory or archive of `cellctl config collect`, or a .dtb file")
    parser.add_argument("--memory", metavar="SIZE",
                        help="how much memory to keep from Linux, where none is kept yet (default: 256M, or a "
                        "third of what is free)")
    parser.set_defaults(run=run)


def checks_of(machine: Machine) -> Iterator[Check]:
    for name, checker in CHECKS:
        try:
            yield from checker(machine)
        except Refusal as refusal:
            yield refused(name, refusal)


def _size(text: str | None) -> int | None:
    if text is None:
        return None
    size = parse_size(text)
    if not size or size % BLOCK:
        raise Refusal(f"--memory: {text} is no multiple of {words.size(BLOCK)}", "write it like 256M",
                      EXIT_USAGE)
    return size


def run(args: argparse.Namespace) -> int:
    size = _size(args.memory)
    machine = open_machine(args.source)
    # Without a tree, or as a user who may not see addresses, nothing else is worth saying.
    _, _ = machine.tree, machine.iomem
    checks = list(checks_of(machine))
    recipes: list[memory.Recipe] = []
    try:
        recipes = memory.recipes(machine, size)
    except Refusal as refusal:  # the checks are worth knowing all the same
        checks.append(refused("room for Cellblock", refusal))
    output.show(args.json, as_json(machine, checks, recipes), as_lines(machine, checks, recipes))
    return EXIT_REFUSED if any(check.verdict == FAIL for check in checks) else EXIT_OK


def as_json(machine: Machine, checks: list[Check], recipes: list[memory.Recipe]) -> dict[str, object]:
    return {
        "machine": machine.tree.model,
        "kernel": machine.release,
        "ready": all(check.verdict != FAIL for check in checks),
        "checks": [check._asdict() for check in checks],
        "recipes": [recipe._asdict() for recipe in recipes],
    }


def as_lines(machine: Machine, checks: list[Check], recipes: list[memory.Recipe]) -> list[str]:
    lines = [f"{machine.tree.model} ({machine.origin})"]
    rows = [(check.verdict, check.name, check.sentence) for check in checks]
    lines += words.table(rows, indent="")
    for recipe in recipes:
        lines += ["", f"To keep memory from Linux: {recipe.title}", ""]
        lines += [f"    {line}" for line in recipe.lines]
    return [*lines, "", _summary(checks)]


def _summary(checks: list[Check]) -> str:
    counts = {verdict: sum(check.verdict == verdict for check in checks) for verdict in (FAIL, WARN, UNKNOWN)}
    text = "This machine cannot run Cellblock yet" if counts[FAIL] else "This machine can run Cellblock"
    if not counts[FAIL] and counts[UNKNOWN]:
        text += ", as far as is known"
    return f"{text}: {counts[FAIL]} FAIL, {counts[WARN]} warn, {counts[UNKNOWN]} unknown."
