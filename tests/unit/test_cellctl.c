// SPDX-License-Identifier: GPL-2.0-only
/*
 * cellctl's commands against a device that this file plays: what they ask of it, and
 * what their exit codes say. Output goes to /dev/null, errors are kept.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <libfdt.h>

#include <cellblock/ioctl.h>

#include "bootfile.h"
#include "cellctl.h"
#include "describe.h"
#include "device.h"
#include "file.h"

#include <config/check.h>

#define RAM_BASE 0x70400000ull
#define RAM_SIZE 0x1000000ull
#define CELLS	 4

/* The machine as the driver would show it. */
static struct {
	int open_error;
	bool enabled;
	struct {
		struct cb_cell_page page;
		struct file config;
	} cells[CELLS];
	uint8_t *ram; /* of the loadable region */
	struct cb_ioc_start started;
	uint32_t fail_load;    /* error code of LOAD, or 0 */
	unsigned long unknown; /* request of a later version */
	uint32_t fail_call;    /* this call from now has no memory, 0: none */
	uint32_t end_state;    /* that a started cell reaches by itself */
	const char *console;   /* not read yet, or NULL */
} fake;

static int refuse(struct cb_error *error, uint32_t code, uint64_t address, uint64_t other)
{
	*error = (struct cb_error){ .code = code,
				    .cell = CB_NO_CELL,
				    .other_cell = CB_NO_CELL,
				    .address = address,
				    .other_address = other };
	return -EINVAL;
}

static bool exists(uint32_t cell)
{
	return cell < CELLS && fake.cells[cell].config.data;
}

static void set_state(uint32_t cell, uint32_t state)
{
	fake.cells[cell].page.state = state;
	fake.cells[cell].page.generation++;
}

static int add_cell(uint32_t cell, struct cb_ioc_config *arg)
{
	const struct cb_cell_config *config = (const void *)(uintptr_t)arg->data;

	if (exists(cell))
		return refuse(&arg->error, CB_ERR_ALREADY_ENABLED, 0, 0);
	fake.cells[cell].config.data = memcpy(malloc(arg->size), config, arg->size);
	fake.cells[cell].config.size = arg->size;
	fake.cells[cell].page = (struct cb_cell_page){ .id = cell, .cpus = config->cpus };
	memcpy(fake.cells[cell].page.name, config->header.name, CB_NAME_SIZE);
	arg->cell = cell;
	return 0;
}

static int fake_enable(void *argument)
{
	int ret = add_cell(0, argument);

	fake.enabled = fake.enabled || !ret;
	return ret;
}

static int fake_create(void *argument)
{
	return add_cell(1, argument);
}

static void give(struct cb_ioc_info *arg, const void *page, size_t size)
{
	assert_int_equal(arg->size, size);
	memcpy((void *)(uintptr_t)arg->data, page, size);
}

static int fake_info(void *argument)
{
	struct cb_ioc_info *arg = argument;
	struct cb_system_info info = { .nr_cpus = 4 };

	if (!fake.enabled)
		return refuse(&arg->error, CB_ERR_NOT_ENABLED, 0, 0);
	for (uint32_t cell = 0; cell < CELLS; cell++)
		info.cells |= (uint64_t)exists(cell) << cell;
	give(arg, &info, sizeof(info));
	return 0;
}

static int fake_cell_info(void *argument)
{
	struct cb_ioc_info *arg = argument;
	uint32_t cell = arg->number;
	const struct cb_cell_page *page = &fake.cells[cell % CELLS].page;

	if (!exists(cell))
		return refuse(&arg->error, CB_ERR_CELL_UNKNOWN, 0, 0);
	give(arg, page, sizeof(*page));
	if (page->state == CB_CELL_RUNNING && fake.end_state)
		set_state(cell, fake.end_state); /* as seen next time */
	return 0;
}

static int fake_cpu_info(void *argument)
{
	struct cb_ioc_info *arg = argument;
	struct cb_cpu_info info = { .cpu = arg->number, .exits = { [CB_EXIT_WFI] = 7 } };

	give(arg, &info, sizeof(info));
	return 0;
}

static int fake_get_config(void *argument)
{
	struct cb_ioc_get_config *arg = argument;
	const struct file *config = &fake.cells[arg->cell].config;

	if (!exists(arg->cell))
		return refuse(&arg->error, CB_ERR_CELL_UNKNOWN, 0, 0);
	assert_true(arg->size >= config->size);
	memcpy((void *)(uintptr_t)arg->data, config->data, config->size);
	arg->size = (uint32_t)config->size;
	return 0;
}

static int fake_load_begin(void *argument)
{
	struct cb_ioc_cell *arg = argument;

	set_state(arg->cell, CB_CELL_LOADING);
	return 0;
}

static int fake_load(void *argument)
{
	struct cb_ioc_load *arg = argument;

	if (fake.fail_load)
		return refuse(&arg->error, fake.fail_load, arg->virt, 0);
	assert_true(arg->virt >= RAM_BASE && arg->size <= RAM_SIZE);
	assert_true(arg->virt - RAM_BASE <= RAM_SIZE - arg->size);
	memcpy(fake.ram + (arg->virt - RAM_BASE), (void *)(uintptr_t)arg->data, arg->size);
	return 0;
}

static int fake_start(void *argument)
{
	fake.started = *(struct cb_ioc_start *)argument;
	set_state(fake.started.cell, CB_CELL_RUNNING);
	return 0;
}

static int fake_stop(void *argument)
{
	struct cb_ioc_cell *arg = argument;

	if (arg->cell == CB_ROOT_CELL)
		return refuse(&arg->error, CB_ERR_CELL_ROOT, 0, 0);
	set_state(arg->cell, CB_CELL_STOPPED);
	return 0;
}

static int fake_destroy(void *argument)
{
	struct cb_ioc_cell *arg = argument;

	file_free(&fake.cells[arg->cell].config);
	return 0;
}

static int fake_version(void *argument)
{
	struct cb_ioc_version *arg = argument;

	strcpy(arg->module, "0.0.9");
	return 0;
}

static int fake_console(void *argument)
{
	(void)argument;
	return 0;
}

static const struct {
	unsigned long request;
	int (*call)(void *argument);
} calls[] = {
	{ CB_IOC_ENABLE, fake_enable },		{ CB_IOC_CREATE, fake_create },
	{ CB_IOC_LOAD_BEGIN, fake_load_begin }, { CB_IOC_LOAD, fake_load },
	{ CB_IOC_START, fake_start },		{ CB_IOC_STOP, fake_stop },
	{ CB_IOC_DESTROY, fake_destroy },	{ CB_IOC_INFO, fake_info },
	{ CB_IOC_CELL_INFO, fake_cell_info },	{ CB_IOC_CPU_INFO, fake_cpu_info },
	{ CB_IOC_GET_CONFIG, fake_get_config }, { CB_IOC_CONSOLE, fake_console },
	{ CB_IOC_VERSION, fake_version },
};

int device_open(void)
{
	return fake.open_error ? fake.open_error : 1000;
}

int device_ioctl(int fd, unsigned long request, void *argument)
{
	assert_int_equal(fd, 1000);
	if (fake.fail_call && !--fake.fail_call)
		return -ENOMEM; /* before there is a record */
	assert_in_range(((struct cb_ioc *)argument)->argsz, sizeof(struct cb_ioc), 256);
	if (request == fake.unknown)
		return -ENOTTY;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].request == request)
			return calls[i].call(argument);
	return -ENOTTY;
}

long device_read(int fd, void *buffer, size_t size)
{
	size_t length = fake.console ? strnlen(fake.console, size) : 0;

	(void)fd;
	if (!length)
		return -EAGAIN;
	memcpy(buffer, fake.console, length);
	fake.console = NULL;
	return (long)length;
}

long device_write(int fd, const void *text, size_t size)
{
	(void)fd;
	(void)text;
	return (long)size;
}

void device_wait(int fd, int milliseconds)
{
	(void)fd;
	(void)milliseconds;
}

/* ---- Calling commands ---- */

static char complaint[1024]; /* what the last command said on standard error */

static int call_quietly(int (*command)(struct cellctl *ctl), struct cellctl *ctl)
{
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
	FILE *said = tmpfile();
	size_t size;
	int ret;

	fflush(stdout);
	dup2(null, STDOUT_FILENO);
	dup2(fileno(said), STDERR_FILENO);
	ret = command(ctl);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	close(null);
	rewind(said);
	size = fread(complaint, 1, sizeof(complaint) - 1, said);
	complaint[size] = '\0';
	fclose(said);
	return ret;
}

static int call(int (*command)(struct cellctl *ctl), int count, const char *first,
		const char *second)
{
	char *operands[] = { (char *)first, (char *)second };
	struct cellctl ctl = {
		.fd = -1, .nr_operands = count, .operands = operands, .args = "hello"
	};

	return call_quietly(command, &ctl);
}

static const char *config_path(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s.cell", getenv("CELLBLOCK_CONFIGS"), name);
	return path;
}

/* A raw image of this many bytes, all 0xa5. */
static const char *image_path(size_t size)
{
	static const char path[] = BOOTFILE_DIRECTORY "-image";
	void *data = memset(malloc(size), 0xa5, size);

	assert_int_equal(file_replace(path, data, size), 0);
	free(data);
	return path;
}

static int set_up(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.ram = calloc(1, RAM_SIZE);
	assert_int_equal(call(cmd_enable, 1, config_path("qemu-virt-gicv3"), NULL), EXIT_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	bootfile_remove("demo-ring");
	for (uint32_t cell = 0; cell < CELLS; cell++)
		file_free(&fake.cells[cell].config);
	free(fake.ram);
	return 0;
}

static void create(void)
{
	assert_int_equal(call(cmd_create, 1, config_path("demo-ring"), NULL), EXIT_OK);
}

/* ---- What is promised ---- */

static void test_loaded_cell_starts_with_image_and_device_tree(void **state)
{
	const void *tree;

	(void)state;
	create();
	assert_int_equal(call(cmd_load, 2, "demo-ring", image_path(3 << 20)), EXIT_OK);
	assert_int_equal(call(cmd_start, 1, "1", NULL), EXIT_OK);
	assert_int_equal(fake.started.entry, RAM_BASE);
	assert_int_equal(fake.ram[0], 0xa5);
	assert_int_equal(fake.ram[(3 << 20) - 1], 0xa5);
	assert_int_equal(fake.ram[3 << 20], 0);
	tree = fake.ram + (fake.started.argument - RAM_BASE);
	assert_int_equal(fdt_check_header(tree), 0);
	assert_string_equal(fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "bootargs", NULL),
			    "hello");
}

static void test_start_without_load_is_refused(void **state)
{
	(void)state;
	create();
	assert_int_equal(call(cmd_start, 1, "demo-ring", NULL), EXIT_REFUSED);
	set_state(1, CB_CELL_LOADING);
	assert_int_equal(call(cmd_start, 1, "demo-ring", NULL), EXIT_REFUSED);
	assert_int_equal(call(cmd_start, 1, "root", NULL), EXIT_REFUSED);
}

static void test_stale_entry_point_is_not_used(void **state)
{
	(void)state;
	create();
	assert_int_equal(call(cmd_load, 2, "demo-ring", image_path(100)), EXIT_OK);
	set_state(1, CB_CELL_STOPPED);
	set_state(1, CB_CELL_LOADING);
	assert_int_equal(call(cmd_start, 1, "demo-ring", NULL), EXIT_REFUSED);
}

static void test_half_a_load_cannot_be_started(void **state)
{
	(void)state;
	create();
	assert_int_equal(call(cmd_load, 2, "demo-ring", image_path(100)), EXIT_OK);
	fake.fail_load = CB_ERR_NOT_LOADABLE;
	assert_int_equal(call(cmd_load, 2, "demo-ring", image_path(100)), EXIT_REFUSED);
	assert_int_equal(call(cmd_start, 1, "demo-ring", NULL), EXIT_REFUSED);
}

static void test_image_larger_than_its_region_leaves_the_cell_alone(void **state)
{
	(void)state;
	create();
	assert_int_equal(call(cmd_load, 2, "demo-ring", image_path(RAM_SIZE + 1)), EXIT_FILE);
	assert_int_equal(call(cmd_load, 2, "demo-ring", "/nonexistent"), EXIT_FILE);
	assert_int_equal(fake.cells[1].page.state, CB_CELL_CREATED);
}

static void test_run_ends_with_the_cell(void **state)
{
	(void)state;
	fake.end_state = CB_CELL_STOPPED;
	fake.console = "hello\n";
	assert_int_equal(call(cmd_run, 2, config_path("demo-ring"), image_path(100)), EXIT_OK);
	assert_null(fake.console);
	assert_true(exists(1));
}

static void test_run_says_that_the_cell_failed(void **state)
{
	(void)state;
	fake.end_state = CB_CELL_FAILED;
	assert_int_equal(call(cmd_run, 2, config_path("demo-ring"), image_path(100)),
			 EXIT_CELL_FAILED);
	assert_int_equal(call(cmd_show, 1, "demo-ring", NULL), EXIT_OK);
}

static void test_run_destroys_what_it_could_not_load(void **state)
{
	(void)state;
	fake.fail_load = CB_ERR_NOT_LOADABLE;
	assert_int_equal(call(cmd_run, 2, config_path("demo-ring"), image_path(100)), EXIT_REFUSED);
	assert_false(exists(1));
	assert_int_equal(call(cmd_run, 2, config_path("demo-ring"), "/nonexistent"), EXIT_FILE);
	assert_false(exists(1));
}

static void test_watch_ends_with_the_cell(void **state)
{
	(void)state;
	create();
	assert_int_equal(call(cmd_load, 2, "demo-ring", image_path(100)), EXIT_OK);
	assert_int_equal(call(cmd_start, 1, "demo-ring", NULL), EXIT_OK);
	fake.end_state = CB_CELL_FAILED;
	fake.console = "hello\n";
	assert_int_equal(call(cmd_watch, 1, "demo-ring", NULL), EXIT_CELL_FAILED);
	assert_null(fake.console);
	assert_int_equal(call(cmd_watch, 1, "nobody", NULL), EXIT_REFUSED);
}

static int create_named(const char *name)
{
	char *operands[] = { (char *)config_path("demo-ring"), NULL };
	struct cellctl ctl = { .fd = -1, .nr_operands = 1, .operands = operands, .name = name };

	return call_quietly(cmd_create, &ctl);
}

static void test_cell_gets_the_name_that_is_asked_for(void **state)
{
	const struct file *config = &fake.cells[1].config;
	struct cb_error error;

	(void)state;
	assert_int_equal(create_named("a-name-of-thirty-two-characters."), EXIT_USAGE);
	assert_int_equal(create_named("not/a/name"), EXIT_FILE);
	assert_int_equal(create_named(""), EXIT_FILE);
	assert_false(exists(1));
	assert_int_equal(create_named("other"), EXIT_OK);
	assert_string_equal(fake.cells[1].page.name, "other");
	assert_int_equal(cb_config_check(config->data, config->size, CB_CONFIG_CELL, &error), 0);
}

static void test_wrong_files_never_reach_the_driver(void **state)
{
	(void)state;
	assert_int_equal(call(cmd_create, 1, config_path("qemu-virt-gicv3"), NULL), EXIT_FILE);
	assert_int_equal(call(cmd_create, 1, "/nonexistent", NULL), EXIT_FILE);
	assert_int_equal(call(cmd_create, 1, "/", NULL), EXIT_FILE);
	assert_int_equal(call(cmd_create, 1, image_path(100), NULL), EXIT_FILE);
	assert_int_equal(call(cmd_create, 1, image_path(1 << 20), NULL), EXIT_FILE);
	assert_false(exists(1));
}

static void test_exit_codes_tell_driver_privilege_and_enable(void **state)
{
	(void)state;
	assert_int_equal(call(cmd_show, 1, "nobody", NULL), EXIT_REFUSED);
	assert_int_equal(call(cmd_show, 1, "3", NULL), EXIT_REFUSED);
	assert_int_equal(call(cmd_stop, 1, "0", NULL), EXIT_REFUSED);
	assert_int_equal(call(cmd_enable, 1, config_path("qemu-virt-gicv3"), NULL), EXIT_REFUSED);
	fake.enabled = false;
	assert_int_equal(call(cmd_list, 0, NULL, NULL), EXIT_NOT_ENABLED);
	fake.open_error = -ENOENT;
	assert_int_equal(call(cmd_list, 0, NULL, NULL), EXIT_NOT_ENABLED);
	fake.open_error = -EACCES;
	assert_int_equal(call(cmd_list, 0, NULL, NULL), EXIT_NOT_ROOT);
}

/* The module is older than this cellctl: said so, with what works all the same. */
static void test_module_of_another_version_is_told_with_a_remedy(void **state)
{
	(void)state;
	create();
	fake.unknown = CB_IOC_LOAD_BEGIN;
	assert_int_equal(call(cmd_load, 2, "demo-ring", image_path(4096)), EXIT_REFUSED);
	assert_non_null(strstr(complaint, "(0.0.9) is older than this cellctl"));
	assert_non_null(strstr(complaint, "request 3: "));
	assert_non_null(strstr(complaint, "\"disable\" work with any version"));
	fake.unknown = CB_IOC_INFO;
	assert_int_equal(call(cmd_list, 0, NULL, NULL), EXIT_REFUSED);
	assert_non_null(strstr(complaint, "request 8: "));
}

/* The command with its first, its second call failing, until none is left to fail. */
static uint32_t fail_each_call(int (*command)(struct cellctl *ctl), const char *operand,
			       void (*check)(int ret))
{
	for (uint32_t n = 1;; n++) {
		int ret;

		fake.fail_call = n;
		ret = call(command, 1, operand, NULL);
		if (fake.fail_call) {
			fake.fail_call = 0;
			assert_int_equal(ret, EXIT_OK);
			return n - 1;
		}
		check(ret);
	}
}

static void check_create(int ret)
{
	assert_int_equal(ret == EXIT_OK, exists(1));
	if (ret)
		assert_non_null(strstr(complaint, "Cannot allocate memory"));
	else
		assert_int_equal(call(cmd_destroy, 1, "demo-ring", NULL), EXIT_OK);
}

static void check_stop(int ret)
{
	assert_int_equal(ret == EXIT_OK, fake.cells[1].page.state == CB_CELL_STOPPED);
	if (ret)
		assert_non_null(strstr(complaint, "Cannot allocate memory"));
	set_state(1, CB_CELL_RUNNING);
}

static void test_refused_means_that_nothing_was_done(void **state)
{
	(void)state;
	assert_true(fail_each_call(cmd_create, config_path("demo-ring"), check_create) >= 1);
	assert_true(exists(1));
	set_state(1, CB_CELL_RUNNING);
	assert_true(fail_each_call(cmd_stop, "demo-ring", check_stop) >= 4);
	set_state(1, CB_CELL_RUNNING);
	assert_true(fail_each_call(cmd_stop, "1", check_stop) >= 4);
}

static void test_everything_prints_as_text_and_json(void **state)
{
	static int (*const with_cell[])(struct cellctl *) = { cmd_show, cmd_stats, cmd_console };
	char *operands[] = { "root", NULL };

	(void)state;
	create();
	for (int json = 0; json < 2; json++) {
		struct cellctl ctl = { .fd = -1, .json = json, .operands = operands };

		assert_int_equal(call_quietly(cmd_list, &ctl), EXIT_OK);
		assert_int_equal(call_quietly(cmd_stats, &ctl), EXIT_OK);
		ctl.nr_operands = 1;
		for (size_t i = 0; i < sizeof(with_cell) / sizeof(with_cell[0]); i++) {
			fake.console = "\xff text";
			assert_int_equal(call_quietly(with_cell[i], &ctl), EXIT_OK);
		}
	}
}

static int describe_with(const char *tool, bool json)
{
	char *argv[] = { "config", "show", "a b", NULL };
	struct cellctl ctl = { .fd = -1, .json = json };

	return describe(&ctl, tool, 3, argv);
}

static int describe_absent(struct cellctl *ctl)
{
	return describe_with("/nonexistent/cellctl-config", ctl->json);
}

/* A script for an interpreter, which may not be there. */
static const char *script_path(const char *text)
{
	static const char path[] = BOOTFILE_DIRECTORY "-script";

	assert_int_equal(file_replace(path, text, strlen(text)), 0);
	assert_int_equal(chmod(path, 0755), 0);
	return path;
}

static int describe_script(struct cellctl *ctl)
{
	return describe_with(ctl->operands[0], ctl->json);
}

static void test_missing_tool_and_missing_python_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(call(describe_absent, 0, NULL, NULL), EXIT_FILE);
	assert_non_null(strstr(complaint, "/nonexistent/cellctl-config, which is not there"));
	assert_int_equal(call(describe_script, 1, script_path("#!/nonexistent/python3\n"), NULL),
			 EXIT_FILE);
	assert_non_null(strstr(complaint, "Python 3, which is not there"));
	assert_int_equal(call(describe_script, 1, "/", NULL), EXIT_FILE);
	assert_non_null(strstr(complaint, "/ cannot be run: Permission denied"));
}

static void test_python_tool_gets_the_arguments_as_they_are(void **state)
{
	const char *script =
		script_path("#!/bin/sh\n"
			    "[ $# = 3 ] && [ \"$1,$2,$3\" = 'config,show,a b' ] && exit 42\n");
	pid_t child = fork();
	int status;

	(void)state;
	if (!child)
		_exit(describe_with(script, false));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_loaded_cell_starts_with_image_and_device_tree),
		TEST(test_start_without_load_is_refused),
		TEST(test_stale_entry_point_is_not_used),
		TEST(test_half_a_load_cannot_be_started),
		TEST(test_image_larger_than_its_region_leaves_the_cell_alone),
		TEST(test_run_ends_with_the_cell),
		TEST(test_run_says_that_the_cell_failed),
		TEST(test_run_destroys_what_it_could_not_load),
		TEST(test_watch_ends_with_the_cell),
		TEST(test_cell_gets_the_name_that_is_asked_for),
		TEST(test_wrong_files_never_reach_the_driver),
		TEST(test_exit_codes_tell_driver_privilege_and_enable),
		TEST(test_module_of_another_version_is_told_with_a_remedy),
		TEST(test_refused_means_that_nothing_was_done),
		TEST(test_everything_prints_as_text_and_json),
		TEST(test_missing_tool_and_missing_python_are_told_apart),
		TEST(test_python_tool_gets_the_arguments_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
