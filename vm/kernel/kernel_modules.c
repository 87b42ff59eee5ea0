// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel's modules: collected from a build tree, and indexed by depmod, which makes modules.dep
 * and all else that modprobe reads.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
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

/* depmod wants the modules at lib/modules/VERSION: a link with any version is enough. */
static int run_depmod(struct vmtest *vm, const char *folder)
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
