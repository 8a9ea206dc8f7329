# SPDX-License-Identifier: GPL-2.0-only
"""What `make install` puts somewhere, `make uninstall` takes away; programs for cells are built from what
is installed alone; and the packages hold what docs/packages.md says.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from tool import ROOT, run

from qemu import BUILD, environment

PACKAGES = {
    "cellblock": "arm64", "cellctl": "arm64", "cellblock-tools": "all", "cellblock-dev": "all",
    "cellblock-dkms": "all",
}
VERSION = (ROOT / "VERSION").read_text().strip()


def package(name: str, architecture: str | None = None) -> Path:
    return BUILD / "deb" / f"{name}_{VERSION}_{architecture or PACKAGES[name]}.deb"


def field(name: str, which: str) -> str:
    return run("dpkg-deb", "-f", package(name), which).strip()


def contents(directory: Path) -> list[str]:
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*"))


def make(target: str, directory: Path) -> None:
    subprocess.run(["make", "-s", "-C", ROOT, target, f"DESTDIR={directory}"], check=True, stdout=subprocess.DEVNULL)


def test_uninstall_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "usr" / "bin").mkdir(parents=True)
    (tmp_path / "usr" / "bin" / "other").touch()
    (tmp_path / "etc" / "cellblock").mkdir(parents=True)
    (tmp_path / "etc" / "cellblock" / "cellblock.conf").write_text("BOARD=mine.cell\n")
    before = contents(tmp_path)
    make("install", tmp_path)
    assert {"usr/bin/cellctl", "lib/firmware/cellblock.bin", "usr/share/man/man8/cellctl.8"} <= set(contents(tmp_path))
    make("uninstall", tmp_path)
    assert contents(tmp_path) == before


def inmate(directory: Path, script: Path, place: Path) -> bytes:
    """What debian/tests/inmate makes of what is installed in a directory."""
    config = directory / "usr" / "share" / "pkgconfig"
    tools = place / "bin"
    tools.mkdir(parents=True)
    # pkg-config of this machine, of which the package is no part.
    (tools / "pkg-config").write_text(
        f"#!/bin/sh\nexec sed -n 's#^sdk=.*#{directory}/usr/share/cellblock/sdk#p' {config}/cellblock.pc\n")
    (tools / "pkg-config").chmod(0o755)
    work = place / "work"
    work.mkdir()
    variables = os.environ | {
        "PATH": f"{tools}:{os.environ['PATH']}", "AUTOPKGTEST_TMP": str(work), "LIBFDT_INCLUDE": environment()["ARM64_INCLUDE"],
        "LIBFDT": f"{environment()['ARM64_LIB']}/libfdt.a",
    }
    subprocess.run(["sh", script], check=True, env=variables, cwd=work, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return (work / "example" / "tick.bin").read_bytes()


def test_inmate_is_built_from_the_package_alone(tmp_path: Path) -> None:
    run("dpkg-deb", "-x", package("cellblock-dev"), tmp_path / "root")
    image = inmate(tmp_path / "root", ROOT / "debian" / "tests" / "inmate", tmp_path)
    assert image[56:60] == b"ARM\x64" and b"tick: %u CPUs" in image


def test_page_has_the_packages() -> None:
    page = (ROOT / "docs" / "packages.md").read_text()
    assert set(re.findall(r"^\| `([\w-]+)` \|", page, re.M)) >= set(PACKAGES)


@pytest.mark.parametrize("name", PACKAGES)
def test_packages_are_of_one_version(name: str) -> None:
    assert field(name, "Version") == VERSION
    if name == "cellblock":
        assert f"cellctl (= {VERSION})" in field(name, "Depends")
        assert re.search(rf"cellblock-dkms \(<< {VERSION}\)", field(name, "Breaks"))
    if name == "cellctl":
        assert f"cellblock-tools (= {VERSION})" in field(name, "Depends")


def test_tests_of_the_packages_are_there() -> None:
    """debian/tests/control names scripts that exist, and what they need."""
    control = (ROOT / "debian" / "tests" / "control").read_text()
    names = re.findall(r"^Tests: (.*)$", control, re.M)
    assert names
    for name in names:
        assert os.access(ROOT / "debian" / "tests" / name, os.X_OK)
