# SPDX-License-Identifier: GPL-2.0-only
"""Which field of a C source a refusal is about, in the terms of <cellblock/board.h>.

The record says by its code what its index and its addresses are (include/cellblock/error.h).
"""

from __future__ import annotations

from cellctl_config import binary

ARRAYS = (".regions", ".irqs", ".smcs", ".cpus", ".spin_table")
REGION_FIELDS = {
    "CB_ERR_REGION_EMPTY": ".size",
    "CB_ERR_REGION_FLAGS": ".flags",
    "CB_ERR_REGION_PERMISSION": ".flags",
    "CB_ERR_CONFIG_NAME_LONG": ".name",
}
FIELDS = {
    "CB_ERR_CONFIG_FLAGS": ".flags",
    "CB_ERR_CONFIG_NAME_EMPTY": ".name",
    "CB_ERR_CONFIG_NAME_LONG": ".name",
    "CB_ERR_CELL_NAME_TAKEN": ".name",
    "CB_ERR_HV_UNALIGNED": ".hypervisor",
    "CB_ERR_HV_TOO_SMALL": ".hypervisor",
    "CB_ERR_GIC_VERSION": ".gic.version",
    "CB_ERR_LPI": ".cpus",
}


def of_region(configuration: binary.Cell, index: int) -> str:
    """'.regions[3] "uart"'"""
    name = configuration.regions[index].name
    return f".regions[{index}] \"{name}\"" if name else f".regions[{index}]"


def of_refusal(configuration: binary.Cell | None, refusal: dict) -> str:
    """The field; '' if the whole file is meant, or it cannot be read."""
    code, index = refusal["code"], refusal["index"]
    if code == "CB_ERR_CONFIG_ARRAY":
        return ARRAYS[index]
    if configuration is None:
        return FIELDS.get(code, "")
    if is_about_region(configuration, refusal):
        return region_field(configuration, refusal)
    if code.startswith("CB_ERR_IRQ_"):
        return f".irqs[{index}]"
    if code == "CB_ERR_CPU_RELEASE":
        return f".spin_table[{index}]"
    if code == "CB_ERR_CPU_LAST" and isinstance(configuration, binary.System):
        return ".spin_table"
    if code.startswith("CB_ERR_CPU_"):
        is_list = code in ("CB_ERR_CPU_MPIDR", "CB_ERR_CPU_DUPLICATE")
        return f".cpus[{index}]" if is_list else ".cpus"
    if code in ("CB_ERR_GIC_MISSING", "CB_ERR_GIC_ADDRESS"):
        return f".gic.{binary.FRAMES[index]}"
    if code in FIELDS:
        return FIELDS[code]
    return console_or_hypervisor(configuration, refusal)


def address_of(refusal: dict, name: str = "address") -> int:
    return int(refusal[name], 16)


def is_about_region(configuration: binary.Cell, refusal: dict) -> bool:
    """Codes of regions are also used for .hypervisor and for .debug_console."""
    code, index, address = refusal["code"], refusal["index"], address_of(refusal)
    if index >= len(configuration.regions):
        return False
    region = configuration.regions[index]
    if code == "CB_ERR_ARGUMENT":
        return isinstance(configuration, binary.System) and region.virt == address != region.phys
    is_code = code.startswith("CB_ERR_REGION_") or code == "CB_ERR_CONFIG_NAME_LONG"
    return (is_code and region.size == address_of(refusal, "size") and
            address in (region.phys, region.virt))


def region_field(configuration: binary.Cell, refusal: dict) -> str:
    region = configuration.regions[refusal["index"]]
    part = REGION_FIELDS.get(refusal["code"], "")
    if not part and address_of(refusal) != region.phys:
        part = ".virt"
    return of_region(configuration, refusal["index"]) + (f" {part}" if part else "")


def console_or_hypervisor(configuration: binary.Cell, refusal: dict) -> str:
    code, address = refusal["code"], address_of(refusal)
    is_system = isinstance(configuration, binary.System)
    console = configuration.debug_console if is_system else configuration.console
    field = ".debug_console" if is_system else ".console"
    if code == "CB_ERR_CONSOLE_PLACE":
        return field
    if code == "CB_ERR_ARGUMENT":
        if configuration.log_size and address == configuration.log_size:
            return ".log_size"
        return field if address in (console.type, console.irq, console.address) else ""
    if code.startswith("CB_ERR_REGION_"):
        return field if console.type and address == console.address else ".hypervisor"
    is_size = code in ("CB_ERR_CONFIG_TOO_LARGE", "CB_ERR_NO_MEMORY")
    return ".hypervisor" if is_system and is_size else ""
