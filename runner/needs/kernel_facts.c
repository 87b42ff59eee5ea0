// SPDX-License-Identifier: GPL-2.0-only
/* Reads BTF and symbols of the running kernel. */
#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runner/needs/kernel_facts.h"
#include "runner/system/clock.h"
#include "runner/text/text_file.h"

void kernel_facts__begin(struct kernel_facts *facts, const struct run_info *info)
{
	*facts = (struct kernel_facts){ .info = info };
	kernel_version__parse(info->release ?: "", &facts->version);
}

struct btf *kernel_facts__btf(struct kernel_facts *facts)
{
	uint64_t begin_ns;

	if (facts->btf_was_read)
		return facts->btf;
	begin_ns = clock__now_ns();
	facts->btf = btf__load_vmlinux_btf();
	facts->btf_was_read = true;
	facts->read_ns += clock__now_ns() - begin_ns;
	return facts->btf;
}

static int lockdown_rank(const char *level)
{
	static const char *const levels[] = { "none", "integrity", "confidentiality" };
	int i;

	for (i = 2; i > 0 && strcmp(levels[i], level) != 0; i--)
		;
	return i;
}

bool kernel_facts__is_locked_below(const struct kernel_facts *facts, const char *level)
{
	return lockdown_rank(facts->info->lockdown ?: "none") < lockdown_rank(level);
}

bool kernel_facts__has_symbol(struct kernel_facts *facts, const char *name)
{
	size_t len = strlen(name);
	uint64_t begin_ns;
	const char *at;

	if (!facts->symbols_were_read) {
		begin_ns = clock__now_ns();
		facts->symbols = text_file__read("/proc/kallsyms");
		facts->symbols_were_read = true;
		facts->read_ns += clock__now_ns() - begin_ns;
	}
	/* A line of /proc/kallsyms is "ffffffff81000000 T name", and after a tab a module's name. */
	for (at = facts->symbols; at && (at = strstr(at, name)); at += len) {
		if (at - facts->symbols >= 3 && at[-1] == ' ' && strchr("tTwW", at[-2]) &&
		    (at[len] == '\n' || at[len] == '\t'))
			return true;
	}
	return false;
}

/* Read the symbols again when they are needed: the new module has added symbols. */
static void forget_symbols(struct kernel_facts *facts)
{
	free(facts->symbols);
	facts->symbols = NULL;
	facts->symbols_were_read = false;
}

int kernel_facts__use_module(struct kernel_facts *facts, const char *name)
{
	int before = facts->modules.loaded_cnt;
	int err = modules__use(&facts->modules, facts->info->release, name);

	if (facts->modules.loaded_cnt != before)
		forget_symbols(facts);
	return err;
}

int kernel_facts__use_module_file(struct kernel_facts *facts, const char *name)
{
	int before = facts->modules.loaded_cnt;
	int err = modules__use_file(&facts->modules, name);

	if (facts->modules.loaded_cnt != before)
		forget_symbols(facts);
	return err;
}

void kernel_facts__end(struct kernel_facts *facts)
{
	modules__end(&facts->modules);
	btf__free(facts->btf);
	free(facts->symbols);
	*facts = (struct kernel_facts){};
}
