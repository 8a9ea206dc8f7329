// SPDX-License-Identifier: GPL-2.0-only
/* SPIs of a cell (resource.h). */
#include <base/refuse.h>
#include <cell/resource.h>
#include <config/iterate.h>
#include <gic/gic.h>

static u32 check_line(intid_t intid, u32 index, struct cb_error *error)
{
	if (intid >= gic_nr_intids())
		return refuse(error, CB_ERR_IRQ_RANGE, .index = index, .intid = intid,
			      .limit = gic_nr_intids() - 1);
	for (u32 id = 0; id < CB_MAX_CELLS; id++)
		if (cells[id] && gic_line_in_cell(cells[id], intid))
			return id == CB_ROOT_CELL
				       ? CB_OK
				       : (u32)refuse_cell(error, CB_ERR_IRQ_OTHER_CELL, CB_NO_CELL,
							  id, .index = index, .intid = intid);
	return refuse(error, CB_ERR_IRQ_NOT_ROOTS, .index = index, .intid = intid);
}

u32 lines_check(const struct cell *cell, struct cb_error *error)
{
	for_each_irq (range, cell->config)
		for (u32 n = 0; n < range->count; n++) {
			u32 code = check_line(range->first + n, cb_irq_index(cell->config, range),
					      error);

			if (code)
				return code;
		}
	return CB_OK;
}

static void move_lines(struct cell *from, struct cell *to, const struct cb_cell_config *config)
{
	for_each_irq (range, config)
		for (u32 n = 0; n < range->count; n++)
			gic_move_spi(from, to, range->first + n);
}

void lines_take(struct cell *cell)
{
	move_lines(&root_cell, cell, cell->config);
	gic_evict_spis(cell);
}

void lines_reset(struct cell *cell)
{
	gic_reset_spis(cell);
}

void lines_give_back(struct cell *cell)
{
	move_lines(cell, &root_cell, cell->config);
}
