# SPDX-License-Identifier: GPL-2.0-only
"""The devices of a cell: their nodes, registers and interrupts, and what stands against giving them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cellctl_config import binary, buses, devices, efi, sharing
from cellctl_config.addresses import Range, is_pci, registers, subtract
from cellctl_config.consoles import is_uart, linux_consoles, unknown_consoles
from cellctl_config.cpus import cpus_of
from cellctl_config.gic import Gic, gic_of, message_spis
from cellctl_config.interrupts import interrupts
from cellctl_config.machine import Machine
from cellctl_config.memory import is_memory
from cellctl_config.refusal import EXIT_REFUSED, Refusal
from cellctl_config.tree import Node

if TYPE_CHECKING:
    from cellctl_config.cellplan import CellPlan, Offer

MAX_LISTED = 6  # of things in a message


def find_device(machine: Machine, text: str) -> Node:
    found = machine.tree.match(text)
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(node.path for node in found[:MAX_LISTED])
        raise Refusal(f'--device: "{text}" may be any of {len(found)} nodes: {listed}'
                      + (" and others" if len(found) > MAX_LISTED else ""), "give the path of one")
    known = {node.name for node in machine.tree.walk()} | set(machine.tree.aliases)
    close = difflib.get_close_matches(text.rpartition("/")[2], sorted(known), MAX_LISTED)
    raise Refusal(f'--device: {machine.origin} has no node "{text}"',
                  f"do you mean {' or '.join(close)}?" if close else "see /sys/firmware/devicetree/base")


def check_device(machine: Machine, gic: Gic, node: Node) -> None:
    """That it is a device at all, and none that Linux or the hypervisor cannot do without."""
    for console, why in linux_consoles(machine):
        if node in (console, *console.ancestors()):
            raise Refusal(f"--device: {node.path} is Linux's console ({why})",
                          "give the cell another UART, or Linux another console", EXIT_REFUSED)
    if any(place in gic.nodes or place is machine.gic for place in (node, *node.ancestors())):
        raise Refusal(f"--device: {node.path} is part of the interrupt controller",
                      "leave it out: each cell sees its own part of the GIC", EXIT_REFUSED)
    if node.is_secure:
        raise Refusal(f"--device: {node.path} is the Secure world's (secure-status)", "give the cell another device",
                      EXIT_REFUSED)
    if is_memory(node) or devices.is_reserved_memory(node):
        raise Refusal(f"--device: {node.path} is memory", "say with --memory how much the cell gets",
                      EXIT_REFUSED)
    for place in node.ancestors():
        if is_pci(place) and place.parent is not None:
            raise Refusal(f"--device: {node.path} is on the PCI bus of {place.path}",
                          "give the cell the whole host, or a device that is on no PCI bus", EXIT_REFUSED)
    if not _parts(node):
        _refuse_without_registers(node)


def _refuse_without_registers(node: Node) -> None:
    parent = node.parent
    if "reg" in node and parent is not None and "ranges" not in parent:
        raise Refusal(f"--device: {node.path} has no registers that a CPU reaches: {parent.path} talks to it",
                      "give the cell that controller", EXIT_REFUSED)
    raise Refusal(f"--device: {node.path} has no registers (reg)", "give a node that has some", EXIT_REFUSED)


def _parts(node: Node) -> list[Node]:
    """The node, and what is below it with registers of its own, as far as it is in use."""
    found = [part for part in node.walk() if part is node or part.is_enabled]
    return [part for part in found if registers(part)]


def _others_in(machine: Machine, pages: Range, own: set[Node]) -> list[Node]:
    """Neighbours: buses are none, nor what the cell's devices are parts of."""
    found = []
    for node in machine.tree.walk():
        if node in own or not devices.is_device(node) or buses.is_bus(node) or buses.is_above(node, own):
            continue
        try:
            if any(item.pages().overlaps(pages) for item in registers(node)):
                found.append(node)
        except Refusal:  # config create reports it
            continue
    return found


class Devices:
    """Collects the devices of a cell into its plan."""

    def __init__(self, machine: Machine, offer: Offer, others: list[binary.Cell], plan: CellPlan) -> None:
        self.machine = machine
        self.gic = gic_of(machine, len(cpus_of(machine)))
        self.offer = offer
        self.others = others
        self.plan = plan
        self.messages = message_spis(machine)[0]
        self.consoles = [node for node, _ in linux_consoles(machine)]

    def add(self, nodes: list[Node]) -> None:
        for node in nodes:
            check_device(self.machine, self.gic, node)
        self._warn_of_consoles(nodes)
        own = {part for node in nodes for part in node.walk()}
        pieces: list[devices.Piece] = []
        for node in nodes:
            for part in _parts(node):
                self._add_registers(part, own, pieces)
                self._add_interrupts(part, own)
                self.plan.warnings += sharing.warnings(self.machine, part, [*own])
        pieces = sorted(pieces, key=lambda piece: piece.range)
        for name, piece in zip(devices.name_pieces(pieces, {"ram", "shared"}), pieces):
            self.plan.registers.append((name, piece.range, ", ".join(piece.names)))

    def _warn_of_consoles(self, nodes: list[Node]) -> None:
        """A UART that may be Linux's console must not be given away without a word."""
        uarts = [part.path for node in nodes for part in node.walk() if is_uart(part)]
        unknown = [f"console={name}" for name in unknown_consoles(self.machine)]
        if uarts and unknown:
            self.plan.warnings.append(
                f"which UART {', '.join(unknown)} is, nothing tells: see that it is not {' or '.join(uarts)}, and that "
                "Linux keeps its console (`dmesg | grep tty`)")
        elif uarts and not self.consoles:
            self.plan.warnings.append(
                f"neither chosen/stdout-path nor console= says which UART is Linux's console: see that it is not "
                f"{' or '.join(uarts)}")

    def _add_registers(self, node: Node, own: set[Node], pieces: list[devices.Piece]) -> None:
        for item in registers(node):
            pages = item.pages()
            self._check_pages(node, pages, own)
            claim = devices.Claim(item, node.base_name, devices.label(node), False, False)
            devices.add_piece(pieces, pages, claim)

    def _check_pages(self, node: Node, pages: Range, own: set[Node]) -> None:
        if any(pages.overlaps(item) for item in self.gic.covers):
            raise Refusal(f"--device: {node.path} shares the page {pages} with the interrupt controller",
                          "leave it with Linux", EXIT_REFUSED)
        if self.offer.regions is not None and subtract([pages], self.offer.regions):
            raise Refusal(f"--device: {pages} of {node.path} is no region of {self.offer.origin}",
                          "add it there first", EXIT_REFUSED)
        if not efi.is_off(self.machine) and any(pages.overlaps(item) for item in efi.runtime_registers(self.machine)):
            raise Refusal(f"--device: {node.path} ({pages}) is in use by UEFI's runtime services, whatever its status says",
                          "leave it with Linux, or boot that with efi=noruntime", EXIT_REFUSED)
        for other in self.others:
            for region in other.regions:
                if pages.overlaps(Range.sized(region.phys, region.size)):
                    raise Refusal(f"--device: {node.path} ({pages}) is the cell {other.name}'s "
                                  f"({other.file})", "choose another device", EXIT_REFUSED)
        self._warn_of_neighbours(node, pages, _others_in(self.machine, pages, own))
        owner = buses.owner_of_page(node, pages)
        if owner is not None and owner not in own:
            self.plan.warnings.append(
                f"{node.path} is a part of {owner.path}, which has registers of its own in {pages}: see that Linux's "
                "driver of that leaves them alone")

    def _warn_of_neighbours(self, node: Node, pages: Range, found: list[Node]) -> None:
        for other in found:
            if other in self.consoles:
                raise Refusal(f"--device: {node.path} shares the page {pages} with {other.path}, Linux's "
                              "console", "choose another device, or give Linux another console", EXIT_REFUSED)
        if found:
            in_use = [other for other in found if other.is_enabled]
            listed = ", ".join(other.path for other in (in_use or found)[:MAX_LISTED])
            loss = "Linux does not use them"
            if any(buses.is_provider(other) for other in in_use):
                loss = "Linux loses them, which other devices need; choose another device"
            elif in_use:
                loss = "Linux loses them; turn them off in its device tree"
            self.plan.warnings.append(
                f"{node.path} shares the page {pages} with {listed}: the cell gets them, too, and {loss}")

    def _add_interrupts(self, node: Node, own: set[Node]) -> None:
        for item in interrupts(node):
            if item.kind == "SPI":
                self._add_spi(node, item.intid, own)
            elif item.kind == "PPI":
                self.plan.warnings.append(f"{node.path} has {item}: each CPU has its own, so the cell has it "
                                          "on its CPUs without being given it")
            elif item.kind:
                raise Refusal(f"--device: {node.path} has {item}, and Cellblock knows SPIs to 1019",
                              "leave it with Linux", EXIT_REFUSED)
            elif item.controller not in own:
                self.plan.warnings.append(
                    f"{node.path} has the interrupt {item}, which stays with Linux: the cell has to poll, or "
                    "to be given that controller, too")

    def _add_spi(self, node: Node, intid: int, own: set[Node]) -> None:
        names = self.plan.spis.setdefault(intid, [])
        if node.name in names:
            return
        names.append(node.name)
        if len(names) > 1:
            return
        if self.offer.intids is not None and intid not in self.offer.intids:
            raise Refusal(f"--device: SPI (INTID {intid}) of {node.path} is not one of {self.offer.origin}",
                          "add it to .irqs there first", EXIT_REFUSED)
        for other in self.others:
            if intid in other.intids:
                raise Refusal(f"--device: the interrupt {intid} of {node.path} is the cell {other.name}'s "
                              f"({other.file})", "choose another device", EXIT_REFUSED)
        self.plan.warnings += self._spi_warnings(node, intid, own)

    def _spi_warnings(self, node: Node, intid: int, own: set[Node]) -> Iterator[str]:
        users = [other for other in self._users(intid)
                 if other not in own and not buses.is_map(other) and not buses.is_above(other, own)]
        if users:
            listed = ", ".join(other.path for other in users[:MAX_LISTED])
            yield (f"SPI (INTID {intid}) of {node.path} is raised by {listed} as well: Linux loses it; turn "
                   "them off in Linux's device tree")
        if intid in self.messages:
            yield (f"SPI (INTID {intid}) of {node.path} can be raised by {self.messages[intid]}, which stays "
                   "with Linux")

    def _users(self, intid: int) -> Iterator[Node]:
        for node in self.machine.tree.walk():
            try:
                if node.is_enabled and any(item.intid == intid for item in interrupts(node)):
                    yield node
            except Refusal:  # config create reports it
                continue
