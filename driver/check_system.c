// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether this Linux can become the root cell of a system configuration: it left EL2
 * free, it runs on just the CPUs that are configured, and the hypervisor's memory is
 * not its own. The GIC has its own file.
 */
#include <linux/arm-smccc.h>
#include <linux/cpu.h>
#include <linux/smp.h>

#include <generated/utsrelease.h>

#include <asm/cputype.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#include "cellblock.h"

static const char *untested(void)
{
	u32 version = LINUX_VERSION_CODE & ~0xffu; /* stable updates are like their first */

	if (version > KERNEL_NEWEST_TESTED)
		return "newer than the newest";
	return version < KERNEL_OLDEST_TESTED ? "older than the oldest" : NULL;
}

/* Says so if this kernel is not among those that this version was tested with. */
void cb_note_kernel(void)
{
	const char *how = untested();

	if (how)
		pr_warn("Linux " UTS_RELEASE
			" is %s that this version of Cellblock was tested with (%u.%u to %u.%u)\n",
			how, VERSION_OF(KERNEL_OLDEST_TESTED), VERSION_OF(KERNEL_NEWEST_TESTED));
}

/*
 * What can be known without the GIC. PSCI by HVC means that somebody else sits at EL2
 * and answers. cb_check_eoi_mode() finds the rest; only then an HVC is safe.
 */
int cb_check_el2(struct cb_error *error)
{
	u64 pfr0 = read_sysreg(id_aa64pfr0_el1);

	if (read_sysreg(CurrentEL) == CurrentEL_EL2)
		return refuse(error, CB_ERR_KERNEL_AT_EL2);
	if (!cpuid_feature_extract_unsigned_field(pfr0, ID_AA64PFR0_EL1_EL2_SHIFT))
		return refuse(error, CB_ERR_NO_EL2);
	if (arm_smccc_1_1_get_conduit() == SMCCC_CONDUIT_HVC)
		return refuse(error, CB_ERR_NO_EL2);
	return 0;
}

int cb_check_hypervisor_region(const struct cb_system_config *config, struct cb_error *error)
{
	const struct cb_frame *region = &config->hypervisor;
	struct cb_error ram = {};

	if (!cb_iomem_system_ram(region->phys, region->size, &ram))
		return cb_check_is_memory(region->phys, region->size, 0, error)
			       ?: cb_check_not_firmware(region->phys, region->size, 0, error);
	return refuse(error, CB_ERR_HV_SYSTEM_RAM, .address = region->phys, .size = region->size,
		      .other_address = ram.other_address, .other_size = ram.other_size);
}

/* ---- CPUs ---- */

static void read_mpidr(void *mpidr)
{
	*(u64 *)mpidr = read_cpuid_mpidr() & MPIDR_HWID_BITMASK;
}

/* The number of an MPIDR in the configuration, or the count of CPUs. */
static u32 configured_cpu(const struct cb_system_config *config, u64 mpidr)
{
	const u64 *mpidrs = cb_config_cpus(config);
	u32 cpu;

	for (cpu = 0; cpu < config->cpus.count; cpu++)
		if (mpidrs[cpu] == mpidr)
			break;
	return cpu;
}

static int map_online_cpu(const struct cb_system_config *config, int *linux_cpu, int online,
			  struct cb_error *error)
{
	u64 mpidr = 0;
	u32 cpu;
	int err;

	err = smp_call_function_single(online, read_mpidr, &mpidr, 1);
	if (err)
		return cb_refuse_errno(error, "smp_call_function_single", err);
	cpu = configured_cpu(config, mpidr);
	if (cpu == config->cpus.count)
		return refuse(error, CB_ERR_CPU_MPIDR, .index = online, .mpidr = mpidr);
	if (cb_config_release(config, cpu))
		return refuse(error, CB_ERR_CPU_TAKEN, .index = cpu,
			      .address = cb_config_release(config, cpu));
	linux_cpu[cpu] = online;
	return 0;
}

static int map_online_cpus(const struct cb_system_config *config, int *linux_cpu,
			   struct cb_error *error)
{
	int online, err = 0;

	cpus_read_lock();
	for_each_online_cpu(online)
	{
		err = map_online_cpu(config, linux_cpu, online, error);
		if (err)
			break;
	}
	cpus_read_unlock();
	return err;
}

/*
 * Finds which CPU of Linux each configured one is that does not wait in a spin table. All
 * must be online: only then they
 * can enter EL2 together, and only a running CPU tells who it is (cpu_logical_map() is
 * not for modules).
 */
int cb_map_cpus(const struct cb_system_config *config, int *linux_cpu, struct cb_error *error)
{
	u32 cpu;
	int err;

	if (num_present_cpus() != cb_config_linux_cpus(config))
		return refuse(error, CB_ERR_CPU_COUNT, .found = num_present_cpus(),
			      .expected = cb_config_linux_cpus(config));
	memset32((u32 *)linux_cpu, -1, CB_MAX_CPUS);
	err = map_online_cpus(config, linux_cpu, error);
	for (cpu = 0; cpu < config->cpus.count && !err; cpu++)
		if (linux_cpu[cpu] < 0 && !cb_config_release(config, cpu))
			err = refuse(error, CB_ERR_CPU_NOT_ONLINE, .index = cpu);
	return err;
}
