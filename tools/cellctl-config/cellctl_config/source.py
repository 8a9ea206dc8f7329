# SPDX-License-Identifier: GPL-2.0-only
"""Configurations as the user names them: a .cell file, or the C source of one.

A source is compiled with tools/mkcell, as configs/Makefile does it, and the program that results
writes the binary, unchecked: check.py has more to say about it than the first thing that is wrong.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from cellctl_config import binary
from cellctl_config.refusal import Refusal

HERE = Path(__file__).resolve().parent
TREE = HERE.parents[2]  # of the sources; where it is installed, /usr
INSTALLED = TREE / "share" / "cellblock" / "mkcell"
INSTALLED_CELLCHECK = HERE.parent / "cellcheck"

# What it compiles runs once: on a slow board the compiler is what one waits for.
CFLAGS = ("-std=gnu11", "-O0", "-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wshadow")
RUN_LIMIT = 60  # seconds; a configuration is a table and takes none


def in_tree() -> bool:
    return (TREE / "tools" / "mkcell" / "mkcell.c").is_file()


def mkcell_directory() -> Path:
    """Where include/, hypervisor/core/config.c and tools/mkcell/mkcell.c are."""
    root = TREE if in_tree() else INSTALLED
    if not (root / "tools" / "mkcell" / "mkcell.c").is_file():
        raise Refusal(f"the sources of mkcell are not in {root}",
                      "give the .cell file that was built from this source")
    return root


def compiler() -> str:
    name = os.environ.get("HOSTCC") or "cc"
    if not shutil.which(name):
        raise Refusal(f"there is no C compiler \"{name}\" here",
                      "install one, or give the .cell file that was built from this source")
    return name


@functools.cache
def scratch() -> Path:
    """A directory that goes away with this process."""
    path = Path(tempfile.mkdtemp(prefix="cellctl-config-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def run_compiler(arguments: list[str], what: str) -> None:
    """The compiler's messages are shown as they are: they name file and line."""
    root = mkcell_directory()
    command = [compiler(), *CFLAGS, f"-I{root / 'include'}", f"-I{root / 'hypervisor'}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise Refusal(f"{what} does not compile", "correct what the compiler says above")


@functools.cache
def mkcell_objects() -> list[str]:
    """mkcell without the configuration that it is to write."""
    root = mkcell_directory()
    objects = []
    for source in ("tools/mkcell/mkcell.c", "hypervisor/core/config.c"):
        objects.append(str(scratch() / f"{Path(source).stem}.o"))
        run_compiler(["-D_GNU_SOURCE", "-c", "-o", objects[-1], str(root / source)], "mkcell")
    return objects


def compile_source(path: Path) -> bytes:
    objects = mkcell_objects()
    output = Path(tempfile.mkdtemp(dir=scratch()))
    operand = f"./{path}" if str(path).startswith("-") else str(path)
    run_compiler(["-o", str(output / "mkcell"), operand, *objects], str(path))
    try:
        done = subprocess.run([output / "mkcell", "--unchecked", output / "cell"], timeout=RUN_LIMIT,
                              capture_output=True, text=True, errors="replace")
    except subprocess.TimeoutExpired:
        raise Refusal(f"{path}: the program that it compiles to does not end",
                      "write tables only, and no code") from None
    if done.returncode:
        message = done.stderr.strip().removeprefix(f"{path}: ") or f"exit status {done.returncode}"
        raise Refusal(f"{path}: {message}", "correct it")
    return (output / "cell").read_bytes()


def refuse_file(path: Path, error: OSError) -> NoReturn:
    raise Refusal(f"cannot read {path}: {error.strerror}",
                  "give a .cell file that tools/mkcell made, or its C source") from None


def read_binary(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(binary.MAX_SIZE + 1)
    except OSError as error:
        refuse_file(path, error)


def load_bytes(name: str) -> bytes:
    """The binary that a file holds or that its source says."""
    path = Path(name)
    if path.suffix != ".c":
        return read_binary(path)
    try:
        path.open("rb").close()
    except OSError as error:
        refuse_file(path, error)
    return compile_source(path)


def load(name: str) -> binary.Cell:
    return binary.parse(load_bytes(name), name)


def load_system(name: str) -> binary.System:
    system = load(name)
    if not isinstance(system, binary.System):
        raise Refusal(f"{name} is the configuration of a cell, and that of a system is needed",
                      "name the system configuration first, then those of the cells")
    return system


def load_cell(name: str) -> binary.Cell:
    cell = load(name)
    if isinstance(cell, binary.System):
        raise Refusal(f"{name} is the configuration of a system, and that of a cell is needed",
                      "name one system configuration, first, then those of the cells")
    return cell
