// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets as entries of maps: added by user space, programs and iterators, replaced, in several
 * entries at once, removed with the socket or with the map.
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "network_helpers.h"
#include "progs/sockmap_basic.h"
#include "sockmap_basic.h"
#include "sockmap_basic_maps.skel.h"
#include "sockmap_basic_verdict.skel.h"
#include "test_progs.h"
#include "testing_helpers.h"

static int create_map(enum bpf_map_type type)
{
	return bpf_map_create(type, "sockets", sizeof(__u32), sizeof(__u64), ENTRIES, NULL);
}

static bool program_is_gone(void *arg)
{
	auto_fd int fd = bpf_prog_get_fd_by_id(*(__u32 *)arg);

	return fd == -ENOENT;
}

/* Adds pair->to to the map, whose program then drops its data. Returns that program's id, or 0. */
static __u32 drop_by_map(int map, const struct socket_pair *pair)
{
	auto_skel struct sockmap_basic_verdict *skel = sockmap_basic_verdict__open_and_load();
	__u64 cookie = socket_cookie(pair->to);
	int program;

	if (!ASSERT_OK_PTR(skel, "open and load"))
		return 0;
	skel->bss->watched_cookie = cookie;
	skel->data->watched_verdict = SK_DROP;
	program = bpf_program__fd(skel->progs.judge_skb);
	if (ASSERT_OK(bpf_prog_attach(program, map, BPF_SK_SKB_VERDICT, 0), "attach") &&
	    sockmap_check_entry(map, 1, 0, "no entry before the update") &&
	    ASSERT_OK(sockmap_put(map, 1, pair->to, BPF_NOEXIST), "update") &&
	    sockmap_check_entry(map, 1, cookie, "entry after the update") &&
	    sockmap_check_entry(map, 2, 0, "no other entry") &&
	    sockmap_send(pair->from, "drop", 4, "send what is dropped") &&
	    sockmap_wait_for_counter(&skel->bss->watched_bytes, 4, "bytes seen by the program") &&
	    ASSERT_EQ(skel->bss->stray_bytes, 0, "bytes of other sockets"))
		return program_id(program);
	return 0;
}

/*
 * After the object is closed, only the map and its socket keep the program. Without the map, the
 * program is freed, and the socket is an ordinary one again; the dropped data does not reappear.
 */
void sockmap_create_update_free(enum bpf_map_type type)
{
	auto_pair struct socket_pair pair = NO_SOCKET_PAIR;
	auto_fd int map = create_map(type);
	__u32 program;

	if (!ASSERT_OK_FD(map, "create map") || !sockmap_open_pair(AF_INET, SOCK_STREAM, &pair))
		return;
	program = drop_by_map(map, &pair);
	if (!program || !ASSERT_FALSE(program_is_gone(&program), "program kept by the map"))
		return;

	close(map);
	map = -1;
	if (ASSERT_TRUE(wait_until(program_is_gone, &program, test__wait_timeout_ms()),
			"program gone with the map") &&
	    sockmap_send(pair.from, "there", 5, "send after the map") &&
	    sockmap_receive(pair.to, "there", 5, "receive after the map") &&
	    sockmap_send(pair.to, "back", 4, "send back after the map"))
		sockmap_receive(pair.from, "back", 4, "receive back after the map");
}

struct update {
	__u32 from, to;
	__u64 flags;
};

/* Returns the result of the program's update, or 1 if there was no socket at the source key. */
static int run_update(struct sockmap_basic_maps *skel, struct bpf_program *program,
		      struct update update)
{
	struct bpf_sk_lookup lookup = { .family = AF_INET, .protocol = IPPROTO_TCP };

	skel->bss->source_key = update.from;
	skel->bss->target_key = update.to;
	skel->bss->update_flags = update.flags;
	skel->bss->found = false;
	skel->bss->update_result = 1;
	if (!ASSERT_EQ(test_run_ctx(program, &lookup, sizeof(lookup)), SK_PASS, "verdict"))
		return -EIO;
	ASSERT_EQ(skel->bss->found, skel->bss->update_result != 1, "found and updated");
	return skel->bss->update_result;
}

void sockmap_update(enum bpf_map_type target_type)
{
	auto_skel struct sockmap_basic_maps *skel = sockmap_basic_maps__open_and_load();
	bool hash = target_type == BPF_MAP_TYPE_SOCKHASH;
	auto_pair struct socket_pair pair = NO_SOCKET_PAIR;
	struct bpf_program *program;
	int source, target;
	__u64 first, second;

	if (!ASSERT_OK_PTR(skel, "open and load") ||
	    !sockmap_open_pair(AF_INET, SOCK_STREAM, &pair))
		return;
	program = hash ? skel->progs.update_hash : skel->progs.update_map;
	source = bpf_map__fd(skel->maps.source);
	target = bpf_map__fd(hash ? skel->maps.target_hash : skel->maps.target_map);
	first = socket_cookie(pair.from);
	second = socket_cookie(pair.to);
	if (!ASSERT_OK(sockmap_put(source, 0, pair.from, BPF_NOEXIST), "first source") ||
	    !ASSERT_OK(sockmap_put(source, 1, pair.to, BPF_NOEXIST), "second source"))
		return;

	ASSERT_EQ(run_update(skel, program, (struct update){ 2, 3, BPF_ANY }), 1, "no source");
	ASSERT_EQ(run_update(skel, program, (struct update){ 0, 3, BPF_EXIST }), -ENOENT,
		  "nothing to replace");
	sockmap_check_entry(target, 3, 0, "no entry before the update");
	ASSERT_OK(run_update(skel, program, (struct update){ 0, 3, BPF_ANY }), "update");
	sockmap_check_entry(target, 3, first, "entry after the update");
	ASSERT_EQ(run_update(skel, program, (struct update){ 1, 3, BPF_NOEXIST }), -EEXIST,
		  "entry is there already");
	sockmap_check_entry(target, 3, first, "entry after the refused update");
	ASSERT_OK(run_update(skel, program, (struct update){ 1, 3, BPF_EXIST }), "replace");
	sockmap_check_entry(target, 3, second, "entry after the replacement");
	sockmap_check_entry(target, 0, 0, "no other entry");
	/* Key 4 is beyond the end of a sockmap; a sockhash accepts any key. */
	ASSERT_EQ(run_update(skel, program, (struct update){ 0, ENTRIES, BPF_ANY }),
		  hash ? 0 : -E2BIG, "key behind the end");
	sockmap_check_entry(source, 0, first, "first source stays");
	sockmap_check_entry(source, 1, second, "second source stays");
}

static int load_unsafe(char *log, size_t log_bytes, bool unsafe)
{
	auto_skel struct sockmap_basic_maps *skel = sockmap_basic_maps__open();

	if (!ASSERT_OK_PTR(skel, "open"))
		return 1;
	bpf_program__set_autoload(skel->progs.update_while_tracing, unsafe);
	bpf_program__set_log_buf(skel->progs.update_while_tracing, log, log_bytes);
	return sockmap_basic_maps__load(skel);
}

/* The other programs also update maps, but in contexts where this is allowed: they load. */
void sockmap_update_in_unsafe_context(void)
{
	static char log[64 * 1024];

	log[0] = '\0';
	ASSERT_OK(load_unsafe(log, sizeof(log), false), "load without the tracing program");
	ASSERT_EQ(load_unsafe(log, sizeof(log), true), -EINVAL, "load with the tracing program");
	ASSERT_HAS_SUBSTR(log, "cannot update sockmap in this context", "verifier's reason");
}

/* Iterates a whole map; the program writes no output. */
static bool iterate(struct bpf_program *program, int map)
{
	union bpf_iter_link_info info = { .map.map_fd = map };
	/*
	 * libbpf refuses garbage in the padding at the end, which a compiler may copy there from an
	 * initialiser (measured: gcc 12 with -O0).
	 */
	LIBBPF_OPTS(bpf_iter_attach_opts, opts);
	auto_link struct bpf_link *link = NULL;
	auto_fd int fd = -1;
	char byte;

	opts.link_info = &info;
	opts.link_info_len = sizeof(info);
	link = bpf_program__attach_iter(program, &opts);
	if (!ASSERT_OK_PTR(link, "attach iterator"))
		return false;
	fd = bpf_iter_create(bpf_link__fd(link));
	return ASSERT_OK_FD(fd, "create iterator") && ASSERT_EQ(read(fd, &byte, 1), 0, "iterate");
}

/* Keys 0 and 2 have sockets: the copy must have the same entries and the same holes. */
void sockmap_copy(enum bpf_map_type type)
{
	auto_skel struct sockmap_basic_maps *skel = sockmap_basic_maps__open();
	bool hash = type == BPF_MAP_TYPE_SOCKHASH;
	auto_pair struct socket_pair pair = NO_SOCKET_PAIR;
	struct bpf_program *iterator;
	int source, target;

	if (!ASSERT_OK_PTR(skel, "open"))
		return;
	iterator = hash ? skel->progs.copy_to_hash : skel->progs.copy_to_map;
	bpf_program__set_autoload(iterator, true);
	if (!ASSERT_OK(sockmap_basic_maps__load(skel), "load") ||
	    !sockmap_open_pair(AF_INET, SOCK_STREAM, &pair))
		return;
	source = bpf_map__fd(hash ? skel->maps.source_hash : skel->maps.source);
	target = bpf_map__fd(hash ? skel->maps.target_hash : skel->maps.target_map);
	if (!ASSERT_OK(sockmap_put(source, 0, pair.from, BPF_NOEXIST), "first source") ||
	    !ASSERT_OK(sockmap_put(source, 2, pair.to, BPF_NOEXIST), "second source"))
		return;
	sockmap_check_entry(target, 0, 0, "no entry before the copy");

	if (!iterate(iterator, source))
		return;
	/* The iterator also visits the holes of a sockmap. */
	ASSERT_EQ(skel->bss->entries_visited, hash ? 2 : ENTRIES, "entries visited");
	ASSERT_EQ(skel->bss->sockets_copied, 2, "sockets copied");
	ASSERT_EQ(skel->bss->copy_error, 0, "error of a copy");
	sockmap_check_entry(target, 0, socket_cookie(pair.from), "first copy");
	sockmap_check_entry(target, 1, 0, "a hole stays a hole");
	sockmap_check_entry(target, 2, socket_cookie(pair.to), "second copy");
	sockmap_check_entry(target, 3, 0, "the other hole, too");

	/* The program only adds. */
	if (!iterate(iterator, source))
		return;
	ASSERT_EQ(skel->bss->sockets_copied, 2, "sockets copied");
	ASSERT_EQ(skel->bss->copy_error, -EEXIST, "error of a second copy");
}

void sockmap_unconnected_unix(void)
{
	auto_fd int map = create_map(BPF_MAP_TYPE_SOCKMAP);
	auto_fd int stream = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	auto_fd int datagram = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	auto_pair struct socket_pair pair = NO_SOCKET_PAIR;
	int connected[2];

	if (!ASSERT_OK_FD(map, "create map") || !ASSERT_OK_FD(stream, "stream") ||
	    !ASSERT_OK_FD(datagram, "datagram") ||
	    !ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, connected), "pair"))
		return;
	pair = (struct socket_pair){ .from = connected[0], .to = connected[1] };
	ASSERT_EQ(sockmap_put(map, 0, stream, BPF_ANY), -EOPNOTSUPP, "unconnected stream");
	sockmap_check_entry(map, 0, 0, "no unconnected stream");
	ASSERT_OK(sockmap_put(map, 1, datagram, BPF_ANY), "unconnected datagram");
	sockmap_check_entry(map, 1, socket_cookie(datagram), "unconnected datagram");
	ASSERT_OK(sockmap_put(map, 0, connected[0], BPF_ANY), "connected stream");
	sockmap_check_entry(map, 0, socket_cookie(connected[0]), "connected stream");
}

static bool delete_entry(int map, __u32 key, int expected, const char *name)
{
	return ASSERT_EQ(bpf_map_delete_elem(map, &key), expected, name);
}

static void many_entries(enum bpf_map_type type)
{
	auto_pair struct socket_pair pair = NO_SOCKET_PAIR;
	auto_fd int map = create_map(type);
	__u64 cookie;

	if (!ASSERT_OK_FD(map, "create map") || !sockmap_open_pair(AF_INET, SOCK_STREAM, &pair))
		return;
	cookie = socket_cookie(pair.to);
	for (__u32 key = 0; key < 3; key++)
		ASSERT_OK(sockmap_put(map, key, pair.to, BPF_NOEXIST), "put into an entry");
	for (__u32 key = 0; key < 3; key++)
		sockmap_check_entry(map, key, cookie, "one of the entries");

	delete_entry(map, 1, 0, "delete one entry");
	sockmap_check_entry(map, 0, cookie, "entry before the deleted one");
	sockmap_check_entry(map, 1, 0, "deleted entry");
	sockmap_check_entry(map, 2, cookie, "entry behind the deleted one");

	close(pair.to);
	pair.to = -1;
	for (__u32 key = 0; key < 3; key++)
		sockmap_check_entry(map, key, 0, "no entry after the close");
}

void sockmap_one_socket_to_many_entries(void)
{
	many_entries(BPF_MAP_TYPE_SOCKMAP);
	many_entries(BPF_MAP_TYPE_SOCKHASH);
}

void sockmap_one_socket_to_many_maps(void)
{
	const enum bpf_map_type types[] = {
		BPF_MAP_TYPE_SOCKMAP,
		BPF_MAP_TYPE_SOCKHASH,
		BPF_MAP_TYPE_SOCKMAP,
	};
	auto_pair struct socket_pair pair = NO_SOCKET_PAIR;
	int maps[] = { -1, -1, -1 };
	__u64 cookie;

	if (!sockmap_open_pair(AF_INET, SOCK_STREAM, &pair))
		return;
	cookie = socket_cookie(pair.to);
	for (unsigned int i = 0; i < ARRAY_SIZE(maps); i++) {
		maps[i] = create_map(types[i]);
		if (!ASSERT_OK_FD(maps[i], "create map") ||
		    !ASSERT_OK(sockmap_put(maps[i], i, pair.to, BPF_NOEXIST), "put into a map"))
			goto out;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(maps); i++)
		sockmap_check_entry(maps[i], i, cookie, "entry of a map");

	/* Free the first map; the socket stays in the others. */
	close(maps[0]);
	maps[0] = -1;
	sockmap_check_entry(maps[1], 1, cookie, "entry of the second map");
	sockmap_check_entry(maps[2], 2, cookie, "entry of the third map");

	close(pair.to);
	pair.to = -1;
	sockmap_check_entry(maps[1], 1, 0, "nothing in the second map after the close");
	sockmap_check_entry(maps[2], 2, 0, "nothing in the third map after the close");
out:
	for (unsigned int i = 0; i < ARRAY_SIZE(maps); i++)
		if (maps[i] >= 0)
			close(maps[i]);
}

#define REPLACEMENTS 16

static void replace_socket(enum bpf_map_type type, struct socket_pair *pair)
{
	__u64 cookie = socket_cookie(pair->to);
	auto_fd int map = create_map(type);

	if (!ASSERT_OK_FD(map, "create map"))
		return;
	ASSERT_EQ(sockmap_put(map, 0, pair->to, BPF_EXIST), -ENOENT, "nothing to replace");
	ASSERT_OK(sockmap_put(map, 0, pair->to, BPF_NOEXIST), "put");
	for (int i = 0; i < REPLACEMENTS; i++)
		ASSERT_OK(sockmap_put(map, 0, pair->to, i & 1 ? BPF_EXIST : BPF_ANY), "replace");
	ASSERT_EQ(sockmap_put(map, 0, pair->to, BPF_NOEXIST), -EEXIST, "put again");
	sockmap_check_entry(map, 0, cookie, "the same socket");

	sockmap_send(pair->from, "same", 4, "send to a replaced socket");
	sockmap_receive(pair->to, "same", 4, "receive on a replaced socket");

	/* If the map had more than one entry, another would still be found after the delete. */
	delete_entry(map, 0, 0, "delete");
	sockmap_check_entry(map, 0, 0, "no entry after one delete");
	delete_entry(map, 0, type == BPF_MAP_TYPE_SOCKMAP ? -EINVAL : -ENOENT, "delete again");

	sockmap_send(pair->from, "plain", 5, "send to a plain socket");
	sockmap_receive(pair->to, "plain", 5, "receive on a plain socket");
}

void sockmap_same_socket_replace(void)
{
	struct socket_pair pair = NO_SOCKET_PAIR;
	int fds[2];

	if (sockmap_open_pair(AF_INET, SOCK_STREAM, &pair)) {
		replace_socket(BPF_MAP_TYPE_SOCKMAP, &pair);
		replace_socket(BPF_MAP_TYPE_SOCKHASH, &pair);
	}
	sockmap_close_pair(&pair);

	/* A UNIX socket also keeps a reference to its peer while it is in a map. */
	if (!ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), "UNIX pair"))
		return;
	pair = (struct socket_pair){ .from = fds[0], .to = fds[1] };
	replace_socket(BPF_MAP_TYPE_SOCKMAP, &pair);
	replace_socket(BPF_MAP_TYPE_SOCKHASH, &pair);
	sockmap_close_pair(&pair);
}

/* Unread data does not keep a closed socket in a map, and its key can be used again. */
static void delete_by_close(enum bpf_map_type type)
{
	auto_pair struct socket_pair closed = NO_SOCKET_PAIR, other = NO_SOCKET_PAIR;
	auto_fd int map = create_map(type);

	if (sockmap_open_pair(AF_INET, SOCK_STREAM, &closed) &&
	    sockmap_open_pair(AF_INET, SOCK_STREAM, &other) && ASSERT_OK_FD(map, "create map") &&
	    ASSERT_OK(sockmap_put(map, 1, closed.to, BPF_NOEXIST), "put") &&
	    sockmap_check_entry(map, 1, socket_cookie(closed.to), "entry before the close") &&
	    sockmap_send(closed.from, "unread", 6, "send what nobody reads")) {
		close(closed.to);
		closed.to = -1;
		sockmap_check_entry(map, 1, 0, "no entry after the close");
		ASSERT_OK(sockmap_put(map, 1, other.to, BPF_NOEXIST), "put another");
		sockmap_check_entry(map, 1, socket_cookie(other.to), "entry of the other");
	}
}

void sockmap_delete_on_close(void)
{
	delete_by_close(BPF_MAP_TYPE_SOCKMAP);
	delete_by_close(BPF_MAP_TYPE_SOCKHASH);
}
