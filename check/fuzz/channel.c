// SPDX-License-Identifier: GPL-2.0-only
/*
 * What comes over the port between launcher and guest: any bytes, in pieces of any size, must be
 * handed out as the same frames as a walk over the whole finds. And frames as they are sent.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "vm/guest/channel.h"
#include "check/fuzz/fuzz.h"

#define UNDER_WAY_BYTES 1000

/* The walk: where it stands, and what was granted so far. */
struct walk {
	struct input input;
	size_t under_way_bytes[STREAMS];
	bool broken;
	int frames;
};

/* Go on to the next frame that is to be handed out. False when there is none. */
static bool walk_on(struct walk *walk, struct frame_header *header, const uint8_t **payload)
{
	struct frame_credit credit;

	while (!walk->broken && walk->input.size >= sizeof(*header)) {
		memcpy(header, walk->input.data, sizeof(*header));
		if (header->len_bytes > CHANNEL_PAYLOAD_BYTES || header->stream >= STREAMS) {
			walk->broken = true;
			return false;
		}
		if (walk->input.size - sizeof(*header) < header->len_bytes)
			return false;
		*payload = walk->input.data + sizeof(*header);
		walk->input.data += sizeof(*header) + header->len_bytes;
		walk->input.size -= sizeof(*header) + header->len_bytes;
		if (header->type != FRAME_CREDIT)
			return true;
		memcpy(&credit, *payload, header->len_bytes == sizeof(credit) ? sizeof(credit) : 0);
		walk->broken = header->len_bytes != sizeof(credit) ||
			       credit.bytes > walk->under_way_bytes[header->stream];
		if (!walk->broken)
			walk->under_way_bytes[header->stream] -= credit.bytes;
	}
	return false;
}

static int on_frame(void *data, const struct frame_header *header, const void *payload)
{
	struct frame_header expected;
	const uint8_t *expected_payload;
	struct walk *walk = data;

	INVARIANT(walk_on(walk, &expected, &expected_payload));
	INVARIANT(!memcmp(header, &expected, sizeof(expected)));
	INVARIANT(!memcmp(payload, expected_payload, header->len_bytes));
	walk->frames++;
	return 0;
}

static void open_pair(struct channel *channel, int *other)
{
	int pair[2], i;

	INVARIANT(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair));
	*channel = (struct channel){ .fd = pair[0] };
	for (i = 0; i < STREAMS; i++)
		channel->under_way_bytes[i] = UNDER_WAY_BYTES;
	*other = pair[1];
}

static void check_received(struct input input)
{
	unsigned int seed = input__byte(&input) | 1;
	struct walk walk = { .input = input };
	struct frame_header header;
	struct channel channel;
	const uint8_t *payload;
	int other, err = 0;
	size_t len;

	open_pair(&channel, &other);
	memcpy(walk.under_way_bytes, channel.under_way_bytes, sizeof(walk.under_way_bytes));
	for (; !err && input.size; input.data += len, input.size -= len) {
		seed = seed * 1103515245 + 12345;
		len = 1 + (seed >> 16) % 40;
		len = len < input.size ? len : input.size;
		INVARIANT(write(other, input.data, len) == (ssize_t)len);
		err = channel__receive(&channel, on_frame, &walk);
	}
	INVARIANT(err == 0 || err == -EPROTO);
	/* Nothing is left that should have been handed out. */
	INVARIANT(!walk_on(&walk, &header, &payload));
	INVARIANT(walk.broken == !!err);
	INVARIANT(err || !memcmp(channel.under_way_bytes, walk.under_way_bytes,
				 sizeof(walk.under_way_bytes)));
	INVARIANT(err || queue__length(&channel.in) == walk.input.size);
	close(other);
	channel__free(&channel);
}

static int on_sent(void *data, const struct frame_header *header, const void *payload)
{
	struct input *sent = data;

	INVARIANT(header->type == FRAME_DATA && header->stream == STREAM_STDOUT && !header->zero);
	INVARIANT(header->len_bytes <= sent->size &&
		  !memcmp(payload, sent->data, header->len_bytes));
	sent->data += header->len_bytes;
	sent->size -= header->len_bytes;
	return 0;
}

static void check_sent(struct input input)
{
	struct channel from, to = { .fd = -1 };
	struct input sent = input;
	size_t room, len;

	open_pair(&from, &to.fd);
	while (input.size) {
		len = 1 + *input.data;
		room = channel__room(&from, STREAM_STDOUT);
		INVARIANT(room && room <= CHANNEL_PAYLOAD_BYTES);
		len = len < input.size ? len : input.size;
		INVARIANT(!channel__send(&from, FRAME_DATA, STREAM_STDOUT, input.data, len));
		INVARIANT(!channel__receive(&to, on_sent, &sent));
		input.data += len;
		input.size -= len;
	}
	INVARIANT(!sent.size && !queue__length(&to.in) && !queue__length(&from.out));
	channel__free(&from);
	channel__free(&to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };

	check_received(input);
	check_sent(input);
	return 0;
}
