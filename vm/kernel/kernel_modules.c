// SPDX-License-Identifier: GPL-2.0-only
/*
 * Collects a kernel's modules from a build tree, and makes their index, modules.dep.
 *
 * If the machine has depmod, depmod makes the index, with the files that modprobe reads. Otherwise
 * this file makes modules.dep from the .modinfo of each module. A line of modules.dep is
 * "FILE: FILE...": a module and all modules that it needs. The last one has to be loaded first.
 */
#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/folder.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/kernel_modules.h"
#include "vm/kernel/module_file.h"

/**
 * struct module - a module in the index that is being made
 * @path: path of its file, relative to the folder
 * @name: name of the module
 * @depends: names of the modules that it needs directly
 * @visit: number of the last walk that visited the module, so that each walk visits it once
 */
struct module {
	char *path;
	char *name;
	struct words depends;
	unsigned int visit;
};

struct modules {
	struct module *v;
	size_t count;
};

static void free_modules(struct modules *modules)
{
	for (size_t i = 0; i < modules->count; i++) {
		free(modules->v[i].path);
		free(modules->v[i].name);
		words__free(&modules->v[i].depends);
	}
	free(modules->v);
}

static void add_module(struct modules *modules, const char *path, char *name)
{
	modules->v = reallocarray(modules->v, modules->count + 1, sizeof(*modules->v));
	if (!modules->v)
		abort();
	modules->v[modules->count++] = (struct module){ .path = text__copy(path), .name = name };
}

static int compare_paths(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int list_modules(const char *folder, struct modules *modules)
{
	FTS *fts = fts_open(ARGV((char *)folder), FTS_PHYSICAL | FTS_NOCHDIR, compare_paths);
	FTSENT *entry;

	if (!fts)
		return message__fail(EXIT_HOST_SETUP, "cannot read %s: " ERRNO_FMT, folder,
				     ERRNO_ARG(errno));
	while ((entry = fts_read(fts))) {
		char *name = entry->fts_info == FTS_F ? module_file__name(entry->fts_path) : NULL;

		if (name)
			add_module(modules, entry->fts_path + strlen(folder) + 1, name);
	}
	fts_close(fts);
	return 0;
}

static struct module *find_module(struct modules *modules, const char *name)
{
	for (size_t i = 0; i < modules->count; i++)
		if (!strcmp(modules->v[i].name, name))
			return &modules->v[i];
	return NULL;
}

/*
 * Append the modules that a module needs, each after the modules that it needs itself. A name
 * without a module is built in.
 */
static void collect(struct modules *modules, struct module *module, unsigned int visit,
		    struct words *paths)
{
	module->visit = visit;
	for (size_t i = 0; i < module->depends.count; i++) {
		struct module *needed = find_module(modules, module->depends.v[i]);

		if (!needed || needed->visit == visit)
			continue;
		collect(modules, needed, visit, paths);
		words__add(paths, "%s", needed->path);
	}
}

static int write_dep(struct modules *modules, const char *path)
{
	FILE *out = fopen(path, "we");

	if (!out)
		return -errno;
	for (size_t i = 0; i < modules->count; i++) {
		autowords struct words paths = {};

		collect(modules, &modules->v[i], i + 1, &paths);
		fprintf(out, "%s:", modules->v[i].path);
		for (size_t j = paths.count; j; j--)
			fprintf(out, " %s", paths.v[j - 1]);
		fputc('\n', out);
	}
	return fclose(out) ? -errno : 0;
}

static int index_by_reading(struct vmtest *vm, const char *folder)
{
	autofree char *path = text__format("%s/modules.dep", folder);
	autofree char *new_path = text__format("%s.new", path);
	struct modules modules = {};
	int ret = list_modules(folder, &modules);
	int err;

	message__say(vm, "indexing %zu modules", modules.count);
	for (size_t i = 0; !ret && i < modules.count; i++) {
		autofree char *file = text__format("%s/%s", folder, modules.v[i].path);

		ret = module_file__depends(vm, file, &modules.v[i].depends);
	}
	if (!ret) {
		err = write_dep(&modules, new_path);
		if (!err && rename(new_path, path))
			err = -errno;
		if (err)
			ret = message__fail(EXIT_HOST_SETUP, "cannot write %s: " ERRNO_FMT, path,
					    ERRNO_ARG(-err));
	}
	free_modules(&modules);
	return ret;
}

/* Run depmod. It wants the modules at lib/modules/VERSION: a link with any version is enough. */
static int index_by_depmod(struct vmtest *vm, const char *folder)
{
	autofree char *base = text__format("%s/depmod", folder);
	autofree char *parent = text__format("%s/lib/modules", base);
	autofree char *link = text__format("%s/0.0", parent);
	int err = folder__remove(base);
	int ret;

	err = err ? err : folder__make(parent);
	if (!err && symlink(folder, link))
		err = -errno;
	if (err)
		return message__fail(EXIT_HOST_SETUP, "cannot make %s: " ERRNO_FMT, link,
				     ERRNO_ARG(-err));
	ret = program__run_ok(vm, &(struct program){ .argv = ARGV("depmod", "-b", base, "0.0") },
			      "index kernel modules", EXIT_HOST_SETUP);
	folder__remove(base);
	return ret;
}

int kernel_modules__index(struct vmtest *vm, const char *folder)
{
	autofree char *index = text__format("%s/modules.dep", folder);
	autofree char *depmod = program__path("depmod");

	if (path__exists(index))
		return 0;
	return depmod ? index_by_depmod(vm, folder) : index_by_reading(vm, folder);
}

/*
 * Get the file from a line of modules.order: "net/x.o", in older kernels "net/x.ko" or
 * "kernel/net/x.ko".
 */
static char *file_of_line(const char *line)
{
	const char *start = text__starts_with(line, "kernel/") && text__ends_with(line, ".ko") ?
				    line + strlen("kernel/") :
				    line;
	const char *dot = strrchr(start, '.');

	return dot ? text__format("%.*s.ko", (int)(dot - start), start) : NULL;
}

static int take_module(const char *tree, const char *file, const char *folder)
{
	autofree char *from = text__format("%s/%s", tree, file);
	autofree char *to = text__format("%s/kernel/%s", folder, file);
	autofree char *parent = text__copy(to);
	int err;

	*strrchr(parent, '/') = '\0';
	err = folder__make(parent);
	return err ? err : file__link_or_copy(from, to);
}

int kernel_modules__from_tree(struct vmtest *vm, const char *tree, const char *folder, bool *found)
{
	static const char *const lists[] = { "modules.order", "modules.builtin",
					     "modules.builtin.modinfo" };
	autofree char *order_path = text__format("%s/modules.order", tree);
	autofree char *order = text_file__read(order_path);
	autowords struct words lines = {};
	int err;

	*found = order && *order;
	if (!*found)
		return 0;
	err = folder__make(folder);
	for (size_t i = 0; !err && i < ARRAY_SIZE(lists); i++) {
		autofree char *from = text__format("%s/%s", tree, lists[i]);
		autofree char *to = text__format("%s/%s", folder, lists[i]);

		if (path__exists(from))
			err = file__link_or_copy(from, to);
	}
	words__split(&lines, order, "\n");
	for (size_t i = 0; !err && i < lines.count; i++) {
		autofree char *file = file_of_line(lines.v[i]);

		err = file ? take_module(tree, file, folder) : 0;
		if (err)
			return message__fail(EXIT_NO_KERNEL,
					     "cannot take the module %s of %s: " ERRNO_FMT
					     "; build the tree's modules",
					     file, tree, ERRNO_ARG(-err));
	}
	if (err)
		return message__fail(EXIT_HOST_SETUP,
				     "cannot collect the modules of %s: " ERRNO_FMT, tree,
				     ERRNO_ARG(-err));
	return kernel_modules__index(vm, folder);
}
