// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Linux knows of the interrupt controller, from the device tree it runs on, and
 * who has requested an SPI. The configuration must say the same.
 */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/irqchip/arm-gic.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/rcupdate.h>
#include <linux/sizes.h>

#include <asm/sysreg.h>

#include "cellblock.h"

/* <linux/irqchip/arm-gic-v3.h> does not go together with that of GICv2. */
#define ICC_CTLR_EL1_EOIMODE BIT(1)

static const struct of_device_id gic_ids[] = {
	{ .compatible = "arm,gic-v3", .data = (void *)3 },
	{ .compatible = "arm,gic-400", .data = (void *)2 },
	{ .compatible = "arm,cortex-a15-gic", .data = (void *)2 },
	{ .compatible = "arm,cortex-a7-gic", .data = (void *)2 },
	{ .compatible = "qcom,msm-qgic2", .data = (void *)2 },
	{}
};

static const struct of_device_id its_ids[] = { { .compatible = "arm,gic-v3-its" }, {} };

/* Where a frame is described: the n-th "reg" of which nodes. */
struct frame_source {
	u8 frame; /* enum cb_gic_frame */
	u8 reg;
	const struct of_device_id *ids;
};

static const struct frame_source gicv2_frames[] = { { CB_GIC_GICD, 0, gic_ids },
						    { CB_GIC_GICC, 1, gic_ids },
						    { CB_GIC_GICH, 2, gic_ids },
						    { CB_GIC_GICV, 3, gic_ids },
						    {} };

static const struct frame_source gicv3_frames[] = {
	{ CB_GIC_GICD, 0, gic_ids }, { CB_GIC_GICR, 1, gic_ids }, { CB_GIC_ITS, 0, its_ids }, {}
};

static struct device_node *find_node(const struct of_device_id *ids)
{
	struct device_node *node;

	for_each_matching_node(node, ids) if (of_device_is_available(node)) return node;
	return NULL;
}

/* 0: this machine has no GIC that we know. */
static u32 gic_version(void)
{
	struct device_node *node = find_node(gic_ids);
	u32 version = 0;

	if (node)
		version = (uintptr_t)of_match_node(gic_ids, node)->data;
	of_node_put(node);
	return version;
}

/*
 * A CPU interface of 128 KiB is one whose pages are each repeated over 64 KiB. Linux and
 * we use the last copy of the first page, which the second page follows.
 */
static u64 skip_aliases(const struct resource *gicc)
{
	return resource_size(gicc) == SZ_128K ? gicc->start + SZ_64K - SZ_4K : gicc->start;
}

/* 0: Linux does not have this frame. */
static u64 frame_address(const struct frame_source *source)
{
	struct device_node *node = find_node(source->ids);
	struct resource res;
	u64 address = 0;

	if (node && !of_address_to_resource(node, source->reg, &res))
		address = source->frame == CB_GIC_GICC ? skip_aliases(&res) : res.start;
	of_node_put(node);
	return address;
}

int cb_check_gic(const struct cb_system_config *config, struct cb_error *error)
{
	const struct cb_gic_config *gic = &config->gic;
	const struct frame_source *source = gic->version == 2 ? gicv2_frames : gicv3_frames;
	u32 version = gic_version();

	if (!version)
		return refuse(error, CB_ERR_GIC_UNKNOWN);
	if (version != gic->version)
		return refuse(error, CB_ERR_GIC_VERSION, .found = version,
			      .expected = gic->version);
	for (; source->ids; source++) {
		u64 found = frame_address(source);

		if (found != gic->frames[source->frame].phys)
			return refuse(error, CB_ERR_GIC_ADDRESS, .index = source->frame,
				      .address = found,
				      .other_address = gic->frames[source->frame].phys);
	}
	return 0;
}

/* ---- Was Linux booted at EL2? ---- */

static bool splits_eoi_v2(phys_addr_t gicc)
{
	void __iomem *base = ioremap(gicc, SZ_4K);
	bool split;

	if (!base)
		return false;
	split = readl_relaxed(base + GIC_CPU_CTRL) & GIC_CPU_CTRL_EOImodeNS;
	iounmap(base);
	return split;
}

static bool splits_eoi_v3(void)
{
	return read_sysreg_s(SYS_ICC_CTLR_EL1) & ICC_CTLR_EL1_EOIMODE;
}

/*
 * Linux separates priority drop from deactivation exactly when it was booted at EL2
 * (is_hyp_mode_available(), which modules cannot call). After cb_check_gic().
 */
int cb_check_eoi_mode(const struct cb_system_config *config, struct cb_error *error)
{
	bool split = config->gic.version == 2 ? splits_eoi_v2(config->gic.frames[CB_GIC_GICC].phys)
					      : splits_eoi_v3();

	return split ? 0 : refuse(error, CB_ERR_NO_EL2);
}

/* ---- Who uses an interrupt? ---- */

/* Handlers are named; chained ones may not be, then it is the controller's name. */
static void name_irq_user(struct irq_data *data, u32 intid, char *name, size_t size)
{
	struct irq_desc *desc = irq_data_to_desc(data);
	unsigned long flags;

	raw_spin_lock_irqsave(&desc->lock, flags);
	if (desc->action && desc->action->name)
		strscpy(name, desc->action->name, size);
	else
		snprintf(name, size, "%s %u", data->chip ? data->chip->name : "GIC", intid);
	raw_spin_unlock_irqrestore(&desc->lock, flags);
}

/* NULL: Linux has none. */
struct irq_domain *cb_gic_domain(void)
{
	struct device_node *node = find_node(gic_ids);
	struct irq_domain *domain = node ? irq_find_host(node) : NULL;

	of_node_put(node);
	return domain;
}

/*
 * Whether a driver has requested an SPI, and its name. Being mapped alone is no use. A descriptor
 * is freed when nobody is left who found it under RCU.
 */
bool cb_irq_user(struct irq_domain *domain, u32 intid, char *name, size_t size)
{
	unsigned int irq = domain ? irq_find_mapping(domain, intid) : 0;
	struct irq_data *data;
	bool used;

	rcu_read_lock();
	data = irq ? irq_get_irq_data(irq) : NULL;
	used = data && irq_has_action(irq);
	if (used)
		name_irq_user(data, intid, name, size);
	rcu_read_unlock();
	return used;
}
