# SPDX-License-Identifier: GPL-2.0-only
"""Machines that go on where a saved one stopped, instead of booting.

A boot costs more than most tests. So a machine of a kind that several tests use is booted once
and saved when Linux is up and the agent waits for commands:

    saved = Snapshot(Config(gic=2))
    machine = Machine(saved.config(), name="example", login=False)
    saved.resume(machine)

Its RAM is a file that the others map privately; QEMU's state of all the rest is another. Virtual
time is part of that: Linux does not notice. Another kernel, initramfs, QEMU or command line
makes another snapshot.
"""

from __future__ import annotations

import dataclasses
import fcntl
import functools
import hashlib
import shutil
import subprocess
from pathlib import Path

from machine import Config, Machine
from qemu import BUILD, FIRMWARE, QEMU, environment

DIRECTORY = BUILD / "system-snapshots"
PROMPT = r"\(qemu\) $"


@functools.cache
def generation() -> Path:
    """Where the snapshots of this kernel, initramfs, firmware and QEMU are."""
    version = subprocess.run([QEMU, "--version"], stdout=subprocess.PIPE, check=True).stdout
    digest = hashlib.sha256(version)
    for path in (environment()["KERNEL_IMAGE"], Config().initrd, FIRMWARE):
        digest.update(Path(path).read_bytes())
    return DIRECTORY / digest.hexdigest()[:16]


def remove_stale() -> None:
    """Removes the snapshots of other kernels, initramfs and QEMUs."""
    if DIRECTORY.exists():
        for path in DIRECTORY.iterdir():
            if path != generation():
                shutil.rmtree(path)


class Snapshot:
    """A saved machine of this kind; made, if there is none yet."""

    @staticmethod
    def is_worthwhile(config: Config) -> bool:
        """Whether many tests use this kind: no more than these differ."""
        kind = {name: getattr(config, name) for name in ("gic", "cpu", "firmware", "kpti")}
        return config == Config(**kind)

    def __init__(self, config: Config) -> None:
        self._config = config
        key = hashlib.sha256(repr(config.command()).encode()).hexdigest()[:16]
        self._directory = generation() / key
        self._directory.parent.mkdir(parents=True, exist_ok=True)
        with open(self._directory.with_suffix(".lock"), "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._directory.exists():
                self._make()

    def config(self) -> Config:
        """The configuration of a machine that is to go on from here."""
        extra = self._ram(self._directory, "share=off,readonly=on,rom=off")
        return dataclasses.replace(self._config, extra=[*extra, "-incoming", "defer"])

    def resume(self, machine: Machine) -> None:
        """Makes the machine go on: afterwards, it is as after Machine.login()."""
        machine.monitor_console.expect(PROMPT)
        machine.monitor("migrate_set_capability x-ignore-shared on")
        machine.monitor(f"migrate_incoming file:{self._directory}/state")
        machine.wait_monitor("info status", "running")

    def _ram(self, directory: Path, options: str) -> list[str]:
        size = self._config.memory
        backend = f"memory-backend-file,id=ram,size={size},mem-path={directory}/ram,{options}"
        return ["-object", backend, "-machine", "memory-backend=ram"]

    def _make(self) -> None:
        new = self._directory.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        config = dataclasses.replace(self._config, extra=self._ram(new, "share=on"))
        with Machine(config, name=f"snapshot-{self._directory.name}") as machine:
            machine.monitor_console.expect(PROMPT)
            machine.monitor("migrate_set_capability x-ignore-shared on")
            machine.monitor(f"migrate -d file:{new}/state")
            machine.wait_monitor("info migrate", "Migration status: completed")
        new.rename(self._directory)
