/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Going through the arrays of a cell's configuration that passed cb_config_check(). Of the root
 * cell's, too, which is system->root.
 */
#ifndef CB_CONFIG_ITERATE_H
#define CB_CONFIG_ITERATE_H

#include <cellblock/config.h>

/* The variable is declared here: for_each_region(region, config) use(region->phys); */
#define for_each_region(region, config)                                               \
	for (const struct cb_region *region = cb_config_regions(config),              \
				    *region##_end = region + (config)->regions.count; \
	     region < region##_end; region++)

#define for_each_irq(range, config)                                                 \
	for (const struct cb_irq_range *range = cb_config_irqs(config),             \
				       *range##_end = range + (config)->irqs.count; \
	     range < range##_end; range++)

/* Places in these arrays, for records. */
static inline uint32_t cb_region_index(const struct cb_cell_config *config,
				       const struct cb_region *region)
{
	return (uint32_t)(region - cb_config_regions(config));
}

static inline uint32_t cb_irq_index(const struct cb_cell_config *config,
				    const struct cb_irq_range *range)
{
	return (uint32_t)(range - cb_config_irqs(config));
}

#endif
