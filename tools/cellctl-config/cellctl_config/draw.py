# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config draw SYSTEM [CELL...] -o FILE.svg`: one picture of the whole partitioning.

A table with a column for each owner: a row is a CPU, a piece of the address space or a run of
interrupts, and is filled in the columns of those who have it. So who owns a thing does not depend
on telling colours apart, and what is shared is filled more than once.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

from cellctl_config import binary, check, output, partition, source, words
from cellctl_config.partition import CELLBLOCK, ROOT, Holding, Piece
from cellctl_config.refusal import EXIT_OK, EXIT_REFUSED, Refusal
from cellctl_config.svg import Picture, fitted_size, shortened, wrap, wrap_list
from cellctl_config.totals import Totals, short_size

# Okabe and Ito's colours, which people with any colour vision can tell apart.
ROOT_COLOUR = "#0072b2"
CELL_COLOURS = ("#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#9a6324", "#8c8cd9")
CELLBLOCK_COLOUR = "#4d4d4d"
INK, FAINT, PAPER, BAND = "#1a1a1a", "#5c5c5c", "#ffffff", "#f5f5f5"

MARGIN = 28
ADDRESS_WIDTH = 122
BAR_WIDTH = 26
NAME_WIDTH = 150
SIZE_WIDTH = 84
TABLE_X = MARGIN + ADDRESS_WIDTH + BAR_WIDTH + NAME_WIDTH + SIZE_WIDTH
LANE_GAP = 5
LANE_WIDTH = 108  # at least, the gap included
MAX_LANE_WIDTH = 160
MIN_LANES_WIDTH = 620  # the legend needs as much

ROW = 21  # height of a row with one line of text
LINE = 13  # that each further line needs
GAP_ROW = 14
MAX_CPU_ROWS = 16  # more CPUs than this are drawn as runs
MAX_ROWS = 40  # with more than this, what the root cell has in a row is one row
MIN_GROUP = 3

KIB64 = 64 * 1024

LEGEND = (
    "r read, w write, x execute; io: device registers; load: the root cell writes it while the cell is "
    "loaded.",
    "IPA: where a cell sees a region, if that is not its physical address. The last row is the last byte.",
    "Heights grow with the logarithm of the size, and gaps are cut. Sizes are in powers of 1024.",
    "INTID: number of an interrupt, for an SPI that of the device tree plus 32. In large pictures what the "
    "root cell has in a row is listed in one row.",
)
GICV2_LEGEND = (
    "GICC is not shared: each CPU finds its own interface at this address, in a cell the first page of it.",
)


@dataclass(frozen=True, eq=False)
class Owner:
    """A column."""

    number: int
    name: str
    colour: str
    cell: binary.Cell | None

    @property
    def ink(self) -> str:
        """Black or white, whatever has more contrast (WCAG 2: relative luminance)."""
        parts = [int(self.colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        return PAPER if luminance < 0.18 else INK


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser(
        "draw", help="draw who owns what, as SVG",
        description="Draws one picture of a system and the cells that exist together on it: CPUs, "
                    "addresses and interrupts, who owns them and what is shared.")
    parser.add_argument("system", metavar="SYSTEM", help="system configuration: .cell or C source")
    parser.add_argument("cells", nargs="*", metavar="CELL", help="cells that exist together")
    parser.add_argument("-o", "--output", metavar="FILE.svg", required=True, help="- is standard output")
    parser.add_argument("--title", help="instead of one made of the board's name")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    refuse_what_cannot_be(args)
    system = source.load_system(args.system)
    cells = [source.load_cell(name) for name in args.cells]
    text = draw(system, cells, args.title)
    if args.output == "-":
        if args.json:
            output.show_object({"output": None, "picture": text})
        else:
            print(text, end="")
        return EXIT_OK
    try:
        Path(args.output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refusal(f"cannot write {args.output}: {error.strerror}", "give another file") from None
    if args.json:
        output.show_object({"output": args.output})
    return EXIT_OK


def refuse_what_cannot_be(args: argparse.Namespace) -> None:
    """A picture of what the hypervisor refuses would show what never is."""
    first = check.first_refusal([args.system, *args.cells])
    if first:
        raise Refusal(f"{first.place}: {first.message}",
                      f"{first.remedy}; `cellctl config check` says all that is wrong", EXIT_REFUSED)


def draw(system: binary.System, cells: list[binary.Cell], title: str | None = None) -> str:
    return Drawing(system, cells, title).render()


def owners_of(system: binary.System, cells: list[binary.Cell]) -> list[Owner]:
    colours = [CELL_COLOURS[i % len(CELL_COLOURS)] for i in range(len(cells))]
    return [Owner(ROOT, "root cell", ROOT_COLOUR, system),
            *(Owner(i, cell.name, colours[i - 1], cell) for i, cell in enumerate(cells, 1)),
            Owner(CELLBLOCK, "Cellblock", CELLBLOCK_COLOUR, None)]


def lane_width(nr_owners: int) -> int:
    return min(max(MIN_LANES_WIDTH // nr_owners, LANE_WIDTH), MAX_LANE_WIDTH)


def run_text(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def holding_lines(holding: Holding, row_name: str) -> list[str]:
    """What the box of an owner says; the name only if it is not that of the row."""
    lines = [holding.name] if holding.name != row_name else []
    lines.append(holding.rights + (", console" if holding.is_console else ""))
    return lines + ([f"IPA {holding.virt:#x}"] if holding.virt is not None else [])


class Drawing:
    """One picture; the methods paint from top to bottom."""

    def __init__(self, system: binary.System, cells: list[binary.Cell], title: str | None) -> None:
        self.system = system
        self.cells = cells
        self.owners = owners_of(system, cells)
        self.by_number = {owner.number: owner for owner in self.owners}
        self.pieces = partition.pieces(system, cells)
        name = f"{system.name}: who owns what"
        self.picture = Picture(title or name, self.summary())
        self.lane = lane_width(len(self.owners))
        self.box = self.lane - LANE_GAP
        self.width = TABLE_X + max(len(self.owners) * self.lane, MIN_LANES_WIDTH) + MARGIN
        self.patterns: dict[tuple[str, ...], str] = {}
        self.y = 0.0

    def summary(self) -> str:
        parts = [f"GICv{self.system.gic_version}", words.count(len(self.system.cpus), "CPU"),
                 words.count(len(self.cells), "cell") if self.cells else "no cell",
                 f"hypervisor in {short_size(self.system.hypervisor.size)} at "
                 f"{self.system.hypervisor.phys:#x}"]
        return ", ".join(parts)

    def render(self) -> str:
        self.paint_title()
        self.paint_owners()
        self.paint_cpus()
        self.paint_addresses()
        self.paint_interrupts()
        self.paint_legend()
        height = self.y + MARGIN
        self.picture.body.insert(
            0, f'<rect width="{self.width:.0f}" height="{height:.0f}" fill="{PAPER}"/>')
        return self.picture.render(self.width, height)

    # Places and fills

    def lane_x(self, owner: Owner) -> float:
        return TABLE_X + self.owners.index(owner) * self.lane

    def stripes(self, owners: list[Owner]) -> str:
        """The fill of what several owners have."""
        colours = tuple(owner.colour for owner in owners)
        if len(colours) == 1:
            return colours[0]
        if colours not in self.patterns:
            self.patterns[colours] = self.picture.hatch(f"shared{len(self.patterns)}", colours)
        return self.patterns[colours]

    # Rows

    def paint_title(self) -> None:
        size = fitted_size(self.picture.title, (self.width - 2 * MARGIN) / 1.2, 22)  # it is bold
        self.picture.text(MARGIN, 44, self.picture.title, size, fill=INK, font_weight="bold")
        self.picture.text(MARGIN, 66, self.picture.description, 13, fill=FAINT)
        self.y = 84

    def paint_section(self, title: str, captions: tuple[str, str, str] | None = None) -> None:
        """A heading and, where a table follows, its columns: the owners once more."""
        self.y += 16
        self.picture.line(MARGIN, self.y, self.width - MARGIN, self.y, INK, stroke_width=1.5)
        self.picture.text(MARGIN, self.y + 20, title, 14, fill=INK, font_weight="bold")
        self.y += 30
        if captions:
            self.paint_captions(*captions)

    def paint_captions(self, mark: str, name: str, size: str) -> None:
        y = self.y + 12
        self.picture.text(MARGIN + ADDRESS_WIDTH - 10, y, mark, 11, fill=FAINT, text_anchor="end")
        self.picture.text(MARGIN + ADDRESS_WIDTH + BAR_WIDTH + 10, y, name, 11, fill=FAINT)
        self.picture.text(TABLE_X - 10, y, size, 11, fill=FAINT, text_anchor="end")
        for owner in self.owners:
            x, width = self.lane_x(owner), self.box
            self.picture.text(x + width / 2, y, shortened(owner.name, width - 6, 10), 10, fill=INK,
                              text_anchor="middle")
            self.picture.rect(x, self.y + 16, width, 3, owner.colour)
        self.y += 23

    def paint_owners(self) -> None:
        self.paint_headers()
        totals = Totals(self.system, self.cells, self.pieces)
        rows = [totals.of(owner.number, owner.cell) for owner in self.owners]
        for i, name in enumerate(rows[0]):
            texts = {owner: row[name] for owner, row in zip(self.owners, rows)}
            self.paint_attribute(name, texts, i % 2 == 0)

    def paint_headers(self) -> None:
        names = {owner: wrap(owner.name, self.box - 8, 12, bold=True) for owner in self.owners}
        height = max(len(lines) for lines in names.values()) * 15 + 8
        for owner, lines in names.items():
            x = self.lane_x(owner)
            self.picture.rect(x, self.y, self.box, height, owner.colour, rx=3)
            self.paint_lines(x + self.box / 2, self.y + height / 2, lines, 12, owner.ink,
                             font_weight="bold")
        self.picture.text(TABLE_X - 10, self.y + height / 2 + 4, "owner", 12, fill=FAINT,
                          text_anchor="end")
        self.y += height + 4

    def paint_lines(self, x: float, middle: float, lines: list[str], size: float, ink: str,
                    **values: object) -> None:
        """Centred around a point."""
        y = middle - (len(lines) - 1) * (size + 2) / 2 + size * 0.36
        for line in lines:
            fitting = size if values else fitted_size(line, self.box - 6, size)
            self.picture.text(x, y, line, fitting, fill=ink, text_anchor="middle", **values)
            y += size + 2

    def paint_attribute(self, name: str, texts: dict[Owner, str], band: bool) -> None:
        wrapped = {owner: wrap(text, self.box - 6, 11) for owner, text in texts.items()}
        height = max(len(lines) for lines in wrapped.values()) * LINE + 7
        if band:
            self.picture.rect(MARGIN, self.y, self.width - 2 * MARGIN, height, BAND)
        self.picture.text(TABLE_X - 10, self.y + height / 2 + 4, name, 12, fill=FAINT, text_anchor="end")
        for owner, lines in wrapped.items():
            self.paint_lines(self.lane_x(owner) + self.box / 2, self.y + height / 2, lines,
                             11, INK)
        self.y += height

    # CPUs

    def paint_cpus(self) -> None:
        self.paint_section("CPUs", ("MPIDR", "number", ""))
        runs = [(cpu, cpu, partition.cpu_owner(self.cells, cpu)) for cpu in self.system.cpus]
        if len(runs) > MAX_CPU_ROWS:
            runs = partition.owner_runs(self.system.cpus,
                                        lambda cpu: partition.cpu_owner(self.cells, cpu))
        for i, (first, last, number) in enumerate(runs):
            mpidr = f"{self.system.mpidrs[first]:#x}"
            name = f"CPU {first}" if first == last else f"CPUs {first} to {last}"
            self.paint_row(mpidr, name, "" if first == last else str(last - first + 1),
                           {number: [self.boot_text(number, first, last)]}, ROW, i % 2 == 0)

    def boot_text(self, number: int, first: int, last: int) -> str:
        """A cell starts on its lowest CPU; some CPUs Linux never took."""
        cpus = self.by_number[number].cell.cpus
        if number == ROOT and first == last and first not in self.system.linux_cpus:
            return "waits, unused"
        if number == ROOT or not first <= cpus[0] <= last:
            return ""
        return "boot CPU" if first == last else f"boots on {cpus[0]}"

    # Addresses

    def paint_addresses(self) -> None:
        self.paint_section("Addresses", ("physical", "region", "size"))
        row = 0
        for group in partition.groups(self.pieces, MIN_GROUP, MAX_ROWS):
            if len(group) > 1:
                self.paint_piece_group(group, row % 2 == 0)
            elif group[0].holdings:
                self.paint_piece(group[0], row % 2 == 0)
            else:
                self.paint_gap(group[0])
                continue
            row += 1
        end = self.pieces[-1].end
        self.picture.text(MARGIN + ADDRESS_WIDTH - 10, self.y + 12, f"{end - 1:#x}", 11, mono=True,
                          fill=FAINT, text_anchor="end")
        self.picture.text(MARGIN + ADDRESS_WIDTH + BAR_WIDTH + 10, self.y + 12, "last byte", 11,
                          fill=FAINT)
        self.y += 16

    def paint_piece(self, piece: Piece, band: bool) -> None:
        lines = {number: holding_lines(holding, piece.name)
                 for number, holding in piece.holdings.items()}
        self.paint_row(f"{piece.start:#x}", piece.name or "(no name)", short_size(piece.size), lines,
                       self.piece_height(piece, lines), band, piece.is_shared)

    def paint_piece_group(self, group: list[Piece], band: bool) -> None:
        pieces = [piece for piece in group if piece.holdings]
        texts = [f"{piece.name} {piece.start:#x} ({short_size(piece.size)})" for piece in pieces]
        self.paint_list(f"{group[0].start:#x}", f"{len(pieces)} device regions",
                        short_size(sum(piece.size for piece in pieces)), ["rw io"], texts, band)

    def paint_list(self, mark: str, name: str, size: str, box: list[str], texts: list[str],
                   band: bool) -> None:
        """A row for many things of the root cell, which are listed below it."""
        x = MARGIN + ADDRESS_WIDTH + BAR_WIDTH + 10
        lines = wrap_list(texts, self.width - MARGIN - 10 - x, 10)
        height = len(lines) * LINE + 5
        if band:
            self.picture.rect(MARGIN, self.y + ROW, self.width - 2 * MARGIN, height, BAND)
        self.paint_row(mark, name, size, {ROOT: box}, ROW, band)
        self.picture.rect(MARGIN + ADDRESS_WIDTH + 0.5, self.y - 1, BAR_WIDTH - 1, height, ROOT_COLOUR)
        for i, line in enumerate(lines):
            self.picture.text(x, self.y + 10 + i * LINE, line, 10, fill=FAINT)
        self.y += height

    def piece_height(self, piece: Piece, lines: dict[int, list[str]]) -> float:
        least = ROW + (max(len(texts) for texts in lines.values()) - 1) * LINE
        return max(least, ROW + 1.3 * max(math.log2(piece.size / KIB64), 0))

    def paint_gap(self, piece: Piece) -> None:
        x, middle = MARGIN + ADDRESS_WIDTH, self.y + GAP_ROW / 2
        points = " ".join(f"{x + i * BAR_WIDTH / 6:.1f},{middle + (3 if i % 2 else -3):.1f}"
                          for i in range(7))
        self.picture.add("polyline", points=points, fill="none", stroke=FAINT, stroke_width=1)
        self.picture.text(TABLE_X - 10, middle + 3, f"nothing for {short_size(piece.size)}", 9, fill=FAINT,
                          text_anchor="end")
        self.y += GAP_ROW

    def paint_row(self, mark: str, name: str, size: str, lines: dict[int, list[str]], height: float,
                  band: bool, is_shared: bool = False) -> None:
        """A row of the table: what it is, the bar, and a box for each owner."""
        if band:
            self.picture.rect(MARGIN, self.y, self.width - 2 * MARGIN, height, BAND)
        owners = [owner for owner in self.owners if owner.number in lines]
        self.picture.text(MARGIN + ADDRESS_WIDTH - 10, self.y + 15, mark, 11, mono=True, fill=INK,
                          text_anchor="end")
        self.picture.rect(MARGIN + ADDRESS_WIDTH, self.y, BAR_WIDTH, height, self.stripes(owners),
                          stroke=PAPER)
        self.picture.text(MARGIN + ADDRESS_WIDTH + BAR_WIDTH + 10, self.y + 15, name,
                          fitted_size(name, NAME_WIDTH - 10, 12), fill=INK)
        self.picture.text(TABLE_X - 10, self.y + 15, size, 11, fill=FAINT, text_anchor="end")
        if is_shared:
            self.paint_connection(owners, height)
        for owner in owners:
            self.paint_box(owner, lines[owner.number], height, is_shared)
        self.y += height

    def paint_connection(self, owners: list[Owner], height: float) -> None:
        """A bar behind the boxes of those who share."""
        first, last = self.lane_x(owners[0]), self.lane_x(owners[-1])
        self.picture.rect(first + self.lane / 2, self.y + height / 2 - 2, last - first, 4, INK)

    def paint_box(self, owner: Owner, lines: list[str], height: float, is_shared: bool) -> None:
        x, width = self.lane_x(owner), self.box
        values = {"stroke": INK, "stroke_width": 2} if is_shared else {}
        self.picture.rect(x, self.y + 1, width, height - 2, owner.colour, rx=2, **values)
        self.paint_lines(x + width / 2, self.y + height / 2, lines, 10.5, owner.ink)

    # Interrupts

    def paint_interrupts(self) -> None:
        self.paint_section("Interrupts", ("INTID", "SPIs", "count"))
        runs = partition.irq_runs(self.system, self.cells)
        for i, group in enumerate(partition.irq_groups(runs, MIN_GROUP, MAX_ROWS // 2)):
            if len(group) > 1:
                count = sum(last - first + 1 for first, last, _ in group)
                self.paint_list(str(group[0][0]), f"{len(group)} ranges", str(count), [""],
                                [run_text(first, last) for first, last, _ in group], i % 2 == 0)
            else:
                self.paint_irqs(*group[0], i % 2 == 0)
        if not runs:
            self.picture.text(MARGIN, self.y + 15, "none", 12, fill=FAINT)
            self.y += ROW

    def paint_irqs(self, first: int, last: int, number: int, band: bool) -> None:
        lines = ["console"] if self.is_console_irq(number, first, last) else [""]
        self.paint_row(str(first), run_text(first, last), str(last - first + 1), {number: lines}, ROW, band)

    def is_console_irq(self, number: int, first: int, last: int) -> bool:
        cell = self.by_number[number].cell
        return bool(cell and number != ROOT and cell.console.irq and first == last == cell.console.irq)

    # Legend

    def paint_legend(self) -> None:
        self.paint_section("Legend")
        owners = self.owners[:2]
        items = [(owners[0].colour, {}, "one owner has it alone")]
        if any(piece.is_shared for piece in self.pieces):
            sharers = next([self.by_number[number] for number in piece.holdings]
                           for piece in self.pieces if piece.is_shared)
            items.append((self.stripes(sharers), {"stroke": INK, "stroke_width": 2},
                          "several owners share it: boxes with a frame, joined by a line"))
        items.append((CELLBLOCK_COLOUR, {}, "the hypervisor's own; \"filtered\": every access of a "
                      "cell traps and passes a filter; \"hidden\": nobody has it"))
        for fill, values, text in items:
            self.picture.rect(MARGIN, self.y + 2, 22, 14, fill, **values)
            self.picture.text(MARGIN + 34, self.y + 13, text, 11, fill=INK)
            self.y += 20
        for text in (*LEGEND, *(GICV2_LEGEND if "gicc" in self.system.frames else ())):
            self.picture.text(MARGIN, self.y + 13, text, 11, fill=INK)
            self.y += 18
