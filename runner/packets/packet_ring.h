/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All packets of one network namespace, through a ring that the kernel fills: every interface, lo
 * too, and those that come later, in both directions.
 *
 * A plain packet socket would do with less code, but one that wants the time of each packet
 * (SO_TIMESTAMPNS) has the kernel stamp all packets of the machine from then on, and programs then
 * find a time in skb->tstamp where there was 0. The ring has times and leaves packets as they are.
 * Version 2 of it, because of version 3 the last block is handed over only after a while.
 */
#ifndef RUNNER_PACKETS_PACKET_RING_H
#define RUNNER_PACKETS_PACKET_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/packets/pcapng.h"

struct packet_ring {
	int fd; /* readable when there are packets */
	unsigned char *slots;
	unsigned int next;     /* slot */
	uint64_t queued;       /* packets that the kernel has put into the ring, as last asked */
	uint64_t taken;        /* and that were taken out of it */
	uint64_t lost;         /* for which the ring had no room, as last asked */
	unsigned char *copied; /* room for a packet that does not fit into a slot */
};

typedef void (*packet_fn)(void *context, const struct packet *packet);

/**
 * packet_ring__open() - capture the network namespace of the calling thread from now on
 *
 * The namespace lives until the ring is closed. Needs CAP_NET_RAW and CAP_NET_ADMIN in it.
 *
 * Return: 0 or a negative errno.
 */
int packet_ring__open(struct packet_ring *ring);

/** packet_ring__take() - hand over the packets that are there, and make room for others */
void packet_ring__take(struct packet_ring *ring, packet_fn fn, void *context);

/**
 * packet_ring__drain() - hand over all packets that were captured before the call
 *
 * A packet is in the ring when the system call that sent it returns: nothing here waits for a time.
 */
void packet_ring__drain(struct packet_ring *ring, packet_fn fn, void *context);

/** packet_ring__close() - let the namespace go */
void packet_ring__close(struct packet_ring *ring);

#endif
