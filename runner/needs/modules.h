/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel modules that tests need. A module that was loaded for tests is unloaded by the last run on
 * the machine that uses it. Each of these runs holds a shared lock on a file with the name of the
 * module in /run/bpf-selftests/modules. The content of the file tells that a run has loaded the
 * module. If a killed run has left modules loaded, the next run unloads them together with its own.
 */
#ifndef RUNNER_NEEDS_MODULES_H
#define RUNNER_NEEDS_MODULES_H

#include <stdbool.h>

struct modules {
	int *locks; /* descriptors of the lock files of modules in use */
	int locks_cnt;
	int loaded_cnt; /* number of modules that this run has loaded */
};

/**
 * modules__use() - make sure that a module is loaded
 * @release: release of the running kernel
 *
 * Return: 0; -ENOENT if there is no such module for this kernel; -ENOTDIR if this machine has no
 * modules of this kernel at all; another negative errno if it cannot be loaded.
 */
int modules__use(struct modules *modules, const char *release, const char *name);

/**
 * modules__use_file() - make sure that the module in the file NAME.ko beside the program is loaded
 *
 * Return: 0; -ENOENT if there is no such file; another negative errno if it cannot be loaded.
 */
int modules__use_file(struct modules *modules, const char *name);

/** modules__end() - unload all modules that runs have loaded and no run uses any more */
void modules__end(struct modules *modules);

/** modules__is_used() - whether a run that has not ended has loaded a module with modules__use() */
bool modules__is_used(const char *name);

/** modules__load() - load a module without its dependencies; 0 or a negative errno */
int modules__load(const char *release, const char *name);

#endif
