// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues and stacks: the order of elements, a full and an empty map, and what they refuse.
 *
 * They have no keys. The system calls are those of other maps with a NULL key: update pushes,
 * lookup peeks, lookup-and-delete pops. The same steps are tested with them and with the helpers.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/queue_stack_map.h"
#include "queue_stack_map.skel.h"

#define ENTRIES      QUEUE_STACK_ENTRIES
#define UNKNOWN_FLAG (1ULL << 20)

/* One way to access elements; each function returns 0 or a negative errno. */
struct access {
	const char *name;
	int (*push)(struct queue_stack_map *skel, struct bpf_map *map, __u64 value, __u64 flags);
	int (*pop)(struct queue_stack_map *skel, struct bpf_map *map, __u64 *value);
	int (*peek)(struct queue_stack_map *skel, struct bpf_map *map, __u64 *value);
};

static int push_by_syscall(struct queue_stack_map *skel, struct bpf_map *map, __u64 value,
			   __u64 flags)
{
	return bpf_map_update_elem(bpf_map__fd(map), NULL, &value, flags);
}

static int pop_by_syscall(struct queue_stack_map *skel, struct bpf_map *map, __u64 *value)
{
	return bpf_map_lookup_and_delete_elem(bpf_map__fd(map), NULL, value);
}

static int peek_by_syscall(struct queue_stack_map *skel, struct bpf_map *map, __u64 *value)
{
	return bpf_map_lookup_elem(bpf_map__fd(map), NULL, value);
}

static int operate(struct queue_stack_map *skel, struct bpf_map *map,
		   struct queue_stack_order order)
{
	order.in_stack = map == skel->maps.stack;
	skel->bss->order = order;
	return test_run(skel->progs.operate);
}

static int push_by_helper(struct queue_stack_map *skel, struct bpf_map *map, __u64 value,
			  __u64 flags)
{
	return operate(skel, map,
		       (struct queue_stack_order){
			       .operation = QUEUE_STACK_PUSH,
			       .value = value,
			       .flags = flags,
		       });
}

static int take_by_helper(struct queue_stack_map *skel, struct bpf_map *map, __u32 operation,
			  __u64 *value)
{
	int err;

	skel->bss->found_value = ~0ULL;
	err = operate(skel, map, (struct queue_stack_order){ .operation = operation });
	*value = skel->bss->found_value;
	return err;
}

static int pop_by_helper(struct queue_stack_map *skel, struct bpf_map *map, __u64 *value)
{
	return take_by_helper(skel, map, QUEUE_STACK_POP, value);
}

static int peek_by_helper(struct queue_stack_map *skel, struct bpf_map *map, __u64 *value)
{
	return take_by_helper(skel, map, QUEUE_STACK_PEEK, value);
}

static const struct access by_syscall = {
	"system call",
	push_by_syscall,
	pop_by_syscall,
	peek_by_syscall,
};
static const struct access by_helper = {
	"helper",
	push_by_helper,
	pop_by_helper,
	peek_by_helper,
};

static void push(struct queue_stack_map *skel, const struct access *by, struct bpf_map *map,
		 __u64 first, __u64 last)
{
	for (__u64 value = first; value <= last; value++)
		ASSERT_EQ(by->push(skel, map, value, BPF_ANY), 0, "push");
}

/* A look does not take the element away: the pop after it returns the same one. */
static void pops(struct queue_stack_map *skel, const struct access *by, struct bpf_map *map,
		 __u64 expected)
{
	__u64 value = ~expected;

	ASSERT_EQ(by->peek(skel, map, &value), 0, "peek");
	ASSERT_EQ(value, expected, "value of peek");
	value = ~expected;
	ASSERT_EQ(by->pop(skel, map, &value), 0, "pop");
	ASSERT_EQ(value, expected, "value of pop");
}

static void is_empty(struct queue_stack_map *skel, const struct access *by, struct bpf_map *map)
{
	__u64 value;

	ASSERT_EQ(by->peek(skel, map, &value), -ENOENT, "peek into empty map");
	ASSERT_EQ(by->pop(skel, map, &value), -ENOENT, "pop from empty map");
}

static void queue_order(struct queue_stack_map *skel, const struct access *by)
{
	struct bpf_map *queue = skel->maps.queue;

	is_empty(skel, by, queue);
	push(skel, by, queue, 11, 13);
	pops(skel, by, queue, 11);
	pops(skel, by, queue, 12);
	/* Three more fit, and one of them is stored at the beginning of the ring. */
	push(skel, by, queue, 14, 16);
	for (__u64 value = 13; value <= 16; value++)
		pops(skel, by, queue, value);
	is_empty(skel, by, queue);
}

static void stack_order(struct queue_stack_map *skel, const struct access *by)
{
	struct bpf_map *stack = skel->maps.stack;

	is_empty(skel, by, stack);
	push(skel, by, stack, 11, 13);
	pops(skel, by, stack, 13);
	push(skel, by, stack, 14, 15);
	pops(skel, by, stack, 15);
	pops(skel, by, stack, 14);
	pops(skel, by, stack, 12);
	pops(skel, by, stack, 11);
	is_empty(skel, by, stack);
}

static void fill(struct queue_stack_map *skel, const struct access *by, struct bpf_map *map)
{
	push(skel, by, map, 1, ENTRIES);
	ASSERT_EQ(by->push(skel, map, 98, BPF_ANY), -E2BIG, "push into full map");
	/* BPF_EXIST makes room: the oldest element is lost. */
	ASSERT_EQ(by->push(skel, map, 99, BPF_EXIST), 0, "push into full map, EXIST");
	ASSERT_EQ(by->push(skel, map, 98, BPF_ANY), -E2BIG, "push into full map again");
}

static void queue_full(struct queue_stack_map *skel, const struct access *by)
{
	struct bpf_map *queue = skel->maps.queue;

	fill(skel, by, queue);
	for (__u64 value = 2; value <= ENTRIES; value++)
		pops(skel, by, queue, value);
	pops(skel, by, queue, 99);
	is_empty(skel, by, queue);
	ASSERT_EQ(by->push(skel, queue, 7, BPF_EXIST), 0, "push into empty map, EXIST");
	pops(skel, by, queue, 7);
	is_empty(skel, by, queue);
}

static void stack_full(struct queue_stack_map *skel, const struct access *by)
{
	struct bpf_map *stack = skel->maps.stack;

	fill(skel, by, stack);
	pops(skel, by, stack, 99);
	for (__u64 value = ENTRIES; value >= 2; value--)
		pops(skel, by, stack, value);
	is_empty(skel, by, stack);
}

static void refused(struct queue_stack_map *skel, const struct access *by)
{
	struct bpf_map *maps[] = { skel->maps.queue, skel->maps.stack };

	for (unsigned int i = 0; i < ARRAY_SIZE(maps); i++) {
		printf("%s\n", bpf_map__name(maps[i]));
		ASSERT_EQ(by->push(skel, maps[i], 1, BPF_NOEXIST), -EINVAL, "NOEXIST");
		ASSERT_EQ(by->push(skel, maps[i], 1, BPF_NOEXIST | BPF_EXIST), -EINVAL,
			  "both flags");
		ASSERT_EQ(by->push(skel, maps[i], 1, UNKNOWN_FLAG), -EINVAL, "unknown flag");
		is_empty(skel, by, maps[i]);
	}
}

/* The operations that need keys. */
static void keys(struct queue_stack_map *skel, const struct access *by)
{
	struct bpf_map *maps[] = { skel->maps.queue, skel->maps.stack };
	__u32 key = 0, next;
	__u64 value = 5;

	for (unsigned int i = 0; i < ARRAY_SIZE(maps); i++) {
		int fd = bpf_map__fd(maps[i]);

		printf("%s\n", bpf_map__name(maps[i]));
		ASSERT_EQ(bpf_map_update_elem(fd, &key, &value, BPF_ANY), -EINVAL, "update");
		ASSERT_EQ(bpf_map_lookup_elem(fd, &key, &value), -EINVAL, "look up");
		ASSERT_EQ(bpf_map_lookup_and_delete_elem(fd, &key, &value), -EINVAL,
			  "look up and delete");
		ASSERT_EQ(bpf_map_delete_elem(fd, NULL), -EINVAL, "delete");
		ASSERT_EQ(bpf_map_get_next_key(fd, NULL, &next), -EINVAL, "next key");
		is_empty(skel, by, maps[i]);
	}
}

static int create(enum bpf_map_type type, __u32 key_bytes, __u32 value_bytes, __u32 entries,
		  __u32 flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = flags);
	auto_fd int fd = bpf_map_create(type, "elements", key_bytes, value_bytes, entries, &opts);

	return fd < 0 ? fd : 0;
}

static void creation(struct queue_stack_map *skel, const struct access *by)
{
	const enum bpf_map_type types[] = { BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_STACK };

	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
		printf("map type %d\n", types[i]);
		ASSERT_EQ(create(types[i], 0, 3, 1, 0), 0, "one element of three bytes");
		ASSERT_EQ(create(types[i], 4, 8, 1, 0), -EINVAL, "with keys");
		ASSERT_EQ(create(types[i], 0, 0, 1, 0), -EINVAL, "no value");
		ASSERT_EQ(create(types[i], 0, 8, 0, 0), -EINVAL, "no elements");
		ASSERT_EQ(create(types[i], 0, 8, 1, BPF_F_NO_PREALLOC), -EINVAL, "NO_PREALLOC");
		ASSERT_EQ(create(types[i], 0, 8, 1, BPF_F_RDONLY | BPF_F_WRONLY), -EINVAL,
			  "neither readable nor writable");
	}
}

TEST_NEEDS(queue_stack_map, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"), NEED_MAP_TYPE(QUEUE, "4.20"),
	   NEED_MAP_TYPE(STACK, "4.20"));

void test_queue_stack_map(void)
{
	static const struct {
		const char *name;
		void (*run)(struct queue_stack_map *skel, const struct access *by);
		const struct access *by;
	} subtests[] = {
		/* clang-format off */
		{ "queue_order",		queue_order,	&by_syscall },
		{ "queue_order_helper",		queue_order,	&by_helper },
		{ "queue_full",			queue_full,	&by_syscall },
		{ "queue_full_helper",		queue_full,	&by_helper },
		{ "stack_order",		stack_order,	&by_syscall },
		{ "stack_order_helper",		stack_order,	&by_helper },
		{ "stack_full",			stack_full,	&by_syscall },
		{ "stack_full_helper",		stack_full,	&by_helper },
		{ "refused",			refused,	&by_syscall },
		{ "refused_helper",		refused,	&by_helper },
		{ "keys",			keys,		&by_syscall },
		{ "creation",			creation,	&by_syscall },
		/* clang-format on */
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct queue_stack_map *skel = queue_stack_map__open_and_load();

		if (ASSERT_OK_PTR(skel, "open and load"))
			subtest->run(skel, subtest->by);
	}
}
