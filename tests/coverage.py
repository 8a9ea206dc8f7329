#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print a table of line coverage from an lcov file, and list the lines never reached.

usage: coverage.py LCOV UNREACHED

Called by coverage.sh. The last line is "coverage: <n> of <n> lines, <n> %".
"""
import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
DIRECTORIES = ("lib", "hypervisor", "driver", "tools/cellctl")
HOST = "hypervisor/arch/host/"  # what the tests run on, not what they test


def read_lcov(path: str) -> dict[str, dict[int, int]]:
    """Counts by file and line; a file that several programs contain is there several times."""
    files: dict[str, dict[int, int]] = {}
    lines: dict[int, int] = {}
    for record in pathlib.Path(path).read_text().splitlines():
        kind, _, value = record.partition(":")
        if kind == "SF":
            name = str(pathlib.Path(value).resolve().relative_to(TOP))
            lines = files.setdefault(name, {})
        elif kind == "DA":
            line, count = value.split(",")[:2]
            lines[int(line)] = max(lines.get(int(line), 0), int(count))
    return {name: counts for name, counts in files.items() if not name.startswith(HOST)}


def is_statement(text: str) -> bool:
    """Not a brace, a case label or a comment alone, which the compiler's ranges include."""
    return text not in ("", "{", "}", "};") and not text.startswith(("/*", "*", "case ", "default:"))


def reduce_to_statements(files: dict[str, dict[int, int]]) -> dict[str, dict[int, int]]:
    """Drop lines that do nothing, so that they count neither way."""
    result = {}
    for name, lines in files.items():
        text = (TOP / name).read_text().splitlines()
        result[name] = {n: c for n, c in lines.items() if is_statement(text[n - 1].strip())}
    return result


def sources() -> list[str]:
    """C files that somebody might expect in the table."""
    names = (str(path.relative_to(TOP)) for top in DIRECTORIES for path in (TOP / top).rglob("*.c"))
    return sorted(name for name in names if not name.startswith(HOST))


def percent(reached: int, total: int) -> str:
    return f"{100 * reached / total:5.1f} %" if total else "      -"


def print_table(files: dict[str, dict[int, int]]) -> tuple[int, int]:
    reached_sum = total_sum = 0
    print(f"{'FILE':44} {'LINES':>6} {'REACHED':>8}")
    for name, lines in sorted(files.items()):
        reached = sum(1 for count in lines.values() if count)
        reached_sum += reached
        total_sum += len(lines)
        print(f"{name:44} {len(lines):6} {reached:8}  {percent(reached, len(lines))}")
    return reached_sum, total_sum


def write_unreached(files: dict[str, dict[int, int]], path: str) -> None:
    with open(path, "w", encoding="utf-8") as output:
        for name, lines in sorted(files.items()):
            text = (TOP / name).read_text().splitlines()
            for line in sorted(n for n, count in lines.items() if not count):
                print(f"{name}:{line}: {text[line - 1].strip()}", file=output)


def main() -> None:
    lcov, unreached = sys.argv[1:]
    files = {
        name: lines
        for name, lines in reduce_to_statements(read_lcov(lcov)).items()
        if lines and name.endswith(".c") and name.startswith(DIRECTORIES + ("inmates/lib",))
    }
    reached, total = print_table(files)
    write_unreached(files, unreached)
    missing = [name for name in sources() if name not in files]
    print("\nnot built for the host: " + " ".join(missing))
    print(f"lines never reached: {pathlib.Path(unreached).relative_to(TOP)}")
    print(f"coverage: {reached} of {total} lines,{percent(reached, total)}")


if __name__ == "__main__":
    main()
