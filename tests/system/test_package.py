# SPDX-License-Identifier: GPL-2.0-only
"""The Debian packages in a Debian system: dpkg installs them, systemd is PID 1, udev makes the
device. The driver is the one that DKMS has built from the package cellblock-dkms.

The tests follow one another on one disk, as what an administrator does with it: install, describe
the machine, make mistakes, look around as somebody else, remove, install again, and reboot.
"""

from __future__ import annotations

import base64
import re
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

import documents
import pytest
from cells import SHARE
from machine import Boot, Machine
from qemu import BUILD, ROOT
from reader import Reader

DISK = BUILD / "system-disk"
# A Debian system is up in half a minute, on a computer that has nothing else to do.
SLOW = 300.0
GIC = 3

BOARD = f"BOARD={SHARE}/qemu-virt-gicv{GIC}.cell"
# In the order of their names "late" would be first.
DEBS = "/root/cellblock_*.deb /root/cellctl_*.deb /root/cellblock-tools_*.deb"

CELLS = {
    "late": f'CONFIG={SHARE}/tile-2.cell\nIMAGE={SHARE}/timer.bin\nARGS="period=1000"\nAFTER="timer"',
    "timer": f'CONFIG={SHARE}/demo-native-idle.cell\nIMAGE={SHARE}/timer.bin\nARGS="period=1000"',
}


def unit(cell: str) -> str:
    return f"cellblock-cell@{cell}.service"


class System:
    """The machine as its administrator sees it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.reader = Reader(machine, SLOW)

    def check(self, command: str) -> str:
        return self.machine.check(command, SLOW)

    def fails(self, command: str) -> str:
        return self.machine.fails(command, SLOW)

    def install(self) -> None:
        self.check(f"dpkg -i {DEBS} >/tmp/dpkg 2>&1 || {{ cat /tmp/dpkg; false; }}")

    def write(self, path: str, text: str) -> None:
        self.check(f"cat >{path} <<'END'\n{text}\nEND")

    def write_cell(self, name: str, text: str) -> None:
        self.write(f"/etc/cellblock/cells/{name}.conf", text)

    def journal(self, service: str) -> str:
        return self.check(f"journalctl --sync; journalctl -b -o cat -u {service}")

    def state(self, service: str) -> str:
        return self.check(f"systemctl show -P ActiveState {service}")

    def wait_state(self, service: str, state: str) -> None:
        """Waits until a unit is in this state."""
        self.check(
            f"timeout 60 sh -c 'until [ $(systemctl show -P ActiveState {service}) = {state} ]; "
            "do sleep 0.1; done'"
        )

    def cells(self) -> list[str]:
        """Names and states of the cells but the root cell, as `cellctl list` has them."""
        lines = self.check("cellctl list").splitlines()[2:]
        return sorted(" ".join(line.split()[1:3]) for line in lines)

    def poweroff(self) -> str:
        """Shuts the system down: what it says while it does."""
        start = self.machine.serial.mark()
        self.machine.serial.start("systemctl poweroff")
        self.machine.wait_end(SLOW)
        self.machine.serial.wait_closed()
        return re.sub(r"\x1b\[[\d;]*m", "", self.machine.serial.transcript[start:])


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`make system-disk` has made what is copied here."""
    path = tmp_path_factory.mktemp("disk") / "root.img"
    shutil.copyfile(DISK / "root.img", path)
    yield path
    path.unlink()


def start(boot: Boot, disk: Path) -> System:
    machine = boot(
        anew=True,
        patience=SLOW,
        gic=GIC,
        cell_uart=True,
        disk=str(disk),
        initrd=str(DISK / "initramfs.cpio"),
        append="cb.root=/dev/vda systemd.show_status=1",
    )
    return System(machine)


@pytest.fixture(scope="module")
def system(boot_shared: Boot, disk: Path) -> System:
    return start(boot_shared, disk)


def test_install_starts_nothing(system: System) -> None:
    system.install()
    assert system.check("dpkg-query -W -f '${Status}' cellblock") == "install ok installed"
    assert system.check("systemctl is-enabled cellblock.service; true") == "disabled"
    for service in ("cellblock.service", unit("timer")):
        assert system.state(service) == "inactive"
    system.check("test ! -e /dev/cellblock")
    system.check("getent group cellblock")
    for file in ("man/man8/cellctl.8.gz", "bash-completion/completions/cellctl"):
        system.check(f"test -s /usr/share/{file}")


def test_configurations_made_on_the_machine_itself(system: System) -> None:
    """By getting-started.md; what README.md has besides; and what is collected there."""
    commands = [command for command in documents.commands("docs/getting-started.md", "debian")
                if not command.startswith("make ")]
    run = commands.pop()
    said = system.reader.follow(commands)
    assert "This machine can run Cellblock" in said["cellctl hardware check"]
    assert "2 files: 0 refusals" in said["cellctl config check board.cell first.cell"]
    system.reader.watch(run, lambda: system.machine.serial.expect("^timer: window: .* 0 exits", SLOW))
    assert system.cells() == ["first running"]
    more = [command for command in documents.commands("README.md", "debian")
            if command not in [*commands, run]]
    assert "sgi" in system.reader.follow(more)["cellctl stats"]
    system.reader.follow(documents.commands("docs/man/cellctl-config-collect.8.scd", "debian"))
    system.check("cellctl destroy first && cellctl disable && rmmod cellblock")
    system.machine.assert_dmesg_clean()


def test_mistakes_are_in_the_journal(system: System) -> None:
    system.fails("systemctl start cellblock")
    assert 'cellctl: the configuration "board.cell" cannot be read' in system.journal("cellblock")
    system.write("/etc/cellblock/cellblock.conf", BOARD)
    system.check("systemctl start cellblock")
    system.write_cell("empty", "IMAGE=x")
    system.fails(f"systemctl start {unit('empty')}")
    assert "/etc/cellblock/cells/empty.conf sets no CONFIG: name" in system.journal(unit("empty"))
    system.write_cell("absent", CELLS["timer"].replace("timer.bin", "absent.bin"))
    system.fails(f"systemctl start {unit('absent')}")
    assert "absent.bin" in system.journal(unit("absent"))
    system.write_cell("order", CELLS["timer"] + "\nAFTER=a;b")
    system.check("systemctl daemon-reload")
    assert "order.conf: AFTER=a;b names no cells" in system.check("dmesg")
    assert system.cells() == []


def test_group_may_look_and_no_more(system: System) -> None:
    system.write_cell("timer", CELLS["timer"])
    system.check(f"systemctl start {unit('timer')}")
    system.check("udevadm settle")
    member, stranger = (f"setpriv --reuid=1000 --regid=1000 {groups} " for groups in (
        "--groups $(getent group cellblock | cut -d: -f3)", "--clear-groups",
    ))
    for command in ("list", "show timer", "show root", "stats", "console timer"):
        assert system.check(f"{member} cellctl {command}")
        assert "may not be opened by this user" in system.fails(f"{stranger} cellctl {command}")
    for command in (
        "disable", f"create {SHARE}/tile-2.cell", f"load timer {SHARE}/timer.bin",
        "stop timer", "destroy timer",
    ):
        assert "run cellctl as root" in system.fails(f"{member} cellctl {command}"), command
    assert system.cells() == ["timer running"]


def test_completion_knows_the_cells(system: System) -> None:
    script = (
        ". /usr/share/bash-completion/completions/cellctl; COMP_WORDS=(cellctl show ''); "
        "COMP_CWORD=2; _cellctl; echo ${COMPREPLY[*]}"
    )
    assert system.check(f'bash -c "{script}"'.replace("$", "\\$")) == "root timer"


def test_console_is_in_the_journal_and_failure_of_the_cell_is_the_units(system: System) -> None:
    program = 'IMAGE=/root/violate.bin\nARGS="case=read-root addr=0x40000000"'
    system.write_cell("bad", f"CONFIG={SHARE}/tile-2.cell\n{program}")
    # The cell can have failed before systemd has seen that it was started: then, so has `start`.
    system.check(f"systemctl start --no-block {unit('bad')}")
    system.wait_state(unit("bad"), "failed")
    journal = system.journal(unit("bad"))
    assert "violate: " in journal
    assert re.search(r'^cellctl: cell "bad" failed: ', journal, re.MULTILINE), journal
    assert "esr_el2" in journal  # its registers
    assert system.cells() == ["timer running"]


def test_stop_destroys_the_cell_and_gives_the_cpu_back(system: System) -> None:
    assert system.check("cat /sys/devices/system/cpu/online") == "0-2"
    system.check(f"systemctl stop {unit('timer')}")
    assert system.state(unit("timer")) == "inactive"
    assert system.cells() == []
    assert system.check("cat /sys/devices/system/cpu/online") == "0-3"


def test_tests_of_the_packages(system: System) -> None:
    """Those that autopkgtest runs on a machine like this one."""
    script = base64.b64encode((ROOT / "debian" / "tests" / "configuration").read_bytes()).decode()
    system.write("/root/configuration.b64", "\n".join(textwrap.wrap(script, 76)))
    system.check("base64 -d /root/configuration.b64 >/root/configuration")
    system.check("sh /root/configuration >/tmp/said 2>&1 || { cat /tmp/said; false; }")


def test_services_as_the_page_has_them(system: System) -> None:
    """With the configurations that were made here."""
    page, control = "docs/packages.md", unit("control")
    system.check("systemctl stop cellblock")
    for path in ("/etc/cellblock/cellblock.conf", "/etc/cellblock/cells/control.conf"):
        system.write(path, documents.shown_after(page, f"`{path}`:"))
    for source, name in (("board.cell", "board.cell"), ("first.cell", "control.cell"),
                         (f"{SHARE}/timer.bin", "control.bin")):
        system.check(f"cp {source} /etc/cellblock/{name}")
    *commands, journal = [command for command in documents.commands("docs/packages.md", "debian")
                          if not command.startswith("apt ")]
    system.reader.follow(commands)
    assert system.state(control) == "active" and system.cells() == ["control running"]
    system.check(f"timeout 60 sh -c 'until {journal} | grep -q \"timer: window\"; do sleep 0.1; done'")
    system.check("systemctl stop cellblock")
    system.reader.follow(documents.commands("docs/man/cellblock.7.scd", "debian"))
    system.check(f"systemctl disable -q cellblock {control}; rm /etc/cellblock/cells/control.conf")
    system.write("/etc/cellblock/cellblock.conf", BOARD)
    system.check("systemctl start cellblock")


def test_removal_gives_the_machine_back(system: System) -> None:
    system.check(f"systemctl start {unit('timer')} && cellctl create {SHARE}/tile-2.cell")
    assert "the hypervisor is still enabled: destroy all cells" in system.fails("dpkg -r cellblock")
    assert system.cells() == ["tile-2 created"]
    system.check("cellctl destroy tile-2 && cellctl disable")
    system.check(f"systemctl start {unit('timer')}")
    assert "cellblock depends on cellctl" in system.fails("dpkg -r cellctl")
    system.check("dpkg -r cellblock cellctl cellblock-tools >/dev/null")
    assert system.check("cat /sys/devices/system/cpu/online") == "0-3"
    system.check("test ! -e /dev/cellblock")
    system.check("test -e /etc/cellblock/cellblock.conf")
    system.check("test ! -e /usr/bin/cellctl && test ! -e /usr/sbin/cellctl && test ! -e /usr/lib/cellblock")
    system.machine.assert_dmesg_clean()


def test_cells_run_at_boot_in_order_and_stop_at_shutdown(
    system: System, boot_shared: Boot, disk: Path
) -> None:
    system.install()
    system.check("rm /etc/cellblock/cells/*")
    for name, text in CELLS.items():
        system.write_cell(name, text)
    system.check("systemctl enable -q cellblock " + " ".join(map(unit, CELLS)))
    system.poweroff()
    system = start(boot_shared, disk)
    for name in CELLS:
        system.wait_state(unit(name), "active")
    assert system.cells() == ["late running", "timer running"]
    services = f"cellblock.service {unit('timer')} {unit('late')}"
    when = system.check(f"systemctl show -P ActiveEnterTimestampMonotonic {services}").split()
    assert 0 < int(when[0]) < int(when[1]) < int(when[2])
    system.machine.assert_dmesg_clean()
    shutdown = system.poweroff()
    stopped = re.findall(r"OK  ] Stopped .* - Cellblock (.*)\.", shutdown)
    assert stopped == ["cell late", "cell timer", "hypervisor"], shutdown
    assert "cellctl: " not in shutdown and "FAILED" not in shutdown, shutdown
