# SPDX-License-Identifier: GPL-2.0-only
"""Each command in the documentation is one that the tools take, and those for the host are executed.

Those for the board are executed by tests/system/test_generated.py.
"""

from __future__ import annotations

import os
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
from cellctl_config.main import make_parser

DOCUMENTS = ("getting-started.md", "config-tool.md")
USAGE = 2  # exit status

COMMANDS = [(name, block.place, command) for name in DOCUMENTS for block in documents.blocks(name)
            for command in block.commands]


def words_of(command: str) -> list[str]:
    return shlex.split(command.removesuffix(" || true"))


def check_make(words: list[str]) -> None:
    targets = [word for word in words[1:] if "=" not in word]
    makefile = (tool.ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets), words
    for word in words[1:]:
        if word.startswith("RUN="):
            script = tool.ROOT / "scripts" / "qemu.py"
            subprocess.run([sys.executable, script, *word[4:].split(), "--dry-run"], check=True,
                           stdout=subprocess.DEVNULL)


def check_cellctl(words: list[str]) -> None:
    if words[1] in ("config", "hardware"):
        make_parser().parse_args(words[1:])
        return
    cellctl = native.build("cellctl")
    done = subprocess.run([cellctl, *words[1:]], capture_output=True, text=True, check=False)
    assert done.returncode not in (0, USAGE), done.stderr  # there is no driver here
    subprocess.run([cellctl, words[1], "--help"], stdout=subprocess.DEVNULL, check=True)


@pytest.mark.parametrize(("name", "place", "command"), COMMANDS)
def test_command_is_one_that_the_tools_take(name: str, place: str, command: str) -> None:
    words = words_of(command)
    if words[0] == "make":
        check_make(words)
    elif words[0] == "cellctl":
        check_cellctl(words)
    elif words[0] == "cellctl-config":
        make_parser().parse_args(words[1:])
    elif words[0] == "cellctl-collect":
        assert len(words) == 2 and not words[1].startswith("-")
    else:
        assert words[0] in ("modprobe", "rmmod", "depmod", "tar", "sync", "truncate", "export",
                            "qemu-system-aarch64"), f"{name} ({place}): who executes this?"


# In indented blocks, where output may stand between the commands.
SHOWN = re.compile(r"^    (?:linux \| )?(?:# )?((?:cellctl|make) [^\[\n]*?)\s*(?:#.*|;.*|>.*)?$", re.MULTILINE)
PAGES = (tool.ROOT / "README.md", *sorted(documents.DOCS.rglob("*.md")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(tool.ROOT)))
def test_shown_commands_are_some_that_the_tools_take(page: Path) -> None:
    for command in SHOWN.findall(page.read_text(encoding="utf-8")):
        words = words_of(command)
        if words[0] == "make":
            check_make([word for word in words if word not in ("-C", "configs")])
        else:
            check_cellctl(words)


def test_documents_have_commands() -> None:
    places = {place for _, place, _ in COMMANDS}
    assert places == {"", "host", "board"} and len(COMMANDS) > 40


def machine(directory: Path) -> Path:
    """The machine of the walk, as far as its configurations go."""
    return trees.collected(directory, trees.virt(3), **{
        "sys_devices_system_cpu_online": "0-3\n", "dmesg": "CPU: All CPU(s) started at EL2\n",
        "files": "/lib/modules/6.1.0-test/extra/cellblock.ko 1\n/lib/firmware/cellblock.bin 1\n"})


def test_host_commands_of_getting_started(tmp_path: Path) -> None:
    """Word by word, but for the builds and QEMU; `tar -xf` finds what the board wrote."""
    place = machine(tmp_path)
    subprocess.run(["tar", "-C", place.parent, "-czf", tmp_path / "machine.tar.gz", place.name], check=True)
    (tmp_path / "tools").symlink_to(tool.ROOT / "tools")
    lines = ["set -e"]
    for block in documents.blocks("getting-started.md"):
        if block.place == "host":
            lines += [line for line in block.commands if not line.startswith("make ") and line != "make"]
    written = "tar -cf machine.img machine.tar.gz"  # the board's, on /dev/vda there
    lines.insert(next(i for i, line in enumerate(lines) if line.startswith("tar -xf")), written)
    done = subprocess.run(["bash", "-c", "\n".join(lines)], cwd=tmp_path, capture_output=True, text=True,
                          check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "This machine can run Cellblock" in done.stdout and "Traceback" not in done.stderr
    assert "mem=768M" in done.stdout.partition("cannot run Cellblock")[0]
    names = subprocess.check_output(["tar", "-tf", tmp_path / "machine.img"], text=True)
    assert names.split() == ["board.cell", "first.cell"]


def test_commands_of_config_tool(tmp_path: Path) -> None:
    """On a machine with the document's UART, serial@9040000."""
    four = trees.CPUS.replace("cpu@100 ", 'cpu@2 { device_type = "cpu"; reg = <2>; }; cpu@100 ')
    psci = four.replace("reg =", 'enable-method = "psci"; reg =')
    tree = trees.compiled(tmp_path, trees.board(cpus=psci))
    place = trees.collected(tmp_path, tree, files="/lib/modules/6.1.0-test/extra/cellblock.ko 1\n"
                            "/lib/firmware/cellblock.bin 1\n")
    subprocess.run(["tar", "-C", place.parent, "-czf", tmp_path / "board.tar.gz", place.name], check=True)
    for block in documents.blocks("config-tool.md"):
        for words in map(words_of, block.commands):
            if words[:2] in (["cellctl", "config"], ["cellctl", "hardware"]):
                subprocess.run([sys.executable, "-B", tool.TOOL, *words[1:]], cwd=tmp_path, check=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert {"board.cell", "pump.cell"} <= {path.name for path in tmp_path.iterdir()}


def test_index_names_each_document_and_no_other() -> None:
    text = (documents.DOCS / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([\w/.-]+\.md)\)", text))
    there = {str(path.relative_to(documents.DOCS)) for path in documents.DOCS.rglob("*.md")}
    assert linked == there - {"README.md"}


@pytest.mark.parametrize("name", ["README.md", "getting-started.md", "config-tool.md", "porting.md"])
def test_links_lead_somewhere(name: str) -> None:
    text = (documents.DOCS / name).read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", text):
        path = documents.DOCS / target if target else documents.DOCS / name
        assert path.exists(), f"{name} links to {target}"
        headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE) if anchor else []
        slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in slugs, f"{name} links to {target}#{anchor}"
