// SPDX-License-Identifier: GPL-2.0-only
/*
 * The console of a cell (resource.h): the ring of what it writes, which the root cell may read, and
 * the virtual UART before it. The ring is the rest of the public page, or has pages of its own.
 */
#include <base/refuse.h>
#include <cell/resource.h>
#include <config/iterate.h>
#include <config/overlap.h>
#include <mm/el2map.h>
#include <mm/stage2.h>
#include <vdev/uart.h>

_Static_assert(CB_CONSOLE_OFFSET + CB_CONSOLE_SIZE == PAGE_SIZE, "console ring");

static bool has_uart(const struct cell *cell)
{
	return cell->config->console.type == CB_CONSOLE_VIRTUAL;
}

static size_t ring_pages(const struct cell *cell)
{
	return cell->config->log_size / PAGE_SIZE;
}

/* That it overlaps no region of the cell's is known from the check of the configuration. */
u32 console_check(const struct cell *cell, struct cb_error *error)
{
	ipa_t ipa = cell->config->console.address;
	const struct cb_frame *frame = cb_gic_frame_in(&system_config->gic, ipa, PAGE_SIZE);

	if (!has_uart(cell))
		return CB_OK;
	if (frame)
		return refuse(error, CB_ERR_CONSOLE_PLACE, .address = ipa, .size = PAGE_SIZE,
			      .other_address = frame->phys, .other_size = frame->size);
	if (ipa >= stage2_limit())
		return refuse(error, CB_ERR_CONSOLE_PLACE, .address = ipa, .size = PAGE_SIZE,
			      .other_address = stage2_limit(), .other_size = -stage2_limit());
	return CB_OK;
}

bool console_alloc(struct cell *cell)
{
	size_t pages = ring_pages(cell);

	cell->console.ring =
		pages ? pool_alloc(pages, CB_POOL_CELL) : (u8 *)cell->page + CB_CONSOLE_OFFSET;
	if (!cell->console.ring)
		return false;
	cell->page->log_phys = virt_to_phys(cell->console.ring);
	cell->page->log_size = pages ? cell->config->log_size : CB_CONSOLE_SIZE;
	return true;
}

void console_free(struct cell *cell)
{
	if (cell->console.ring && ring_pages(cell))
		pool_free(cell->console.ring, ring_pages(cell), CB_POOL_CELL);
}

/*
 * Tables of the root cell; they are there already where the first public page is. The pool aligns
 * the ring to its size, so it lies within one block of 2 MiB.
 */
struct pages console_pages(const struct cell *cell)
{
	size_t pages = 0;

	if (ring_pages(cell) && ((u64)cell->console.ring ^ (u64)public_page) / SZ_2M)
		pages = stage2_pages_needed(0, 0, PAGE_SIZE);
	return (struct pages){ .take = pages, .give_back = pages };
}

void console_take(struct cell *cell, struct stash *stash)
{
	if (ring_pages(cell))
		root_show_pages(cell->console.ring, ring_pages(cell), stash);
}

void console_reset(struct cell *cell)
{
	cell->page->start_head = cell->page->console_head;
	if (has_uart(cell))
		uart_reset(cell);
}

void console_give_back(struct cell *cell, struct stash *stash)
{
	if (ring_pages(cell))
		stage2_unmap(&root_cell.stage2, cell->page->log_phys, cell->page->log_size, stash);
}

u32 console_input(struct cell *cell, const u8 *text, u32 size, struct cb_error *error, u32 *taken)
{
	if (!has_uart(cell))
		return refuse_cell(error, CB_ERR_CONSOLE_INPUT, cell->id, CB_NO_CELL);
	*taken = uart_input(cell, text, size);
	return CB_OK;
}
