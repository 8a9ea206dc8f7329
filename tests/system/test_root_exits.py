# SPDX-License-Identifier: GPL-2.0-only
"""Linux runs as the root cell without exits: interrupts reach it directly.

Sending an SGI is an exit, so that nobody can interrupt a CPU that is not his. All others
together stay under one a second, idle or not, while interrupts flow.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from cells import Root
from machine import Boot

SECONDS = 10
DISK_SIZE = 16 << 20

# Each goes on for SECONDS; the disk is read and written past any cache.
BUSY = f"""for cpu in 0 1 2 3; do
	timeout {SECONDS} taskset -c $cpu sh -c 'while :; do :; done' &
done"""
DISK = f"""timeout {SECONDS} sh -c 'while :; do
	echo 3 >/proc/sys/vm/drop_caches
	md5sum /dev/vda
	dd if=/dev/zero of=/dev/vda bs=64k count=64 conv=fsync
done' >/dev/null 2>&1 &"""


@pytest.fixture(scope="module")
def root(boot_shared: Boot, gic: int, tmp_path_factory: pytest.TempPathFactory) -> Root:
    disk = Path(tmp_path_factory.mktemp("disk")) / "disk"
    disk.write_bytes(bytes(DISK_SIZE))
    root = Root(boot_shared(gic=gic, disk=str(disk), net=True))
    root.enable()
    return root


@pytest.fixture
def sink() -> Iterator[int]:
    """A port of the host, 10.0.2.2 in the machine, that takes whatever comes."""

    def swallow() -> None:
        connection, _ = listener.accept()
        while connection.recv(65536):
            pass
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=swallow, daemon=True).start()
        yield listener.getsockname()[1]


def interrupts(root: Root) -> Counter[str]:
    """What /proc/interrupts counts, by kind of source."""
    counts: Counter[str] = Counter()
    for line in root.machine.check("cat /proc/interrupts").splitlines():
        kind = re.search(r"arch_timer|virtio\d+-(?:req|input|output)", line)
        if kind:
            per_cpu = line.split()[1:5]
            counts[re.sub(r"\d+", "", kind[0])] += sum(map(int, per_cpu))
    return counts


def exits(root: Root) -> Counter[str]:
    """By reason, over all CPUs: they are all the root cell's."""
    total: Counter[str] = Counter()
    for cpu in root.json("stats")["cpus"]:
        assert cpu["cell"] == 0
        total.update(cpu["exits"])
    return total


class Measurement:
    """What a command in Linux costs in exits, and how many interrupts came meanwhile."""

    def __init__(self, root: Root, command: str) -> None:
        since, exits_before, interrupts_before = time.monotonic(), exits(root), interrupts(root)
        root.machine.check(command, timeout=120)
        self.exits = exits(root) - exits_before
        self.interrupts = interrupts(root) - interrupts_before
        self.seconds = time.monotonic() - since
        del self.exits["sgi"]

    def assert_hardly_any_exit(self) -> None:
        assert sum(self.exits.values()) / self.seconds < 1, self.exits


def test_idle(root: Root) -> None:
    idle = Measurement(root, f"sleep {SECONDS}")
    idle.assert_hardly_any_exit()
    assert idle.interrupts["arch_timer"] > 0
    root.machine.assert_dmesg_clean()


def test_busy_cpus_disk_and_network(root: Root, sink: int) -> None:
    network = f"timeout {SECONDS} nc 10.0.2.2 {sink} </dev/zero &"
    ping = "ping -c 5 10.0.2.2 >/dev/null &"
    load = Measurement(root, "\n".join([BUSY, DISK, network, ping, "wait"]))
    load.assert_hardly_any_exit()
    # One at least for each second and CPU: far less than even a slow host allows.
    assert load.interrupts["arch_timer"] > 4 * SECONDS
    for source in ("virtio-req", "virtio-input", "virtio-output"):
        assert load.interrupts[source] > 0, load.interrupts
    root.machine.assert_dmesg_clean()
