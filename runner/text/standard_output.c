// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "runner/text/error.h"
#include "runner/text/standard_output.h"

static struct {
	const char *program;
	int failure;
	pid_t pid;
} self;

static void open_closed(void)
{
	int fd;

	do {
		/* NOLINTNEXTLINE(android-cloexec-open): a standard descriptor, for every child */
		fd = open("/dev/null", O_RDONLY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* argp ends the program after --help, so that this cannot be the last lines of main(). */
static void check(int status, void *unused)
{
	bool is_lost;

	if (status || getpid() != self.pid)
		return;
	errno = 0;
	is_lost = fflush(stdout) || ferror(stdout);
	if (!is_lost)
		return;
	fprintf(stderr, "%s: cannot write to stdout%s%s\n", self.program, errno ? ": " : "",
		errno ? error__text(errno) : "");
	_exit(self.failure);
}

void standard_output__begin(const char *program, int failure)
{
	open_closed();
	self.program = program;
	self.failure = failure;
	self.pid = getpid();
	on_exit(check, NULL);
}
