// SPDX-License-Identifier: GPL-2.0-only
/* Programs attached to a sockmap: types that exclude each other, links, queries. */
#include "sockmap_basic.h"
#include "sockmap_basic_verdict.skel.h"
#include "test_progs.h"
#include "testing_helpers.h"

static int create_map(void)
{
	return bpf_map_create(BPF_MAP_TYPE_SOCKMAP, "sockets", sizeof(__u32), sizeof(__u64), 1,
			      NULL);
}

static int program_of_type(struct sockmap_basic_verdict *skel, enum bpf_attach_type type)
{
	switch (type) {
	case BPF_SK_MSG_VERDICT:
		return bpf_program__fd(skel->progs.pass_message);
	case BPF_SK_SKB_STREAM_PARSER:
		return bpf_program__fd(skel->progs.parse);
	case BPF_SK_SKB_STREAM_VERDICT:
		return bpf_program__fd(skel->progs.judge_stream);
	default:
		return bpf_program__fd(skel->progs.judge_skb);
	}
}

/* Both types use one slot of the map: a query for the type that is not attached is refused. */
static void check_excluded(int map, enum bpf_attach_type type)
{
	__u32 count = 0;

	ASSERT_EQ(bpf_prog_query(map, type, 0, NULL, NULL, &count), -EBUSY, "the other kind");
}

static bool excludes(enum bpf_attach_type first, enum bpf_attach_type second)
{
	return (first == BPF_SK_SKB_VERDICT && second == BPF_SK_SKB_STREAM_VERDICT) ||
	       (first == BPF_SK_SKB_STREAM_VERDICT && second == BPF_SK_SKB_VERDICT);
}

/* A map can have only one program that judges received data, of one type or the other. */
void sockmap_attach_excludes(enum bpf_attach_type first_type, enum bpf_attach_type second_type)
{
	auto_skel struct sockmap_basic_verdict *skel = sockmap_basic_verdict__open_and_load();
	auto_fd int map = create_map();
	int first, second;

	if (!ASSERT_OK_FD(map, "create map") || !ASSERT_OK_PTR(skel, "open and load"))
		return;
	first = program_of_type(skel, first_type);
	second = program_of_type(skel, second_type);

	ASSERT_OK(bpf_prog_attach(first, map, first_type, 0), "attach first kind");
	ASSERT_EQ(bpf_prog_attach(second, map, second_type, 0), -EBUSY, "attach second kind");
	sockmap_check_attached(map, first_type, program_id(first), "first kind");
	ASSERT_EQ(bpf_prog_detach2(second, map, first_type), -ENOENT, "detach another program");
	sockmap_check_attached(map, first_type, program_id(first), "first kind stays");

	ASSERT_OK(bpf_prog_detach2(first, map, first_type), "detach first kind");
	ASSERT_OK(bpf_prog_attach(second, map, second_type, 0), "attach second kind now");
	check_excluded(map, first_type);
	sockmap_check_attached(map, second_type, program_id(second), "second kind");
}

static void check_link_info(struct bpf_link *link, int program, int map)
{
	__u32 size_bytes = sizeof(struct bpf_link_info);
	struct bpf_link_info info = {};

	ASSERT_OK(bpf_link_get_info_by_fd(bpf_link__fd(link), &info, &size_bytes), "link's info");
	ASSERT_EQ(info.type, BPF_LINK_TYPE_SOCKMAP, "type of the link");
	ASSERT_EQ(info.prog_id, program_id(program), "program of the link");
	ASSERT_EQ(info.sockmap.map_id, map_id(map), "map of the link");
	ASSERT_EQ(info.sockmap.attach_type, BPF_SK_SKB_VERDICT, "attach type of the link");
}

/* A program attached by a link can only be detached or replaced through the link. */
void sockmap_attach_with_link(void)
{
	const enum bpf_attach_type type = BPF_SK_SKB_VERDICT;
	auto_skel struct sockmap_basic_verdict *skel = sockmap_basic_verdict__open_and_load();
	auto_link struct bpf_link *link = NULL;
	auto_fd int map = create_map();
	int program, other;
	__u32 id;

	if (!ASSERT_OK_FD(map, "create map") || !ASSERT_OK_PTR(skel, "open and load"))
		return;
	program = bpf_program__fd(skel->progs.judge_skb);
	other = bpf_program__fd(skel->progs.change_tail);
	id = program_id(program);
	sockmap_check_attached(map, type, 0, "nothing before the link");

	link = bpf_program__attach_sockmap(skel->progs.judge_skb, map);
	if (!ASSERT_OK_PTR(link, "attach with link"))
		return;
	sockmap_check_attached(map, type, id, "program of the link");
	check_link_info(link, program, map);
	ASSERT_EQ(bpf_prog_attach(program, map, type, 0), -EBUSY, "attach without link");
	ASSERT_EQ(bpf_prog_attach(other, map, type, 0), -EBUSY, "attach another");
	ASSERT_EQ(bpf_prog_attach(program_of_type(skel, BPF_SK_SKB_STREAM_VERDICT), map,
				  BPF_SK_SKB_STREAM_VERDICT, 0),
		  -EBUSY, "attach another kind");
	ASSERT_EQ(bpf_prog_detach2(program, map, type), -EBUSY, "detach from the link");
	ASSERT_EQ(bpf_link_create(other, map, type, NULL), -EBUSY, "second link");
	sockmap_check_attached(map, type, id, "program of the link stays");

	ASSERT_OK(bpf_link__update_program(link, skel->progs.change_tail), "update the link");
	sockmap_check_attached(map, type, program_id(other), "updated program");

	detach(&link);
	sockmap_check_attached(map, type, 0, "nothing after the link");
	ASSERT_OK(bpf_prog_attach(program, map, type, 0), "attach after the link");
	sockmap_check_attached(map, type, id, "program after the link");
}

void sockmap_query(enum bpf_attach_type type)
{
	const enum bpf_attach_type types[] = {
		BPF_SK_MSG_VERDICT,
		BPF_SK_SKB_STREAM_PARSER,
		BPF_SK_SKB_STREAM_VERDICT,
		BPF_SK_SKB_VERDICT,
	};
	auto_skel struct sockmap_basic_verdict *skel = sockmap_basic_verdict__open_and_load();
	auto_fd int map = create_map();
	int program;
	__u32 count = 0;

	if (!ASSERT_OK_FD(map, "create map") || !ASSERT_OK_PTR(skel, "open and load"))
		return;
	program = program_of_type(skel, type);
	sockmap_check_attached(map, type, 0, "nothing before attaching");
	if (!ASSERT_OK(bpf_prog_attach(program, map, type, 0), "attach"))
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i] == type)
			sockmap_check_attached(map, type, program_id(program), "attached");
		else if (excludes(type, types[i]))
			check_excluded(map, types[i]);
		else
			sockmap_check_attached(map, types[i], 0, "no program of another kind");

	/* Without a buffer for ids, a query only returns the count. */
	ASSERT_OK(bpf_prog_query(map, type, 0, NULL, NULL, &count), "count");
	ASSERT_EQ(count, 1, "count");
	ASSERT_EQ(bpf_prog_query(map, type, 1, NULL, NULL, &count), -EINVAL, "query with flags");

	ASSERT_OK(bpf_prog_detach2(program, map, type), "detach");
	sockmap_check_attached(map, type, 0, "nothing after detaching");
}
