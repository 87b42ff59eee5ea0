/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The facts that a run is based on: the kernel, its boot options and configuration, the machine,
 * the suite. They are read once before the first test, shown in the header of the run, and written
 * to the reports.
 */
#ifndef RUNNER_NEEDS_RUN_INFO_H
#define RUNNER_NEEDS_RUN_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/needs/kernel_config.h"

struct json_object;

struct run_info {
	char *release, *version, *machine; /* texts of uname(2) */
	char *boot_options;                /* the kernel's command line */
	char *boot_id;                     /* the kernel's random id of this boot; NULL: unknown */
	struct kernel_config config;
	int cpus; /* number of CPUs that are online */
	long mem_mib;
	char *jit;           /* state of the JIT: "on", "off", "on, hardened"; NULL: unknown */
	char *lsms;          /* names of the active LSMs, separated by commas; NULL: unknown */
	char *lockdown;      /* level of lockdown, such as "none" and "integrity"; NULL: unknown */
	char *taint;         /* text of /proc/sys/kernel/tainted: "0" or a mask */
	char *command;       /* command line of the runner */
	const char *program; /* name of the program, such as "test_progs-cpuv4" */
	bool is_guest;       /* this machine is a guest of vmtest */
	bool is_covered;     /* the tests note what of BPF they use */
	/* Facts that the plan sets; 0 if the run is not shuffled, or has no shards. */
	bool is_shuffled;
	uint32_t seed;
	int shard, shards, tests, tests_of_all_shards;
	int peers; /* number of other machines that run tests of this run */
};

/**
 * run_info__read() - read the facts
 * @config_path: the kernel's configuration, or NULL for the usual places
 *
 * Fields that cannot be read stay NULL or 0. It is an error only if the file @config_path cannot be
 * used.
 *
 * Return: 0 or a negative errno of kernel_config__load() for @config_path.
 */
int run_info__read(struct run_info *info, const char *config_path);

/**
 * run_info__print() - print the header of the run on stdout
 * @tests_cnt, @jobs: number of selected tests, and of those that run at once
 * @is_verbose: print all facts; otherwise one line
 */
void run_info__print(const struct run_info *info, int tests_cnt, int jobs, bool is_verbose);

/** run_info__object() - the facts as a JSON object, owned by the caller */
struct json_object *run_info__object(const struct run_info *info);

/** run_info__free() - free all strings of @info */
void run_info__free(struct run_info *info);

#endif
