/* SPDX-License-Identifier: GPL-2.0-only */
/* The debug console: a UART that the hypervisor writes its messages to, if configured. */
#ifndef BASE_UART_H
#define BASE_UART_H

#include <cellblock/config.h>
#include <base/types.h>

/* Use this console, whose registers are mapped; NULL: none. */
void uart_init(enum cb_console_type type, void *registers);

void uart_write(const char *text, size_t size);

#endif
