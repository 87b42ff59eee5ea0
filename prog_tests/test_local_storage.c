// SPDX-License-Identifier: GPL-2.0-only
/*
 * Storage of inodes and of sockets: programs and user space share it, each object has its own, and
 * a connection can inherit that of its listener.
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "network_helpers.h"
#include "test_progs.h"
#include "testing_helpers.h"
#include "test_local_storage.skel.h"

#define CREATE        BPF_LOCAL_STORAGE_GET_F_CREATE
#define FILE_PATH     "/tmp/test_local_storage.file"
#define OTHER_PATH    "/tmp/test_local_storage.other"
/* The kernel's errno for a missing operation of a map. User space has no name for it. */
#define ENOTSUPP      524
#define PAYLOAD_BYTES 50
#define PACKET_BYTES  (20 + 8 + PAYLOAD_BYTES) /* IPv4, UDP */

/* Opens the skeleton with only one of its programs. */
static struct test_local_storage *load(bool with_inodes)
{
	struct test_local_storage *skel = test_local_storage__open();

	if (!ASSERT_OK_PTR(skel, "open"))
		return NULL;
	bpf_program__set_autoload(skel->progs.count_opens, with_inodes);
	bpf_map__set_autocreate(skel->maps.inodes, with_inodes);
	bpf_program__set_autoload(skel->progs.count_packets, !with_inodes);
	bpf_map__set_autocreate(skel->maps.sockets, !with_inodes);
	if (ASSERT_OK(test_local_storage__load(skel), "load")) {
		skel->bss->own_tgid = getpid();
		return skel;
	}
	test_local_storage__destroy(skel);
	return NULL;
}

static void has_value(const struct bpf_map *map, int key, __u64 expected)
{
	__u64 value = ~expected;

	ASSERT_OK(bpf_map_lookup_elem(bpf_map__fd(map), &key, &value), "look up");
	ASSERT_EQ(value, expected, "value");
}

static void has_none(const struct bpf_map *map, int key)
{
	__u64 value;

	ASSERT_EQ(bpf_map_lookup_elem(bpf_map__fd(map), &key, &value), -ENOENT, "no storage");
}

static int open_once(void *path)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0;
}

static void inode(void)
{
	auto_skel struct test_local_storage *skel = load(true);
	auto_fd int file = open(FILE_PATH, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	auto_fd int other = open(OTHER_PATH, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const struct bpf_map *map;
	int bad = -1, key = other;
	__u64 value = 500;

	if (!skel || !ASSERT_OK_FD(file, FILE_PATH) || !ASSERT_OK_FD(other, OTHER_PATH) ||
	    !attach(skel->progs.count_opens, &skel->links.count_opens))
		return;
	map = skel->maps.inodes;
	ASSERT_EQ(open_once(FILE_PATH), 0, "open without creation");
	has_none(map, file);
	skel->bss->inode_flags = CREATE;
	ASSERT_EQ(open_once(FILE_PATH), 0, "open");
	has_value(map, file, 11);
	ASSERT_EQ(open_once(FILE_PATH), 0, "open again");
	ASSERT_EQ(in_child(open_once, FILE_PATH), 0, "open in another process");
	has_value(map, file, 12);
	has_none(map, other);

	ASSERT_EQ(bpf_map_update_elem(bpf_map__fd(map), &key, &value, BPF_EXIST), -ENOENT, "EXIST");
	ASSERT_OK(bpf_map_update_elem(bpf_map__fd(map), &key, &value, BPF_NOEXIST), "NOEXIST");
	ASSERT_EQ(open_once(OTHER_PATH), 0, "open the other");
	has_value(map, other, 501);
	has_value(map, file, 12);
	ASSERT_OK(bpf_map_delete_elem(bpf_map__fd(map), &key), "delete");
	ASSERT_EQ(bpf_map_delete_elem(bpf_map__fd(map), &key), -ENOENT, "delete again");
	has_none(map, other);
	ASSERT_EQ(bpf_map_update_elem(bpf_map__fd(map), &bad, &value, BPF_ANY), -EBADF,
		  "no descriptor");

	skel->bss->forget = 1;
	skel->bss->forget_result = 1;
	ASSERT_EQ(open_once(FILE_PATH), 0, "open to delete");
	ASSERT_EQ(skel->bss->forget_result, 0, "result of deletion");
	has_none(map, file);
	ASSERT_EQ(open_once(FILE_PATH), 0, "open to delete again");
	ASSERT_EQ(skel->bss->forget_result, -ENOENT, "result of second deletion");
}

static void send_packet(const int pair[2])
{
	char payload[PAYLOAD_BYTES] = {}, received[PAYLOAD_BYTES];

	ASSERT_OK(send_exact(pair[0], payload, sizeof(payload), test__wait_timeout_ms()), "send");
	ASSERT_OK(recv_exact(pair[1], received, sizeof(received), test__wait_timeout_ms(), NULL),
		  "receive");
}

static void sk(void)
{
	auto_skel struct test_local_storage *skel = load(false);
	auto_fd int cgroup = test__join_cgroup("");
	int first[2], second[2], key;
	const struct bpf_map *map;
	__u64 value = 1000;

	if (!skel || cgroup < 0 ||
	    !ASSERT_OK(connected_pair(AF_INET, SOCK_DGRAM, test__wait_timeout_ms(), first), "pair"))
		return;
	if (!ASSERT_OK(connected_pair(AF_INET, SOCK_DGRAM, test__wait_timeout_ms(), second),
		       "second pair"))
		goto close_first;
	map = skel->maps.sockets;
	skel->links.count_packets = bpf_program__attach_cgroup(skel->progs.count_packets, cgroup);
	if (!ASSERT_OK_PTR(skel->links.count_packets, "attach"))
		goto close_second;
	send_packet(first);
	has_none(map, first[0]);
	skel->bss->socket_flags = CREATE;
	send_packet(first);
	send_packet(first);
	has_value(map, first[0], 100 + 2 * PACKET_BYTES);
	has_none(map, first[1]);
	has_none(map, second[0]);

	key = second[0];
	ASSERT_EQ(bpf_map_update_elem(bpf_map__fd(map), &key, &value, BPF_EXIST), -ENOENT, "EXIST");
	ASSERT_OK(bpf_map_update_elem(bpf_map__fd(map), &key, &value, BPF_NOEXIST), "NOEXIST");
	ASSERT_EQ(bpf_map_update_elem(bpf_map__fd(map), &key, &value, BPF_NOEXIST), -EEXIST,
		  "NOEXIST, old");
	send_packet(second);
	has_value(map, second[0], 1000 + PACKET_BYTES);
	ASSERT_EQ(bpf_map_lookup_and_delete_elem(bpf_map__fd(map), &key, &value), -ENOTSUPP,
		  "look up and delete");
	key = cgroup;
	ASSERT_EQ(bpf_map_update_elem(bpf_map__fd(map), &key, &value, BPF_ANY), -ENOTSOCK,
		  "not a socket");

	skel->bss->forget = 1;
	skel->bss->forget_result = 1;
	send_packet(first);
	ASSERT_EQ(skel->bss->forget_result, 0, "result of deletion");
	has_none(map, first[0]);
	send_packet(first);
	ASSERT_EQ(skel->bss->forget_result, -ENOENT, "result of second deletion");
	has_value(map, second[0], 1000 + PACKET_BYTES);
close_second:
	close(second[0]);
	close(second[1]);
close_first:
	close(first[0]);
	close(first[1]);
}

/* Makes a connection to a listener whose storage has a value; returns that of its new socket. */
static int value_of_accepted(int map_fd, __u64 *value)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	auto_fd int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	auto_fd int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(address);
	int key = listener;

	*value = 77;
	ASSERT_OK(bind(listener, (struct sockaddr *)&address, len), "bind");
	ASSERT_OK(listen(listener, 1), "listen");
	ASSERT_OK(getsockname(listener, (struct sockaddr *)&address, &len), "address");
	ASSERT_OK(bpf_map_update_elem(map_fd, &key, value, BPF_ANY), "value of listener");
	ASSERT_OK(connect(client, (struct sockaddr *)&address, len), "connect");
	auto_fd int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	ASSERT_OK_FD(accepted, "accept");
	key = client;
	ASSERT_EQ(bpf_map_lookup_elem(map_fd, &key, value), -ENOENT, "value of client");
	key = accepted;
	return bpf_map_lookup_elem(map_fd, &key, value);
}

static void sk_clone(void)
{
	const __u32 flags[] = { BPF_F_NO_PREALLOC | BPF_F_CLONE, BPF_F_NO_PREALLOC };

	for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++) {
		auto_skel struct test_local_storage *skel = test_local_storage__open();
		__u64 value = 0;
		int err;

		if (!ASSERT_OK_PTR(skel, "open"))
			return;
		bpf_program__set_autoload(skel->progs.count_opens, false);
		bpf_map__set_autocreate(skel->maps.inodes, false);
		ASSERT_OK(bpf_map__set_map_flags(skel->maps.sockets, flags[i]), "flags");
		if (!ASSERT_OK(test_local_storage__load(skel), "load"))
			return;
		err = value_of_accepted(bpf_map__fd(skel->maps.sockets), &value);
		ASSERT_EQ(err, flags[i] & BPF_F_CLONE ? 0 : -ENOENT, "storage of accepted socket");
		if (!err)
			ASSERT_EQ(value, 77, "value of accepted socket");
	}
}

TEST_NEEDS(test_local_storage, NEED_BTF);
SUBTEST_NEEDS(test_local_storage, "inode", NEED_JIT, NEED_LSM("bpf", IF_CONFIG("BPF_LSM")),
	      NEED_PROG_TYPE(LSM, "5.7", IF_CONFIG("BPF_LSM,BPF_JIT")),
	      NEED_MAP_TYPE(INODE_STORAGE, "5.10", IF_CONFIG("BPF_LSM")));
SUBTEST_NEEDS(test_local_storage, "sk*", NEED_CGROUP, NEED_MAP_TYPE(SK_STORAGE, "5.2"),
	      NEED_PROG_TYPE(CGROUP_SKB, "4.10", IF_CONFIG("CGROUP_BPF")));

/* Shared, because the programs of all tests on this hook act on their own process only. */
TEST_LOCKS(test_local_storage, SHARED("trampoline:bpf_lsm_file_open"));

void test_test_local_storage(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} subtests[] = {
		{ "inode", inode },
		{ "sk", sk },
		{ "sk_clone", sk_clone },
	};

	RUN_SUBTESTS(subtests);
}
