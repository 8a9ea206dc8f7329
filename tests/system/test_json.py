# SPDX-License-Identifier: GPL-2.0-only
"""What cellctl prints with --json of a machine, against the schema; tests/config/test_json.py has the rest."""

from __future__ import annotations

import sys
from pathlib import Path

from cells import SHARE, Root

sys.path.append(str(Path(__file__).resolve().parents[1]))

import schema  # noqa: E402  (found by the line above)

CELL = "demo-ring"


def ask(root: Root, kind: str, command: str, statuses: tuple[int, ...] = (0,)) -> object:
    """All that it prints is one object, on standard output."""
    status, text = root.machine.run(f"cellctl {command} --json 2>/tmp/stderr")
    assert status in statuses, (command, text)
    assert root.machine.check("cat /tmp/stderr") == ""
    return schema.check(kind, text)


def test_life_of_a_cell(root: Root) -> None:
    assert ask(root, "create", f"create {SHARE}/{CELL}.cell") == {"version": 1, "cell": 1}
    loaded = ask(root, "load", f"load {CELL} {SHARE}/timer.bin")
    assert loaded["image"] == "linux" and loaded["warnings"] == []
    ask(root, "start", f"start {CELL}")
    ask(root, "list", "list")
    ask(root, "show", f"show {CELL}")
    ask(root, "show", "show root")
    ask(root, "stats", "stats")
    ask(root, "stats", f"stats {CELL}")
    ask(root, "stop", f"stop {CELL}")
    ask(root, "destroy", f"destroy {CELL}")
    ask(root, "error", "create /none", (3,))
    ask(root, "error", f"enable {SHARE}/{root.board}.cell", (1,))
    ask(root, "error", f"show {CELL}", (1,))


def test_lines(root: Root) -> None:
    loaded, *texts, end = root.cellctl(
        f"--json run {SHARE}/{CELL}.cell {SHARE}/hello.bin --args off").splitlines()
    schema.check("load", loaded)
    for line in texts:
        schema.check("console", line)
    assert schema.check("end", end)["state"] == "stopped"
    root.destroy(CELL)
    for line in root.cellctl("--json console").splitlines():
        assert schema.check("console", line)["cell"] is None


def test_failed_cell(root: Root) -> None:
    root.launch(CELL, "violate", "case=crash")
    root.wait_state(CELL, "failed")
    crash = ask(root, "show", f"show {CELL}")["crash"]
    assert crash["reason"] == "read" and len(crash["x"]) == 31
    root.destroy(CELL)


def test_disable_and_enable(root: Root) -> None:
    assert ask(root, "disable", "disable") == {"version": 1}
    assert ask(root, "enable", f"enable {SHARE}/{root.board}.cell") == {"version": 1, "board": root.board}


def test_nothing_of_a_cell_that_never_ran_is_to_be_stopped(root: Root) -> None:
    root.create(CELL)
    status, said = root.machine.run(f"cellctl stop {CELL}")
    assert status == 1 and "nothing of it runs, so there is nothing to stop" in said
    root.destroy(CELL)


def test_files_that_are_no_image(root: Root) -> None:
    """Each is refused before the cell is touched."""
    machine = root.machine
    root.create(CELL)
    machine.check(f"cd /tmp && gzip -c {SHARE}/hello.bin | head -c 1000 >hello.gz && "
                  "printf '\\050\\265\\057\\375data' >hello.zst && printf '\\047\\005\\031\\126' >u && "
                  "head -c 25 /dev/zero >>u && printf '\\026' >>u && head -c 64 /dev/zero >>u && cp /bin/busybox elf")
    for name, expected in (("hello.gz", "(gzip) is damaged"), ("hello.zst", "zstd -dc /tmp/hello.zst >Image"),
                           ("u", "tail -c +65 /tmp/u >Image"), ("elf", "objcopy -O binary /tmp/elf")):
        status, said = machine.run(f"cellctl load {CELL} /tmp/{name}")
        assert status == 3 and expected in said, said
    assert root.cells()[CELL]["state"] == "created"
    root.destroy(CELL)


def test_tree_that_is_not_the_cells(root: Root) -> None:
    root.create(CELL)
    loaded = ask(root, "load", f"load {CELL} {SHARE}/hello.bin --dtb /sys/firmware/fdt")
    assert any("is no CPU of the cell" in line for line in loaded["warnings"])
    said = root.machine.check(f"cellctl load {CELL} {SHARE}/hello.bin --dtb /sys/firmware/fdt 2>&1")
    assert 'cellctl: warning: the device tree "/sys/firmware/fdt": ' in said
    root.destroy(CELL)


def test_console_on_a_terminal(root: Root) -> None:
    """What a cell writes does not control it, unless that is wanted; elsewhere nothing is changed."""
    root.launch(CELL, "hello", "a\x1b[31mb")
    root.wait_console(CELL, "hello: arguments")
    root.machine.check("test -t 1")
    assert 'arguments "a\\x1b[31mb"' in root.cellctl(f"console {CELL}")
    assert 'arguments "a\x1b[31mb"' in root.cellctl(f"console --raw {CELL}")
    assert "033" in root.machine.check(f"cellctl console {CELL} | od -c")
    root.destroy(CELL)
