# SPDX-License-Identifier: GPL-2.0-only
"""What `cellctl config check` and `learn` say on the host is what happens on the machine.

There is no Python in the guest: the host has the same files and asks its own copy of the tool.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cellfile import DATA, EXECUTE, KIB, LOADABLE, MIB, MMIO, RAM, SHARED, Cell, Region, put
from cells import SHARE, Root
from machine import Boot
from qemu import BUILD, ROOT

TOOL = ROOT / "tools" / "cellctl-config" / "cellctl-config"
CONFIGS = ROOT / "configs" / "arm64"
CANDIDATE = "/tmp/candidate.cell"
MACHINE = ("--pa-bits=44", "--intids=288")  # cortex-a57, and QEMU's GIC
RTC = "/sys/class/rtc/rtc0/since_epoch"


def config(*arguments: object, statuses: tuple[int, ...] = (0,)) -> str:
    """`cellctl config ARGUMENTS` on the host; what it prints."""
    done = subprocess.run([sys.executable, TOOL, "config", *map(str, arguments)], check=False,
                          capture_output=True, text=True)
    assert done.returncode in statuses, done.stderr
    return done.stdout


def check(board: str, *cells: object) -> Any:
    files = [BUILD / "configs" / f"{board}.cell", *cells]
    return json.loads(config("check", "--json", *MACHINE, *files, statuses=(0, 1)))


def built(*names: str) -> list[Path]:
    return [BUILD / "configs" / f"{name}.cell" for name in names]


# Refusals


@pytest.fixture(scope="module")
def root(boot_shared: Boot, gic: int) -> Iterator[Root]:
    """A machine with one cell."""
    root = Root(boot_shared(gic=gic))
    root.enable()
    root.create("demo-ring")
    yield root
    root.destroy("demo-ring")
    root.disable()


GOOD = Cell(name="candidate", cpus=0b100, regions=[Region("ram", 0x72000000, 1 * MIB, RAM | LOADABLE)])
BAD = {
    "memory-of-another": GOOD.with_region("theirs", 0x71000000, 1 * MIB),
    "gic": GOOD.with_region("gic", 0x08000000, 4 * KIB, MMIO),
    "ipa-of-the-gic": GOOD.with_region("moved", 0x72400000, 4 * KIB, virt=0x08001000),
    "hypervisor": GOOD.with_region("hv", 0x70001000, 4 * KIB),
    "hole": GOOD.with_region("hole", 0x09001000, 4 * KIB, MMIO),
    "rights": GOOD.with_region("code", 0x7FF00000, 4 * KIB, DATA | EXECUTE | SHARED),
    "memory-as-device": GOOD.with_region("io", 0x72400000, 4 * KIB, MMIO),
    "beyond-the-tables": GOOD.with_region("far", 0x72400000, 4 * KIB, virt=1 << 45),
    "cpu-of-another": GOOD.but(cpus=0b1100),
    "no-such-cpu": GOOD.but(cpus=1 << 40),
    "no-such-interrupt": GOOD.but(irqs=[(600, 1)]),
    "name": GOOD.but(name="demo-ring"),
}


@pytest.mark.parametrize("case", BAD)
def test_refusal_is_the_same_on_the_machine(root: Root, tmp_path: Path, case: str) -> None:
    data = BAD[case].pack()
    (tmp_path / "candidate.cell").write_bytes(data)
    said = check(root.board, *built("demo-ring"), tmp_path / "candidate.cell")["refusals"]
    root.machine.check(put(data, CANDIDATE))
    status, output = root.machine.run(f"cellctl --json create {CANDIDATE} 2>/dev/null")
    assert status == 1, output
    error = json.loads(output)["error"]
    assert [one["code"] for one in said] == [error["code"]]
    assert error["message"].endswith(said[0]["message"].partition(" (/")[0])
    assert said[0]["remedy"] == error["remedy"]


def test_what_is_accepted_is_accepted_on_the_machine(root: Root, tmp_path: Path) -> None:
    (tmp_path / "candidate.cell").write_bytes(GOOD.pack())
    assert check(root.board, *built("demo-ring"), tmp_path / "candidate.cell")["refusals"] == []
    root.machine.check(put(GOOD.pack(), CANDIDATE))
    root.cellctl(f"create {CANDIDATE}")
    root.destroy("candidate")


def test_as_many_pages_are_left_as_on_the_machine(root: Root) -> None:
    assert check(root.board, *built("demo-ring"))["pages_left"] == root.pool()["free"]
    root.create("demo-victim")
    assert check(root.board, *built("demo-ring", "demo-victim"))["pages_left"] == root.pool()["free"]
    root.destroy("demo-victim")


def test_cellcheck_of_the_machine_says_the_same(root: Root) -> None:
    """It is built for another architecture, and installed for when there is Python, too."""
    names = [f"{root.board}.cell", "demo-ring.cell", "demo-linux.cell", "tile-1.cell"]
    config("check", *built("qemu-virt-gicv3"))  # builds the host's
    host = subprocess.run([BUILD / "host" / "cellcheck" / "cellcheck", *names], cwd=BUILD / "configs",
                          capture_output=True, text=True, check=True)
    found = json.loads(root.machine.check(f"cd {SHARE} && /usr/lib/cellblock/cellcheck {' '.join(names)}"))
    assert found == json.loads(host.stdout)
    assert [len(file["refusals"]) for file in found["files"]] == [0, 0, 2, 0]


# Learning


def learned(root: Root, source: Path, directory: Path) -> list[str]:
    """The lines for what the root cell has touched until now."""
    (directory / "record.json").write_text(root.cellctl("--json show root"))
    return config("learn", source, "--record", directory / "record.json").splitlines()


def test_what_a_permissive_root_touched_is_learned(boot: Boot, gic: int, tmp_path: Path) -> None:
    """With the lines added to the board's source, the root cell touches nothing unknown any more."""
    root = Root(boot(gic=gic))
    board = f"{root.board}-permissive"
    source = tmp_path / f"{board}.c"
    shutil.copy(CONFIGS / "qemu-virt.h", tmp_path)  # a source includes what is beside it
    text = (CONFIGS / source.name).read_text()
    source.write_text(text)
    root.machine.check("modprobe cellblock")
    root.cellctl(f"enable {SHARE}/{board}.cell")
    assert "Nothing is missing" in learned(root, source, tmp_path)[-1]
    root.machine.check(f"cat {RTC}")
    lines = learned(root, source, tmp_path)
    assert lines[0] == "/* 1 page touched that no region listed. */"
    source.write_text(text.replace("REGIONS(", "REGIONS(" + "\n".join(lines)))
    root.cellctl("disable")
    config("build", source, "-o", tmp_path / "board.cell")
    root.machine.check(put((tmp_path / "board.cell").read_bytes(), "/tmp/board.cell"))
    root.cellctl("enable /tmp/board.cell")
    root.machine.check(f"cat {RTC}")
    assert root.json("show root")["touched"] == []
    root.machine.assert_dmesg_clean()
    root.disable()
