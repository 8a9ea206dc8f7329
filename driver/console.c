// SPDX-License-Identifier: GPL-2.0-only
/*
 * read() and poll(): the console ring of a cell, or of the root cell, whose ring holds
 * the hypervisor's own messages. Each open file has its own position. The writer never
 * waits for a reader; one that falls behind is told how much it lost.
 */
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cellblock.h"

/* Bytes of the ring's oldest end that may be overwritten before the head says so. */
#define RING_MARGIN 256u
#define RING_WINDOW (CB_CONSOLE_SIZE - RING_MARGIN)

#define READ_PERIOD (HZ / 20)

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
static int select_cell(struct console *console, u32 id, struct cb_error *error)
{
	struct cell *cell = cb_find_cell(id, error);

	if (!cell)
		return cb_error_errno(error->code);
	kobject_get(&cell->kobj);
	if (console->cell)
		kobject_put(&console->cell->kobj);
	console->cell = cell;
	console->started = false;
	console->notice_size = 0;
	console->notice_done = 0;
	return 0;
}

int cb_console_select(struct console *console, u32 id, struct cb_error *error)
{
	int err;

	mutex_lock(&console->lock);
	down_read(&cellblock.pages_lock);
	err = select_cell(console, id, error);
	up_read(&cellblock.pages_lock);
	mutex_unlock(&console->lock);
	return err;
}

/* ---- The ring ---- */

static u64 ring_oldest(u64 head)
{
	return head > RING_WINDOW ? head - RING_WINDOW : 0;
}

static void ring_copy(const char *ring, u64 position, char *to, size_t size)
{
	size_t first = position % CB_CONSOLE_SIZE;
	size_t part = min_t(size_t, size, CB_CONSOLE_SIZE - first);

	memcpy(to, ring + first, part);
	memcpy(to + part, ring, size - part);
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
		console->position = ring_oldest(head);
	console->started = true;
	size = min_t(u64, size, head - console->position);
	smp_rmb(); /* bytes are not older than the head that counts them */
	ring_copy((const char *)console->cell->page + CB_CONSOLE_OFFSET, console->position,
		  console->buffer, size);
	smp_rmb(); /* whoever asks for the head now learns whether they were overwritten */
	return size;
}

/* Whether the bytes at the position are still in the ring. */
static bool fell_behind(const struct console *console)
{
	u64 head = READ_ONCE(console->cell->page->console_head);

	return console->started && console->position < ring_oldest(head);
}

/* ---- read() ---- */

/* pages_lock is held. -ENODEV: nothing runs. -EPIPE: the cell is gone. 0: no output yet. */
static ssize_t fill_buffer(struct console *console, size_t size)
{
	struct cb_error ignored;
	size_t taken;

	if (!console->cell && select_cell(console, CB_ROOT_CELL, &ignored))
		return -ENODEV;
	if (!console->cell->page)
		return -EPIPE;
	if (notice_left(console))
		return take_notice(console, size);
	taken = take_output(console, size);
	if (fell_behind(console)) {
		skip_lost(console, ring_oldest(READ_ONCE(console->cell->page->console_head)));
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

/* ---- poll() ---- */

/* The console's lock and pages_lock are held. */
static __poll_t poll_state(struct console *console)
{
	struct cb_error ignored;
	u64 head;

	if (!console->cell && select_cell(console, CB_ROOT_CELL, &ignored))
		return 0; /* wakes when it is enabled */
	if (!console->cell->page)
		return EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	if (notice_left(console))
		return EPOLLIN | EPOLLRDNORM;
	head = READ_ONCE(console->cell->page->console_head);
	return head > (console->started ? console->position : 0) ? EPOLLIN | EPOLLRDNORM : 0;
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
