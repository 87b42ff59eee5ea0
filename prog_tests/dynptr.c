// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dynptrs: reading, writing and slices within their bounds, of a variable and of ring buffer
 * records of a size that is only known at run time.
 */
#include <sys/epoll.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/dynptr.h"
#include "dynptr.skel.h"

#define BYTES        DYNPTR_BYTES
#define RING_BYTES   4096
#define UNKNOWN_FLAG 1

static void fill_memory(struct dynptr *skel)
{
	for (int i = 0; i < BYTES; i++)
		skel->bss->memory[i] = i + 1;
}

static void read_memory(struct dynptr *skel)
{
	const struct bpf_program *program = skel->progs.read_memory;

	fill_memory(skel);
	ASSERT_EQ(test_run(program), 0, "read the beginning");
	ASSERT_MEMEQ(skel->bss->buffer, skel->bss->memory, 8, "first bytes");
	skel->bss->offset = BYTES - 8;
	ASSERT_EQ(test_run(program), 0, "read the end");
	ASSERT_MEMEQ(skel->bss->buffer, skel->bss->memory + BYTES - 8, 8, "last bytes");
	memset(skel->bss->buffer, 0x5a, 8);
	skel->bss->offset = BYTES - 7;
	ASSERT_EQ(test_run(program), -E2BIG, "read behind the end");
	skel->bss->offset = UINT32_MAX;
	ASSERT_EQ(test_run(program), -E2BIG, "read at the largest offset");
	skel->bss->offset = 0;
	skel->bss->flags = UNKNOWN_FLAG;
	ASSERT_EQ(test_run(program), -EINVAL, "unknown flag");
	ASSERT_MEMEQ(skel->bss->buffer, "ZZZZZZZZ", 8, "buffer after refusals");
}

static void write_memory(struct dynptr *skel)
{
	const struct bpf_program *program = skel->progs.write_memory;

	fill_memory(skel);
	memcpy(skel->bss->buffer, "abcdefgh", 8);
	skel->bss->offset = 3;
	ASSERT_EQ(test_run(program), 0, "write");
	ASSERT_MEMEQ(skel->bss->memory, "\1\2\3abcdefgh\14", 12, "memory");
	skel->bss->offset = BYTES - 7;
	ASSERT_EQ(test_run(program), -E2BIG, "write behind the end");
	skel->bss->offset = 12;
	skel->bss->flags = UNKNOWN_FLAG;
	ASSERT_EQ(test_run(program), -EINVAL, "unknown flag");
	for (int i = 11; i < BYTES; i++)
		ASSERT_EQ(skel->bss->memory[i], i + 1, "memory that was not written");
}

static void slice(struct dynptr *skel)
{
	const struct bpf_program *program = skel->progs.slice_of_memory;

	fill_memory(skel);
	skel->bss->offset = 5;
	ASSERT_EQ(test_run(program), 1, "slice");
	ASSERT_EQ(skel->bss->memory[5], 7, "byte that was incremented");
	ASSERT_EQ(skel->bss->memory[4], 5, "byte before");
	skel->bss->offset = BYTES - 8;
	ASSERT_EQ(test_run(program), 1, "last slice");
	ASSERT_EQ(skel->bss->memory[BYTES - 8], BYTES - 6, "byte of last slice");
	skel->bss->offset = BYTES - 7;
	ASSERT_EQ(test_run(program), 0, "slice behind the end");
	ASSERT_EQ(skel->bss->memory[BYTES - 7], BYTES - 6, "byte of refused slice");
}

static void flags(struct dynptr *skel)
{
	ASSERT_EQ(test_run(skel->progs.slice_of_memory), 1, "no flags");
	skel->bss->make_flags = UNKNOWN_FLAG;
	ASSERT_EQ(test_run(skel->progs.slice_of_memory), -EINVAL, "unknown flag");
}

struct record {
	unsigned int count;
	size_t bytes;
	char data[64];
};

static int receive(void *context, void *data, size_t bytes)
{
	struct record *record = context;

	record->count++;
	record->bytes = bytes;
	memcpy(record->data, data, bytes < sizeof(record->data) ? bytes : sizeof(record->data));
	return 0;
}

/* The edge: an event arrives with a wakeup only, however many bytes are in the ring. */
static void has_woken(int epoll)
{
	struct epoll_event event = {};

	ASSERT_EQ(epoll_wait(epoll, &event, 1, test__wait_timeout_ms()), 1, "wakeups");
	ASSERT_EQ(event.events, EPOLLIN, "events");
}

static void ringbuf(struct dynptr *skel)
{
	const struct bpf_program *program = skel->progs.make_record;
	struct record record = {};
	auto_fd int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event edge = { .events = EPOLLIN | EPOLLET };
	struct ring_buffer *ring =
		ring_buffer__new(bpf_map__fd(skel->maps.ring), receive, &record, NULL);

	if (!ASSERT_OK_PTR(ring, "ring"))
		return;
	ASSERT_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, bpf_map__fd(skel->maps.ring), &edge),
		  "add to epoll");
	memcpy(skel->bss->buffer, "ABCDEFGH", 8);
	for (__u32 bytes = 12; bytes <= 20; bytes += 8) {
		skel->bss->record_bytes = bytes;
		skel->bss->offset = bytes - 8;
		skel->bss->write_result = 1;
		ASSERT_EQ(test_run(program), 0, "make a record");
		ASSERT_EQ(skel->bss->write_result, 0, "result of write");
		has_woken(epoll);
		ASSERT_EQ(ring_buffer__consume(ring), 1, "records");
		ASSERT_EQ(record.bytes, bytes, "size of record");
		ASSERT_MEMEQ(record.data + bytes - 8, "ABCDEFGH", 8, "end of record");
	}
	skel->bss->offset++;
	ASSERT_EQ(test_run(program), 0, "make a record");
	ASSERT_EQ(skel->bss->write_result, -E2BIG, "write behind the end of record");
	has_woken(epoll);
	ASSERT_EQ(ring_buffer__consume(ring), 1, "records with refused write");

	skel->bss->discard = 1;
	ASSERT_EQ(test_run(program), 0, "discard a record");
	has_woken(epoll);
	ASSERT_EQ(ring_buffer__consume(ring), 0, "records after discard");
	ASSERT_EQ(record.count, 3, "all records");

	skel->bss->record_bytes = RING_BYTES;
	ASSERT_EQ(test_run(program), -EINVAL, "record as large as the ring");
	ASSERT_EQ(skel->bss->write_result, -EINVAL, "write into no record");
	ring_buffer__free(ring);
}

TEST_NEEDS(dynptr, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"),
	   NEED_HELPER(dynptr_from_mem, RAW_TRACEPOINT, "5.19"));

void test_dynptr(void)
{
	static const struct {
		const char *name;
		void (*run)(struct dynptr *skel);
	} subtests[] = {
		{ "read", read_memory }, { "write", write_memory }, { "slice", slice },
		{ "flags", flags },      { "ringbuf", ringbuf },
	};

	RUN_SKEL_SUBTESTS(dynptr, subtests);
}
