// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds and starts gdb and strace. They run beside the test, in the runner's namespaces and cgroup,
 * because only the test is isolated. They do not count as processes that the test has left behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "runner/process/tracer.h"
#include "runner/system/process.h"
#include "runner/system/process_mark.h"
#include "runner/system/program_path.h"
#include "runner/text/error.h"

/* The number of tests that are named in the message about several matching tests. */
#define MATCHES_SHOWN    5
#define LAST_LINES_BYTES 512
/* strace complains at every system call when the disk is full: keep only the first messages. */
#define COMPLAINTS_BYTES 512

static void report_several(const struct tests *tests, const char *name)
{
	int i;

	fprintf(stderr, "test_progs: --%s runs one test alone, and %d are selected:", name,
		tests->cnt);
	for (i = 0; i < tests->cnt && i < MATCHES_SHOWN; i++)
		fprintf(stderr, " %s", tests->all[i].outcome.name);
	fprintf(stderr, "%s: give the whole name of one\n",
		tests->cnt > MATCHES_SHOWN ? " ..." : "");
}

int tracer__check(struct tracer *tracer, enum tracer_kind kind, const struct tests *tests)
{
	const char *name = tracer_kind__name(kind);

	tracer->kind = kind;
	tracer->complaints_fd = -1;
	if (kind == TRACER_NONE)
		return RUN_EXIT_OK;
	if (tests->cnt > 1) {
		report_several(tests, name);
		return RUN_EXIT_USAGE;
	}
	if (!tests->cnt)
		return error__fail(RUN_EXIT_NOTHING_RAN, "--%s: its test is denied by -d or -b",
				   name);
	tracer->program = program_path__find(name, NULL);
	if (tracer->program)
		return RUN_EXIT_OK;
	return error__fail(RUN_EXIT_INFRASTRUCTURE,
			   "--%s needs %s, which is not in $PATH: install the package %s (Debian: "
			   "apt-get install %s)",
			   name, name, name, name);
}

static int name_trace(struct tracer *tracer, const char *results_path, const char *test)
{
	const char *folder = getenv("TMPDIR");
	int n;

	if (results_path)
		n = asprintf(&tracer->trace_path, "%s/strace.log", results_path);
	else
		n = asprintf(&tracer->trace_path, "%s/strace-%.100s-XXXXXX.log",
			     folder && *folder ? folder : "/tmp", test);
	if (n < 0)
		tracer->trace_path = NULL;
	return n < 0 ? -ENOMEM : 0;
}

int tracer__open(struct tracer *tracer, const char *results_path, const struct tests *tests)
{
	int fd, err;

	if (tracer->kind != TRACER_STRACE)
		return 0;
	err = name_trace(tracer, results_path, tests->all[0].outcome.name);
	if (err)
		return err;
	tracer->is_temporary = !results_path;
	if (results_path)
		fd = open(tracer->trace_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
			  0644);
	else
		fd = mkostemps(tracer->trace_path, strlen(".log"), O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		return error__fail(err, "cannot make the file '%s' for strace: " ERRNO_FMT,
				   tracer->trace_path, ERRNO_ARG(err));
	}
	close(fd);
	return 0;
}

static void be_gdb(const struct tracer *tracer, const struct test_entry *test, const char *pid)
{
	char program[PATH_MAX], stop[300];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (len < 0)
		return;
	program[len] = '\0';
	snprintf(stop, sizeof(stop), "tbreak %stest_%s", test->run_serial ? "serial_" : "",
		 test->name);
	/* Use settings that keep gdb from asking its user before it has reached the test. */
	execl(tracer->program, "gdb", "-q", "-iex", "set pagination off", "-iex",
	      "set print symbol-loading off", "-p", pid, "-ex", stop, "-ex",
	      "set variable gate_is_open = 1", "-ex", "continue", program, NULL);
}

/* In a process group of its own, strace gets no ^C: it ends when the test has ended. */
static void be_strace(const struct tracer *tracer, const char *pid, int stderr_fd)
{
	setpgid(0, 0);
	dup2(stderr_fd, STDERR_FILENO);
	execl(tracer->program, "strace", "-f", "-q", "-tt", "-s", "128", "-o", tracer->trace_path,
	      "-p", pid, NULL);
}

static void be_tracer(const struct tracer *tracer, const struct test_entry *test, pid_t test_pid,
		      pid_t runner_pid, int stderr_fd)
{
	char pid[16];
	sigset_t none;
	int i;

	/*
	 * After the death of the runner, gdb at its prompt would compete with the shell for the
	 * terminal.
	 */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != runner_pid)
		_exit(127);
	for (i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	snprintf(pid, sizeof(pid), "%d", test_pid);
	if (tracer->kind == TRACER_GDB)
		be_gdb(tracer, test, pid);
	else
		be_strace(tracer, pid, stderr_fd);
	error__say("cannot run %s: " ERRNO_FMT, tracer->program, ERRNO_ARG(errno));
	_exit(127);
}

pid_t tracer__start(struct tracer *tracer, const struct test_entry *test, pid_t test_pid,
		    int *pid_fd)
{
	pid_t pid, runner_pid = getpid();
	/* Number 0 is that of no test. gdb 13 has a helper process that outlives it for a while. */
	uint64_t mark = process_mark__make(0);
	int pipes[2] = { -1, -1 };

	if (tracer->kind == TRACER_GDB) {
		tracer->has_terminal = !tcgetattr(STDIN_FILENO, &tracer->terminal);
		printf("gdb: 'continue' lets the test go on; its result is printed when gdb has ended\n");
	}
	/* If the pipe is full, further messages are lost, and strace does not wait. */
	if (tracer->kind == TRACER_STRACE && pipe2(pipes, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	fflush(NULL);
	pid = process__fork(-1, pid_fd);
	if (!pid) {
		process__set_oom_score_adj(0);
		process_mark__set(mark);
		be_tracer(tracer, test, test_pid, runner_pid, pipes[1]);
	}
	if (pipes[1] >= 0)
		close(pipes[1]);
	tracer->complaints_fd = pipes[0];
	return pid;
}

static void pass_on_complaints(int fd)
{
	char text[COMPLAINTS_BYTES + 1];
	ssize_t n = read(fd, text, COMPLAINTS_BYTES);

	close(fd);
	if (n <= 0)
		return;
	text[n] = '\0';
	fflush(stdout);
	fprintf(stderr, "%s%s", text, n == COMPLAINTS_BYTES ? "...\n" : "");
}

void tracer__end(struct tracer *tracer)
{
	if (tracer->complaints_fd >= 0)
		pass_on_complaints(tracer->complaints_fd);
	tracer->complaints_fd = -1;
	if (tracer->has_terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &tracer->terminal);
}

/* Return: true if the trace ends with the line that strace writes when the last process ends. */
static bool is_complete(const char *path, long *size_bytes)
{
	char text[LAST_LINES_BYTES + 1] = "";
	FILE *file = fopen(path, "re");
	size_t n;

	*size_bytes = 0;
	if (!file)
		return false;
	if (!fseek(file, 0, SEEK_END))
		*size_bytes = ftell(file);
	fseek(file, *size_bytes > LAST_LINES_BYTES ? -LAST_LINES_BYTES : -*size_bytes, SEEK_END);
	n = fread(text, 1, LAST_LINES_BYTES, file);
	fclose(file);
	return n >= 5 && !strcmp(text + n - 5, " +++\n");
}

static bool is_full(const char *path)
{
	struct statvfs disk;

	return !statvfs(path, &disk) && !disk.f_bavail;
}

int tracer__report(struct tracer *tracer)
{
	const char *path = tracer->trace_path;
	long size_bytes;
	bool is_whole, disk_is_full;

	if (!path)
		return 0;
	is_whole = is_complete(path, &size_bytes);
	disk_is_full = is_full(path);
	if (!size_bytes && tracer->is_temporary && !disk_is_full) {
		/* Remove the empty file: the test was skipped, or not started. */
		unlink(path);
		return 0;
	}
	printf("strace: %s\n", path);
	fflush(stdout);
	if (is_whole || !tracer->has_attached)
		return 0;
	return error__fail(disk_is_full ? -ENOSPC : -EIO,
			   "the trace in '%s' stops in the middle: %s", path,
			   disk_is_full ? "the disk is full" : "strace did not end by itself");
}

void tracer__free(struct tracer *tracer)
{
	free(tracer->program);
	free(tracer->trace_path);
	*tracer = (struct tracer){};
}
