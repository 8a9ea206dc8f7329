# SPDX-License-Identifier: GPL-2.0-only
"""Compiles the C source of a configuration to an object, which is read and never run.

Whoever wrote the source is not trusted. It may include headers of Cellblock and of its own directory
and nothing else: what a compiler opens could be a secret, or a device that reacts to that. Directives
are looked at in the text (check_text); what could hide one, or pass text to the assembler, cannot be
written at all (PRELUDE).
"""

from __future__ import annotations

import atexit
import functools
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from cellctl_config import words
from cellctl_config.refusal import Refusal

HERE = Path(__file__).resolve().parent
TREE = HERE.parents[2]  # of the sources; where it is installed, /usr
INSTALLED_HEADERS = TREE / "share" / "cellblock" / "include"

# What it compiles is small: on a slow board starting the compiler is what one waits for.
CFLAGS = ("-std=gnu11", "-O0", "-g0", "-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wshadow",
          "-ffreestanding", "-fno-lto", "-c")

# Of one compilation.
SECONDS = 60
WRITTEN = 64 << 20
MEMORY = 4 << 30

# Words that no source may have, not even put together by macros. The first three are the way to
# .incbin, attributes with text and pragmas are another one to the assembler, and the last
# open files to see whether they are there.
FORBIDDEN = ("asm", "__asm", "__asm__", "__attribute", "__attribute__", "__declspec", "gnu", "__gnu__",
             "clang", "_Clang", "__RTL", "__GIMPLE", "_Pragma", "__has_include", "__has_include_next",
             "__has_embed")
PRELUDE = """#pragma GCC system_header
{definitions}
#pragma GCC poison {forbidden}
"""

CONDITIONS = ("if", "ifdef", "ifndef", "elif", "else", "endif")
DIRECTIVES = ("", "define", "undef", *CONDITIONS, "error", "warning", "include")
SYSTEM_HEADER = re.compile(r"(?:cellblock/[a-z0-9_]+|stdbool|stddef|stdint)\.h")
INCLUDE = re.compile(r"<([^<>]*)>|\"([^\"]*)\"")
SPLICE = re.compile(r"\\[ \t\v\f]*\r?\n")
TOKEN = re.compile(r"(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<quoted>\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')|"
                   r"(?P<open>/\*|[\"'])", re.DOTALL)
RAW_STRING = re.compile(r"R\"")
DIRECTIVE = re.compile(r"\s*(?:#|%:)\s*(\w*)\s*(.*?)\s*$", re.DOTALL)
MAX_SHOWN = 60  # characters of a directive


def in_tree() -> bool:
    return (TREE / "lib" / "config" / "check.c").is_file()


def headers() -> Path:
    """The directory that has cellblock/board.h."""
    directory = TREE / "include" if in_tree() else INSTALLED_HEADERS
    if not (directory / "cellblock" / "board.h").is_file():
        raise Refusal(f"the header cellblock/board.h is not in {directory}",
                      "install Cellblock again, or give the .cell file that was built from this source")
    return directory


def command() -> list[str]:
    """The compiler and what belongs to its name: HOSTCC="clang --target=..."."""
    try:
        found = shlex.split(os.environ.get("HOSTCC") or "cc")
    except ValueError:
        found = []
    if not found or not shutil.which(found[0]):
        raise Refusal(f"there is no C compiler \"{os.environ.get('HOSTCC') or 'cc'}\" here",
                      "install one, or give the .cell file that was built from this source")
    return found


@functools.cache
def scratch() -> Path:
    """A directory that goes away with this process."""
    path = Path(tempfile.mkdtemp(prefix="cellctl-config-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


# ---- What a source includes ----


def refuse_text(path: Path, what: str, remedy: str) -> Refusal:
    return Refusal(f"{path}: {what}", remedy)


def lines_of(path: Path) -> list[str]:
    """The lines as the preprocessor sees them: spliced, and without comments."""
    data = path.read_bytes()
    if b"\0" in data or data.startswith(b"\xef\xbb\xbf") or re.search(rb"\r(?!\n)", data):
        raise refuse_text(path, "has a NUL, a byte-order mark or a lone carriage return",
                          "save it as plain text")
    text = SPLICE.sub("", data.decode("latin-1"))
    pieces, end = [], 0
    for found in TOKEN.finditer(text):
        if found["open"]:
            raise refuse_text(path, f"has a {found['open']} that is not closed", "close it")
        pieces += [text[end:found.start()], " " if found["comment"] else found[0]]
        end = found.end()
    stripped = "".join([*pieces, text[end:]])
    if RAW_STRING.search(stripped):
        raise refuse_text(path, "has a raw string", "write a plain one")
    return stripped.split("\n")


def check_include(path: Path, root: Path, operand: str) -> Path | None:
    """A header beside the source, which has to be looked at, too."""
    match = INCLUDE.fullmatch(operand)
    if match is None:
        raise refuse_text(path, f"#include {operand[:MAX_SHOWN]} does not say what it includes",
                          "write the name of a header")
    name = match[1] or match[2] or ""
    if match[2]:
        header = path.parent / name
        # lexists: what the compiler cannot open, it passes over.
        if header.is_file() and ".." not in Path(name).parts and root in header.resolve().parents:
            return header
        if os.path.lexists(header) or Path(name).is_absolute():
            raise refuse_text(path, f"#include \"{name[:MAX_SHOWN]}\" is no file in its directory",
                              "put the header beside it")
    if not SYSTEM_HEADER.fullmatch(name):
        raise refuse_text(path, f"#include {operand[:MAX_SHOWN]} is neither a header of Cellblock nor in "
                          "its directory", "put the header beside it, or leave it out")
    return None


def check_text(path: Path, root: Path, seen: set[Path]) -> None:
    """That neither the source nor a header beside it names a file elsewhere."""
    seen.add(path)
    for line in lines_of(path):
        match = DIRECTIVE.match(line)
        if match is None:
            continue
        name, operand = match[1], match[2]
        if name == "pragma" and operand == "once":
            continue
        if name not in DIRECTIVES or (not name and operand):
            raise refuse_text(path, f"#{name} {operand[:MAX_SHOWN]} has no place in a configuration",
                              "leave it out")
        header = check_include(path, root, operand) if name == "include" else None
        if header and header not in seen:
            check_text(header, root, seen)


# ---- Compiling ----


def limit() -> None:
    """In the compiler's process: a few lines can make it write or compute without end."""
    for kind, value in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, WRITTEN),
                        (resource.RLIMIT_AS, MEMORY)):
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, hard))


def run(arguments: list[str], path: Path) -> None:
    """The compiler's messages are shown as they are: they name file and line."""
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, preexec_fn=limit, start_new_session=True)
    try:
        said = process.communicate(timeout=SECONDS)[1].decode(errors="replace")
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise Refusal(f"{path}: the compiler does not end", "write tables only") from None
    if process.returncode:
        sys.stderr.write(words.plain(said, keep="\n"))
        remedy = "correct what the compiler says above"
        if "poisoned" in said:
            remedy += "; a configuration has tables only, no attributes and no assembly"
        raise Refusal(f"{path} does not compile", remedy)


def compile_object(path: Path, definitions: str) -> bytes:
    """The object file of a source, with what is defined in front of it."""
    check_text(path, path.parent.resolve(), set())
    directory = Path(tempfile.mkdtemp(dir=scratch()))
    prelude = directory / "prelude.h"
    prelude.write_text(PRELUDE.format(definitions=definitions, forbidden=" ".join(FORBIDDEN)))
    output = directory / "object"
    operand = f"./{path}" if str(path).startswith("-") else str(path)
    included = [word for header in (headers() / "cellblock" / "board.h", prelude)
                for word in ("-include", str(header))]
    run([*command(), *CFLAGS, f"-I{headers()}", *included, "-o", str(output), operand], path)
    data = output.read_bytes()
    shutil.rmtree(directory)
    return data
