# SPDX-License-Identifier: GPL-2.0-only
"""Who has what, once the system is enabled and the cells exist: pieces of the address space, CPUs
and interrupts with their owners. It relies on configurations that check.py accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby

from cellctl_config import binary

CELLBLOCK = -1  # the owner of what is the hypervisor's; the root cell is 0, cells are 1 and up
ROOT = 0

MEMORY, DEVICE, NO_ACCESS = "memory", "device", "no access"


@dataclass(frozen=True)
class Holding:
    """What one owner has of a piece: under which name, with which rights, and where it sees it."""

    name: str
    rights: str
    kind: str  # MEMORY, DEVICE or NO_ACCESS
    virt: int | None = None  # only where it is not the physical address
    is_console: bool = False


@dataclass(frozen=True)
class Piece:
    """A range that has the same owners throughout; one without any is a gap."""

    start: int
    end: int
    name: str
    holdings: dict[int, Holding] = field(default_factory=dict)
    is_shared: bool = False

    @property
    def size(self) -> int:
        return self.end - self.start


def rights_of(region: binary.Region) -> str:
    """'rwx', 'rw io', 'rwx load'"""
    text = "".join(letter for letter, flag in
                   (("r", binary.READ), ("w", binary.WRITE), ("x", binary.EXECUTE)) if region.flags & flag)
    return text + (" io" if region.is_io else "") + (" load" if region.flags & binary.LOADABLE else "")


@dataclass(frozen=True)
class Claim:
    """A range that a configuration gives to an owner; those of a lower level give way."""

    start: int
    end: int
    owner: int
    level: int  # 0 the root cell, 1 cells, 2 the hypervisor and the GIC
    holding: Holding
    is_shared: bool = False
    key: tuple = ()


ROOT_LEVEL, CELL_LEVEL, HARDWARE_LEVEL = range(3)


def claims_of(system: binary.System, cells: list[binary.Cell]) -> list[Claim]:
    found = hardware_claims(system, len(cells))
    for owner, cell in enumerate([system, *cells]):
        for i, region in enumerate(cell.regions):
            virt = region.virt if region.virt != region.phys else None
            is_console = has_console(cell, region) if owner else False
            kind = DEVICE if region.is_io else MEMORY
            holding = Holding(region.name, rights_of(region), kind, virt, is_console)
            found.append(Claim(region.phys, region.end, owner, CELL_LEVEL if owner else ROOT_LEVEL,
                               holding, region.is_shared, (owner, i)))
    return found


def has_console(cell: binary.Cell, region: binary.Region) -> bool:
    return bool(cell.console.address) and 0 <= cell.console.address - region.virt < region.size


def hardware_claims(system: binary.System, nr_cells: int) -> list[Claim]:
    """The hypervisor, and the GIC's frames as gic/frames.c has them."""
    def claim(name: str, frame: binary.Frame, owner: int, rights: str, kind: str) -> Claim:
        return Claim(frame.phys, frame.end, owner, HARDWARE_LEVEL, Holding(name, rights, kind),
                     False, (name, owner))

    found = [claim("hypervisor", system.hypervisor, CELLBLOCK, "EL2 only", MEMORY)]
    for name, frame in system.frames.items():
        for owner, rights in frame_rights(name, nr_cells).items():
            kind = NO_ACCESS if owner == CELLBLOCK else DEVICE
            found.append(claim(name.upper(), frame, owner, rights, kind))
    return found


def frame_rights(name: str, nr_cells: int) -> dict[int, str]:
    """By owner."""
    if name == "its":
        return {ROOT: "rw io"}
    if name == "gicc":
        return {ROOT: "rw io", **{cell: "1st page" for cell in range(1, nr_cells + 1)}}
    if name == "gich":
        return {ROOT: "1st page"}
    return {CELLBLOCK: "hidden" if name == "gicv" else "filtered"}


def holders(claims: list[Claim]) -> list[Claim]:
    """Of the claims to one piece those that hold: a cell takes memory from the root cell."""
    highest = max((claim.level for claim in claims), default=ROOT_LEVEL)
    if highest == CELL_LEVEL and any(c.is_shared for c in claims if c.level == CELL_LEVEL):
        return claims
    return [claim for claim in claims if claim.level == highest]


def name_of(claims: list[Claim]) -> str:
    """The root cell's name for a piece, or the hardware's."""
    first = min(claims, key=lambda claim: (claim.level != HARDWARE_LEVEL, claim.level))
    return first.holding.name


def make_piece(start: int, end: int, claims: list[Claim]) -> Piece:
    if not claims:
        return Piece(start, end, "")
    held = holders(claims)
    holdings = {}
    for claim in held:
        holding = claim.holding
        if holding.virt is not None:
            holding = replace(holding, virt=holding.virt + start - claim.start)
        holdings[claim.owner] = holding
    is_shared = len({claim.owner for claim in held}) > 1 and held[0].level != HARDWARE_LEVEL
    return Piece(start, end, name_of(claims), holdings, is_shared)


def pieces(system: binary.System, cells: list[binary.Cell]) -> list[Piece]:
    """The whole address space in order, from the first byte that somebody has to the last."""
    claims = sorted(claims_of(system, cells), key=lambda claim: claim.start)
    edges = sorted({edge for claim in claims for edge in (claim.start, claim.end)})
    found: list[tuple[int, int, list[Claim]]] = []
    for start, end in zip(edges, edges[1:]):
        here = [claim for claim in claims if claim.start <= start and end <= claim.end]
        found.append((start, end, here))
    merged = groupby(found, key=lambda item: [claim.key for claim in item[2]])
    runs = [list(group) for _, group in merged]
    return [make_piece(run[0][0], run[-1][1], run[0][2]) for run in runs]


def is_root_device(piece: Piece) -> bool:
    return list(piece.holdings) == [ROOT] and piece.holdings[ROOT].rights == "rw io"


def collapsed(items: list, belongs: Callable[[object], bool], counts: Callable[[object], bool],
              least: int) -> list[list]:
    """Each item in a list of its own, but runs that belong together, if enough of them count, in one."""
    groups: list[list] = []
    for is_run, run in groupby(items, key=belongs):
        members = list(run)
        end = max((i + 1 for i, item in enumerate(members) if counts(item)), default=0)
        start = next((i for i, item in enumerate(members) if counts(item)), 0)
        if is_run and sum(map(counts, members)) >= least:
            groups += [[item] for item in members[:start]]
            groups.append(members[start:end])
            groups += [[item] for item in members[end:]]
        else:
            groups += [[item] for item in members]
    return groups


def groups(pieces: list[Piece], least: int, most: int) -> list[list[Piece]]:
    """With more than `most`, devices of the root cell that follow each other are one group."""
    if sum(1 for piece in pieces if piece.holdings) <= most:
        return [[piece] for piece in pieces]
    return collapsed(pieces, lambda piece: is_root_device(piece) or not piece.holdings, is_root_device,
                     least)


def irq_groups(runs: list[tuple[int, int, int]], least: int,
               most: int) -> list[list[tuple[int, int, int]]]:
    """The same for interrupts."""
    if len(runs) <= most:
        return [[run] for run in runs]
    return collapsed(runs, lambda run: run[2] == ROOT, lambda run: run[2] == ROOT, least)


def owner_runs(numbers: Iterable[int], owner_of: Callable[[int], int]) -> list[tuple[int, int, int]]:
    """First, last and owner of each run of consecutive numbers that one owner has."""
    found: list[tuple[int, int, int]] = []
    for number in sorted(numbers):
        owner = owner_of(number)
        if found and found[-1][1] + 1 == number and found[-1][2] == owner:
            found[-1] = (found[-1][0], number, owner)
        else:
            found.append((number, number, owner))
    return found


def irq_runs(system: binary.System, cells: list[binary.Cell]) -> list[tuple[int, int, int]]:
    owners = {intid: owner for owner, cell in enumerate(cells, 1) for intid in cell.intids}
    return owner_runs(system.intids, lambda intid: owners.get(intid, ROOT))


def cpu_owner(cells: list[binary.Cell], cpu: int) -> int:
    return next((owner for owner, cell in enumerate(cells, 1) if cell.cpu_set >> cpu & 1), ROOT)
