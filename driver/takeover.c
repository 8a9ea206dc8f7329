// SPDX-License-Identifier: GPL-2.0-only
/*
 * Into EL2 and back. Linux left its hyp stub in VBAR_EL2; the stub lets us put the
 * image's entry vectors there, and these take our calls. They answer the stub's calls
 * too, so a CPU that has them and goes no further is as good as before.
 *
 * All CPUs enter and leave together, stopped, with interrupts off. CPU hotplug is held
 * off while the machine is stopped, so num_online_cpus() is what all of them see.
 */
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/stop_machine.h>

#include <asm/cpufeature.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#include "cellblock.h"
#include "hypercall.h"

#define PFR0_MPAM_SHIFT 40 /* ID_AA64PFR0_EL1.MPAM */

/* What the stopped CPUs share. */
struct takeover {
	u64 vectors;		  /* physical address */
	u32 nr_cpus;		  /* that must be online */
	atomic_t arrived;	  /* CPUs that have tried to set their vectors */
	atomic_t refused;	  /* those of them whose stub refused */
	atomic_t answered;	  /* CPUs that the hypervisor has answered */
	struct hvc_result result; /* its answer, written by the first; all get the same */
};

static u64 vectors_of(const struct cb_system_config *config)
{
	return config->hypervisor.phys + CB_IMAGE_VECTORS;
}

/* False: EL2 is not the stub's (KVM runs a VM, or another hypervisor does). */
static bool set_vectors(u64 vectors)
{
	return hvc_call(HVC_SET_VECTORS, vectors, 0, 0).x[0] == 0;
}

/* CB_LINUX_*: LINUX_USES_* are what its headers say (Kbuild). arm64.nompam is for firmware that
 * keeps MPAM. */
static u64 linux_uses(void)
{
	u64 pfr0 = read_sanitised_ftr_reg(SYS_ID_AA64PFR0_EL1);
	u64 uses = 0;

	if (LINUX_USES_MPAM && cpuid_feature_extract_unsigned_field(pfr0, PFR0_MPAM_SHIFT))
		uses |= CB_LINUX_MPAM;
	if (LINUX_USES_FGT2)
		uses |= CB_LINUX_FGT2;
	return uses;
}

/* One CPU lets the hypervisor check its configuration and prepare itself. */
int cb_takeover_init(const struct cb_system_config *config, u64 config_offset, u64 *public_offset,
		     struct cb_error *error)
{
	struct hvc_result result = {};
	unsigned long flags;
	bool set;

	local_irq_save(flags);
	set = set_vectors(vectors_of(config));
	if (set)
		result = hvc_call(CB_HVC_BOOT_INIT, config_offset, config->root.header.size,
				  linux_uses());
	local_irq_restore(flags);

	if (!set)
		return refuse(error, CB_ERR_EL2_IN_USE);
	*public_offset = result.x[1];
	return hvc_refusal(&result, error);
}

static void keep_answer(struct takeover *takeover, const struct hvc_result *result)
{
	if (atomic_inc_return(&takeover->answered) == 1)
		takeover->result = *result;
}

/* True when every CPU has its vectors; until all have tried, nobody goes on. */
static bool set_all_vectors(struct takeover *takeover)
{
	if (!set_vectors(takeover->vectors))
		atomic_inc(&takeover->refused);
	smp_mb__before_atomic(); /* refused is counted before arrived */
	atomic_inc(&takeover->arrived);
	while (atomic_read(&takeover->arrived) < takeover->nr_cpus)
		cpu_relax();
	smp_rmb(); /* pairs with the barrier above */
	return !atomic_read(&takeover->refused);
}

static int start_stopped(void *arg)
{
	struct takeover *takeover = arg;
	struct hvc_result result;

	if (num_online_cpus() != takeover->nr_cpus || !set_all_vectors(takeover))
		return 0;
	result = hvc_call(CB_HVC_BOOT_CPU, takeover->nr_cpus, 0, 0);
	keep_answer(takeover, &result);
	return 0;
}

/* After cb_takeover_init(): all CPUs enter, or none. */
int cb_takeover_start(const struct cb_system_config *config, struct cb_error *error)
{
	struct takeover takeover = {
		.vectors = vectors_of(config),
		.nr_cpus = cb_config_linux_cpus(config),
	};
	int err;

	err = stop_machine(start_stopped, &takeover, cpu_online_mask);
	if (err)
		return cb_refuse_errno(error, "stop_machine", err);
	if (atomic_read(&takeover.refused))
		return refuse(error, CB_ERR_EL2_IN_USE);
	if (!atomic_read(&takeover.answered))
		return refuse(error, CB_ERR_CPU_COUNT, .found = num_online_cpus(),
			      .expected = takeover.nr_cpus);
	return hvc_refusal(&takeover.result, error);
}

static int end_stopped(void *arg)
{
	struct hvc_result result = hvc_call(CB_HVC_DISABLE, num_online_cpus(), 0, 0);

	keep_answer(arg, &result);
	return 0;
}

int cb_takeover_end(struct cb_error *error)
{
	struct takeover takeover = {};
	int err;

	err = stop_machine(end_stopped, &takeover, cpu_online_mask);
	if (err)
		return cb_refuse_errno(error, "stop_machine", err);
	return hvc_refusal(&takeover.result, error);
}
