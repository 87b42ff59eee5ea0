/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file for the packets of one network namespace while one test or subtest runs. It is created
 * with the first packet, and grows only by whole blocks, so that it can be read even after a
 * process was killed.
 */
#ifndef RUNNER_PACKETS_PACKET_FILE_H
#define RUNNER_PACKETS_PACKET_FILE_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/packets/pcapng.h"

/* The size limit of a file. Packets beyond it are only counted. */
#define PACKET_FILE_MAX_BYTES (16 << 20)

struct packet_place {
	const char *test;
	const char *subtest; /* name of the subtest, or NULL */
	int subtest_number;
	const char *netns;
};

struct packet_file {
	int fd; /* descriptor of the file; -1 before the first packet */
	int dir_fd;
	char name[NAME_MAX + 1];
	uint32_t *ifindexes; /* kernel's index of each interface, in the order of the file */
	unsigned int ifindexes_cnt;
	char *buffer; /* whole blocks that are not written yet */
	size_t buffered_bytes, written_bytes;
	uint64_t packets;  /* number of packets in the file and in the buffer */
	uint64_t not_kept; /* number of packets dropped because the file or the disk was full */
	int error;         /* the first error, as a negative errno */
};

/**
 * packet_file__name() - make the name TEST.NETNS.pcapng or TEST.NUMBER-SUBTEST.NETNS.pcapng
 * @name: set to the name; has NAME_MAX + 1 bytes
 * @try: 1 at first; one more each time that the name already exists
 *
 * Characters other than letters, digits, '-', '+' and '_' become '_', and long parts are cut.
 */
void packet_file__name(char *name, const struct packet_place *place, int try);

/** packet_file__is_of() - whether packet_file__name() can make @name for a file of @test */
int packet_file__is_of(const char *name, const char *test);

/** packet_file__begin() - initialize a file, which is created with its first packet */
void packet_file__begin(struct packet_file *file);

/**
 * packet_file__add() - append a packet
 * @dir_fd: the folder for the file
 * @netns_fd: any socket of the namespace, to look up names of interfaces
 */
void packet_file__add(struct packet_file *file, int dir_fd, int netns_fd,
		      const struct packet_place *place, const struct packet *packet);

/** packet_file__flush() - write the blocks that are in the buffer */
void packet_file__flush(struct packet_file *file);

/**
 * packet_file__end() - write the blocks that are in the buffer, and close the file
 * @lost: number of packets that the kernel could not store
 *
 * The members name, packets, not_kept and error can still be read.
 */
void packet_file__end(struct packet_file *file, uint64_t lost);

#endif
