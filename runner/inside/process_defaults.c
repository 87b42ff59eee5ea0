// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets the inherited state of a process to what tests expect. State that cannot be set stays as it
 * is.
 */
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "runner/inside/process_defaults.h"
#include "runner/system/process.h"

#define STACK_BYTES            (8UL << 20)
/* oom_score_adj of a test, so that the OOM killer ends it before other processes of the machine. */
#define OOM_SCORE_ADJ_OF_TESTS 500

/*
 * Environment variables that stay. A name that ends in '_' is a prefix of such variables.
 * docs/reference.md lists them.
 */
static const char *const kept_variables[] = {
	"HOME",
	"PATH",
	"TERM",
	/* The test process runs with these libraries already. Its commands shall do so, too. */
	"LD_LIBRARY_PATH",
	"LD_PRELOAD",
	/* For tests: their own variables, and those of vmtest and of the kernel's helpers. */
	"TEST_",
	"RESULTS",
	"VMTEST",
	"SELFTESTS_VERBOSE",
	/* Sanitizers and coverage: where they write, and what they report. */
	"ASAN_",
	"LSAN_",
	"MSAN_",
	"TSAN_",
	"UBSAN_",
	"GCOV_",
	"LLVM_PROFILE_FILE",
	/* Commands that use libbpf. In a test, -vv shows libbpf's debug lines. */
	"LIBBPF_LOG_LEVEL",
};

static const struct {
	const char *name, *value;
	bool replace;
} set_variables[] = {
	{ "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", false },
	{ "HOME", "/root", false },
	/* Keep commands from translating their output, because tests compare it. */
	{ "LC_ALL", "C", true },
	{ "TZ", "UTC", true },
};

/* The resources for which a test gets the caller's hard limit as its soft limit. */
static const int raised_limits[] = {
	RLIMIT_AS,    RLIMIT_CPU,     RLIMIT_DATA,       RLIMIT_FSIZE,
	RLIMIT_LOCKS, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE,   RLIMIT_NPROC,
	RLIMIT_RSS,   RLIMIT_RTTIME,  RLIMIT_SIGPENDING,
};

static bool is_kept(const char *variable)
{
	size_t i, len, name_len = strcspn(variable, "=");

	for (i = 0; i < sizeof(kept_variables) / sizeof(kept_variables[0]); i++) {
		len = strlen(kept_variables[i]);
		if (strncmp(variable, kept_variables[i], len))
			continue;
		if (name_len == len || kept_variables[i][len - 1] == '_')
			return true;
	}
	return false;
}

static void reset_environment(const char *const *more)
{
	char **from, **to;
	size_t i;

	for (from = to = environ; from && *from; from++) {
		if (is_kept(*from))
			*to++ = *from;
	}
	if (to)
		*to = NULL;
	for (i = 0; i < sizeof(set_variables) / sizeof(set_variables[0]); i++)
		setenv(set_variables[i].name, set_variables[i].value, set_variables[i].replace);
	for (; more && *more; more++)
		putenv((char *)*more);
}

static void reset_signals(void)
{
	sigset_t none;
	int i;

	for (i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void set_soft_limit(int resource, rlim_t soft)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return;
	limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
	setrlimit(resource, &limit);
}

static void reset_limits(const struct rlimit *open_files)
{
	size_t i;

	for (i = 0; i < sizeof(raised_limits) / sizeof(raised_limits[0]); i++)
		set_soft_limit(raised_limits[i], RLIM_INFINITY);
	/*
	 * The main thread gets this limit at its next exec, and new threads get it as their stack
	 * size.
	 */
	set_soft_limit(RLIMIT_STACK, STACK_BYTES);
	/*
	 * Write no core file into the folder where the runner was started: a crash is reported with
	 * its backtrace.
	 */
	set_soft_limit(RLIMIT_CORE, 0);
	setrlimit(RLIMIT_NOFILE, open_files);
}

void process_defaults__apply(const struct rlimit *open_files, const char *const *environment)
{
	const struct sched_param none = {};

	reset_signals();
	umask(022);
	reset_environment(environment);
	reset_limits(open_files);
	if (sched_getscheduler(0) != SCHED_OTHER)
		sched_setscheduler(0, SCHED_OTHER, &none);
	/*
	 * The OOM killer does not count the memory of maps and of tmpfs files for the process that
	 * uses it.
	 */
	process__set_oom_score_adj(OOM_SCORE_ADJ_OF_TESTS);
	prctl(PR_SET_TIMERSLACK, 0, 0, 0, 0);
}
