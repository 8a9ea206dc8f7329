# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of `cellctl config` share: the tool as a user runs it, and files for it.

Binary configurations, good and bad, come from tests/system/cellfile.py.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "configs" / "arm64"
TOOL = ROOT / "tools" / "cellctl-config" / "cellctl-config"

sys.path[:0] = [str(TOOL.parent), str(ROOT / "tests"), str(ROOT / "tests" / "system"),
                 str(ROOT / "scripts")]

import cellfile  # noqa: E402  (found by the line above)
from cellctl_config import main  # noqa: E402

MIB = cellfile.MIB
KIB = cellfile.KIB


@dataclass
class Result:
    """One call of the tool."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return json.loads(self.out)


@contextlib.contextmanager
def captured(number: int, name: str) -> Iterator[TextIO]:
    """A file that takes what this process and its children write to a descriptor."""
    with tempfile.TemporaryFile("w+", errors="replace") as file:
        saved = os.dup(number)
        os.dup2(file.fileno(), number)
        try:
            with mock.patch.object(sys, name, file):
                yield file
        finally:
            os.dup2(saved, number)
            os.close(saved)


def text_of(file: TextIO) -> str:
    file.flush()
    file.seek(0)
    return file.read()


def tool(*arguments: object, group: str = "config", stdin: str = "", **environment: str) -> Result:
    """`cellctl GROUP ARGUMENTS` in this process. An exception that gets out fails the test."""
    with mock.patch.object(sys, "argv", ["cellctl", group, *map(str, arguments)]), \
            mock.patch.object(sys, "stdin", io.StringIO(stdin)), \
            mock.patch.dict(os.environ, environment), \
            captured(1, "stdout") as out, captured(2, "stderr") as err:
        status = main.main()
        return Result(status, text_of(out), text_of(err))


def board(**changes: object) -> cellfile.System:
    """A small GICv3 machine with four CPUs, some RAM and some devices."""
    values: dict[str, object] = {
        "name": "board",
        "hypervisor": (0x70000000, 4 * MIB),
        "gic": 3,
        "frames": {"GICD": (0x08000000, 64 * KIB), "GICR": (0x080A0000, 0xF60000)},
        "mpidrs": [0, 1, 2, 3],
        "cpus": 0b1111,
        "regions": [
            cellfile.Region("ram", 0x40000000, 768 * MIB),
            cellfile.Region("cells", 0x70400000, 251 * MIB),
            cellfile.Region("shared", 0x7FF00000, 1 * MIB, cellfile.DATA | cellfile.SHARED),
            cellfile.Region("uart0", 0x09000000, 4 * KIB, cellfile.MMIO),
            cellfile.Region("uart1", 0x09040000, 4 * KIB, cellfile.MMIO),
        ],
        "irqs": [(32, 100)],
    }
    return cellfile.System(**{**values, **changes})


def cell(**changes: object) -> cellfile.Cell:
    """A cell of that machine with the last CPU, 16 MiB and a ring as its console."""
    values: dict[str, object] = {
        "name": "guest",
        "cpus": 0b1000,
        "regions": [cellfile.Region("ram", 0x70400000, 16 * MIB,
                                    cellfile.RAM | cellfile.LOADABLE)],
    }
    return cellfile.Cell(**{**values, **changes})


def write(path: Path, content: object) -> Path:
    """A file: of a configuration, of bytes or of text."""
    if isinstance(content, cellfile.Cell):
        content = content.pack()
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content)
    return path
