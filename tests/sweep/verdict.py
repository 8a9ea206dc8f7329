# SPDX-License-Identifier: GPL-2.0-only
"""What the tools make of one board, and how that differs from what Linux makes of it.

The tools go the way of a user: `hardware check`, memory kept by its recipe, `config create`, `build`,
`check`, a cell with a UART. The configuration is compared with the walk of linux_*.py.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import firmware
from fdt import Node, Tree
from linux_address import PAGE, Range, is_device, memory, pages, registers, reservations, windows, without
from linux_irqchip import is_gic, pool, reached_spis
from tool import Result, cellfile, tool

MAX_UARTS = 12  # to be tried for a cell
GICC_ALIASED = 128 << 10
GICC_LAST_COPY = 60 << 10  # gic_check_eoimode(): Linux uses the last copy, where the second page follows
GICR_FRAME = 128 << 10
FRAMES = {2: ("GICD", "GICC", "GICH", "GICV"), 3: ("GICD", "GICR")}
UART = re.compile(r"(^|/)(serial|uart)@")
BAD_ADVICE = re.compile(r"turn (it|them) off|status reserved|take it out of \.irqs")
ORDER = ("error", "hardware", "create", "build", "check", "gic", "cpus", "memory", "spis", "pages", "more",
         "cell", "advice")


@dataclass
class Verdict:
    """`problems` are by kind, those of ORDER; what is missing and noted by the tool is in `noted`."""

    board: str
    problems: dict[str, list[str]] = field(default_factory=dict)
    noted: list[str] = field(default_factory=list)

    def add(self, kind: str, text: str) -> None:
        self.problems.setdefault(kind, []).append(text)

    @property
    def kind(self) -> str:
        """The first kind of problem in the order in which they matter; "" if all is right."""
        return next((kind for kind in ORDER if kind in self.problems), "")

    def __str__(self) -> str:
        return "\n".join(f"{self.board}: {kind}: {text}"
                         for kind, texts in self.problems.items() for text in texts)


class Board:
    """A tree in a directory of its own, and the calls of the tools for it."""

    def __init__(self, path: Path, directory: Path) -> None:
        self.tree_file = directory / path.name
        self.directory = directory
        shutil.copy(path, self.tree_file)
        firmware.fill_in_memory(self.tree_file)
        self.tree = Tree(self.tree_file)
        self.verdict = Verdict(path.name)
        self.notes = ""

    def call(self, kind: str, *arguments: object, group: str = "config") -> Result | None:
        """None if it failed: the reason is in the verdict. An exception of the tool's is "error"."""
        try:
            result = tool(*arguments, group=group)
        except Exception as error:  # pylint: disable=broad-exception-caught  (any is what is looked for)
            self.verdict.add("error", f"{arguments[0]}: {type(error).__name__}: {error}")
            return None
        if result.status:
            text = (result.err.strip() or result.out.strip()).replace(f"{self.directory}/", "")
            self.verdict.add(kind, text.splitlines()[0] if text else f"exit status {result.status}")
            return None
        return result

    # ---- The steps ----

    def judge(self) -> Verdict:
        if self._keep_memory() and self._configure():
            self._compare()
            self._give_uart()
        return self.verdict

    def _keep_memory(self) -> bool:
        try:
            result = tool("check", "--json", "--from", self.tree_file, group="hardware")
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.verdict.add("error", f"hardware check: {type(error).__name__}: {error}")
            return False
        recipes = {recipe["name"]: recipe for recipe in result.json["recipes"]} if result.out else {}
        if "u-boot" not in recipes:
            self.verdict.add("hardware", result.err.strip() or "no recipe for U-Boot")
            return False
        firmware.follow_recipe(self.tree_file, recipes["u-boot"]["lines"])
        self.tree = Tree(self.tree_file)
        return True

    def _configure(self) -> bool:
        source, output = self.directory / "system.c", self.directory / "system.cell"
        made = self.call("create", "create", "--from", self.tree_file, "-o", source)
        if made is None or self.call("build", "build", source, "-o", output) is None:
            return False
        self.call("check", "check", output, "--from", self.tree_file)
        self.notes = made.err
        return True

    # ---- The comparison ----

    def _is_noted(self, *names: str) -> bool:
        """Whether the tool says something of what is not there."""
        return any(re.search(rf"(?<![\w@-]){re.escape(name)}(?![\w@-])", self.notes) for name in names)

    def _lack(self, kind: str, text: str, *names: str) -> None:
        if self._is_noted(*names):
            self.verdict.noted.append(text)
        else:
            self.verdict.add(kind, text)

    def _compare(self) -> None:
        system = cellfile.System.read(self.directory / "system.cell")
        self._compare_gic(system)
        self._compare_cpus(system)
        self._compare_memory(system)
        self._compare_spis(system)
        self._compare_pages(system)

    def _compare_cpus(self, system: cellfile.System) -> None:
        cpus = self.tree.by_path["/cpus"]
        count = cpus.number("#address-cells") or 1
        found = []
        for node in cpus.children:
            if node.string("device_type") == "cpu" and node.string("status") in ("", "okay"):
                cells = node.cells("reg")
                found.append(cells[0] << 32 | cells[1] if count == 2 else cells[0])
        if found != system.mpidrs:
            self.verdict.add("cpus", f"{[hex(mpidr) for mpidr in system.mpidrs]} for {[hex(i) for i in found]}")

    def _compare_gic(self, system: cellfile.System) -> None:
        node = next(node for node in self.tree.nodes if is_gic(node) and node.is_available)
        regs = registers(node)
        expected = dict(zip(FRAMES[system.gic], regs))
        if "GICC" in expected:
            start, end = expected["GICC"]
            if end - start == GICC_ALIASED:
                expected["GICC"] = (start + GICC_LAST_COPY, end)
        for name, (start, _) in expected.items():
            if system.frames.get(name, (None, 0))[0] != start & -PAGE:
                self.verdict.add("gic", f"{name} is {system.frames.get(name)} and not at 0x{start:x}")
        if "GICR" in expected and system.frames["GICR"][1] < len(system.mpidrs) * GICR_FRAME:
            self.verdict.add("gic", f"GICR has 0x{system.frames['GICR'][1]:x} bytes")

    def _compare_memory(self, system: cellfile.System) -> None:
        """RAM can be used as such, reserved memory can be mapped, and registers are no RAM."""
        kept = [item for node, item in reservations(self.tree) if node.name.startswith("cellblock")]
        no_map = [(node, pages(item)) for node, item in reservations(self.tree)
                  if "no-map" in node.props and item not in kept]
        usable = [(region.phys, region.phys + region.size) for region in system.regions
                  if region.flags & cellfile.RAM == cellfile.RAM]
        everything = [(region.phys, region.phys + region.size) for region in system.regions]
        for start, end in self._ram():
            whole = ((start + PAGE - 1) & -PAGE, end & -PAGE)
            for piece in without(whole, [*usable, *kept, *(item for _, item in no_map)]):
                self._lack("memory", f"RAM 0x{piece[0]:x} to 0x{piece[1]:x} is not Linux's", f"0x{piece[0]:x}")
        for node, item in reservations(self.tree):
            for piece in without(pages(item), [*everything, *kept]):
                self._lack("memory", f"{node.path}: 0x{piece[0]:x} to 0x{piece[1]:x} is in no region",
                           node.path, node.name)
        for region in system.regions:
            if region.flags & cellfile.IO:
                place = region.phys, region.phys + region.size
                if any(place[0] < end and start < place[1] for start, end in self._ram()):
                    self.verdict.add("memory", f"region {region.name} has RAM as registers")

    def _ram(self) -> list[Range]:
        """What the memory nodes say, unless they have the GIC as well: then all registers are right, and they
        are not, until firmware has corrected them.
        """
        nodes = memory(self.tree)
        gic = [item for node in self.tree.nodes if is_gic(node) for item in registers(node)]
        if not any(start < item[1] and item[0] < end for start, end in nodes for item in gic):
            return nodes
        taken = [pages(item) for node in self.tree.nodes if is_device(node) for item in registers(node) + windows(node)]
        return [piece for item in nodes for piece in without(item, taken)]

    def _compare_spis(self, system: cellfile.System) -> None:
        given = {first + i for first, count in system.irqs for i in range(count)}
        for number, paths in sorted(reached_spis(self.tree).items()):
            if number not in given:
                names = [name for path in paths for name in (path, path.rpartition("/")[2])]
                self._lack("spis", f"{number} of {', '.join(sorted(paths))}", *names)
        for node in self.tree.nodes:
            # Which SPIs these raise, only the hardware knows: somebody has to say it.
            if node.is_a("arm,gic-v2m-frame") and node.is_available and not pool(node):
                self._lack("spis", f"those of {node.path}", node.path)
        for number in sorted(given - reached_spis(self.tree, only_enabled=False).keys()):
            self.verdict.add("more", f"SPI {number} is nobody's")

    def _compare_pages(self, system: cellfile.System) -> None:
        there = [(region.phys, region.phys + region.size) for region in system.regions]
        there += [(start, start + size) for start, size in [system.hypervisor, *system.frames.values()]]
        for node in self.tree.nodes:
            if not is_device(node) or is_gic(node) or node.is_a("arm,gic-v3-its"):
                continue
            for item in registers(node) + windows(node):
                for piece in without(pages(item), there):
                    disabled = "" if node.is_available else ", disabled"
                    self._lack("pages", f"0x{piece[0]:x} to 0x{piece[1]:x} of {node.path}{disabled}", node.path,
                               node.name)

    # ---- A cell ----

    def _uarts(self) -> list[Node]:
        console = self.tree.stdout
        return [node for node in self.tree.nodes
                if UART.search(node.path.rpartition("/")[2]) and registers(node) and node is not console]

    def _give_uart(self) -> None:
        """A cell with the first UART that can be given to one, if there is any."""
        cpus = len(cellfile.System.read(self.directory / "system.cell").mpidrs)
        uarts = self._uarts()[:MAX_UARTS]
        if cpus < 2 or not uarts:
            return
        refused = []
        for node in uarts:
            source, output = self.directory / "cell.c", self.directory / "cell.cell"
            source.unlink(missing_ok=True)
            before = dict(self.verdict.problems)
            made = self.call("cell", "cell", "guest", "--from", self.tree_file, "--cpus", cpus - 1, "--memory",
                             "16M", "--device", node.path, "-o", source)
            if made is None:
                refused.append(self.verdict.problems.get("cell", [""])[-1])
                self.verdict.problems = before
                continue
            if self.call("build", "build", source, "-o", output):
                checked = self.call("check", "check", self.directory / "system.cell", output, "--from",
                                    self.tree_file)
                self._look_at_advice(node, made.err + (checked.out if checked else ""))
            return
        self.verdict.add("cell", refused[-1])

    def _look_at_advice(self, uart: Node, text: str) -> None:
        """Nobody is to turn off a bus that the UART is on."""
        for line in text.splitlines():
            if BAD_ADVICE.search(line):
                for bus in uart.ancestors:
                    if bus.parent is not None and re.search(rf"{re.escape(bus.path)}(?![\w/@-])", line):
                        self.verdict.add("advice", line.replace(f"{self.directory}/", ""))


def judge(path: Path, directory: Path) -> Verdict:
    before = os.getcwd()
    os.chdir(directory)
    try:
        return Board(path, directory).judge()
    finally:
        os.chdir(before)
