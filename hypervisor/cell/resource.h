/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a cell is made of: memory and registers (regions), CPUs, SPIs (lines), and its public page.
 * Each kind answers the same five questions, and create.c asks them:
 *
 *	check		may the cell have it? Changes nothing.
 *	pages		how many pages of tables does that take at most, now and on the way back?
 *	take		from the root cell. Cannot fail.
 *	reset		as after power-on, before each start
 *	give_back	to the root cell. Cannot fail.
 *
 * cpus_claim() alone may still be refused, so it comes before all that take. A new kind is a file
 * more here, and a line more in each function of create.c. The caller holds cells_lock.
 */
#ifndef CELL_RESOURCE_H
#define CELL_RESOURCE_H

#include <base/model.h>
#include <base/pool.h>

/* Pages of tables: to take it, and to give it back, which wait for that in cell->way_back. */
struct pages {
	size_t take, give_back;
};

/* ---- regions.c ---- */

u32 regions_check(const struct cell *cell, struct cb_error *error);
struct pages regions_pages(const struct cell *cell);
void regions_take(struct cell *cell, struct stash *stash);
void regions_reset(struct cell *cell);
void regions_give_back(struct cell *cell, struct stash *stash);

/* Fill a cell's tables: with its regions and what it accesses of the GIC by itself. */
void regions_map(struct cell *cell, struct stash *stash);

/* Take those regions out of the root cell's tables of which a flag has this value. */
void regions_hide(const struct cell *cell, u32 flag, u32 value, struct stash *stash);

/* A page is the hypervisor's, the GIC's, another cell's, or there is no such address. */
bool regions_protect(paddr_t page);

/* A piece of what the root cell has by its configuration. */
struct root_piece {
	paddr_t phys;
	u64 size;
	u32 flags;
};

/* The root cell's region at phys, cut to [phys, phys + size); false if phys is in none. */
bool root_piece_at(paddr_t phys, u64 size, struct root_piece *piece);

/* ---- cpus.c: they need no pages ---- */

/* online: Linux may still run on them. */
u32 cpus_check(const struct cell *cell, bool online, struct cb_error *error);
u32 cpus_claim(struct cell *cell, struct cb_error *error);
void cpus_reset(struct cell *cell);
void cpus_give_back(struct cell *cell);

/* ---- lines.c: they need no pages ---- */

u32 lines_check(const struct cell *cell, struct cb_error *error);
void lines_take(struct cell *cell);
void lines_reset(struct cell *cell);
void lines_give_back(struct cell *cell);

/* ---- page.c: number, name and state of a cell, which the root cell may read ---- */

u32 page_check(const struct cell *cell, struct cb_error *error);
struct pages page_pages(const struct cell *cell);
void page_take(struct cell *cell, struct stash *stash);
void page_give_back(struct cell *cell, struct stash *stash);

/* Choose a number that no cell has. */
u32 page_choose_id(struct cell *cell, struct cb_error *error);

/* The root cell's own page goes to Linux, too. */
void page_publish(struct cell *cell);

/* Pages at virt that the root cell may read: statistics, state, consoles. */
void root_show_pages(const void *virt, size_t nr, struct stash *stash);

/* ---- console.c: ring and virtual UART ---- */

u32 console_check(const struct cell *cell, struct cb_error *error);
struct pages console_pages(const struct cell *cell);
void console_take(struct cell *cell, struct stash *stash);
void console_reset(struct cell *cell);
void console_give_back(struct cell *cell, struct stash *stash);

/* The ring of a cell that has its page; false if there is no memory. */
bool console_alloc(struct cell *cell);
void console_free(struct cell *cell);

/* Text for a cell that runs. *taken: how much of it its UART took. CB_ERR_CONSOLE_INPUT */
u32 console_input(struct cell *cell, const u8 *text, u32 size, struct cb_error *error, u32 *taken);

/* ---- store.c: what the hypervisor keeps of a cell ---- */

/* struct cell with its configuration, out of the root cell's reach. Nothing is checked in there. */
u32 cell_alloc(paddr_t config, u64 size, struct cell **cell, struct cb_error *error);

/* Its public page and its empty tables; false if there is no memory. */
bool cell_alloc_tables(struct cell *cell, enum stage2_registers registers);

/* All of that, and the tables that were set aside. */
void cell_free(struct cell *cell);

/* ---- create.c ---- */

/* Of all that the cell has. */
struct pages cell_pages(const struct cell *cell);

/*
 * Create a cell; error->cell is its number then. With check, find out whether it can be created
 * once its CPUs are parked, and change nothing.
 */
u32 create_locked(paddr_t config, u64 size, bool check, struct cb_error *error);

/*
 * Give back what a cell has whose CPUs are parked and whose memory is cleared. The pages that this
 * takes were set aside when it was created.
 */
void cell_release(struct cell *cell);

/* ---- life.c ---- */

/* Start the first CPU; all are parked. Under cell->lock. */
void cell_start_cpu(struct cell *cell);

/* Stop a cell, or go on with that. True once none of its CPUs runs; until then, those that do. */
bool cell_try_stop(struct cell *cell, cpuset_t *running);

#endif
