// SPDX-License-Identifier: GPL-2.0-only
/* The program: reads the command line, then hands over to the runner. */
#include <fcntl.h>
#include <unistd.h>

#include "runner/command_line/command_line.h"
#include "runner/run.h"

int main(int argc, char **argv)
{
	struct command_line line;
	int fd, status;

	/* Otherwise a file that is opened later would become stdout or stderr, and take its output. */
	do {
		/* NOLINTNEXTLINE(android-cloexec-open): a standard descriptor, for every child */
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);

	status = command_line__parse(&line, argc, argv);
	if (status == RUN_EXIT_OK)
		status = run__tests(&line.options, &line.selection);
	return command_line__end(&line, status);
}
