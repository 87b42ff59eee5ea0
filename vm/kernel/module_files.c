// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the files of modules for the initramfs.
 *
 * A folder of modules has modules.dep: each line has a module, a colon, and the modules that it
 * needs, the first of which is loaded last. A build tree has no such index, and making one takes
 * seconds for a large tree: its modules are asked instead. Each has a string "depends=a,b" in its
 * section .modinfo.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "runner/text/cleanup.h"
#include "runner/text/text_file.h"
#include "vm/host/file.h"
#include "vm/host/text.h"
#include "vm/host/words.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/kernel_modules.h"
#include "vm/kernel/module_files.h"

/* The string in .modinfo, with the NUL of the string before it. */
static const char depends[] = "\0depends=";

static bool is_file_of(const char *path, const char *name)
{
	const char *base = text__last_part(path);

	for (; *name; base++, name++)
		if (*base != *name && !(strchr("-_", *name) && *base && strchr("-_", *base)))
			return false;
	return text__starts_with(base, ".ko");
}

/* Add the modules of a line of modules.dep, the last one first. */
static void add_line(const char *folder, const struct words *line, struct words *files)
{
	for (size_t i = line->count; i-- > 0;) {
		autofree char *path = text__format("%s/%s", folder, line->v[i]);

		words__add_once(files, path);
	}
}

static bool add_of_folder(const char *folder, const char *name, struct words *files)
{
	autofree char *index_path = text__format("%s/modules.dep", folder);
	autofree char *index = text_file__read(index_path);
	autowords struct words lines = {};

	words__split(&lines, index ? index : "", "\n");
	for (size_t i = 0; i < lines.count; i++) {
		char *colon = strchr(lines.v[i], ':');
		autowords struct words line = {};

		if (!colon)
			continue;
		*colon = '\0';
		if (!is_file_of(lines.v[i], name))
			continue;
		*colon = ' ';
		words__split(&line, lines.v[i], " ");
		add_line(folder, &line, files);
		return true;
	}
	return false;
}

static bool add_of_tree(const struct words *all, const char *name, struct words *files);

static void add_needed(const struct words *all, const char *file, struct words *files)
{
	autofree char *bytes = NULL;
	autowords struct words names = {};
	size_t len_bytes;
	const char *found;

	if (file__read(file, &bytes, &len_bytes))
		return;
	found = memmem(bytes, len_bytes, depends, sizeof(depends) - 1);
	if (!found)
		return;
	found += sizeof(depends) - 1;
	if (!memchr(found, '\0', bytes + len_bytes - found))
		return;
	words__split(&names, found, ",");
	for (size_t i = 0; i < names.count; i++)
		add_of_tree(all, names.v[i], files);
}

static bool add_of_tree(const struct words *all, const char *name, struct words *files)
{
	for (size_t i = 0; i < all->count; i++) {
		if (!is_file_of(all->v[i], name))
			continue;
		if (!words__contain(files, all->v[i]))
			add_needed(all, all->v[i], files);
		words__add_once(files, all->v[i]);
		return true;
	}
	return false;
}

bool module_files__add(const struct kernel *kernel, const char *name, struct words *files)
{
	autowords struct words from = {}, to = {};

	if (kernel->modules && add_of_folder(kernel->modules, name, files))
		return true;
	if (!kernel->tree || kernel_modules__of_tree(kernel->tree, &from, &to))
		return false;
	return add_of_tree(&from, name, files);
}
