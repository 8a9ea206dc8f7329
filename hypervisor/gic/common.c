// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the files of gic/ share (internal.h): the distributor as it was found, and what arrays of
 * registers have in common.
 */
#include <base/refuse.h>
#include <gic/internal.h>
#include <mm/el2map.h>

u32 gic_version;
u8 *gicd;
struct cb_frame gic_frames[WINDOW_GIC_KINDS];
u32 gicd_typer_of_cells;
u32 gic_nr_espis;
spinlock_t gic_lock;

static intid_t nr_intids;

static u32 check_version(struct cb_error *error)
{
	u32 pidr2 = readl(gicd + (gic_version == 3 ? GIC_PIDR2 : GICD_V2_PIDR2));
	u32 revision = FIELD(pidr2, 7, 4), found = revision >= 3 ? 3 : revision;

	if (found == gic_version)
		return CB_OK;
	return refuse(error, CB_ERR_GIC_VERSION, .found = found, .expected = gic_version);
}

u32 gicd_init(const struct cb_gic_config *config, struct cb_error *error)
{
	struct cb_frame *frame = &gic_frames[WINDOW_GICD];
	u32 typer;

	gic_version = config->version;
	*frame = config->frames[CB_GIC_GICD];
	frame->size = MIN(frame->size, 0x10000UL);
	gicd = el2_map_device(frame->phys, frame->size);
	if (!gicd)
		return refuse(error, CB_ERR_NO_MEMORY);
	if (check_version(error))
		return error->code;
	typer = readl(gicd + GICD_TYPER);
	/* Reserved in a GICv2. */
	gic_nr_espis = typer & GICD_TYPER_ESPI ? (u32)(32 * (FIELD(typer, 31, 27) + 1)) : 0;
	gicd_typer_of_cells = (typer & ~(u32)(GICD_TYPER_LPIS | GICD_TYPER_MBIS | GICD_TYPER_ESPI |
					      GICD_TYPER_ESPI_RANGE)) | /* zero in a GICv2 */
			      (gic_version == 3 ? GICD_TYPER_NO1N : 0);
	nr_intids = (intid_t)(32 * (FIELD(typer, 4, 0) + 1));
	nr_intids = MIN(nr_intids, (intid_t)GIC_MAX_INTID);
	return CB_OK;
}

intid_t gic_nr_intids(void)
{
	return nr_intids;
}

__noinline void gic_write_ones(u8 *array, u32 nr)
{
	for (u32 n = 0; n < nr; n += 32)
		writel(~0U, array + n / 8);
}

void gic_reset_private(u8 *frame, u32 nr)
{
	for (u32 n = 4; n < nr / 4; n += 4) /* SGIs have one trigger */
		writel(0, frame + GICD_ICFGR + n);
	for (u32 n = 0; n < nr; n += 4)
		writel(0, frame + GICD_IPRIORITYR + n);
	gic_write_ones(frame + GICD_ICPENDR, nr);
	gic_write_ones(frame + GICD_ICACTIVER, nr);
	writel(BIT(MANAGEMENT_SGI), frame + GICD_ISENABLER);
}

void gicd_wait_rwp(void)
{
	while (gic_version == 3 && readl(gicd + GICD_CTLR) & GICD_CTLR_RWP)
		cpu_relax();
}
