// SPDX-License-Identifier: GPL-2.0-only
/*
 * Speaks QMP with QEMU: docs/interop/qmp-spec in QEMU's sources.
 *
 * QEMU greets, waits for "qmp_capabilities", and then answers each command with one object that has
 * "return" or "error". Between the answers it sends events. Only the event of a migration matters
 * here; all others are dropped.
 */
#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/host/text.h"
#include "vm/machine/monitor.h"

/* The longest wait for one answer. QEMU answers in milliseconds, unless the host is very busy. */
#define ANSWER_MS   30000
#define READ_BYTES  4096
#define MESSAGE_MAX (1 << 20)

static int cannot(char **error, int err, const char *what)
{
	*error = text__format("%s: " ERRNO_FMT, what, ERRNO_ARG(-err));
	return err;
}

/* Return: the first complete line, or NULL. */
static struct json_object *take_line(struct queue *in)
{
	struct json_object *object;
	char *start = in->bytes + in->start;
	char *newline = queue__length(in) ? memchr(start, '\n', queue__length(in)) : NULL;

	if (!newline)
		return NULL;
	*newline = '\0';
	object = json_tokener_parse(start);
	in->start += newline + 1 - start;
	/* A line that is no object is not from QEMU; an empty object is dropped as an event is. */
	return object ? object : json_object_new_object();
}

/* Return: 0 and the next message of QEMU, or -errno. */
static int receive(struct monitor *monitor, int64_t deadline_ms, struct json_object **message)
{
	char bytes[READ_BYTES];

	while (!(*message = take_line(&monitor->in))) {
		struct pollfd pfd = { .fd = monitor->fd, .events = POLLIN };
		int64_t left_ms = deadline_ms - clock__now_ms();
		ssize_t n;

		if (left_ms <= 0)
			return -ETIMEDOUT;
		if (queue__length(&monitor->in) > MESSAGE_MAX)
			return -EMSGSIZE;
		if (poll(&pfd, 1, left_ms) <= 0)
			continue;
		n = read(monitor->fd, bytes, sizeof(bytes));
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return n ? -errno : -ENOTCONN;
		queue__add(&monitor->in, bytes, n);
	}
	return 0;
}

static int send_command(struct monitor *monitor, const char *command, struct json_object *arguments)
{
	struct json_object *object = json_object_new_object();
	autofree char *line = NULL;
	size_t len;
	ssize_t n;

	json_object_object_add(object, "execute", json_object_new_string(command));
	if (arguments)
		json_object_object_add(object, "arguments", arguments);
	line = text__format("%s\n", json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
	json_object_put(object);
	len = strlen(line);
	n = send(monitor->fd, line, len, MSG_NOSIGNAL);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

/* Return: 0, or -EREMOTEIO with the reason that QEMU gives. */
static int result_of(struct json_object *message, char **error)
{
	struct json_object *refusal, *text;

	if (!json_object_object_get_ex(message, "error", &refusal))
		return 0;
	*error = text__copy(json_object_object_get_ex(refusal, "desc", &text) ?
				    json_object_get_string(text) :
				    "QEMU gave no reason");
	return -EREMOTEIO;
}

static int await_answer(struct monitor *monitor, char **error)
{
	int64_t deadline_ms = clock__now_ms() + ANSWER_MS;
	struct json_object *message;
	int err;

	for (;;) {
		bool is_answer;

		err = receive(monitor, deadline_ms, &message);
		if (err)
			return cannot(error, err, "no answer from QEMU's monitor");
		is_answer = json_object_object_get_ex(message, "return", NULL) ||
			    json_object_object_get_ex(message, "error", NULL);
		err = result_of(message, error);
		json_object_put(message);
		if (is_answer)
			return err;
	}
}

int monitor__call(struct monitor *monitor, const char *command, struct json_object *arguments,
		  char **error)
{
	int err = 0;

	if (!monitor->is_open) {
		monitor->is_open = true;
		err = monitor__call(monitor, "qmp_capabilities", NULL, error);
	}
	if (err) {
		json_object_put(arguments);
		return err;
	}
	err = send_command(monitor, command, arguments);
	return err ? cannot(error, err, "cannot send to QEMU's monitor") :
		     await_answer(monitor, error);
}

/* Return: the state of a migration event, such as "completed", or NULL for any other message. */
static const char *migration_state(struct json_object *message)
{
	struct json_object *event, *data, *status;

	if (!json_object_object_get_ex(message, "event", &event) ||
	    strcmp(json_object_get_string(event), "MIGRATION") ||
	    !json_object_object_get_ex(message, "data", &data) ||
	    !json_object_object_get_ex(data, "status", &status))
		return NULL;
	return json_object_get_string(status);
}

int monitor__wait_migrated(struct monitor *monitor, char **error)
{
	int64_t deadline_ms = clock__now_ms() + ANSWER_MS;

	for (;;) {
		struct json_object *message;
		int err = receive(monitor, deadline_ms, &message);
		const char *state;
		bool completed, failed;

		if (err)
			return cannot(error, err, "QEMU did not finish");
		state = migration_state(message);
		completed = state && !strcmp(state, "completed");
		failed = state && !strcmp(state, "failed");
		json_object_put(message);
		if (completed)
			return 0;
		if (failed) {
			*error = text__copy("QEMU reports a failure");
			return -EREMOTEIO;
		}
	}
}

void monitor__tell(struct monitor *monitor, const char *command)
{
	/* Ignore an error: if QEMU has ended, its pidfd shows that. */
	if (!monitor->is_open)
		send_command(monitor, "qmp_capabilities", NULL);
	monitor->is_open = true;
	send_command(monitor, command, NULL);
}

void monitor__close(struct monitor *monitor)
{
	if (monitor->fd >= 0)
		close(monitor->fd);
	queue__free(&monitor->in);
	*monitor = (struct monitor){ .fd = -1 };
}
