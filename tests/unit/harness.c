// SPDX-License-Identifier: GPL-2.0-only
/* What all tests of the hypervisor's own code share (harness.h). */
#include "harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT 120 /* seconds */

void host_fail(const char *format, ...)
{
	char message[256];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	fail_msg("%s", message);
	abort();
}

static void print_seed(void)
{
	fprintf(stderr, "CELLBLOCK_SEED=%llu\n", (unsigned long long)random_seed());
}

void harness_prepare(void)
{
	print_seed(); /* a sanitizer that ends the process gives no other chance */
	alarm(TIME_LIMIT);
}

int harness_finish(int failed)
{
	if (failed)
		print_seed();
	return failed;
}
