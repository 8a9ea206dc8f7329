// SPDX-License-Identifier: GPL-2.0-only
/* Which Linux device sits at an address (tools/cellctl/owner.c), in a tree like that of sysfs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "owner.h"

static void run(const char *command)
{
	assert_int_equal(system(command), 0);
}

/* Two devices with drivers, of which one does not let go; one without; one without an address. */
static int set_up(void **state)
{
	(void)state;
	run("rm -rf " BUS_DIRECTORY " && mkdir -p " BUS_DIRECTORY
	    "/amba/devices/9040000.pl011 " BUS_DIRECTORY "/amba/drivers/uart-pl011 " BUS_DIRECTORY
	    "/platform/devices/a000000.virtio " BUS_DIRECTORY
	    "/platform/devices/a001000.bare " BUS_DIRECTORY
	    "/platform/devices/regulators " BUS_DIRECTORY "/platform/drivers/virtio");
	run("cd " BUS_DIRECTORY " && touch amba/drivers/uart-pl011/unbind && "
	    "ln -s ../../../amba/drivers/uart-pl011 amba/devices/9040000.pl011/driver && "
	    "ln -s ../../../platform/drivers/virtio platform/devices/a000000.virtio/driver");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	run("rm -rf " BUS_DIRECTORY);
	return 0;
}

static void test_device_within_the_range_can_be_unbound(void **state)
{
	char command[512];

	(void)state;
	assert_true(owner_unbind(0x9040000, 0x1000, command, sizeof(command)));
	assert_string_equal(command, "echo 9040000.pl011 > " BUS_DIRECTORY
				     "/amba/drivers/uart-pl011/unbind");
	assert_true(owner_unbind(0x9000000, 0x40001, command, sizeof(command)));
	assert_false(owner_unbind(0x9000000, 0x40000, command, sizeof(command)));
	assert_false(owner_unbind(0x9040001, 0x1000, command, sizeof(command)));
}

static void test_driver_that_does_not_let_go_is_not_named(void **state)
{
	char command[512];

	(void)state;
	assert_false(owner_unbind(0xa000000, 0x1000, command, sizeof(command)));
}

static void test_device_without_driver_is_not_named(void **state)
{
	char command[512];

	(void)state;
	assert_false(owner_unbind(0xa001000, 0x1000, command, sizeof(command)));
	assert_false(owner_unbind(0, UINT64_MAX >> 40, command, sizeof(command)));
}

static void test_machine_without_such_buses_has_no_owner(void **state)
{
	char command[512];

	run("rm -rf " BUS_DIRECTORY);
	assert_false(owner_unbind(0x9040000, 0x1000, command, sizeof(command)));
	set_up(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_device_within_the_range_can_be_unbound),
		cmocka_unit_test(test_driver_that_does_not_let_go_is_not_named),
		cmocka_unit_test(test_device_without_driver_is_not_named),
		cmocka_unit_test(test_machine_without_such_buses_has_no_owner),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
