// SPDX-License-Identifier: GPL-2.0-only
/* Reads and writes lines without waiting. Knows nothing of their meaning. */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "runner/machines/wire.h"

/* A line that another side floods must not keep the runner from its tests for long. */
#define READ_MAX_BYTES  (1 << 20)
#define READ_ROOM_BYTES (64 << 10)

static void fail(struct wire *wire, int err)
{
	wire->error = wire->error ?: err;
}

static int watch(struct wire *wire, int operation)
{
	struct epoll_event event = {
		.events = EPOLLIN | (wire->is_full ? EPOLLOUT : 0),
		.data.ptr = wire->tag,
	};

	if (wire->epoll_fd < 0)
		return 0;
	return epoll_ctl(wire->epoll_fd, operation, wire->fd, &event) ? -errno : 0;
}

int wire__open(struct wire *wire, int fd, int epoll_fd, void *tag)
{
	int flags = fcntl(fd, F_GETFL), err;

	*wire = (struct wire){ .fd = fd, .epoll_fd = epoll_fd, .tag = tag };
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK))
		return -errno;
	err = watch(wire, EPOLL_CTL_ADD);
	if (err)
		wire->epoll_fd = -1;
	return err;
}

/* Make room for @more bytes behind the first @used ones. */
static int make_room(char **buffer, size_t *room, size_t used, size_t more)
{
	size_t wanted = *room ?: READ_ROOM_BYTES;
	char *grown;

	while (wanted < used + more)
		wanted *= 2;
	if (wanted == *room)
		return 0;
	grown = realloc(*buffer, wanted);
	if (!grown)
		return -ENOMEM;
	*buffer = grown;
	*room = wanted;
	return 0;
}

static void write_queue(struct wire *wire)
{
	bool was_full = wire->is_full;
	size_t done = 0;
	ssize_t n = 0;

	while (done < wire->out_bytes && !wire->error) {
		n = write(wire->fd, wire->out + done, wire->out_bytes - done);
		if (n > 0)
			done += n;
		else if (n < 0 && errno == EAGAIN)
			break;
		else if (n == 0 || errno != EINTR)
			fail(wire, n ? -errno : -EIO);
	}
	wire->out_bytes -= done;
	memmove(wire->out, wire->out + done, wire->out_bytes);
	wire->is_full = wire->out_bytes && !wire->error;
	if (wire->is_full != was_full)
		watch(wire, EPOLL_CTL_MOD);
}

void wire__send(struct wire *wire, struct json_object *object)
{
	const char *text =
		json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							       JSON_C_TO_STRING_NOSLASHESCAPE);
	size_t len = text ? strlen(text) : 0;

	if (!text)
		fail(wire, -ENOMEM);
	else if (wire->out_bytes + len + 1 > WIRE_QUEUE_MAX_BYTES)
		fail(wire, -ENOBUFS);
	else if (wire->fd >= 0 && !wire->error)
		fail(wire, make_room(&wire->out, &wire->out_room, wire->out_bytes, len + 1));
	if (wire->fd >= 0 && !wire->error) {
		memcpy(wire->out + wire->out_bytes, text, len);
		wire->out[wire->out_bytes + len] = '\n';
		wire->out_bytes += len + 1;
		write_queue(wire);
	}
	json_object_put(object);
}

static void forget_taken(struct wire *wire)
{
	wire->in_bytes -= wire->in_used_bytes;
	if (wire->in_used_bytes && wire->in_bytes)
		memmove(wire->in, wire->in + wire->in_used_bytes, wire->in_bytes);
	wire->in_used_bytes = 0;
}

void wire__serve(struct wire *wire)
{
	size_t got = 0;
	ssize_t n;

	if (wire->fd < 0)
		return;
	if (wire->out_bytes)
		write_queue(wire);
	forget_taken(wire);
	while (!wire->has_ended && got < READ_MAX_BYTES) {
		if (make_room(&wire->in, &wire->in_room, wire->in_bytes, READ_ROOM_BYTES)) {
			fail(wire, -ENOMEM);
			break;
		}
		n = read(wire->fd, wire->in + wire->in_bytes, READ_ROOM_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0)
			wire->has_ended = true;
		if (n > 0) {
			wire->in_bytes += n;
			got += n;
		}
	}
}

static struct json_object *parse(const char *line, size_t len)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;

	if (!tokener)
		return NULL;
	object = json_tokener_parse_ex(tokener, line, len);
	if (json_tokener_get_error(tokener) != json_tokener_success ||
	    !json_object_is_type(object, json_type_object)) {
		json_object_put(object);
		object = NULL;
	}
	json_tokener_free(tokener);
	return object;
}

int wire__next(struct wire *wire, struct json_object **object)
{
	while (wire->in_used_bytes < wire->in_bytes) {
		const char *line = wire->in + wire->in_used_bytes;
		size_t left = wire->in_bytes - wire->in_used_bytes;
		const char *end = memchr(line, '\n', left);
		size_t len = end ? (size_t)(end - line) : left;

		if (len > WIRE_LINE_MAX_BYTES) {
			/* Nothing after this can be trusted. */
			wire->in_used_bytes = wire->in_bytes;
			wire->has_ended = true;
			fail(wire, -EMSGSIZE);
			return -EBADMSG;
		}
		if (!end)
			return 0;
		wire->in_used_bytes += len + 1;
		if (!len)
			continue;
		*object = parse(line, len);
		return *object ? 1 : -EBADMSG;
	}
	return 0;
}

bool wire__has_sent_all(const struct wire *wire)
{
	return wire->fd < 0 || wire->error || !wire->out_bytes;
}

void wire__close(struct wire *wire)
{
	if (wire->fd >= 0) {
		if (wire->epoll_fd >= 0)
			epoll_ctl(wire->epoll_fd, EPOLL_CTL_DEL, wire->fd, NULL);
		close(wire->fd);
	}
	free(wire->in);
	free(wire->out);
	*wire = (struct wire){ .fd = -1, .epoll_fd = -1 };
}
