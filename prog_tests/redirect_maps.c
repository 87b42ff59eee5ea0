// SPDX-License-Identifier: GPL-2.0-only
/*
 * The maps of redirection, for devices, CPUs and AF_XDP sockets: what they store, what they refuse,
 * and what bpf_redirect_map() returns for present and absent elements.
 *
 * BPF_PROG_TEST_RUN does not send the packet: the return value is the program's.
 */
#include <linux/if_xdp.h>
#include <net/if.h>
#include <sys/socket.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "redirect_maps.skel.h"

#define UNKNOWN_FLAG (1ULL << 20)
#define NO_DEVICE    0x7ffffff0

static int redirect(struct redirect_maps *skel, const struct bpf_program *program, __u32 key,
		    __u64 flags)
{
	char packet[64] = {};

	skel->bss->key = key;
	skel->bss->flags = flags;
	return test_run_packet(program, packet, sizeof(packet));
}

static int update(const struct bpf_map *map, __u32 key, const void *value, __u64 flags)
{
	return bpf_map_update_elem(bpf_map__fd(map), &key, value, flags);
}

static int lookup(const struct bpf_map *map, __u32 key, void *value)
{
	return bpf_map_lookup_elem(bpf_map__fd(map), &key, value);
}

static int delete(const struct bpf_map *map, __u32 key)
{
	return bpf_map_delete_elem(bpf_map__fd(map), &key);
}

/* The steps that both maps of devices have in common. */
static void devices(struct redirect_maps *skel, const struct bpf_map *map,
		    const struct bpf_program *program)
{
	struct bpf_devmap_val value = { .ifindex = if_nametoindex("lo"), .bpf_prog.fd = -1 };
	struct bpf_devmap_val found = {}, absent = { .ifindex = NO_DEVICE, .bpf_prog.fd = -1 };
	int at_device = bpf_program__fd(skel->progs.at_device);

	ASSERT_EQ(redirect(skel, program, 1, XDP_PASS), XDP_PASS, "no element, pass");
	ASSERT_EQ(redirect(skel, program, 1, XDP_DROP), XDP_DROP, "no element, drop");
	ASSERT_EQ(lookup(map, 1, &found), -ENOENT, "look up before");
	ASSERT_EQ(update(map, 1, &value, BPF_ANY), 0, "insert");
	ASSERT_EQ(redirect(skel, program, 1, XDP_PASS), XDP_REDIRECT, "element");
	ASSERT_EQ(redirect(skel, program, 0, XDP_PASS), XDP_PASS, "another key");
	ASSERT_EQ(lookup(map, 1, &found), 0, "look up");
	ASSERT_EQ(found.ifindex, value.ifindex, "device");
	ASSERT_EQ(found.bpf_prog.id, 0, "program");

	value.bpf_prog.fd = at_device;
	ASSERT_EQ(update(map, 1, &value, BPF_EXIST), 0, "replace");
	ASSERT_EQ(lookup(map, 1, &found), 0, "look up replacement");
	ASSERT_EQ(found.bpf_prog.id, program_id(at_device), "program of replacement");
	/* A program for packets that come in, and one for another kind of map, are refused. */
	value.bpf_prog.fd = bpf_program__fd(skel->progs.to_device);
	ASSERT_EQ(update(map, 1, &value, BPF_ANY), -EINVAL, "program of another attach type");
	value.bpf_prog.fd = bpf_program__fd(skel->progs.at_cpu);
	ASSERT_EQ(update(map, 1, &value, BPF_ANY), -EINVAL, "program for CPUs");
	ASSERT_EQ(update(map, 1, &absent, BPF_ANY), -EINVAL, "no such device");
	value.bpf_prog.fd = -1;
	ASSERT_EQ(update(map, 1, &value, UNKNOWN_FLAG), -EINVAL, "unknown flag");
	ASSERT_EQ(update(map, 1, &value, BPF_NOEXIST), -EEXIST, "NOEXIST, old key");
	ASSERT_EQ(lookup(map, 1, &found), 0, "look up after refusals");
	ASSERT_EQ(found.bpf_prog.id, program_id(at_device), "program after refusals");

	ASSERT_EQ(redirect(skel, program, 1, BPF_F_BROADCAST), XDP_REDIRECT, "to all");
	ASSERT_EQ(delete (map, 1), 0, "delete");
	ASSERT_EQ(lookup(map, 1, &found), -ENOENT, "look up after deletion");
	ASSERT_EQ(redirect(skel, program, 1, XDP_TX), XDP_TX, "after deletion");
}

static void devmap(struct redirect_maps *skel)
{
	const struct bpf_map *map = skel->maps.devices;
	struct bpf_devmap_val value = { .ifindex = if_nametoindex("lo"), .bpf_prog.fd = -1 };
	struct bpf_devmap_val none = { .bpf_prog.fd = bpf_program__fd(skel->progs.at_device) };

	devices(skel, map, skel->progs.to_device);
	ASSERT_EQ(update(map, 4, &value, BPF_ANY), -E2BIG, "behind the last");
	ASSERT_EQ(update(map, 1, &none, BPF_ANY), -EINVAL, "program without a device");
	/* An array has all keys; device 0 empties an element. */
	ASSERT_EQ(update(map, 2, &value, BPF_ANY), 0, "insert");
	none.bpf_prog.fd = -1;
	ASSERT_EQ(update(map, 2, &none, BPF_ANY), 0, "insert none");
	ASSERT_EQ(lookup(map, 2, &value), -ENOENT, "look up none");
}

static void devmap_hash(struct redirect_maps *skel)
{
	const struct bpf_map *map = skel->maps.devices_by_hash;
	struct bpf_devmap_val value = { .ifindex = if_nametoindex("lo"), .bpf_prog.fd = -1 };
	__u32 key = 0, next;

	devices(skel, map, skel->progs.to_device_by_hash);
	ASSERT_EQ(delete (map, 1), -ENOENT, "delete what is not there");
	ASSERT_EQ(update(map, 1000, &value, BPF_NOEXIST), 0, "insert a large key");
	ASSERT_EQ(update(map, 2000, &value, BPF_ANY), 0, "insert another");
	ASSERT_EQ(update(map, 3000, &value, BPF_ANY), -E2BIG, "one too many");
	ASSERT_EQ(redirect(skel, skel->progs.to_device_by_hash, 2000, XDP_PASS), XDP_REDIRECT,
		  "large key");
	ASSERT_OK(bpf_map_get_next_key(bpf_map__fd(map), NULL, &key), "first key");
	ASSERT_OK(bpf_map_get_next_key(bpf_map__fd(map), &key, &next), "second key");
	ASSERT_EQ(key + next, 3000, "both keys");
	ASSERT_EQ(bpf_map_get_next_key(bpf_map__fd(map), &next, &key), -ENOENT, "third key");
}

static int allowed_cpu(void)
{
	cpu_set_t allowed;

	ASSERT_OK(sched_getaffinity(0, sizeof(allowed), &allowed), "CPUs");
	for (int cpu = 0; cpu < 4; cpu++)
		if (CPU_ISSET(cpu, &allowed))
			return cpu;
	return -1;
}

static void cpumap(struct redirect_maps *skel)
{
	struct bpf_cpumap_val value = { .qsize = 192, .bpf_prog.fd = -1 }, found = {};
	const struct bpf_program *program = skel->progs.to_cpu;
	int at_cpu = bpf_program__fd(skel->progs.at_cpu), cpu = allowed_cpu(), err;
	const struct bpf_map *map = skel->maps.cpus;

	if (!ASSERT_GE(cpu, 0, "a CPU below four"))
		return;
	ASSERT_EQ(redirect(skel, program, cpu, XDP_DROP), XDP_DROP, "no element");
	ASSERT_EQ(lookup(map, cpu, &found), -ENOENT, "look up before");
	ASSERT_EQ(update(map, cpu, &value, BPF_ANY), 0, "insert");
	ASSERT_EQ(redirect(skel, program, cpu, XDP_DROP), XDP_REDIRECT, "element");
	ASSERT_EQ(redirect(skel, program, 4, XDP_DROP), XDP_DROP, "behind the last element");
	ASSERT_EQ(lookup(map, cpu, &found), 0, "look up");
	ASSERT_EQ(found.qsize, 192, "size of queue");
	ASSERT_EQ(found.bpf_prog.id, 0, "program");
	value.qsize = 64;
	value.bpf_prog.fd = at_cpu;
	ASSERT_EQ(update(map, cpu, &value, BPF_EXIST), 0, "replace");
	ASSERT_EQ(lookup(map, cpu, &found), 0, "look up replacement");
	ASSERT_EQ(found.qsize, 64, "size of queue of replacement");
	ASSERT_EQ(found.bpf_prog.id, program_id(at_cpu), "program of replacement");

	value.bpf_prog.fd = bpf_program__fd(skel->progs.at_device);
	err = update(map, cpu, &value, BPF_ANY);
	/* Older kernels report each failure as a lack of memory. */
	ASSERT(err == -EINVAL || err == -ENOMEM, "program for devices", "returned %d", err);
	value.bpf_prog.fd = -1;
	ASSERT_EQ(update(map, cpu, &value, BPF_NOEXIST), -EEXIST, "NOEXIST");
	value.qsize = 16385;
	ASSERT_EQ(update(map, cpu, &value, BPF_ANY), -EOVERFLOW, "queue of more than 16384");
	value.qsize = 64;
	ASSERT_EQ(update(map, 4, &value, BPF_ANY), -E2BIG, "behind the last");
	ASSERT_EQ(update(map, cpu, &value, UNKNOWN_FLAG), -EINVAL, "unknown flag");
	value.qsize = 0;
	ASSERT_EQ(update(map, cpu, &value, BPF_ANY), 0, "queue of none removes");
	ASSERT_EQ(lookup(map, cpu, &found), -ENOENT, "look up what was removed");
	ASSERT_EQ(redirect(skel, program, cpu, XDP_PASS), XDP_PASS, "after removal");
}

/* Newer kernels refuse a socket that cannot receive. */
static bool add_receive_ring(int fd)
{
	const int descriptors = 64;

	return ASSERT_OK_FD(fd, "AF_XDP socket") &&
	       ASSERT_OK(setsockopt(fd, SOL_XDP, XDP_RX_RING, &descriptors, sizeof(descriptors)),
			 "receive ring");
}

static void xskmap(struct redirect_maps *skel)
{
	auto_fd int xdp_socket = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	auto_fd int second_socket = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	auto_fd int udp_socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	auto_fd int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const struct bpf_program *program = skel->progs.to_socket;
	const struct bpf_map *map = skel->maps.sockets;
	__u32 found;

	if (!add_receive_ring(xdp_socket) || !add_receive_ring(second_socket))
		return;
	ASSERT_EQ(redirect(skel, program, 2, XDP_PASS), XDP_PASS, "no element");
	ASSERT_EQ(update(map, 2, &xdp_socket, BPF_EXIST), -ENOENT, "EXIST, empty");
	ASSERT_EQ(update(map, 2, &xdp_socket, BPF_NOEXIST), 0, "NOEXIST, empty");
	ASSERT_EQ(update(map, 2, &second_socket, BPF_NOEXIST), -EEXIST, "NOEXIST, occupied");
	ASSERT_EQ(update(map, 2, &second_socket, BPF_EXIST), 0, "EXIST, occupied");
	ASSERT_EQ(redirect(skel, program, 2, XDP_PASS), XDP_REDIRECT, "element");
	ASSERT_EQ(redirect(skel, program, 4, XDP_PASS), XDP_PASS, "behind the last");
	ASSERT_EQ(lookup(map, 2, &found), -EOPNOTSUPP, "look up");
	ASSERT_EQ(update(map, 4, &xdp_socket, BPF_ANY), -E2BIG, "insert behind the last");
	ASSERT_EQ(update(map, 1, &udp_socket, BPF_ANY), -EOPNOTSUPP, "UDP socket");
	ASSERT_EQ(update(map, 1, &file, BPF_ANY), -ENOTSOCK, "not a socket");
	ASSERT_EQ(delete (map, 2), 0, "delete");
	ASSERT_EQ(redirect(skel, program, 2, XDP_PASS), XDP_PASS, "after deletion");

	/* A socket that is closed leaves the map. */
	ASSERT_EQ(update(map, 3, &xdp_socket, BPF_ANY), 0, "insert");
	close(xdp_socket);
	xdp_socket = -1;
	ASSERT_EQ(redirect(skel, program, 3, XDP_PASS), XDP_PASS, "after close");
}

static int create(enum bpf_map_type type, __u32 key_bytes, __u32 value_bytes, __u32 entries)
{
	auto_fd int fd = bpf_map_create(type, "elements", key_bytes, value_bytes, entries, NULL);

	return fd < 0 ? fd : 0;
}

static void creation(struct redirect_maps *skel)
{
	ASSERT_EQ(create(BPF_MAP_TYPE_DEVMAP, 4, 4, 1), 0, "devices without programs");
	ASSERT_EQ(create(BPF_MAP_TYPE_DEVMAP, 4, 12, 1), -EINVAL, "devices, twelve bytes");
	ASSERT_EQ(create(BPF_MAP_TYPE_DEVMAP_HASH, 8, 8, 1), -EINVAL, "devices, key of eight");
	ASSERT_EQ(create(BPF_MAP_TYPE_CPUMAP, 4, 4, 1), 0, "CPUs without programs");
	ASSERT_EQ(create(BPF_MAP_TYPE_CPUMAP, 4, 4, 1 << 20), -E2BIG, "too many CPUs");
	ASSERT_EQ(create(BPF_MAP_TYPE_XSKMAP, 4, 8, 1), -EINVAL, "sockets, eight bytes");
	ASSERT_EQ(create(BPF_MAP_TYPE_XSKMAP, 4, 4, 0), -EINVAL, "no sockets");
}

TEST_NEEDS(redirect_maps, NEED_PROG_TYPE(XDP, "4.8", IF_CONFIG("NET")),
	   NEED_MAP_TYPE(DEVMAP_HASH, "5.4"), NEED_MAP_TYPE(CPUMAP, "4.15"),
	   NEED_MAP_TYPE(XSKMAP, "4.18", IF_CONFIG("XDP_SOCKETS")));

void test_redirect_maps(void)
{
	static const struct {
		const char *name;
		void (*run)(struct redirect_maps *skel);
	} subtests[] = {
		/* clang-format off */
		{ "devmap",		devmap },
		{ "devmap_hash",	devmap_hash },
		{ "cpumap",		cpumap },
		{ "xskmap",		xskmap },
		{ "creation",		creation },
		/* clang-format on */
	};

	RUN_SKEL_SUBTESTS(redirect_maps, subtests);
}
