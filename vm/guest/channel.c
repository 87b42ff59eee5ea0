// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends frames over the virtio-serial port. Both the launcher and PID 1 use this code.
 *
 * The functions neither block nor print. Both ends run on the same architecture, so numbers are
 * sent in host byte order.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "vm/guest/channel.h"

/* The longest frame of vmtest. */
#define FRAME_LIMIT_BYTES (CHANNEL_PAYLOAD_BYTES + sizeof(struct frame_header))

void queue__add(struct queue *queue, const void *data, size_t len_bytes)
{
	if (queue->start && queue->size - queue->end < len_bytes) {
		memmove(queue->bytes, queue->bytes + queue->start, queue__length(queue));
		queue->end -= queue->start;
		queue->start = 0;
	}
	if (queue->size - queue->end < len_bytes) {
		size_t size = 2 * (queue->end + len_bytes);
		char *bytes = realloc(queue->bytes, size);

		if (!bytes)
			abort();
		queue->bytes = bytes;
		queue->size = size;
	}
	if (len_bytes)
		memcpy(queue->bytes + queue->end, data, len_bytes);
	queue->end += len_bytes;
}

static void queue_drop(struct queue *queue, size_t len_bytes)
{
	queue->start += len_bytes;
	if (queue->start == queue->end)
		queue->start = queue->end = 0;
}

long queue__write(struct queue *queue, int fd, size_t limit_bytes)
{
	size_t len_bytes = queue__length(queue);
	ssize_t n;

	if (!len_bytes)
		return 0;
	n = write(fd, queue->bytes + queue->start,
		  len_bytes < limit_bytes ? len_bytes : limit_bytes);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	queue_drop(queue, n);
	return n;
}

void queue__free(struct queue *queue)
{
	free(queue->bytes);
	*queue = (struct queue){};
}

int channel__flush(struct channel *channel)
{
	long n;

	do
		n = queue__write(&channel->out, channel->fd, SIZE_MAX);
	while (n > 0);
	return n;
}

int channel__send(struct channel *channel, enum frame_type type, enum stream stream,
		  const void *data, size_t len_bytes)
{
	struct frame_header header = { .len_bytes = len_bytes, .type = type, .stream = stream };

	queue__add(&channel->out, &header, sizeof(header));
	queue__add(&channel->out, data, len_bytes);
	if (type == FRAME_DATA)
		channel->under_way_bytes[stream] += len_bytes;
	return channel__flush(channel);
}

size_t channel__room(const struct channel *channel, enum stream stream)
{
	size_t room = CHANNEL_WINDOW_BYTES - channel->under_way_bytes[stream];

	return room < CHANNEL_PAYLOAD_BYTES ? room : CHANNEL_PAYLOAD_BYTES;
}

int channel__grant(struct channel *channel, enum stream stream, size_t len_bytes)
{
	struct frame_credit credit = { .bytes = len_bytes };

	return channel__send(channel, FRAME_CREDIT, stream, &credit, sizeof(credit));
}

static int take_credit(struct channel *channel, const struct frame_header *header,
		       const void *payload)
{
	struct frame_credit credit;

	if (header->len_bytes != sizeof(credit) || header->stream >= STREAMS)
		return -EPROTO;
	memcpy(&credit, payload, sizeof(credit));
	if (credit.bytes > channel->under_way_bytes[header->stream])
		return -EPROTO;
	channel->under_way_bytes[header->stream] -= credit.bytes;
	return 0;
}

static int hand_out(struct channel *channel,
		    int (*handle)(void *data, const struct frame_header *header,
				  const void *payload),
		    void *data)
{
	struct frame_header header;
	int ret = 0;

	while (!ret && queue__length(&channel->in) >= sizeof(header)) {
		const char *frame = channel->in.bytes + channel->in.start;

		memcpy(&header, frame, sizeof(header));
		if (header.len_bytes > CHANNEL_PAYLOAD_BYTES || header.stream >= STREAMS)
			return -EPROTO;
		if (queue__length(&channel->in) < sizeof(header) + header.len_bytes)
			break;
		if (header.type == FRAME_CREDIT)
			ret = take_credit(channel, &header, frame + sizeof(header));
		else
			ret = handle(data, &header, frame + sizeof(header));
		queue_drop(&channel->in, sizeof(header) + header.len_bytes);
	}
	return ret;
}

int channel__receive(struct channel *channel,
		     int (*handle)(void *data, const struct frame_header *header,
				   const void *payload),
		     void *data)
{
	char buffer[4 * FRAME_LIMIT_BYTES];
	ssize_t n = read(channel->fd, buffer, sizeof(buffer));

	if (n == 0)
		return -ENOTCONN;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	queue__add(&channel->in, buffer, n);
	return hand_out(channel, handle, data);
}

void channel__free(struct channel *channel)
{
	if (channel->fd >= 0)
		close(channel->fd);
	channel->fd = -1;
	queue__free(&channel->out);
	queue__free(&channel->in);
}
