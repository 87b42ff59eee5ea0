// SPDX-License-Identifier: GPL-2.0-only
/*
 * The values of sysctls: the files below /proc/sys that can be read and written. Of the network
 * sysctls, these are the values in the runner's namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/audit/kind.h"

#define ROOT            "/proc/sys"
#define VALUE_MAX_BYTES 4096

/* Files that change by themselves, exist once for each interface, or are not sysctls. */
static const char *const left_out[] = {
	"fs/binfmt_misc",
	"kernel/hung_task_detect_count",
	"kernel/hung_task_warnings", /* the kernel counts it down with each warning */
	"kernel/ns_last_pid",
	"kernel/perf_event_max_sample_rate", /* the kernel lowers it if samples take too long */
	"kernel/random",
	"kernel/tainted", /* blame/splats.c reports a new taint */
	"net/ipv4/conf",
	"net/ipv4/neigh",
	"net/ipv4/tcp_fastopen_key", /* the kernel generates it at the first use */
	"net/ipv6/conf",
	"net/ipv6/neigh",
	"net/mpls/conf",
	"vm/stat_refresh",
};

static bool is_left_out(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
		if (!strcmp(left_out[i], name))
			return true;
	}
	return false;
}

static int add_file(struct audit_set *set, const char *path)
{
	/* Some of these files block their readers. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char value[VALUE_MAX_BYTES + 1];
	ssize_t n;

	if (fd < 0)
		return 0;
	n = read(fd, value, VALUE_MAX_BYTES);
	close(fd);
	if (n < 0)
		return 0;
	while (n > 0 && value[n - 1] == '\n')
		n--;
	value[n] = '\0';
	return audit_set__add(set, path + strlen(ROOT "/"), value) ? 0 : -ENOMEM;
}

static int scan(struct audit_set *set)
{
	char root[] = ROOT, *roots[] = { root, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	const mode_t wanted = S_IRUSR | S_IWUSR;
	FTSENT *entry;
	int err = 0;

	if (!tree)
		return -errno;
	while (!err && (entry = fts_read(tree))) {
		if (entry->fts_level == FTS_ROOTLEVEL && entry->fts_errno)
			err = -entry->fts_errno;
		else if (entry->fts_pathlen > strlen(ROOT) &&
			 is_left_out(entry->fts_path + strlen(ROOT "/")))
			fts_set(tree, entry, FTS_SKIP);
		else if (entry->fts_info == FTS_F && (entry->fts_statp->st_mode & wanted) == wanted)
			err = add_file(set, entry->fts_accpath);
	}
	fts_close(tree);
	return err;
}

static bool has_value(const char *path, const char *value)
{
	struct audit_set set = {};
	bool has;

	has = !add_file(&set, path) && set.cnt && !strcmp(set.objects[0].value, value);
	audit_set__free(&set);
	return has;
}

static int write_value(const char *name, const char *value)
{
	char path[512];
	int fd, err = 0;

	snprintf(path, sizeof(path), ROOT "/%s", name);
	/* Writing the same value again can reset another sysctl, such as vm.overcommit_ratio. */
	if (has_value(path, value))
		return 0;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (dprintf(fd, "%s\n", value) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int undo(const struct audit_object *object, const char *before)
{
	return write_value(object->key, before);
}

const struct audit_kind audit_sysctls = {
	.name = "sysctl",
	.only_changes = true,
	.has_name = true,
	.scan = scan,
	.undo = undo,
};
