/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ground of a run: the kernel, how it was booted and configured, the machine, the suite. Read
 * once, before the first test; shown in the run's header and written to the reports.
 */
#ifndef RUNNER_NEEDS_RUN_INFO_H
#define RUNNER_NEEDS_RUN_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/needs/kernel_config.h"

struct json_object;

struct run_info {
	char *release, *version, *machine; /* as uname(2) has them */
	char *boot_options;                /* the kernel's command line */
	char *boot_id;                     /* another one after each boot; NULL: not known */
	struct kernel_config config;
	int cpus; /* online */
	long mem_mib;
	char *jit;      /* "on", "off", "on, hardened": as in the initial network namespace */
	char *lsms;     /* names separated by commas, or NULL where securityfs does not say */
	char *lockdown; /* "none", "integrity", "confidentiality"; NULL: not known */
	char *taint;    /* /proc/sys/kernel/tainted: "0" or a mask */
	char *command;  /* the words that the runner was started with */
	/* Set by the plan; zero where the run has none. */
	bool is_shuffled;
	uint32_t seed;
	int shard, shards, tests, tests_of_all_shards;
};

/**
 * run_info__read() - look at the machine
 * @config_path: the kernel's configuration, or NULL for the usual places
 *
 * Fields that cannot be read stay NULL or 0. A configuration that was named and cannot be used is
 * an error.
 *
 * Return: 0 or a negative errno of kernel_config__load() for @config_path.
 */
int run_info__read(struct run_info *info, const char *config_path);

/** run_info__print() - the run's header on stdout */
void run_info__print(const struct run_info *info);

/** run_info__object() - the same as JSON, owned by the caller */
struct json_object *run_info__object(const struct run_info *info);

/** run_info__free() - free everything in it */
void run_info__free(struct run_info *info);

#endif
