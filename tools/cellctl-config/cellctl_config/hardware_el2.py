# SPDX-License-Identifier: GPL-2.0-only
"""Whether EL2 is free for Cellblock: who started Linux there, whether it left, and what KVM does.

Linux shows nothing of this in /sys. Its messages tell, and when these are gone, the timer that it
uses: each of the exception levels it may run at, and start from, has one of its own.
"""

from __future__ import annotations

import os
import re

from cellctl_config.cpus import cpus_of
from cellctl_config.interrupts import interrupts
from cellctl_config.kernels import KVM_AT_LOAD, version
from cellctl_config.machine import Machine
from cellctl_config.tree import Node
from cellctl_config.verdict import FAIL, OK, UNKNOWN, Check, is_linux_known

# The order of the timer's interrupts in its binding, by what Linux takes each for.
TIMERS = ("secure", "started at EL2", "started at EL1", "stays at EL2")

# Models that implement Armv8.0, which has no VHE.
WITHOUT_VHE = ("cortex-a34", "cortex-a35", "cortex-a53", "cortex-a57", "cortex-a72", "cortex-a73")

NO_VHE = "id_aa64mmfr1.vh=0"
PROTECTED = re.compile(r"kvm.*: Protected [hn]VHE mode")
AT_LOAD = "kvm.enable_virt_at_load"
PROC = "/proc"
COLLECT_AGAIN = "collect the facts on the running machine soon after it has booted"


def _timer(machine: Machine) -> str:
    """Which of TIMERS Linux uses; "" if that is not known."""
    used = {item.intid for item in machine.linux_interrupts if item.users == "arch_timer"}
    for node in machine.tree.walk():
        if node.is_compatible("arm,armv8-timer", "arm,armv7-timer"):
            for role, item in zip(TIMERS, interrupts(node)):
                if item.intid in used:
                    return role
    return ""


def psci_node(machine: Machine) -> Node | None:
    names = ("arm,psci-1.0", "arm,psci-0.2", "arm,psci")
    nodes = (node for node in machine.tree.walk() if node.is_compatible(*names))
    return next((node for node in nodes if node.is_enabled), None)


def started_at(machine: Machine) -> list[Check]:
    name = "started at EL2"
    remedy = "have the firmware start Linux at EL2 (QEMU: -machine virtualization=on)"
    psci = psci_node(machine)
    if psci is not None and psci.string("method") == "hvc":
        return [Check(name, FAIL, f"PSCI is called by HVC ({psci.path}): another hypervisor has EL2", remedy)]
    if "CPUs started in inconsistent modes" in machine.dmesg:
        return [Check(name, FAIL, "not all CPUs were started at EL2", remedy)]
    timer = _timer(machine)
    if "CPU(s) started at EL1" in machine.dmesg or timer == "started at EL1":
        return [Check(name, FAIL, "Linux was started at EL1", remedy)]
    if "CPU(s) started at EL2" in machine.dmesg:
        return [Check(name, OK, "all CPUs were")]
    if timer in ("started at EL2", "stays at EL2"):
        return [Check(name, OK, "Linux was, by the timer that it uses")]
    return [Check(name, UNKNOWN, "neither Linux's messages nor its timer tell", COLLECT_AGAIN)]


def _has_vhe(machine: Machine) -> bool:
    return any(cpu.model not in WITHOUT_VHE for cpu in cpus_of(machine))


def left_el2(machine: Machine) -> list[Check]:
    name = "EL2 is left free"
    remedy = f"boot it with {NO_VHE} (or kvm-arm.mode=nvhe, where the kernel then leaves EL2)"
    timer = _timer(machine)
    if timer == "stays at EL2" or re.search(r"kvm.*: VHE(\+NV2)? mode initialized", machine.dmesg):
        return [Check(name, FAIL, "Linux runs at EL2 itself (VHE)", remedy)]
    if timer == "started at EL2" or re.search(r"kvm.*: .*(Hyp|[hn]VHE) mode initialized", machine.dmesg):
        return [Check(name, OK, "Linux runs at EL1 and has its hyp stub at EL2")]
    if not _has_vhe(machine):
        return [Check(name, OK, "these CPUs have no VHE, so Linux runs at EL1")]
    if machine.arguments("id_aa64mmfr1.vh")[-1:] == ["0"]:
        return [Check(name, OK, f"{NO_VHE} keeps Linux at EL1")]
    return [Check(name, UNKNOWN, "Linux may stay at EL2 on CPUs that have VHE", remedy)]


# ---- KVM ----


def running_vms(machine: Machine) -> list[int] | None:
    """The processes that have a VM; None if nobody has looked."""
    if machine.is_live:
        return _live_vms()
    text = machine.text("kvm-vms")
    return None if text is None else [int(word) for word in re.findall(r"\b[0-9]{1,9}\b", text)]


def _live_vms() -> list[int]:
    return sorted(int(pid) for pid in os.listdir(PROC) if pid.isdigit() and _has_vm(f"{PROC}/{pid}/fd"))


def _has_vm(directory: str) -> bool:
    try:
        return any(_target(f"{directory}/{file}") == "anon_inode:kvm-vm" for file in os.listdir(directory))
    except OSError:  # the process has ended
        return False


def _target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:  # it was closed meanwhile
        return ""


def _is_on_from_boot(machine: Machine) -> bool:
    """Whether KVM has its code at EL2 without a VM."""
    value = machine.text("sys/module/kvm/parameters/enable_virt_at_load")
    if value is not None:
        return value in ("Y", "1")
    if version(machine.release) < KVM_AT_LOAD:
        return False
    return machine.arguments(AT_LOAD)[-1:] not in (["0"], ["n"], ["N"], ["off"])


def _has_kvm(machine: Machine) -> bool:
    if machine.text("sys/devices/virtual/misc/kvm/uevent") is not None:
        return True
    return not machine.is_live and machine.kernel_config.get("CONFIG_KVM") == "y"


def kvm_idle(machine: Machine) -> list[Check]:
    name = "KVM is idle"
    if not is_linux_known(machine):
        return [Check(name, UNKNOWN, "a device tree says nothing of KVM", "collect the facts of the machine")]
    if machine.arguments("kvm-arm.mode")[-1:] == ["protected"] or PROTECTED.search(machine.dmesg):
        return [Check(name, FAIL, "protected KVM (kvm-arm.mode=protected) never leaves EL2",
                      "take that off Linux's command line")]
    vms = running_vms(machine)
    if vms:
        return [Check(name, FAIL, f"a VM runs (process {', '.join(map(str, vms))})", "stop it")]
    if not _has_kvm(machine):
        return [Check(name, OK, "there is no KVM")]
    if _is_on_from_boot(machine):
        return [Check(name, FAIL, f"Linux {machine.release} starts KVM's part at EL2 when it boots",
                      f"boot it with {AT_LOAD}=0")]
    return [Check(name, OK, "no VM runs" if vms is not None else "no VM is known to run")]


def checked_cpu_models(machine: Machine) -> list[Check]:
    """The CPUs themselves: what they are, and whether VHE has to be thought of."""
    name = "CPU features"
    models = list(dict.fromkeys(cpu.model for cpu in cpus_of(machine)))
    vhe = "VHE is possible" if _has_vhe(machine) else "Armv8.0, no VHE"
    return [Check(name, OK, f"{', '.join(models)}: {vhe}")]
