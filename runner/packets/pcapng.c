// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes pcapng blocks. The format allows numbers in the byte order of this machine; only the SLL2
 * header is in network byte order.
 */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <stdbool.h>
#include <string.h>

#include "runner/packets/pcapng.h"

#define TEXT_MAX_BYTES 1024
#define LINUX_SLL2     276 /* LINKTYPE_LINUX_SLL2 */

enum block_type {
	BLOCK_INTERFACE = 1,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = PCAPNG_PACKET,
	BLOCK_SECTION = 0x0A0D0D0A,
};

enum option_code {
	OPTION_END = 0,
	OPTION_COMMENT = 1,
	OPTION_INTERFACE_NAME = 2,
	OPTION_TIME_RESOLUTION = 9,
	OPTION_PACKET_FLAGS = 2,
	OPTION_STATISTICS_DROPPED = 5,
};

/* The header of LINKTYPE_LINUX_SLL2, in network order. */
struct sll2_header {
	uint16_t protocol;
	uint16_t reserved;
	uint32_t ifindex;
	uint16_t hardware_type;
	uint8_t packet_type;
	uint8_t address_bytes;
	uint8_t address[8];
};

struct block {
	char *bytes;
	size_t len;
};

static void put(struct block *block, const void *bytes, size_t len)
{
	memcpy(block->bytes + block->len, bytes, len);
	block->len += len;
}

static void put_16(struct block *block, uint16_t number)
{
	put(block, &number, sizeof(number));
}

static void put_32(struct block *block, uint32_t number)
{
	put(block, &number, sizeof(number));
}

/* A time is written in two halves, the upper one first in either byte order. */
static void put_time(struct block *block, uint64_t time_ns)
{
	put_32(block, time_ns >> 32);
	put_32(block, time_ns);
}

static void pad(struct block *block)
{
	while (block->len % 4)
		block->bytes[block->len++] = '\0';
}

static void put_option(struct block *block, enum option_code code, const void *value, size_t len)
{
	put_16(block, code);
	put_16(block, len);
	put(block, value, len);
	pad(block);
}

static void put_text(struct block *block, enum option_code code, const char *text)
{
	put_option(block, code, text, strnlen(text, TEXT_MAX_BYTES));
}

static struct block begin(char *bytes, enum block_type type)
{
	struct block block = { .bytes = bytes };

	put_32(&block, type);
	put_32(&block, 0); /* the length, which end() sets */
	return block;
}

/* The length is at both ends of a block. */
static size_t end(struct block *block)
{
	uint32_t len = block->len + sizeof(len);

	put_32(block, len);
	memcpy(block->bytes + sizeof(uint32_t), &len, sizeof(len));
	return len;
}

static size_t end_options(struct block *block)
{
	put_option(block, OPTION_END, "", 0);
	return end(block);
}

size_t pcapng__section(char *place, const char *comment)
{
	static const uint64_t length_unknown = UINT64_MAX;
	struct block block = begin(place, BLOCK_SECTION);

	put_32(&block, 0x1A2B3C4D); /* number that shows the byte order */
	put_16(&block, 1);          /* version 1.0 */
	put_16(&block, 0);
	put(&block, &length_unknown, sizeof(length_unknown));
	put_text(&block, OPTION_COMMENT, comment);
	return end_options(&block);
}

size_t pcapng__interface(char *place, const char *name)
{
	static const uint8_t nanoseconds = 9; /* unit of times: 10^-9 s */
	struct block block = begin(place, BLOCK_INTERFACE);

	put_16(&block, LINUX_SLL2);
	put_16(&block, 0);
	put_32(&block, PCAPNG_SNAP_BYTES);
	put_text(&block, OPTION_INTERFACE_NAME, name);
	put_option(&block, OPTION_TIME_RESOLUTION, &nanoseconds, sizeof(nanoseconds));
	return end_options(&block);
}

/* Bits 0 and 1 are the direction, bits 2 to 4 the kind of receiver. */
static uint32_t packet_flags(uint8_t type)
{
	switch (type) {
	case PACKET_OUTGOING:
		return 2;
	case PACKET_HOST:
		return 1 | 1 << 2;
	case PACKET_MULTICAST:
		return 1 | 2 << 2;
	case PACKET_BROADCAST:
		return 1 | 3 << 2;
	case PACKET_OTHERHOST:
		return 1 | 4 << 2;
	default:
		return 0;
	}
}

size_t pcapng__packet(char *place, uint32_t interface, const struct packet *packet)
{
	bool is_tagged = packet->vlan_tpid;
	struct sll2_header header = {
		.protocol = htons(is_tagged ? packet->vlan_tpid : packet->protocol),
		.ifindex = htonl(packet->ifindex),
		.hardware_type = htons(packet->hardware_type),
		.packet_type = packet->type,
		.address_bytes = packet->address_bytes,
	};
	const uint16_t tag[2] = { htons(packet->vlan_tci), htons(packet->protocol) };
	uint32_t front_bytes = sizeof(header) + (is_tagged ? sizeof(tag) : 0);
	uint32_t kept_bytes = packet->kept_bytes, flags = packet_flags(packet->type);
	struct block block = begin(place, BLOCK_PACKET);

	if (kept_bytes > PCAPNG_SNAP_BYTES - front_bytes)
		kept_bytes = PCAPNG_SNAP_BYTES - front_bytes;
	memcpy(header.address, packet->address, sizeof(header.address));
	put_32(&block, interface);
	put_time(&block, packet->time_ns);
	put_32(&block, front_bytes + kept_bytes);
	put_32(&block, front_bytes + packet->total_bytes);
	put(&block, &header, sizeof(header));
	if (is_tagged)
		put(&block, tag, sizeof(tag));
	put(&block, packet->data, kept_bytes);
	pad(&block);
	put_option(&block, OPTION_PACKET_FLAGS, &flags, sizeof(flags));
	return end_options(&block);
}

size_t pcapng__losses(char *place, uint64_t time_ns, uint64_t packets)
{
	struct block block = begin(place, BLOCK_STATISTICS);

	put_32(&block, 0); /* interface 0, because the format has no number for all interfaces */
	put_time(&block, time_ns);
	put_option(&block, OPTION_STATISTICS_DROPPED, &packets, sizeof(packets));
	return end_options(&block);
}
