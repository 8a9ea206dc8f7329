# SPDX-License-Identifier: GPL-2.0-only
"""Each command that the documentation tells its readers to type is executed by a test.

This is where those of the build machine are executed, and where it is seen that there is a test for
each of the others: tests/system/documents.py says how they are marked.
"""

from __future__ import annotations

import functools
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import tool
import trees

import documents
import native
from reader import on_host

TESTS = tool.ROOT / "tests"
USAGE = 2  # exit status

# Commands that no test executes, by how they begin; and who makes sure of them instead.
EXCEPTIONS = {
    "make KDIR=": "make check builds the module for two kernels",
    "make bench": "an hour of measurements; make check compares the counts of exits with theirs",
    "make bench-expected": "make check fails where its result is another",
    "make bench-plots": "draws what make bench has measured",
    "make boards": "boots the boards; by make check-long",
    "make check": "is what runs this test",
    "make check-long": "the same, for hours",
    "make configs": "a part of make, which each test needs",
    "make coverage": "measures tests, and is none",
    "make deb": "make check begins with it",
    "make demo": "a step of make check, which looks at its last line",
    "make faults": "make check begins with it",
    "make fuzz": "a step of make check",
    "make hostile": "more rounds of tests/system/test_hostile.py",
    "make host": "a part of make, with which each test begins",
    "make install": "make rootfs, with which each test begins, installs so",
    "make lint": "a step of make check",
    "make models": "a step of make check",
    "make run": "wants a terminal; tests/system boots the same machine",
    "make setup": "make check begins with it",
    "make soak": "by make check-long; tests/system/test_soak.py has a short one",
    "make sweep": "the totals of tests/sweep, which make check runs for one board of each system on a chip",
    "make uninstall": "tests/packages/test_install.py does it",
    "make -C tests/fuzz merge": "rewrites the corpus",
    "scripts/lint.sh": "a step of make check",
    "scripts/setup.sh": "make check begins with it",
    "apt install": "test_package.py installs the same file by dpkg, for its machine has no archive",
    "perf stat": "counts what only hardware has",
    "cloc hypervisor": "counts, and changes nothing",
    "man cellblock.conf": "tests/packages/test_man.py formats it",
}

# What a command begins with, wherever it stands.
WORDS = ("cellctl", "cellctl-collect", "make", "modprobe", "rmmod", "depmod", "dmesg",
         "fdt", "setenv", "booti", "mkimage", "qemu-system-aarch64", "apt", "apt-get", "dpkg", "systemctl",
         "journalctl", "sudo", "tar", "cd", "cp", "mount", "echo", "perf", "cloc", "man", "rsvg-convert",
         "scripts/\\w+\\.sh")
COMMAND = rf"(?:{'|'.join(WORDS)}) [^\s`]"
# In an indented block, or in one of any other language.
LOOSE = re.compile(rf"^(?: {{4,}}|\t+)(?:[#$] )?({COMMAND}.*)$", re.MULTILINE)
OTHER_FENCE = re.compile(r"^( *)```.*?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
# In a sentence, with at least one argument; "[" is in no command, but in a synopsis.
INLINE = re.compile(rf"`({COMMAND}[^`[]*)`")
# A word that the reader replaces.
PLACEHOLDER = re.compile(r"\.\.\.|\b[A-Z]{2,}\b|/path/\S*")
CALL = re.compile(r"documents\.(?:blocks|commands|refused)\(\s*\"([^\"]+)\"((?:,\s*\"\w+\")+)\)")


def excepted(command: str) -> str:
    """The exception that a command falls under, if any."""
    fitting = [key for key in EXCEPTIONS if f"{command} ".startswith(key if key[-1] == "=" else f"{key} ")]
    return max(fitting, key=len, default="")


@functools.cache
def executed() -> set[tuple[str, str]]:
    """Pages, and places of theirs whose commands some test asks for."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(TESTS.rglob("*.py"))]
    return {(page, place) for text in texts for page, places in CALL.findall(text)
            for place in re.findall(r"\w+", places)}


@functools.cache
def commands_of_tests() -> set[tuple[str, str]]:
    """Places, and commands that are executed there."""
    return {(place, command) for page, place in executed()
            for block in documents.all_blocks(page) if block.place == place for command in block.commands}


@pytest.mark.parametrize("page", documents.pages())
def test_each_command_is_executed(page: str) -> None:
    """By a test of this page, or because another page has the same command for this place."""
    for block in documents.all_blocks(page):
        assert block.place in documents.PLACES, f"{page}: {block.commands[0]}: where? (```sh PLACE)"
        for command in block.commands:
            assert excepted(command) or (block.place, command) in commands_of_tests(), \
                f'{page}: no test executes "{command}" ({block.place})'


@pytest.mark.parametrize("page", documents.pages())
def test_commands_stand_in_marked_blocks(page: str) -> None:
    """Or nobody would execute them."""
    rest = documents.fence_of(page).sub("", documents.text_of(page))
    loose = LOOSE.findall(rest)
    for _, text in OTHER_FENCE.findall(rest):
        loose += re.findall(rf"^ *(?:[#$] )?({COMMAND}.*)$", text, re.MULTILINE)
    assert not loose, f"{page}: these are in no block with ```sh PLACE"


def like(shown: str) -> re.Pattern[str]:
    """What a command in a sentence is to be the beginning of."""
    words = [".*".join(map(re.escape, PLACEHOLDER.split(word))) for word in shown.split()]
    return re.compile(r"\s+".join(words) + r"(?=\s|$)")


@pytest.mark.parametrize("page", [page for page in documents.pages() if page.endswith(".md")])
def test_commands_in_sentences_are_executed(page: str) -> None:
    known = [command for _, command in commands_of_tests()]
    text = documents.FENCE.sub("", documents.text_of(page))
    for shown in (re.sub(r"\s+", " ", found) for found in INLINE.findall(text)):
        assert excepted(shown) or any(map(like(shown).match, known)), f'{page}: no test executes "{shown}"'


def test_exceptions_are_needed() -> None:
    shown = [command for page in documents.pages() for block in documents.all_blocks(page)
             for command in block.commands]
    for page in documents.pages():
        shown += [re.sub(r"\s+", " ", found) for found in INLINE.findall(documents.text_of(page))]
    assert set(EXCEPTIONS) == {excepted(command) for command in shown} - {""}


@pytest.mark.parametrize("page", documents.pages())
def test_targets_of_make_are_there(page: str) -> None:
    """Also where make is not executed."""
    makefile = (tool.ROOT / "Makefile").read_text(encoding="utf-8")
    for block in documents.all_blocks(page):
        for words in (shlex.split(command) for command in block.commands if command.split()[0] == "make"):
            if words[1:2] != ["-C"]:
                targets = [word for word in words[1:] if "=" not in word]
                assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets), words
            for word in words[1:]:
                if word.startswith("RUN="):
                    script = tool.ROOT / "scripts" / "qemu.py"
                    subprocess.run([sys.executable, script, *word[4:].split(), "--dry-run"], check=True,
                                   stdout=subprocess.DEVNULL)


def test_commands_that_the_demo_shows_are_some_that_cellctl_takes() -> None:
    """An excerpt of what it prints: without a driver each gets as far as that."""
    cellctl = native.build("cellctl")
    shown = re.findall(r"^    linux \| # cellctl ([^;\n]*)", documents.text_of("README.md"), re.MULTILINE)
    assert shown
    for command in shown:
        done = subprocess.run([cellctl, *shlex.split(command)], capture_output=True, text=True, check=False)
        assert done.returncode not in (0, USAGE), done.stderr


def machine(directory: Path) -> Path:
    """The machine of the walk, as far as its configurations go."""
    return trees.collected(directory, trees.virt(3), **{
        "sys_devices_system_cpu_online": "0-3\n", "dmesg": "CPU: All CPU(s) started at EL2\n",
        "files": "/lib/modules/6.1.0-test/extra/cellblock.ko 1\n/lib/firmware/cellblock.bin 1\n"})


def archived(place: Path, archive: Path) -> None:
    subprocess.run(["tar", "-C", place.parent, "-czf", archive, place.name], check=True)


def test_host_commands_of_getting_started(tmp_path: Path) -> None:
    """Word by word, but for the builds and QEMU; `tar -xf` finds what the board wrote."""
    archived(machine(tmp_path), tmp_path / "machine.tar.gz")
    native.commands()
    (tmp_path / "build").symlink_to(tool.ROOT / "build")
    lines = [line for line in documents.commands("docs/getting-started.md", "host")
             if line.split()[0] != "make"]
    written = "tar -cf machine.img machine.tar.gz"  # the board's, on /dev/vda there
    lines.insert(next(i for i, line in enumerate(lines) if line.startswith("tar -xf")), written)
    said = on_host(lines, tmp_path)
    assert "This machine can run Cellblock" in said
    assert "mem=768M" in said.partition("cannot run Cellblock")[0]
    names = subprocess.check_output(["tar", "-tf", tmp_path / "machine.img"], text=True)
    assert names.split() == ["board.cell", "first.cell"]


def test_pages_of_create_and_hardware_check(tmp_path: Path) -> None:
    archived(machine(tmp_path), tmp_path / "board.tar.gz")
    check = documents.commands("docs/man/cellctl-hardware-check.8.scd", "host")
    create = documents.commands("docs/man/cellctl-config-create.8.scd", "host")
    assert "This machine can run" in on_host(check, tmp_path)
    on_host(create, tmp_path)
    assert (tmp_path / "board.c").exists()


def test_configuration_of_ones_own(tmp_path: Path) -> None:
    """The example of the page, built as the page says."""
    [command] = [line for line in documents.commands("docs/configuration.md", "host") if " -C " in line]
    shown = documents.shown_after("docs/configuration.md", "## An example")
    (tmp_path / "pump.c").write_text(shown)
    for name in ("configs", "include", "lib", "tools", "hypervisor"):
        (tmp_path / name).symlink_to(tool.ROOT / name)
    on_host([command], tmp_path)
    assert (tmp_path / "pump.cell").exists()


def test_index_names_each_document_and_no_other() -> None:
    text = (documents.DOCS / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([\w/.-]+\.md)\)", text))
    there = {str(path.relative_to(documents.DOCS)) for path in documents.DOCS.rglob("*.md")}
    assert {name for name in linked if not name.startswith("../")} == there - {"README.md"}
    for name in linked:
        assert (documents.DOCS / name).exists(), name
