// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies the kernel's log. Each read(2) of /dev/kmsg returns one message. It fails with EPIPE if
 * the kernel has overwritten the next message.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/kernel_log/kernel_log.h"
#include "runner/text/printable.h"

/*
 * Room for the longest message: the kernel's CONSOLE_EXT_LOG_MAX is 8192, and newer kernels have
 * PRINTK_MESSAGE_MAX, which is 2048.
 */
#define MESSAGE_MAX_BYTES 16384
/* The limit for one read, so that a kernel that logs without end does not block the event loop. */
#define MESSAGES_AT_ONCE  1000

static bool parse_number(char **at, char end, uint64_t *number)
{
	char *behind;

	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*number = strtoull(*at, &behind, 10);
	if (errno || *behind != end)
		return false;
	*at = behind + 1;
	return true;
}

/* After the flags there may be further fields. A reader has to skip those that it does not know. */
static void parse_caller(const char *fields, const char *end, struct kernel_log_line *line)
{
	static const char name[] = ",caller=";
	const char *caller = strstr(fields, name);
	size_t len;

	line->caller[0] = '\0';
	if (!caller || caller > end)
		return;
	caller += strlen(name);
	len = strcspn(caller, ",;");
	if (len >= sizeof(line->caller))
		return;
	memcpy(line->caller, caller, len);
	line->caller[len] = '\0';
}

int kernel_log__parse(char *message, struct kernel_log_line *line)
{
	char *at = message, *flags;
	uint64_t prefix;

	if (!parse_number(&at, ',', &prefix) || !parse_number(&at, ',', &line->number) ||
	    !parse_number(&at, ',', &line->time_us))
		return -EINVAL;
	flags = at;
	at = strchr(at, ';');
	if (!at)
		return -EINVAL;
	parse_caller(flags, at, line);
	line->level = prefix & 7;
	line->facility = (prefix >> 3) & 0xff;
	line->text = at + 1;
	line->text[strcspn(line->text, "\n")] = '\0';
	return 0;
}

int kernel_log__open(struct kernel_log *log, const char *path)
{
	*log = (struct kernel_log){
		/* Open a FIFO for writing too: it then has no end when another writer closes it. */
		.fd = open(path ?: "/dev/kmsg",
			   (path ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC),
		.is_stream = path,
	};
	if (log->fd >= 0 && !path && lseek(log->fd, 0, SEEK_END) < 0) {
		log->error = -errno;
		close(log->fd);
		log->fd = -1;
		return log->error;
	}
	log->error = log->fd < 0 ? -errno : 0;
	return log->error;
}

static void copy_line(struct kernel_log *log, const struct kernel_log_line *line)
{
	char *text = printable_line(line->text, strlen(line->text)), *copy;

	if (asprintf(&copy, "<%d>[%5" PRIu64 ".%06" PRIu64 "] %s", line->level,
		     line->time_us / 1000000, line->time_us % 1000000, text ?: "") < 0)
		copy = NULL;
	free(text);
	if (!copy)
		return;
	log_tail__add(&log->tail, copy);
	if (log->out)
		fprintf(log->out, "%s\n", copy);
	free(copy);
}

static void take_message(struct kernel_log *log, char *message)
{
	struct kernel_log_line line;

	if (kernel_log__parse(message, &line))
		return;
	copy_line(log, &line);
	if (log->on_line)
		log->on_line(log->context, &line);
}

static void take_stream(struct kernel_log *log, const char *bytes, size_t len)
{
	char *grown = realloc(log->rest, log->rest_bytes + len + 1), *at, *end;

	if (!grown)
		return;
	memcpy(grown + log->rest_bytes, bytes, len);
	log->rest = grown;
	log->rest_bytes += len;
	log->rest[log->rest_bytes] = '\0';
	for (at = log->rest; (end = strchr(at, '\n')); at = end + 1) {
		*end = '\0';
		take_message(log, at);
	}
	log->rest_bytes -= at - log->rest;
	memmove(log->rest, at, log->rest_bytes + 1);
}

void kernel_log__read(struct kernel_log *log)
{
	char message[MESSAGE_MAX_BYTES];
	int left = MESSAGES_AT_ONCE;
	ssize_t n;

	while (log->fd >= 0 && left--) {
		n = read(log->fd, message, sizeof(message) - 1);
		if (n < 0 && errno == EPIPE) {
			log->overwritten++;
			if (log->out)
				fputs("[the kernel has overwritten what stood here]\n", log->out);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		message[n] = '\0';
		if (log->is_stream)
			take_stream(log, message, n);
		else
			take_message(log, message);
	}
	if (log->out)
		fflush(log->out);
}

void kernel_log__close(struct kernel_log *log)
{
	if (log->fd < 0)
		return;
	kernel_log__read(log);
	close(log->fd);
	log->fd = -1;
	free(log->rest);
	log->rest = NULL;
}
