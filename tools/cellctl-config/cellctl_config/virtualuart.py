# SPDX-License-Identifier: GPL-2.0-only
"""Where a cell gets its virtual UART: a page of addresses and an SPI that nothing has."""

from __future__ import annotations

from collections.abc import Iterator

from cellctl_config import binary
from cellctl_config.addresses import PAGE, Range, registers
from cellctl_config.cellplan import CellPlan, Offer
from cellctl_config.controllers import FIRST_SPI
from cellctl_config.interrupts import interrupts
from cellctl_config.machine import Machine
from cellctl_config.refusal import EXIT_REFUSED, Refusal
from cellctl_config.spis import unnamed_spis

STEP = 64 << 10  # so that kernels with larger pages can map it, and nothing else with it
END = 1 << 32


def _named_spis(machine: Machine) -> Iterator[int]:
    """Of all nodes: also of one that is disabled the line may be connected."""
    for node in machine.tree.walk():
        try:
            yield from (item.intid for item in interrupts(node) if item.kind == "SPI")
        except Refusal:  # config create reports it
            continue


def choose_spi(machine: Machine, offer: Offer, others: list[binary.Cell], plan: CellPlan) -> int:
    """The first that neither a device nor a controller for messages or pins has, nor another cell."""
    named = set(_named_spis(machine))
    taken = named | set(unnamed_spis(machine)[0]) | set(plan.spis) | {intid for other in others for intid in other.intids}
    offered = range(FIRST_SPI, max(named, default=FIRST_SPI) + 1) if offer.intids is None else sorted(offer.intids)
    spi = next((intid for intid in offered if intid not in taken), None)
    if spi is None:
        raise Refusal(f"--console virtual: {offer.origin} has no SPI that no device has",
                      "add one to its .irqs (`config create --spis`), or write VUART(address), which is polled",
                      EXIT_REFUSED)
    plan.warnings.append(f"no node of the device tree has INTID {spi}, so the virtual UART gets it: see that no device "
                         "of this chip raises it all the same")
    if offer.intids is None:
        plan.warnings.append(f"the system configuration needs INTID {spi}: `config create --spis {spi}`")
    return spi


def choose_address(machine: Machine, plan: CellPlan) -> int:
    """The first place that the device tree leaves free, for whoever looks for a device elsewhere."""
    taken = [plan.memory, *plan.shared, *(pages for _, pages, _ in plan.registers)]
    for node in machine.tree.walk():
        try:
            taken += registers(node)
        except Refusal:
            continue
    start = STEP
    while start < END:
        page = Range.sized(start, PAGE)
        behind = max((item.end for item in taken if item.overlaps(page)), default=None)
        if behind is None:
            return start
        start = -(-behind // STEP) * STEP
    raise Refusal("--console virtual: the device tree leaves no address below 4 GiB free",
                  "write VUART(address, INTID) yourself", EXIT_REFUSED)
