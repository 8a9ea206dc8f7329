# SPDX-License-Identifier: GPL-2.0-only
"""Memory that is not System RAM and all the same Linux's: its drivers, or UEFI's services, use it.

That is what /reserved-memory has with no-map, what it has where no memory node says that there is RAM, and
what efi.py finds.
"""

from __future__ import annotations

from typing import NamedTuple

from cellctl_config.addresses import Range, subtract
from cellctl_config.memory import MEMRESERVE, Memory, Reservation


class Reserved(NamedTuple):
    """Pages of the root cell, and for what."""

    range: Range
    name: str
    flags: str
    remark: str


def _is_of_drivers(item: Reservation, found: Memory) -> bool:
    """The firmware's own is nobody's; /memreserve/ says what Linux is not to touch at all."""
    path = f"/reserved-memory/{item.name}"
    return item.name != MEMRESERVE and not any(place.source == path for place in found.firmware)


def _claims(found: Memory) -> list[Reserved]:
    claims = []
    no_map = [item.range.pages() for item in found.reservations if item.no_map]
    for item in found.reservations:
        pages = item.range.pages()
        if not _is_of_drivers(item, found):
            continue
        why, parts = "no-map", [pages]
        if not item.no_map:
            why, parts = "outside the RAM of all memory nodes", subtract([pages], [*found.ram, *no_map])
        claims += [Reserved(part, item.name.partition("@")[0], "DATA",
                            f"/reserved-memory/{item.name}: {why}, a driver of Linux may use it") for part in parts]
    return claims


def _joined(first: Reserved, second: Reserved) -> Reserved:
    """Of two that overlap, which Linux only warns of."""
    place = Range(first.range.start, max(first.range.end, second.range.end))
    return first._replace(range=place, remark=f"{first.remark}; overlaps {second.remark}")


def reserved_regions(found: Memory) -> list[Reserved]:
    """In order, without overlaps, and without what is kept for Cellblock or the firmware's."""
    regions: list[Reserved] = []
    for claim in sorted(_claims(found)):
        if regions and regions[-1].range.overlaps(claim.range):
            regions[-1] = _joined(regions[-1], claim)
        else:
            regions.append(claim)
    regions += [Reserved(piece.range, piece.name, "RAM" if piece.has_code else "DATA", piece.why)
                for piece in found.mapped]
    taken = [item.range for item in [*found.kept, *found.firmware]]
    return [region._replace(range=part) for region in sorted(regions) for part in subtract([region.range], taken)]
