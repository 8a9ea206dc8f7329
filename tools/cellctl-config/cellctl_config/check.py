# SPDX-License-Identifier: GPL-2.0-only
"""`cellctl config check SYSTEM [CELL...]`: what would be refused, and what is dangerous.

What would be refused is found by tools/cellcheck, which is made of the hypervisor's own code; here
each refusal gets its file and field. What is legal but dangerous is in dangers.py.
"""

from __future__ import annotations

import argparse
import fcntl
import functools
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cellctl_config import binary, compiler, dangers, fields, hazards, output, source, words
from cellctl_config.machine import Machine, open_machine
from cellctl_config.refusal import EXIT_FILE, EXIT_OK, EXIT_REFUSED, Refusal

IMAGE = Path("/lib/firmware/cellblock.bin")
OF_A_BUILD = ("CC", "CFLAGS", "CPPFLAGS", "LDFLAGS", "EXTRA_CFLAGS", "O", "MAKEFLAGS", "MFLAGS")
INSTALLED_CELLCHECK = Path(__file__).resolve().parent.parent / "cellcheck"


@dataclass(frozen=True)
class Finding:
    """One line of the result."""

    level: str  # "refusal", "warning" or "note"
    file: str
    field: str
    code: str
    message: str
    remedy: str

    @property
    def place(self) -> str:
        return f"{self.file}: {self.field}" if self.field else self.file

    def __str__(self) -> str:
        return f"{self.place}: {self.level}: {self.message}: {self.remedy}"


@dataclass
class Operand:
    """A file of the command line, and what it holds as far as that can be told."""

    file: str
    data: bytes = b""
    configuration: binary.Cell | None = None
    findings: list[Finding] = field(default_factory=list)
    pages_left: int | None = None  # of the system: free pages of the hypervisor with all cells

    @property
    def is_readable(self) -> bool:
        return bool(self.data) or not self.findings

    def add(self, level: str, where: str, code: str, message: str, remedy: str) -> None:
        self.findings.append(Finding(level, self.file, where, code, message, remedy))

    def is_refused(self) -> bool:
        return any(finding.level == "refusal" for finding in self.findings)


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    parser = subparsers.add_parser(
        "check", help="say what would be refused, and what is dangerous",
        description="Says what `cellctl enable SYSTEM` and `cellctl create CELL` would refuse, by the "
                    "hypervisor's own code, and warns of what is legal but dangerous. What only Linux "
                    "on the machine knows (who uses what, which CPUs are online) is not checked.",
        epilog="Exit status: 0 nothing is refused, 1 something is, 2 usage, 3 a file cannot be read.")
    parser.add_argument("system", metavar="SYSTEM", help="system configuration: .cell or C source")
    parser.add_argument("cells", nargs="*", metavar="CELL",
                        help="cells that are to exist together, created in this order")
    parser.add_argument("--alone", action="store_true",
                        help="each cell is to exist alone: do not compare them with each other")
    parser.add_argument("--from", dest="source", metavar="PLACE",
                        help="look at the machine, too: a .dtb, what `cellctl config collect` made, or / for "
                             "this one")
    parser.add_argument("--strict", action="store_true", help="warnings (not notes) fail, too")
    parser.add_argument("--pa-bits", type=int, metavar="N", default=48,
                        help="physical address bits of the CPUs (default: 48, the most there can be)")
    parser.add_argument("--intids", type=int, metavar="N", default=1020,
                        help="interrupts that the GIC has (default: 1020, the most there can be)")
    parser.add_argument("--image", metavar="FILE",
                        help=f"hypervisor image, for what memory it needs (default: {IMAGE}, or the "
                             "one that was built)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    machine = open_machine(None if args.source == "/" else args.source) if args.source else None
    operands = [read(name) for name in (args.system, *args.cells)]
    judge(operands, args.alone, Limits(args.pa_bits, args.intids, args.image))
    warn(operands, args.alone, machine)
    output.show(args.json, as_json(operands), as_lines(operands))
    return exit_status(operands, args.strict)


def read(name: str) -> Operand:
    """A file that cannot be read is a finding: the others are checked all the same."""
    operand = Operand(name)
    try:
        operand.data = source.load_bytes(name)
    except Refusal as refusal:
        message = refusal.message.removeprefix(name).removeprefix(":").strip()
        operand.add("refusal", "", "UNREADABLE", message, refusal.remedy)
        return operand
    try:
        operand.configuration = binary.parse(operand.data, name)
    except Refusal:
        pass  # judge() says why, in the words of cellctl
    return operand


# What is refused


@dataclass(frozen=True)
class Limits:
    """What a system configuration does not say of its machine; as the options."""

    pa_bits: int = 48
    intids: int = 1020
    image: str | None = None


@functools.cache
def cellcheck() -> Path:
    """The program that judges: that of this source tree, built if need be, or the installed one."""
    if not compiler.in_tree():
        return INSTALLED_CELLCHECK
    output = compiler.TREE / "build" / "host" / "cellcheck"
    output.mkdir(parents=True, exist_ok=True)
    with open(output / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # others may be building it
        build_cellcheck(output)
    return output / "cellcheck"


def build_cellcheck(output: Path) -> None:
    """For this computer, whatever else is being built meanwhile."""
    command = ["make", "-s", "--no-print-directory", "-C", str(compiler.TREE / "tools" / "cellcheck"),
               f"O={output}"]
    environment = {name: value for name, value in os.environ.items() if name not in OF_A_BUILD}
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment)
    if done.returncode:
        reason = (done.stderr.strip() or "make failed").splitlines()[0]
        raise Refusal(f"tools/cellcheck cannot be built: {reason}",
                      "see what `make -C tools/cellcheck` says; scripts/setup.sh installs what it needs")


def image(limits: Limits) -> list[str]:
    """Without an image the memory that the hypervisor needs is not judged."""
    built = compiler.TREE / "build" / "hypervisor" / "cellblock.bin"
    choices = [Path(limits.image)] if limits.image else [built, IMAGE] if compiler.in_tree() else [IMAGE]
    return next((["--image", str(path)] for path in choices if limits.image or path.is_file()), [])


def call_cellcheck(options: list[str], files: list[Path]) -> dict:
    command = [cellcheck(), *options, "--", *files]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise Refusal(f"cannot run {command[0]}: {error.strerror}",
                      "install cellcheck with the same version of Cellblock") from None
    if done.returncode:
        reason = done.stderr.strip().removeprefix("cellcheck: ") or f"exit status {done.returncode}"
        raise Refusal(f"cellcheck: {reason}", "correct the options of `cellctl config check`",
                      max(done.returncode, EXIT_REFUSED))
    return json.loads(done.stdout)


def judge(operands: list[Operand], alone: bool, limits: Limits) -> None:
    """Adds the refusals. Without a readable system the cells are checked by themselves."""
    system, *cells = operands
    groups = [[cell] for cell in cells] if alone else [cells]
    for i, group in enumerate(groups or [[]]):
        judge_together([system, *(cell for cell in group if cell.is_readable)], limits, i == 0)


def judge_together(operands: list[Operand], limits: Limits, with_system: bool) -> None:
    result = judge_data([operand.data for operand in operands],
                        [f"--pa-bits={limits.pa_bits}", f"--intids={limits.intids}", *image(limits)])
    if result["compared"]:
        operands[0].pages_left = result["pages_left"]
    for i, (operand, file) in enumerate(zip(operands, result["files"])):
        if operand.is_readable and (i or with_system):
            for refusal in file["refusals"]:
                add_refusal(operand, refusal, operands)


def judge_data(files: list[bytes], options: list[str]) -> dict:
    directory = Path(tempfile.mkdtemp(dir=compiler.scratch()))
    paths = [directory / str(i) for i in range(len(files))]
    for path, data in zip(paths, files):
        path.write_bytes(data)
    result = call_cellcheck(options, paths)
    shutil.rmtree(directory)
    return result


def judge_alone(operand: Operand) -> None:
    """Adds what is refused of one file whatever the machine."""
    for refusal in judge_data([operand.data], ["--each"])["files"][0]["refusals"]:
        add_refusal(operand, refusal, [operand])


def add_refusal(operand: Operand, refusal: dict, operands: list[Operand]) -> None:
    message = refusal["message"]
    for start in ("the configuration: ", *whose(operand.configuration)):
        message = message.removeprefix(start)
    if refusal["other"]:
        message += f" ({operands[refusal['other']['operand']].file})"
    operand.add("refusal", fields.of_refusal(operand.configuration, refusal), refusal["code"],
                message, refusal["remedy"])


def whose(configuration: binary.Cell | None) -> list[str]:
    """How cellctl begins: the file has been named already."""
    if configuration is None:
        return []
    kind = "board" if isinstance(configuration, binary.System) else "cell"
    return [f"{kind} \"{configuration.name}\": "]


def first_refusal(files: list[str]) -> Finding | None:
    """Of a system and cells that are to exist together."""
    operands = [read(name) for name in files]
    judge(operands, False, Limits())
    return next((finding for operand in operands for finding in operand.findings), None)


# What is dangerous


def warn(operands: list[Operand], alone: bool, machine: Machine | None) -> None:
    """Of what is not refused: there it would distract."""
    system, *cells = operands
    if not isinstance(system.configuration, binary.System) or system.is_refused():
        return
    by_configuration = {id(operand.configuration): operand for operand in operands}
    good = [cell.configuration for cell in cells if cell.configuration and not cell.is_refused()]
    found = dangers.of_system(system.configuration)
    for group in [[cell] for cell in good] if alone else [good]:
        found += dangers.of_cells(system.configuration, group)
    if machine:
        found = [danger for danger in found if danger.code not in hazards.KNOWN_BETTER]
        found += hazards.of_machine(machine, system.configuration, good)
    for danger in found:
        by_configuration[id(danger.where)].add(danger.level, danger.field, danger.code, danger.message,
                                               danger.remedy)


# Results


def levels(operands: list[Operand]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {"refusal": [], "warning": [], "note": []}
    for operand in operands:
        for finding in operand.findings:
            found[finding.level].append(finding)
    return found


def as_lines(operands: list[Operand]) -> list[str]:
    found = levels(operands)
    lines = [str(finding) for level in found.values() for finding in level]
    if operands[0].is_refused() and len(operands) > 1:
        lines.append(f"{operands[0].file} is refused: cells were not compared with it, nor with each "
                     "other")
    counts = [words.count(len(level), name) for name, level in found.items()]
    return lines + [f"{words.count(len(operands), 'file')}: {', '.join(counts)}"]


def as_json(operands: list[Operand]) -> dict[str, object]:
    return {
        "files": [operand.file for operand in operands],
        "compared": not operands[0].is_refused(),
        "pages_left": operands[0].pages_left,
        **{f"{name}s": [asdict(finding) for finding in level]
           for name, level in levels(operands).items()},
    }


def exit_status(operands: list[Operand], strict: bool) -> int:
    found = levels(operands)
    if any(finding.code == "UNREADABLE" for finding in found["refusal"]):
        return EXIT_FILE
    return EXIT_REFUSED if found["refusal"] or (strict and found["warning"]) else EXIT_OK
