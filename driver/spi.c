// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claims on the SPIs of a cell, as there are on its memory: as long as the cell has one, no driver
 * can request it, and /proc/interrupts says whose it is. Linux never turns such an interrupt on.
 * One that Linux has not mapped is no driver's; there is nothing that could be claimed.
 */
#include <linux/interrupt.h>
#include <linux/irqdomain.h>
#include <linux/slab.h>

#include <config/iterate.h>

#include "cellblock.h"

static u32 count_spis(const struct cb_cell_config *config)
{
	u32 count = 0;

	for_each_irq (range, config)
		count += range->count;
	return count;
}

static irqreturn_t never_called(int irq, void *cell)
{
	return IRQ_NONE;
}

/* Somebody came between the check and this. */
static int refuse_spi(u32 intid, u32 range, int err, struct cb_error *error)
{
	char user[CB_NAME_SIZE];

	if (!cb_irq_user(cb_gic_domain(), intid, user, sizeof(user)))
		return cb_refuse_errno(error, "request_irq", err);
	cb_refuse_named(error, CB_ERR_IRQ_IN_USE, user);
	error->index = range;
	error->intid = intid;
	return cb_error_errno(error->code);
}

static int claim_spi(struct cell *cell, struct irq_domain *domain, u32 intid, u32 range,
		     struct cb_error *error)
{
	unsigned int irq = irq_find_mapping(domain, intid);
	int err;

	if (!irq)
		return 0;
	err = request_irq(irq, never_called, IRQF_NO_AUTOEN | IRQF_NO_THREAD,
			  cell->config->header.name, cell);
	if (err)
		return refuse_spi(intid, range, err, error);
	cell->spis[cell->nr_spis++] = irq;
	return 0;
}

static int claim_range(struct cell *cell, struct irq_domain *domain, u32 i, struct cb_error *error)
{
	const struct cb_irq_range *range = &cb_config_irqs(cell->config)[i];
	int err = 0;
	u32 n;

	for (n = 0; n < range->count && !err; n++)
		err = claim_spi(cell, domain, range->first + n, i, error);
	return err;
}

/* All, or it is for cb_spis_release() to give back those that there are. */
int cb_spis_claim(struct cell *cell, struct cb_error *error)
{
	struct irq_domain *domain = cb_gic_domain();
	int err = 0;
	u32 i;

	cell->spis = kvcalloc(count_spis(cell->config), sizeof(*cell->spis), GFP_KERNEL);
	if (!cell->spis)
		return refuse(error, CB_ERR_HOST_MEMORY);
	for (i = 0; i < cell->config->irqs.count && !err && domain; i++)
		err = claim_range(cell, domain, i, error);
	return err;
}

void cb_spis_release(struct cell *cell)
{
	while (cell->nr_spis)
		free_irq(cell->spis[--cell->nr_spis], cell);
	kvfree(cell->spis);
	cell->spis = NULL;
}
