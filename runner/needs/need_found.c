// SPDX-License-Identifier: GPL-2.0-only
/* Explanations that several kinds of requirements share. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/needs/need_found.h"
#include "runner/system/filesystem.h"

int need_found__absent(struct need_found *found, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(found->text, sizeof(found->text), fmt, args);
	va_end(args);
	return 0;
}

void need_found__cure(struct need_found *found, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(found->cure, sizeof(found->cure), fmt, args);
	va_end(args);
}

int need_found__refused(struct need_found *found, int err, uint64_t capabilities)
{
	found->refused_err = err;
	found->capabilities = capabilities;
	return 0;
}

/* Return: true if the kernel has BTF, and the runner does not see the file. */
static bool btf_is_hidden(void)
{
	int root = filesystem__open("sysfs");
	bool is_there;

	if (root < 0)
		return false;
	is_there = !faccessat(root, "kernel/btf/vmlinux", F_OK, 0);
	close(root);
	return is_there;
}

int need_found__no_btf(struct need_found *found, const struct kernel_facts *facts)
{
	char value[16] = "";

	found->has_no_btf = true;
	if (btf_is_hidden()) {
		found->is_excused = true;
		need_found__cure(found, "mount sysfs at /sys, or unmount what hides the file");
		return need_found__absent(found,
					  "/sys/kernel/btf/vmlinux is not mounted, or hidden by "
					  "another mount");
	}
	if (facts->info->config.path) {
		kernel_config__value(&facts->info->config, "DEBUG_INFO_BTF", value, sizeof(value));
		found->is_excused = !strcmp(value, "n");
	}
	need_found__cure(found,
			 "build the kernel with CONFIG_DEBUG_INFO_BTF=y, which takes pahole");
	return need_found__absent(found, "the kernel shows no types (/sys/kernel/btf/vmlinux)");
}
