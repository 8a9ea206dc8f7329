# SPDX-License-Identifier: GPL-2.0-only
"""What a device still shares with Linux when a cell has its registers, and what to do about it.

Clocks, resets, power domains, pins and regulators belong to controllers that stay with Linux. The
driver holds them for the cell as long as that exists; the cell cannot change them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cellctl_config import buses
from cellctl_config.machine import Machine
from cellctl_config.refusal import Refusal
from cellctl_config.tree import Node


class Provided(NamedTuple):
    """References of one kind: the property, the count of cells in it, and the sentence's parts."""

    name: str
    count: str
    what: str
    effect: str
    remedy: str


# How to see whether Linux could: its driver of the provider may be missing.
HELD = "`cellctl show` of the cell lists {it}, or says what could not be had"

PROVIDED = (
    Provided("clocks", "#clock-cells", "clock",
             "Linux holds {it} on, at the rate as it is at create, until the cell is destroyed", HELD),
    Provided("resets", "#reset-cells", "reset line", "Linux keeps the device out of reset from create on", HELD),
    Provided("power-domains", "#power-domain-cells", "power domain",
             "Linux holds {it} on from create to destroy", HELD),
    Provided("dmas", "#dma-cells", "DMA channel", "the controller stays with Linux",
             "use the device without DMA in the cell"),
    Provided("iommus", "#iommu-cells", "stream", "the device can master the bus, and the IOMMU before it "
             "is Linux's",
             "see that it lets the device pass (arm-smmu.disable_bypass=0), and trust the cell with DMA"),
    Provided("interconnects", "#interconnect-cells", "interconnect path",
             "Linux may take its bandwidth away", "keep a driver of Linux that votes for the path"),
)

# Providers that cannot be switched off.
CONSTANT = ("fixed-clock", "fixed-factor-clock", "regulator-fixed", "arm,psci")

# Generic names (Devicetree Specification) of devices that master the bus.
MASTERS = ("ethernet", "mmc", "usb", "sata", "ahci", "pcie", "pci", "gpu", "dma-controller", "dma", "crypto",
           "display", "display-controller", "video-codec", "virtio_mmio", "nand-controller", "hdmi", "can-fd")


def warnings(machine: Machine, node: Node, given: list[Node]) -> Iterator[str]:
    """A sentence for each; providers that the cell gets too (`given`) are its own affair."""
    for kind in PROVIDED:
        yield from _references(node, kind, given)
    yield from _pins(node, given)
    yield from _supplies(node, given)
    yield from _gpios(node, given)
    yield from _dma(node)
    yield from _driver(machine, node, given)


def kinds_of(node: Node) -> list[str]:
    """What stays with Linux, in single words: "clock", "pins"."""
    found = [kind.what for kind in PROVIDED if any(_references(node, kind, [node]))]
    others = (("pins", _pins), ("supply", _supplies))
    return found + [what for what, look in others if _any_of(look(node, [node]))]


def _any_of(warned: Iterator[str]) -> bool:
    try:
        return any(warned)
    except Refusal:  # a reference to nothing: config cell reports it
        return True


def _is_no_concern(provider: Node, given: list[Node]) -> bool:
    """Whether Linux will not change it: it has no driver for it, or cannot, or the cell has it too."""
    return provider in given or provider.is_compatible(*CONSTANT) or not provider.is_enabled


def _is_behind_iommu(node: Node) -> bool:
    try:
        return any(ref.node.is_enabled for ref in node.references("iommus", "#iommu-cells"))
    except Refusal:  # _references() reports it
        return True


def _dma(node: Node) -> Iterator[str]:
    if node.base_name in MASTERS and not _is_behind_iommu(node):
        yield (f"{node.path} probably masters the bus, and no IOMMU is before it: who drives it can read and "
               "write all memory; give it only to a cell that you trust with that")


def _names(node: Node, name: str) -> list[str]:
    return node.strings({"clocks": "clock-names", "resets": "reset-names", "dmas": "dma-names",
                         "power-domains": "power-domain-names", "iommus": "iommu-names",
                         "interconnects": "interconnect-names"}[name])


def _references(node: Node, kind: Provided, given: list[Node]) -> Iterator[str]:
    if kind.name not in node:
        return
    try:
        references = node.references(kind.name, kind.count)
    except Refusal as refusal:
        yield f"{refusal.message}: see yourself what it shares with Linux"
        return
    names = _names(node, kind.name)
    seen: dict[str, list[str]] = {}
    for i, reference in enumerate(references):
        if _is_no_concern(reference.node, given):
            continue
        label = names[i] if i < len(names) else " ".join(map(str, reference.cells))
        seen.setdefault(reference.node.path, []).append(label)
    for path, labels in seen.items():
        labels = [label for label in dict.fromkeys(labels) if label]
        listed = f" ({', '.join(labels)})" if labels else ""
        plural, it = ("s", "them") if len(labels) > 1 else ("", "it")
        effect, remedy = (text.replace("{it}", it) for text in (kind.effect, kind.remedy))
        yield f"{node.path} has {kind.what}{plural}{listed} of {path}: {effect}; {remedy}"


def _pins(node: Node, given: list[Node]) -> Iterator[str]:
    for phandle in node.cells("pinctrl-0"):
        group = node.tree.by_phandle(phandle, node, "pinctrl-0")
        if not any(place in given for place in group.ancestors()) and group.is_enabled:
            yield (f"{node.path} needs the pins of {group.path}: Linux sets them up at create; "
                   + HELD.replace("{it}", "them"))


def _supplies(node: Node, given: list[Node]) -> Iterator[str]:
    for name in node.properties:
        if not name.endswith("-supply"):
            continue
        supply = node.reference(name)
        if supply is not None and not _is_no_concern(supply, given):
            yield (f"{node.path} is powered by {supply.path}: Linux holds it on from create to destroy; "
                   + HELD.replace("{it}", "it"))


def _gpios(node: Node, given: list[Node]) -> Iterator[str]:
    for name in node.properties:
        if re.fullmatch(r"(.+-)?gpios?", name) and "gpio-controller" not in node and "gpio-hog" not in node:
            for path in _gpio_controllers(node, name, given):
                yield f"{node.path} has {name} of {path}, which stays with Linux: set the pin there, once"


def _gpio_controllers(node: Node, name: str, given: list[Node]) -> list[str]:
    try:
        references = node.references(name, "#gpio-cells")
    except Refusal:  # something else of that name
        return []
    return list(dict.fromkeys(ref.node.path for ref in references if not _is_no_concern(ref.node, given)))


def _driver(machine: Machine, node: Node, given: list[Node]) -> Iterator[str]:
    """Whether Linux has the device, or would take it at the next boot. Who turned a bus off, or a chip with parts that
    stay Linux's, would turn off more than the cell gets.
    """
    has_parts = any(part.is_enabled and "reg" in part and part not in given for part in node.walk() if part is not node)
    if not node.is_enabled or has_parts or buses.is_bus(node):
        return
    keep = f"`fdt set {node.path} status reserved` in U-Boot, or status = \"reserved\" in the device tree"
    device = machine.driver_of(node)
    if device is not None:
        unbind = f"echo {device.name} >/sys/bus/{device.bus}/drivers/{device.driver}/unbind"
        yield (f"{node.path} is used by Linux's driver {device.driver}, so create would be refused: unbind "
               f"it ({unbind}), or keep Linux from it: {keep}")
    else:
        yield f"{node.path} is enabled, so a driver of Linux may take it: {keep}"
