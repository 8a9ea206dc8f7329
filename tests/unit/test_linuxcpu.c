// SPDX-License-Identifier: GPL-2.0-only
/* Linux' number of a CPU (tools/cellctl/linuxcpu.c), in a tree like that of sysfs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "linuxcpu.h"

static void run(const char *command)
{
	assert_int_equal(system(command), 0);
}

/* Linux counts the big cores first; its third has a node that is broken. */
static int set_up(void **state)
{
	(void)state;
	run("rm -rf " CPU_DIRECTORY " && for cpu in 0 1 2 3; do mkdir -p " CPU_DIRECTORY
	    "/cpu$cpu/of_node; done");
	run("cd " CPU_DIRECTORY " && printf '\\0\\0\\1\\0' >cpu0/of_node/reg && "
	    "printf '\\0\\0\\0\\0\\0\\0\\0\\1' >cpu1/of_node/reg && printf x >cpu2/of_node/reg && "
	    "printf '\\0\\0\\0\\1\\0\\0\\0\\0' >cpu3/of_node/reg");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	run("rm -rf " CPU_DIRECTORY);
	return 0;
}

static void test_number_is_by_mpidr(void **state)
{
	(void)state;
	assert_int_equal(linuxcpu_find(0x100), 0);
	assert_int_equal(linuxcpu_find(0x1), 1);
	assert_int_equal(linuxcpu_find(0x100000000), 3);
	assert_int_equal(linuxcpu_find(0x101), -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_number_is_by_mpidr, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
