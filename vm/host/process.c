// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helper programs: apt-get, mke2fs, zstd and the like.
 *
 * A program runs in a process group of its own and dies with the launcher. Its stderr is captured
 * and shown only when it fails. Never used for QEMU's guest traffic (session.c) and never a shell.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm/host/process.h"

/* A helper that says more than this is cut short: nothing vmtest reads is near it. */
#define CAPTURE_LIMIT_BYTES (64U << 20)

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
	{ "tar", "tar" },
	{ "ldd", "libc-bin" },
	{ "sha256sum", "coreutils" },
	{ "depmod", "kmod" },
};

char *program_path(const char *name)
{
	const char *path = getenv("PATH");
	autowords struct words folders = {};

	if (strchr(name, '/'))
		return access(name, X_OK) ? NULL : text_copy(name);
	words_split(&folders, path ? path : "/usr/bin:/bin", ":");
	/* An ordinary user's PATH often lacks these, and mke2fs lives there. */
	words_split(&folders, "/usr/local/sbin:/usr/sbin:/sbin", ":");
	for (size_t i = 0; i < folders.count; i++) {
		autofree char *file = text_format("%s/%s", folders.v[i], name);

		if (!access(file, X_OK))
			return text_copy(file);
	}
	return NULL;
}

int program_missing(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(packages); i++)
		if (!strcmp(packages[i].program, name))
			return fail(
				EXIT_NO_PROGRAM,
				"cannot run %s: not found in PATH; install the Debian package %s",
				name, packages[i].package);
	return fail(EXIT_NO_PROGRAM, "cannot run %s: not found in PATH; install it", name);
}

void program_child_setup(pid_t parent)
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

void program_kill(pid_t pid)
{
	/* The group may not exist yet: the child makes it itself. */
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void limit_files(uint64_t bytes)
{
	struct rlimit limit = { .rlim_cur = bytes, .rlim_max = bytes };

	if (!bytes)
		return;
	/* Ignored, the write fails with EFBIG instead of killing the program. */
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
}

static void exec_program(const struct program *program, const char *path, int input_fd,
			 int output_fd, int errors_fd, pid_t parent)
{
	program_child_setup(parent);
	limit_files(program->file_limit_bytes);
	if (dup2(input_fd, STDIN_FILENO) < 0 || dup2(output_fd, STDOUT_FILENO) < 0 ||
	    dup2(errors_fd, STDERR_FILENO) < 0)
		_exit(EXIT_CANNOT_EXECUTE);
	/* Messages are looked at: they have to be in one language. */
	setenv("LC_ALL", "C", 1);
	for (char *const *word = program->environment; word && *word; word++)
		putenv(*word);
	if (program->folder && chdir(program->folder)) {
		dprintf(STDERR_FILENO, "cannot enter %s: " ERRNO_FMT "\n", program->folder,
			ERRNO_ARG(errno));
		_exit(EXIT_CANNOT_EXECUTE);
	}
	execv(path, program->argv);
	dprintf(STDERR_FILENO, "cannot execute %s: " ERRNO_FMT "\n", path, ERRNO_ARG(errno));
	_exit(EXIT_CANNOT_EXECUTE);
}

/* What is read from one pipe of the program. */
struct capture {
	int fd;
	FILE *out;
	char *text;
	size_t len_bytes;
};

static void capture_open(struct capture *capture, int fd)
{
	capture->fd = fd;
	capture->out = open_memstream(&capture->text, &capture->len_bytes);
	if (fd >= 0)
		fcntl(fd, F_SETFL, O_NONBLOCK);
}

static char *capture_close(struct capture *capture)
{
	if (capture->fd >= 0)
		close(capture->fd);
	if (capture->out)
		fclose(capture->out);
	return capture->text ? capture->text : text_copy("");
}

static void capture_read(struct capture *capture)
{
	char buffer[16384];
	ssize_t n;

	if (capture->fd < 0)
		return;
	while ((n = read(capture->fd, buffer, sizeof(buffer))) > 0)
		if (capture->out && ftell(capture->out) < (long)CAPTURE_LIMIT_BYTES)
			fwrite(buffer, 1, n, capture->out);
	if (n == 0) {
		close(capture->fd);
		capture->fd = -1;
	}
}

/* Read both pipes until the program ends. A grandchild may hold them longer: not waited for. */
static int watch(struct vmtest *vm, int pidfd, struct capture *captures, int deadline_ms,
		 bool *timed_out)
{
	int64_t end_ms = deadline_ms ? now_ms() + deadline_ms : INT64_MAX;

	for (;;) {
		struct pollfd pfds[] = {
			{ .fd = pidfd, .events = POLLIN },
			{ .fd = vm->signal_fd, .events = POLLIN },
			{ .fd = captures[0].fd, .events = POLLIN },
			{ .fd = captures[1].fd, .events = POLLIN },
		};
		int64_t left_ms = end_ms == INT64_MAX ? -1 : end_ms - now_ms();

		if (end_ms != INT64_MAX && left_ms <= 0) {
			*timed_out = true;
			return 0;
		}
		if (poll(pfds, ARRAY_SIZE(pfds), left_ms) < 0 && errno != EINTR)
			return fail(EXIT_HOST_SETUP, "cannot wait for a program: " ERRNO_FMT,
				    ERRNO_ARG(errno));
		capture_read(&captures[0]);
		capture_read(&captures[1]);
		if (interrupted(vm))
			return interrupted(vm);
		if (pfds[0].revents)
			return 0;
	}
}

static int wait_status(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? EXIT_SIGNAL_BASE + WTERMSIG(status) : WEXITSTATUS(status);
}

static int start_and_watch(struct vmtest *vm, const struct program *program, const char *path,
			   int input_fd, int output[2], int errors[2], struct outcome *outcome)
{
	int output_fd = program->output_fd ? program->output_fd : output[1];
	struct capture captures[2] = {};
	pid_t parent = getpid();
	pid_t pid = fork();
	int pidfd, ret;

	if (pid < 0)
		return fail(EXIT_HOST_SETUP, "cannot start %s: " ERRNO_FMT, path, ERRNO_ARG(errno));
	if (pid == 0)
		exec_program(program, path, input_fd, output_fd, errors[1], parent);
	close(output[1]);
	close(errors[1]);
	output[1] = errors[1] = -1;
	capture_open(&captures[0], output[0]);
	capture_open(&captures[1], errors[0]);
	output[0] = errors[0] = -1;
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	ret = watch(vm, pidfd, captures, program->deadline_ms, &outcome->timed_out);
	close(pidfd);
	if (ret || outcome->timed_out)
		program_kill(pid);
	else
		outcome->status = wait_status(pid);
	outcome->output = capture_close(&captures[0]);
	outcome->output_bytes = captures[0].len_bytes;
	outcome->errors = capture_close(&captures[1]);
	return ret;
}

int program_run(struct vmtest *vm, const struct program *program, struct outcome *outcome)
{
	autofree char *path = program_path(program->argv[0]);
	int output[2] = { -1, -1 }, errors[2] = { -1, -1 };
	int input_fd = program->input_fd;
	int ret;

	if (!path)
		return program_missing(program->argv[0]);
	if (!input_fd)
		input_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (input_fd < 0 || pipe2(output, O_CLOEXEC) || pipe2(errors, O_CLOEXEC))
		ret = fail(EXIT_HOST_SETUP, "cannot set up pipes for %s: " ERRNO_FMT, path,
			   ERRNO_ARG(errno));
	else
		ret = start_and_watch(vm, program, path, input_fd, output, errors, outcome);
	for (int i = 0; i < 2; i++) {
		if (output[i] >= 0)
			close(output[i]);
		if (errors[i] >= 0)
			close(errors[i]);
	}
	if (!program->input_fd && input_fd >= 0)
		close(input_fd);
	return ret;
}

/* The last line with text: programs end with what went wrong. */
static const char *last_line(char *text)
{
	char *line = strrchr(text_trim(text), '\n');

	return line ? line + 1 : text;
}

int program_run_ok(struct vmtest *vm, const struct program *program, const char *purpose,
		   int status)
{
	autooutcome struct outcome outcome = {};
	int ret = program_run(vm, program, &outcome);

	if (ret)
		return ret;
	if (outcome.timed_out)
		return fail(status, "cannot %s: %s did not end within %d s", purpose,
			    program->argv[0], program->deadline_ms / 1000);
	if (outcome.status)
		return fail(status, "cannot %s: %s ended with status %d: %s", purpose,
			    program->argv[0], outcome.status, last_line(outcome.errors));
	return 0;
}

void outcome_free(struct outcome *outcome)
{
	free(outcome->output);
	free(outcome->errors);
	*outcome = (struct outcome){};
}
