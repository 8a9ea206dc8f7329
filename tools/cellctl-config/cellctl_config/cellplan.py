# SPDX-License-Identifier: GPL-2.0-only
"""What the configuration of a cell is: CPUs, memory and console. Its devices have celldevices.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from cellctl_config import binary, words
from cellctl_config.addresses import PAGE, Range, subtract
from cellctl_config.celldevices import MAX_LISTED, find_device
from cellctl_config.cpus import cpus_of, givable
from cellctl_config.machine import Machine
from cellctl_config.memory import BLOCK, memory_of
from cellctl_config.plan import System, console_macro
from cellctl_config.refusal import EXIT_REFUSED, EXIT_USAGE, Refusal
from cellctl_config.tree import Node

KEEP_MORE = "keep more memory from Linux, or give the cell less"


class Offer(NamedTuple):
    """What the root cell has to give: by a plan of the system, or by its configuration."""

    origin: str
    nr_cpus: int
    givable: list[int]  # CPUs that Linux can do without
    free: list[Range]  # RAM that is neither Linux's nor the hypervisor's
    shared: list[Range]
    regions: list[Range] | None  # all of the root cell; None: whatever the machine has
    intids: frozenset[int] | None


@dataclass
class CellPlan:
    """One cell. `warnings` is what the user has to see to."""

    name: str
    cpus: list[int]
    memory: Range
    shared: list[Range] = field(default_factory=list)
    registers: list[tuple[str, Range, str]] = field(default_factory=list)  # name, pages, remark
    spis: dict[int, list[str]] = field(default_factory=dict)
    console: Node | None = None
    has_ring: bool = True
    virtual_uart: tuple[int, int] | None = None  # address and INTID
    native_idle: bool = False
    warnings: list[str] = field(default_factory=list)


# ---- What there is ----


def offer_of_plan(system: System) -> Offer:
    kept = [region.range for region in system.regions if region.name.startswith("cells")]
    shared = [region.range for region in system.regions if "SHARED" in region.flags]
    return Offer("the system that `config create` plans", len(system.cpus), givable(system.cpus), kept,
                 shared, None, None)


def offer_of_file(machine: Machine, system: binary.System) -> Offer:
    """Memory of the configuration that Linux does not have, by what is known of Linux."""
    ram = [region for region in system.regions if not region.is_io]
    if not machine.system_ram:
        raise Refusal(f"{machine.origin}: /proc/iomem is not known, so neither is what memory Linux uses",
                      "leave --system out, or give --from what was collected on the running board")
    own = [Range.sized(region.phys, region.size) for region in ram if not region.is_shared]
    shared = [Range.sized(region.phys, region.size) for region in ram if region.is_shared]
    regions = [Range.sized(region.phys, region.size) for region in system.regions]
    left = givable(cpus_of(machine))
    can = [cpu for cpu in range(len(system.mpidrs)) if cpu in left]
    free = subtract(own, [*machine.system_ram, *_of_others(machine)])
    return Offer(system.file, len(system.mpidrs), can, free, shared, regions, system.intids)


def _of_others(machine: Machine) -> list[Range]:
    """Memory of drivers and of UEFI, and where Linux may get more: no System RAM, and not for cells."""
    found = memory_of(machine, [])
    kept = [item.range for item in found.kept]
    return [*subtract((item.range.pages() for item in [*found.reservations, *found.mapped]), kept),
            *(item.range for item in found.firmware), *found.added]


# ---- CPUs and memory ----


def check_cpus(cpus: list[int], offer: Offer, others: list[binary.Cell]) -> list[int]:
    unknown = [cpu for cpu in cpus if cpu >= offer.nr_cpus]
    if unknown:
        raise Refusal(f"--cpus: there is no CPU {unknown[0]}: {offer.origin} has CPUs 0 to "
                      f"{offer.nr_cpus - 1}", "choose among these", EXIT_REFUSED)
    refused = [cpu for cpu in cpus if cpu not in offer.givable]
    if refused:
        raise Refusal(f"--cpus: Linux cannot turn CPU {refused[0]} off without PSCI",
                      "boot it with nr_cpus=, so that it leaves CPUs in the spin table, and choose one of "
                      "these", EXIT_REFUSED)
    if len(cpus) == offer.nr_cpus:
        raise Refusal(f"--cpus: {words.numbers(cpus)} are all CPUs", "leave Linux one of them", EXIT_REFUSED)
    for other in others:
        both = sorted(set(cpus) & set(other.cpus))
        if both:
            raise Refusal(f"--cpus: CPU {both[0]} is the cell {other.name}'s ({other.file})",
                          "choose another one", EXIT_REFUSED)
    return cpus


def place_memory(size: int, at: int | None, offer: Offer, others: list[binary.Cell]) -> Range:
    """The first place at a multiple of 2 MiB, or where the user says."""
    if not size or size % PAGE:
        raise Refusal(f"--memory: {size} bytes are no pages", "give a multiple of 4 KiB", EXIT_USAGE)
    taken = [Range.sized(region.phys, region.size) for other in others for region in other.regions]
    free = subtract(offer.free, taken)
    if at is not None:
        wish = Range.sized(at, size)
        if at % PAGE or not any(item.contains(wish) for item in free):
            raise Refusal(f"--memory-at: {wish} is not free for a cell; free is {_listed(free)}", KEEP_MORE,
                          EXIT_REFUSED)
        return wish
    for item in free:
        start = -(-item.start // BLOCK) * BLOCK
        if start + size <= item.end:
            return Range.sized(start, size)
    raise Refusal(f"--memory: there is no room for {words.size(size)} at a multiple of 2 MiB; free is "
                  f"{_listed(free)}", KEEP_MORE, EXIT_REFUSED)


def _listed(free: list[Range]) -> str:
    return ", ".join(f"{item} ({words.size(item.size)})" for item in free[:MAX_LISTED]) or "nothing"


# ---- The console ----


def choose_console(machine: Machine, wish: str | None, nodes: list[Node]) -> tuple[Node | None, bool]:
    """The UART and whether it is the ring instead. By default the first UART of the cell's own."""
    if wish in ("ring", "virtual", "none"):
        return None, wish == "ring"
    if wish is None:
        uart = next((node for node in nodes if console_macro(node)), None)
        return uart, uart is None
    node = find_device(machine, wish)
    if node not in nodes:
        raise Refusal(f"--console: {node.path} is none of the cell's devices", f"add --device {wish}",
                      EXIT_REFUSED)
    if not console_macro(node):
        kind = ", ".join(node.compatible)
        raise Refusal(f"--console: {node.path} ({kind}) is no UART that a configuration can name",
                      "take --console ring; the cell has the UART all the same", EXIT_REFUSED)
    return node, False
