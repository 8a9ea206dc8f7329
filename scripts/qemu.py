#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The QEMU machine that Cellblock is demonstrated and tested on.

Composes the command line for QEMU's arm64 `virt` machine. A library for the
tests, and a program for people: scripts/qemu.py --help.
"""

from __future__ import annotations

import argparse
import dataclasses
import fcntl
import hashlib
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))

QEMU = os.environ.get("QEMU", "qemu-system-aarch64")

# What the machine looks like; the configurations in configs/arm64 say the same.
RAM_BASE = 0x40000000
RESERVED_BASE = 0x70000000
RESERVED_SIZE = 0x10000000
UART2_BASE = 0x09040000

# The firmware of tests/firmware, and where it puts the initrd.
FIRMWARE = BUILD / "firmware" / "strict.bin"
FIRMWARE_INITRD = 0x48000000

# Models whose Linux would stay at EL2, and does not with this argument.
VHE_MODELS = ("max", "neoverse-", "cortex-a55", "cortex-a76", "cortex-a710")
NVHE_ARGUMENT = "id_aa64mmfr1.vh=0"


def environment() -> dict[str, str]:
    """The variables of build/debian/env.mk."""
    path = BUILD / "debian" / "env.mk"
    if not path.exists():
        raise SystemExit(f"{path} is missing: run scripts/fetch.sh first")
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")


@dataclasses.dataclass
class Config:
    """One machine. A serial port is a QEMU -serial argument."""

    gic: int = 3  # 2, 3 or 4, which is described like 3
    cpu: str = "cortex-a57"
    smp: int = 4
    memory: str = "1G"
    kernel: str = ""  # default: Debian's 6.1
    initrd: str = str(BUILD / "rootfs.cpio")
    append: str = ""
    reserve: str = "cmdline"  # "cmdline" (mem=), "dt" (/reserved-memory) or "none"
    foreign: bool = False  # with "dt": reserve some memory for somebody else, too
    cell_uart: bool = False  # keep the second UART from Linux, for a cell
    providers: bool = False  # of clocks, power and pins, for that UART
    absent: bool = False  # the device tree promises memory that is not there
    idle: bool = False  # idle states in the device tree, of PSCI; no second UART
    el2: bool = True
    vhe: bool = False  # let Linux stay at EL2 on CPUs that can
    kpti: bool = True  # Linux' own tables for user space, which KASLR brings
    firmware: str = ""  # QEMU is the PSCI; or "strict": tests/firmware, which has the second UART
    virtio: str = "pci"  # or "mmio"
    disk: str = ""
    net: bool = False
    smmu: bool = False
    serial: str = "mon:stdio"
    serial2: str = "null"
    extra: list[str] = dataclasses.field(default_factory=list)

    def machine(self) -> str:
        options = ["virt", f"gic-version={self.gic}"]
        options.append("virtualization=" + ("on" if self.el2 else "off"))
        if self.firmware:
            # With ACPI, QEMU leaves devices out that the device tree has.
            options += ["secure=on", "acpi=off"]
        if self.smmu:
            options.append("iommu=smmuv3")
        if self.idle:
            # With one security state Linux turns a CPU's GICv3 off when that is powered down, which
            # real firmware turns on again when there is an interrupt, and QEMU does not.
            options.append("secure=on")
        return ",".join(options)

    def arguments(self) -> str:
        """What Linux finds on its command line."""
        args = ["console=ttyAMA0", "panic=-1"]
        if self.reserve == "cmdline":
            args.append(f"mem={(RESERVED_BASE - RAM_BASE) >> 20}M")
        if self.el2 and not self.vhe and self.cpu.startswith(VHE_MODELS):
            args.append(NVHE_ARGUMENT)
        if self.firmware:
            args.append(f"initrd={FIRMWARE_INITRD:#x},{Path(self.initrd).stat().st_size}")
        if not self.kpti:
            args.append("kpti=off")
        if self.disk or self.net:
            args.append("cb.virtio")
        if self.append:
            args.append(self.append)
        return " ".join(args)

    def hardware(self) -> list[str]:
        """The part of the command line that the device tree follows from."""
        command = [QEMU, "-machine", self.machine(), "-cpu", self.cpu]
        command += ["-smp", str(self.smp), "-m", self.memory]
        command += ["-nodefaults", "-display", "none", "-no-reboot"]
        return command

    def devices(self) -> list[str]:
        suffix = "pci" if self.virtio == "pci" else "device"
        rom = ",romfile=" if self.virtio == "pci" else ""
        args: list[str] = []
        if self.disk:
            args += ["-drive", f"if=none,id=disk0,format=raw,file={self.disk}"]
            args += ["-device", f"virtio-blk-{suffix},drive=disk0"]
        if self.net:
            args += ["-netdev", "user,id=net0"]
            args += ["-device", f"virtio-net-{suffix},netdev=net0{rom}"]
        return args

    def command(self) -> list[str]:
        """The whole QEMU command line."""
        if self.reserve not in ("cmdline", "dt", "none"):
            raise ValueError(f"reserve={self.reserve}")
        if self.firmware not in ("", "strict") or self.firmware and (self.cell_uart or not self.el2):
            raise ValueError(f"firmware={self.firmware}")
        command = self.hardware()
        command += ["-serial", self.serial, "-serial", self.serial2]
        command += self.devices()
        command += ["-kernel", self.kernel or environment()["KERNEL_IMAGE"]]
        command += ["-initrd", self.initrd, "-append", self.arguments()]
        if self.firmware:
            command += ["-bios", str(FIRMWARE)]
        if self.overlays():
            command += ["-dtb", str(changed_tree(self))]
        return command + self.extra

    def overlays(self) -> list[Path]:
        """What is changed in QEMU's device tree."""
        names = ["firmware"] if self.firmware else []
        names += ["reserved-memory"] if self.reserve == "dt" else []
        names += ["foreign-memory"] if self.foreign else []
        names += ["cell-uart"] if self.cell_uart else []
        names += ["providers"] if self.providers else []
        names += ["absent-memory"] if self.absent else []
        names += ["idle-states"] if self.idle else []
        return [ROOT / "scripts" / f"{name}.dtso" for name in names]


def changed_tree(config: Config) -> Path:
    """The machine's device tree with the overlays applied; made once."""
    overlays = config.overlays()
    hardware = config.hardware() + ["-serial", "null", "-serial", "null"]
    hardware[2] += ",dumpdtb="
    text = "".join(overlay.read_text() for overlay in overlays)
    key = hashlib.sha256((repr(hardware) + text).encode()).hexdigest()
    directory = BUILD / "dtb"
    directory.mkdir(parents=True, exist_ok=True)
    tree = directory / f"virt-{key[:16]}.dtb"
    with open(directory / ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tree.exists():
            make_changed_tree(hardware, overlays, tree)
    return tree


def make_changed_tree(hardware: list[str], overlays: list[Path], tree: Path) -> None:
    plain, new = (tree.with_suffix(s) for s in (".plain", ".new"))
    blobs = [tree.with_suffix(f".{overlay.stem}.dtbo") for overlay in overlays]
    hardware[2] += str(plain)
    subprocess.run(hardware, check=True, stderr=subprocess.DEVNULL)
    for overlay, blob in zip(overlays, blobs):
        subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blob, overlay], check=True)
    subprocess.run(["fdtoverlay", "-i", plain, "-o", new, *blobs], check=True)
    if any(overlay.stem == "idle-states" for overlay in overlays):
        give_idle_states(new)
    new.rename(tree)
    for path in (plain, *blobs):
        path.unlink()


IDLE_STATES = ("standby", "core", "cluster")


def give_idle_states(tree: Path) -> None:
    """To all CPUs. A timer that is always on would not fit."""

    def read(*arguments: str) -> list[str]:
        command = ["fdtget", *arguments[:-1], tree, *arguments[-1].split()]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()

    states = [read("-t", "u", f"/cpus/idle-states/{state} phandle")[0] for state in IDLE_STATES]
    for node in read("-l", "/cpus"):
        if node.startswith("cpu@"):
            command = ["fdtput", "-t", "u", tree, f"/cpus/{node}", "cpu-idle-states", *states]
            subprocess.run(command, check=True)
    subprocess.run(["fdtput", "-d", tree, "/timer", "always-on"], check=True)


def parse(argv: list[str]) -> tuple[Config, bool]:
    defaults = Config()
    parser = argparse.ArgumentParser(
        description="Boot the Cellblock test system in QEMU. Further QEMU arguments "
        "follow after '--'.",
        epilog="The console is on the terminal; Ctrl-A X ends QEMU.",
    )
    parser.add_argument("--gic", type=int, choices=(2, 3, 4), default=defaults.gic)
    parser.add_argument("--cpu", default=defaults.cpu, help="MODEL[,property=...]")
    parser.add_argument("--smp", type=int, default=defaults.smp)
    parser.add_argument("--memory", default=defaults.memory)
    parser.add_argument("--kernel", default=defaults.kernel)
    parser.add_argument("--initrd", default=defaults.initrd)
    parser.add_argument("--append", default="", help="more kernel arguments")
    parser.add_argument(
        "--reserve",
        choices=("cmdline", "dt", "none"),
        default=defaults.reserve,
        help="how memory is kept from Linux (default: mem= on its command line)",
    )
    parser.add_argument(
        "--cell-uart",
        action="store_true",
        help="keep the second UART from Linux, so that a cell can have it",
    )
    parser.add_argument("--idle", action="store_true", help="idle states of PSCI")
    parser.add_argument("--no-el2", dest="el2", action="store_false")
    parser.add_argument("--vhe", action="store_true", help="let Linux stay at EL2")
    parser.add_argument(
        "--firmware",
        choices=("", "strict"),
        default=defaults.firmware,
        help="strict: EL3 of its own, which stops the machine at whatever it can trap; "
        "the second UART is then the firmware's",
    )
    parser.add_argument("--virtio", choices=("pci", "mmio"), default=defaults.virtio)
    parser.add_argument("--disk", default="", help="raw image for a virtio disk")
    parser.add_argument("--net", action="store_true", help="virtio network card")
    parser.add_argument("--smmu", action="store_true", help="an SMMUv3")
    parser.add_argument("--serial", default=defaults.serial)
    parser.add_argument(
        "--serial2",
        default=defaults.serial2,
        help="the second UART, for a cell: a QEMU -serial argument (file:PATH, "
        "unix:PATH,server=on,wait=off, ...; default: null)",
    )
    parser.add_argument("--dry-run", action="store_true", help="only print the command")
    parser.add_argument("extra", nargs="*", help="arguments for QEMU")
    options = vars(parser.parse_args(argv))
    dry_run = options.pop("dry_run")
    return Config(**options), dry_run


def main() -> None:
    config, dry_run = parse(sys.argv[1:])
    command = config.command()
    if dry_run:
        print(shlex.join(command))
        return
    sys.stdout.flush()
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
