# SPDX-License-Identifier: GPL-2.0-only
"""A cell without a device has a console all the same: a UART that the hypervisor plays, at which one types
with "cellctl console", as at a cable.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import documents
import pytest
from cells import Root
from kernels import NEWEST, OLDEST, Kernel, initramfs, with_boot_files
from machine import Boot, Machine, Result

CELL = "demo-console"
LEAVE = "\x1d"  # Ctrl-]
BANNER = "what is typed goes to the cell"
TYPED = 10000


class Terminal:
    """The serial console of the root cell, while `cellctl` has made it the cell's."""

    def __init__(self, machine: Machine, command: str) -> None:
        self.console = machine.serial
        self.number = self.console.start(f"{command} </dev/ttyAMA0")
        self.console.expect(BANNER)

    def leave(self) -> Result:
        self.console.send(LEAVE)
        return self.console.finish(self.number)


def boot_with_guest(boot: Boot, gic: int, tmp_path: Path, guest: Kernel, packed: bool = False) -> Root:
    initrd = with_boot_files(guest, initramfs(OLDEST, tmp_path), tmp_path, packed)
    return Root(boot(gic=gic, memory="2G", reserve="dt", initrd=initrd))


def load_and_start(root: Root) -> None:
    root.cellctl(f"load {CELL} /boot/Image --initrd /boot/initrd --args 'console=ttyAMA0 earlycon'")
    root.start(CELL)


def test_linux_logs_in(boot: Boot, gic: int, tmp_path: Path) -> None:
    """Debian's kernel, unmodified: the first line of its boot, a prompt, and all that is typed."""
    root = boot_with_guest(boot, gic, tmp_path, OLDEST)
    root.enable()
    root.create(CELL)
    load_and_start(root)
    terminal = Terminal(root.machine, f"cellctl console {CELL}")
    linux = root.machine.serial
    linux.login()
    assert linux.run("uname -r") == (0, f"{OLDEST.release}\n")
    assert "uart:SBSA" in linux.run("cat /proc/tty/driver/ttyAMA").output

    # As fast as it goes, and more than its UART, its driver and a line have room for.
    number = linux.start(
        f"{{ stty raw; echo ready; head -c {TYPED} | sha256sum; stty cooked; }} </dev/ttyAMA0"
    )
    linux.expect("ready\n")
    text = "".join(chr(ord("a") + i % 26) for i in range(TYPED))
    linux.send(text)
    assert linux.finish(number) == (0, f"{sha256(text.encode()).hexdigest()}  -\n")

    assert terminal.leave().status == 0
    assert root.machine.check("nproc") == "2"
    assert lines_like(root, f"console {CELL} --since-start", "Booting Linux on physical CPU") == 1

    terminal = Terminal(root.machine, f"cellctl console {CELL}")
    linux.send("4242 poweroff -f\n")
    root.machine.serial.expect(r"reboot: Power down")
    terminal.leave()
    root.wait_state(CELL, "stopped")
    root.destroy(CELL)
    root.disable()
    root.machine.assert_dmesg_clean()


def lines_like(root: Root, command: str, pattern: str) -> int:
    return int(root.machine.run(f"cellctl {command} | grep -c '{pattern}'").output)


@pytest.mark.gics(3)
def test_run_is_a_terminal(boot: Boot, gic: int, tmp_path: Path) -> None:
    """`cellctl run` attaches to what it starts, a packed kernel; a second start begins a log anew."""
    root = boot_with_guest(boot, gic, tmp_path, NEWEST, packed=True)
    machine, linux = root.machine, root.machine.serial
    *others, run = documents.commands("docs/guests/linux.md", "board")
    for command in others:
        machine.check(command)
    terminal = Terminal(machine, run)
    linux.login()
    left = terminal.leave()
    assert left.status == 0 and f'cell "{CELL}" goes on' in left.output

    # What the guest writes is harmless to the terminal of the root cell, and its size is kept.
    terminal = Terminal(machine, f"cellctl console {CELL}")
    found = linux.run(r"printf '\033[6n\033]0;title\007\033[1mbold\033[0m'")
    assert found.output.endswith("<cb:ready>\n\\x1b]0;title\a\x1b[1mbold\x1b[0m"), found
    terminal.leave()

    root.stop(CELL)
    status, output = machine.run(f"cellctl console {CELL} --read-only </dev/ttyAMA0")
    assert status == 0 and BANNER not in output
    root.cellctl(f"load {CELL} /boot/Image --initrd /boot/initrd --args 'console=ttyAMA0 second=2'")
    root.start(CELL)
    terminal = Terminal(machine, f"cellctl console {CELL} --since-start")
    linux.login()
    terminal.leave()
    for command, first in ((f"console {CELL} --since-start", 0), (f"console {CELL}", 1)):
        assert lines_like(root, command, "Kernel command line: .*second=2") == 1
        assert lines_like(root, command, "Kernel command line: .*first=1") == first
    root.remove_cells()
    root.disable()
    machine.assert_dmesg_clean()


def test_who_takes_no_input_says_so(root: Root) -> None:
    """A ring has no input, and a user who may look at cells types nothing into them."""
    root.launch("demo-ring", "timer", "period=1000")
    write = "exec 3<>/dev/cellblock; echo x >&3"
    assert "write error" in root.machine.run(f"sh -c '{write}'").output
