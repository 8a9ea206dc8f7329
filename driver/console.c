// SPDX-License-Identifier: GPL-2.0-only
/*
 * read() and poll(): the console ring of a cell, or of the root cell, whose ring holds
 * the hypervisor's own messages. Each open file has its own position. The writer never
 * waits for a reader; one that falls behind is told how much it lost. write() is input for the
 * virtual UART of the cell; it takes what there is room for.
 */
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cellblock.h"

/* Bytes of the ring's oldest end that may be overwritten before the head says so. */
#define RING_MARGIN  256u

#define READ_PERIOD  (HZ / 20)

/* Until a guest has taken what it was given. */
#define WRITE_PERIOD DIV_ROUND_UP(HZ, 500)

struct console {
	struct mutex lock; /* guards all below */
	struct cell *cell; /* a reference; NULL: the root cell, once there is one */
	bool started;	   /* position counts */
	u64 position;	   /* next byte, counted like console_head */
	char notice[48];   /* that output was lost, between what there was and what there is */
	u32 notice_size, notice_done;
	char buffer[CB_CONSOLE_SIZE];
};

struct console *cb_console_new(void)
{
	struct console *console = kzalloc(sizeof(*console), GFP_KERNEL_ACCOUNT);

	if (console)
		mutex_init(&console->lock);
	return console;
}

void cb_console_free(struct console *console)
{
	if (console->cell)
		kobject_put(&console->cell->kobj);
	kfree(console);
}

/* pages_lock and the console's lock are held. */
static int select_cell(struct console *console, u32 id, enum cb_console_from from,
		       struct cb_error *error)
{
	struct cell *cell = cb_find_cell(id, error);

	if (!cell)
		return cb_error_errno(error->code);
	kobject_get(&cell->kobj);
	if (console->cell)
		kobject_put(&console->cell->kobj);
	console->cell = cell;
	console->started = from == CB_CONSOLE_FROM_START;
	console->position = cell->page->start_head;
	console->notice_size = 0;
	console->notice_done = 0;
	return 0;
}

int cb_console_select(struct console *console, u32 id, enum cb_console_from from,
		      struct cb_error *error)
{
	int err;

	if (from > CB_CONSOLE_FROM_START)
		return refuse(error, CB_ERR_ARGUMENT, .value = from);
	mutex_lock(&console->lock);
	down_read(&cellblock.pages_lock);
	err = select_cell(console, id, from, error);
	up_read(&cellblock.pages_lock);
	mutex_unlock(&console->lock);
	return err;
}

/* ---- The ring ---- */

static u64 ring_oldest(const struct cell *cell, u64 head)
{
	u32 window = cell->ring_size - RING_MARGIN;

	return head > window ? head - window : 0;
}

static void ring_copy(const struct cell *cell, u64 position, char *to, size_t size)
{
	size_t first = position % cell->ring_size;
	size_t part = min_t(size_t, size, cell->ring_size - first);

	memcpy(to, cell->ring + first, part);
	memcpy(to + part, cell->ring, size - part);
}

/* Skips what was overwritten. A line says so. */
static void skip_lost(struct console *console, u64 oldest)
{
	u64 lost = oldest - console->position;

	console->position = oldest;
	console->notice_done = 0;
	console->notice_size = scnprintf(console->notice, sizeof(console->notice),
					 "\n[... %llu bytes lost]\n", lost);
}

static u32 notice_left(const struct console *console)
{
	return console->notice_size - console->notice_done;
}

static size_t take_notice(struct console *console, size_t size)
{
	size = min_t(size_t, size, notice_left(console));
	memcpy(console->buffer, console->notice + console->notice_done, size);
	console->notice_done += size;
	return size;
}

/* Copies what there is, up to @size bytes, into the buffer. Returns how much it was. */
static size_t take_output(struct console *console, size_t size)
{
	u64 head = READ_ONCE(console->cell->page->console_head);

	if (!console->started)
		console->position = ring_oldest(console->cell, head);
	console->started = true;
	size = min_t(u64, size, head - console->position);
	smp_rmb(); /* bytes are not older than the head that counts them */
	ring_copy(console->cell, console->position, console->buffer, size);
	smp_rmb(); /* whoever asks for the head now learns whether they were overwritten */
	return size;
}

/* Whether the bytes at the position are still in the ring. */
static bool fell_behind(const struct console *console)
{
	u64 head = READ_ONCE(console->cell->page->console_head);

	return console->started && console->position < ring_oldest(console->cell, head);
}

/* ---- read() ---- */

/* pages_lock is held. -ENODEV: nothing runs. -EPIPE: the cell is gone. 0: no output yet. */
static ssize_t fill_buffer(struct console *console, size_t size)
{
	struct cb_error ignored;
	size_t taken;

	if (!console->cell && select_cell(console, CB_ROOT_CELL, CB_CONSOLE_FROM_OLDEST, &ignored))
		return -ENODEV;
	if (!console->cell->page)
		return -EPIPE;
	if (notice_left(console))
		return take_notice(console, size);
	taken = take_output(console, size);
	if (fell_behind(console)) {
		skip_lost(console,
			  ring_oldest(console->cell, READ_ONCE(console->cell->page->console_head)));
		return take_notice(console, size);
	}
	console->position += taken;
	return taken;
}

static ssize_t read_once(struct console *console, char __user *to, size_t size)
{
	ssize_t filled;

	mutex_lock(&console->lock);
	down_read(&cellblock.pages_lock);
	filled = fill_buffer(console, min_t(size_t, size, CB_CONSOLE_SIZE));
	up_read(&cellblock.pages_lock);
	if (filled > 0 && copy_to_user(to, console->buffer, filled))
		filled = -EFAULT;
	mutex_unlock(&console->lock);
	return filled;
}

/* Nobody tells us of new output, so a reader that waits looks now and then. */
ssize_t cb_console_read(struct console *console, char __user *to, size_t size, bool nonblock)
{
	ssize_t got;

	if (!size)
		return 0;
	for (;;) {
		got = read_once(console, to, size);
		if (got == -EPIPE)
			return 0; /* end of file */
		if (got)
			return got;
		if (nonblock)
			return -EAGAIN;
		schedule_timeout_interruptible(READ_PERIOD);
		if (signal_pending(current))
			return -ERESTARTSYS;
	}
}

/* ---- write() ---- */

/* A reference to the cell that is selected, or NULL with a record. */
static struct cell *get_selected(struct console *console, struct cb_error *error)
{
	struct cell *cell;

	mutex_lock(&console->lock);
	cell = console->cell;
	if (!cell || cell->id == CB_ROOT_CELL) {
		refuse_cell(error, CB_ERR_CELL_ROOT, CB_ROOT_CELL, CB_NO_CELL);
		cell = NULL;
	} else {
		kobject_get(&cell->kobj);
	}
	mutex_unlock(&console->lock);
	return cell;
}

/* Returns how many bytes of @text the cell took, 0: none yet. */
static int write_once(struct console *console, const struct cb_text *text, u32 size)
{
	struct cb_error error;
	struct cell *cell = get_selected(console, &error);
	int taken;

	if (!cell)
		return cb_error_errno(error.code);
	taken = cb_cell_input(cell, text, size, &error);
	kobject_put(&cell->kobj);
	return taken;
}

/* Nobody tells us that there is room again, so a writer looks now and then. */
static int write_some(struct console *console, const struct cb_text *text, u32 size, bool nonblock)
{
	int taken;

	for (;;) {
		taken = write_once(console, text, size);
		if (taken)
			return taken;
		if (nonblock)
			return -EAGAIN;
		schedule_timeout_interruptible(WRITE_PERIOD);
		if (signal_pending(current))
			return -ERESTARTSYS;
	}
}

/* An error counts only if nothing was written before it. */
ssize_t cb_console_write(struct console *console, const char __user *from, size_t size,
			 bool nonblock)
{
	struct cb_text text;
	size_t done = 0;
	int taken;

	while (done < size) {
		u32 part = min_t(size_t, size - done, sizeof(text.bytes));

		memset(&text, 0, sizeof(text));
		if (copy_from_user(text.bytes, from + done, part))
			return done ?: -EFAULT;
		taken = write_some(console, &text, part, nonblock);
		if (taken < 0)
			return done ?: taken;
		done += taken;
	}
	return done;
}

/* ---- poll() ---- */

static bool has_output(const struct console *console)
{
	u64 head = READ_ONCE(console->cell->page->console_head);

	return notice_left(console) || head > (console->started ? console->position : 0);
}

/* The console's lock and pages_lock are held. */
static __poll_t poll_state(struct console *console)
{
	struct cb_error ignored;
	__poll_t state;

	if (!console->cell && select_cell(console, CB_ROOT_CELL, CB_CONSOLE_FROM_OLDEST, &ignored))
		return 0; /* wakes when it is enabled */
	if (!console->cell->page)
		return EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	state = has_output(console) ? EPOLLIN | EPOLLRDNORM : 0;
	if (READ_ONCE(console->cell->page->input_room))
		state |= EPOLLOUT | EPOLLWRNORM;
	return state;
}

__poll_t cb_console_poll(struct console *console, struct file *file, poll_table *wait)
{
	__poll_t state;

	poll_wait(file, &cb_console_wait, wait);
	cb_watch_for_reader();
	mutex_lock(&console->lock);
	down_read(&cellblock.pages_lock);
	state = poll_state(console);
	up_read(&cellblock.pages_lock);
	mutex_unlock(&console->lock);
	return state;
}
