// SPDX-License-Identifier: GPL-2.0-only
/* Captures packets through one packet socket with a ring. Writes no files. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner/packets/packet_ring.h"

/* A packet that is larger than a slot is also queued, in memory that is charged to the socket. */
#define SLOT_BYTES  2048
#define SLOTS       4096
#define BLOCK_BYTES (64 << 10)
#define RING_BYTES  (SLOTS * SLOT_BYTES)
#define QUEUE_BYTES (32 << 20)

static int set_up(struct packet_ring *ring)
{
	const int version = TPACKET_V2, queue_large_ones = 1, queue_bytes = QUEUE_BYTES;
	const struct tpacket_req request = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = RING_BYTES / BLOCK_BYTES,
		.tp_frame_size = SLOT_BYTES,
		.tp_frame_nr = SLOTS,
	};
	const struct sockaddr_ll everything = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};

	if (setsockopt(ring->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(ring->fd, SOL_PACKET, PACKET_COPY_THRESH, &queue_large_ones,
		       sizeof(queue_large_ones)) ||
	    setsockopt(ring->fd, SOL_SOCKET, SO_RCVBUFFORCE, &queue_bytes, sizeof(queue_bytes)) ||
	    setsockopt(ring->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)))
		return -errno;
	ring->slots = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
	if (ring->slots == MAP_FAILED) {
		ring->slots = NULL;
		return -errno;
	}
	ring->copied = malloc(PCAPNG_SNAP_BYTES);
	if (!ring->copied)
		return -ENOMEM;
	/* The socket was opened for no protocol, so packets come only from here on. */
	return bind(ring->fd, (const struct sockaddr *)&everything, sizeof(everything)) ? -errno :
											  0;
}

int packet_ring__open(struct packet_ring *ring)
{
	int err;

	*ring = (struct packet_ring){ .fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0) };
	if (ring->fd < 0)
		return -errno;
	err = set_up(ring);
	if (err)
		packet_ring__close(ring);
	return err;
}

static struct tpacket2_hdr *next_slot(const struct packet_ring *ring)
{
	return (struct tpacket2_hdr *)(ring->slots + (size_t)ring->next * SLOT_BYTES);
}

/* The kernel writes the status after everything else. */
static uint32_t status_of(const struct tpacket2_hdr *slot)
{
	return __atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE);
}

static void read_slot(struct packet_ring *ring, const struct tpacket2_hdr *slot,
		      struct packet *packet)
{
	const unsigned char *bytes = (const unsigned char *)slot;
	const struct sockaddr_ll *from =
		(const struct sockaddr_ll *)(bytes + TPACKET_ALIGN(sizeof(*slot)));
	ssize_t n;

	*packet = (struct packet){
		.time_ns = slot->tp_sec * 1000000000ULL + slot->tp_nsec,
		.ifindex = from->sll_ifindex,
		.hardware_type = from->sll_hatype,
		.protocol = ntohs(from->sll_protocol),
		.type = from->sll_pkttype,
		.address_bytes = from->sll_halen,
		.data = bytes + slot->tp_mac,
		.kept_bytes = slot->tp_snaplen,
		.total_bytes = slot->tp_len,
	};
	memcpy(packet->address, from->sll_addr, sizeof(packet->address));
	if (slot->tp_status & TP_STATUS_VLAN_VALID) {
		packet->vlan_tci = slot->tp_vlan_tci;
		packet->vlan_tpid = slot->tp_status & TP_STATUS_VLAN_TPID_VALID ?
					    slot->tp_vlan_tpid :
					    ETH_P_8021Q;
	}
	if (!(slot->tp_status & TP_STATUS_COPY))
		return;
	n = recv(ring->fd, ring->copied, PCAPNG_SNAP_BYTES, MSG_DONTWAIT);
	if (n >= (ssize_t)packet->kept_bytes) {
		packet->data = ring->copied;
		packet->kept_bytes = n;
	}
}

static bool take_one(struct packet_ring *ring, packet_fn fn, void *context)
{
	struct tpacket2_hdr *slot = next_slot(ring);
	struct packet packet;

	if (!(status_of(slot) & TP_STATUS_USER))
		return false;
	read_slot(ring, slot, &packet);
	fn(context, &packet);
	__atomic_store_n(&slot->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	ring->next = (ring->next + 1) % SLOTS;
	ring->taken++;
	return true;
}

void packet_ring__take(struct packet_ring *ring, packet_fn fn, void *context)
{
	int left = SLOTS;

	/* Take a limited number of packets, because new ones may come as fast as they are taken. */
	while (left-- && take_one(ring, fn, context))
		;
}

/* The kernel's counters restart at 0 with each read. Its packet count includes lost packets. */
static void ask_how_many(struct packet_ring *ring)
{
	struct tpacket_stats stats = {};
	socklen_t size_bytes = sizeof(stats);

	if (getsockopt(ring->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size_bytes))
		return;
	ring->queued += stats.tp_packets - stats.tp_drops;
	ring->lost += stats.tp_drops;
}

/*
 * The kernel counts a packet when the packet gets its slot, but the packet can be read only after
 * it has been copied. Another CPU may still be copying a packet while later packets are complete.
 * The count shows that this packet is still to come.
 */
void packet_ring__drain(struct packet_ring *ring, packet_fn fn, void *context)
{
	ask_how_many(ring);
	while (ring->taken < ring->queued) {
		if (!take_one(ring, fn, context))
			sched_yield();
	}
}

void packet_ring__close(struct packet_ring *ring)
{
	if (ring->slots)
		munmap(ring->slots, RING_BYTES);
	if (ring->fd >= 0)
		close(ring->fd);
	free(ring->copied);
	*ring = (struct packet_ring){ .fd = -1 };
}
