/* SPDX-License-Identifier: GPL-2.0-only */
/* The debug console: a UART that the hypervisor writes its messages to, if configured. */
#ifndef DEVICES_UART_H
#define DEVICES_UART_H

#include <cellblock/config.h>
#include <core/types.h>

/* Use the console that the system configuration names. False if the pool has no page. */
bool uart_init(const struct cb_console_config *config);

void uart_write(const char *text, size_t size);

#endif
