# SPDX-License-Identifier: GPL-2.0-only
"""Each command takes --json, wherever it stands, and prints one object that the schema describes.

tests/system/test_json.py has the commands that need the driver.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import trees
from tool import ROOT, Result, board, cell, tool, write

import documents
import native
import schema
from cellctl_config import main

OPTIONS = (("--json",), ("-j",))


def test_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.schema())


def files(directory: Path) -> None:
    write(directory / "board.cell", board(smcs=[0xC2000001]))
    write(directory / "guest.cell", cell(irqs=[(40, 3)], smcs=[1]))
    write(directory / "guest.c", '#include <cellblock/board.h>\n'
          'CELLBLOCK_CELL = { .name = "guest", .cpus = CPU(3), .console = RING };\n')
    write(directory / "record.json", json.dumps({"name": "root", "board": "board", "flags": ["permissive"],
                                                 "touched": ["0x9010000", "0xa000000"]}))
    shutil.copy(trees.virt(3), directory / "v.dtb")


# Commands that succeed, and those that fail in each way, in the directory of files().
GOOD = {
    "config build": ["build guest.c -o new.cell"],
    "config show": ["show board.cell guest.c", "show guest.cell"],
    "config check": ["check board.cell guest.cell", "check board.cell none.cell", "check guest.cell",
                     "check board.cell guest.cell --from v.dtb"],
    "config draw": ["draw board.cell guest.cell -o new.svg", "draw board.cell -o -"],
    "config learn": ["learn board.cell --record record.json", "learn board.cell --record record.json --from v.dtb"],
    "config create": [f"create --from v.dtb {' '.join(map(str, trees.KEPT))}",
                      f"create --from v.dtb {' '.join(map(str, trees.KEPT))} -o new.c"],
    "config cell": [f"cell pump --cpus 2 --memory 16M --from v.dtb {' '.join(map(str, trees.KEPT))}"],
    "hardware check": ["check --from v.dtb"],
}
BAD = {
    "config": ["build none.c", "build guest.txt", "build", "show none.cell", "show v.dtb", "check", "check --image none board.cell",
               "draw guest.cell -o x.svg", "draw", "learn board.cell --record none", "learn guest.cell --record record.json",
               "create --from none", "create --from v.dtb --reserved x", "create --from v.dtb --nonsense", "cell",
               "cell a/b --cpus 1 --memory 1M --from v.dtb", "cell a --cpus x --memory 1M --from v.dtb",
               "collect", "collect -- /proc/x/y", "nonsense", "", "build guest.c -o /proc/none/x.cell"],
    "hardware": ["check --from none", "check --memory 3 --from v.dtb", "check --nonsense", "chek", ""],
}


def run(directory: Path, group: str, words: list[str], monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.chdir(directory)
    return tool(*words, group=group)


@pytest.mark.parametrize("kind", GOOD)
def test_results(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in GOOD[kind]:
        for i, option in enumerate(OPTIONS):
            directory = tmp_path / f"{i}{len(list(tmp_path.iterdir()))}"
            directory.mkdir()
            files(directory)
            words = command.split()
            result = run(directory, kind.split()[0], [*words, *option] if i else [*option, *words], monkeypatch)
            schema.check(kind, result.out)
            assert not result.err, "notes are in the object"


@pytest.mark.parametrize("group, command", [(group, command) for group in BAD for command in BAD[group]])
def test_errors(group: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(tmp_path)
    plain = run(tmp_path, group, command.split(), monkeypatch)
    assert plain.status and not plain.out
    assert re.fullmatch(r"cellctl: .+: .+\n", plain.err)
    result = run(tmp_path, group, ["--json", *command.split()], monkeypatch)
    assert (result.status, result.err) == (plain.status, "")
    error = schema.check("error", result.out)["error"]
    assert plain.err == f"cellctl: {error['message']}: {error['remedy']}\n"
    assert error["code"] == {1: "REFUSED", 2: "USAGE", 3: "FILE", 5: "NOT_ROOT"}[result.status]


def test_several_refusals_of_one_file(tmp_path: Path) -> None:
    text = ('#include <cellblock/board.h>\nCELLBLOCK_CELL = { .name = "a", .cpus = CPU(1), '
            '.irqs = IRQS({ 3, 1 }, { 4, 1 }) };\n')
    made = tool("--json", "build", write(tmp_path / "c.c", text))
    error = schema.check("error", made.out)["error"]
    assert ".irqs[0]" in error["message"] and len(error["more"]) == 1


def test_each_command_is_here() -> None:
    modules = {f"{group} {name}" for group, names in main.COMMANDS.items() for name in names if group == "config"}
    assert modules - set(GOOD) == {"config collect"}  # tests/system/test_generated.py has it, on a machine


def cellctl(*arguments: object, directory: Path = ROOT) -> Result:
    done = subprocess.run([native.commands() / "cellctl", *map(str, arguments)], capture_output=True, text=True,
                          cwd=directory, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


def test_option_before_the_group(tmp_path: Path) -> None:
    files(tmp_path)
    for words in (("--json", "config", "show", "guest.cell"), ("config", "-j", "show", "guest.cell"),
                  ("-j", "config", "show", "--json", "guest.cell")):
        schema.check("config show", cellctl(*words, directory=tmp_path).out)


def test_without_a_driver() -> None:
    """What cellctl itself says on this computer."""
    for words in (["list"], ["lst"], ["list", "x"], ["load"], ["create", "/none"], ["list", "-x"], []):
        result = cellctl("--json", *words)
        assert result.status and not result.err
        schema.check("error", result.out)
    for words in (["--version"], ["-V"], ["list", "-V"], ["config", "--version"], ["hardware", "check", "-V"]):
        schema.check("version", cellctl("--json", *words).out)
        assert re.fullmatch(r"cellctl [\w.~-]+, ABI \d+\n", cellctl(*words).out)


def test_text_beyond_ascii() -> None:
    error = schema.check("error", cellctl("--json", "5 µs").out)["error"]
    assert error["message"] == 'there is no command "5 µs"'


def test_wrong_command_lines() -> None:
    for words, expected in (
            (["list", "-xj"], 'there is no option "-x" here'), (["list", "-jx"], r'there is no option \"-x\" here'),
            (["list", "--json", "-xj"], r'there is no option \"-x\" here'), (["list", "-x"], 'there is no option "-x" here'),
            (["list", "--jsonn"], 'there is no option "--jsonn" here'), (["load", "--args"], 'option "--args" needs a value'),
            (["list", "--json=3"], 'there is no option "--json=3" here'), (["lst"], 'do you mean "list"?'),
            (["confg"], 'do you mean "config"?'), (["destory", "x"], 'do you mean "destroy"?'),
            (["x"], 'see "cellctl --help"'), (["config", "shw"], 'do you mean "show"?'), (["\x1b[2J"], r'"\x1b[2J"')):
        result = cellctl(*words)
        assert result.status == 2 and expected in result.err + result.out, words


def test_help_is_well_written() -> None:
    text = cellctl("--help").out
    commands = re.findall(r"^  (\w+) ", text[text.index("Commands:"):text.index("Options:")], re.MULTILINE)
    assert len(commands) > 12
    for command in commands[:-1]:
        lines = cellctl(command, "--help").out.splitlines()
        assert all(line == line.rstrip() for line in lines), command
        if lines[0].startswith("Usage"):
            assert lines[2][0].isupper() and lines[2].endswith("."), command


def test_commands_that_need_the_driver_say_so() -> None:
    for words in (["list"], ["show", "root"], ["stop", "x"], ["console"], ["disable"]):
        result = cellctl(*words)
        assert result.status == 4
        assert "do this on the arm64 machine" in result.err or "modprobe" in result.err


def test_documented_keys() -> None:
    """The table of docs/cellctl.md has the keys of each command's object."""
    text = documents.text_of("docs/cellctl.md")
    rows = {name: row for row in re.findall(r"^\| (`.*)$", text[text.index("## JSON"):text.index("## Files")], re.MULTILINE)
            for name in re.findall(r"`([\w -]+)`", row.split("|")[0])}
    helpers = {"hex", "frame", "gic", "region", "irqs", "crash", "finding", "uart", "cell_state", "cpu_state", "end"}
    for kind, definition in schema.schema()["$defs"].items():
        if kind in helpers:
            continue
        row = rows["error" if kind == "error" else "--version" if kind == "version" else kind]
        for key in set(definition["properties"]) - {"version"}:
            assert f"`{key}`" in row, (kind, key)


def test_cells_of_strangers_are_harmless(tmp_path: Path) -> None:
    made = write(tmp_path / "x\x1b[2J.cell", cell(name=b"\x1b]0;own\x07"))
    for command in ("show", "check", "draw -o x.svg"):
        words = command.split()
        result = tool(words[0], made, *words[1:])
        assert "\x1b" not in result.out + result.err


def test_trees_of_strangers_are_harmless(tmp_path: Path) -> None:
    source = trees.board('\tevil: serial@9000000 { compatible = "arm,pl011", "arm,primecell"; reg = <0 0x09000000 0 0x1000>;\n'
                         '\t\tinterrupts = <0 1 4>; label = "\\x1b]0;own\\x07"; };\n').replace(
        "Board of a test", "Board\\x1b[2J\\x9b")
    tree = trees.compiled(tmp_path, source)
    data = tree.read_bytes().replace(b"serial@9000000", b"seri\x1b]0\x07@9000")
    assert b"\x1b]0\x07" in data
    tree.write_bytes(data)
    write(tmp_path / "b.cell", board())
    for group, words in (("hardware", ("check",)), ("config", ("create", *trees.KEPT)),
                         ("config", ("cell", "x", "--cpus", "1", "--memory", "2M", *trees.KEPT)),
                         ("config", ("cell", "x", "--cpus", "1", "--memory", "2M", "--device", "nonsense", *trees.KEPT)),
                         ("config", ("check", tmp_path / "b.cell"))):
        result = tool(*words, "--from", tree, group=group)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", result.out + result.err), words


