// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the command on several kernels, with one process for each kernel.
 *
 * The parent forks the processes. Each works as vmtest does for a single kernel, in its own process
 * group. The parent prints their output (matrix_output.c), ends them when a signal ends the parent,
 * and prints the table (matrix_report.c). If the parent is killed, each process gets SIGTERM and
 * cleans up.
 */
#include <json-c/json.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/boot.h"
#include "vm/host/exit_status.h"
#include "vm/host/folder.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/scratch.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/matrix.h"
#include "vm/matrix_output.h"
#include "vm/matrix_report.h"
#include "vm/matrix_run.h"
#include "vm/peers.h"
#include "vm/run.h"

/* Time limit for a run to end QEMU and remove its images. */
#define END_MS 30000

/* Return: the name of a run. If the kernel is given as a path, it is the last part. */
static char *name_of(const char *word)
{
	autofree char *path = NULL;
	const char *base;

	if (!strchr(word, '/') && *word != '.')
		return text__copy(word);
	path = path__absolute(word);
	base = strrchr(path, '/');
	return text__copy(base && base[1] ? base + 1 : "root");
}

static bool name_is_taken(const struct matrix *matrix, const char *name)
{
	for (size_t i = 0; i < matrix->count; i++)
		if (!strcmp(matrix->runs[i].name, name))
			return true;
	return false;
}

static char *unique_name(const struct matrix *matrix, const char *word)
{
	char *name = name_of(word);

	for (int number = 2; name_is_taken(matrix, name); number++) {
		autofree char *base = name_of(word);

		free(name);
		name = text__format("%s_%d", base, number);
	}
	return name;
}

/* Remove an earlier report, so that it is not taken for the report of this run. */
static int prepare_folder(const struct matrix *matrix, struct matrix_run *run)
{
	autofree char *report = NULL;
	int err = folder__make(run->results);

	if (err)
		return message__fail(EXIT_HOST_SETUP,
				     "cannot make the results folder %s: " ERRNO_FMT, run->results,
				     ERRNO_ARG(-err));
	if (matrix->report_name) {
		report = text__format("%s/%s", run->results, matrix->report_name);
		unlink(report);
	}
	return matrix_output__open(run);
}

/* Return: the number of VMs that may run at the same time, limited by the available memory. */
static void limit_parallel(struct vmtest *vm, struct matrix *matrix)
{
	uint64_t each_mib, available_mib;
	unsigned int fitting = peers__fitting(vm, &each_mib, &available_mib);

	matrix->at_once = vm->opt.parallel < matrix->count ? vm->opt.parallel : matrix->count;
	if (matrix->at_once <= 1 || fitting >= matrix->at_once)
		return;
	matrix->at_once = fitting ? fitting : 1;
	message__say(
		vm,
		"%u at a time: each VM takes %llu MiB (--mem and QEMU), and %llu MiB of memory are "
		"available",
		matrix->at_once, each_mib + 0ULL, available_mib + 0ULL);
}

/* Each run locks its own folder in the folder of all. A default folder is locked as a whole. */
static int open_results(struct vmtest *vm, struct matrix *matrix)
{
	matrix->results = (struct results){ .fd = -1 };
	if (!vm->opt.results)
		return results__open_default(&matrix->results);
	matrix->results.path = text__copy(vm->opt.results);
	return 0;
}

static int set_up(struct vmtest *vm, struct matrix *matrix)
{
	const struct words *kernels = &vm->opt.kernels;
	size_t facts_bytes = kernels->count * sizeof(struct run_facts);
	struct run_facts *facts =
		mmap(NULL, facts_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const char *program = boot__test_program(vm);
	int ret = open_results(vm, matrix);

	if (ret)
		return ret;
	matrix->runs = calloc(kernels->count, sizeof(*matrix->runs));
	if (!matrix->runs || facts == MAP_FAILED)
		return message__fail(EXIT_HOST_SETUP, "cannot start %zu runs: out of memory",
				     kernels->count);
	if (program)
		matrix->report_name = text__format("%s/report.json", program);
	while (!ret && matrix->count < kernels->count) {
		const char *word = kernels->v[matrix->count];
		struct matrix_run *run = &matrix->runs[matrix->count];

		run->name = unique_name(matrix, word);
		run->results = text__format("%s/%s", matrix->results.path, run->name);
		run->facts = &facts[matrix->count++];
		run->pidfd = run->lines[MATRIX_STDOUT].fd = run->lines[MATRIX_STDERR].fd = -1;
		if ((int)strlen(run->name) > matrix->width)
			matrix->width = strlen(run->name);
		ret = prepare_folder(matrix, run);
	}
	limit_parallel(vm, matrix);
	return ret;
}

static void child_main(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run,
		       const int fds[MATRIX_STREAMS], pid_t parent)
{
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int status;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent || dup2(null_fd, STDIN_FILENO) < 0 ||
	    dup2(fds[MATRIX_STDOUT], STDOUT_FILENO) < 0 ||
	    dup2(fds[MATRIX_STDERR], STDERR_FILENO) < 0)
		_exit(EXIT_HOST_SETUP);
	/*
	 * Close the pipes of the siblings: if a sibling kept the read end open, a run would not
	 * notice that its reader has died.
	 */
	close_range(STDERR_FILENO + 1, vm->signal_fd - 1, 0);
	close_range(vm->signal_fd + 1, UINT_MAX, 0);
	/* The scratch folder belongs to the parent: each run makes its own. */
	vm->scratch = NULL;
	vm->scratch_fd = -1;
	status = run__kernel(vm, vm->opt.kernels.v[run - matrix->runs], run->results, run->facts);
	fflush(stdout);
	_exit(status);
}

static int start(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run)
{
	int ends[MATRIX_STREAMS][2] = { { -1, -1 }, { -1, -1 } };
	int fds[MATRIX_STREAMS];
	pid_t parent = getpid();

	for (int i = 0; i < MATRIX_STREAMS; i++) {
		if (pipe2(ends[i], O_CLOEXEC))
			return message__fail(EXIT_HOST_SETUP,
					     "cannot make a pipe for %s: " ERRNO_FMT, run->name,
					     ERRNO_ARG(errno));
		run->lines[i].fd = ends[i][0];
		fds[i] = ends[i][1];
		fcntl(ends[i][0], F_SETFL, O_NONBLOCK);
	}
	fflush(NULL);
	run->pid = fork();
	if (run->pid == 0)
		child_main(vm, matrix, run, fds, parent);
	for (int i = 0; i < MATRIX_STREAMS; i++)
		close(fds[i]);
	if (run->pid < 0) {
		run->pid = 0;
		return message__fail(EXIT_HOST_SETUP, "cannot start a process for %s: " ERRNO_FMT,
				     run->name, ERRNO_ARG(errno));
	}
	run->start_ms = clock__now_ms();
	run->pidfd = syscall(SYS_pidfd_open, run->pid, 0);
	return 0;
}

static void on_end(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run)
{
	int status = 0;

	while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
		;
	run->pid = 0;
	run->status = WIFSIGNALED(status) ? EXIT_NO_REPORT : WEXITSTATUS(status);
	run->duration_ms = clock__now_ms() - run->start_ms;
	close(run->pidfd);
	run->pidfd = -1;
	/* The last output of the process is still in the pipes. */
	for (int i = 0; i < MATRIX_STREAMS; i++)
		while (run->lines[i].fd >= 0) {
			struct pollfd pfd = { .fd = run->lines[i].fd, .events = POLLIN };

			if (poll(&pfd, 1, 0) <= 0)
				break;
			matrix_output__read(vm, matrix, run, i);
		}
	matrix_output__close(vm, matrix, run);
	if (WIFSIGNALED(status))
		message__warn("the process for %s was killed by signal %d", run->name,
			      WTERMSIG(status));
	matrix_report__read(matrix, run);
}

static unsigned int count_running(const struct matrix *matrix)
{
	unsigned int running = 0;

	for (size_t i = 0; i < matrix->count; i++)
		running += matrix->runs[i].pid != 0;
	return running;
}

static void wait_for_something(struct vmtest *vm, struct matrix *matrix, int timeout_ms)
{
	size_t count = 1 + 3 * matrix->count;
	struct pollfd pfds[count];

	pfds[0] = (struct pollfd){ .fd = vm->signal_fd, .events = POLLIN };
	for (size_t i = 0; i < matrix->count; i++) {
		struct matrix_run *run = &matrix->runs[i];
		struct pollfd *of_run = &pfds[1 + 3 * i];

		of_run[0] = (struct pollfd){ .fd = run->lines[0].fd, .events = POLLIN };
		of_run[1] = (struct pollfd){ .fd = run->lines[1].fd, .events = POLLIN };
		of_run[2] = (struct pollfd){ .fd = run->pidfd, .events = POLLIN };
	}
	if (poll(pfds, count, timeout_ms) < 0)
		return;
	for (size_t i = 0; i < matrix->count; i++) {
		struct matrix_run *run = &matrix->runs[i];
		struct pollfd *of_run = &pfds[1 + 3 * i];

		for (int j = 0; j < MATRIX_STREAMS; j++)
			if (of_run[j].revents)
				matrix_output__read(vm, matrix, run, j);
		if (of_run[2].revents)
			on_end(vm, matrix, run);
	}
}

static void signal_all(const struct matrix *matrix, int number)
{
	for (size_t i = 0; i < matrix->count; i++)
		if (matrix->runs[i].pid)
			kill(matrix->runs[i].pid, number);
}

/*
 * End all runs: each gets SIGTERM, keeps its results and cleans up. Further signals are passed on, too. A
 * run that takes too long is killed.
 */
static void end_all(struct vmtest *vm, struct matrix *matrix)
{
	int64_t deadline_ms = clock__now_ms() + END_MS;

	signal_all(matrix, SIGTERM);
	while (count_running(matrix) && clock__now_ms() < deadline_ms) {
		wait_for_something(vm, matrix, deadline_ms - clock__now_ms());
		if (signals__again(vm))
			signal_all(matrix, SIGTERM);
	}
	for (size_t i = 0; i < matrix->count; i++)
		if (matrix->runs[i].pid)
			program__kill(matrix->runs[i].pid);
}

static int run_all(struct vmtest *vm, struct matrix *matrix)
{
	size_t started = 0;
	int ret = 0;

	while (!ret && (started < matrix->count || count_running(matrix))) {
		if (started < matrix->count && count_running(matrix) < matrix->at_once)
			ret = start(vm, matrix, &matrix->runs[started++]);
		else
			wait_for_something(vm, matrix, -1);
		ret = ret ? ret : signals__interrupted(vm);
	}
	end_all(vm, matrix);
	return ret;
}

/* Return: the exit status. A failed command counts more than a run that was not carried out. */
static int status_of(const struct matrix *matrix)
{
	int first = 0;

	for (size_t i = 0; i < matrix->count; i++) {
		if (matrix->runs[i].status && matrix->runs[i].status < EXIT_PANIC)
			return 1;
		first = first ? first : matrix->runs[i].status;
	}
	return first;
}

int matrix__main(struct vmtest *vm)
{
	struct matrix matrix = {};
	int ret = set_up(vm, &matrix);

	ret = ret ? ret : run_all(vm, &matrix);
	if (!ret) {
		matrix_report__print(&matrix, stdout);
		ret = status_of(&matrix);
	}
	if (matrix.results.path)
		message__say(vm, "results are in %s", matrix.results.path);
	for (size_t i = 0; i < matrix.count; i++) {
		matrix_output__close(vm, &matrix, &matrix.runs[i]);
		json_object_put(matrix.runs[i].report);
		free(matrix.runs[i].name);
		free(matrix.runs[i].results);
	}
	results__close(&matrix.results);
	free(matrix.runs);
	free(matrix.report_name);
	scratch__remove(vm);
	return ret;
}
