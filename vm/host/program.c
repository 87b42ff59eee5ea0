// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs helper programs such as apt-get, mke2fs and zstd.
 *
 * A program runs in its own process group and is killed if the launcher dies. Its stderr is
 * captured, and only shown if it fails. qemu.c starts QEMU; vmtest never starts a shell.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/system/program_path.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/host/exit_status.h"
#include "vm/host/memory.h"
#include "vm/host/message.h"
#include "vm/host/program.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"

/* The size limit of captured output. The rest is dropped; vmtest never needs as much. */
#define CAPTURE_LIMIT_BYTES (64L << 20)
/* Folders to search after $PATH: the PATH of a user often lacks them, but mke2fs is in one. */
#define SBIN_FOLDERS        "/usr/local/sbin:/usr/sbin:/sbin"

static const struct {
	const char *program;
	const char *package;
} packages[] = {
	{ "qemu-system-x86_64", "qemu-system-x86" },
	{ "mke2fs", "e2fsprogs" },
	{ "e2fsck", "e2fsprogs" },
	{ "debugfs", "e2fsprogs" },
	{ "zstd", "zstd" },
	{ "lz4", "lz4" },
	{ "xz", "xz-utils" },
	{ "gzip", "gzip" },
	{ "bzip2", "bzip2" },
	{ "lzop", "lzop" },
	{ "apt-get", "apt" },
	{ "apt-cache", "apt" },
	{ "dpkg-deb", "dpkg" },
	{ "dpkg-source", "dpkg-dev" },
	{ "bsdtar", "libarchive-tools" },
	{ "tar", "tar" },
	{ "sha256sum", "coreutils" },
	{ "depmod", "kmod" },
};

/* An output pipe of a program, and the output that was read from it. */
struct capture {
	int read_fd, write_fd;
	FILE *out;
	char *text;
	size_t len_bytes;
};

/* A program that is about to run. */
struct start {
	const struct program *program;
	const char *path;
	int null_fd;
	struct capture output, errors;
	pid_t parent;
};

char *program__path(const char *name)
{
	if (strchr(name, '/'))
		return access(name, X_OK) ? NULL : text__copy(name);
	return program_path__find(name, NULL) ?: program_path__find(name, SBIN_FOLDERS);
}

int program__missing(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(packages); i++)
		if (!strcmp(packages[i].program, name))
			return message__fail(
				EXIT_NO_PROGRAM,
				"cannot run %s: not found in PATH; install the Debian package %s",
				name, packages[i].package);
	return message__fail(EXIT_NO_PROGRAM, "cannot run %s: not found in PATH; install it", name);
}

void program__set_up_child(pid_t parent)
{
	sigset_t none;

	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_CANNOT_EXECUTE);
}

static int wait_status(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? EXIT_SIGNAL_BASE + WTERMSIG(status) : WEXITSTATUS(status);
}

void program__kill(pid_t pid)
{
	/* Kill the child too, because it may not have made its process group yet. */
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	wait_status(pid);
}

static void limit_files(uint64_t bytes)
{
	struct rlimit limit = { .rlim_cur = bytes, .rlim_max = bytes };

	if (!bytes)
		return;
	/* With SIGXFSZ ignored, a write fails with EFBIG instead of killing the program. */
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
}

static void exec_program(const struct start *start)
{
	const struct program *program = start->program;
	int input_fd = program->input_fd ?: start->null_fd;
	int output_fd = program->output_fd ?: start->output.write_fd;

	program__set_up_child(start->parent);
	limit_files(program->file_limit_bytes);
	if (dup2(input_fd, STDIN_FILENO) < 0 || dup2(output_fd, STDOUT_FILENO) < 0 ||
	    dup2(start->errors.write_fd, STDERR_FILENO) < 0)
		_exit(EXIT_CANNOT_EXECUTE);
	/* vmtest searches the program's messages, so they must be in one language. */
	setenv("LC_ALL", "C", 1);
	for (char *const *word = program->environment; word && *word; word++)
		putenv(*word);
	if (program->folder && chdir(program->folder)) {
		dprintf(STDERR_FILENO, "cannot enter %s: " ERRNO_FMT "\n", program->folder,
			ERRNO_ARG(errno));
		_exit(EXIT_CANNOT_EXECUTE);
	}
	execv(start->path, program->argv);
	dprintf(STDERR_FILENO, "cannot execute %s: " ERRNO_FMT "\n", start->path, ERRNO_ARG(errno));
	_exit(EXIT_CANNOT_EXECUTE);
}

/* @capture must not move in memory until it is closed. Returns 0 or -errno. */
static int capture_open(struct capture *capture)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	/* Only vmtest's end is non-blocking, because programs expect blocking pipes. */
	fcntl(ends[1], F_SETFL, 0);
	capture->read_fd = ends[0];
	capture->write_fd = ends[1];
	capture->out = memory__check(open_memstream(&capture->text, &capture->len_bytes));
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static char *capture_close(struct capture *capture)
{
	close_fd(&capture->read_fd);
	close_fd(&capture->write_fd);
	if (capture->out)
		fclose(capture->out);
	return capture->text ? capture->text : text__copy("");
}

static void capture_read(struct capture *capture)
{
	char buffer[16384];
	ssize_t n;

	if (capture->read_fd < 0)
		return;
	while ((n = read(capture->read_fd, buffer, sizeof(buffer))) > 0)
		if (ftell(capture->out) < CAPTURE_LIMIT_BYTES)
			fwrite(buffer, 1, n, capture->out);
	if (n == 0)
		close_fd(&capture->read_fd);
}

/*
 * Reads both pipes until the program ends, not until they are closed: a grandchild may keep them
 * open for longer.
 */
static int watch(struct vmtest *vm, struct start *start, int pidfd, bool *timed_out)
{
	int deadline_ms = start->program->deadline_ms;
	int64_t end_ms = clock__now_ms() + deadline_ms;

	for (;;) {
		struct pollfd pfds[] = {
			{ .fd = pidfd, .events = POLLIN },
			{ .fd = vm->signal_fd, .events = POLLIN },
			{ .fd = start->output.read_fd, .events = POLLIN },
			{ .fd = start->errors.read_fd, .events = POLLIN },
		};
		int64_t left_ms = deadline_ms ? end_ms - clock__now_ms() : -1;

		if (deadline_ms && left_ms <= 0) {
			*timed_out = true;
			return 0;
		}
		if (poll(pfds, ARRAY_SIZE(pfds), left_ms) < 0 && errno != EINTR)
			return message__fail(EXIT_HOST_SETUP, "cannot wait for %s: " ERRNO_FMT,
					     start->path, ERRNO_ARG(errno));
		capture_read(&start->output);
		capture_read(&start->errors);
		if (signals__interrupted(vm))
			return signals__interrupted(vm);
		if (pfds[0].revents)
			return 0;
	}
}

static int start_and_watch(struct vmtest *vm, struct start *start, struct outcome *outcome)
{
	pid_t pid = fork();
	int pidfd, ret;

	if (pid < 0)
		return message__fail(EXIT_HOST_SETUP, "cannot start %s: " ERRNO_FMT, start->path,
				     ERRNO_ARG(errno));
	if (pid == 0)
		exec_program(start);
	close_fd(&start->output.write_fd);
	close_fd(&start->errors.write_fd);
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	ret = watch(vm, start, pidfd, &outcome->timed_out);
	close(pidfd);
	if (ret || outcome->timed_out)
		program__kill(pid);
	else
		outcome->status = wait_status(pid);
	return ret;
}

int program__run(struct vmtest *vm, const struct program *program, struct outcome *outcome)
{
	autofree char *path = program__path(program->argv[0]);
	autoclose int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct start start = {
		.program = program,
		.path = path,
		.null_fd = null_fd,
		.output = { .read_fd = -1, .write_fd = -1 },
		.errors = { .read_fd = -1, .write_fd = -1 },
		.parent = getpid(),
	};
	int ret;

	if (!path)
		return program__missing(program->argv[0]);
	if (null_fd < 0 || capture_open(&start.output) || capture_open(&start.errors))
		ret = message__fail(EXIT_HOST_SETUP, "cannot set up pipes for %s: " ERRNO_FMT, path,
				    ERRNO_ARG(errno));
	else
		ret = start_and_watch(vm, &start, outcome);
	outcome->output = capture_close(&start.output);
	outcome->output_bytes = start.output.len_bytes;
	outcome->errors = capture_close(&start.errors);
	return ret;
}

/* Return: the last line with text, because programs print the reason of a failure last. */
static const char *last_line(char *text)
{
	char *line = strrchr(text__trim(text), '\n');

	return line ? line + 1 : text;
}

int program__run_ok(struct vmtest *vm, const struct program *program, const char *purpose,
		    int status)
{
	autooutcome struct outcome outcome = {};
	int ret = program__run(vm, program, &outcome);

	if (ret)
		return ret;
	if (outcome.timed_out)
		return message__fail(status, "cannot %s: %s did not end within %d s", purpose,
				     program->argv[0], program->deadline_ms / 1000);
	if (outcome.status)
		return message__fail(status, "cannot %s: %s ended with status %d: %s", purpose,
				     program->argv[0], outcome.status, last_line(outcome.errors));
	return 0;
}

void program__free_outcome(struct outcome *outcome)
{
	free(outcome->output);
	free(outcome->errors);
	*outcome = (struct outcome){};
}
