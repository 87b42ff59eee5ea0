// SPDX-License-Identifier: GPL-2.0-only
/* An error costs only the history: the tests then run in another order. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/text_file.h"
#include "vm/disk/filesystem.h"
#include "vm/disk/staging.h"
#include "vm/disk/state.h"
#include "vm/host/file.h"
#include "vm/host/folder.h"
#include "vm/host/hash.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"

/* As in history__default_path(), runner/schedule/history.h. */
#define HISTORY             "/" GUEST_STATE_NAME "/bpf-selftests/history"
#define DEBUGFS_DEADLINE_MS 10000
#define HISTORY_MAX_BYTES   (16 << 20)

static char *path_of(struct vmtest *vm, const char *kind)
{
	return text__format("%s/history/%016llx", vm->cache,
			    hash__bytes(kind, strlen(kind)) + 0ULL);
}

int state__put(struct vmtest *vm, const char *kind, const char *image)
{
	autofree char *path = path_of(vm, kind);
	struct staging staging = {};
	int ret;

	if (!path__exists(path))
		return 0;
	ret = staging__add_file(&staging, path, HISTORY);
	ret = ret ? ret : filesystem__fill(vm, &staging, image);
	staging__free(&staging);
	return ret;
}

/* Replace the file in one step, because other runs may read it. */
static void replace(const char *path, const char *text)
{
	autofree char *new_path = text__format("%s.%d", path, getpid());
	int err = folder__make_parent(path);

	err = err ? err : file__write_text(new_path, text);
	if (err || rename(new_path, path))
		unlink(new_path);
}

void state__take(struct vmtest *vm, const char *kind, const char *image)
{
	autofree char *path = path_of(vm, kind), *text = NULL;
	autofree char *taken = text__format("%s/history", vm->scratch);
	autofree char *request = text__format("dump " HISTORY " %s", taken);
	autooutcome struct outcome outcome = {};

	/* debugfs splits its request at spaces. */
	if (strchr(taken, ' ') ||
	    program__run(vm,
			 &(struct program){ .argv = ARGV("debugfs", "-R", request, (char *)image),
					    .deadline_ms = DEBUGFS_DEADLINE_MS,
					    .file_limit_bytes = HISTORY_MAX_BYTES },
			 &outcome))
		return;
	text = text_file__read(taken);
	if (text)
		replace(path, text);
	else
		message__detail(vm, "no history: %s", text__trim(outcome.errors));
}
