// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the output of several runs as it comes, in whole lines with the name of the kernel in
 * front. It also keeps the output without the names, in one file for each run.
 *
 * The user can thus see the progress of a long run, and get one kernel's lines with grep '^7.3 '.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/disk/results.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/signals.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/matrix_output.h"
#include "vm/matrix_run.h"

/* The longest line of output. Longer lines are split. */
#define LINE_MAX_BYTES 65536
/* The number of bytes for which a pipe has room after POLLOUT. */
#define WRITE_BYTES    4096

int matrix_output__open(struct matrix_run *run)
{
	autofree char *path = text__format("%s/" RESULTS_OUTPUT_LOG, run->results);
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	run->log = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!run->log)
		return message__fail(EXIT_HOST_SETUP, "cannot create %s: " ERRNO_FMT, path,
				     ERRNO_ARG(errno));
	return 0;
}

/*
 * Output is dropped if its reader has gone, or if a signal comes while the reader is slow. The runs
 * do not stop because of that.
 */
static void write_all(struct vmtest *vm, int fd, const char *bytes, size_t len_bytes)
{
	while (len_bytes) {
		struct pollfd pfds[] = {
			{ .fd = fd, .events = POLLOUT },
			{ .fd = vm->signal_fd, .events = POLLIN },
		};
		size_t part = len_bytes < WRITE_BYTES ? len_bytes : WRITE_BYTES;
		ssize_t n;

		if (poll(pfds, ARRAY_SIZE(pfds), -1) < 0 && errno != EINTR)
			return;
		if (signals__interrupted(vm) && !(pfds[0].revents & POLLOUT))
			return;
		if (!pfds[0].revents)
			continue;
		n = write(fd, bytes, part);
		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			if (fd == STDOUT_FILENO)
				vm->stdout_error = errno;
			return;
		}
		bytes += n > 0 ? n : 0;
		len_bytes -= n > 0 ? n : 0;
	}
}

static void pass_line(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run,
		      enum matrix_stream stream, const char *bytes, size_t len_bytes)
{
	autofree char *line =
		text__format("%-*s | %.*s\n", matrix->width, run->name, (int)len_bytes, bytes);

	write_all(vm, stream == MATRIX_STDOUT ? STDOUT_FILENO : STDERR_FILENO, line, strlen(line));
}

static void pass_lines(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run,
		       enum matrix_stream stream)
{
	struct matrix_line *line = &run->lines[stream];
	char *start = line->bytes, *end = line->bytes + line->len_bytes, *newline;

	while ((newline = memchr(start, '\n', end - start))) {
		pass_line(vm, matrix, run, stream, start, newline - start);
		start = newline + 1;
	}
	if (start == line->bytes && line->len_bytes == LINE_MAX_BYTES) {
		pass_line(vm, matrix, run, stream, start, line->len_bytes);
		start = end;
	}
	line->len_bytes = end - start;
	memmove(line->bytes, start, line->len_bytes);
}

static void end_stream(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run,
		       enum matrix_stream stream)
{
	struct matrix_line *line = &run->lines[stream];

	if (line->len_bytes)
		pass_line(vm, matrix, run, stream, line->bytes, line->len_bytes);
	if (line->fd >= 0)
		close(line->fd);
	free(line->bytes);
	*line = (struct matrix_line){ .fd = -1 };
}

void matrix_output__read(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run,
			 enum matrix_stream stream)
{
	struct matrix_line *line = &run->lines[stream];
	ssize_t n;

	if (!line->bytes)
		line->bytes = malloc(LINE_MAX_BYTES);
	if (!line->bytes)
		abort();
	n = read(line->fd, line->bytes + line->len_bytes, LINE_MAX_BYTES - line->len_bytes);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end_stream(vm, matrix, run, stream);
		return;
	}
	if (run->log)
		fwrite(line->bytes + line->len_bytes, 1, n, run->log);
	line->len_bytes += n;
	pass_lines(vm, matrix, run, stream);
}

void matrix_output__close(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run)
{
	for (int i = 0; i < MATRIX_STREAMS; i++)
		end_stream(vm, matrix, run, i);
	if (run->log && fclose(run->log))
		message__warn("cannot keep all output of %s in %s: " ERRNO_FMT, run->name,
			      run->results, ERRNO_ARG(errno));
	run->log = NULL;
}
