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

static bool is_cpu(struct device_node *node, u64 mpidr)
{
	const __be32 *reg = of_get_property(node, "reg", NULL);

	return reg && of_read_number(reg, of_n_addr_cells(node)) == mpidr;
}

/* 0: Linux knows no such CPU, or it is in no spin table. */
static u64 known_release(u64 mpidr)
{
	struct device_node *node = NULL;
	u64 address = 0;

	while ((node = of_find_node_by_type(node, "cpu"))) {
		if (!is_cpu(node, mpidr))
			continue;
		if (of_property_match_string(node, "enable-method", "spin-table") < 0 ||
		    of_property_read_u64(node, "cpu-release-addr", &address))
			address = 0;
		of_node_put(node);
		break;
	}
	return address;
}

static int check_known(const struct cb_system_config *config, u32 cpu, struct cb_error *error)
{
	u64 known = known_release(cb_config_cpus(config)[cpu]);
	u64 configured = cb_config_release(config, cpu);

	if (known == configured)
		return 0;
	return refuse(error, CB_ERR_CPU_RELEASE, .index = cpu, .address = known,
		      .other_address = configured);
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
		      .other_address = value);
}

/* After this, none of the CPUs is in the image but where its spin table is. */
int cb_spin_table_check(const struct cb_system_config *config, struct cb_error *error)
{
	int err = 0;
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
