// SPDX-License-Identifier: GPL-2.0-only
/* Names and writes one file of packets. Uses a socket only to ask for the names of interfaces. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "runner/packets/packet_file.h"
#include "runner/system/clock.h"

#define BUFFER_BYTES   (1 << 20)
#define TEST_MAX_CHARS 100
#define PART_MAX_CHARS 48
#define TRIES_MAX      10000
#define SUFFIX         ".pcapng"

/* Return: the position after the last character. */
static char *add_part(char *at, const char *text, int max_chars)
{
	for (; *text && max_chars; text++, max_chars--)
		*at++ = isalnum((unsigned char)*text) || strchr("-+_", *text) ? *text : '_';
	*at = '\0';
	return at;
}

void packet_file__name(char *name, const struct packet_place *place, int try)
{
	char *at = add_part(name, place->test, TEST_MAX_CHARS);

	if (place->subtest) {
		at += sprintf(at, ".%d-", place->subtest_number);
		at = add_part(at, place->subtest, PART_MAX_CHARS);
	}
	*at++ = '.';
	at = add_part(at, place->netns, PART_MAX_CHARS);
	if (try > 1)
		at += sprintf(at, ".%d", try);
	strcpy(at, SUFFIX);
}

int packet_file__is_of(const char *name, const char *test)
{
	char start[NAME_MAX + 1];
	size_t len = strlen(name);

	add_part(start, test, TEST_MAX_CHARS);
	return !strncmp(name, start, strlen(start)) && name[strlen(start)] == '.' &&
	       len > strlen(SUFFIX) && !strcmp(name + len - strlen(SUFFIX), SUFFIX);
}

void packet_file__begin(struct packet_file *file)
{
	*file = (struct packet_file){ .fd = -1 };
}

/* The disk is full and has taken only a part of the buffer: cut the file to whole blocks. */
static void take_back(struct packet_file *file, size_t done_bytes)
{
	size_t kept_bytes = 0, at = 0;
	uint32_t head[2];

	for (; at < file->buffered_bytes; at += head[1]) {
		memcpy(head, file->buffer + at, sizeof(head));
		if (at + head[1] <= done_bytes) {
			kept_bytes = at + head[1];
		} else if (head[0] == PCAPNG_PACKET) {
			file->packets--;
			file->not_kept++;
		}
	}
	file->written_bytes += kept_bytes;
	if (ftruncate(file->fd, file->written_bytes))
		file->error = -errno;
}

void packet_file__flush(struct packet_file *file)
{
	size_t done_bytes = 0;
	ssize_t n;

	while (!file->error && done_bytes < file->buffered_bytes) {
		n = write(file->fd, file->buffer + done_bytes, file->buffered_bytes - done_bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			file->error = -errno;
			take_back(file, done_bytes);
		} else {
			done_bytes += n;
		}
	}
	if (!file->error)
		file->written_bytes += file->buffered_bytes;
	file->buffered_bytes = 0;
}

/* Return: room for one more block. */
static char *place_for_block(struct packet_file *file)
{
	if (file->buffered_bytes + PCAPNG_BLOCK_BYTES > BUFFER_BYTES)
		packet_file__flush(file);
	return file->buffer + file->buffered_bytes;
}

static int create(struct packet_file *file, int dir_fd, const struct packet_place *place)
{
	char comment[256];
	int try;

	for (try = 1; try < TRIES_MAX && file->fd < 0; try++) {
		packet_file__name(file->name, place, try);
		file->fd = openat(dir_fd, file->name,
				  O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
		if (file->fd < 0 && errno != EEXIST)
			break;
	}
	if (file->fd < 0)
		return -errno;
	file->dir_fd = dir_fd;
	file->buffer = malloc(BUFFER_BYTES);
	if (!file->buffer)
		return -ENOMEM;
	snprintf(comment, sizeof(comment), "test %.100s%s%.48s, network namespace %.48s",
		 place->test, place->subtest ? ", subtest " : "", place->subtest ?: "",
		 place->netns);
	file->buffered_bytes += pcapng__section(place_for_block(file), comment);
	return 0;
}

/* Return: the index of an interface in the file, which it gets with its first packet. */
static unsigned int place_of(struct packet_file *file, int netns_fd, uint32_t ifindex)
{
	struct ifreq request = { .ifr_ifindex = ifindex };
	uint32_t *ifindexes;
	char name[IFNAMSIZ];
	unsigned int i;

	for (i = 0; i < file->ifindexes_cnt; i++) {
		if (file->ifindexes[i] == ifindex)
			return i;
	}
	ifindexes = realloc(file->ifindexes, (i + 1) * sizeof(*ifindexes));
	if (!ifindexes)
		return 0;
	file->ifindexes = ifindexes;
	file->ifindexes[file->ifindexes_cnt++] = ifindex;
	/* The interface may be gone, and then has no name any more. */
	if (ioctl(netns_fd, SIOCGIFNAME, &request))
		snprintf(name, sizeof(name), "if%u", ifindex);
	else
		snprintf(name, sizeof(name), "%.15s", request.ifr_name);
	file->buffered_bytes += pcapng__interface(place_for_block(file), name);
	return i;
}

void packet_file__add(struct packet_file *file, int dir_fd, int netns_fd,
		      const struct packet_place *place, const struct packet *packet)
{
	unsigned int interface;

	if (file->fd < 0 && !file->error)
		file->error = create(file, dir_fd, place);
	if (file->error || file->written_bytes + file->buffered_bytes + packet->kept_bytes >
				   PACKET_FILE_MAX_BYTES) {
		file->not_kept++;
		return;
	}
	interface = place_of(file, netns_fd, packet->ifindex);
	file->buffered_bytes += pcapng__packet(place_for_block(file), interface, packet);
	file->packets++;
}

void packet_file__end(struct packet_file *file, uint64_t lost)
{
	if (file->fd >= 0 && !file->error && lost + file->not_kept)
		file->buffered_bytes += pcapng__losses(place_for_block(file),
						       clock__read_ns(CLOCK_REALTIME),
						       lost + file->not_kept);
	packet_file__flush(file);
	/* Remove a file without packets. */
	if (file->fd >= 0 && !file->packets)
		unlinkat(file->dir_fd, file->name, 0);
	if (file->fd >= 0 && close(file->fd))
		file->error = file->error ?: -errno;
	free(file->buffer);
	free(file->ifindexes);
	file->fd = -1;
	file->buffer = NULL;
	file->ifindexes = NULL;
}
