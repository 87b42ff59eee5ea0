// SPDX-License-Identifier: GPL-2.0-only
/* Looks at /proc, cgroup2 and limits before the first test, and prepares what all tests share. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runner/preflight.h"
#include "runner/system/process.h"

#define OOM_SCORE_ADJ_NEVER (-1000)

static bool needs_isolation(const struct runner *runner)
{
	int i;

	for (i = 0; i < runner->tests_cnt; i++) {
		if (registry__isolation(runner->tests[i].entry))
			return true;
	}
	return false;
}

/* What no test could do without is said once, instead of by each of them. */
int machine__check(struct runner *runner)
{
	char error[512];
	int err;

	if (!needs_isolation(runner))
		return 0;
	if (geteuid()) {
		fprintf(stderr, "test_progs: tests load BPF programs and need namespaces of their "
				"own: run it as root, or in a VM (./vmtest)\n");
		return -EPERM;
	}
	if (!process__in_initial_pid_namespace()) {
		fprintf(stderr,
			"test_progs: this is a PID namespace; BPF programs see the process "
			"ids of the initial one, and tests compare them: run it outside, or in a "
			"VM (./vmtest)\n");
		return -EINVAL;
	}
	err = cgroup_base__create(&runner->cgroups, error, sizeof(error));
	if (err == -ENOENT) {
		fprintf(stderr, "test_progs: %s; what tests leave behind is found as orphans\n",
			error);
		return 0;
	}
	if (err)
		fprintf(stderr, "test_progs: %s\n", error);
	return err;
}

/*
 * A program that was run in place of a shell has that shell's children, which are nobody's
 * leftovers.
 */
int machine__note_strangers(struct runner *runner)
{
	pid_t pids[CHARGED_MAX];
	int i, cnt = process__list(getpid(), -1, pids, CHARGED_MAX);

	if (cnt > CHARGED_MAX)
		cnt = CHARGED_MAX;
	runner->strangers = calloc(cnt + 1, sizeof(*runner->strangers));
	if (!runner->strangers)
		return -ENOMEM;
	for (i = 0; i < cnt; i++) {
		struct runner_child *stranger = &runner->strangers[runner->strangers_cnt];

		stranger->pid = pids[i];
		if (!process__start_time(pids[i], &stranger->start))
			runner->strangers_cnt++;
	}
	return 0;
}

int machine__add_stranger(struct runner *runner, pid_t pid)
{
	struct runner_child *grown = reallocarray(runner->strangers, runner->strangers_cnt + 1,
						  sizeof(*runner->strangers));
	int err;

	if (!grown)
		return -ENOMEM;
	runner->strangers = grown;
	grown[runner->strangers_cnt] = (struct runner_child){ .pid = pid };
	err = process__start_time(pid, &grown[runner->strangers_cnt].start);
	if (!err)
		runner->strangers_cnt++;
	return err;
}

void machine__outlive_tests(void)
{
	process__set_oom_score_adj(OOM_SCORE_ADJ_NEVER);
}

/* Four descriptors for each test that runs; tests get the limit that was found. */
void machine__raise_open_files(struct runner *runner)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &runner->open_files);
	limit = runner->open_files;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}
