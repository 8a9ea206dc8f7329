# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config draw`: the picture is whole, says everything, and no text is on another."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from tool import KIB, MIB, ROOT, board, cell, cellfile, tool, write
from cellfile import DATA, LOADABLE, MMIO, RAM, READ, SHARED, Region

from cellctl_config import binary, partition, svg
from cellctl_config.draw import TABLE_X, lane_width
from cellctl_config.totals import Totals

SVG = "{http://www.w3.org/2000/svg}"
BUILT = ROOT / "build" / "configs"


class Box(NamedTuple):
    """Where a text or a shape is."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (self.left < other.right and other.left < self.right and
                self.top < other.bottom and other.top < self.bottom)


def text_box(element: ET.Element) -> Box:
    """From the top of capitals to the base line; what hangs below has room between lines."""
    x, y, size = (float(element.get(name)) for name in ("x", "y", "font-size"))
    width = svg.text_width(element.text, size, mono="Mono" in element.get("font-family", ""),
                           bold=element.get("font-weight") == "bold")
    left = x - width * {"middle": 0.5, "end": 1}.get(element.get("text-anchor"), 0)
    return Box(element.text, left, y - 0.75 * size, left + width, y)


def rect_box(element: ET.Element) -> Box:
    x, y, width, height = (float(element.get(name, 0)) for name in ("x", "y", "width", "height"))
    return Box("", x, y, x + width, y + height)


class Picture:
    """A picture that was drawn, taken apart."""

    def __init__(self, text: str, nr_owners: int = 2) -> None:
        self.lane = lane_width(nr_owners)
        self.root = ET.fromstring(text)
        self.texts = [text_box(element) for element in self.root.iter(f"{SVG}text")]
        self.words = {box.text for box in self.texts}
        self.width, self.height = float(self.root.get("width")), float(self.root.get("height"))
        self.boxes = [(rect_box(element), element.get("fill")) for element in self.root.iter(f"{SVG}rect")
                      if element.get("rx") == "2"]

    def columns_of(self, row: str, mark: str | None = None) -> list[int]:
        """In which columns the row with this name (and this text at its left) is filled."""
        line = next(box for box in self.texts if box.text == row and
                    (mark is None or any(other.text == mark and abs(other.bottom - box.bottom) < 1
                                         for other in self.texts)))
        middle = line.bottom - 4
        return sorted(round((box.left - TABLE_X) / self.lane) for box, _ in self.boxes
                      if box.top <= middle <= box.bottom)


def picture_of(directory: Path, system: object, *cells: object) -> Picture:
    files = [write(directory / "b.cell", system)]
    files += [write(directory / f"c{i}.cell", content) for i, content in enumerate(cells)]
    result = tool("draw", *files, "-o", directory / "p.svg")
    assert (result.status, result.out, result.err) == (0, "", "")
    return Picture((directory / "p.svg").read_text(), len(cells) + 2)


def assert_readable(picture: Picture) -> None:
    for box in picture.texts:
        assert 0 <= box.left and box.right <= picture.width, box
        assert 0 <= box.top and box.bottom <= picture.height, box
    for one, other in combinations(picture.texts, 2):
        assert not one.overlaps(other), (one, other)
    for text in picture.texts:
        for box, _ in picture.boxes:
            if box.overlaps(text):
                assert box.left <= text.left and text.right <= box.right, (text, box)


def crowded() -> list[object]:
    """A board and cells with the widest names, moved and shared memory, and much else."""
    system = board(flags=cellfile.PERMISSIVE, debug_console=(2, 0, 0x09000000), smcs=[0xC2000004],
                   name="W" * 31).with_cpus(0, 1, 2, 3, 0x100, 0x101, 0x102, 0xFF00FFFFFF)
    system = system.with_region("W" * 15, 0x7FFFC0000000, 1 << 30)
    wide = cell(name="W" * 30 + "1", cpus=0b1100, smcs=[1, 2], flags=5, irqs=[(40, 1), (50, 3)],
                console=(2, 40, 0x3FFFFF000000))
    wide = wide.but(regions=[Region("ram", 0x70400000, 16 * MIB, RAM | LOADABLE, virt=0),
                             Region("M" * 15, 0x09040000, 4 * KIB, MMIO, virt=0x3FFFFF000000),
                             Region("mailbox_to_all", 0x7FF00000, 64 * KIB, DATA | SHARED)])
    reader = cell(name="a-name_that.is-as-long-as-it-ca", cpus=0b10000, irqs=[(60, 1)]).but(
        regions=[Region("mail", 0x7FF08000, 64 * KIB, READ | SHARED, virt=0x400000000000),
                 Region("r", 0x71400000, 4 * KIB, RAM | LOADABLE)])
    writer = cell(name="c", cpus=0b100000, console=(0, 0, 0),
                  regions=[Region("mail", 0x7FF08000, 32 * KIB, DATA | SHARED)])
    return [system, wide, reader, writer]


@pytest.mark.parametrize("system, cells", [
    ("qemu-virt-gicv2", []), ("qemu-virt-gicv3", ["demo-linux"]),
    ("qemu-virt-gicv3-smp8", [f"tile-{n}" for n in range(1, 8)])])
def test_delivered_machines(tmp_path: Path, system: str, cells: list[str]) -> None:
    files = [BUILT / f"{name}.cell" for name in (system, *cells)]
    result = tool("draw", *files, "-o", "-")
    assert result.status == 0 and not result.err
    picture = Picture(result.out)
    assert_readable(picture)
    shown = {one["name"]: one for one in tool("show", "--json", *files).json["files"]}
    for name in cells:
        assert name in picture.words
    everything = " ".join(box.text for box in picture.texts).split()
    for region in shown[system]["regions"]:
        assert region["name"] in everything
        if not cells:
            assert region["phys"] in picture.words
    for cpu in shown[system]["cpus"]:
        assert f"CPU {cpu}" in picture.words


def test_crowded_machine(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, *crowded())
    assert_readable(picture)
    everything = "".join(box.text for box in picture.texts)
    for made in crowded()[1:]:
        assert made.name in everything
        for region in made.regions:
            assert region.name in picture.words
            if region.virt is not None:
                assert f"IPA {region.virt:#x}" in picture.words


def test_many_cells_are_readable(tmp_path: Path) -> None:
    system = board().with_cpus(*range(40))
    cells = [cell(name=f"cell-{n}", cpus=1 << n, irqs=[(40 + n, 1)],
                  regions=[Region("ram", 0x70400000 + n * MIB, 64 * KIB)]) for n in range(1, 21)]
    picture = picture_of(tmp_path, system, *cells)
    assert_readable(picture)
    assert {"CPU 20", "CPUs 21 to 39"} <= picture.words  # too many for a row each


def test_machine_with_many_devices(tmp_path: Path) -> None:
    """What the root cell has in a row is one row, but everything is named; what cells have is not in it."""
    devices = [Region(f"device-{n}", 0x0A000000 + n * 0x10000, 4 * KIB, MMIO) for n in range(90)]
    system = board(irqs=[(32 + 2 * n, 1) for n in range(60)])
    system = system.but(regions=[*system.regions, *devices])
    made = cell(irqs=[(72, 1)]).with_region("mine", devices[40].phys, 4 * KIB, MMIO)
    picture = picture_of(tmp_path, system, made)
    assert_readable(picture)
    assert picture.height < 2000
    everything = " ".join(box.text for box in picture.texts)
    for n, region in enumerate(devices):
        expected = f"device-{n} {region.phys:#x} (4 KiB)" if n != 40 else "device-40"
        assert expected in everything
    assert picture.columns_of("42 device regions") == [0]
    assert picture.columns_of("device-40") == [1]
    assert picture.columns_of("72") == [1]
    assert {"49 device regions", "20 ranges", "39 ranges"} <= picture.words
    for n in range(60):
        assert re.search(rf"\b{32 + 2 * n}\b", everything)


def test_who_owns_what(tmp_path: Path) -> None:
    """Columns: 0 the root cell, 1 to 3 the cells, 4 Cellblock."""
    picture = picture_of(tmp_path, *crowded())
    assert [picture.columns_of(f"CPU {n}") for n in range(8)] == [[0], [0], [1], [1], [2], [3], [0], [0]]
    assert picture.columns_of("uart0") == [0]
    assert picture.columns_of("uart1") == [1]
    assert picture.columns_of("hypervisor") == [4]
    assert picture.columns_of("GICD") == [4]
    assert picture.columns_of("cells", "0x70400000") == [1]
    assert picture.columns_of("cells", "0x71400000") == [2]
    assert picture.columns_of("cells", "0x71401000") == [0]
    assert picture.columns_of("shared", "0x7ff00000") == [0, 1]
    assert picture.columns_of("shared", "0x7ff08000") == [0, 1, 2, 3]
    assert picture.columns_of("shared", "0x7ff10000") == [0, 2]
    assert picture.columns_of("shared", "0x7ff18000") == [0]
    for irqs, column in (("32 to 39", 0), ("40", 1), ("41 to 49", 0), ("50 to 52", 1), ("60", 2)):
        assert picture.columns_of(irqs, irqs.split()[0]) == [column]


def test_what_is_shared_has_a_frame(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, *crowded())
    framed = [element for element in picture.root.iter(f"{SVG}rect")
              if element.get("rx") == "2" and element.get("stroke-width") == "2"]
    assert len(framed) == 2 + 4 + 2
    alone = picture_of(tmp_path, board(), cell())
    assert not [element for element in alone.root.iter(f"{SVG}rect") if element.get("stroke-width") == "2"]


def test_cpus_that_linux_never_took(tmp_path: Path) -> None:
    frames = {"GICD": (0x08000000, 0x10000), "GICC": (0x08010000, 0x2000), "GICH": (0x08030000, 0x10000),
              "GICV": (0x08040000, 0x10000)}
    picture = picture_of(tmp_path, board(gic=2, frames=frames, spin_table=[0, 0, 0xE0, 0xE8]), cell())
    assert [box.text for box in picture.texts].count("waits, unused") == 1  # the other is the cell's


def test_totals() -> None:
    system, wide, reader, writer = (binary.parse(made.pack(), "x") for made in crowded())
    cells = [wide, reader, writer]
    totals = Totals(system, cells, partition.pieces(system, cells))
    rows = [list(totals.of(number, made).values()) for number, made in enumerate([system, *cells])]
    assert rows == [
        ["0-1, 6-7", "2 GiB", "96 KiB", "1", "95", "its own", "permissive, 1 SMC refused"],
        ["2-3", "16 MiB", "64 KiB", "1", "4", "PL011", "native-idle, accept-lpis, 2 SMCs"],
        ["4", "4 KiB", "64 KiB", "\u2013", "1", "ring", "\u2013"],
        ["5", "\u2013", "32 KiB", "\u2013", "\u2013", "\u2013", "\u2013"],
    ]
    assert list(totals.of(partition.CELLBLOCK, None).values()) == [
        "\u2013", "4 MiB", "\u2013", "\u2013", "\u2013", "PL011", "\u2013"]


def test_frames_of_a_gicv2(tmp_path: Path) -> None:
    frames = {"GICD": (0x08000000, 0x10000), "GICC": (0x08010000, 0x2000), "GICH": (0x08030000, 0x10000),
              "GICV": (0x08040000, 0x10000)}
    picture = picture_of(tmp_path, board(gic=2, frames=frames), cell())
    assert picture.columns_of("GICC") == [0, 1]
    assert picture.columns_of("GICH") == [0]
    assert picture.columns_of("GICV") == [2]


def test_part_of_a_moved_region_is_shown_where_the_cell_sees_it(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, *crowded())
    assert {"IPA 0x400000000000", "IPA 0x400000008000"} <= picture.words


def test_names_cannot_break_the_picture(tmp_path: Path) -> None:
    result = tool("draw", write(tmp_path / "b.cell", board()), "-o", "-", "--title", "<&\"'> ]]>")
    assert Picture(result.out).root.find(f"{SVG}title").text == "<&\"'> ]]>"


def test_colours_differ_and_text_has_contrast(tmp_path: Path) -> None:
    picture = picture_of(tmp_path, *crowded())
    fills = {fill for _, fill in picture.boxes}
    assert len(fills) == 5
    assert all(re.fullmatch("#[0-9a-f]{6}", fill) for fill in fills)


def test_what_is_refused_is_not_drawn(tmp_path: Path) -> None:
    system = write(tmp_path / "b.cell", board())
    twice = [write(tmp_path / f"{n}.cell", cell(name=f"n{n}")) for n in range(2)]
    result = tool("draw", system, *twice, "-o", tmp_path / "p.svg")
    assert result.status == 1
    assert result.err.startswith(f"cellctl: {twice[1]}: .cpus: CPU 3 belongs to cell \"n0\"")
    assert not (tmp_path / "p.svg").exists()
    result = tool("draw", tmp_path / "none.cell", "-o", tmp_path / "p.svg")
    assert result.status != 0 and "cannot read" in result.err


def test_output_that_cannot_be_written(tmp_path: Path) -> None:
    result = tool("draw", write(tmp_path / "b.cell", board()), "-o", tmp_path / "none" / "p.svg")
    assert result.status == 3 and "cannot write" in result.err
    assert tool("draw", tmp_path / "b.cell").status == 2
