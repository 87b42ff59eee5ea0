// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers that read and change packets: bytes, checksums, VLAN tags, lengths, protocol, hash, ECN
 * and tunnel keys.
 *
 * Each program runs on a UDP packet that the test makes; the whole packet that comes out is
 * compared.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "skb_helpers.skel.h"

/* The kernel's errno for what a helper does not support. User space has no name for it. */
#define ENOTSUPP      524
#define PAYLOAD_BYTES 24

struct packet {
	struct ethhdr ethernet;
	struct iphdr ip;
	struct udphdr udp;
	__u8 payload[PAYLOAD_BYTES];
} __attribute__((packed));

/* The Internet checksum of an even number of bytes. */
static __u16 checksum(const void *data, size_t bytes, __u32 sum)
{
	for (size_t i = 0; i < bytes; i += 2) {
		__u16 word;

		memcpy(&word, (const char *)data + i, sizeof(word));
		sum += word;
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static __u16 udp_checksum(const struct packet *packet)
{
	__u32 sum = (packet->ip.saddr >> 16) + (packet->ip.saddr & 0xffff) +
		    (packet->ip.daddr >> 16) + (packet->ip.daddr & 0xffff) + htons(IPPROTO_UDP) +
		    packet->udp.len;

	return checksum(&packet->udp, sizeof(packet->udp) + PAYLOAD_BYTES, sum);
}

static struct packet make_packet(void)
{
	struct packet packet = {
		.ethernet = { { 2, 1, 1, 1, 1, 1 }, { 2, 9, 8, 7, 6, 5 }, htons(ETH_P_IP) },
		.ip = {
			.version = 4,
			.ihl = 5,
			.tot_len = htons(sizeof(packet) - ETH_HLEN),
			.ttl = 64,
			.protocol = IPPROTO_UDP,
			.saddr = htonl(0x0a010203),
			.daddr = htonl(0x0a040506),
		},
		.udp = {
			.source = htons(1000),
			.dest = htons(2000),
			.len = htons(sizeof(struct udphdr) + PAYLOAD_BYTES),
		},
	};

	for (int i = 0; i < PAYLOAD_BYTES; i++)
		packet.payload[i] = 7 * i + 1;
	packet.ip.check = checksum(&packet.ip, sizeof(packet.ip), 0);
	packet.udp.check = udp_checksum(&packet);
	return packet;
}

struct output {
	__u8 bytes[256];
	__u32 length;
};

static int run_on(const struct bpf_program *program, const struct packet *packet,
		  struct output *output)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = packet, .data_size_in = sizeof(*packet),
		.data_out = output->bytes, .data_size_out = sizeof(output->bytes),
	);
	int result = test_run_opts(program, &opts);

	output->length = opts.data_size_out;
	return result;
}

static int run(const struct bpf_program *program, struct output *output)
{
	struct packet packet = make_packet();

	return run_on(program, &packet, output);
}

static void is_packet(const struct output *output, const struct packet *expected)
{
	ASSERT_EQ(output->length, sizeof(*expected), "length");
	ASSERT_MEMEQ(output->bytes, expected, sizeof(*expected), "packet");
}

static void load_bytes(struct skb_helpers *skel)
{
	const struct bpf_program *program = skel->progs.load_bytes;
	struct packet packet = make_packet();
	struct output output;

	skel->bss->offset = 0;
	ASSERT_EQ(run(program, &output), 0, "load the first");
	ASSERT_MEMEQ(&skel->bss->buffer, &packet, 4, "first bytes");
	skel->bss->offset = sizeof(packet) - 4;
	ASSERT_EQ(run(program, &output), 0, "load the last");
	ASSERT_MEMEQ(&skel->bss->buffer, (char *)(&packet + 1) - 4, 4, "last bytes");
	skel->bss->offset = sizeof(packet) - 3;
	ASSERT_EQ(run(program, &output), -EFAULT, "load behind the end");
	ASSERT_EQ(skel->bss->buffer, 0, "bytes are cleared");
	skel->bss->offset = UINT32_MAX;
	ASSERT_EQ(run(program, &output), -EFAULT, "load in front");
	is_packet(&output, &packet);
}

static void load_bytes_relative(struct skb_helpers *skel)
{
	const struct bpf_program *program = skel->progs.load_bytes_relative;
	struct packet packet = make_packet();
	struct output output;

	skel->bss->offset = 4;
	skel->bss->header = BPF_HDR_START_MAC;
	ASSERT_EQ(run(program, &output), 0, "load from the first header");
	ASSERT_MEMEQ(&skel->bss->buffer, (char *)&packet + 4, 4, "bytes of the first header");
	skel->bss->header = BPF_HDR_START_NET;
	ASSERT_EQ(run(program, &output), 0, "load from the network header");
	ASSERT_MEMEQ(&skel->bss->buffer, (char *)&packet.ip + 4, 4, "bytes of the network header");
	skel->bss->header = 2;
	ASSERT_EQ(run(program, &output), -EFAULT, "unknown header");
	skel->bss->header = BPF_HDR_START_NET;
	skel->bss->offset = sizeof(packet) - ETH_HLEN - 4;
	ASSERT_EQ(run(program, &output), 0, "load the last");
	ASSERT_MEMEQ(&skel->bss->buffer, (char *)(&packet + 1) - 4, 4, "last bytes");
	skel->bss->offset++;
	ASSERT_EQ(run(program, &output), -EFAULT, "behind the end");
}

static void store_bytes(struct skb_helpers *skel)
{
	const struct bpf_program *program = skel->progs.store_bytes;
	struct packet expected = make_packet();
	struct output output;

	skel->bss->buffer = 0x11223344;
	skel->bss->offset = sizeof(expected) - 4;
	ASSERT_EQ(run(program, &output), 0, "store");
	memcpy(&expected.payload[PAYLOAD_BYTES - 4], &skel->bss->buffer, 4);
	is_packet(&output, &expected);
	skel->bss->flags = BPF_F_INVALIDATE_HASH | BPF_F_RECOMPUTE_CSUM;
	ASSERT_EQ(run(program, &output), 0, "store with flags");
	skel->bss->flags = 4;
	ASSERT_EQ(run(program, &output), -EINVAL, "unknown flag");
	skel->bss->flags = 0;
	skel->bss->offset++;
	ASSERT_EQ(run(program, &output), -EFAULT, "behind the end");
	expected = make_packet();
	is_packet(&output, &expected);
}

/* The checksum follows a change of the header. The test stores that change before the run. */
static void l3_csum_replace(struct skb_helpers *skel)
{
	const struct bpf_program *program = skel->progs.l3_csum_replace;
	struct packet packet = make_packet(), expected;
	struct output output;

	skel->bss->offset = ETH_HLEN + offsetof(struct iphdr, check);
	skel->bss->old_value = packet.ip.saddr;
	skel->bss->new_value = packet.ip.saddr = htonl(0xc0a80101);
	skel->bss->flags = 4;
	ASSERT_EQ(run_on(program, &packet, &output), 0, "replace four bytes");
	expected = packet;
	expected.ip.check = 0;
	expected.ip.check = checksum(&expected.ip, sizeof(expected.ip), 0);
	is_packet(&output, &expected);

	packet = make_packet();
	skel->bss->old_value = packet.ip.id;
	skel->bss->new_value = packet.ip.id = htons(0x99aa);
	skel->bss->flags = 2;
	ASSERT_EQ(run_on(program, &packet, &output), 0, "replace two bytes");
	expected = packet;
	expected.ip.check = 0;
	expected.ip.check = checksum(&expected.ip, sizeof(expected.ip), 0);
	is_packet(&output, &expected);
	skel->bss->flags = 3;
	ASSERT_EQ(run_on(program, &packet, &output), -EINVAL, "three bytes");
	skel->bss->flags = 2;
	skel->bss->offset = sizeof(packet) - 1;
	ASSERT_EQ(run_on(program, &packet, &output), -EFAULT, "behind the end");
	is_packet(&output, &packet);
}

static void l4_csum_replace(struct skb_helpers *skel)
{
	const struct bpf_program *program = skel->progs.l4_csum_replace;
	struct packet packet = make_packet(), expected;
	struct output output;

	skel->bss->offset = ETH_HLEN + sizeof(struct iphdr) + offsetof(struct udphdr, check);
	skel->bss->old_value = packet.udp.dest;
	skel->bss->new_value = packet.udp.dest = htons(53);
	skel->bss->flags = 2;
	ASSERT_EQ(run_on(program, &packet, &output), 0, "replace the port");
	expected = packet;
	expected.udp.check = 0;
	expected.udp.check = udp_checksum(&expected);
	is_packet(&output, &expected);

	/* A checksum of zero means that there is none. */
	packet.udp.check = 0;
	skel->bss->flags = 2 | BPF_F_MARK_MANGLED_0;
	ASSERT_EQ(run_on(program, &packet, &output), 0, "no checksum");
	is_packet(&output, &packet);
	skel->bss->flags = 3;
	ASSERT_EQ(run_on(program, &packet, &output), -EINVAL, "three bytes");
	skel->bss->flags = 2;
	skel->bss->offset = sizeof(packet) - 1;
	ASSERT_EQ(run_on(program, &packet, &output), -EFAULT, "behind the end");
	skel->bss->offset = 1;
	ASSERT_EQ(run_on(program, &packet, &output), -EFAULT, "odd offset");
}

static __u16 fold(__u32 sum)
{
	return ~checksum(NULL, 0, sum);
}

static __u32 differs(struct skb_helpers *skel, bool removes, bool adds, __u32 seed)
{
	struct output output;

	skel->bss->removes = removes;
	skel->bss->adds = adds;
	skel->bss->seed = seed;
	ASSERT_EQ(run(skel->progs.csum_diff, &output), 0, "run");
	return fold(skel->bss->difference);
}

static void csum_diff(struct skb_helpers *skel)
{
	const __u32 words[] = { 0x01020304, 0xa0b0c0d0, 0x11112222, 0x33334444 };
	__u16 from, to;

	memcpy(skel->bss->from, words, 8);
	memcpy(skel->bss->to, words + 2, 8);
	from = ~checksum(words, 8, 0);
	to = ~checksum(words + 2, 8, 0);
	ASSERT_EQ(differs(skel, false, true, 0), to, "sum of what is added");
	ASSERT_EQ(differs(skel, false, true, 5), fold(to + 5), "with a seed");
	ASSERT_EQ(differs(skel, true, false, 0), (__u16)~from, "negative sum of what is removed");
	ASSERT_EQ(differs(skel, true, true, 0), fold(to + (__u16)~from), "difference");
}

/* Runs @program on @data. @control and @protocol are those of the tag beside the packet. */
static void has_tag(struct skb_helpers *skel, const struct bpf_program *program, const void *data,
		    __u32 bytes, struct output *output, bool present, __u16 control,
		    __be16 protocol, __u32 length)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.data_in = data, .data_size_in = bytes,
		.data_out = output->bytes, .data_size_out = sizeof(output->bytes),
	);

	skel->bss->vlan_present = skel->bss->vlan_tci = skel->bss->vlan_proto = 0x123456;
	skel->bss->length = 0;
	ASSERT_EQ(test_run_opts(program, &opts), 0, "run");
	output->length = opts.data_size_out;
	ASSERT_EQ(skel->bss->vlan_present, present, "tag is present");
	ASSERT_EQ(skel->bss->vlan_tci, control, "tag");
	ASSERT_EQ(skel->bss->vlan_proto, protocol, "protocol");
	ASSERT_EQ(skel->bss->length, length, "length in the program");
}

static void vlan(struct skb_helpers *skel)
{
	const __be16 inner[] = { htons(ETH_P_8021Q), htons(0x2005) };
	const __be16 both[] = { htons(ETH_P_8021AD), htons(0x4007), inner[0], inner[1] };
	struct packet packet = make_packet();
	const __u32 bytes = sizeof(packet);
	__u8 tagged[sizeof(packet) + sizeof(both)];
	struct output output;

	skel->bss->outer_tag.protocol = htons(ETH_P_8021AD);
	skel->bss->outer_tag.control = 0x4007;
	skel->bss->inner_tag.control = 0x2005;
	printf("push one tag\n");
	has_tag(skel, skel->progs.vlan_push, &packet, bytes, &output, true, 0x4007,
		htons(ETH_P_8021AD), bytes);
	is_packet(&output, &packet);

	/* Either order of the protocols. */
	for (int i = 0; i < 2; i++) {
		const __be16 protocol = i ? both[0] : inner[0];
		const __be16 tag[] = { protocol, inner[1] };

		printf("push two tags, the inner one of protocol %#x\n", ntohs(protocol));
		skel->bss->inner_tag.protocol = protocol;
		skel->bss->outer_tag.protocol = i ? inner[0] : both[0];
		has_tag(skel, skel->progs.vlan_push_twice, &packet, bytes, &output, true, 0x4007,
			skel->bss->outer_tag.protocol, bytes + 4);
		ASSERT_EQ(output.length, bytes + 4, "length with a tag in the packet");
		ASSERT_MEMEQ(output.bytes, &packet, 12, "addresses");
		ASSERT_MEMEQ(output.bytes + 12, tag, sizeof(tag), "inner tag");
		ASSERT_MEMEQ(output.bytes + 16, (char *)&packet + 12, bytes - 12, "rest");
	}

	printf("pop from a packet without a tag\n");
	has_tag(skel, skel->progs.vlan_pop, &packet, bytes, &output, false, 0, 0, bytes);
	is_packet(&output, &packet);

	/* The outer tag goes, and the inner one moves beside the packet. */
	printf("pop from a packet with two tags\n");
	memcpy(tagged, &packet, 12);
	memcpy(tagged + 12, both, sizeof(both));
	memcpy(tagged + 20, (char *)&packet + 12, bytes - 12);
	has_tag(skel, skel->progs.vlan_pop, tagged, sizeof(tagged), &output, true, 0x2005,
		htons(ETH_P_8021Q), bytes);
	is_packet(&output, &packet);
}

/* Bytes in front: the whole packet moves back. */
static void change_head(struct skb_helpers *skel)
{
	struct packet packet = make_packet();
	struct output output;

	skel->bss->change = 10;
	ASSERT_EQ(run(skel->progs.change_head, &output), 0, "ten bytes more");
	ASSERT_EQ(output.length, sizeof(packet) + 10, "length");
	ASSERT_MEMEQ(output.bytes, "\0\0\0\0\0\0\0\0\0", 10, "new bytes");
	ASSERT_MEMEQ(output.bytes + 10, &packet, sizeof(packet), "packet behind them");
	skel->bss->flags = 1;
	ASSERT_EQ(run(skel->progs.change_head, &output), -EINVAL, "flag");
	skel->bss->flags = 0;
	skel->bss->change = 1 << 20;
	ASSERT_EQ(run(skel->progs.change_head, &output), -EINVAL, "more than a packet may have");
	is_packet(&output, &packet);
}

static void change_tail(struct skb_helpers *skel)
{
	struct packet packet = make_packet();
	struct output output;

	skel->bss->change = sizeof(packet) - 5;
	ASSERT_EQ(run(skel->progs.change_tail, &output), 0, "five bytes less");
	ASSERT_EQ(output.length, sizeof(packet) - 5, "length");
	ASSERT_MEMEQ(output.bytes, &packet, sizeof(packet) - 5, "what is left");
	skel->bss->change = ETH_HLEN - 1;
	ASSERT_EQ(run(skel->progs.change_tail, &output), -EINVAL, "less than the headers");
	skel->bss->change = 1 << 20;
	ASSERT_EQ(run(skel->progs.change_tail, &output), -EINVAL, "more than a packet may have");
	skel->bss->change = sizeof(packet);
	skel->bss->flags = 1;
	ASSERT_EQ(run(skel->progs.change_tail, &output), -EINVAL, "flag");
	is_packet(&output, &packet);
}

/* From IPv4 to IPv6, the header gets 20 bytes more; their content is the program's business. */
static void change_proto(struct skb_helpers *skel)
{
	struct packet packet = make_packet();
	struct output output;

	skel->bss->protocol = htons(ETH_P_IPV6);
	ASSERT_EQ(run(skel->progs.change_proto, &output), 0, "to IPv6");
	ASSERT_EQ(skel->bss->protocol, htons(ETH_P_IPV6), "protocol");
	ASSERT_EQ(output.length, sizeof(packet) + 20, "length");
	ASSERT_MEMEQ(output.bytes, &packet, 12, "addresses");
	ASSERT_MEMEQ(output.bytes + ETH_HLEN + 40, &packet.udp, sizeof(packet) - ETH_HLEN - 20,
		     "what is behind the header");
	skel->bss->protocol = htons(ETH_P_ARP);
	ASSERT_EQ(run(skel->progs.change_proto, &output), -ENOTSUPP, "to ARP");
	ASSERT_EQ(skel->bss->protocol, htons(ETH_P_IP), "protocol after refusal");
	skel->bss->protocol = htons(ETH_P_IPV6);
	skel->bss->flags = 1;
	ASSERT_EQ(run(skel->progs.change_proto, &output), -EINVAL, "flag");
}

static void change_type(struct skb_helpers *skel)
{
	struct output output;

	/* The packet is not for the address of lo. */
	skel->bss->new_value = PACKET_HOST;
	ASSERT_EQ(run(skel->progs.change_type, &output), 0, "for this host");
	ASSERT_EQ(skel->bss->type_before, PACKET_OTHERHOST, "type before");
	ASSERT_EQ(skel->bss->type_after, PACKET_HOST, "type after");
	skel->bss->new_value = PACKET_BROADCAST;
	ASSERT_EQ(run(skel->progs.change_type, &output), 0, "for all");
	ASSERT_EQ(skel->bss->type_after, PACKET_BROADCAST, "type for all");
	skel->bss->new_value = PACKET_OUTGOING;
	ASSERT_EQ(run(skel->progs.change_type, &output), -EINVAL, "outgoing");
	ASSERT_EQ(skel->bss->type_after, PACKET_OTHERHOST, "type after refusal");
}

static void adjust_room(struct skb_helpers *skel)
{
	struct packet packet = make_packet();
	struct output output;

	skel->bss->mode = BPF_ADJ_ROOM_NET;
	skel->bss->change = 8;
	ASSERT_EQ(run(skel->progs.adjust_room, &output), 0, "room behind the network header");
	ASSERT_EQ(output.length, sizeof(packet) + 8, "length");
	ASSERT_MEMEQ(output.bytes, &packet, ETH_HLEN + 20, "headers");
	ASSERT_MEMEQ(output.bytes + ETH_HLEN + 28, &packet.udp, sizeof(packet) - ETH_HLEN - 20,
		     "rest behind network header");
	skel->bss->mode = BPF_ADJ_ROOM_MAC;
	ASSERT_EQ(run(skel->progs.adjust_room, &output), 0, "room behind the first header");
	ASSERT_EQ(output.length, sizeof(packet) + 8, "length");
	ASSERT_MEMEQ(output.bytes, &packet, ETH_HLEN, "first header");
	ASSERT_MEMEQ(output.bytes + ETH_HLEN + 8, &packet.ip, sizeof(packet) - ETH_HLEN,
		     "rest behind first header");
	skel->bss->change = -8;
	ASSERT_EQ(run(skel->progs.adjust_room, &output), 0, "bytes away");
	ASSERT_EQ(output.length, sizeof(packet) - 8, "shorter length");
	ASSERT_MEMEQ(output.bytes + ETH_HLEN, (char *)&packet.ip + 8, sizeof(packet) - ETH_HLEN - 8,
		     "rest of the shorter packet");
	skel->bss->change = 0x1000;
	ASSERT_EQ(run(skel->progs.adjust_room, &output), -EFAULT, "too much room");
	skel->bss->change = 8;
	skel->bss->flags = 1 << 30;
	ASSERT_EQ(run(skel->progs.adjust_room, &output), -EINVAL, "unknown flag");
	skel->bss->flags = 0;
	skel->bss->mode = 2;
	ASSERT_EQ(run(skel->progs.adjust_room, &output), -ENOTSUPP, "unknown mode");
	is_packet(&output, &packet);
}

static void hash(struct skb_helpers *skel)
{
	struct output output;

	skel->bss->new_value = 0x12345678;
	ASSERT_EQ(run(skel->progs.hash, &output), 0, "run");
	ASSERT_NEQ(skel->bss->first_hash, 0, "hash of the packet");
	ASSERT_EQ(skel->bss->set_hash, 0x12345678, "hash that was set");
	ASSERT_EQ(skel->bss->last_hash, skel->bss->first_hash, "hash that was made again");
}

static void ecn_set_ce(struct skb_helpers *skel)
{
	struct packet packet = make_packet(), expected;
	struct output output;

	ASSERT_EQ(run_on(skel->progs.ecn_set_ce, &packet, &output), 0, "sender without ECN");
	is_packet(&output, &packet);
	packet.ip.tos = IPTOS_ECN_ECT0;
	packet.ip.check = 0;
	packet.ip.check = checksum(&packet.ip, sizeof(packet.ip), 0);
	ASSERT_EQ(run_on(skel->progs.ecn_set_ce, &packet, &output), 1, "sender with ECN");
	expected = packet;
	expected.ip.tos = IPTOS_ECN_CE;
	expected.ip.check = 0;
	expected.ip.check = checksum(&expected.ip, sizeof(expected.ip), 0);
	is_packet(&output, &expected);
	ASSERT_EQ(run_on(skel->progs.ecn_set_ce, &expected, &output), 1, "congestion before");
	is_packet(&output, &expected);
}

static void pull_data(struct skb_helpers *skel)
{
	struct packet packet = make_packet();
	struct output output;

	skel->bss->change = sizeof(packet);
	ASSERT_EQ(run(skel->progs.pull_data, &output), 0, "all");
	is_packet(&output, &packet);
	skel->bss->change = sizeof(packet) + 1;
	ASSERT_EQ(run(skel->progs.pull_data, &output), -ENOMEM, "more than there is");
}

/* What a program sets as destination is for the next one the source, and the other way round. */
static void tunnel(struct skb_helpers *skel)
{
	struct output output;

	skel->bss->tunnel_key = (struct bpf_tunnel_key){
		.tunnel_id = 0x112233,
		.remote_ipv4 = 0x0a000001,
		.local_ipv4 = 0x0a000002,
		.tunnel_tos = 4,
		.tunnel_ttl = 9,
	};
	memcpy(skel->bss->tunnel_option, "option!", 8);
	skel->bss->found_option.behind = 0x5a;
	ASSERT_EQ(run(skel->progs.tunnel, &output), 0, "run");
	ASSERT_EQ(skel->bss->missing_key_result, -EINVAL, "key before");
	ASSERT_EQ(skel->bss->set_key_result, 0, "set key");
	ASSERT_EQ(skel->bss->set_option_result, 0, "set option");
	ASSERT_EQ(skel->bss->get_option_result, 8, "bytes of option");
	ASSERT_EQ(skel->bss->found_key.tunnel_id, 0x112233, "id");
	ASSERT_EQ(skel->bss->found_key.remote_ipv4, 0x0a000002, "remote address");
	ASSERT_EQ(skel->bss->found_key.local_ipv4, 0x0a000001, "local address");
	ASSERT_EQ(skel->bss->found_key.tunnel_tos, 4, "type of service");
	ASSERT_EQ(skel->bss->found_key.tunnel_ttl, 9, "time to live");
	ASSERT_MEMEQ(skel->bss->found_option.bytes, "option!", 8, "option");
	ASSERT_EQ(skel->bss->found_option.behind, 0x5a, "byte behind the option");
	skel->bss->flags = 1 << 20;
	ASSERT_EQ(run(skel->progs.tunnel, &output), -EINVAL, "key after refusal");
	ASSERT_EQ(skel->bss->set_key_result, -EINVAL, "unknown flag");
	ASSERT_EQ(skel->bss->set_option_result, -EINVAL, "set option without key");
	ASSERT_EQ(skel->bss->get_option_result, -ENOENT, "get option without key");
}

TEST_NEEDS(skb_helpers, NEED_PROG_TYPE(SCHED_CLS, "4.1", IF_CONFIG("NET")));

void test_skb_helpers(void)
{
	static const struct {
		const char *name;
		void (*run)(struct skb_helpers *skel);
	} subtests[] = {
		/* clang-format off */
		{ "load_bytes",			load_bytes },
		{ "load_bytes_relative",	load_bytes_relative },
		{ "store_bytes",		store_bytes },
		{ "l3_csum_replace",		l3_csum_replace },
		{ "l4_csum_replace",		l4_csum_replace },
		{ "csum_diff",			csum_diff },
		{ "vlan",			vlan },
		{ "change_head",		change_head },
		{ "change_tail",		change_tail },
		{ "change_proto",		change_proto },
		{ "change_type",		change_type },
		{ "adjust_room",		adjust_room },
		{ "hash",			hash },
		{ "ecn_set_ce",			ecn_set_ce },
		{ "pull_data",			pull_data },
		{ "tunnel",			tunnel },
		/* clang-format on */
	};

	RUN_SKEL_SUBTESTS(skb_helpers, subtests);
}
