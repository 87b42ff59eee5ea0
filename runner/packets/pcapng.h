/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Blocks of a pcapng file, the format of tcpdump and Wireshark. All packets have the link type
 * LINUX_SLL2: whatever the interface is, there is no link-layer header, and its index, the
 * direction and the sender's address are kept. Touches memory only.
 *
 * Not by libpcap, for three reasons. It writes pcap, which has no room for the names of interfaces
 * and for what was lost; its "any" device leaves out what is sent on lo, so that a packet that XDP
 * drops there is never seen; and in Debian 12 it brings libdbus, libsystemd, libgcrypt and five
 * more libraries into a program that is copied into every VM.
 */
#ifndef RUNNER_PACKETS_PCAPNG_H
#define RUNNER_PACKETS_PCAPNG_H

#include <stddef.h>
#include <stdint.h>

/* Of one packet; a larger one is cut. BIG TCP on lo goes up to 512 KiB, but not by default. */
#define PCAPNG_SNAP_BYTES  (256 << 10)
/* Room for any block: a packet, or texts that are cut to fit. */
#define PCAPNG_BLOCK_BYTES (PCAPNG_SNAP_BYTES + 4096)

/* A block begins with its type and its length, 32 bits each. */
#define PCAPNG_PACKET 6

struct packet {
	uint64_t time_ns; /* since 1970 */
	uint32_t ifindex;
	uint16_t hardware_type; /* ARPHRD_* */
	uint16_t protocol;      /* ETH_P_* */
	uint8_t type;           /* PACKET_HOST, PACKET_OUTGOING, ... */
	uint8_t address_bytes;
	uint8_t address[8];  /* of the sender, in the link layer */
	uint16_t vlan_tpid;  /* ETH_P_8021Q or so: a tag that the kernel keeps beside it; 0: none */
	uint16_t vlan_tci;   /* of that tag */
	const void *data;    /* from the network layer on */
	uint32_t kept_bytes; /* of @data */
	uint32_t total_bytes; /* that there were */
};

/**
 * pcapng__section() - the block that a file begins with
 * @place: where the block goes, PCAPNG_BLOCK_BYTES large
 * @comment: what the file is of
 *
 * Return: the block's length in bytes, as all of these.
 */
size_t pcapng__section(char *place, const char *comment);

/** pcapng__interface() - one for each interface, which the packets name by its place in the file */
size_t pcapng__interface(char *place, const char *name);

/** pcapng__packet() - @interface: place of its interface in the file, from 0 on */
size_t pcapng__packet(char *place, uint32_t interface, const struct packet *packet);

/** pcapng__losses() - how many packets of all interfaces did not make it into the file */
size_t pcapng__losses(char *place, uint64_t time_ns, uint64_t packets);

#endif
