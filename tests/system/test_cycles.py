# SPDX-License-Identifier: GPL-2.0-only
"""Over and over again: nothing is used up, and nothing is left behind."""

from __future__ import annotations

import pytest
from cells import SHARE, SYSFS, Root
from machine import LONG_RUN, Boot

# With GICv2 fewer, but with CB_LONG: nothing here depends on it.
CELL_CYCLES = {3: 200, 2: 200 if LONG_RUN else 40}
ENABLE_CYCLES = {3: 50, 2: 50 if LONG_RUN else 10}

# The loops are scripts in Linux: a round trip of the tests for each step would take longer, and so
# would a process for each look.
LOOK = f"""look() {{
	read -r pool <{SYSFS}/pool_used
	read -r online </sys/devices/system/cpu/online
	echo $pool $online
}}"""
CELL_CYCLE = f"""set -e
{LOOK}
for n in $(seq $1); do
	cellctl create {SHARE}/demo-ring.cell
	cellctl load demo-ring {SHARE}/hello.bin
	cellctl start demo-ring
	cellctl destroy demo-ring
	look
done"""

ENABLE_CYCLE = f"""set -e
{LOOK}
for n in $(seq $1); do
	modprobe cellblock
	cellctl enable {SHARE}/%s.cell
	look
	cellctl disable
	rmmod cellblock
done"""

# Memory of demo-ring: regions "ram" and "data".
CELL_MEMORY = [(0x70400000, 16 << 20), (0x71400000, 64 << 10)]
PATTERN = 0xA5


@pytest.fixture(scope="module")
def root(boot_shared: Boot, gic: int) -> Root:
    return Root(boot_shared(gic=gic))


def run_cycles(root: Root, script: str, count: int) -> list[str]:
    return root.machine.script(script, str(count), timeout=900)


def test_enable_and_disable(root: Root, gic: int) -> None:
    lines = run_cycles(root, ENABLE_CYCLE % root.board, ENABLE_CYCLES[gic])
    assert len(lines) == ENABLE_CYCLES[gic]
    assert set(lines) == {lines[0]} and lines[0].endswith(" 0-3")
    root.assert_linux_is_well(*range(root.machine.config.smp))


def test_create_and_destroy(root: Root, gic: int) -> None:
    root.enable()
    pool = root.pool()
    lines = run_cycles(root, CELL_CYCLE, CELL_CYCLES[gic])
    assert lines == [root.machine.check(f"cat {SYSFS}/pool_used") + " 0-3"] * CELL_CYCLES[gic]
    assert root.pool() == pool
    root.assert_linux_is_well(*range(root.machine.config.smp))
    root.disable()


def test_memory_of_a_destroyed_cell_is_zero(root: Root) -> None:
    root.enable()
    for address, size in CELL_MEMORY:
        root.machine.check(f"physmem fill {address:#x} {size:#x} {PATTERN:#x}")
        root.machine.check(f"physmem check {address:#x} {size:#x} {PATTERN:#x}")
        root.machine.fails(f"physmem check {address:#x} {size:#x} 0")
    root.launch("demo-ring", "hello")
    root.wait_console("demo-ring", "hello: idle")
    root.destroy("demo-ring")
    for address, size in CELL_MEMORY:
        root.machine.check(f"physmem check {address:#x} {size:#x} 0")
    root.machine.assert_dmesg_clean()
    root.disable()
