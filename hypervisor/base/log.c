// SPDX-License-Identifier: GPL-2.0-only
/*
 * Console rings and messages. A ring has no flow control: a reader that is too slow loses
 * the oldest text and can tell from the head, so no cell ever waits for the root cell.
 */
#include <base/log.h>
#include <base/model.h>
#include <base/uart.h>
#include <stdarg.h>

void console_write_locked(struct cell *cell, const char *text, size_t size)
{
	u64 head = cell->page->console_head;

	while (size--)
		cell->console.ring[head++ % cell->page->log_size] = (u8)*text++;
	store_release(&cell->page->console_head, head); /* behind the text it counts */
}

void console_write(struct cell *cell, const char *text, size_t size)
{
	spin_lock(&cell->console.lock);
	console_write_locked(cell, text, size);
	spin_unlock(&cell->console.lock);
}

/* One line, put together before it is written so that lines of CPUs do not mix. */
struct line {
	size_t size;
	char text[160];
};

static void add_char(struct line *line, char c)
{
	if (line->size < sizeof(line->text))
		line->text[line->size++] = c;
}

static void add_string(struct line *line, const char *s)
{
	while (*s)
		add_char(line, *s++);
}

static void add_number(struct line *line, u64 value, u32 base)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (n)
		add_char(line, digits[--n]);
}

static void add_argument(struct line *line, char conversion, va_list *arguments)
{
	switch (conversion) {
	case 's':
		add_string(line, va_arg(*arguments, const char *));
		break;
	case 'u':
		add_number(line, va_arg(*arguments, u64), 10);
		break;
	case 'x':
		add_string(line, "0x");
		add_number(line, va_arg(*arguments, u64), 16);
		break;
	default:
		add_char(line, conversion);
	}
}

void log_message(const char *format, ...)
{
	struct line line = { 0 };
	va_list arguments;

	va_start(arguments, format);
	for (; *format; format++) {
		if (*format == '%' && format[1])
			add_argument(&line, *++format, &arguments);
		else
			add_char(&line, *format);
	}
	va_end(arguments);
	console_write(&root_cell, line.text, line.size);
	uart_write(line.text, line.size);
}
