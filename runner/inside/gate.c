// SPDX-License-Identifier: GPL-2.0-only
/* Waits in the test process. No records are sent: test and runner read /proc/PID/status. */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "runner/inside/gate.h"

#define LOOK_EVERY_MS 10

volatile int gate_is_open;

bool gate__is_traced(pid_t pid)
{
	int tracer = 0;
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "TracerPid: %d", &tracer) == 1)
			break;
	}
	if (file)
		fclose(file);
	return tracer;
}

static void wait_for_gdb(void)
{
	const struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000 };
	bool was_traced = false, is_traced = false;

	while (!gate_is_open && (is_traced || !was_traced)) {
		nanosleep(&pause, NULL);
		is_traced = gate__is_traced(getpid());
		was_traced |= is_traced;
	}
}

void gate__wait(enum tracer_kind kind)
{
	if (kind == TRACER_NONE)
		return;
	/* Let gdb or strace attach: with Yama's ptrace_scope 1, only an ancestor could. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	raise(SIGSTOP);
	if (kind == TRACER_GDB)
		wait_for_gdb();
}
