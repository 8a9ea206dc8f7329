// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * vsnprintf() with the conversions that inmate.h lists.
 */
#include <inmate.h>

struct out {
	char *buffer;
	size_t size;   /* of buffer */
	size_t length; /* of the whole text, cut or not */
};

struct spec {
	bool left, zero;
	int width;
	int precision; /* -1: none */
	int longs;     /* 1: l, z; 2: ll; h is an int */
};

static void put(struct out *out, char c)
{
	if (out->length + 1 < out->size)
		out->buffer[out->length] = c;
	out->length++;
}

/* Text of a known length, padded to the width. */
static void put_field(struct out *out, const struct spec *spec, const char *text, int length)
{
	int pad = spec->width - length;

	for (; !spec->left && pad > 0; pad--)
		put(out, ' ');
	while (length--)
		put(out, *text++);
	for (; pad > 0; pad--)
		put(out, ' ');
}

static void put_number(struct out *out, const struct spec *spec, uint64_t value, unsigned int base,
		       bool negative, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[64];
	int start = sizeof(text), least = 1;

	if (spec->zero && !spec->left)
		least = spec->width - negative;
	if (least > (int)sizeof(text) - 1)
		least = sizeof(text) - 1;
	do {
		text[--start] = digits[value % base];
		value /= base;
	} while (value);
	while ((int)sizeof(text) - start < least)
		text[--start] = '0';
	if (negative)
		text[--start] = '-';
	put_field(out, spec, text + start, (int)sizeof(text) - start);
}

static int parse_number(const char **format)
{
	int value = 0;

	while (**format >= '0' && **format <= '9')
		value = value * 10 + *(*format)++ - '0';
	return value;
}

static struct spec parse_spec(const char **format, va_list *args)
{
	struct spec spec = { .precision = -1 };

	for (;; (*format)++) {
		if (**format == '-')
			spec.left = true;
		else if (**format == '0')
			spec.zero = true;
		else
			break;
	}
	if (**format == '*') {
		(*format)++;
		spec.width = va_arg(*args, int);
	} else {
		spec.width = parse_number(format);
	}
	if (**format == '.') {
		(*format)++;
		if (**format == '*') {
			(*format)++;
			spec.precision = va_arg(*args, int);
		} else {
			spec.precision = parse_number(format);
		}
	}
	for (;; (*format)++) {
		if (**format == 'l' || **format == 'z')
			spec.longs++;
		else if (**format != 'h')
			break;
	}
	return spec;
}

static void convert(struct out *out, const struct spec *spec, char conversion, va_list *args)
{
	uint64_t value;
	const char *text;
	char c;

	switch (conversion) {
	case 'd':
	case 'i':
		value = spec->longs ? (uint64_t)va_arg(*args, long)
				    : (uint64_t)(int64_t)va_arg(*args, int);
		if ((int64_t)value < 0)
			put_number(out, spec, -value, 10, true, false);
		else
			put_number(out, spec, value, 10, false, false);
		break;
	case 'u':
	case 'x':
	case 'X':
		value = spec->longs ? va_arg(*args, unsigned long) : va_arg(*args, unsigned int);
		put_number(out, spec, value, conversion == 'u' ? 10 : 16, false, conversion == 'X');
		break;
	case 'p':
		put(out, '0');
		put(out, 'x');
		put_number(out, spec, (uintptr_t)va_arg(*args, void *), 16, false, false);
		break;
	case 's':
		text = va_arg(*args, const char *);
		if (!text)
			text = "(null)";
		put_field(out, spec, text,
			  (int)(spec->precision < 0 ? strlen(text)
						    : strnlen(text, (size_t)spec->precision)));
		break;
	case 'c':
		c = (char)va_arg(*args, int);
		put_field(out, spec, &c, 1);
		break;
	default: /* %% and what is not known */
		put(out, conversion);
	}
}

static void format_all(struct out *out, const char *format, va_list *args)
{
	struct spec spec;

	while (*format) {
		if (*format != '%') {
			put(out, *format++);
			continue;
		}
		format++;
		spec = parse_spec(&format, args);
		if (!*format)
			break;
		convert(out, &spec, *format++, args);
	}
}

int vsnprintf(char *buffer, size_t size, const char *format, va_list args)
{
	struct out out = { .buffer = buffer, .size = size };
	va_list copy;

	va_copy(copy, args);
	format_all(&out, format, &copy);
	va_end(copy);
	if (size)
		buffer[out.length < size ? out.length : size - 1] = '\0';
	return (int)out.length;
}

int snprintf(char *buffer, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(buffer, size, format, args);
	va_end(args);
	return length;
}
