// SPDX-License-Identifier: GPL-2.0-only
/*
 * "stats": how often each CPU entered the hypervisor, by reason.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cells.h"
#include "interrupt.h"
#include "names.h"
#include "output.h"

/* The CPUs of one cell, or all. */
struct stats {
	uint32_t count;
	struct cb_cpu_info cpus[CB_MAX_CPUS];
};

static int read_stats(const struct cellctl *ctl, uint64_t set, struct stats *stats)
{
	struct cb_system_info public;
	struct cpu cpu;
	int ret = cells_public(ctl, &public);

	stats->count = 0;
	for (uint32_t i = 0; !ret && i < public.nr_cpus && i < CB_MAX_CPUS; i++) {
		if (!(set >> i & 1))
			continue;
		ret = cells_cpu(ctl, i, &cpu);
		if (!ret)
			stats->cpus[stats->count++] = cpu.info;
	}
	return ret;
}

static uint64_t cpu_total(const struct cb_cpu_info *cpu)
{
	uint64_t total = 0;

	for (uint32_t reason = 0; reason < CB_EXIT_COUNT; reason++)
		total += cpu->exits[reason];
	return total;
}

static bool any_exit(const struct stats *stats, uint32_t reason)
{
	for (uint32_t i = 0; i < stats->count; i++)
		if (stats->cpus[i].exits[reason])
			return true;
	return false;
}

static void print_head(const struct stats *stats)
{
	printf("%-10s", "CPU");
	for (uint32_t i = 0; i < stats->count; i++)
		printf("  %10u", stats->cpus[i].cpu);
	printf("\n%-10s", "cell");
	for (uint32_t i = 0; i < stats->count; i++)
		if (stats->cpus[i].cell == CB_NO_CELL)
			printf("  %10s", "-");
		else
			printf("  %10u", stats->cpus[i].cell);
	printf("\n");
}

/* Accesses of the hypervisor's own that a bus or the firmware refused. */
static void print_errors(const struct stats *stats)
{
	uint64_t all = 0;

	for (uint32_t i = 0; i < stats->count; i++)
		all += stats->cpus[i].errors;
	if (!all)
		return;
	printf("%-10s", "errors");
	for (uint32_t i = 0; i < stats->count; i++)
		printf("  %10" PRIu32, stats->cpus[i].errors);
	printf("\n");
}

/* Reasons that no CPU has seen are left out. */
static void print_stats(const struct stats *stats)
{
	print_head(stats);
	for (uint32_t reason = 0; reason < CB_EXIT_COUNT; reason++) {
		if (!any_exit(stats, reason))
			continue;
		printf("%-10s", name_exit(reason));
		for (uint32_t i = 0; i < stats->count; i++)
			printf("  %10" PRIu64, stats->cpus[i].exits[reason]);
		printf("\n");
	}
	printf("%-10s", "total");
	for (uint32_t i = 0; i < stats->count; i++)
		printf("  %10" PRIu64, cpu_total(&stats->cpus[i]));
	printf("\n");
	print_errors(stats);
	fflush(stdout);
}

static json_t *cpu_json(const struct cb_cpu_info *cpu)
{
	json_t *exits = json_object();

	for (uint32_t reason = 0; reason < CB_EXIT_COUNT; reason++)
		json_object_set_new(exits, name_exit(reason), json_count(cpu->exits[reason]));
	return json_pack("{s:i, s:o, s:s, s:o, s:o, s:I}", "cpu", (int)cpu->cpu, "cell",
			 cpu->cell == CB_NO_CELL ? json_null() : json_integer(cpu->cell), "state",
			 name_cpu_state(cpu->state), "exits", exits, "total",
			 json_count(cpu_total(cpu)), "errors", (json_int_t)cpu->errors);
}

static json_t *stats_json(const struct stats *stats)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < stats->count; i++)
		json_array_append_new(array, cpu_json(&stats->cpus[i]));
	return json_pack("{s:o}", "cpus", array);
}

static int show_once(const struct cellctl *ctl, uint64_t set)
{
	struct stats stats;
	int ret = read_stats(ctl, set, &stats);

	if (ret)
		return ret;
	if (ctl->json && ctl->watch)
		output_json_line(stats_json(&stats));
	else if (ctl->json)
		output_json(stats_json(&stats));
	else
		print_stats(&stats);
	return EXIT_OK;
}

/* Once a second until Ctrl-C; on a terminal, on the same place of the screen. */
static int watch(const struct cellctl *ctl, uint64_t set)
{
	const struct timespec second = { .tv_sec = 1 };
	int ret = EXIT_OK;

	interrupt_catch();
	while (!ret && !interrupt_seen()) {
		if (!ctl->json && isatty(STDOUT_FILENO))
			printf("\033[H\033[J");
		ret = show_once(ctl, set);
		if (!ret && !interrupt_seen())
			nanosleep(&second, NULL);
	}
	return ret;
}

int cmd_stats(struct cellctl *ctl)
{
	struct cb_cell_page page = { .cpus = UINT64_MAX };
	int ret = cells_connect(ctl);

	if (!ret && ctl->nr_operands)
		ret = cells_find(ctl, ctl->operands[0], &page);
	if (ret)
		return ret;
	return ctl->watch ? watch(ctl, page.cpus) : show_once(ctl, page.cpus);
}
