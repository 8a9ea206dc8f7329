# SPDX-License-Identifier: GPL-2.0-only
"""ZCU102: Cadence UART, GIC-400 with its 64 KiB aliases, calls of the platform firmware."""

from __future__ import annotations

import re
from collections.abc import Callable

import documents
from board import BoardRoot, follow, walk
from cellfile import System, put
from machine import Machine
from zcu102 import Zcu102, plain_tree, typed_tree

PM_GET_API_VERSION = 0xC2000001
PM_GET_CHIPID = 0xC2000018
PM_FORCE_POWERDOWN = 0xC2000008  # in .smcs of the board
PM_FORCE_POWERDOWN_32 = 0x82000008
SVE_HINT = 1 << 16  # no part of the number

FIRMWARE_CALL = "handled as PSCI call"  # QEMU's log: an SMC that reached the firmware


RST_FPD_APU = 0xFD1A0104  # of CRF_APB: resets of the CPUs
RVBARADDR0L = 0xFD5C0040  # of APU: where CPU 0 begins, at EL3
PMU_GLOBAL, PMU_RAM_LAST = 0xFFD80000, 0xFFDDFFFC
OCM = 0xFFFC0000  # has TF-A


def firmware_is_out_of_reach(root: BoardRoot) -> None:
    """Nor does Linux reach registers that decide where CPUs begin."""
    machine = root.machine
    machine.check("modprobe hostile")
    for address in (RST_FPD_APU, 0xFD2DFFFC, RVBARADDR0L, 0xFD5CFFFC, PMU_GLOBAL, PMU_RAM_LAST, OCM):
        status, _ = machine.run(f"hostile access {address:#x} device 4")
        assert status > 128
        assert f": read of {address:#x}, which it does not have" in root.console("root")
    machine.clear_dmesg()


def test_timer_cell(boot: Callable[..., Machine]) -> None:
    board = Zcu102()
    board.tree = typed_tree(plain_tree(), board.directory(), documents.commands("docs/boards/zcu102.md", "uboot"))
    machine = boot(board)
    machine.check("test -e /proc/device-tree/reserved-memory/cellblock@70000000/no-map")
    root = BoardRoot(machine, board)
    walk(root, board, machine.serial2)
    root.enable()
    firmware_is_out_of_reach(root)
    root.disable()
    follow(root, documents.commands("docs/boards/zcu102.md", "zcu102"), machine.serial2)


def test_debug_console(boot: Callable[..., Machine]) -> None:
    """The hypervisor writes to Linux' console; and the GIC is not where the device tree has it."""
    board = Zcu102(name="zcu102-permissive", config="zcu102-permissive")
    machine = boot(board)
    root = BoardRoot(machine, board)
    # What the device tree says, and nobody uses.
    unadjusted = System.delivered(board.config).with_frame("GICC", 0xF9020000)
    machine.check("modprobe cellblock")
    machine.check(put(unadjusted.pack(), "/tmp/board.cell"))
    assert "0xf902f000" in machine.fails("cellctl enable /tmp/board.cell")

    root.enable()
    assert re.search(r"^Cellblock [\d.]+: 4 CPUs, GICv2, ", machine.serial.transcript, re.MULTILINE)
    root.disable()
    machine.assert_dmesg_clean()


def test_idle_state(boot: Callable[..., Machine]) -> None:
    """Linux enters that of its device tree, a power-down; QEMU's PSCI would not do it."""
    board = Zcu102(name="zcu102-idle")
    machine = boot(board)
    root = BoardRoot(machine, board)
    state = "/sys/devices/system/cpu/cpu[0-3]/cpuidle/state1"
    usage = f"$(cat {state}/usage | awk '{{ n += $1 }} END {{ print n }}')"
    assert set(machine.check(f"cat {state}/name").split()) == {"cpu-sleep-0"}
    root.enable()
    rejected = machine.check(f"cat {state}/rejected")
    root.wait_until(f"[ {usage} -ge 10 ]")
    assert machine.check(f"cat {state}/rejected") == rejected
    machine.assert_dmesg_clean()


class Firmware:
    """Counts the calls that reach the firmware."""

    def __init__(self, machine: Machine, board: Zcu102) -> None:
        self._machine = machine
        self._log = board.trace

    def __enter__(self) -> Firmware:
        self._start = self._log.stat().st_size if self._log.exists() else 0
        self._machine.monitor("log int")
        return self

    def __exit__(self, *_: object) -> None:
        self._machine.monitor("log none")
        with open(self._log, encoding="ascii", errors="replace") as log:
            log.seek(self._start)
            self.calls = log.read().count(FIRMWARE_CALL)


def root_call(machine: Machine, board: Zcu102, function: int) -> bool:
    """Whether a call of the root cell reaches the firmware; QEMU's has none of these."""
    with Firmware(machine, board) as firmware:
        answer = machine.check(f"hostile call smc {function:#x}")
    assert answer.startswith("hostile: call: -1 "), answer  # NOT_SUPPORTED
    return bool(firmware.calls)


def test_firmware_calls(boot: Callable[..., Machine]) -> None:
    """Those of the root cell pass, but what the board lists waits; a cell's pass if it lists them."""
    board = Zcu102(name="zcu102-firmware")
    board.trace = board.directory() / "qemu-trace.log"
    board.trace.unlink(missing_ok=True)
    machine = boot(board)
    root = BoardRoot(machine, board)
    root.enable()

    machine.check("modprobe hostile")

    def passed_of_root(*functions: int) -> list[int]:
        return [function for function in functions if root_call(machine, board, function)]

    listed = (PM_FORCE_POWERDOWN, PM_FORCE_POWERDOWN_32, PM_FORCE_POWERDOWN | SVE_HINT)
    assert passed_of_root(PM_GET_API_VERSION, *listed) == [PM_GET_API_VERSION, *listed]
    assert "\nSMCs refused while there are cells: 0x82000006 " in machine.check("cellctl show root")

    cell = "zcu102-firmware"
    root.create(cell)
    assert passed_of_root(PM_GET_API_VERSION, *listed) == [PM_GET_API_VERSION]
    root.destroy(cell)
    assert passed_of_root(PM_FORCE_POWERDOWN) == [PM_FORCE_POWERDOWN]

    for function, passed in ((PM_GET_CHIPID, 1), (PM_FORCE_POWERDOWN, 0)):
        root.create(cell)
        root.load(cell, "hello", f"smc={function:#x} off")
        with Firmware(machine, board) as firmware:
            root.start(cell)
            root.wait_state(cell, "stopped")
        assert f"hello: SMC {function:#x}: -1" in root.console(cell)
        assert firmware.calls == passed
        root.destroy(cell)
    root.disable()
    machine.assert_dmesg_clean()
