/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes blocks of a pcapng file, the format of tcpdump and Wireshark, into memory. All packets
 * have the link type LINUX_SLL2, whatever their interface is: there is no link-layer header, but
 * the index of the interface, the direction and the address of the sender are kept.
 *
 * libpcap is not used, for three reasons. It writes pcap, which has no room for the names of
 * interfaces and the number of lost packets. Its "any" device leaves out what is sent on lo, so a
 * packet that XDP drops there is never seen. And in Debian 12 it brings libdbus, libsystemd,
 * libgcrypt and five more libraries into a program that is copied into every VM.
 */
#ifndef RUNNER_PACKETS_PCAPNG_H
#define RUNNER_PACKETS_PCAPNG_H

#include <stddef.h>
#include <stdint.h>

/* The size limit of a packet; a larger one is cut. BIG TCP on lo can have up to 512 KiB. */
#define PCAPNG_SNAP_BYTES  (256 << 10)
/* Room for any block: a packet, or texts that are cut to fit. */
#define PCAPNG_BLOCK_BYTES (PCAPNG_SNAP_BYTES + 4096)

/* The type of a packet's block. A block begins with its type and its length, 32 bits each. */
#define PCAPNG_PACKET 6

struct packet {
	uint64_t time_ns; /* time of capture, since 1970 */
	uint32_t ifindex;
	uint16_t hardware_type; /* one of ARPHRD_* */
	uint16_t protocol;      /* one of ETH_P_* */
	uint8_t type;           /* one of PACKET_HOST, PACKET_OUTGOING, ... */
	uint8_t address_bytes;
	uint8_t address[8]; /* link-layer address of the sender */
	uint16_t vlan_tpid; /* protocol of the VLAN tag, which the kernel stores apart; 0: no tag */
	uint16_t vlan_tci;  /* TCI of the VLAN tag */
	const void *data;   /* bytes of the packet, from its network layer on */
	uint32_t kept_bytes;  /* size of @data */
	uint32_t total_bytes; /* size of the whole packet */
};

/**
 * pcapng__section() - write the block that a file begins with
 * @place: room for PCAPNG_BLOCK_BYTES
 * @comment: describes the content
 *
 * Return: the length of the block in bytes, as for all functions here.
 */
size_t pcapng__section(char *place, const char *comment);

/** pcapng__interface() - write the block of an interface, which packets refer to by its index */
size_t pcapng__interface(char *place, const char *name);

/** pcapng__packet() - write a packet; @interface is the index of its interface in the file */
size_t pcapng__packet(char *place, uint32_t interface, const struct packet *packet);

/** pcapng__losses() - write the number of @packets that are missing, for all interfaces together */
size_t pcapng__losses(char *place, uint64_t time_ns, uint64_t packets);

#endif
