# SPDX-License-Identifier: GPL-2.0-only
"""pytest's side of the system tests: machines to share, and reports of failures.

A test takes `boot` to start machines of its own, or a module shares one:

    @pytest.fixture(scope="module")
    def machine(boot_shared: Boot, gic: int) -> Machine:
        return boot_shared(gic=gic)

Whatever uses the fixture `gic` runs with either interrupt controller. What has nothing to do with the
difference, or what costs much and is done at length with the other one, has a mark and runs with one, but
with CB_LONG; the mark of a function counts more than that of its module:

    pytestmark = pytest.mark.gics(3)

Tests may run on several workers: `-n 3 --dist loadgroup` keeps together those that share a machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from cells import Root
from machine import LONG_RUN, TIMEOUT, Boot, Config, Machine
from qemu import BUILD
from snapshot import Snapshot, remove_stale

# Workers that run in parallel must not share a machine's directory.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
WORKER += "-" if WORKER else ""

# Modules that wait for real time to pass: they start first, the others fill the gaps.
LONG = (
    "test_package",
    "test_cycles",
    "test_hostile",
    "test_smp8",
    "test_faults",
    "test_timer",
    "test_root_exits",
)

# A Linux with KPTI makes QEMU forget all translations at each system call and at its return, which costs
# the tests half of their time. So only test_kernels.py has it here, and all tests with CB_LONG.
KPTI = LONG_RUN

_alive: list[Machine] = []


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "gics(version, ...): enough to run it with these, but with CB_LONG")


def pytest_sessionstart() -> None:
    if not WORKER:
        remove_stale()


def _is_short(item: pytest.Item) -> bool:
    return item.path.stem not in LONG


def _is_wanted(item: pytest.Item) -> bool:
    gic = getattr(item, "callspec", None) and item.callspec.params.get("gic")
    gics = item.get_closest_marker("gics")
    return LONG_RUN or gic is None or gics is None or gic in gics.args


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    config.hook.pytest_deselected(items=[item for item in items if not _is_wanted(item)])
    items[:] = sorted(filter(_is_wanted, items), key=_is_short)
    for item in items:
        if "boot_shared" in item.fixturenames:
            params = item.callspec.params if hasattr(item, "callspec") else {}
            shared = ("gic", "shared_stage", "kernel")  # what decides about the machine
            values = [str(getattr(params[n], "name", params[n])) for n in shared if n in params]
            group = "-".join([item.path.stem, *values])
            item.add_marker(pytest.mark.xdist_group(group))


def _booter(request: pytest.FixtureRequest) -> Iterator[Boot]:
    started: list[Machine] = []

    def boot(anew: bool = False, patience: float = TIMEOUT, **options: object) -> Machine:
        config = Config(**{"kpti": KPTI, **options})
        saved = None if anew or not Snapshot.is_worthwhile(config) else Snapshot(config)
        test = request.node.nodeid.rsplit("/", 1)[-1]
        name = f"{WORKER}{test}-gicv{config.gic}-{len(started)}"
        machine = Machine(saved.config() if saved else config, name, login=False)
        started.append(machine)
        _alive.append(machine)
        if saved:
            saved.resume(machine)
        else:
            machine.login(patience)
        return machine

    yield boot
    for machine in started:
        machine.close()
        _alive.remove(machine)


@pytest.fixture(scope="module", params=[2, 3], ids=["gicv2", "gicv3"])
def gic(request: pytest.FixtureRequest) -> int:
    """The version of the machine's interrupt controller."""
    return request.param


@pytest.fixture
def boot(request: pytest.FixtureRequest) -> Iterator[Boot]:
    """boot(gic=3, cpu=..., ...) starts a machine that ends with the test.

    The options are those of qemu.Config. Where many tests use such a machine, it goes on from
    a snapshot of a booted one, unless it is to boot `anew`. `patience`: seconds that a boot
    says nothing at most.
    """
    yield from _booter(request)


@pytest.fixture(scope="module")
def boot_shared(request: pytest.FixtureRequest) -> Iterator[Boot]:
    """The same, for machines that end with the module."""
    yield from _booter(request)


@pytest.fixture(scope="module")
def faulty_initrd(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The usual root file system and the test builds that `make faults` has made."""
    initrd = tmp_path_factory.mktemp("faults") / "rootfs.cpio"
    parts = (BUILD / f"{name}.cpio" for name in ("rootfs", "rootfs-faults"))
    initrd.write_bytes(b"".join(part.read_bytes() for part in parts))
    return str(initrd)


@pytest.fixture(scope="module")
def enabled(boot_shared: Boot, gic: int) -> Root:
    """A machine with Cellblock enabled, for a module."""
    root = Root(boot_shared(gic=gic))
    root.enable()
    return root


@pytest.fixture
def root(enabled: Root) -> Iterator[Root]:
    """The same for one test: cells that it leaves are removed."""
    yield enabled
    enabled.remove_cells()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Adds the consoles of the machines in use to the report of a failed test."""
    report = (yield).get_result()
    if not report.failed:
        return
    for machine in _alive:
        for title, text in machine.report():
            report.sections.append((f"{title} ({machine.directory.name})", text))
