# SPDX-License-Identifier: GPL-2.0-only
"""Device trees for the tests: of QEMU and of Debian's kernels, or written down in a test.

`board(...)` is the source of a small machine to which a test adds what it is about, and
`collected(...)` makes of a tree what `cellctl config collect` would have made on that machine.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import tool  # noqa: F401  pylint: disable=unused-import  (makes the modules below be found)
from qemu import BUILD, QEMU, environment

from cellctl_config import binary

KEPT = ("--reserved", "0x70000000,256M")


@cache
def virt(gic: int, *options: str) -> Path:
    """The tree of QEMU's machine `virt` with 4 CPUs, 1 GiB and two UARTs."""
    directory = BUILD / "tests" / "config"
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / ("-".join(["virt", f"gicv{gic}", *options]).replace("=", "") + ".dtb")
    new = path.with_suffix(f".{id(path)}.new")
    machine = ",".join(["virt", f"gic-version={gic}", "virtualization=on", *options, f"dumpdtb={new}"])
    subprocess.run([QEMU, "-machine", machine, "-cpu", "cortex-a57", "-smp", "4", "-m", "1G", "-nodefaults",
                    "-display", "none", "-serial", "null", "-serial", "null"], check=True,
                   stderr=subprocess.DEVNULL)
    new.rename(path)
    return path


def debian(name: str, directory: Path, *changes: tuple[str, ...]) -> Path:
    """A copy of one of the trees of Debian's kernel, with changes: arguments of fdtput."""
    kernel = Path(environment()["KERNEL_IMAGE"])
    release = environment()["KERNEL_RELEASE"]
    path = directory / Path(name).name
    shutil.copy(kernel.parents[1] / "usr" / "lib" / f"linux-image-{release}" / name, path)
    for kind, node, prop, *values in changes:
        subprocess.run(["fdtput", "-t", kind, path, node, prop, *values], check=True)
    return path


def rpi4(directory: Path) -> Path:
    """As the firmware of a Raspberry Pi 4 with 1 GB and mem=768M leaves it."""
    return debian("broadcom/bcm2711-rpi-4-b.dtb", directory,
                  ("x", "/memory@0", "reg", "0", "0", "3b400000"),
                  ("s", "/chosen", "bootargs", "console=ttyAMA0,115200 mem=768M"))


def zcu102(directory: Path) -> Path:
    return debian("xilinx/zynqmp-zcu102-rev1.0.dtb", directory,
                  ("s", "/chosen", "bootargs", "console=ttyPS0,115200 mem=1536M"))


def compiled(directory: Path, source: str, name: str = "board.dtb") -> Path:
    """A tree from its source. What dtc would warn of is what many tests are about."""
    path = directory / name
    subprocess.run(["dtc", "-q", "-f", "-I", "dts", "-O", "dtb", "-o", path], input=source, text=True,
                   check=True, stderr=subprocess.DEVNULL)
    return path


def dts(directory: Path, name: str) -> Path:
    """One of the trees in dts/, each of which has what once made a board's configuration wrong."""
    return compiled(directory, (Path(__file__).resolve().parent / "dts" / f"{name}.dts").read_text(), f"{name}.dtb")


GIC = """
	gic: interrupt-controller@8000000 {
		compatible = "arm,gic-400";
		#interrupt-cells = <3>;
		#address-cells = <0>;
		interrupt-controller;
		reg = <0 0x08000000 0 0x1000>, <0 0x08010000 0 0x2000>,
		      <0 0x08030000 0 0x2000>, <0 0x08040000 0 0x2000>;
	};
"""

CPUS = """
	cpus {
		#address-cells = <1>;
		#size-cells = <0>;
		cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a53"; enable-method = "psci"; reg = <0>; };
		cpu@1 { device_type = "cpu"; compatible = "arm,cortex-a53"; enable-method = "psci"; reg = <1>; };
		cpu@100 { device_type = "cpu"; compatible = "arm,cortex-a72"; enable-method = "psci"; reg = <0x100>; };
	};
"""

MEMORY = "memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0 0x40000000>; };"

UARTS = """
	serial@9000000 { compatible = "arm,pl011"; reg = <0 0x09000000 0 0x1000>; interrupts = <0 1 4>; };
	serial@9040000 { compatible = "arm,pl011"; reg = <0 0x09040000 0 0x1000>; interrupts = <0 8 4>; };
"""


def board(more: str = "", *, gic: str = GIC, cpus: str = CPUS, memory: str = MEMORY,
          chosen: str = 'stdout-path = "/serial@9000000";') -> str:
    return f"""/dts-v1/;
/ {{
	#address-cells = <2>;
	#size-cells = <2>;
	compatible = "maker,board";
	model = "Board of a test";
	interrupt-parent = <&gic>;
	chosen {{ {chosen} }};
	{cpus} {memory} {gic} {UARTS} {more}
}};
"""


IOMEM = """40000000-6fffffff : System RAM
  40210000-4175ffff : Kernel code
09000000-09000fff : 9000000.serial
  09000000-09000fff : 9000000.serial serial@9000000
"""


def collected(directory: Path, tree: Path, **files: str) -> Path:
    """A directory as of cellctl-collect. Files are named like proc_iomem."""
    place = directory / "collected-machine"
    texts = {"collected": "cellblock machine 1\n", "uname-m": "aarch64\n", "proc/iomem": IOMEM,
             "proc/cmdline": "console=ttyAMA0 mem=768M\n", "proc/sys/kernel/osrelease": "6.1.0-test\n"}
    texts.update({name.replace("__", "-").replace("_", "/"): text for name, text in files.items()})
    for name, text in texts.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    blob = place / "sys" / "firmware" / "fdt"
    blob.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(tree, blob)
    return place


# ---- What the tool makes ----


def made(directory: Path, *arguments: object) -> tuple[binary.Cell, str]:
    """Generates, builds, and reads what it says: the configuration and its source."""
    source, output = directory / "made.c", directory / "made.cell"
    for path in (source, output):
        path.unlink(missing_ok=True)
    result = tool.tool(*arguments, "-o", source)
    assert result.status == 0, result.err
    result = tool.tool("build", source, "-o", output)
    assert result.status == 0, result.err
    return binary.parse(output.read_bytes(), str(output)), source.read_text()


def system(directory: Path, tree: Path, *arguments: object) -> binary.System:
    found, _ = made(directory, "create", "--from", tree, *arguments)
    assert isinstance(found, binary.System)
    return found


def refusal(*arguments: object) -> str:
    """The one line with which the tool refuses."""
    result = tool.tool(*arguments)
    assert result.status in (1, 2, 3), result.out
    assert result.out == ""
    lines = result.err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("cellctl: ") and ": " in lines[0][9:], result.err
    return lines[0]


def regions(cell: binary.Cell) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    return {region.name: (region.phys, region.size, tuple(region.flag_names)) for region in cell.regions}
