/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts about the running kernel. Each is read when it is asked for the first time. A test process
 * inherits what the runner has read by then.
 */
#ifndef RUNNER_NEEDS_KERNEL_FACTS_H
#define RUNNER_NEEDS_KERNEL_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/needs/modules.h"
#include "runner/needs/run_info.h"
#include "runner/text/kernel_version.h"

struct btf;

struct kernel_facts {
	const struct run_info *info;
	struct kernel_version version;
	struct btf *btf; /* BTF of the kernel itself, without modules */
	bool btf_was_read;
	char *symbols;          /* content of /proc/kallsyms */
	bool symbols_were_read; /* @symbols was read after the last module was loaded */
	uint64_t read_ns;       /* time spent on reading types and symbols */
	struct modules modules;
};

/** kernel_facts__begin() - begin with the kernel that @info describes */
void kernel_facts__begin(struct kernel_facts *facts, const struct run_info *info);

/** kernel_facts__btf() - the kernel's types, owned by @facts; NULL if it has none */
struct btf *kernel_facts__btf(struct kernel_facts *facts);

/**
 * kernel_facts__is_locked_below() - whether the kernel's lockdown is below a level
 * @level: "integrity" or "confidentiality"
 *
 * Return: true also if the kernel has no lockdown, or if its level is not known.
 */
bool kernel_facts__is_locked_below(const struct kernel_facts *facts, const char *level);

/** kernel_facts__has_symbol() - whether /proc/kallsyms has a function with exactly this name */
bool kernel_facts__has_symbol(struct kernel_facts *facts, const char *name);

/**
 * kernel_facts__use_module() - make sure that a module is loaded
 *
 * Return: 0; -ENOENT if there is no such module for this kernel; -ENOTDIR if this machine has no
 * modules of this kernel at all; another negative errno if it cannot be loaded.
 */
int kernel_facts__use_module(struct kernel_facts *facts, const char *name);

/**
 * kernel_facts__use_module_file() - make sure that the module in the file NAME.ko beside the
 *	program is loaded
 *
 * Return: 0; -ENOENT if there is no such file; another negative errno if it cannot be loaded.
 */
int kernel_facts__use_module_file(struct kernel_facts *facts, const char *name);

/** kernel_facts__end() - unload the modules that were loaded, free everything */
void kernel_facts__end(struct kernel_facts *facts);

#endif
