// SPDX-License-Identifier: GPL-2.0-only
/* Copies lines of the kernel's log into the log of a test that hangs. Triggers sysrq dumps. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "runner/blame/kernel_lines.h"
#include "runner/text/error.h"
#include "runner/text/log_tail.h"

/* The number of kernel log lines for a test that hangs. */
#define LINES_MAX 20

static void log_lines_since(struct unit *unit, const struct splats *splats, uint64_t since,
			    uint64_t max)
{
	const struct log_tail *tail = &splats->log->tail;
	uint64_t number = log_tail__first(tail, since, max);

	for (; number < tail->lines_cnt; number++)
		unit__log_line(unit, "  %s\n", log_tail__line(tail, number));
}

void kernel_lines__log(struct unit *unit, struct splats *splats)
{
	splats__read(splats);
	if (splats->log->tail.lines_cnt == unit->kernel_lines)
		return;
	unit__log_line(unit, "the last lines of the kernel's log since it began:\n");
	log_lines_since(unit, splats, unit->kernel_lines, LINES_MAX);
}

/*
 * The kernel logs the dump before the write returns. If a CPU does not respond, the write takes up
 * to 10 s.
 */
static int ask_sysrq(char key)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, &key, 1) != 1)
		err = -errno;
	close(fd);
	return err;
}

void kernel_lines__log_stuck_machine(struct unit *unit, struct splats *splats)
{
	uint64_t since;
	int err;

	if (splats->log->is_stream)
		return;
	splats__read(splats);
	since = splats->log->tail.lines_cnt;
	err = ask_sysrq('w');
	if (!err)
		err = ask_sysrq('l');
	splats__read(splats);
	if (err)
		unit__log_line(
			unit,
			"cannot ask for blocked tasks and what the CPUs do (sysrq w and l): " ERRNO_FMT
			"\n",
			ERRNO_ARG(err));
	else
		unit__log_line(unit, "blocked tasks, and what the CPUs do (sysrq w and l):\n");
	log_lines_since(unit, splats, since, LOG_TAIL_LINES);
}
