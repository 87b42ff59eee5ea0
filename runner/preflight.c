// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks privileges, PID namespace and cgroup2 before the first test, and sets the runner's limits.
 */
#include <errno.h>
#include <unistd.h>

#include "runner/preflight.h"
#include "runner/selection/registry.h"
#include "runner/system/process.h"
#include "runner/text/error.h"

#define OOM_SCORE_ADJ_NEVER (-1000)

static bool needs_isolation(const struct tests *tests)
{
	int i;

	for (i = 0; i < tests->cnt; i++) {
		if (registry__isolation(tests->all[i].entry))
			return true;
	}
	return false;
}

/* Without cgroup2, or in a container that may not write to it, tests run without cgroups. */
static bool has_no_cgroups(int err)
{
	return err == -ENOENT || err == -EROFS || err == -EACCES || err == -EPERM;
}

/* The machine must have what every test needs. One message is better than one for each test. */
int preflight__check(const struct tests *tests, struct cgroup_base *cgroups)
{
	char error[512];
	int err;

	if (!needs_isolation(tests))
		return 0;
	if (geteuid())
		return error__fail(-EPERM, "tests load BPF programs and need namespaces of their "
					   "own: run it as root, or in a VM (./vmtest)");
	if (!process__in_initial_pid_namespace())
		return error__fail(-EINVAL,
				   "this is a PID namespace; BPF programs see the process ids of "
				   "the initial one, and tests compare them: run it outside, or in "
				   "a VM (./vmtest)");
	err = cgroup_base__create(cgroups, error, sizeof(error));
	if (!err)
		return 0;
	if (!has_no_cgroups(err))
		return error__fail(err, "%s", error);
	error__say("%s; what tests leave behind is found as orphans", error);
	return 0;
}

void preflight__outlive_tests(void)
{
	process__set_oom_score_adj(OOM_SCORE_ADJ_NEVER);
}

/* The runner uses four descriptors for every running test. */
struct rlimit preflight__raise_open_files(void)
{
	struct rlimit found, limit;

	getrlimit(RLIMIT_NOFILE, &found);
	limit = found;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	return found;
}
