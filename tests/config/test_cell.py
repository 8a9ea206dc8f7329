# SPDX-License-Identifier: GPL-2.0-only
"""Cells that `cellctl config cell` makes of device-tree nodes, and what it warns of."""

from __future__ import annotations

from pathlib import Path

import pytest
import tool
import trees
from tool import KIB, MIB, cellfile

LOADED = ("read", "write", "execute", "loadable")
MMIO = ("read", "write", "io")
VIRT = ("--from", trees.virt(3), *trees.KEPT)
SMALL = ("guest", "--cpus", "2", "--memory", "16M")


def notes(*arguments: object) -> str:
    result = tool.tool("cell", *arguments)
    assert result.status == 0, result.err
    return result.err


def machine(directory: Path, more: str, **files: str) -> Path:
    """A collected machine with a kernel that keeps 256 MiB at 0x70000000 for us."""
    return trees.collected(directory, trees.compiled(directory, trees.board(more)), **files)


def test_uart_with_its_interrupt_becomes_the_console(tmp_path: Path) -> None:
    found, _ = trees.made(tmp_path, "cell", "guest", "--cpus", "2-3", "--memory", "64M", "--device",
                          "pl011@9040000", "--native-idle", *VIRT)
    assert (found.name, found.cpus, found.flag_names) == ("guest", [2, 3], ["native-idle"])
    assert trees.regions(found) == {"ram": (0x70400000, 64 * MIB, LOADED),
                                    "pl011": (0x09040000, 4 * KIB, MMIO)}
    assert found.intids == {40}
    assert (found.console.type_name, found.console.address, found.console.irq) == ("pl011", 0x09040000, 40)


def test_cell_without_devices_has_the_ring(tmp_path: Path) -> None:
    found, _ = trees.made(tmp_path, "cell", *SMALL, *VIRT)
    assert (found.console.type_name, found.irqs) == ("ring", ())


@pytest.mark.parametrize(("wish", "kind"), [("ring", "ring"), ("none", "none"), ("serial1", "pl011")])
def test_console_as_wished(tmp_path: Path, wish: str, kind: str) -> None:
    found, _ = trees.made(tmp_path, "cell", *SMALL, "--device", "serial1", "--console", wish, *VIRT)
    assert found.console.type_name == kind


def test_virtual_uart_is_where_nothing_is(tmp_path: Path) -> None:
    found, notes_ = trees.made(tmp_path, "cell", *SMALL, "--console", "virtual", *VIRT)
    assert (found.console.type_name, found.console.irq, found.log_size) == ("virtual", 32, 64 * KIB)
    assert found.console.address == 0x08010000, "between the distributor and the ITS"
    assert found.intids == {32}
    assert "no node of the device tree has INTID 32" in notes_
    assert "`config create --spis 32`" in notes_


def test_virtual_uart_has_an_spi_of_the_systems(tmp_path: Path) -> None:
    place = trees.collected(tmp_path, trees.virt(3))
    board = tool.write(tmp_path / "board.cell", tool.board(irqs=[(33, 12)]))
    line = tool.write(tmp_path / "line.cell", tool.cell(name="line", irqs=[(41, 2)]))
    common = (*SMALL, "--from", place, "--system", board, "--console", "virtual")
    found, notes_ = trees.made(tmp_path, "cell", *common, "--memory-at", "0x78000000", "--beside", line)
    assert found.console.irq == 43
    assert "--spis" not in notes_
    tool.write(board, tool.board(irqs=[(33, 8)]))
    assert "has no SPI that no device has: add one to its .irqs" in trees.refusal("cell", *common)


def test_memory_where_wished_and_shared_memory(tmp_path: Path) -> None:
    found, _ = trees.made(tmp_path, "cell", *SMALL, "--memory-at", "0x78000000", "--shared", "1M",
                          "--use-shared", *VIRT)
    assert trees.regions(found) == {"ram": (0x78000000, 16 * MIB, LOADED),
                                    "shared": (0x7FF00000, 1 * MIB, ("read", "write", "shared"))}


def test_cells_get_what_others_leave(tmp_path: Path) -> None:
    first = tool.write(tmp_path / "first.cell", tool.cell(name="first"))  # CPU 3, 16 MiB at the start
    found, _ = trees.made(tmp_path, "cell", *SMALL, "--beside", first, *VIRT)
    assert trees.regions(found)["ram"][0] == 0x71400000
    assert "CPU 3 is the cell first's" in trees.refusal(
        "cell", "guest", "--cpus", "2,3", "--memory", "16M", "--beside", first, *VIRT)
    assert "is a cell called first as well" in trees.refusal(
        "cell", "first", "--cpus", "2", "--memory", "16M", "--beside", first, *VIRT)


def test_devices_of_other_cells_are_refused(tmp_path: Path) -> None:
    uart = tool.write(tmp_path / "uart.cell", tool.cell(regions=[
        cellfile.Region("uart", 0x09040000, 4 * KIB, cellfile.MMIO)]))
    line = tool.write(tmp_path / "line.cell", tool.cell(irqs=[(40, 1)]))
    device = ("--device", "pl011@9040000", *VIRT)
    assert "is the cell guest's" in trees.refusal("cell", "a", *SMALL[1:], "--beside", uart, *device)
    assert "interrupt 40" in trees.refusal("cell", "a", *SMALL[1:], "--beside", line, *device)


def test_system_configuration_says_what_there_is(tmp_path: Path) -> None:
    place = trees.collected(tmp_path, trees.virt(3))
    board = tool.write(tmp_path / "board.cell", tool.board())
    common = (*SMALL, "--from", place, "--system", board)
    found, _ = trees.made(tmp_path, "cell", *common, "--use-shared", "--device", "serial1")
    assert trees.regions(found) == {"ram": (0x70400000, 16 * MIB, LOADED),
                                    "pl011": (0x09040000, 4 * KIB, MMIO),
                                    "shared": (0x7FF00000, 1 * MIB, ("read", "write", "shared"))}
    assert "is no region of" in trees.refusal("cell", *common, "--device", "pl061@9030000")
    tool.write(board, tool.board(irqs=[(32, 8)]))
    assert "INTID 40" in trees.refusal("cell", *common, "--device", "serial1")


def test_system_without_knowing_linux_is_refused(tmp_path: Path) -> None:
    board = tool.write(tmp_path / "board.cell", tool.board())
    text = trees.refusal("cell", *SMALL, "--system", board, "--from", trees.virt(3))
    assert "/proc/iomem is not known" in text
    missing = trees.refusal("cell", *SMALL, "--system", "/nonexistent.cell", "--from", trees.virt(3))
    assert "cannot read /nonexistent.cell" in missing
    assert "--system already says" in trees.refusal("cell", *SMALL, "--system", board, *VIRT)


# ---- What is refused ----


@pytest.mark.parametrize(("arguments", "words"), [
    (("--device", "pl011@9050000"), 'no node "pl011@9050000": do you mean pl011@9040000'),
    (("--device", "/"), 'no node "/"'),
    (("--device", ""), 'no node ""'),
    (("--device", "pl011"), "may be any of 2 nodes: /pl011@9000000, /pl011@9040000"),
    (("--device", "virtio_mmio"), "and others"),
    (("--device", "pl011@9000000"), "Linux's console (chosen/stdout-path)"),
    (("--device", "intc"), "part of the interrupt controller"),
    (("--device", "its@8080000"), "part of the interrupt controller"),
    (("--device", "memory@40000000"), "is memory"),
    (("--device", "psci"), "has no registers (reg)"),
    (("--device", "serial1", "--console", "pl061"), "is none of the cell's devices"),
    (("--device", "pl061", "--console", "pl061"), "is no UART that a configuration can name"),
    (("--use-shared",), "no memory that cells share"),
    (("--memory-at", "0x70000000"), "is not free for a cell; free is 0x70400000 to 0x7fffffff (252 MiB)"),
    (("--memory-at", "0x70400100"), "is not free for a cell"),
    (("--beside", "/nonexistent.cell"), "cannot read /nonexistent.cell"),
])
def test_refusals_name_thing_and_remedy(arguments: tuple[str, ...], words: str) -> None:
    assert words in trees.refusal("cell", *SMALL, *arguments, *VIRT)


@pytest.mark.parametrize(("name", "cpus", "memory", "words"), [
    ("root", "2", "16M", "no cell can be called root"),
    ("a/b", "2", "16M", "no name"),
    ("guest", "4", "16M", "there is no CPU 4"),
    ("guest", "0-3", "16M", "are all CPUs"),
    ("guest", "3-2", "16M", "no list of numbers"),
    ("guest", "", "16M", "no list of numbers"),
    ("guest", "2", "0", "no pages"),
    ("guest", "2", "1000", "no pages"),
    ("guest", "2", "1G", "no room for 1 GiB"),
    ("guest", "2", "-1M", "no size"),
])
def test_numbers_that_make_no_sense(name: str, cpus: str, memory: str, words: str) -> None:
    assert words in trees.refusal("cell", name, "--cpus", cpus, f"--memory={memory}", *VIRT)


def test_missing_options_are_a_usage_error() -> None:
    assert tool.tool("cell", "guest").status == 2


@pytest.mark.parametrize("cmdline", ["console=ttyAMA1", "earlycon=pl011,0x9040000",
                                     "console=tty0 console=ttyAMA1,115200n8"])
def test_console_by_the_command_line(tmp_path: Path, cmdline: str) -> None:
    place = machine(tmp_path, "", proc_cmdline=f"{cmdline} mem=768M\n")
    text = trees.refusal("cell", *SMALL, "--from", place, "--device", "serial@9040000")
    assert "is Linux's console" in text


def test_console_by_the_kernels_messages(tmp_path: Path) -> None:
    """The first UART to be probed need not be the first of the tree."""
    place = machine(tmp_path, "", proc_cmdline="console=ttyAMA0 mem=768M\n",
                    dmesg="[ 0.1] 9040000.serial: ttyAMA0 at MMIO 0x9040000 (irq = 13)\n")
    text = trees.refusal("cell", *SMALL, "--from", place, "--device", "serial@9040000")
    assert "is Linux's console (console=ttyAMA0)" in text


DEVICES = """
	bus: bus { ranges; #address-cells = <2>; #size-cells = <2>;
		i2c@a000000 { reg = <0 0x0a000000 0 0x100>; #address-cells = <1>; #size-cells = <0>; interrupts = <0 20 4>;
			chip@42 { reg = <0x42>; }; };
		timer@a000100 { reg = <0 0x0a000100 0 0x100>; interrupts = <0 20 4>; };
		off@a001000 { reg = <0 0x0a001000 0 0x100>; status = "disabled"; interrupt-parent = <&gpio>;
			interrupts = <3 1>; };
		gpio: gpio@a001100 { reg = <0 0x0a001100 0 0x100>; interrupt-controller; #interrupt-cells = <2>; };
	};
	pcie@d000000 { device_type = "pci"; compatible = "pci-host-ecam-generic"; reg = <0 0x0d000000 0 0x100000>;
		#address-cells = <3>; #size-cells = <2>; ranges = <0x2000000 0 0x10000000 0 0x10000000 0 0x100000>;
		nic@0 { reg = <0 0 0 0 0>; }; };
	beside@8011800 { reg = <0 0x08011800 0 0x100>; };
	beside@9000800 { reg = <0 0x09000800 0 0x100>; };
"""


def test_neighbours_in_a_page_and_on_a_line(tmp_path: Path) -> None:
    place = machine(tmp_path, DEVICES)
    said = notes(*SMALL, "--from", place, "--device", "i2c@a000000")
    assert "Linux loses them" in said
    assert "Linux does not use them" in notes(*SMALL, "--from", machine(tmp_path, DEVICES), "--device",
                                              "gpio@a001100")
    assert "/bus/i2c@a000000 shares the page 0xa000000 to 0xa000fff with /bus/timer@a000100" in said
    assert "SPI (INTID 52) of /bus/i2c@a000000 is raised by /bus/timer@a000100 as well" in said
    found, _ = trees.made(tmp_path, "cell", *SMALL, "--from", place, "--device", "i2c@a000000", "--device",
                          "timer@a000100")
    assert trees.regions(found)["i2c"] == (0x0A000000, 4 * KIB, MMIO)
    assert found.intids == {52}


def test_interrupt_of_another_controller(tmp_path: Path) -> None:
    place = machine(tmp_path, DEVICES)
    said = notes(*SMALL, "--from", place, "--device", "off@a001000")
    assert "<3 1> of /bus/gpio@a001100, which stays with Linux: the cell has to poll" in said
    assert "may take it" not in said  # it is disabled
    both = notes(*SMALL, "--from", place, "--device", "off@a001000", "--device", "gpio@a001100")
    assert "has to poll" not in both


@pytest.mark.parametrize(("device", "words"), [
    ("chip@42", "/bus/i2c@a000000 talks to it"),
    ("nic@0", "is on the PCI bus of /pcie@d000000"),
    ("beside@8011800", "with the interrupt controller"),
    ("beside@9000800", "with /serial@9000000, Linux's console"),
])
def test_devices_that_cannot_be_given(tmp_path: Path, device: str, words: str) -> None:
    assert words in trees.refusal("cell", *SMALL, "--from", machine(tmp_path, DEVICES), "--device", device)


def test_bus_with_the_console_on_it(tmp_path: Path) -> None:
    place = machine(tmp_path, """
	soc { ranges; #address-cells = <2>; #size-cells = <2>; uart@a005000 { reg = <0 0x0a005000 0 0x100>; }; };""",
                    proc_cmdline="mem=768M earlycon=maker,0xa005000\n")
    text = trees.refusal("cell", *SMALL, "--from", place, "--device", "soc")
    assert "/soc is Linux's console (earlycon" in text


SHARING = """
	clk: clock-controller@b000000 { reg = <0 0x0b000000 0 0x1000>; #clock-cells = <1>; #reset-cells = <1>; };
	fixed: oscillator { compatible = "fixed-clock"; #clock-cells = <0>; };
	pd: power { #power-domain-cells = <1>; };
	pins { uart_pins: uart-pins { }; };
	reg: regulator { compatible = "maker,pmic"; };
	mmu: iommu@b010000 { reg = <0 0x0b010000 0 0x1000>; #iommu-cells = <1>; };
	pio: gpio { gpio-controller; #gpio-cells = <2>; };
	dma: dma { #dma-cells = <1>; };
	dev@a000000 {
		reg = <0 0x0a000000 0 0x1000>; interrupts = <0 30 4>, <1 5 4>;
		clocks = <&clk 7>, <&clk 8>, <&fixed>; clock-names = "core", "bus", "osc";
		resets = <&clk 3>; power-domains = <&pd 4>; pinctrl-0 = <&uart_pins>; pinctrl-names = "default";
		vdd-supply = <&reg>; reset-gpios = <&pio 3 0>; iommus = <&mmu 9>; dmas = <&dma 1>; dma-names = "tx";
	};
	ethernet@a010000 { reg = <0 0x0a010000 0 0x1000>; };
	plain@a020000 { reg = <0 0x0a020000 0 0x1000>; clocks = <&fixed>; status = "reserved"; };
	broken@a030000 { reg = <0 0x0a030000 0 0x1000>; clocks = <0x999 1>; status = "disabled"; };
"""


def test_everything_shared_with_linux_is_named_with_a_remedy(tmp_path: Path) -> None:
    said = notes(*SMALL, "--from", machine(tmp_path, SHARING), "--device", "dev@a000000")
    for words in ("clocks (core, bus) of /clock-controller@b000000: Linux holds them on, at the rate",
                  "reset line (3) of /clock-controller@b000000", "power domain (4) of /power",
                  "pins of /pins/uart-pins: Linux sets them up at create", "powered by /regulator: Linux holds it",
                  "reset-gpios of /gpio", "stream (9) of /iommu@b010000", "DMA channel (tx) of /dma",
                  "PPI (INTID 21)", "`fdt set /dev@a000000 status reserved`"):
        assert words in said, words
    assert "osc" not in said


def test_providers_without_a_driver_are_no_warning(tmp_path: Path) -> None:
    """Nobody changes what they provide; but an IOMMU without one holds nothing back."""
    off = SHARING.replace("{ reg = <0 0x0b0", '{ status = "disabled"; reg = <0 0x0b0')
    off = off.replace("ethernet@a010000 {", "ethernet@a010000 { iommus = <&mmu 9>;")
    place = machine(tmp_path, off)
    assert "clock-controller" not in notes(*SMALL, "--from", place, "--device", "dev@a000000")
    said = notes(*SMALL, "--from", place, "--device", "ethernet@a010000")
    assert "probably masters the bus" in said and "stream" not in said


def test_what_the_cell_gets_too_is_no_warning(tmp_path: Path) -> None:
    said = notes(*SMALL, "--from", machine(tmp_path, SHARING), "--device", "dev@a000000", "--device",
                 "clock-controller@b000000")
    assert "clocks (" not in said
    assert "power domain (4) of /power" in said


def test_quiet_about_what_is_harmless(tmp_path: Path) -> None:
    assert notes(*SMALL, "--from", machine(tmp_path, SHARING), "--device", "plain@a020000") == ""


def test_device_that_masters_the_bus(tmp_path: Path) -> None:
    said = notes(*SMALL, "--from", machine(tmp_path, SHARING), "--device", "ethernet@a010000")
    assert "probably masters the bus, and no IOMMU is before it" in said


def test_reference_that_leads_nowhere(tmp_path: Path) -> None:
    said = notes(*SMALL, "--from", machine(tmp_path, SHARING), "--device", "broken@a030000")
    assert "phandle 0x999" in said


def test_driver_of_linux_is_named(tmp_path: Path) -> None:
    place = machine(tmp_path, SHARING, **{
        "sys_bus_platform_devices_a010000.ethernet_uevent":
            "DRIVER=maker-eth\nOF_NAME=ethernet\nOF_FULLNAME=/ethernet@a010000\n"})
    said = notes(*SMALL, "--from", place, "--device", "ethernet@a010000")
    assert "echo a010000.ethernet >/sys/bus/platform/drivers/maker-eth/unbind" in said


def test_warnings_are_in_the_source_too(tmp_path: Path) -> None:
    _, source = trees.made(tmp_path, "cell", *SMALL, "--from", machine(tmp_path, SHARING), "--device",
                           "dev@a000000")
    assert "clocks (core, bus) of" in source and "power domain (4) of" in source


# ---- cellctl config build ----


def test_build_says_what_is_wrong(tmp_path: Path) -> None:
    include = "#include <cellblock/board.h>\n"
    source = tool.write(tmp_path / "wrong.c", include + 'CELLBLOCK_CELL = { .name = "x" };\n')
    text = trees.refusal("build", source, "-o", tmp_path / "x.cell")
    assert text == f"cellctl: {source}: .cpus: cell \"x\" has no CPU: give it at least one"
    assert not (tmp_path / "x.cell").exists()
    tool.write(source, include + "nonsense\n")
    result = tool.tool("build", source, "-o", tmp_path / "x.cell")
    assert (result.status, "does not compile" in result.err) == (3, True)
    assert "no C source" in trees.refusal("build", tmp_path / "x.cell")
    assert "cannot read" in trees.refusal("build", tmp_path / "no.c")
    assert "no C compiler" in tool.tool("build", source, HOSTCC="/nonexistent/cc").err


def test_build_gives_what_make_gives(tmp_path: Path) -> None:
    output = tmp_path / "demo-timer.cell"
    assert tool.tool("build", tool.CONFIGS / "demo-timer.c", "-o", output).status == 0
    assert tool.tool("show", output).out.splitlines()[1:] == tool.tool(
        "show", tool.CONFIGS / "demo-timer.c").out.splitlines()[1:]
