# SPDX-License-Identifier: GPL-2.0-only
"""A configuration in C is read and never run, and it reads no file but headers of its own."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
import trees
from tool import CONFIGS, ROOT, Result, board, cell, tool, write

from cellctl_config import binary, compiler, flat, objectfile
from cellctl_config.refusal import Refusal

HEAD = "#include <cellblock/board.h>\n"
PLAIN = 'CELLBLOCK_CELL = { .name = "plain", .cpus = CPU(3), .console = RING };\n'
SECRET = "root:secret-of-root:0:0\n"

COMPILERS = ("gcc", "clang", "gcc -m32", "gcc -mx32", "aarch64-linux-gnu-gcc", "clang --target=armv7-linux-gnueabihf",
             "clang --target=i386-linux-gnu", "clang --target=riscv64-linux-gnu", "clang --target=s390x-linux-gnu",
             "gcc -O2 -fPIE", "clang -fno-pic -fcommon")
FULL = HEAD + """
CELLBLOCK_CELL = {
    .name = "full",
    .cpus = CPU(2) | CPU(63),
    .flags = NATIVE_IDLE,
    .regions = REGIONS({ "ram", .phys = 0x70400000, .virt = AT(0x0), .size = 16 * MiB, .flags = RAM | LOADABLE },
                       { "uart", .phys = 0x09040000, .size = 4 * KiB, .flags = MMIO }),
    .irqs = IRQS({ 40, 1 }, { 50, 2 }, { 60, 3 }),
    .smcs = SMCS(0x82000001, 0x82000002, 0x82000003),
    .console = PL011(0x09040000, 40),
};
"""
SYSTEM = HEAD + """
CELLBLOCK_SYSTEM = {
    .name = "board",
    .hypervisor = { 0x70000000, 4 * MiB },
    .cpus = CPUS(0x0, 0x1, 0x100),
    .gic = { .version = 2, .gicd = { 0x1000, 4 * KiB }, .gicc = { 0x2000, 8 * KiB }, .gich = { 0x4000, 4 * KiB },
             .gicv = { 0x5000, 8 * KiB } },
    .spin_table = SPIN_TABLE(0, 0, 0x88),
    .debug_console = PL011(0x9000),
    .flags = PERMISSIVE,
    .regions = REGIONS({ .phys = 0x40000000, .size = 1 * MiB, .flags = RAM }),
    .irqs = IRQS({ 32, 988 }),
    .smcs = SMCS(0x82000008, 0xc2000004),
};
"""


def available(name: str) -> str:
    return name if shutil.which(name.split()[0]) else pytest.skip(f"there is no {name}")


def source(directory: Path, text: str, name: str = "c.c") -> Path:
    return write(directory / name, text)


def read(directory: Path, text: str) -> binary.Cell:
    return binary.parse(flat.compile_source(source(directory, text)), "c")


def refused(directory: Path, text: str, **environment: str) -> str:
    """Every command that takes a source refuses it, in the same words."""
    path = source(directory, text)
    result = tool("show", path, **environment)
    assert result.status == 3 and not result.out, result.out
    return result.err


# ---- What is in the source arrives ----


@pytest.mark.parametrize("name", COMPILERS)
def test_compilers(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the byte order, the size of pointers and the alignment of this compiler are."""
    monkeypatch.setenv("HOSTCC", available(name))
    made = read(tmp_path, FULL)
    assert (made.name, made.cpus, made.flag_names) == ("full", [2, 63], ["native-idle"])
    assert made.regions == (binary.Region("ram", 0x70400000, 0, 0x1000000, 0b100111),
                            binary.Region("uart", 0x09040000, 0x09040000, 0x1000, 0b1011))
    assert made.irqs == (binary.IrqRange(40, 1), binary.IrqRange(50, 2), binary.IrqRange(60, 3))
    assert made.smcs == (0x82000001, 0x82000002, 0x82000003)
    assert made.console == binary.Console(2, 40, 0x09040000)
    system = read(tmp_path, SYSTEM)
    assert isinstance(system, binary.System)
    assert (system.name, system.cpus, system.mpidrs) == ("board", [0, 1, 2], (0, 1, 0x100))
    assert (system.spin_table, system.linux_cpus, system.smcs) == ((0, 0, 0x88), [0, 1], (0x82000008, 0xC2000004))
    assert system.hypervisor == binary.Frame(0x70000000, 0x400000)
    assert (system.gic_version, list(system.frames)) == (2, ["gicd", "gicc", "gich", "gicv"])
    assert system.frames["gicv"] == binary.Frame(0x5000, 0x2000)
    assert system.debug_console == binary.Console(2, 0, 0x9000)
    assert system.regions == (binary.Region("", 0x40000000, 0x40000000, 0x100000, 0b111),)


def test_own_headers(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    write(tmp_path / "parts" / "cpus.h", "#pragma once\n#include \"more.h\"\n#define MINE CPU(MORE)\n")
    write(tmp_path / "parts" / "more.h", "#define MORE 3\n")
    text = HEAD + '# /* here */ include "parts/cpus.h" // now\n#include <stdint.h>\n' + PLAIN.replace("CPU(3)", "MINE")
    assert read(tmp_path, text).cpus == [3]


def test_file_name_that_looks_like_an_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source(tmp_path, HEAD + PLAIN, "-x.c")
    assert tool("show", "--", "-x.c").status == 0


# ---- Nothing is run ----


CELL = ("cell", "x", "--cpus", "1", "--memory", "2M")


def commands(directory: Path, path: Path) -> list[tuple[str, ...]]:
    system = write(directory / "board.cell", board())
    write(directory / "record.json", '{"name": "root", "board": "board", "flags": ["permissive"], "touched": []}')
    return [("build", path, "-o", directory / "o.cell"), ("show", path), ("check", system, path), ("check", path),
            ("draw", system, path, "-o", directory / "o.svg"), ("draw", path, "-o", directory / "o.svg"),
            ("learn", path, "--record", directory / "record.json"),
            (*CELL, "--from", trees.virt(3), *trees.KEPT, "--beside", path),
            (*CELL, "--from", trees.virt(3), "--system", path)]


CONSTRUCTOR = HEAD + """#define PASTE(a, b) a##b
int system(const char *command);
int ran;
void run(void);
{attribute} void run(void) {{ ran = system("touch {mark}"); }}
""" + PLAIN.replace("{", "{{").replace("}", "}}")


@pytest.mark.parametrize("attribute", ["__attribute__((constructor))", "PASTE(__attrib, ute__)((constructor))",
                                       "[[PASTE(gn, u)::constructor]]", ""])
def test_no_command_runs_anything(attribute: str, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    path = source(tmp_path, CONSTRUCTOR.format(attribute=attribute, mark=mark), "evil.c")
    for arguments in commands(tmp_path, path):
        result = tool(*arguments)
        assert result.status in (1, 3) and not result.out.startswith("/*"), arguments
        assert not mark.exists(), arguments
    assert not (tmp_path / "o.cell").exists()


def test_code_is_refused(tmp_path: Path) -> None:
    """It would not be run, so the file would not mean what it says."""
    said = refused(tmp_path, HEAD + PLAIN + "int helper(void);\nint helper(void) { return 1; }\n")
    assert said == (f"cellctl: {tmp_path}/c.c: has the function helper(), and a configuration is read, not run: "
                    "write tables only\n")


# ---- Nothing else is read ----


@pytest.mark.parametrize("line", [
    '#include "{secret}"', "#include <{secret}>", '%: include "{secret}"', '#include \\\n"{secret}"', '#inc\\\nlude "{secret}"',
    '#define HERE "{secret}"\n#include HERE', '#include "../{name}"', '#include "link.h"', '#import "{secret}"',
    '#include_next "{secret}"', '#embed "{secret}"', '# 1 "{secret}"\nerror here;', '#line 1 "{secret}"\nerror here;',
    '#if 0\n\' /*\n#endif\n#include "{secret}"\n#if 0\n*/\n#endif', 'const char x[] = R"(")"; \n#include "{secret}"\n//")";',
    '#ident "a\\"\\n.incbin \\"{secret}\\""', '#pragma GCC dependency "{secret}"', '#include "fifo.h"', '#include "none.h"',
    '#include <sys/types.h>', '/* */ # include "{secret}"', '#if 1 /*\n*/\n#include "{secret}"\n#endif',
    "#\r#include \"{secret}\"",
])
def test_directives(line: str, tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    secret = write(tmp_path / "secret.h", SECRET)
    (place / "link.h").symlink_to(secret)
    os.mkfifo(place / "fifo.h")
    said = refused(place, HEAD + line.format(secret=secret, name=secret.name) + "\n" + PLAIN)
    assert "does not compile" not in said, "the compiler has seen it"
    assert "secret-of-root" not in said


def test_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path / "c.c", b"\xef\xbb\xbf#include \"/dev/null\"\n" + (HEAD + PLAIN).encode())
    assert "byte-order mark" in tool("show", path).err


@pytest.mark.parametrize("compiler_name", ["gcc", "clang"])
@pytest.mark.parametrize("line", [
    'asm(".incbin \\"{secret}\\"");', '__asm__(".include \\"{secret}\\"");', 'JOIN(__a, sm)(".incbin \\"{secret}\\"");',
    'const char x[] __attribute__((section("a\\n.incbin \\"{secret}\\""))) = "";',
    'JOIN(__attri, bute)((section("a"))) const char x[] = "";', '[[JOIN(g, nu)::section("a")]] extern const char x[];',
    'JOIN(_Pra, gma)("GCC dependency \\"{secret}\\"")', '#if JOIN(__has_, include)("{secret}")\n#error there\n#endif',
    'const char x[] asm("a\\n.incbin \\"{secret}\\"") = "";',
])
def test_ways_to_the_assembler(line: str, compiler_name: str, tmp_path: Path) -> None:
    secret = write(tmp_path / "secret", SECRET)
    text = HEAD + "#define JOIN(a, b) a##b\n" + line.format(secret=secret) + "\n" + PLAIN
    said = refused(tmp_path, text, HOSTCC=available(compiler_name))
    assert "poisoned" in said or "expected" in said
    assert "secret-of-root" not in said and "there" not in said.splitlines()[0]


def test_header_of_cellblock_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By one in the directory in which the tool is called, or beside the source."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cellblock").mkdir()
    write(tmp_path / "cellblock" / "board.h", "#error replaced\n")
    assert tool("show", source(tmp_path, HEAD + PLAIN)).status == 0


def test_message_of_the_compiler_is_plain(tmp_path: Path) -> None:
    said = refused(tmp_path, HEAD + "#error \x1b]0;own\x07\n")
    assert "\x1b" not in said and "\x07" not in said


@pytest.mark.parametrize("text, reason", [
    ("const char big[1 << 30] = { 1 };\n", ""),
    ("const char big[2000000] = { 1 };\n", "are far too many"),
    ("#define A(x) x x x x x x x x\n#define B(x) A(A(A(x)))\nconst char big[] = B(B(B(B(\"aaaaaaaa\"))));\n", ""),
])
def test_compiler_that_takes_too_much(text: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "SECONDS", 5)
    monkeypatch.setattr(compiler, "MEMORY", 1 << 30)
    assert reason in refused(tmp_path, HEAD + text + PLAIN)


# ---- Objects that are not what they seem ----


LIST = "const char unended[4] = \"abcd\";\nconst struct cb_irq_range irqs[2];\nconst uint64_t word = 1;\nextern const struct cb_irq_range elsewhere[];\n"


@pytest.mark.parametrize("field, reason", [
    (".irqs = { irqs, 300 }", ".irqs is outside of its data"),
    (".irqs = { irqs + 3, 1 }", ".irqs is outside of its data"),
    (".irqs = { irqs - 400, 1 }", ".irqs is outside of its data"),
    (".irqs = { irqs, (size_t)-1 }", ".irqs: 18446744073709551615 elements do not fit"),
    (".irqs = { irqs, 0x2000000000000001 }", "elements do not fit"),
    (".irqs = { 0, 1 }", ".irqs has 1 element and no list"),
    (".irqs = { (const void *)0x1000, 1 }", ".irqs points to no data of this file"),
    (".irqs = { elsewhere, 1 }", ".irqs points to no data of this file"),
    (".irqs = { (const void *)&cellblock_cell, 2000 }", ".irqs is outside of its data"),
    (".cpus = (uint64_t)&word", ".cpus is the address of a variable"),
    (".regions = REGIONS({ .phys = (uint64_t)&word })", ".regions[0] is the address of a variable"),
    (".name = unended", ".name has no end"),
    (".name = (const char *)&word + 100", ".name is outside of its data"),
    (".name = \"a-name-of-thirty-two-characters-\"", "is longer than 31 characters"),
    (".regions = REGIONS({ .name = \"sixteen-letters-\" })", ".regions[0]: the name"),
    (".smcs = { (const uint32_t *)irqs, 16384 }", ".smcs is outside of its data"),
])
def test_pointers_and_counts(field: str, reason: str, tmp_path: Path) -> None:
    said = refused(tmp_path, f"{HEAD}{LIST}CELLBLOCK_CELL = {{ {field} }};\n", HOSTCC="gcc -fdata-sections")
    assert reason in said and said.count("\n") == 1


@pytest.mark.parametrize("text, reason", [
    ("const int nothing = 1;\n", "defines neither CELLBLOCK_SYSTEM nor CELLBLOCK_CELL"),
    ("CELLBLOCK_SYSTEM = { .name = \"b\" };\n" + PLAIN, "defines both CELLBLOCK_SYSTEM and CELLBLOCK_CELL"),
    ("const int cellblock_cell = 1;\n", "does not compile"),
    ("const uint32_t cellblock_layout[1] = { 0 };\n" + PLAIN, "does not compile"),
    ("CELLBLOCK_SYSTEM = { .name = \"b\", .regions = REGIONS({ .virt = AT(0) }) };\n",
     ".regions[0].virt: the root cell sees memory where it is"),
    ("static const struct cb_irq_range many[2048];\nCELLBLOCK_CELL = { .irqs = { many, 2048 } };\n",
     "does not fit into 16384 bytes"),
])
def test_what_is_defined(text: str, reason: str, tmp_path: Path) -> None:
    assert reason in refused(tmp_path, HEAD + text)


def test_damaged_objects_end_in_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a compiler, or what takes its place, has written."""
    chance = random.Random(3)
    for name in ("gcc", "gcc -m32"):
        monkeypatch.setenv("HOSTCC", name)
        good = compiler.compile_object(source(tmp_path, FULL), flat.LAYOUT)
        for _ in range(300):
            data = bytearray(good[:chance.choice([len(good), len(good), chance.randrange(len(good))])])
            for _ in range(chance.randrange(1, 8) if data else 0):
                data[chance.randrange(len(data))] = chance.choice([0, 1, 0x7F, 0xFF, chance.randrange(256)])
            monkeypatch.setattr(compiler, "compile_object", lambda *_, made=bytes(data): made)
            try:
                assert len(flat.compile_source(tmp_path / "c.c")) <= binary.MAX_SIZE
            except Refusal as refusal:
                assert refusal.remedy and "\n" not in refusal.message
        monkeypatch.undo()


def test_huge_section_of_nothing(tmp_path: Path) -> None:
    """It takes no memory here."""
    text = HEAD + "char nothing[1l << 40];\n" + PLAIN
    assert tool("show", source(tmp_path, text)).status == 0


# ---- What build says ----


def build(directory: Path, text: str) -> Result:
    return tool("build", source(directory, text), "-o", directory / "c.cell")


def test_all_refusals_are_said_at_once(tmp_path: Path) -> None:
    result = build(tmp_path, HEAD + """CELLBLOCK_CELL = {
    .name = "bad", .cpus = CPU(1),
    .regions = REGIONS({ "a", .phys = 0x70400001, .size = 4 * KiB, .flags = RAM },
                       { "b", .phys = 0x70500000, .size = 4 * KiB, .flags = WRITE }),
    .irqs = IRQS({ 27, 1 }) };
""")
    assert result.status == 3 and not (tmp_path / "c.cell").exists()
    lines = result.err.splitlines()
    assert lines[0].startswith(f"cellctl: {tmp_path}/c.c: .regions[0] \"a\": ")
    assert [line.split(": ")[1] for line in lines[1:]] == ['.regions[1] "b" .flags', ".irqs[0]"]


def test_build_replaces_what_is_there_as_a_whole(tmp_path: Path) -> None:
    assert build(tmp_path, HEAD + PLAIN).status == 0
    good = (tmp_path / "c.cell").read_bytes()
    assert build(tmp_path, HEAD + PLAIN.replace("CPU(3)", "0")).status == 3
    assert (tmp_path / "c.cell").read_bytes() == good
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.c", "c.cell"]
    result = tool("build", tmp_path / "c.c", "-o", tmp_path / "none" / "c.cell")
    assert (result.status, result.err.count("\n")) == (3, 1)


def test_without_elftools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "elftools.elf.elffile", None)
    assert "install python3-pyelftools, or give the .cell file" in refused(tmp_path, HEAD + PLAIN)
    assert tool("show", write(tmp_path / "c.cell", cell())).status == 0


def test_analysis_of_delivered_configurations_by_clang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both compilers make the same of one."""
    monkeypatch.setenv("HOSTCC", available("clang"))
    for name in ("zcu102-firmware", "rpi4-spin-table"):
        assert flat.compile_source(CONFIGS / f"{name}.c") == (ROOT / "build" / "configs" / f"{name}.cell").read_bytes()


def test_object_limit() -> None:
    with pytest.raises(Refusal, match="far too many"):
        objectfile.Object(bytes(objectfile.MAX_SIZE + 1), "x.c")
