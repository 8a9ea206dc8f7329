# SPDX-License-Identifier: GPL-2.0-only
"""contrib/yocto and contrib/buildroot: what their recipes would run is run, with the variables that the
build systems set and Debian's compiler, kernel headers and libraries; what lands in the image is what the
recipes package.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from tool import ROOT, run

from kernels import OLDEST
from qemu import environment

LAYER = ROOT / "contrib" / "yocto" / "meta-cellblock"
RECIPES = LAYER / "recipes-cellblock" / "cellblock"
EXTERNAL = ROOT / "contrib" / "buildroot"
CROSS = "aarch64-linux-gnu-"
VERSION = (ROOT / "VERSION").read_text().strip()
FIRMWARE = "lib/firmware/cellblock.bin"


def contents(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if not path.is_dir()}


def module_belongs_to(module: Path, image: Path) -> bool:
    return hashlib.sha256(image.read_bytes()).hexdigest().encode() in module.read_bytes()


# Recipes of OpenEmbedded: functions of a shell, variables in between.


class Recipe:
    """The variables of a .bb file and those that bitbake would have, and its functions."""

    FUNCTION = re.compile(r"^(\w+)\(\) \{\n(.*?)^\}\n", re.M | re.S)
    VARIABLE = re.compile(r'^([\w:${}-]+) (?:\?|\+)?= "((?:[^"\\]|\\\n)*)"$', re.M)

    def __init__(self, name: str, given: Mapping[str, str]) -> None:
        text = (RECIPES / "cellblock.inc").read_text() + (RECIPES / f"{name}.bb").read_text()
        self.variables = {**dict(self.VARIABLE.findall(text)), "PN": name, **given}
        self.functions = dict(self.FUNCTION.findall(text))

    def expand(self, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("@bb.utils.contains('DISTRO_FEATURES', 'systemd', '"):
                return name.split("'")[5]
            return self.expand(self.variables[name]) if name in self.variables else match[0]

        return re.sub(r"\$\{([^{}]+)\}", value, text)

    def run(self, task: str) -> None:
        script = ["set -e", 'oe_runmake() { make "$@"; }']
        script += [f"{name}() {{\n{self.expand(body)}}}" for name, body in self.functions.items()
                   if not name.startswith("do_")]
        subprocess.run(["sh", "-c", "\n".join([*script, self.expand(self.functions[task])])], check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "MAKEFLAGS": ""})

    def packages(self) -> list[str]:
        """What FILES has, as patterns below the root of the image."""
        return [self.expand(word).lstrip("/") for word in self.variables.get("FILES:${PN}", "").split()]


def variables(place: Path) -> dict[str, str]:
    """Those of bitbake, with the compiler that is here."""
    fetched = environment()
    return {
        "S": str(ROOT), "B": str(place / "build"), "D": str(place / "image"), "prefix": "/usr", "datadir": "/usr/share",
        "TARGET_PREFIX": CROSS, "TOOLCHAIN_OPTIONS": "", "nonarch_base_libdir": "/usr/lib", "sysconfdir": "/etc", "PV": VERSION,
        "systemd_system_unitdir": "/usr/lib/systemd/system", "systemd_unitdir": "/usr/lib/systemd",
        "STAGING_KERNEL_DIR": str(OLDEST.headers), "STAGING_KERNEL_BUILDDIR": "", "KERNEL_VERSION": OLDEST.release,
        "KERNEL_CC": f"{CROSS}gcc", "KERNEL_LD": f"{CROSS}ld", "KERNEL_AR": f"{CROSS}ar",
        "KERNEL_OBJCOPY": f"{CROSS}objcopy", "KERNEL_STRIP": f"{CROSS}strip", "RECIPE_SYSROOT": str(place / "sysroot"),
        "CC": f"{CROSS}gcc", "CFLAGS": "-O2", "CPPFLAGS": f"-isystem {fetched['ARM64_INCLUDE']}",
        "LDFLAGS": f"-static -L{fetched['ARM64_LIB']}",
    }


@pytest.fixture(scope="module")
def yocto(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All recipes, one after the other, into one image."""
    place = tmp_path_factory.mktemp("yocto")
    given = variables(place)
    image = Recipe("cellblock-image", given)
    image.run("do_compile")
    image.run("do_install")
    sysroot = place / "sysroot" / "usr" / "share" / "cellblock"
    sysroot.mkdir(parents=True)
    (sysroot / "cellblock.bin").write_bytes((place / "build" / "hypervisor" / "cellblock.bin").read_bytes())
    # The headers are the build, too: no second directory.
    module = Recipe("cellblock-module", given)
    module.variables["module_make"] = module.variables["module_make"].replace("O=${STAGING_KERNEL_BUILDDIR}", "")
    for recipe in (module, Recipe("cellblock-tools", given)):
        recipe.run("do_compile")
        recipe.run("do_install")
    return place


def test_recipes_build_and_install(yocto: Path) -> None:
    image = yocto / "image"
    module = f"usr/lib/modules/{OLDEST.release}/updates/cellblock.ko"
    expected = {f"usr/{FIRMWARE}", module, "usr/bin/cellctl", "usr/lib/cellblock/cellcheck",
                "usr/lib/systemd/system/cellblock.service", "etc/cellblock/cellblock.conf"}
    assert expected <= contents(image)
    assert module_belongs_to(image / module, image / "usr" / FIRMWARE)
    assert "ARM aarch64" in run("file", image / "usr" / "bin" / "cellctl")


def test_recipes_package_what_they_install(yocto: Path) -> None:
    """But for what bitbake packages by itself: programs, configuration, modules, completions, pages."""
    usual = ("usr/bin/", "usr/sbin/", "etc/", "usr/lib/modules/", "usr/share/man/", "usr/share/doc/")
    known = [path for name in ("cellblock-image", "cellblock-tools")
             for path in Recipe(name, variables(yocto)).packages()]
    assert not [path for path in contents(yocto / "image") if not path.startswith((*usual, *known))]


def test_licence_is_that_of_the_tree() -> None:
    md5 = hashlib.md5((ROOT / "COPYING").read_bytes()).hexdigest()
    assert f"file://COPYING;md5={md5}" in (RECIPES / "cellblock.inc").read_text()
    sha256 = hashlib.sha256((ROOT / "COPYING").read_bytes()).hexdigest()
    assert f"sha256  {sha256}  COPYING" in (EXTERNAL / "package" / "cellblock" / "cellblock.hash").read_text()


# Buildroot's package: make's variables, with what its infrastructure would do around them.

HARNESS = """
BR2_EXTERNAL_CELLBLOCK_PATH := {external}
BR2_PACKAGE_CELLBLOCK_CONFIG_TOOLS := y
CELLBLOCK_PKGDIR := {external}/package/cellblock
TARGET_CC := {cross}gcc
TARGET_CROSS := {cross}
TARGET_CFLAGS := -O2 -isystem {include}
TARGET_LDFLAGS := -static -L{library}
TARGET_DIR := {place}/target
INSTALL := install
include {external}/package/cellblock/cellblock.mk
{place}/tree/stamp:
	$(CELLBLOCK_BUILD_CMDS)
	$(MAKE) -C {headers} ARCH=arm64 CROSS_COMPILE={cross} $(CELLBLOCK_MODULE_MAKE_OPTS) \\
		PWD=$(@D)/$(CELLBLOCK_MODULE_SUBDIRS) M=$(@D)/$(CELLBLOCK_MODULE_SUBDIRS) modules
	$(CELLBLOCK_INSTALL_TARGET_CMDS)
	$(CELLBLOCK_INSTALL_INIT_{init})
version: ; @echo $(CELLBLOCK_RELEASE) $(CELLBLOCK_SITE)
"""


@pytest.fixture(scope="module", params=["SYSTEMD"])
def buildroot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("buildroot")
    fetched = environment()
    (place / "Makefile").write_text(HARNESS.format(
        external=EXTERNAL, cross=CROSS, include=fetched["ARM64_INCLUDE"], library=fetched["ARM64_LIB"], place=place,
        headers=OLDEST.headers, init=request.param))
    (place / "tree").mkdir()
    # As rsync copies it, without what is built here.
    subprocess.run(f"tar -C {ROOT} --exclude=./build --exclude=./.git --exclude=./tests -cf - . | tar -C {place}/tree -xf -",
                   shell=True, check=True)
    return place


def make(place: Path, *arguments: str) -> str:
    return run("make", "-s", "-C", place, *arguments, env={**os.environ, "MAKEFLAGS": ""})


@pytest.mark.skipif(not os.environ.get("CB_LONG"), reason="the recipes above build the same")
def test_package_builds_and_installs(buildroot: Path) -> None:
    make(buildroot, str(buildroot / "tree" / "stamp"))
    target = buildroot / "target"
    assert {FIRMWARE, "usr/bin/cellctl", "usr/lib/cellblock/cellcheck", "usr/lib/cellblock/cellctl-config",
            "usr/lib/systemd/system/cellblock.service"} <= contents(target)
    assert module_belongs_to(buildroot / "tree" / "module" / "cellblock.ko", target / FIRMWARE)


def test_package_has_the_version_of_the_tree(buildroot: Path) -> None:
    assert make(buildroot, "version").split() == [VERSION, str(ROOT)]


def test_script_of_sysv_init_is_a_script() -> None:
    script = EXTERNAL / "package" / "cellblock" / "S80cellblock"
    run("shellcheck", "-s", "sh", "-e", "SC2086", script)  # an option of sort, or none
    assert os.access(script, os.X_OK)
