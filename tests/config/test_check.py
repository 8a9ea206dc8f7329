# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config check`: what the hypervisor would refuse, with file and field, and what is dangerous."""

from __future__ import annotations

import json
import random
import struct
import subprocess
from pathlib import Path

import pytest

from smalltree import write_tree
from tool import CONFIGS, KIB, MIB, ROOT, Result, board, cell, cellfile, tool, write
import native
from cellctl_config.sources import FORMAT, FORMAT_LINE
from cellfile import DATA, EXECUTE, IO, LOADABLE, MMIO, RAM, READ, SHARED, Region

# How the three machines of configs/arm64 and the cells that exist together on them go.
TILES = [f"tile-{n}" for n in range(1, 8)]
TOGETHER = {
    "qemu-virt-gicv2": ["demo-ring", "demo-victim"],
    "qemu-virt-gicv3": ["demo-smp"],
    "qemu-virt-gicv3-smp8": TILES,
}

GICV2 = {"GICD": (0x08000000, 64 * KIB), "GICC": (0x08010000, 8 * KIB), "GICH": (0x08030000, 64 * KIB),
         "GICV": (0x08040000, 64 * KIB)}


def check(directory: Path, system: object, *cells: object, options: tuple[str, ...] = ()) -> Result:
    files = [write(directory / "b.cell", system)]
    files += [write(directory / f"c{i}.cell", content) for i, content in enumerate(cells)]
    return tool("check", "--json", *options, *files)


def refusals(result: Result, file: str = "") -> list[tuple[str, str]]:
    """Field and code of each."""
    found = result.json["refusals"]
    assert result.status == (1 if found else 0), result.err
    for one in found:
        assert one["message"] and one["remedy"] and "{" not in one["message"]
    return [(one["field"], one["code"].removeprefix("CB_ERR_")) for one in found
            if Path(one["file"]).name.startswith(file)]


def codes(result: Result, level: str) -> set[str]:
    return {one["code"] for one in result.json[level]}


# The delivered configurations


@pytest.mark.parametrize("system", TOGETHER)
def test_delivered_configurations_are_accepted(system: str) -> None:
    built = ROOT / "build" / "configs"
    result = tool("check", "--strict", built / f"{system}.cell",
                  *(built / f"{name}.cell" for name in TOGETHER[system]))
    assert result.status == 0, result.out
    assert "0 refusals, 0 warnings" in result.out.splitlines()[-1]


def test_cells_that_do_not_exist_together() -> None:
    """All demo cells have the same memory: together they are refused, alone each is accepted."""
    files = sorted((ROOT / "build" / "configs").glob("demo-*.cell"))
    system = ROOT / "build" / "configs" / "qemu-virt-gicv3.cell"
    assert tool("check", system, *files).status == 1
    assert tool("check", "--alone", system, *files).status == 0


def test_sources_are_checked_as_their_binaries_are() -> None:
    result = tool("check", CONFIGS / "qemu-virt-gicv3.c", CONFIGS / "demo-ring.c")
    assert result.status == 0, result.out
    assert f"{CONFIGS}/qemu-virt-gicv3.c: .gic.its: note: " in result.out


# What is refused


def test_everything_that_is_wrong_with_a_cell_is_said_at_once(tmp_path: Path) -> None:
    bad = cell(name="bad", cpus=0b110000, flags=cellfile.PERMISSIVE, irqs=[(40, 1), (600, 1)])
    bad = bad.but(regions=[
        Region("good", 0x70400000, 1 * MIB, RAM | LOADABLE),
        Region("empty", 0x70600000, 0),
        Region("odd", 0x70700123, 4 * KIB),
        Region("gic", 0x08000000, 4 * KIB, MMIO),
        Region("hv", 0x70000000, 4 * KIB),
        Region("hole", 0x0A000000, 4 * KIB, MMIO),
        Region("rights", 0x7FF00000, 4 * KIB, DATA | EXECUTE | SHARED),
        Region("twice", 0x70480000, 4 * KIB),
        Region("flags", 0x70900000, 4 * KIB, EXECUTE),
        Region("wide", 1 << 48, 4 * KIB),
    ])
    result = check(tmp_path, board(), bad)
    assert refusals(result) == [
        ('.regions[1] "empty" .size', "REGION_EMPTY"),
        ('.regions[2] "odd"', "REGION_UNALIGNED"),
        ('.regions[7] "twice"', "REGION_SELF_OVERLAP"),
        ('.regions[8] "flags" .flags', "REGION_FLAGS"),
        ('.regions[9] "wide"', "REGION_WRAPS"),
        (".flags", "CONFIG_FLAGS"),
        (".cpus", "CPU_UNKNOWN"),
        (".cpus", "CPU_UNKNOWN"),
        ('.regions[3] "gic"', "REGION_GIC"),
        ('.regions[4] "hv"', "REGION_HYPERVISOR"),
        ('.regions[5] "hole"', "REGION_NOT_ROOTS"),
        ('.regions[6] "rights" .flags', "REGION_PERMISSION"),
        (".irqs[1]", "IRQ_NOT_ROOTS"),
    ]


def test_sentences_are_those_of_cellctl(tmp_path: Path) -> None:
    bad = cell().with_region("gic", 0x08000000, 4 * KIB, MMIO)
    result = tool("check", write(tmp_path / "b.cell", board()), write(tmp_path / "c.cell", bad))
    assert result.status == 1
    assert (f"{tmp_path}/c.cell: .regions[1] \"gic\": refusal: region 1 (\"gic\") 0x8000000-0x8000fff "
            "overlaps a frame of the interrupt controller at 0x8000000-0x800ffff: take it out of the "
            "configuration, the hypervisor gives every cell its GIC\n") in result.out
    assert result.out.splitlines()[-1] == "2 files: 1 refusal, 0 warnings, 1 note"


def test_region_of_another_cell(tmp_path: Path) -> None:
    second = cell(name="second", cpus=0b100)
    result = check(tmp_path, board(), cell(), second)
    assert refusals(result, "c1") == [('.regions[0] "ram"', "REGION_OTHER_CELL")]
    assert result.json["refusals"][0]["message"].endswith(f'of cell "guest" ({tmp_path}/c0.cell)')
    both = [Region("s", 0x7FF00000, 4 * KIB, DATA | SHARED)]
    assert refusals(check(tmp_path, board(), cell(regions=both), second.but(regions=both))) == []


def test_what_a_refused_cell_rightly_has_is_its_own(tmp_path: Path) -> None:
    """The second cell learns of both of its mistakes, though the first one must change, too."""
    first = cell(irqs=[(40, 1), (900, 1)])
    second = cell(name="second", irqs=[(40, 1)])
    result = check(tmp_path, board(), first, second)
    assert refusals(result, "c0") == [(".irqs[1]", "IRQ_NOT_ROOTS")]
    assert refusals(result, "c1") == [(".cpus", "CPU_NOT_ROOTS"), ('.regions[0] "ram"', "REGION_OTHER_CELL"),
                                      (".irqs[0]", "IRQ_OTHER_CELL")]


def test_cpu_that_replaces_a_refused_one_is_free_again(tmp_path: Path) -> None:
    cells = [cell(), cell(name="taken", regions=[]), cell(name="free", regions=[], cpus=0b1)]
    assert refusals(check(tmp_path, board(), *cells)) == [(".cpus", "CPU_NOT_ROOTS")]


def test_names(tmp_path: Path) -> None:
    named = [cell(regions=[], cpus=1 << n, name=name)
             for n, name in ((1, "one"), (2, "one"), (3, "root"))]
    assert refusals(check(tmp_path, board(), *named)) == [
        (".name", "CELL_NAME_TAKEN"), (".name", "CELL_NAME_TAKEN")]
    assert refusals(check(tmp_path, board(), cell(name=b""))) == [(".name", "CONFIG_NAME_EMPTY")]
    assert refusals(check(tmp_path, board(), cell(name=b"a b"))) == [(".name", "CONFIG_NAME_LONG")]
    spaced = cell().with_region("a b", 0x7FF00000, 4 * KIB, DATA | SHARED)
    assert refusals(check(tmp_path, board(), spaced)) == [('.regions[1] "a b" .name', "CONFIG_NAME_LONG")]


def test_cpus(tmp_path: Path) -> None:
    assert refusals(check(tmp_path, board(), cell(cpus=0))) == [(".cpus", "CPU_NONE")]
    assert refusals(check(tmp_path, board(), cell(cpus=0b1111))) == [(".cpus", "CPU_LAST")]
    assert refusals(check(tmp_path, board(), cell(cpus=1 << 40))) == [(".cpus", "CPU_UNKNOWN")]


def test_console(tmp_path: Path) -> None:
    uart = Region("uart1", 0x09040000, 4 * KIB, MMIO)
    for console in ((2, 0, 0x5000), (2, 40, 0x09040000), (7, 0, 0), (1, 0, 0x1000)):
        bad = cell(console=console).but(regions=[uart])
        assert refusals(check(tmp_path, board(), bad)) == [(".console", "ARGUMENT")], console


def test_console_of_a_refused_region_is_not_refused_for_it(tmp_path: Path) -> None:
    bad = cell(console=(2, 40, 0x0A000000), irqs=[(40, 1)])
    bad = bad.with_region("uart9", 0x0A000000, 4 * KIB, MMIO)
    assert refusals(check(tmp_path, board(), bad)) == [('.regions[1] "uart9"', "REGION_NOT_ROOTS")]


def test_moved_region(tmp_path: Path) -> None:
    bad = cell().but(regions=[Region("ram", 0x70400000, 64 * KIB, virt=0x08000000)])
    assert refusals(check(tmp_path, board(), bad)) == [('.regions[0] "ram" .virt', "REGION_GIC")]


def test_system(tmp_path: Path) -> None:
    good = board()
    for bad, expected in (
        (good.but(hypervisor=(0x70001000, 4 * MIB)), (".hypervisor", "HV_UNALIGNED")),
        (good.but(hypervisor=(0x70000000, 512 * KIB)), (".hypervisor", "HV_TOO_SMALL")),
        (good.but(hypervisor=(0x70000000, 1 << 30)), (".hypervisor", "CONFIG_TOO_LARGE")),
        (good.but(gic=4), (".gic.version", "GIC_VERSION")),
        (good.but(frames={"GICD": (0x08000000, 64 * KIB)}), (".gic.gicr", "GIC_MISSING")),
        (good.with_frame("GICR", 0x08000000), (".gic.gicr", "GIC_ADDRESS")),
        (good.with_cpus(0, 1, 1), (".cpus[2]", "CPU_DUPLICATE")),
        (good.with_cpus(0, 1 << 31), (".cpus[1]", "CPU_MPIDR")),
        (good.but(cpus=0b11), (".cpus", "CPU_UNKNOWN")),
        (good.but(debug_console=(2, 0, 0x08000000)), (".debug_console", "REGION_GIC")),
        (good.but(debug_console=(2, 0, 0x70000000)), (".debug_console", "REGION_HYPERVISOR")),
        (good.but(debug_console=(2, 33, 0x09000000)), (".debug_console", "ARGUMENT")),
        (good.but(flags=cellfile.NATIVE_IDLE), (".flags", "CONFIG_FLAGS")),
        (good.but(irqs=[(31, 1)]), (".irqs[0]", "IRQ_RANGE")),
        (good.but(irqs=[(32, 10), (41, 1)]), (".irqs[1]", "IRQ_DUPLICATE")),
        (good.with_region("moved", 0x80000000, 4 * KIB, virt=0), ('.regions[5] "moved" .virt', "ARGUMENT")),
        (good.with_region("hv", 0x70000000, 4 * KIB), ('.regions[5] "hv"', "REGION_HYPERVISOR")),
        (good.with_region("twice", 0x71000000, 4 * KIB), ('.regions[5] "twice"', "REGION_SELF_OVERLAP")),
        (good.with_region("load", 0x80000000, 4 * KIB, RAM | LOADABLE),
         ('.regions[5] "load" .flags', "REGION_FLAGS")),
    ):
        found = refusals(check(tmp_path, bad, cell()), "b")
        assert expected in found, (expected, found)


def test_spin_table(tmp_path: Path) -> None:
    for table, expected in (
        ([0, 0, 0xE0, 0xE8], []),
        ([0, 0, 3, 0xE8], [(".spin_table[2]", "CPU_RELEASE")]),
        ([0, 0xE0], [(".spin_table", "CONFIG_ARRAY")]),
        ([0xD8, 0xE0, 0xE8, 0xF0], [(".spin_table", "CPU_LAST")]),
    ):
        result = check(tmp_path, board(gic=2, frames=GICV2, spin_table=table))
        assert refusals(result) == expected
        for one in result.json["refusals"]:
            assert "Linux' device tree" not in one["message"]  # nobody has looked into that


def test_cells_are_checked_by_themselves_when_the_system_is_refused(tmp_path: Path) -> None:
    bad = cell(cpus=0b10000).with_region("none", 0x10000, 0)
    result = check(tmp_path, board(gic=9), bad)
    assert refusals(result) == [(".gic.version", "GIC_VERSION"), ('.regions[1] "none" .size', "REGION_EMPTY")]
    assert result.json["compared"] is False
    lines = tool("check", tmp_path / "b.cell", tmp_path / "c0.cell").out.splitlines()
    assert lines[-2].endswith("is refused: cells were not compared with it, nor with each other")


def test_limits_of_a_machine(tmp_path: Path) -> None:
    far = board().with_region("far", 1 << 42, 4 * KIB)
    assert refusals(check(tmp_path, far)) == []
    assert refusals(check(tmp_path, far, options=("--pa-bits=40",))) == [('.regions[5] "far"', "REGION_WRAPS")]
    assert refusals(check(tmp_path, board(), options=("--intids=96",))) == [(".irqs[0]", "IRQ_RANGE")]


def test_memory_of_the_hypervisor(tmp_path: Path) -> None:
    """A cell of many regions far from each other needs many tables: too many for 1 MiB."""
    small = board(hypervisor=(0x60000000, 1 * MIB)).but(regions=[Region("ram", 0x100000000, 512 << 30)])
    regions = [Region(f"r{n}", 0x100000000 + (n << 30), 4 * KIB) for n in range(100)]
    result = check(tmp_path, small, cell(regions=regions))
    assert refusals(result) == [("", "NO_MEMORY")]
    assert "pages of memory" in result.json["refusals"][0]["message"]
    assert refusals(check(tmp_path, small.but(hypervisor=(0x60000000, 4 * MIB)), cell(regions=regions))) == []


def test_image_that_does_not_fit(tmp_path: Path) -> None:
    image = struct.pack("<8sIIQQ32s", b"CBIMAGE\0", 1, 1, 4096, 0x100000, b"")
    path = write(tmp_path / "image", image)
    small = board(hypervisor=(0x60000000, 1 * MIB)).but(regions=[Region("ram", 0x40000000, 1 * MIB)])
    found = refusals(check(tmp_path, small, options=(f"--image={path}",)))
    assert found == [(".hypervisor", "HV_TOO_SMALL")]
    result = check(tmp_path, small, options=(f"--image={write(tmp_path / 'none', b'rubbish')}",))
    assert result.status == 3 and "is no image of the hypervisor" in result.json["error"]["message"]


# Bad files


def test_broken_files_are_refused_in_the_words_of_cellctl(tmp_path: Path) -> None:
    good = cell().pack()
    for data, code in ((b"", "CONFIG_TRUNCATED"), (good[:50], "CONFIG_TRUNCATED"),
                       (b"X" + good[1:], "CONFIG_SIGNATURE"), (good + b"\0", "CONFIG_SIZE"),
                       (good[:70] + b"\x55" + good[71:], "CONFIG_CHECKSUM"),
                       (cell().pack(revision=2), "CONFIG_REVISION"), (cell().pack(arch=2), "CONFIG_ARCH"),
                       (board().pack(), "CONFIG_KIND"), (bytes(20000), "CONFIG_SIGNATURE"),
                       (cell(smcs=list(range(5000))).pack(), "CONFIG_TOO_LARGE")):
        assert refusals(check(tmp_path, board(), data)) == [("", code)], code
    assert refusals(check(tmp_path, cell().pack())) == [("", "CONFIG_KIND")]


def test_file_that_cannot_be_read_does_not_end_the_check(tmp_path: Path) -> None:
    system = write(tmp_path / "b.cell", board())
    bad = write(tmp_path / "c.cell", cell(cpus=0))
    result = tool("check", system, tmp_path / "none.cell", bad)
    assert result.status == 3
    assert f"{tmp_path}/none.cell: refusal: cannot read " in result.out
    assert f"{bad}: .cpus: refusal: " in result.out
    result = tool("check", tmp_path / "none.cell", bad)
    assert result.status == 3 and f"{bad}: .cpus: refusal: " in result.out


def test_source_that_does_not_compile_is_a_finding(tmp_path: Path) -> None:
    bad = write(tmp_path / "c.c", "#include <cellblock/board.h>\nCELLBLOCK_CELL = { .cpus = CPUS };\n")
    result = tool("check", write(tmp_path / "b.cell", board()), bad)
    assert result.status == 3
    assert f"{bad}: refusal: does not compile" in result.out
    assert f"{bad}:2:" in result.err


def test_source_with_several_mistakes(tmp_path: Path) -> None:
    """All are said."""
    bad = write(tmp_path / "c.c", """#include <cellblock/board.h>
CELLBLOCK_CELL = {
    .name = "bad",
    .regions = REGIONS({ "a", .phys = 0x70400001, .size = 4 * KiB, .flags = RAM },
                       { "b", .phys = 0x70500000, .size = 4 * KiB, .flags = WRITE }),
};
""")
    result = tool("check", "--json", write(tmp_path / "b.cell", board()), bad)
    assert [one["field"] for one in result.json["refusals"]][:1] == [".cpus"]
    fixed = write(tmp_path / "c.c", bad.read_text().replace('"bad",', '"bad", .cpus = CPU(1),'))
    result = tool("check", "--json", tmp_path / "b.cell", fixed)
    assert refusals(result) == [('.regions[0] "a"', "REGION_UNALIGNED"),
                                ('.regions[1] "b" .flags', "REGION_FLAGS")]


def test_random_damage_ends_in_refusals(tmp_path: Path) -> None:
    """With a right checksum, so that it is looked into; all cells in one call."""
    chance = random.Random(7)
    good = cell(irqs=[(40, 3)], smcs=[1, 2]).with_region("uart", 0x09040000, 4 * KIB, MMIO).pack()
    result = check(tmp_path, board(), *(damaged(chance, good) for _ in range(200)))
    assert len(refusals(result)) > 150


def test_cellcheck_is_sound_whatever_is_in_a_file(tmp_path: Path) -> None:
    flags = "-fsanitize=address,undefined -fno-sanitize-recover=all"
    sanitized = native.build("cellcheck", "sanitized", "CFLAGS=-O1 -g", f"EXTRA_CFLAGS={flags}", f"LDFLAGS={flags}")
    chance = random.Random(11)
    system = board(flags=cellfile.PERMISSIVE, debug_console=(2, 0, 0x09000000)).pack()
    guest = cell(irqs=[(40, 3)], smcs=[1], console=(2, 40, 0x09040000))
    guest = guest.with_region("uart", 0x09040000, 4 * KIB, MMIO).pack()
    for number in range(20):
        files = [write(tmp_path / "b", system if number % 2 else damaged(chance, system))]
        files += [write(tmp_path / f"c{i}", damaged(chance, guest)) for i in range(40)]
        done = subprocess.run([sanitized, *files], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        assert len(json.loads(done.stdout)["files"]) == 41


def damaged(chance: random.Random, good: bytes) -> bytes:
    """With a right checksum, and mostly a right size, so that it is looked into."""
    data = bytearray(good[:chance.choice([len(good), len(good), chance.randrange(len(good))])])
    for _ in range(chance.randrange(1, 6) if len(data) > 8 else 0):
        data[chance.randrange(8, len(data))] = chance.choice([0, 1, 0x40, 0xFF, chance.randrange(256)])
    if len(data) >= 20:
        struct.pack_into("<I", data, 12, chance.choice([len(data), len(data), len(good)]))
        return cellfile.sealed(bytes(data))
    return bytes(data)


def test_bad_options(tmp_path: Path) -> None:
    path = write(tmp_path / "b.cell", board())
    assert tool("check").status == 2
    assert tool("check", "--pa-bits=99", path).status == 2
    assert "is not within 32 to 48" in tool("check", "--pa-bits=99", path).err
    assert tool("check", "--image=/does/not/exist", path).status == 3


def test_cellcheck_by_itself() -> None:
    tool("check", ROOT / "build" / "configs" / "qemu-virt-gicv3.cell")  # builds it
    program = ROOT / "build" / "host" / "cellcheck" / "cellcheck"
    done = subprocess.run([program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.startswith("usage: cellcheck")
    done = subprocess.run([program, "/does/not/exist"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (3, "cellcheck: /does/not/exist: No such file or directory\n")


# What is dangerous


def dangers(directory: Path, level: str, system: object, *cells: object) -> set[str]:
    result = check(directory, system, *cells)
    assert result.status == 0, result.out
    return codes(result, level)


def test_warnings(tmp_path: Path) -> None:
    assert dangers(tmp_path, "warnings", board(), cell()) == set()
    uart = Region("device", 0x09000000, 4 * KIB, MMIO)
    for expected, system, made in (
        ("permissive", board(flags=cellfile.PERMISSIVE), cell()),
        ("no-console", board(), cell(console=(0, 0, 0))),
        ("not-loadable", board(), cell(regions=[Region("ram", 0x70400000, 1 * MIB, DATA | LOADABLE)])),
        ("native-idle", board(), cell(flags=cellfile.NATIVE_IDLE)),
        ("accept-lpis", board(), cell(flags=cellfile.ACCEPT_LPIS)),
        ("smcs", board(), cell(smcs=[0xC2000001])),
        ("smcs-in-vain", board(smcs=[0xC2000004, 0xC4000003]), cell()),
        ("smcs-in-vain", board(smcs=[0xC2010004]), cell()),
        ("smcs-in-vain", board(smcs=[0xC4000021]), cell()),
        ("device-dma", board(), cell().but(regions=[*cell().regions, uart])),
        ("debug-console-taken", board(debug_console=(2, 0, 0x09000000)),
         cell(console=(2, 0, 0x09000000)).but(regions=[*cell().regions, uart])),
    ):
        assert dangers(tmp_path, "warnings", system, made) == {expected}


def test_calls_in_vain_of_a_cell(tmp_path: Path) -> None:
    assert dangers(tmp_path, "warnings", board(), cell(smcs=[0x84000008])) == {"smcs", "smcs-in-vain"}


def test_uart_of_the_console_is_not_taken_for_a_dma_device(tmp_path: Path) -> None:
    made = cell(console=(2, 40, 0x09040000), irqs=[(40, 1)]).with_region("uart1", 0x09040000, 4 * KIB, MMIO)
    assert dangers(tmp_path, "warnings", board(), made) == set()


def test_single_cpu(tmp_path: Path) -> None:
    assert dangers(tmp_path, "warnings", board().with_cpus(0)) == {"single-cpu"}


def test_shared_code_and_devices(tmp_path: Path) -> None:
    system = board(regions=[Region("ram", 0x40000000, 64 * MIB, RAM | SHARED),
                            Region("mmio", 0x09000000, 4 * KIB, MMIO | SHARED)])
    ram = Region("ram", 0x40000000, 2 * MIB, RAM | SHARED)
    mmio = Region("mmio", 0x09000000, 4 * KIB, MMIO | SHARED)
    cells = [cell(cpus=1 << n, name=f"n{n}", regions=[ram, mmio]) for n in (1, 2)]
    assert {"shared-executable", "shared-device"} <= dangers(tmp_path, "warnings", system, *cells)


def test_notes(tmp_path: Path) -> None:
    quiet = board(regions=[region for region in board().regions if not region.flags & IO])
    assert dangers(tmp_path, "notes", quiet, cell()) == set()
    shared = Region("s", 0x7FF00000, 4 * KIB, DATA | SHARED)
    uart = Region("uart1", 0x09040000, 4 * KIB, MMIO)
    for expected, system, cells in (
        ("no-iommu", board(), [cell()]),
        ("its", quiet.but(frames={**quiet.frames, "ITS": (0x09080000, 128 * KIB)}), [cell()]),
        ("cpu-0", quiet, [cell(cpus=0b1)]),
        ("irqs-without-device", quiet, [cell(irqs=[(40, 1)])]),
        ("small-pages", quiet, [cell(regions=[Region("ram", 0x70401000, 4 * MIB, RAM | LOADABLE)])]),
        ("one-root-cpu", quiet, [cell(cpus=0b1110)]),
        ("shared-memory", quiet, [cell().but(regions=[*cell().regions, shared])]),
        ("polled-console", board(), [cell(console=(2, 0, 0x09040000)).but(
            regions=[*cell().regions, uart])]),
        ("debug-console", board(debug_console=(2, 0, 0x09000000)), [cell()]),
        ("moved-console", board(), [cell(console=(2, 40, 0x09000000), irqs=[(40, 1)]).with_region(
            "uart1", 0x09040000, 4 * KIB, MMIO, virt=0x09000000)]),
    ):
        assert expected in dangers(tmp_path, "notes", system, *cells)


def test_moved_console_says_both_addresses_and_the_interrupt(tmp_path: Path) -> None:
    made = cell(console=(2, 40, 0x09000000), irqs=[(40, 1)])
    uart = ("uart1", 0x09040000, 4 * KIB, MMIO)
    moved, own = made.with_region(*uart, virt=0x09000000), made.but(console=(2, 40, 0x09040000)).with_region(*uart)
    result = check(tmp_path, board(), moved)
    [said] = [one["message"] for one in result.json["notes"] if one["code"] == "moved-console"]
    assert "at 0x9000000, and it is at 0x9040000" in said and "INTID 40" in said
    assert "moved-console" not in codes(check(tmp_path, board(), own), "notes")


def test_memory_that_one_side_only_reads_is_no_danger(tmp_path: Path) -> None:
    system = board(regions=[*board().regions[:2],
                            Region("s", 0x7FF00000, 1 * MIB, READ | SHARED)])
    made = cell().with_region("s", 0x7FF00000, 4 * KIB, READ | SHARED)
    assert "shared-memory" not in dangers(tmp_path, "notes", system, made)


@pytest.mark.parametrize("phys, virt, size, pages", [
    (0x70400000, None, 16 * MIB, 0), (0x70400000, 0x10000000, 16 * MIB, 0),
    (0x70401000, None, 4 * MIB, 512), (0x70400000, 0x1000, 4 * MIB, 1024),
    (0x70401000, 0x1000, 2 * MIB, 512), (0x70400000, None, 4 * MIB + 4096, 1)])
def test_small_pages_are_counted(tmp_path: Path, phys: int, virt: int, size: int, pages: int) -> None:
    made = cell(regions=[Region("ram", phys, size, RAM | LOADABLE, virt=virt)])
    notes = [one for one in check(tmp_path, board(), made).json["notes"] if one["code"] == "small-pages"]
    assert [one["message"].split()[0] for one in notes] == ([str(pages)] if pages else [])


# What the machine says


def seen(directory: Path, place: Path, made: cellfile.Cell) -> set[str]:
    result = check(directory, wide_board(), made, options=(f"--from={place}",))
    assert result.status == 0, result.out + result.err
    return codes(result, "warnings") | {code for code in codes(result, "notes") if code in (
        "shared-with-linux", "interrupt-left-behind")}


def wide_board() -> cellfile.System:
    return board(irqs=[(32, 300)]).with_region("bus", 0x09010000, 192 * KIB, MMIO).with_region(
        "far", 0x0A000000, 32 * MIB, MMIO)


def device(name: str, phys: int, size: int = 4 * KIB, irqs: tuple[int, ...] = ()) -> cellfile.Cell:
    made = cell(irqs=[(intid, 1) for intid in irqs])
    return made.with_region(name, phys, size, MMIO)


def test_devices_by_their_nodes(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "b.dtb")
    uses = {"shared-with-linux"}  # the driver that Linux might have for it
    for expected, made in (
        (uses, device("rtc", 0x09010000, irqs=(34,))),
        (uses | {"interrupt-left-behind"}, device("rtc", 0x09010000)),
        ({"unknown-device"}, device("hole", 0x09018000)),
        (uses | {"device-dma"}, device("net", 0x0A000000, 16 * KIB, irqs=(52,))),
        (uses | {"device-dma", "part-of-device"}, device("net", 0x0A000000, irqs=(52,))),
        (uses | {"shared-page"}, device("both", 0x09020000, 16 * KIB, irqs=(232,))),
        (uses | {"shared-page", "part-of-device"}, device("timer", 0x09020000, irqs=(232,))),
        (uses | {"foreign-interrupt"}, device("rtc", 0x09010000, irqs=(34, 52))),
        (uses, cell(console=(2, 40, 0x09040000), irqs=[(40, 1)]).with_region("u", 0x09040000, 4 * KIB, MMIO)),
    ):
        assert seen(tmp_path, tree, made) == expected, made


def test_device_behind_an_iommu(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "b.dtb", """
	smmu: iommu@b800000 { #iommu-cells = <1>; reg = <0 0x0b800000 0 0x1000>; };
	disk@b900000 { reg = <0 0x0b900000 0 0x1000>; iommus = <&smmu 1>; };
""")
    assert "device-dma" in seen(tmp_path, tree, device("disk", 0x0B900000))


def test_clock_of_linux(tmp_path: Path) -> None:
    made = cell(console=(2, 40, 0x09040000), irqs=[(40, 1)]).with_region("u", 0x09040000, 4 * KIB, MMIO)
    result = check(tmp_path, wide_board(), made, options=(f"--from={write_tree(tmp_path / 'b.dtb')}",))
    assert any("clock" in one["message"] and "`cellctl show`" in one["remedy"]
               for one in result.json["notes"])


def test_machine_that_the_system_is_not_for(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "b.dtb")
    for system, expected in (
        (board(), []),
        (board().with_cpus(0, 1, 2), [(".cpus", "other-cpus")]),
        (board().with_cpus(0, 1, 2, 0x100), [(".cpus", "other-cpus"), (".cpus", "other-cpus")]),
        (board().with_frame("GICD", 0x07000000), [(".gic.gicd", "other-gic")]),
        (board(frames={**board().frames, "ITS": (0x07000000, 128 * KIB)}), [(".gic.its", "other-gic")]),
        (board(gic=2, frames=GICV2), [(".gic.version", "other-gic")]),
    ):
        found = check(tmp_path, system, options=(f"--from={tree}",)).json["warnings"]
        assert [(one["field"], one["code"]) for one in found] == expected


def test_what_linux_uses(tmp_path: Path) -> None:
    """A collected machine: Linux has the memory and the interrupt."""
    place = tmp_path / "machine"
    for name, text in ((FORMAT, FORMAT_LINE + "\n"),
                       ("proc/iomem", "40000000-713fffff : System RAM\n"),
                       ("proc/interrupts", " 12:  1  0  GICv3  34 Level  rtc-pl031\n")):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        write(place / name, text)
    (place / "sys/firmware").mkdir(parents=True)
    write_tree(place / "sys/firmware/fdt")
    found = seen(tmp_path, place, device("rtc", 0x09010000, irqs=(34,)))
    assert {"system-ram", "interrupt-in-use"} <= found


def test_place_that_is_no_machine(tmp_path: Path) -> None:
    result = check(tmp_path, board(), options=(f"--from={tmp_path}/none",))
    assert result.status == 3 and list(result.json) == ["version", "error"]


def test_strict(tmp_path: Path) -> None:
    noted, warned = cell(cpus=0b1), cell(flags=cellfile.NATIVE_IDLE)
    assert check(tmp_path, board(), noted, options=("--strict",)).status == 0
    assert check(tmp_path, board(), warned, options=("--strict",)).status == 1
    assert check(tmp_path, board(), warned).status == 0


def test_refused_cell_is_not_warned_of(tmp_path: Path) -> None:
    result = check(tmp_path, board(), cell(console=(0, 0, 0), cpus=0))
    assert codes(result, "warnings") == set()


