# SPDX-License-Identifier: GPL-2.0-only
"""Device trees and where they come from: good ones, damaged ones, and directories and archives."""

from __future__ import annotations

import io
import os
import random
import shutil
import struct
import tarfile
from pathlib import Path

import pytest
import trees
from tool import ROOT, tool

from cellctl_config import machine, sources, tree
from cellctl_config.addresses import Range, merge, registers, subtract
from cellctl_config.celldevices import Devices, find_device
from cellctl_config.cellplan import CellPlan, Offer
from cellctl_config.create import source_of
from cellctl_config.interrupts import interrupts
from cellctl_config.plan import Choices, plan_system
from cellctl_config.refusal import Refusal

DEVICES = ("/serial@9040000", "/bus/dev@0")
OFFER = Offer("a test", 3, [0, 1, 2], [], [], None, None)
COLLECT = ROOT / "tools" / "cellctl-config" / "cellctl-collect"


def parsed(directory: Path, more: str) -> tree.DeviceTree:
    return tree.parse(trees.compiled(directory, trees.board(more)).read_bytes(), "test.dtb")


# ---- What a tree says ----


def test_ranges_are_translated_up_to_the_root(tmp_path: Path) -> None:
    found = parsed(tmp_path, """
	bus@10000000 {
		#address-cells = <1>; #size-cells = <1>;
		ranges = <0x0 0 0x10000000 0x100000>, <0x80000000 1 0x00000000 0x100000>;
		inner { #address-cells = <1>; #size-cells = <1>; ranges;
			low@100 { reg = <0x100 0x10>; };
			high@80000100 { reg = <0x80000100 0x10>; };
			outside@200000 { reg = <0x200000 0x10>; };
			crossing@ffff0 { reg = <0xffff0 0x20>; };
		};
		i2c@200 { reg = <0x200 0x100>; #address-cells = <1>; #size-cells = <0>; chip@42 { reg = <0x42>; }; };
	};""")
    inner = "/bus@10000000/inner"
    expected = {f"{inner}/low@100": [Range(0x10000100, 0x10000110)],
                f"{inner}/high@80000100": [Range(0x100000100, 0x100000110)],
                f"{inner}/outside@200000": [], f"{inner}/crossing@ffff0": [Range(0x100FFFF0, 0x10100010)],
                "/bus@10000000/i2c@200": [Range(0x10000200, 0x10000300)],
                "/bus@10000000/i2c@200/chip@42": []}
    for path, ranges in expected.items():
        node = found.find(path)
        assert node is not None
        assert registers(node) == ranges


def test_interrupts_by_every_way(tmp_path: Path) -> None:
    found = parsed(tmp_path, """
	a { interrupts = <0 1 4>, <1 13 4>; };
	b { interrupts-extended = <&gic 0 2 4>, <0>, <&gpio 5 1>; };
	gpio: gpio { interrupt-controller; #interrupt-cells = <2>; interrupts = <0 3 4>; };
	c { interrupt-parent = <&gpio>; interrupts = <6 1>; below { d { interrupts = <7 1>; }; }; };
	nexus { #interrupt-cells = <1>; #address-cells = <0>; interrupt-map = <1 &gic 0 9 4>, <2 &gic 0 10 4>;
		e { interrupt-parent = <&{/nexus}>; interrupts = <2>; }; f { interrupts = <1>; }; };
	gpc: gpc { compatible = "fsl,imx8mq-gpc"; interrupt-controller; #interrupt-cells = <3>; };
	g { interrupt-parent = <&gpc>; interrupts = <0 11 4>; };""")
    names = {"a": ["SPI 33", "PPI 29"], "b": ["SPI 34", " -1"], "gpio": ["SPI 35"], "c": [" -1"],
             "c/below/d": [" -1"], "nexus/e": ["SPI 42"], "nexus/f": ["SPI 41"], "g": ["SPI 43"]}
    for path, expected in names.items():
        node = found.find(f"/{path}")
        assert node is not None
        assert [f"{item.kind} {item.intid}" for item in interrupts(node)] == expected, path


def test_pci_slots_raise_the_interrupts_of_their_host() -> None:
    host = tree.parse(trees.virt(3).read_bytes(), "virt.dtb").find("/pcie@10000000")
    assert host is not None
    assert {item.intid for item in interrupts(host)} == {35, 36, 37, 38}


def test_status_of_a_parent_counts(tmp_path: Path) -> None:
    found = parsed(tmp_path, 'bus { status = "disabled"; ranges; dev { }; }; on { status = "ok"; };')
    enabled = {path: found.find(path).is_enabled for path in ("/bus/dev", "/on")}  # type: ignore[union-attr]
    assert enabled == {"/bus/dev": False, "/on": True}


def test_ranges_as_sets() -> None:
    assert merge([Range(5, 9), Range(0, 2), Range(2, 3), Range(8, 12), Range(20, 20)]) == [
        Range(0, 3), Range(5, 12)]
    assert subtract([Range(0, 10)], [Range(2, 4), Range(9, 20), Range(6, 6)]) == [Range(0, 2), Range(4, 9)]
    assert subtract([Range(0, 10)], [Range(0, 10)]) == []


# ---- Damaged ones ----


def say(blob: bytes) -> str:
    """The refusal of a tree that a configuration is made of; "" if it is good enough."""
    return use(machine.Machine(sources.TreeFile(Path("bad.dtb"), blob), False))


def use(facts_of: machine.Machine) -> str:
    try:
        source_of(plan_system(facts_of, Choices(reserved=(Range(0x70000000, 0x80000000),))))
        for device in (device for device in DEVICES if facts_of.tree.find(device)):
            plan = CellPlan("cell", [1], Range(0, 0))
            Devices(facts_of, OFFER, [], plan).add([find_device(facts_of, device)])
    except Refusal as refusal:
        return refusal.message
    return ""


def test_truncated_anywhere(tmp_path: Path) -> None:
    blob = trees.compiled(tmp_path, trees.board()).read_bytes()
    for size in (*range(40, 64), *range(64, len(blob), 97)):
        assert "is truncated: its header says" in say(blob[:size])
    for size in range(40):
        assert "no flattened device tree" in say(blob[:size])


def test_header_that_promises_less_than_there_is(tmp_path: Path) -> None:
    blob = bytearray(trees.compiled(tmp_path, trees.board()).read_bytes())
    for size in (0, 8, 39, 40, 100, len(blob) - 4):
        struct.pack_into(">I", blob, 4, size)
        assert "damaged" in say(bytes(blob))


def test_no_byte_of_it_can_cause_more_than_a_refusal(tmp_path: Path) -> None:
    blob = trees.compiled(tmp_path, trees.board(
        "bus { #address-cells = <1>; #size-cells = <1>; ranges = <0 0 0x1000 0x100>;"
        " dev@0 { reg = <0 4>; interrupts-extended = <&gic 0 4 4>; clocks = <&clk 1>; pinctrl-0 = <&pin>;"
        " iommus = <&clk 1>; a-supply = <&pin>; reset-gpios = <&clk 1 1>; }; };"
        "clk: clk { #clock-cells = <1>; #iommu-cells = <1>; #gpio-cells = <2>; pin: pin { }; };"
        "aliases { serial1 = \"/serial@9040000\"; };"
        "pcie@d000000 { device_type = \"pci\"; #address-cells = <3>; #size-cells = <2>;"
        " #interrupt-cells = <1>;"
        " reg = <0 0x0d000000 0 0x1000>; ranges = <0x2000000 0 0 0 0x0e000000 0 0x100000>;"
        " interrupt-map = <0 0 0 1 &gic 0 4 4>; interrupt-map-mask = <0 0 0 7>; };",
        memory=trees.MEMORY + "memory@90000000 { device_type = \"memory\"; reg = <0 0x90000000 0 0x1000>; };"
        )).read_bytes()
    assert say(blob) == ""
    chance = random.Random(1)
    for _ in range(1500):
        copy = bytearray(blob)
        for _ in range(chance.choice((1, 1, 3))):
            copy[chance.randrange(len(copy))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        say(bytes(copy))


def test_nodes_nested_too_deep(tmp_path: Path) -> None:
    deep = trees.compiled(tmp_path, trees.board("n { " * 100 + "};" * 100))
    assert "nested more than" in trees.refusal("create", "--from", deep, *trees.KEPT)


@pytest.mark.parametrize(("more", "words"), [
    ("#address-cells = <200>; dev@0 { reg = <0 4>; };", "#address-cells is 200"),
    ("#address-cells = <4>; #size-cells = <1>; dev@0 { reg = <1 0 0 0 4>; };", "does not fit into 64 bits"),
    ("#address-cells = <0>; #size-cells = <0>; dev@0 { reg = <1>; };", "no multiple"),
    ("#address-cells = <1 2>; dev@0 { reg = <0 4>; };", "2 cells instead of one"),
    ("#address-cells = [01 02]; dev@0 { reg = <0 4>; };", "no 32-bit cells"),
    ("#address-cells = <1>; #size-cells = <1>; ranges = <1 2 3>; dev@0 { reg = <0 4>; };",
     "ranges has 3 cells"),
    ("#address-cells = <1>; #size-cells = <1>; ranges = <0 0xffffffff 0xffffff00 0x1000>;"
     "dev@0 { reg = <0 4>; };", "wraps around"),
])
def test_buses_that_make_no_sense(tmp_path: Path, more: str, words: str) -> None:
    ranges = "" if "ranges" in more else "ranges;"
    place = trees.compiled(tmp_path, trees.board(f"bus {{ {ranges} {more} }};"))
    result = tool("create", "--from", place, *trees.KEPT)
    assert result.status == 0
    assert words in result.err


# ---- Where they come from ----


def test_directory_and_blob_are_the_same_tree(tmp_path: Path) -> None:
    """As Linux shows it: nodes are directories, properties are files."""
    blob = trees.virt(2).read_bytes()
    place = trees.collected(tmp_path, trees.virt(2))
    write_tree(tree.parse(blob, "virt").root, place / machine.DEVICE_TREE)
    by_directory = machine.open_machine(str(place)).tree
    by_blob = machine.open_machine(str(trees.virt(2))).tree
    assert facts(by_directory) == facts(by_blob)


def write_tree(node: tree.Node, place: Path) -> None:
    place.mkdir(parents=True)
    (place / "name").write_bytes(node.base_name.encode() + b"\0")
    for name, value in node.properties.items():
        if name != "name":
            (place / name).write_bytes(value)
    for child in node.children:
        write_tree(child, place / child.name)


def facts(found: tree.DeviceTree) -> dict[str, dict[str, bytes]]:
    return {node.path: node.properties for node in found.walk()}


def pack(place: Path, path: Path, top: str = "machine") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        archive.add(place, top)
    return path


def test_archive_says_what_the_directory_says(tmp_path: Path) -> None:
    place = trees.collected(tmp_path, trees.virt(3), proc_modules="kvm 1 0 - Live 0x0\n")
    packed = [pack(place, tmp_path / "a.tar.gz"), pack(place, tmp_path / "b.tar.gz", ".")]
    expected = tool("create", "--from", place)
    assert expected.status == 0
    for path in packed:
        assert tool("create", "--from", path) == expected
    assert machine.open_machine(str(packed[0])).modules == ["kvm"]


def test_archive_is_never_unpacked(tmp_path: Path) -> None:
    """Members that would lead elsewhere are names like any other."""
    path = tmp_path / "evil.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, link in (("../escaped", None), ("/tmp/escaped-too", None), ("proc/cmdline", "/etc/passwd")):
            member = tarfile.TarInfo(name)
            if link:
                member.type, member.linkname = tarfile.SYMTYPE, link
            else:
                member.size = 4
            archive.addfile(member, None if link else io.BytesIO(b"evil"))
    assert "was not made by" in trees.refusal("create", "--from", path)
    assert not (tmp_path.parent / "escaped").exists()


@pytest.mark.parametrize(("content", "words"), [
    (None, "No such file"),
    (b"", "or whole archive"),
    (b"\x7fELF and more", "or whole archive"),
    (b"\x1f\x8b\x08 cut off", "or whole archive"),
    (b"\xd0\x0d\xfe\xed", "no flattened device tree"),
])
def test_places_that_are_no_machine(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "place"
    if content is not None:
        path.write_bytes(content)
    assert words in trees.refusal("create", "--from", path)


def test_directories_that_are_no_machine(tmp_path: Path) -> None:
    assert 'its file "collected" is missing' in trees.refusal("create", "--from", tmp_path)
    (tmp_path / "collected").write_text("cellblock machine 99\n")
    assert "says something else" in trees.refusal("create", "--from", tmp_path)
    (tmp_path / "collected").write_text("cellblock machine 1\n")
    assert "has no device tree" in trees.refusal("create", "--from", tmp_path)


def test_machine_of_another_architecture(tmp_path: Path) -> None:
    place = trees.collected(tmp_path, trees.virt(3), uname__m="x86_64\n")
    assert "is x86_64: Cellblock is for arm64" in trees.refusal("create", "--from", place)


def test_hidden_addresses(tmp_path: Path) -> None:
    place = trees.collected(tmp_path, trees.virt(3), proc_iomem="00000000-00000000 : System RAM\n" * 2)
    assert "addresses in /proc/iomem are hidden" in trees.refusal("create", "--from", place)


def test_files_that_are_odd(tmp_path: Path) -> None:
    """A FIFO that nobody writes to, no text, a directory instead of a file, nonsense in tables."""
    place = trees.collected(tmp_path, trees.compiled(tmp_path, trees.board()),
                            proc_iomem=trees.IOMEM + "nonsense\n-:-\n" + "f" * 40 + "-0 : x\n",
                            sys_devices_system_cpu_present="0-1\n", proc_interrupts=" 1: GIC\n:::\n")
    os.mkfifo(place / "dmesg")
    (place / "proc" / "modules").write_bytes(b"\xff\xfe\n\n")
    (place / "proc" / "config.gz").write_bytes(b"\x1f\x8b nothing")
    (place / "boot").mkdir()
    (place / "boot" / "config-6.1.0-test").mkdir()
    assert tool("create", "--from", place).status == 0
    facts_of = machine.open_machine(str(place))
    assert (facts_of.kernel_config, facts_of.dmesg) == ({}, "")


def test_no_byte_of_a_text_can_cause_more_than_a_refusal(tmp_path: Path) -> None:
    texts = {"proc/iomem": trees.IOMEM,
             "proc/cmdline": "console=ttyAMA0,115200 mem=768M earlycon=x,0x9000000",
             "proc/interrupts": " 13:   7  0  GICv2  99 Level  mystery\n",
             "sys/devices/system/cpu/present": "0-2",
             "sys/devices/system/cpu/cpu0/uevent": "OF_FULLNAME=/cpus/cpu@0\n",
             "sys/bus/platform/devices/x/uevent": "DRIVER=x\nOF_FULLNAME=/serial@9040000\n",
             "dmesg": "GICv2m: range[mem 0x08020000-0x08020fff], SPI[80:143]\nx: ttyAMA0 at MMIO 0x9000000"}
    place = trees.collected(tmp_path, trees.compiled(tmp_path, trees.board()))
    for name in texts:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
    chance = random.Random(2)
    for _ in range(200):
        name = chance.choice(list(texts))
        data = bytearray(texts[name].encode())
        for _ in range(chance.choice((1, 2, 8))):
            data[chance.randrange(len(data))] = chance.choice(b"0f9 -:,@\n\xff\x00\x80\xc3")
        (place / name).write_bytes(data)
        use(machine.open_machine(str(place)))
        (place / name).write_text(texts[name])
    assert use(machine.open_machine(str(place))) == ""


# ---- Collecting ----


def test_collect_explains_itself(tmp_path: Path) -> None:
    usage = tool("collect")
    assert usage.status == 2
    if not Path("/sys/firmware/devicetree/base").exists() and os.getuid() == 0:
        result = tool("collect", tmp_path / "out")
        assert result.status == 1
        assert "has no device tree" in result.err
        assert not (tmp_path / "out").exists()


def test_script_needs_no_more_than_busybox(tmp_path: Path) -> None:
    """In the shell that Debian has as /bin/sh; test_generated.py runs it in busybox."""
    shell = shutil.which("dash") or "sh"
    assert os.system(f"{shell} -n {COLLECT}") == 0
