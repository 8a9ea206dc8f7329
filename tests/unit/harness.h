/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests of the hypervisor's own code share. It runs in the architecture that is a process
 * (arch/host.h), of which each test models what its sources ask for; what goes wrong there fails
 * the test.
 */
#ifndef UNIT_HARNESS_H
#define UNIT_HARNESS_H

#include <arch/host.h>

#include "random.h"

/* Run a group of tests; the seed is printed before, and again if one fails. */
#define run_hv_tests(tests) \
	(harness_prepare(), harness_finish(cmocka_run_group_tests(tests, NULL, NULL)))
void harness_prepare(void);
int harness_finish(int failed);

#endif
