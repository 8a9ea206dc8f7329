# SPDX-License-Identifier: GPL-2.0-only
"""System configurations that `cellctl config create` makes of device trees and collected machines."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import trees
from tool import KIB, MIB, tool

RAM = ("read", "write", "execute")
MMIO = ("read", "write", "io")
DATA = ("read", "write")


def test_virt_with_gicv2(tmp_path: Path) -> None:
    found = trees.system(tmp_path, trees.virt(2), *trees.KEPT, "--spis", "80-143")
    frames = {name: (frame.phys, frame.size) for name, frame in found.frames.items()}
    assert (found.gic_version, frames) == (2, {
        "gicd": (0x08000000, 64 * KIB), "gicc": (0x08010000, 8 * KIB),
        "gich": (0x08030000, 64 * KIB), "gicv": (0x08040000, 64 * KIB)})
    assert (found.hypervisor.phys, found.hypervisor.size) == (0x70000000, 4 * MIB)
    assert found.mpidrs == (0, 1, 2, 3)
    there = trees.regions(found)
    assert there["ram"] == (0x40000000, 768 * MIB, RAM)
    assert there["cells"] == (0x70400000, 252 * MIB, RAM)
    assert there["v2m"] == (0x08020000, 4 * KIB, MMIO)
    assert there["flash"] == (0, 128 * MIB, MMIO)
    assert there["virtio_mmio"] == (0x0A000000, 16 * KIB, MMIO)
    assert there["pcie-regs"] == (0x4010000000, 256 * MIB, MMIO)
    assert there["pcie-mem32"] == (0x10000000, 0x2EFF0000, MMIO)
    assert there["pcie-io"] == (0x3EFF0000, 64 * KIB, MMIO)
    assert there["pcie-mem64"] == (0x8000000000, 512 << 30, MMIO)
    assert found.intids == frozenset([*range(33, 41), *range(48, 144)])


def test_virt_with_gicv3_and_an_iommu(tmp_path: Path) -> None:
    found, source = trees.made(tmp_path, "create", "--from", trees.virt(3, "iommu=smmuv3"), *trees.KEPT)
    frames = {name: (frame.phys, frame.size) for name, frame in found.frames.items()}
    assert (found.gic_version, frames) == (3, {
        "gicd": (0x08000000, 64 * KIB), "gicr": (0x080A0000, 0xF60000), "its": (0x08080000, 128 * KIB)})
    assert trees.regions(found)["smmuv3"] == (0x09050000, 128 * KIB, MMIO)
    assert "an IOMMU" in source
    assert "v2m" not in trees.regions(found)


def test_raspberry_pi_4(tmp_path: Path) -> None:
    found, source = trees.made(tmp_path, "create", "--from", trees.rpi4(tmp_path))
    frames = {name: (frame.phys, frame.size) for name, frame in found.frames.items()}
    assert frames == {"gicd": (0xFF841000, 4 * KIB), "gicc": (0xFF842000, 8 * KIB),
                      "gich": (0xFF844000, 8 * KIB), "gicv": (0xFF846000, 8 * KIB)}
    there = trees.regions(found)
    assert there["ram"] == (0x1000, 768 * MIB - 0x1000, RAM)  # /memreserve/ has the first page
    assert there["cells"] == (0x30400000, 176 * MIB, RAM)
    assert there["serial"] == (0xFE201000, 4 * KIB, MMIO)  # 0x7e201000 on the bus
    assert there["pcie-mem32"] == (0x600000000, 64 * MIB, MMIO)  # through two levels of ranges
    assert {153, 125, 180, 189} <= found.intids
    assert "aux@7e215000, serial@7e215040 (serial1)" in source  # they share a page
    assert found.name == "raspberrypi-4-model-b"


def test_zcu102_uses_the_last_alias_of_gicc(tmp_path: Path) -> None:
    found = trees.system(tmp_path, trees.zcu102(tmp_path))
    frames = {name: (frame.phys, frame.size) for name, frame in found.frames.items()}
    assert frames == {"gicd": (0xF9010000, 64 * KIB), "gicc": (0xF902F000, 8 * KIB),
                      "gich": (0xF9040000, 128 * KIB), "gicv": (0xF9060000, 128 * KIB)}
    there = trees.regions(found)
    assert there["cells-2"] == (0x800000000, 2048 * MIB, RAM)
    assert there["serial-ff000000"] == (0xFF000000, 4 * KIB, MMIO)
    assert {53, 54, 56, 95} <= found.intids


def test_collected_machine_tells_what_linux_has(tmp_path: Path) -> None:
    iomem = trees.IOMEM + "0b000000-0b000fff : plain-device\n"
    interrupts = """           CPU0       CPU1
 11:          1          2     GICv2  27 Level     arch_timer
 13:          7          0     GICv2  99 Level     mystery
 14:          0          0  GICv2m   7 Edge      msi
 15:          3          0  gpio-pl061   3 Edge      key
IPI0:         1          1       Rescheduling interrupts
"""
    place = trees.collected(tmp_path, trees.compiled(tmp_path, trees.board()), proc_iomem=iomem,
                            proc_interrupts=interrupts)
    found, source = trees.made(tmp_path, "create", "--from", place)
    assert trees.regions(found)["plain-device"] == (0x0B000000, 4 * KIB, MMIO)
    assert found.intids == {33, 40, 99}
    assert "Linux 6.1.0-test" in source
    assert "mystery in /proc/interrupts" in source


def test_only_present_cpus_in_the_order_of_linux(tmp_path: Path) -> None:
    place = trees.collected(tmp_path, trees.compiled(tmp_path, trees.board()), **{
        "sys_devices_system_cpu_present": "0-1\n",
        "sys_devices_system_cpu_cpu0_uevent": "OF_FULLNAME=/cpus/cpu@100\n",
        "sys_devices_system_cpu_cpu1_uevent": "OF_FULLNAME=/cpus/cpu@0\n"})
    assert trees.system(tmp_path, place).mpidrs == (0x100, 0)


def test_v2m_range_from_the_kernels_messages(tmp_path: Path) -> None:
    dmesg = "[    0.000000] GICv2m: range[mem 0x08020000-0x08020fff], SPI[80:143]\n"
    place = trees.collected(tmp_path, trees.virt(2), dmesg=dmesg)
    assert set(range(80, 144)) <= trees.system(tmp_path, place).intids


def test_v2m_range_that_nobody_knows_is_noted(tmp_path: Path) -> None:
    result = tool("create", "--from", trees.virt(2), *trees.KEPT)
    assert result.status == 0
    assert "--spis" in result.err


RESERVED_MEMORY = """
	reserved-memory {
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		cellblock@60000000 { reg = <0 0x60000000 0 0x04000000>; %s };
		display@7f000000 { reg = <0 0x7f000800 0 0x1000>; no-map; };
		linux,cma { size = <0 0x1000000>; reusable; };
	};
"""


def test_memory_that_a_node_keeps(tmp_path: Path) -> None:
    tree = trees.compiled(tmp_path, trees.board(RESERVED_MEMORY % "no-map;"))
    there = trees.regions(trees.system(tmp_path, tree))
    assert there["ram"] == (0x40000000, 512 * MIB, RAM)
    assert there["cells"] == (0x60400000, 60 * MIB, RAM)
    assert there["ram-2"] == (0x64000000, 0x1B000000, RAM)
    assert there["display"] == (0x7F000000, 8 * KIB, DATA)  # whole pages
    assert there["ram-3"] == (0x7F002000, 0xFFE000, RAM)


def test_node_without_no_map_is_refused(tmp_path: Path) -> None:
    tree = trees.compiled(tmp_path, trees.board(RESERVED_MEMORY % ""))
    assert "cellblock@60000000 is not no-map" in trees.refusal("create", "--from", tree)


def test_nothing_kept_is_refused_with_both_ways_to_keep(tmp_path: Path) -> None:
    text = trees.refusal("create", "--from", trees.compiled(tmp_path, trees.board()))
    assert "no memory is kept" in text and "mem=" in text and "/reserved-memory" in text


def test_memory_that_linux_still_uses_is_noted(tmp_path: Path) -> None:
    place = trees.collected(tmp_path, trees.compiled(tmp_path, trees.board()), proc_cmdline="\n")
    result = tool("create", "--from", place, "--reserved", "0x68000000,64M")
    assert result.status == 0
    assert "Linux still uses memory of 0x68000000 to 0x6bffffff" in result.err


def test_shared_memory_and_a_place_for_the_hypervisor(tmp_path: Path) -> None:
    found = trees.system(tmp_path, trees.virt(3), *trees.KEPT, "--shared", "1M", "--hypervisor",
                         "0x78000000,2M", "--name", "mine")
    assert found.name == "mine"
    assert (found.hypervisor.phys, found.hypervisor.size) == (0x78000000, 2 * MIB)
    there = trees.regions(found)
    assert there["cells"] == (0x70000000, 128 * MIB, RAM)
    assert there["cells-2"] == (0x78200000, 125 * MIB, RAM)
    assert there["shared"] == (0x7FF00000, 1 * MIB, ("read", "write", "shared"))


@pytest.mark.parametrize(("arguments", "words"), [
    (("--hypervisor", "0x70100000"), "multiple of 2 MiB"),
    (("--hypervisor", "0x90000000"), "is not kept from Linux"),
    (("--hypervisor", "0x70000000,64K"), "1 to 256 MiB"),
    (("--shared", "300M"), "no room for 300 MiB"),
    (("--shared", "100"), "multiple of 4 KiB"),
    (("--reserved", "0x70000000"), "0x70000000,256M"),
    (("--reserved", "0,0"), "empty"),
    (("--reserved", "0xffffffffffffffff,1M"), "wraps"),
    (("--reserved", "99999999999999999999,1M"), "64 bits"),
    (("--spis", "12-14"), "SPIs are INTIDs"),
    (("--spis", "14-12"), "no list"),
    (("--spis", "1-99999999"), "no list"),
    (("--name", "a b"), "no name"),
    (("--name", "x" * 32), "no name"),
    (("--shared", "much"), "no size"),
])
def test_choices_that_make_no_sense(arguments: tuple[str, ...], words: str) -> None:
    kept = () if "--reserved" in arguments else trees.KEPT
    assert words in trees.refusal("create", "--from", trees.virt(3), *kept, *arguments)


def test_permissive_and_debug_console(tmp_path: Path) -> None:
    found = trees.system(tmp_path, trees.virt(3), *trees.KEPT, "--permissive", "--debug-console")
    assert found.flag_names == ["permissive"]
    assert (found.debug_console.type_name, found.debug_console.address) == ("pl011", 0x09000000)


def test_debug_console_on_a_uart_that_is_not_known(tmp_path: Path) -> None:
    tree = trees.compiled(tmp_path, trees.board(
        "uart@a000000 { compatible = \"maker,uart\"; reg = <0 0x0a000000 0 0x1000>; };",
        chosen='stdout-path = "/uart@a000000";'))
    text = trees.refusal("create", "--from", tree, *trees.KEPT, "--debug-console")
    assert "/uart@a000000 is no UART" in text


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "board.c"
    path.write_text("work of hours")
    assert "is there already" in trees.refusal("create", "--from", trees.virt(3), *trees.KEPT, "-o", path)
    assert path.read_text() == "work of hours"
    text = trees.refusal("create", "--from", trees.virt(3), *trees.KEPT, "-o", tmp_path / "no" / "board.c")
    assert "cannot be written" in text


# ---- Trees that are odd or hostile ----


def test_bad_nodes_are_left_out_and_noted(tmp_path: Path) -> None:
    tree = trees.compiled(tmp_path, trees.board("""
	odd@a000000 { reg = <0 0x0a000000 0>; };
	huge@a010000 { reg = <0xffffffff 0xfffff000 0 0x2000>; };
	loop@a020000 { reg = <0 0x0a020000 0 0x1000>; interrupt-parent = <&loop>; interrupts = <1>; };
	loop: nexus { #interrupt-cells = <1>; #address-cells = <0>;
		interrupt-map = <1 &loop 1>; interrupt-map-mask = <1>; };
	orphan@a030000 { reg = <0 0x0a030000 0 0x1000>; interrupt-parent = <0x777>; interrupts = <0 7 4>; };
	spi@a040000 { reg = <0 0x0a040000 0 0x1000>; interrupts = <0 9000 4>; };
	odd@a050000 { reg = <0 0x0a050000 0 0x1000>; interrupts = <0 7>; };
	espi@a060000 { reg = <0 0x0a060000 0 0x1000>; interrupts = <2 7 4>; };
	ok@a070000 { reg = <0 0x0a070000 0 0x10>; interrupts = <0 9 4>; };
"""))
    result = tool("create", "--from", tree, *trees.KEPT)
    assert result.status == 0
    for words in ("/odd@a000000: reg has 3 cells", "/huge@a010000: reg 0xfffffffffffff000", "wraps around",
                  "/loop@a020000: its interrupt goes round in a loop", "phandle 0x777, which no node has",
                  "SPI 9000 does not exist", "/odd@a050000: interrupts has 2 cells",
                  "/espi@a060000 has ESPI"):
        assert words in result.err
    found = trees.system(tmp_path, tree, *trees.KEPT)
    assert found.intids == {33, 40, 41}
    assert trees.regions(found)["ok"] == (0x0A070000, 4 * KIB, MMIO)


def test_text_from_the_tree_cannot_leave_its_comment(tmp_path: Path) -> None:
    evil = '*/ int evil(void) { return 0; } /* "\\'
    tree = trees.compiled(tmp_path, trees.board("uart*a@a000000 { reg = <0 0x0a000000 0 0x1000>; };"))
    place = trees.collected(tmp_path, tree, proc_iomem=f"0b000000-0b000fff : {evil}\n" + trees.IOMEM,
                            proc_sys_kernel_osrelease=evil, proc_cmdline=f"mem=768M {evil}\n")
    found, source = trees.made(tmp_path, "create", "--from", place)
    assert "*/ int" not in source
    assert "int-evil-void" in " ".join(trees.regions(found))


def test_registers_in_ram_are_no_device(tmp_path: Path) -> None:
    tree = trees.compiled(tmp_path, trees.board(
        "framebuffer@50000000 { compatible = \"simple-framebuffer\"; reg = <0 0x50000000 0 0x100000>; };"
        "sram@b000000 { compatible = \"mmio-sram\"; reg = <0 0x0b000000 0 0x10000>; };"))
    there = trees.regions(trees.system(tmp_path, tree, *trees.KEPT))
    assert "framebuffer" not in there
    assert there["sram"] == (0x0B000000, 64 * KIB, DATA)


@pytest.mark.parametrize("status", ["disabled", "reserved"])
def test_node_that_is_kept_from_linux_is_listed(tmp_path: Path, status: str) -> None:
    """By either word it is no device of Linux, and so one for cells; the documentation says "disabled"."""
    tree = trees.compiled(tmp_path, trees.board(
        f'spare@a000000 {{ reg = <0 0x0a000000 0 0x1000>; interrupts = <0 7 4>; status = "{status}"; }};'))
    found = trees.system(tmp_path, tree, *trees.KEPT)
    assert trees.regions(found)["spare"] == (0x0A000000, 4 * KIB, MMIO) and 39 in found.intids


def test_many_devices_still_fit(tmp_path: Path) -> None:
    many = "".join(f"d{i}@{0xa000000 + i * 0x1000:x} {{ reg = <0 {0xa000000 + i * 0x1000:#x} 0 0x1000>; }};"
                   for i in range(600))
    found = trees.system(tmp_path, trees.compiled(tmp_path, trees.board(many)), *trees.KEPT)
    assert len(found.regions) == 240
    assert sum(region.size for region in found.regions if region.is_io) == 602 * 4 * KIB


def test_too_many_devices_are_refused(tmp_path: Path) -> None:
    many = "".join(f"d{i}@{0xa000000 + i * 0x20000:x} {{ reg = <0 {0xa000000 + i * 0x20000:#x} 0 0x1000>; }};"
                   for i in range(300))
    tree = trees.compiled(tmp_path, trees.board(many))
    assert "separate ranges" in trees.refusal("create", "--from", tree, *trees.KEPT)


GICV3 = """
	gic: interrupt-controller@8000000 {
		compatible = "arm,gic-v3";
		#interrupt-cells = <3>;
		interrupt-controller;
		reg = <0 0x08000000 0 0x10000>, <0 0x080a0000 0 %s>;
		%s
	};
"""


@pytest.mark.parametrize(("changes", "words"), [
    ({"gic": ""}, "no GICv2 or GICv3"),
    ({"gic": trees.GIC.replace("arm,gic-400", "arm,pl390")}, "no GICv2 or GICv3"),
    ({"gic": trees.GIC.split("\t\t      <0 0x0803")[0].rstrip(",\n") + ";\n\t};"}, "GICH, GICV missing"),
    ({"gic": GICV3 % ("0x40000", "")}, "all 3 CPUs"),
    ({"gic": GICV3 % ("0x80000", "#redistributor-regions = <2>;")}, "2 of GICR"),
    ({"gic": GICV3 % ("0x80000", "redistributor-stride = <0 0x30000>;")}, "redistributor-stride"),
    ({"gic": GICV3 % ("0x80000", "redistributor-stride = <0 0x40000>;")}, "all 3 CPUs"),
    ({"cpus": ""}, "no CPU that can be used"),
    ({"cpus": trees.CPUS.replace("<0x100>", "<0x1000000>")}, "no affinity"),
    ({"cpus": trees.CPUS.replace("<0x100>", "<1 2 3>")}, "has 3 cells"),
    ({"cpus": trees.CPUS.replace("arm,cortex-a72", "arm,cortex-a7")}, "32-bit"),
    ({"cpus": trees.CPUS.replace("arm,cortex-a53", "riscv")}, "another architecture"),
    ({"memory": ""}, "no memory node"),
    ({"memory": "memory@0 { device_type = \"memory\"; reg = <0 0 0 0>; };"}, "boot firmware"),
])
def test_machines_that_do_not_fit(tmp_path: Path, changes: dict[str, str], words: str) -> None:
    source = trees.board(**changes)
    if "gic:" not in source:
        source = source.replace("interrupt-parent = <&gic>;", "")
    assert words in trees.refusal("create", "--from", trees.compiled(tmp_path, source), *trees.KEPT)


def test_first_page_of_gicc_alone_is_noted(tmp_path: Path) -> None:
    gic = trees.GIC.replace("0x08010000 0 0x2000", "0x08010000 0 0x1000")
    tree = trees.compiled(tmp_path, trees.board(gic=gic))
    assert "irqchip.gicv2_force_probe=1" in tool("create", "--from", tree, *trees.KEPT).err
    assert trees.system(tmp_path, tree, *trees.KEPT).frames["gicc"].size == 8 * KIB


def test_source_is_an_ordinary_file(tmp_path: Path) -> None:
    trees.system(tmp_path, trees.virt(3), *trees.KEPT)
    assert not (tmp_path / "made.c").stat().st_mode & stat.S_IXUSR


# ---- CPUs without PSCI ----

SPIN_CPUS = """
	cpus {
		#address-cells = <1>;
		#size-cells = <0>;
		cpu@0 { device_type = "cpu"; reg = <0>; enable-method = "spin-table"; cpu-release-addr = <0 0xd8>; };
		cpu@1 { device_type = "cpu"; reg = <1>; enable-method = "spin-table"; cpu-release-addr = <0 0xe0>; };
		cpu@2 { device_type = "cpu"; reg = <2>; enable-method = "spin-table"; cpu-release-addr = <0 0xe8>; };
	};
"""
PRESENT_0 = {"sys_devices_system_cpu_present": "0\n",
             "sys_devices_system_cpu_cpu0_uevent": "OF_FULLNAME=/cpus/cpu@0\n"}


def test_cpus_that_linux_left_in_the_spin_table(tmp_path: Path) -> None:
    place = trees.collected(tmp_path, trees.compiled(tmp_path, trees.board(cpus=SPIN_CPUS)), **PRESENT_0)
    found, source = trees.made(tmp_path, "create", "--from", place)
    assert getattr(found, "mpidrs") == (0, 1, 2)
    assert ".spin_table = SPIN_TABLE(0, 0xe0, 0xe8)," in source
    assert "only CPU 1, 2, which it left in the spin table" in source
    cell = ("guest", "--memory", "16M", "--from", place, "--cpus")
    assert trees.made(tmp_path, "cell", *cell, "1-2")[0].cpus == [1, 2]
    assert "Linux cannot turn CPU 0 off without PSCI" in trees.refusal("cell", *cell, "0")


def test_spin_table_that_linux_has_emptied(tmp_path: Path) -> None:
    tree = trees.compiled(tmp_path, trees.board(cpus=SPIN_CPUS))
    assert "boot it with nr_cpus=" in tool("create", "--from", tree, *trees.KEPT).err


def test_spin_table_is_no_use_with_gicv3(tmp_path: Path) -> None:
    tree = trees.compiled(tmp_path, trees.board(cpus=SPIN_CPUS, gic=GICV3 % ("0x80000", "")))
    place = trees.collected(tmp_path, tree, **PRESENT_0)
    assert trees.system(tmp_path, place).mpidrs == (0,)


@pytest.mark.parametrize(("kind", "macro"), [
    ('"arm,pl011"', "PL011"), ('"cdns,uart-r1p12"', "CADENCE"),
    ('"fsl,imx8mp-uart", "fsl,imx6q-uart"', "UART_IMX"), ('"brcm,bcm2835-aux-uart"', "UART_8250"),
    ('"snps,dw-apb-uart"; reg-shift = <2>', "UART_8250"), ('"snps,dw-apb-uart"; reg-shift = <0>', None),
    ('"ns16550a"', None)])
def test_debug_console_by_kind(tmp_path: Path, kind: str, macro: str | None) -> None:
    tree = trees.compiled(tmp_path, trees.board(
        f"uart@a000000 {{ reg = <0 0x0a000000 0 0x1000>; compatible = {kind}; }};",
        chosen='stdout-path = "/uart@a000000";'))
    source = tool("create", "--from", tree, *trees.KEPT).out
    assert (f".debug_console = {macro}(0x0a000000)," in source) == (macro is not None)
    assert (".debug_console" in source) == (macro is not None)
