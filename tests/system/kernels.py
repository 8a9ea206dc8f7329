# SPDX-License-Identifier: GPL-2.0-only
"""The kernels that the tests boot, by their names in the table of scripts/fetch.sh.

    NEWEST.image, NEWEST.release, ...	of what fetch.sh has fetched
    initramfs(NEWEST, directory)	the usual root file system, with this kernel's module
    with_boot_files(...)		the same, with a kernel and an initramfs in /boot
"""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from qemu import BUILD, ROOT, environment

sys.path.append(str(ROOT / "tools" / "cellctl-config"))
from cellctl_config.kernels import KVM_AT_LOAD, version  # noqa: E402  pylint: disable=wrong-import-position

NAMES = subprocess.run(
    [ROOT / "scripts" / "fetch.sh", "--kernels"], stdout=subprocess.PIPE, text=True, check=True
).stdout.split()

# Most models have no pages of 16 KiB. On most others, 6.1's KVM hangs (docs/limits.md).
CPU, CPU_WITH_16K = "cortex-a53", "neoverse-n1"


class Kernel(NamedTuple):
    """A kernel by its name."""

    name: str

    @property
    def is_first(self) -> bool:
        """The one whose module is in the usual root file system."""
        return self.name == NAMES[0]

    def _variable(self, name: str) -> str:
        suffix = "" if self.is_first else "_" + re.sub(r"\W", "_", self.name)
        found = environment().get(name + suffix)
        assert found, f"run scripts/fetch.sh {self.name} and make kernels"
        return found

    @property
    def image(self) -> str:
        return self._variable("KERNEL_IMAGE")

    @property
    def release(self) -> str:
        return self._variable("KERNEL_RELEASE")

    @property
    def headers(self) -> str:
        return self._variable("KDIR")

    @property
    def device_trees(self) -> Path:
        """Those of its package."""
        return Path(self.headers).parents[1] / "lib" / f"linux-image-{self.release}"

    @property
    def has_kvm(self) -> bool:
        """The real-time 6.1 does not."""
        return "CONFIG_KVM=y\n" in (Path(self.headers) / ".config").read_text()

    @property
    def arguments(self) -> str:
        """What it needs on its command line."""
        return "kvm.enable_virt_at_load=0" if version(self.release) >= KVM_AT_LOAD else ""

    @property
    def cpu(self) -> str:
        """A model that it runs on."""
        return CPU_WITH_16K if self.name.endswith("-16k") else CPU


OLDEST, NEWEST = Kernel(NAMES[0]), Kernel(NAMES[-1])


def initramfs(kernel: Kernel, directory: Path) -> Path:
    """The usual root file system and, of `make kernels`, the kernel's own module."""
    result = directory / "rootfs.cpio"
    parts = [BUILD / "rootfs.cpio"]
    if not kernel.is_first:
        parts.append(BUILD / "kernels" / kernel.name / "rootfs.cpio")
    result.write_bytes(b"".join(part.read_bytes() for part in parts))
    return result


def with_boot_files(kernel: Kernel, usual: Path, directory: Path, packed: bool = False) -> str:
    """An initramfs, with a kernel and that initramfs in /boot (archives add up)."""
    boot = directory / "boot"
    boot.mkdir()
    if packed:
        (boot / "Image").write_bytes(gzip.compress(Path(kernel.image).read_bytes(), 1))
    else:
        (boot / "Image").symlink_to(kernel.image)
    (boot / "initrd").symlink_to(usual)
    archive = subprocess.run(
        ["cpio", "-L", "--quiet", "-o", "-H", "newc"],
        input=b"boot\nboot/Image\nboot/initrd\n",
        stdout=subprocess.PIPE,
        cwd=directory,
        check=True,
    ).stdout
    path = directory / "initrd"
    path.write_bytes(usual.read_bytes() + archive)
    return str(path)
