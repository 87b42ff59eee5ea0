// SPDX-License-Identifier: GPL-2.0-only
/*
 * Brings the suite's tree into the guest. Files that no test reads are left out, because they would
 * only make the image larger.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/text/cleanup.h"
#include "vm/disk/staging.h"
#include "vm/disk/tree_walk.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"

static const char *const skipped_names[] = { ".git", ".cache", ".source", "results", "libbpf" };
/* What `make tree` builds has a disk of its own: it is larger than the suite. */
static const char skipped_path[] = "/build/tree";
static const char *const skipped_endings[] = { ".o", ".d", ".pch", ".a", ".skel.h" };
/* Tests of a kernel tree load these while they run. The suite's own tests do not. */
static const char kept_ending[] = ".bpf.o";

static bool skip(const char *path, bool is_folder)
{
	const char *name = text__last_part(path);

	if (is_folder && text__ends_with(path, skipped_path))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(skipped_names); i++)
		if (is_folder && !strcmp(name, skipped_names[i]))
			return true;
	if (!is_folder && text__ends_with(name, kept_ending))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(skipped_endings); i++)
		if (!is_folder && text__ends_with(name, skipped_endings[i]))
			return true;
	return false;
}

int tree_walk__add(struct vmtest *vm, struct staging *staging, const char *to)
{
	const char *tree = vm->opt.tree;
	autofree char *real = realpath(tree, NULL);

	if (real && !strcmp(real, "/"))
		return message__fail(EXIT_USAGE_ERROR,
				     "cannot show / to the guest: the guest has a system of its "
				     "own; name the folder of the suite with --tree");
	if (!path__is_folder(tree))
		return message__fail(EXIT_HOST_SETUP,
				     "cannot show the folder %s to the guest: no such "
				     "folder; name another with --tree",
				     tree);
	return staging__add_tree(vm, staging, tree, to, skip);
}
