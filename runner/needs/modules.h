/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel modules that tests need. What was loaded for them is unloaded again, by the last run on
 * the machine that uses it: each holds a shared lock on a file of the module's name in
 * /run/bpf-selftests/modules, which says that a run has loaded it. What a killed run has left
 * loaded, the next one unloads with its own.
 */
#ifndef RUNNER_NEEDS_MODULES_H
#define RUNNER_NEEDS_MODULES_H

#include <stdbool.h>

struct modules {
	int *locks; /* descriptors of the files of those in use */
	int locks_cnt;
	int loaded_cnt; /* by us */
};

/**
 * modules__use() - have a module, loading it if it is not there yet
 * @release: of the running kernel
 *
 * Return: 0; -ENOENT if there is no such module for this kernel; -ENOTDIR if this machine has no
 * modules of this kernel at all; another negative errno if it cannot be loaded.
 */
int modules__use(struct modules *modules, const char *release, const char *name);

/** modules__end() - unload what runs have loaded and no run uses any more */
void modules__end(struct modules *modules);

/** modules__is_used() - whether a run that has not ended has loaded it with modules__use() */
bool modules__is_used(const char *name);

/** modules__load() - load one, without what it depends on; 0 or a negative errno */
int modules__load(const char *release, const char *name);

#endif
