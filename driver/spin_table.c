// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs that Linux never took, as nr_cpus= said: each waits for an address at a place of its own,
 * its release address, which the device tree tells. The firmware put them there; when the
 * hypervisor is done with them, they wait at the same place in its image, which sets the word back
 * to zero. So a word that is not zero is that of a CPU which is elsewhere.
 */
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/of.h>

#include <asm/barrier.h>

#include "cellblock.h"

#define WAY_BACK_TIMEOUT (6UL * HZ) /* longer than a CPU waits for others in the hypervisor */

/* ---- What Linux knows ---- */

/* False for a node that says no MPIDR. */
static bool read_mpidr(struct device_node *node, u64 *mpidr)
{
	const __be32 *reg = of_get_property(node, "reg", NULL);

	if (reg)
		*mpidr = of_read_number(reg, of_n_addr_cells(node));
	return reg;
}

/* 0: the CPU is in no spin table. */
static u64 release_of(struct device_node *node)
{
	u64 address;

	if (of_property_match_string(node, "enable-method", "spin-table") < 0 ||
	    of_property_read_u64(node, "cpu-release-addr", &address))
		return 0;
	return address;
}

/* 0: Linux knows no such CPU, or it is in no spin table. */
static u64 known_release(u64 mpidr)
{
	struct device_node *node = NULL;
	u64 address = 0, found;

	while ((node = of_find_node_by_type(node, "cpu"))) {
		if (!read_mpidr(node, &found) || found != mpidr)
			continue;
		address = release_of(node);
		of_node_put(node);
		break;
	}
	return address;
}

static bool is_configured(const struct cb_system_config *config, u64 mpidr)
{
	const u64 *mpidrs = cb_config_cpus(config);
	u32 cpu;

	for (cpu = 0; cpu < config->cpus.count; cpu++)
		if (mpidrs[cpu] == mpidr)
			return true;
	return false;
}

/* A disabled CPU waits in its spin table, too (Devicetree Specification, 3.8.1). */
static bool has_failed(struct device_node *node)
{
	const char *status;

	return !of_property_read_string(node, "status", &status) && str_has_prefix(status, "fail");
}

/*
 * A CPU that nobody fetches stays in the firmware's loop, at EL2: whoever writes an address to its
 * word decides what it executes there, with all of memory.
 */
static int check_none_is_left(const struct cb_system_config *config, struct cb_error *error)
{
	struct device_node *node = NULL;
	u64 mpidr, release;

	while ((node = of_find_node_by_type(node, "cpu"))) {
		release = release_of(node);
		if (!release || has_failed(node) || !read_mpidr(node, &mpidr) ||
		    is_configured(config, mpidr))
			continue;
		of_node_put(node);
		return refuse(error, CB_ERR_CPU_UNLISTED, .mpidr = mpidr, .other_address = release);
	}
	return 0;
}

static int check_known(const struct cb_system_config *config, u32 cpu, struct cb_error *error)
{
	u64 known = known_release(cb_config_cpus(config)[cpu]);
	u64 configured = cb_config_release(config, cpu);

	if (known == configured)
		return 0;
	return refuse(error, CB_ERR_CPU_RELEASE, .index = cpu, .found = known,
		      .expected = configured);
}

/* ---- The words ---- */

/* CPUs there have their caches off. */
static void clean(const u64 *word)
{
	asm volatile("dc civac, %0" : : "r"(word) : "memory");
	dsb(sy); /* before the CPU is woken, or the word is read */
}

static u64 read_word(const u64 *word)
{
	clean(word);
	return READ_ONCE(*word);
}

/* A CPU may still be on its way back. */
static int check_waits(const struct cb_system_config *config, u32 cpu, struct cb_error *error)
{
	u64 release = cb_config_release(config, cpu), value;
	unsigned long since = jiffies;
	u64 *word = memremap(release, sizeof(*word), MEMREMAP_WB);

	if (!word)
		return refuse(error, CB_ERR_HOST_MEMORY);
	while ((value = read_word(word)) && time_before(jiffies, since + WAY_BACK_TIMEOUT))
		usleep_range(500, 1000);
	memunmap(word);
	if (!value)
		return 0;
	return refuse(error, CB_ERR_CPU_TAKEN, .index = cpu, .address = release,
		      .found_there = value);
}

/* After this, none of the CPUs is in the image but where its spin table is, and none is forgotten.
 */
int cb_spin_table_check(const struct cb_system_config *config, struct cb_error *error)
{
	int err = check_none_is_left(config, error);
	u32 cpu;

	for (cpu = 0; cpu < config->cpus.count && !err; cpu++)
		if (cb_config_release(config, cpu))
			err = check_known(config, cpu, error) ?: check_waits(config, cpu, error);
	return err;
}

static int release(u64 address, u64 entry)
{
	u64 *word = memremap(address, sizeof(*word), MEMREMAP_WB);

	if (!word)
		return -ENOMEM;
	WRITE_ONCE(*word, entry);
	clean(word);
	sev();
	memunmap(word);
	return 0;
}

/*
 * Sends the CPUs to the hypervisor, which is ready for them. There they wait for those of Linux,
 * and go back by themselves if these do not come.
 */
int cb_spin_table_release(const struct cb_system_config *config, struct cb_error *error)
{
	u64 entry = config->hypervisor.phys + CB_IMAGE_COLD_ENTRY;
	int err = 0;
	u32 cpu;

	for (cpu = 0; cpu < config->cpus.count && !err; cpu++)
		if (cb_config_release(config, cpu))
			err = release(cb_config_release(config, cpu), entry);
	return err ? refuse(error, CB_ERR_HOST_MEMORY) : 0;
}
