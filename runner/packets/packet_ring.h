/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Captures all packets of one network namespace, through a ring that the kernel fills. It covers
 * every interface, lo and later ones included, in both directions.
 *
 * A plain packet socket would need less code. But if it asks for the time of each packet
 * (SO_TIMESTAMPNS), the kernel puts a time into all packets of the machine, and BPF programs then
 * find a time in skb->tstamp instead of 0. The ring has times and leaves packets as they are. It is
 * a ring of version 2, because version 3 hands its last block over only after a delay.
 */
#ifndef RUNNER_PACKETS_PACKET_RING_H
#define RUNNER_PACKETS_PACKET_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/packets/pcapng.h"

struct packet_ring {
	int fd; /* a packet socket, readable when there are packets */
	unsigned char *slots;
	unsigned int next;     /* the slot to read next */
	uint64_t queued;       /* number of packets that the ring got, as last read */
	uint64_t taken;        /* number of packets that were taken out of the ring */
	uint64_t lost;         /* number of packets without room in the ring, as last read */
	unsigned char *copied; /* buffer for a packet that does not fit into a slot */
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

/** packet_ring__take() - pass the packets in the ring to @fn, and make room for others */
void packet_ring__take(struct packet_ring *ring, packet_fn fn, void *context);

/**
 * packet_ring__drain() - pass all packets to @fn that were captured before the call
 *
 * A packet is in the ring when the system call that sent it returns, so no time is spent waiting.
 */
void packet_ring__drain(struct packet_ring *ring, packet_fn fn, void *context);

/** packet_ring__close() - close the socket, which releases the namespace */
void packet_ring__close(struct packet_ring *ring);

#endif
