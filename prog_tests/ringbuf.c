// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BPF ring buffer: consumed records, capacity, wakeups, and mappings.
 *
 * The test itself runs the producer by test_run, so every count is exact.
 */
#include <sys/epoll.h>
#include <sys/mman.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/ringbuf.h"
#include "ringbuf.skel.h"

/* A record is its header and the sample, rounded up to 8 bytes. */
#define RECORD_BYTES (BPF_RINGBUF_HDR_SZ + sizeof(struct ringbuf_sample))
#define MAX_SAMPLES  65536

struct received {
	unsigned int count;
	unsigned int malformed;
	__u32 number[MAX_SAMPLES];
	__u8 how[MAX_SAMPLES];
};

static struct received received;

static int receive_sample(void *ctx, void *data, size_t size)
{
	const struct ringbuf_sample *sample = data;

	if (size != sizeof(*sample) || sample->inverted_number != ~sample->number ||
	    received.count == MAX_SAMPLES) {
		received.malformed++;
		return 0;
	}
	received.number[received.count] = sample->number;
	received.how[received.count] = sample->how;
	received.count++;
	return 0;
}

static struct ringbuf *load_ringbuf(void)
{
	struct ringbuf *skel = ringbuf__open();

	memset(&received, 0, sizeof(received));
	if (!ASSERT_OK_PTR(skel, "open"))
		return NULL;
	if (ASSERT_OK(bpf_map__set_max_entries(skel->maps.samples, getpagesize()), "ring size") &&
	    ASSERT_OK(bpf_map__set_max_entries(skel->maps.sentinel, getpagesize()), "ring size") &&
	    ASSERT_OK(ringbuf__load(skel), "load"))
		return skel;
	ringbuf__destroy(skel);
	return NULL;
}

/* Returns the program's return value: 0, or -EAGAIN if the ring is full. */
static int produce(struct ringbuf *skel, struct ringbuf_order order)
{
	return test_run_ctx(skel->progs.produce, &order, sizeof(order));
}

static bool produce_sample(struct ringbuf *skel, enum ringbuf_how how, __u64 number,
			   __u64 wakeup_flags)
{
	const struct ringbuf_order order = {
		.how = how,
		.number = number,
		.wakeup_flags = wakeup_flags,
	};

	return ASSERT_EQ(produce(skel, order), 0, "produce");
}

static bool check_positions(struct ringbuf *skel, __u64 consumed, __u64 produced)
{
	return ASSERT_OK(test_run(skel->progs.query), "return value of query") &&
	       ASSERT_EQ(skel->bss->ring_bytes, getpagesize(), "size of ring") &&
	       ASSERT_EQ(skel->bss->consumer_position, consumed, "consumer position") &&
	       ASSERT_EQ(skel->bss->producer_position, produced, "producer position") &&
	       ASSERT_EQ(skel->bss->available_bytes, produced - consumed, "bytes to be consumed");
}

/* Checks that the samples from index @at on have the numbers @first, @first + 1 ... */
static bool check_sequence(unsigned int at, unsigned int count, __u32 first)
{
	for (unsigned int i = 0; i < count; i++)
		if (!ASSERT_EQ(received.number[at + i], first + i, "number of sample"))
			return false;
	return true;
}

static void submit_discard_output(struct ringbuf *skel, struct ring_buffer *ring)
{
	static const enum ringbuf_how how[] = {
		RINGBUF_SUBMIT, RINGBUF_DISCARD, RINGBUF_OUTPUT, RINGBUF_DISCARD, RINGBUF_SUBMIT,
	};
	static const struct ringbuf_sample expected[] = {
		{ .number = 7, .how = RINGBUF_SUBMIT },
		{ .number = 9, .how = RINGBUF_OUTPUT },
		{ .number = 11, .how = RINGBUF_SUBMIT },
	};

	if (!check_positions(skel, 0, 0))
		return;

	for (unsigned int i = 0; i < ARRAY_SIZE(how); i++)
		ASSERT_EQ(produce(skel, (struct ringbuf_order){ .how = how[i], .number = 7 + i }),
			  0, "produce");
	/* A discarded record takes up space like any other, until the consumer passes it. */
	check_positions(skel, 0, ARRAY_SIZE(how) * RECORD_BYTES);

	ASSERT_EQ(ring_buffer__consume(ring), ARRAY_SIZE(expected), "records consumed");
	ASSERT_EQ(received.malformed, 0, "malformed samples");
	if (ASSERT_EQ(received.count, ARRAY_SIZE(expected), "samples received")) {
		for (unsigned int i = 0; i < ARRAY_SIZE(expected); i++) {
			ASSERT_EQ(received.number[i], expected[i].number, "number of sample");
			ASSERT_EQ(received.how[i], expected[i].how, "kind of sample");
		}
	}
	check_positions(skel, ARRAY_SIZE(how) * RECORD_BYTES, ARRAY_SIZE(how) * RECORD_BYTES);
	ASSERT_EQ(ring_buffer__consume(ring), 0, "consume again");
}

/* The producer may not get ahead by the whole size: a ring can hold one byte less than its size. */
static void full_ring(struct ringbuf *skel, struct ring_buffer *ring)
{
	const unsigned int capacity = (getpagesize() - 1) / RECORD_BYTES;
	unsigned int produced = 0;

	while (produced < capacity && produce_sample(skel, RINGBUF_SUBMIT, produced, 0))
		produced++;
	if (!ASSERT_EQ(produced, capacity, "records that fit"))
		return;
	ASSERT_EQ(produce(skel, (struct ringbuf_order){ .how = RINGBUF_SUBMIT }), -EAGAIN,
		  "reserve in a full ring");
	ASSERT_EQ(produce(skel, (struct ringbuf_order){ .how = RINGBUF_OUTPUT }), -EAGAIN,
		  "output to a full ring");
	check_positions(skel, 0, capacity * RECORD_BYTES);

	if (ASSERT_EQ(ring_buffer__consume(ring), capacity, "records consumed"))
		check_sequence(0, capacity, 0);

	/* Write twice the size of the ring, so that records wrap around its end. */
	for (unsigned int i = 0; i < 2 * capacity; i++) {
		if (!produce_sample(skel, RINGBUF_SUBMIT, produced + i, 0) ||
		    !ASSERT_EQ(ring_buffer__consume(ring), 1, "one record"))
			return;
	}
	check_sequence(capacity, 2 * capacity, produced);
	ASSERT_EQ(received.malformed, 0, "malformed samples");
}

static void watch(int epoll_fd, struct bpf_map *map)
{
	struct epoll_event event = {
		/* Edge-triggered: reports wakeups. Level-triggered would report data. */
		.events = EPOLLIN | EPOLLET,
		.data.fd = bpf_map__fd(map),
	};

	ASSERT_OK(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, event.data.fd, &event), "watch ring");
}

/* Waits for a wakeup; it must be one of @map and nothing else. */
static bool woken_by(int epoll_fd, struct bpf_map *map, const char *name)
{
	struct epoll_event events[2] = {};
	int count;

	do {
		count = epoll_wait(epoll_fd, events, ARRAY_SIZE(events), test__wait_timeout_ms());
	} while (count < 0 && errno == EINTR);
	return ASSERT_EQ(count, 1, name) && ASSERT_EQ(events[0].data.fd, bpf_map__fd(map), name);
}

/*
 * Proves that a record caused no wakeup: it forces a wakeup of the sentinel ring after it, and
 * checks that this is the only wakeup.
 *
 * A wakeup is irq work on the CPU of the producer. The test is pinned to one CPU, so a wakeup of
 * the tested ring would be queued before the sentinel's, and done when the test runs again. The
 * epoll_wait() that reports the sentinel would then also report the tested ring.
 */
static bool woke_no_one(struct ringbuf *skel, int epoll_fd, const char *name)
{
	const struct ringbuf_order order = {
		.how = RINGBUF_SUBMIT,
		.to_sentinel = 1,
		.wakeup_flags = BPF_RB_FORCE_WAKEUP,
	};

	return ASSERT_EQ(produce(skel, order), 0, "produce into sentinel") &&
	       woken_by(epoll_fd, skel->maps.sentinel, name);
}

/* Consumes all that there is: @count samples from number @first on, or none if they are discarded. */
static void consume_samples(struct ring_buffer *ring, enum ringbuf_how how, __u32 first, int count)
{
	if (how == RINGBUF_DISCARD)
		count = 0;
	received.count = 0;
	if (ASSERT_EQ(ring_buffer__consume(ring), count, "records consumed"))
		check_sequence(0, count, first);
}

/* Each way to end a record has the same flags. A discarded record also wakes the consumer. */
static void wakeups(struct ringbuf *skel, struct ring_buffer *ring, int epoll_fd,
		    enum ringbuf_how how)
{
	struct bpf_map *samples = skel->maps.samples;

	for (int i = 0; i < 3; i++)
		produce_sample(skel, how, i, BPF_RB_NO_WAKEUP);
	woke_no_one(skel, epoll_fd, "no wakeup asked for");

	/* Without a flag, a record wakes the consumer only if the consumer has read all others. */
	produce_sample(skel, how, 3, 0);
	woke_no_one(skel, epoll_fd, "consumer is behind");

	produce_sample(skel, how, 4, BPF_RB_FORCE_WAKEUP);
	woken_by(epoll_fd, samples, "forced wakeup");
	consume_samples(ring, how, 0, 5);

	produce_sample(skel, how, 5, 0);
	woken_by(epoll_fd, samples, "consumer has caught up");
	consume_samples(ring, how, 5, 1);

	produce_sample(skel, how, 6, BPF_RB_NO_WAKEUP);
	woke_no_one(skel, epoll_fd, "no wakeup asked for, consumer has caught up");
	consume_samples(ring, how, 6, 1);
}

static void wakeup(struct ringbuf *skel, struct ring_buffer *ring)
{
	static const struct {
		enum ringbuf_how how;
		const char *name;
	} how[] = {
		{ RINGBUF_SUBMIT, "submit" },
		{ RINGBUF_DISCARD, "discard" },
		{ RINGBUF_OUTPUT, "output" },
	};
	auto_fd int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	cpu_set_t affinity;

	if (!ASSERT_OK_FD(epoll_fd, "epoll") || !stay_on_cpu(&affinity))
		return;
	watch(epoll_fd, skel->maps.samples);
	watch(epoll_fd, skel->maps.sentinel);
	for (unsigned int i = 0; i < ARRAY_SIZE(how); i++) {
		printf("%s\n", how[i].name);
		wakeups(skel, ring, epoll_fd, how[i].how);
	}
	leave_cpu(&affinity);
}

/*
 * Page 0 has the consumer position; it is the only page that user space may write. Page 1 has the
 * producer position. The data pages follow, mapped twice in a row.
 */
static void mapping(struct ringbuf *skel, struct ring_buffer *ring)
{
	const int writable = PROT_READ | PROT_WRITE;
	int fd = bpf_map__fd(skel->maps.samples);
	size_t page = getpagesize();
	void *memory;

	ASSERT_EQ(map_error(fd, 0, 1, writable), 0, "consumer page, writable");
	ASSERT_EQ(map_error(fd, 0, 2, writable), EPERM, "consumer and producer page, writable");
	ASSERT_EQ(map_error(fd, 1, 1, writable), EPERM, "producer page, writable");
	ASSERT_EQ(map_error(fd, 2, 1, writable), EPERM, "data page, writable");
	ASSERT_EQ(map_error(fd, 0, 4, PROT_READ), 0, "everything, read-only");
	ASSERT_EQ(map_error(fd, 0, 5, PROT_READ), EINVAL, "more than there is");

	memory = mmap(NULL, 3 * page, PROT_READ, MAP_SHARED, fd, page);
	if (ASSERT_NEQ(memory, MAP_FAILED, "producer and data pages, read-only")) {
		ASSERT_EQ(mprotect(memory, page, writable) ? errno : 0, EACCES,
			  "producer page made writable");
		ASSERT_EQ(mprotect((char *)memory + page, page, writable) ? errno : 0, EACCES,
			  "data page made writable");
		munmap(memory, 3 * page);
	}

	memory = mmap(NULL, page, writable, MAP_SHARED, fd, 0);
	if (ASSERT_NEQ(memory, MAP_FAILED, "consumer page, writable")) {
		/* A larger mapping would include the producer page, and make it writable. */
		ASSERT_EQ(mremap(memory, page, 2 * page, MREMAP_MAYMOVE) == MAP_FAILED ? errno : 0,
			  EFAULT, "consumer page grown");
		munmap(memory, page);
	}
}

TEST_NEEDS(ringbuf, NEED_PROG_TYPE(SYSCALL, "5.14"), NEED_MAP_TYPE(RINGBUF, "5.8"));

void test_ringbuf(void)
{
	static const struct {
		const char *name;
		void (*run)(struct ringbuf *skel, struct ring_buffer *ring);
	} subtests[] = {
		{ "ringbuf", submit_discard_output },
		{ "ringbuf_full", full_ring },
		{ "ringbuf_wakeup", wakeup },
		{ "ringbuf_mapping", mapping },
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct ringbuf *skel = load_ringbuf();
		struct ring_buffer *ring;

		if (!skel)
			continue;
		ring = ring_buffer__new(bpf_map__fd(skel->maps.samples), receive_sample, NULL,
					NULL);
		if (ASSERT_OK_PTR(ring, "ring buffer"))
			subtest->run(skel, ring);
		ring_buffer__free(ring);
	}
}
