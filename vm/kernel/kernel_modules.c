// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel's modules: found in a build tree, and indexed by depmod, which makes modules.dep and all
 * else that modprobe reads.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/host/exit_status.h"
#include "vm/host/folder.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/kernel_modules.h"

/*
 * depmod wants the modules at lib/modules/VERSION: a link with any version is enough. The link must
 * be outside of the folder, because depmod follows links, here 40 times around.
 */
static int run_depmod(struct vmtest *vm, const char *folder)
{
	autofree char *base = text__format("%s.depmod", folder);
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

	return path__exists(index) ? 0 : run_depmod(vm, folder);
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

bool kernel_modules__are_in(const char *tree)
{
	autofree char *order = text__format("%s/modules.order", tree);
	struct stat st;

	return !stat(order, &st) && st.st_size > 0;
}

int kernel_modules__of_tree(const char *tree, struct words *from, struct words *to)
{
	static const char *const lists[] = { "modules.order", "modules.builtin",
					     "modules.builtin.modinfo" };
	autofree char *order_path = text__format("%s/modules.order", tree);
	autofree char *order = text_file__read(order_path);
	autowords struct words lines = {};

	words__split(&lines, order ? order : "", "\n");
	for (size_t i = 0; i < lines.count; i++) {
		autofree char *file = file_of_line(lines.v[i]);

		if (!file)
			continue;
		words__add(from, "%s/%s", tree, file);
		words__add(to, "kernel/%s", file);
		if (access(from->v[from->count - 1], R_OK))
			return message__fail(EXIT_NO_KERNEL,
					     "cannot take the module %s of %s: " ERRNO_FMT
					     "; build the tree's modules",
					     file, tree, ERRNO_ARG(errno));
	}
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		autofree char *path = text__format("%s/%s", tree, lists[i]);

		if (!path__exists(path))
			continue;
		words__add(from, "%s", path);
		words__add(to, "%s", lists[i]);
	}
	return 0;
}

int kernel_modules__index_tree(struct vmtest *vm, const char *tree, const char *folder)
{
	autowords struct words from = {}, to = {};
	int ret = kernel_modules__of_tree(tree, &from, &to);
	int err = ret ? 0 : folder__remove(folder);

	for (size_t i = 0; !ret && !err && i < from.count; i++) {
		autofree char *link = text__format("%s/%s", folder, to.v[i]);

		err = folder__make_parent(link);
		if (!err && symlink(from.v[i], link))
			err = -errno;
	}
	if (err)
		return message__fail(EXIT_HOST_SETUP,
				     "cannot collect the modules of %s in %s: " ERRNO_FMT
				     "; name a roomier place with TMPDIR",
				     tree, folder, ERRNO_ARG(-err));
	return ret ? ret : run_depmod(vm, folder);
}
