/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file that packets of one network namespace go to while one test or subtest runs. It is made
 * with the first packet, and grows by whole blocks only: whoever is killed when, it can be read.
 */
#ifndef RUNNER_PACKETS_PACKET_FILE_H
#define RUNNER_PACKETS_PACKET_FILE_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/packets/pcapng.h"

/* Of one file. Packets that come behind it are counted. */
#define PACKET_FILE_MAX_BYTES (16 << 20)

struct packet_place {
	const char *test;
	const char *subtest; /* or NULL */
	int subtest_number;
	const char *netns;
};

struct packet_file {
	int fd; /* or -1: no packet has come yet */
	int dir_fd;
	char name[NAME_MAX + 1];
	uint32_t *ifindexes; /* by their place in the file */
	unsigned int ifindexes_cnt;
	char *buffer; /* whole blocks that are not written yet */
	size_t buffered_bytes, written_bytes;
	uint64_t packets;  /* in the file, and in the buffer */
	uint64_t not_kept; /* because the file or the disk was full */
	int error;         /* the first that there was: a negative errno */
};

/**
 * packet_file__name() - TEST.NETNS.pcapng or TEST.NUMBER-SUBTEST.NETNS.pcapng
 * @try: 1, or how often the name was taken already
 * @name: NAME_MAX + 1 bytes large
 *
 * Characters other than letters, digits, '-', '+' and '_' become '_', and long parts are cut.
 */
void packet_file__name(char *name, const struct packet_place *place, int try);

/** packet_file__is_of() - whether packet_file__name() could have given a test's file this name */
int packet_file__is_of(const char *name, const char *test);

/** packet_file__begin() - nothing is made before the first packet */
void packet_file__begin(struct packet_file *file);

/**
 * packet_file__add() - append a packet
 * @dir_fd: folder that the file is made in
 * @netns_fd: any socket of the namespace, which names its interfaces
 */
void packet_file__add(struct packet_file *file, int dir_fd, int netns_fd,
		      const struct packet_place *place, const struct packet *packet);

/** packet_file__flush() - write what was added */
void packet_file__flush(struct packet_file *file);

/**
 * packet_file__end() - write the rest, and close it
 * @lost: packets that the kernel could not keep for us
 *
 * Name, numbers and error stay to be read.
 */
void packet_file__end(struct packet_file *file, uint64_t lost);

#endif
