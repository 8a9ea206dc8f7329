# SPDX-License-Identifier: GPL-2.0-only
"""What `cellctl hardware check` says of machines, and that its ways to keep memory do keep it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import tool
import trees

from cellctl_config import hardware, hardware_el2
from cellctl_config import hardware_kernel as kernel
from cellctl_config import kernels
from cellctl_config.machine import Machine
from cellctl_config.sources import Directory

INTERRUPTS = """           CPU0       CPU1
 11:          1          2     GICv2  {} Level     arch_timer
 13:          7          0     GICv2  33 Level     uart-pl011
"""
STARTED_AT_EL2, STARTED_AT_EL1, STAYS_AT_EL2 = (INTERRUPTS.format(intid) for intid in (30, 27, 26))

TIMER = """
	timer { compatible = "arm,armv8-timer"; interrupts = <1 13 4>, <1 14 4>, <1 11 4>, <1 10 4>; };
	psci { compatible = "arm,psci-1.0"; method = "smc"; };
"""
CPUS = trees.CPUS
VHE_CPUS = CPUS.replace("cortex-a72", "cortex-a76")

OPTIONS = ("MODULES", "SMP", "HOTPLUG_CPU", "FW_LOADER", "OF", "KVM")
CONFIG = "".join(f"CONFIG_{name}=y\n" for name in OPTIONS)
BUILT = "boot_config__6.1.0__test"  # /boot/config-6.1.0-test
MODULE = "/lib/modules/6.1.0-test/extra/cellblock.ko"
FILES = f"{MODULE} 12345\n/lib/firmware/cellblock.bin 65536\n"
GOOD = {
    "dmesg": "[    0.1] CPU: All CPU(s) started at EL2\n"
             "[    0.2] kvm [1]: Hyp mode initialized successfully\n",
    "proc_interrupts": STARTED_AT_EL2, BUILT: CONFIG, "files": FILES,
    "modules__dep": "extra/cellblock.ko:\n", "kvm__vms": "",
    "sys_devices_virtual_misc_kvm_uevent": "DEVNAME=kvm\n",
    "sys_devices_system_cpu_online": "0-2\n",
}
NO_MESSAGES = {"dmesg": ""}


def machine(directory: Path, cpus: str = CPUS, more: str = TIMER, **files: str) -> Path:
    """A machine that can run Cellblock, but for what is changed."""
    tree = trees.compiled(directory, trees.board(more, cpus=cpus))
    return trees.collected(directory, tree, **{**GOOD, **files})


def check(place: Path, *arguments: object) -> dict[str, Any]:
    result = tool.tool("check", "--from", place, "--json", *arguments, group="hardware")
    found = result.json
    assert isinstance(found, dict)
    verdicts = {item["verdict"] for item in found["checks"]}
    assert verdicts <= {"ok", "warn", "FAIL", "unknown"}
    assert result.status == (1 if "FAIL" in verdicts else 0) and result.err == ""
    assert found["ready"] == ("FAIL" not in verdicts)
    return found


def line(place: Path, name: str) -> tuple[str, str, str]:
    """Verdict, finding and remedy of one requirement, the worst if it has several."""
    lines = [item for item in check(place)["checks"] if item["name"] == name]
    worst = min(lines, key=lambda item: ("FAIL", "unknown", "warn", "ok").index(item["verdict"]))
    return worst["verdict"], worst["finding"], worst["remedy"]


def line_of(found: dict[str, Any], name: str) -> str:
    """The sentence of one requirement."""
    return next(f"{item['finding']}: {item['remedy']}" for item in found["checks"] if item["name"] == name)


def assert_line(place: Path, name: str, verdict: str, *words: str) -> None:
    found = line(place, name)
    assert found[0] == verdict, found
    assert all(word in " ".join(found) for word in words), found
    assert verdict == "ok" or found[2], "no remedy"


# ---- Machines ----


def test_machine_that_has_all(tmp_path: Path) -> None:
    found = check(machine(tmp_path))
    verdicts = {item["name"]: item["verdict"] for item in found["checks"]}
    assert verdicts.pop("IOMMUs") == "warn" and verdicts.pop("UART") == "unknown"
    assert set(verdicts.values()) == {"ok"}
    assert (found["machine"], found["kernel"]) == ("Board of a test", "6.1.0-test")
    assert found["recipes"] == []


def test_lines_for_people(tmp_path: Path) -> None:
    result = tool.tool("check", "--from", machine(tmp_path), group="hardware")
    lines = result.out.splitlines()
    assert result.status == 0 and lines[0].startswith("Board of a test (")
    assert re.match(r"ok +started at EL2 +all CPUs were$", lines[2])
    assert re.match(r"This machine can run Cellblock, as far as is known: 0 FAIL, 1 warn", lines[-1])


@pytest.mark.parametrize("gic", [2, 3])
def test_virt(gic: int) -> None:
    place = trees.virt(gic)
    assert_line(place, "GIC", "ok", f"GICv{gic}", "GICC 0x8010000 (8 KiB)" if gic == 2 else "ITS 0x8080000")
    assert_line(place, "CPU features", "ok", "cortex-a57", "no VHE")
    assert_line(place, "CPUs for cells", "ok", "any but one of CPU 0-3", "SMC")
    assert_line(place, "memory for Cellblock", "FAIL", "none is kept")
    assert_line(place, "UART", "unknown", "fdt set /pl011@9040000 status reserved")
    assert_line(place, "kernel", "unknown", "collect")


def test_virt_with_an_iommu() -> None:
    assert_line(trees.virt(3, "iommu=smmuv3"), "IOMMUs", "ok", "/smmuv3@9050000", "programs none")


def test_zcu102(tmp_path: Path) -> None:
    place = trees.zcu102(tmp_path)
    assert_line(place, "GIC", "ok", "GICC 0xf902f000 (8 KiB)")
    assert_line(place, "memory for Cellblock", "ok", "mem=1536M")
    assert_line(place, "UART", "unknown", "/axi/serial@ff010000")


def test_raspberry_pi_4_without_psci(tmp_path: Path) -> None:
    place = trees.rpi4(tmp_path)
    assert_line(place, "CPUs for cells", "FAIL", "without PSCI", "nr_cpus=2 in cmdline.txt")
    left = trees.collected(tmp_path, place, **{
        "proc_cmdline": "console=ttyAMA0 nr_cpus=2 mem=768M\n", "sys_devices_system_cpu_present": "0-1\n",
        "sys_devices_system_cpu_cpu0_uevent": "OF_FULLNAME=/cpus/cpu@0\n",
        "sys_devices_system_cpu_cpu1_uevent": "OF_FULLNAME=/cpus/cpu@1\n"})
    assert_line(left, "CPUs for cells", "ok", "CPU 2-3, which Linux left in the spin table")


# ---- EL2 ----


@pytest.mark.parametrize(("files", "verdict", "words"), [
    (GOOD, "ok", "all CPUs"),
    (NO_MESSAGES, "ok", "by the timer"),
    ({"dmesg": "CPU: All CPU(s) started at EL1\n"}, "FAIL", "started at EL1"),
    ({"dmesg": "", "proc_interrupts": STARTED_AT_EL1}, "FAIL", "virtualization=on"),
    ({"dmesg": "CPU: CPUs started in inconsistent modes\n"}, "FAIL", "not all CPUs"),
    ({"dmesg": "", "proc_interrupts": ""}, "unknown", "neither"),
])
def test_where_linux_was_started(tmp_path: Path, files: dict[str, str], verdict: str, words: str) -> None:
    assert_line(machine(tmp_path, **files), "started at EL2", verdict, words)


def test_psci_by_hvc_is_another_hypervisor(tmp_path: Path) -> None:
    assert_line(machine(tmp_path, more=TIMER.replace('"smc"', '"hvc"')), "started at EL2", "FAIL", "HVC")


@pytest.mark.parametrize(("files", "verdict", "words"), [
    (GOOD, "ok", "hyp stub"),
    (NO_MESSAGES, "ok", "hyp stub"),
    ({"dmesg": "kvm [1]: VHE mode initialized successfully\n"}, "FAIL", "id_aa64mmfr1.vh=0"),
    ({"dmesg": "kvm [1]: VHE+NV2 mode initialized successfully\n"}, "FAIL", "id_aa64mmfr1.vh=0"),
    ({"dmesg": "kvm [1]: Hyp nVHE mode initialized successfully\n"}, "ok", "hyp stub"),
    ({"dmesg": "", "proc_interrupts": STAYS_AT_EL2}, "FAIL", "kvm-arm.mode=nvhe"),
    ({"dmesg": "", "proc_interrupts": ""}, "unknown", "id_aa64mmfr1.vh=0"),
    ({"dmesg": "", "proc_interrupts": "", "proc_cmdline": "mem=768M id_aa64mmfr1.vh=0"}, "ok", "vh=0"),
])
def test_whether_linux_left_el2(tmp_path: Path, files: dict[str, str], verdict: str, words: str) -> None:
    assert_line(machine(tmp_path, cpus=VHE_CPUS, **files), "EL2 is left free", verdict, words)


NEW = {"proc_sys_kernel_osrelease": "6.12.1\n"}


@pytest.mark.parametrize(("files", "verdict", "words"), [
    (GOOD, "ok", "no VM runs"),
    ({"kvm__vms": "812\n4711\n"}, "FAIL", "process 812, 4711"),
    (NEW, "FAIL", "kvm.enable_virt_at_load=0"),
    ({**NEW, "proc_cmdline": "mem=768M kvm.enable_virt_at_load=0\n"}, "ok", "no VM runs"),
    ({"proc_cmdline": "mem=768M kvm-arm.mode=protected\n"}, "FAIL", "never leaves EL2"),
    ({**NEW, "proc_cmdline": "mem=768M kvm-arm.mode=protected\n"}, "FAIL", "protected"),
    ({**NEW, "dmesg": "kvm [1]: Protected hVHE mode initialized successfully\n"}, "FAIL", "protected"),
])
def test_kvm(tmp_path: Path, files: dict[str, str], verdict: str, words: str) -> None:
    assert_line(machine(tmp_path, **files), "KVM is idle", verdict, words)


@pytest.mark.parametrize(("value", "verdict"), [("Y\n", "FAIL"), ("N\n", "ok")])
def test_kvm_parameter(tmp_path: Path, value: str, verdict: str) -> None:
    place = machine(tmp_path, **NEW)
    path = place / "sys" / "module" / "kvm" / "parameters" / "enable_virt_at_load"
    path.parent.mkdir(parents=True)
    path.write_text(value)
    assert_line(place, "KVM is idle", verdict)


# ---- CPUs, GIC ----

PRESENT = {"sys_devices_system_cpu_present": "0-2\n",
           **{f"sys_devices_system_cpu_cpu{number}_uevent": f"OF_FULLNAME=/cpus/cpu@{reg}\n"
              for number, reg in enumerate(("0", "1", "100"))}}


def test_cpus_that_are_offline(tmp_path: Path) -> None:
    files = {**PRESENT, "sys_devices_system_cpu_online": "0-1\n", "proc_cmdline": "mem=768M maxcpus=2\n"}
    assert_line(machine(tmp_path, **files), "CPUs", "FAIL", "CPU 2 offline", "cpu2/online", "maxcpus=")
    enabled = machine(tmp_path, **files, **{"sys_class_misc_cellblock_enabled": "1\n"})
    assert_line(enabled, "CPUs", "ok", "Cellblock is enabled")


def test_cpu_that_linux_cannot_turn_off(tmp_path: Path) -> None:
    switches = {f"sys_devices_system_cpu_cpu{number}_online": "1\n" for number in (1, 2)}
    assert_line(machine(tmp_path, **PRESENT, **switches), "CPUs for cells", "warn", "cannot turn CPU 0 off")


def test_cpus_that_linux_was_told_not_to_take(tmp_path: Path) -> None:
    files = {**PRESENT, "sys_devices_system_cpu_present": "0-1\n", "sys_devices_system_cpu_online": "0-1\n",
             "proc_cmdline": "mem=768M nr_cpus=2\n"}
    assert_line(machine(tmp_path, **files), "CPUs for cells", "warn", "1 more", "nr_cpus=")
    alone = {**files, "sys_devices_system_cpu_present": "0\n", "proc_cmdline": "mem=768M nr_cpus=1\n"}
    assert_line(machine(tmp_path, **alone), "CPUs", "FAIL", "one CPU", "take nr_cpus off")


def test_cpus_without_a_way_to_start_them(tmp_path: Path) -> None:
    assert_line(machine(tmp_path, cpus=trees.CPUS.replace('enable-method = "psci";', "")), "CPUs for cells", "FAIL", "PSCI")


def test_gic_that_does_not_fit_does_not_hide_the_rest(tmp_path: Path) -> None:
    other = trees.GIC.replace("arm,gic-400", "arm,pl390")
    tree = trees.compiled(tmp_path, trees.board(TIMER, cpus=CPUS, gic=other))
    place = trees.collected(tmp_path, tree, **GOOD)
    assert_line(place, "GIC", "FAIL", "no GICv2 or GICv3")
    assert_line(place, "kernel", "ok")
    first_page = trees.GIC.replace("0x08010000 0 0x2000", "0x08010000 0 0x1000")
    tree = trees.compiled(tmp_path, trees.board(TIMER, cpus=CPUS, gic=first_page))
    assert_line(tree, "GIC", "warn", "irqchip.gicv2_force_probe=1")


# ---- UARTs ----


def test_uarts_that_are_used_and_free(tmp_path: Path) -> None:
    event = "sys_bus_platform_devices_9040000.serial_uevent"
    used = machine(tmp_path, **{event: "DRIVER=uart-pl011\nOF_FULLNAME=/serial@9040000\n"})
    texts = [item["finding"] for item in check(used)["checks"] if item["name"] == "UART"]
    assert "/serial@9000000 is Linux's console (console=ttyAMA0)" in texts[0]
    assert "used by Linux's driver uart-pl011" in texts[1]
    other = machine(tmp_path, **{event: "DRIVER=x\nOF_FULLNAME=/other\n"})
    assert any("not used by Linux: it has no driver for it" in item["finding"] for item in check(other)["checks"])


def test_uart_that_is_turned_off_is_not_ready(tmp_path: Path) -> None:
    """Its clock and pins are Linux's, as `config cell` says."""
    tree = trees.compiled(tmp_path, trees.board(TIMER + """
	clk: clock { #clock-cells = <0>; compatible = "maker,clocks"; };
	pinctrl { uart_pins: pins { }; };
	spare@a000000 { compatible = "arm,pl011"; reg = <0 0xa000000 0 0x1000>; status = "disabled"; clocks = <&clk>;
		pinctrl-0 = <&uart_pins>; };
	plain@a010000 { compatible = "arm,pl011"; reg = <0 0xa010000 0 0x1000>; status = "disabled"; };
"""))
    said = {item["finding"].split()[0]: item for item in check(tree)["checks"] if item["name"] == "UART"}
    assert "the device tree has it turned off" in said["/spare@a000000"]["finding"]
    assert "its clock and pins" in said["/spare@a000000"]["remedy"] and said["/plain@a010000"]["remedy"] == ""


# ---- Kernel and files ----

NEWEST = kernels.dotted(kernels.NEWEST_TESTED)
NEXT = kernels.dotted((kernels.NEWEST_TESTED[0], kernels.NEWEST_TESTED[1] + 1))


@pytest.mark.parametrize(("name", "files", "verdict", "words"), [
    ("kernel", {"proc_sys_kernel_osrelease": "5.10.0\n"}, "FAIL", "5.15"),
    ("kernel", {"proc_sys_kernel_osrelease": "5.15.148-tegra\n"}, "warn", "older than the oldest"),
    ("kernel", {"proc_sys_kernel_osrelease": f"{NEWEST}.99-test\n"}, "ok", "99-test"),
    ("kernel", {"proc_sys_kernel_osrelease": f"{NEXT}.0-rc1\n"}, "warn", f"6.1 to {NEWEST}"),
    ("kernel", {"proc_sys_kernel_osrelease": "nonsense\n"}, "FAIL", "nonsense"),
    ("kernel options", {BUILT: "CONFIG_OF=y\n"}, "FAIL", "CONFIG_HOTPLUG_CPU"),
    ("kernel options", {BUILT: ""}, "unknown", "config-6.1.0-test"),
    ("kernel module", {"files": ""}, "FAIL", "make install"),
    ("kernel module", {"modules__dep": "kernel/fs/ext4/ext4.ko: cellblock.ko\n"}, "FAIL", "depmod -a"),
    ("kernel module", {"files": "", "proc_modules": "cellblock 65536 0 - Live 0x0 (O)\n"}, "ok", "loaded"),
    ("hypervisor image", {"files": ""}, "FAIL", "make install"),
    ("hypervisor image", {"files": "/lib/firmware/cellblock.bin 0\n"}, "FAIL", "empty"),
    ("hypervisor image", {"files": "/lib/firmware/6.1.0-test/cellblock.bin.xz 9\n"}, "ok", ".bin.xz"),
    ("module signatures", {BUILT: "CONFIG_MODULE_SIG_FORCE=y\n"}, "warn", "sign"),
    ("lockdown", {"sys_kernel_security_lockdown": "none [integrity] confidentiality\n"}, "warn", "cellblock@ADDRESS"),
])
def test_kernel_and_files(tmp_path: Path, name: str, files: dict[str, str], verdict: str, words: str) -> None:
    assert_line(machine(tmp_path, **files), name, verdict, words)


# ---- Memory ----


def _u_boot(tree: Path, lines: list[str]) -> None:
    """What U-Boot's `fdt` does with these lines, done by fdtput."""
    for words in (text.replace('"', "").split(maxsplit=4) for text in lines):
        if words[:2] == ["fdt", "mknode"]:
            subprocess.run(["fdtput", "-c", tree, f"{words[2].rstrip('/')}/{words[3]}"], check=True)
        elif words[:2] == ["fdt", "set"]:
            cells = words[4].strip("<>").split() if len(words) > 4 else []
            subprocess.run(["fdtput", "-t", "x", tree, *words[2:4], *cells], check=True)
        else:
            assert words[:2] in (["fdt", "addr"], ["fdt", "resize"], ["setenv", "bootm_size"])


def _overlay(directory: Path, tree: Path, lines: list[str]) -> None:
    source, binary = directory / "cellblock.dtso", directory / "cellblock.dtbo"
    source.write_text("\n".join(lines) + "\n")
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", binary, source], check=True)
    subprocess.run(["fdtoverlay", "-i", tree, "-o", tree, binary], check=True)


def _without_memory_kept(directory: Path, name: str) -> Path:
    if name.startswith("virt"):
        return Path(shutil.copy(trees.virt(int(name[-1])), directory / "virt.dtb"))
    tree = {"rpi4": trees.rpi4, "zcu102": trees.zcu102}[name](directory)
    subprocess.run(["fdtput", "-t", "s", tree, "/chosen", "bootargs", "quiet"], check=True)
    return tree


@pytest.mark.parametrize("name", ["virt2", "virt3", "rpi4", "zcu102"])
@pytest.mark.parametrize("way", ["u-boot", "overlay", "argument"])
def test_each_way_to_keep_memory_keeps_it(tmp_path: Path, name: str, way: str) -> None:
    tree = _without_memory_kept(tmp_path, name)
    assert_line(tree, "memory for Cellblock", "FAIL", "none is kept")
    ways = {item["name"]: item["lines"] for item in check(tree)["recipes"]}
    if way == "u-boot":
        _u_boot(tree, ways["u-boot"])
    elif way == "overlay":
        _overlay(tmp_path, tree, ways["overlay"])
    else:
        argument = ways["cmdline.txt" if name == "rpi4" else "linux"][0]
        subprocess.run(["fdtput", "-t", "s", tree, "/chosen", "bootargs", argument], check=True)
    assert_line(tree, "memory for Cellblock", "ok", "256 MiB", "mem=" if way == "argument" else "cellblock@")
    assert check(tree)["recipes"] == []


def test_how_much_is_kept_can_be_said(tmp_path: Path) -> None:
    tree = trees.compiled(tmp_path, trees.board(TIMER))
    ways = {item["name"]: item["lines"] for item in check(tree, "--memory", "64M")["recipes"]}
    assert ways["linux"] == ["mem=960M"]
    assert "fdt set /reserved-memory/cellblock@7c000000 reg <0x0 0x7c000000 0x0 0x4000000>" in ways["u-boot"]
    assert "setenv bootm_size 0x3c000000" in ways["u-boot"]
    for size, words in (("1M", "multiple of 2 MiB"), ("0", "multiple"), ("much", "no size")):
        result = tool.tool("check", "--from", tree, "--memory", size, group="hardware")
        assert result.status == 2 and words in result.err
    found = check(tree, "--memory", "8G")
    assert found["checks"][-1]["remedy"] == "keep less: --memory 1024M" and found["recipes"] == []


def test_small_ram_that_is_cut_up(tmp_path: Path) -> None:
    """All that was found is printed, and the size fits what is free."""
    tree = trees.dts(tmp_path, "small-ram")
    ways = {item["name"]: item["lines"] for item in check(tree)["recipes"]}
    assert ways["linux"] == ["mem=102M"]  # a third of the 80 MiB beside the firmware's
    assert "the largest has 40 MiB" in line_of(check(tree, "--memory", "64M"), "room for Cellblock")
    subprocess.run(["fdtput", "-t", "x", tree, "/memory@40000000", "reg", "0", "40000000", "0", "5800000"], check=True)
    ways = {item["name"]: item["lines"] for item in check(tree)["recipes"]}
    assert any("cellblock@41" in text for text in ways["u-boot"])  # nothing is free above the firmware
    subprocess.run(["fdtput", "-t", "x", tree, "/memory@40000000", "reg", "0", "42400000", "0", "3400000"], check=True)
    assert "free 8 MiB" in line_of(check(tree), "room for Cellblock")
    assert "GICv2" in line_of(check(tree), "GIC")


def test_kept_piece_avoids_registers(tmp_path: Path) -> None:
    """Some memory nodes cover all that is below 4 GiB until firmware corrects them."""
    tree = trees.dts(tmp_path, "ram-over-gic")
    subprocess.run(["fdtput", "-r", tree, "/reserved-memory/cellblock@70000000"], check=True)
    subprocess.run(["fdtput", "-t", "x", tree, "/memory@40000000", "reg", "0", "0", "0", "b000000"], check=True)
    found = check(tree, "--memory", "16M")
    ways = {item["name"]: item["lines"] for item in found["recipes"]}
    assert any("cellblock@a000000" in text for text in ways["u-boot"])
    assert all(item["name"] != "linux" for item in check(tree, "--memory", "48M")["recipes"])  # GIC and UART are there
    assert any(item["verdict"] == "warn" and "where the GIC has its registers" in item["finding"]
               for item in found["checks"])


def test_kept_piece_avoids_what_is_there(tmp_path: Path) -> None:
    reserved = """
	reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
		firmware@7f000000 { reg = <0 0x7f000000 0 0x100000>; no-map; }; };
"""
    chosen = "linux,initrd-start = <0x7e000000>; linux,initrd-end = <0x7e800000>;"
    tree = trees.compiled(tmp_path, trees.board(TIMER + reserved, chosen=chosen))
    ways = {item["name"]: item["lines"] for item in check(tree, "--memory", "64M")["recipes"]}
    assert "linux" not in ways  # mem= would take the firmware's memory
    assert any("cellblock@7a000000" in text for text in ways["u-boot"])
    assert not any("mknode / " in text for text in ways["u-boot"])


def test_memory_that_is_kept_in_vain(tmp_path: Path) -> None:
    node = """
	reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
		cellblock@60000000 { reg = <0 0x60000000 0 %s>; %s }; };
"""
    plain = {"proc_cmdline": "quiet\n", "proc_iomem": "40000000-7fffffff : System RAM\n"}
    used = machine(tmp_path, more=TIMER + node % ("0x4000000", "no-map;"), **plain)
    assert_line(used, "memory for Cellblock", "FAIL", "Linux uses memory of 0x60000000")
    no_map = machine(tmp_path, more=TIMER + node % ("0x4000000", ""), **plain)
    assert_line(no_map, "memory for Cellblock", "FAIL", "no-map")
    plain["proc_iomem"] = "40000000-5fffffff : System RAM\n"
    small = machine(tmp_path, more=TIMER + node % ("0x200000", "no-map;"), **plain)
    assert_line(small, "memory for Cellblock", "FAIL", "does not hold 4 MiB")
    just = machine(tmp_path, more=TIMER + node % ("0x400000", "no-map;"), **plain)
    assert_line(just, "memory for Cellblock", "FAIL", "no cell", "keep more")


# ---- Bad inputs ----


def refusal(place: object) -> str:
    result = tool.tool("check", "--from", place, group="hardware")
    lines = result.err.splitlines()
    assert result.status == 3 and result.out == "" and len(lines) == 1, result
    assert lines[0].startswith("cellctl: ")
    return lines[0]


def test_machine_without_a_device_tree(tmp_path: Path) -> None:
    place = machine(tmp_path)
    (place / "sys" / "firmware" / "fdt").unlink()
    assert "has no device tree" in refusal(place)


def test_foreign_machines(tmp_path: Path) -> None:
    assert "is x86_64" in refusal(machine(tmp_path, **{"uname__m": "x86_64\n"}))
    tree = trees.compiled(tmp_path, trees.board(cpus=CPUS.replace("arm,cortex-a53", "riscv")))
    assert "another architecture" in refusal(tree)


def test_damaged_trees(tmp_path: Path) -> None:
    blob = trees.virt(3).read_bytes()
    assert "is truncated" in refusal(tool.write(tmp_path / "cut.dtb", blob[: len(blob) // 2]))
    assert "cannot be read" in refusal(tmp_path / "missing.dtb")
    assert "no directory, device tree or whole archive" in refusal(tool.write(tmp_path / "text", "hello"))
    (tmp_path / "empty").mkdir()
    assert "was not made by" in refusal(tmp_path / "empty")


def test_addresses_that_are_hidden(tmp_path: Path) -> None:
    assert "hidden" in refusal(machine(tmp_path, proc_iomem="00000000-00000000 : System RAM\n"))


def test_odd_nodes_get_sentences(tmp_path: Path) -> None:
    place = machine(tmp_path, more=TIMER + """
	serial@a000000 { compatible = "arm,pl011"; reg = <0 0x0a000000 0>; };
	iommu { #iommu-cells = <1>; status = "disabled"; };
""")
    assert_line(place, "UART", "unknown")
    texts = [item["finding"] for item in check(place)["checks"] if item["verdict"] == "warn"]
    assert any("reg has 3 cells" in text for text in texts)
    timer = TIMER.replace("<1 13 4>, <1 14 4>, <1 11 4>, <1 10 4>", "<1 13>")
    assert_line(machine(tmp_path, more=timer, dmesg=""), "started at EL2", "FAIL", "/timer")


def test_model_does_not_reach_the_terminal_unchanged(tmp_path: Path) -> None:
    source = trees.board(TIMER).replace("Board of a test", "Board\\x1b[2J")
    result = tool.tool("check", "--from", trees.compiled(tmp_path, source), group="hardware")
    assert result.out.startswith("Board\\x1b[2J (")


# ---- The machine that it runs on ----


def live(root: Path) -> Machine:
    """As if `root` were "/" of an arm64 machine."""
    found = Machine(Directory(root, "this machine"), True)
    found.__dict__.update(architecture="aarch64", dmesg=GOOD["dmesg"])
    return found


def test_files_of_the_live_machine(tmp_path: Path) -> None:
    root = machine(tmp_path)
    (root / "files").unlink()
    assert [kernel.module(live(root))[0].verdict, kernel.image(live(root))[0].verdict] == ["FAIL", "FAIL"]
    for name in ("lib/modules/6.1.0-test/updates/dkms/cellblock.ko.xz", "lib/modules/6.1.0-test/modules.dep",
                 "opt/firmware/cellblock.bin", "sys/module/firmware_class/parameters/path"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("/opt/firmware\n")
    assert "depmod" in kernel.module(live(root))[0].remedy
    (root / "lib/modules/6.1.0-test/modules.dep").write_text("updates/dkms/cellblock.ko.xz:\n")
    assert kernel.module(live(root))[0].finding == "/lib/modules/6.1.0-test/updates/dkms/cellblock.ko.xz"
    assert kernel.image(live(root))[0].finding == "/opt/firmware/cellblock.bin"


def test_all_checks_of_the_live_machine(tmp_path: Path) -> None:
    found = list(hardware.checks_of(live(machine(tmp_path))))
    assert [item.name for item in found if item.verdict == "FAIL"] == ["kernel module", "hypervisor image"]


def test_vms_are_found_by_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process holds a VM as a file of this name; a link has it here."""
    directory = tmp_path / "proc" / "4711" / "fd"
    directory.mkdir(parents=True)
    (directory / "9").symlink_to("anon_inode:kvm-vm")
    (directory / "10").symlink_to("/dev/null")
    monkeypatch.setattr(hardware_el2, "PROC", str(tmp_path / "proc"))
    assert hardware_el2.running_vms(live(machine(tmp_path))) == [4711]


def test_files_of_the_live_machine_are_read() -> None:
    """Those of /proc/sys, too, of which Linux does not give a reader all that it may ask for."""
    assert Directory(Path("/"), "here").text("proc/sys/kernel/osrelease") == os.uname().release
