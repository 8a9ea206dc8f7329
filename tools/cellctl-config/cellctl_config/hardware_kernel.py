# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel must be like, and whether Cellblock's module and image are where it looks for them."""

from __future__ import annotations

import re

from cellctl_config.kernels import NEWEST_TESTED, OLDEST, OLDEST_TESTED, dotted, version
from cellctl_config.machine import Machine
from cellctl_config.verdict import FAIL, OK, UNKNOWN, WARN, Check, is_linux_known

NEEDED = ("CONFIG_MODULES", "CONFIG_SMP", "CONFIG_HOTPLUG_CPU", "CONFIG_FW_LOADER", "CONFIG_OF")

IMAGE = "cellblock.bin"
MODULE = re.compile(r"(?:^|/)cellblock\.ko(?:\.\w+)?$")
NOT_COLLECTED = "collect the facts of the machine with `cellctl config collect`"
INSTALL = "install Cellblock: `make install KDIR=...` for this kernel, then `depmod -a`"
TRY = "see whether a newer Cellblock is out; else try a cell, a `destroy` and a `disable` before you rely on it"
PACKED = ("", ".xz", ".zst")


def kernel(machine: Machine) -> list[Check]:
    name = "kernel"
    if not is_linux_known(machine):
        return [Check(name, UNKNOWN, "a device tree says nothing of the kernel", NOT_COLLECTED)]
    number, linux = version(machine.release), f"Linux {machine.release}"
    tested = f"this version of Cellblock was tested with ({dotted(OLDEST_TESTED)} to {dotted(NEWEST_TESTED)})"
    if number < OLDEST:
        return [Check(name, FAIL, f"{linux} is older than {dotted(OLDEST)}", f"boot Linux {dotted(OLDEST)} or later")]
    if number < OLDEST_TESTED:
        return [Check(name, WARN, f"{linux} is older than the oldest that {tested}", TRY)]
    if number > NEWEST_TESTED:
        return [Check(name, WARN, f"{linux} is newer than the newest that {tested}", TRY)]
    return [Check(name, OK, linux)]


def options(machine: Machine) -> list[Check]:
    name = "kernel options"
    config = machine.kernel_config
    if not is_linux_known(machine):
        return [Check(name, UNKNOWN, "a device tree says nothing of them", NOT_COLLECTED)]
    if not config:
        return [Check(name, UNKNOWN, f"neither /proc/config.gz nor /boot/config-{machine.release} is there",
                      f"see that the kernel has {', '.join(NEEDED)}")]
    missing = [option for option in NEEDED if config.get(option) not in ("y", "m")]
    if missing:
        return [Check(name, FAIL, f"this kernel was built without {', '.join(missing)}",
                      "build one with them, or take your distribution's")]
    return [Check(name, OK, f"{', '.join(NEEDED)} are set")]


def signatures(machine: Machine) -> list[Check]:
    """Says something only where an unsigned module is refused."""
    enforced = machine.text("sys/module/module/parameters/sig_enforce") == "Y"
    if enforced or machine.kernel_config.get("CONFIG_MODULE_SIG_FORCE") == "y":
        return [Check("module signatures", WARN, "this kernel loads signed modules only",
                      "sign cellblock.ko with a key that it knows")]
    return []


def lockdown(machine: Machine) -> list[Check]:
    """Says something only where Linux is locked down, as Secure Boot does it."""
    chosen = re.search(r"\[(\w+)\]", machine.text("sys/kernel/security/lockdown") or "")
    if not chosen or chosen[1] == "none":
        return []
    return [Check("lockdown", WARN, f"Linux is locked down ({chosen[1]}): unsigned modules are refused, and so are"
                  " cells with devices that may access memory",
                  "sign cellblock.ko with a key that the kernel knows, keep memory by a node cellblock@ADDRESS of"
                  " /reserved-memory, and see what docs/limits.md says of lockdown")]


# ---- Files ----


def _collected_files(machine: Machine) -> dict[str, int] | None:
    text = machine.text("files")
    if text is None:
        return None
    found = (re.fullmatch(r"(/.*) +(\d{1,12})", line) for line in text.splitlines())
    return {match[1]: int(match[2]) for match in found if match}


def _live_files(machine: Machine) -> dict[str, int]:
    modules = f"lib/modules/{machine.release}"
    names = [f"{modules}/{place}/{name}" for place in ("extra", "updates", "updates/dkms")
             for name in machine.source.list(f"{modules}/{place}") if MODULE.search(name)]
    names += [f"{place}/{IMAGE}{packed}" for place in _image_places(machine) for packed in PACKED]
    contents = {f"/{name}": machine.read(name) for name in names}
    return {name: len(data) for name, data in contents.items() if data is not None}


def _image_places(machine: Machine) -> list[str]:
    """Where the kernel looks for firmware, in its order."""
    own = (machine.text("sys/module/firmware_class/parameters/path") or "").strip("/")
    places = [f"lib/firmware/updates/{machine.release}", "lib/firmware/updates",
              f"lib/firmware/{machine.release}", "lib/firmware"]
    return [own, *places] if own else places


def files_of(machine: Machine) -> dict[str, int] | None:
    """Sizes of Cellblock's files by their names; None if nobody has looked."""
    return _live_files(machine) if machine.is_live else _collected_files(machine)


def _is_in_modules_dep(machine: Machine) -> bool | None:
    where = f"lib/modules/{machine.release}/modules.dep" if machine.is_live else "modules-dep"
    text = machine.text(where)
    if text is None:
        return None
    return any(MODULE.search(line.partition(":")[0]) for line in text.splitlines())


def module(machine: Machine) -> list[Check]:
    name = "kernel module"
    if "cellblock" in machine.modules:
        return [Check(name, OK, "cellblock is loaded")]
    files = files_of(machine)
    if files is None:
        return [Check(name, UNKNOWN, "nobody has looked for cellblock.ko", NOT_COLLECTED)]
    found = [path for path in files if MODULE.search(path)]
    if not found:
        return [Check(name, FAIL, f"/lib/modules/{machine.release} has no cellblock.ko", INSTALL)]
    if _is_in_modules_dep(machine) is False:
        return [Check(name, FAIL, f"modprobe does not know {found[0]} yet", "run `depmod -a`")]
    return [Check(name, OK, found[0])]


def image(machine: Machine) -> list[Check]:
    name = "hypervisor image"
    files = files_of(machine)
    if files is None:
        return [Check(name, UNKNOWN, f"nobody has looked for {IMAGE}", NOT_COLLECTED)]
    known = [f"/{place}/{IMAGE}{packed}" for place in _image_places(machine) for packed in PACKED]
    found = next((path for path in known if path in files), None)
    if found is None:
        return [Check(name, FAIL, f"/lib/firmware has no {IMAGE}", "install Cellblock: `make install`")]
    if not files[found]:
        return [Check(name, FAIL, f"{found} is empty", "install Cellblock again")]
    return [Check(name, OK, found)]
