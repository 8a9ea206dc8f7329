# SPDX-License-Identifier: GPL-2.0-only
"""Sessions of the documentation in the machine of `make run`, word by word.

Each begins without the module. What the documents say about it must be seen, too.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import documents
import pytest
from cells import SHARE, SYSFS, Root
from generated import send
from machine import Boot, Machine
from qemu import BUILD, ROOT
from reader import Reader, expect_output

COPIED = ("Makefile", "VERSION", "inmates", "include")


@pytest.fixture(scope="module")
def machine(boot_shared: Boot) -> Machine:
    return boot_shared(gic=3)


@pytest.fixture
def reader(machine: Machine) -> Iterator[Reader]:
    yield Reader(machine)
    machine.check("cd /")
    if machine.run("test -e /dev/cellblock").status == 0:
        leave(Root(machine))
    machine.assert_dmesg_clean()


def leave(root: Root) -> None:
    """The session ended before the module was removed."""
    if root.machine.check(f"cat {SYSFS}/enabled") == "1":
        root.remove_cells()
        root.cellctl("disable")
    root.machine.check("rmmod cellblock")


def test_readme(reader: Reader) -> None:
    root = Root(reader.machine)
    said = reader.follow(documents.commands("README.md", "board"), {
        "cellctl console demo-ring": lambda: root.wait_console("demo-ring", "^timer: period")})
    assert re.search("^timer: period 1000 us", said["cellctl console demo-ring"], re.MULTILINE)
    assert re.search(r"demo-ring +running +3$", said["cellctl list"], re.MULTILINE)
    assert "running" in said["cellctl show demo-ring"] and "total" in said["cellctl stats demo-ring"]
    assert "hello: " in said["cellctl run demo-ring.cell hello.bin --args off"]
    assert "Hyp mode initialized successfully" in reader.last
    assert "cellblock" not in reader.machine.check("cat /proc/modules")


def test_refusal_of_the_readme(reader: Reader) -> None:
    Root(reader.machine).enable()
    [command] = documents.refused("README.md", "board")
    said = reader.machine.fails(f"cd {SHARE} && {command}")
    assert said.split() == documents.shown_after("README.md", command).split()


def test_cellctl(reader: Reader) -> None:
    said = reader.follow(documents.commands("docs/cellctl.md", "board"))
    assert "timer: 500 interrupts" in said["cellctl watch tile-2"]
    states = {cell["name"]: cell["state"] for cell in json.loads(said["cellctl --json list"])["cells"]}
    assert states == {"root": "running", "control": "running", "tile-2": "stopped"}
    assert "cell control: destroyed" in said["cellctl console"]
    assert "Usage: cellctl run" in said["cellctl help run"]


def test_examples_of_the_manual_pages(reader: Reader) -> None:
    reader.follow(documents.commands("docs/boards/qemu-virt.md", "board"))
    reader.machine.check("cellctl disable && rmmod cellblock")
    reader.follow(documents.commands("docs/man/cellctl-enable.8.scd", "board"))
    reader.follow(documents.commands("docs/man/cellctl-create.8.scd", "board"))
    reader.machine.check(f"cd {SHARE}")
    reader.follow(documents.commands("docs/man/cellctl-load.8.scd", "board"))
    reader.follow(documents.commands("docs/man/cellctl-show.8.scd", "board"))
    assert "qemu-virt-gicv3" in reader.last
    reader.machine.check("cellctl destroy demo-ring")
    reader.follow(documents.commands("docs/man/cellctl-run.8.scd", "board"))
    reader.machine.check("cellctl destroy demo-ring && cellctl disable")
    reader.follow(documents.commands("docs/man/cellblock.7.scd", "board"))


def test_troubleshooting(reader: Reader) -> None:
    online = "/sys/devices/system/cpu/cpu3/online"
    reader.machine.check(f"echo 0 >{online}")
    reader.follow(documents.commands("docs/troubleshooting.md", "board"))
    assert reader.machine.check(f"cat {online}") == "1"


def test_measuring_on_a_board(reader: Reader) -> None:
    root = Root(reader.machine)
    root.enable()
    reader.machine.check(f"cd {SHARE}")
    cell = "demo-native-idle"
    said = reader.follow(documents.commands("docs/performance.md", "board"),
                         {f"cellctl console {cell}": lambda: root.wait_console(cell, "bench: done")})
    assert re.search(r"^bench: \w+ .* 1000\b", said[f"cellctl console {cell}"], re.MULTILINE)


def test_record_of_a_permissive_machine(reader: Reader, tmp_path: Path) -> None:
    """`config learn` says what the page shows, of what this machine has recorded."""
    machine = reader.machine
    machine.check(f"modprobe cellblock && cellctl enable {SHARE}/qemu-virt-gicv3-permissive.cell")
    machine.check("cd /tmp && hwclock >/dev/null")
    reader.follow(documents.commands("docs/config-check.md", "board"))
    record = tmp_path / "record.json"
    record.write_text(machine.check("cat /tmp/record.json"))
    assert json.loads(record.read_text())["touched"] == ["0x9010000"]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source tree, as far as inmates go, with the page's program in it."""
    tree = tmp_path_factory.mktemp("tree")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tree / name)
    (tree / "build").mkdir()
    (tree / "build" / "debian").symlink_to(BUILD / "debian")
    text = documents.shown_after("docs/inmates.md", "an inmate is one function:")
    (tree / "inmates" / "demos" / "tick.c").write_text(text)
    return tree


def test_inmate(reader: Reader, source: Path) -> None:
    """The program of the page: built, on bare QEMU, and in a cell."""
    make, qemu = documents.commands("docs/inmates.md", "host")
    subprocess.run(make, shell=True, cwd=source, check=True, stdout=subprocess.DEVNULL)
    expect_output(qemu, r"^1 CPUs, arguments: ", source)

    root = Root(reader.machine)
    root.enable()
    send(reader.machine, (source / "build" / "inmates" / "tick.bin").read_bytes(), "/tmp/tick.bin")
    reader.machine.check("cd /tmp")
    said = reader.follow(documents.commands("docs/inmates.md", "board"),
                         {"cellctl console demo-ring": lambda: root.wait_console("demo-ring", "arguments")})
    assert "1 CPUs, arguments: one two" in said["cellctl console demo-ring"]
