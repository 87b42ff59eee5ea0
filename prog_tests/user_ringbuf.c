// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring buffer from user space to programs: order, discarded samples, a full ring, a callback
 * that stops, malformed positions and headers, and how it may be mapped.
 */
#include <sys/epoll.h>
#include <sys/mman.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/user_ringbuf.h"
#include "user_ringbuf.skel.h"

/* The kernel's errno for a missing operation of a map. User space has no name for it. */
#define ENOTSUPP     524
#define RING_BYTES   4096
#define SAMPLE_BYTES (BPF_RINGBUF_HDR_SZ + sizeof(struct user_sample))

/* A test, its ring as user space sees it, and the pages of the ring. */
struct ring {
	struct user_ringbuf *skel;
	struct user_ring_buffer *producer;
};

static struct user_sample *reserve(const struct ring *ring, __u32 number)
{
	struct user_sample *sample =
		user_ring_buffer__reserve(ring->producer, sizeof(struct user_sample));

	if (sample)
		*sample = (struct user_sample){ number, sizeof(*sample) };
	return sample;
}

static void submit(const struct ring *ring, __u32 first, __u32 end)
{
	for (__u32 number = first; number < end; number++) {
		struct user_sample *sample = reserve(ring, number);

		if (!ASSERT_OK_PTR(sample, "reserve"))
			return;
		user_ring_buffer__submit(ring->producer, sample);
	}
}

static int drain(const struct ring *ring)
{
	ring->skel->bss->seen_count = 0;
	memset(ring->skel->bss->seen_number, 0, sizeof(ring->skel->bss->seen_number));
	memset(ring->skel->bss->seen_size, 0, sizeof(ring->skel->bss->seen_size));
	return test_run(ring->skel->progs.drain);
}

static void saw(const struct ring *ring, __u32 first, __u32 count)
{
	if (!ASSERT_EQ(ring->skel->bss->seen_count, count, "samples seen"))
		return;
	for (__u32 i = 0; i < count && i < USER_RINGBUF_SEEN; i++) {
		ASSERT_EQ(ring->skel->bss->seen_number[i], first + i, "number");
		ASSERT_EQ(ring->skel->bss->seen_size[i], sizeof(struct user_sample), "size");
	}
	ASSERT_EQ(ring->skel->bss->seen_number[USER_RINGBUF_SEEN], 0, "number behind the last");
	ASSERT_EQ(ring->skel->bss->seen_size[USER_RINGBUF_SEEN], 0, "size behind the last");
	ASSERT_EQ(ring->skel->bss->context_sum, count * first + count * (count - 1) / 2,
		  "sum in the context");
}

static void order(const struct ring *ring)
{
	ASSERT_EQ(drain(ring), 0, "samples of empty ring");
	submit(ring, 10, 15);
	ASSERT_EQ(drain(ring), 5, "samples drained");
	saw(ring, 10, 5);
	ASSERT_EQ(drain(ring), 0, "samples drained again");
	saw(ring, 0, 0);
	submit(ring, 20, 22);
	ASSERT_EQ(drain(ring), 2, "more samples drained");
	saw(ring, 20, 2);
}

/* A reserved sample holds back those after it; a discarded one is passed over. */
static void busy_and_discarded(const struct ring *ring)
{
	struct user_sample *first = reserve(ring, 1), *second = reserve(ring, 2);

	if (!ASSERT_OK_PTR(first, "first") || !ASSERT_OK_PTR(second, "second"))
		return;
	user_ring_buffer__submit(ring->producer, second);
	ASSERT_EQ(drain(ring), 0, "samples behind a reserved one");
	user_ring_buffer__discard(ring->producer, first);
	ASSERT_EQ(drain(ring), 1, "samples behind a discarded one");
	saw(ring, 2, 1);
}

static void full(const struct ring *ring)
{
	const unsigned int fit = RING_BYTES / SAMPLE_BYTES;

	/* Begin in the middle, so that the samples go around the end of the ring. */
	submit(ring, 0, fit / 2);
	ASSERT_EQ(drain(ring), fit / 2, "samples to the middle");
	submit(ring, 300, 300 + fit);
	ASSERT_NULL(reserve(ring, 0), "sample in full ring");
	ASSERT_EQ(errno, ENOSPC, "errno of full ring");
	ASSERT_EQ(drain(ring), fit, "samples of full ring");
	saw(ring, 300, fit);
	submit(ring, 7, 8);
	ASSERT_EQ(drain(ring), 1, "sample after the drain");
	saw(ring, 7, 1);
	ASSERT_NULL(user_ring_buffer__reserve(ring->producer, RING_BYTES),
		    "sample as large as ring");
	ASSERT_EQ(errno, E2BIG, "errno of large sample");
}

/* The sample that stops the drain counts, and the rest stays for the next one. */
static void stop(const struct ring *ring)
{
	submit(ring, 1, 3);
	submit(ring, USER_RINGBUF_STOP, USER_RINGBUF_STOP + 1);
	submit(ring, 5, 7);
	ASSERT_EQ(drain(ring), 3, "samples to the stop");
	ASSERT_EQ(ring->skel->bss->seen_count, 3, "samples seen");
	ASSERT_EQ(drain(ring), 2, "samples behind the stop");
	saw(ring, 5, 2);
}

/* A sample that is too short for the program: the callback cannot read it, and stops. */
static void short_sample(const struct ring *ring)
{
	__u32 *sample = user_ring_buffer__reserve(ring->producer, sizeof(*sample));

	if (!ASSERT_OK_PTR(sample, "reserve"))
		return;
	user_ring_buffer__submit(ring->producer, sample);
	submit(ring, 8, 9);
	ASSERT_EQ(drain(ring), 1, "samples drained");
	ASSERT_EQ(ring->skel->bss->seen_count, 0, "samples seen");
	ASSERT_EQ(ring->skel->bss->read_error, -E2BIG, "error of read");
	ASSERT_EQ(drain(ring), 1, "samples behind the short one");
	saw(ring, 8, 1);
	ASSERT_EQ(ring->skel->bss->read_error, 0, "no error of read");
}

/* Positions and headers come from user space, so that the kernel checks them. */
static void malformed(const struct ring *ring)
{
	int page_bytes = getpagesize(), fd = bpf_map__fd(ring->skel->maps.samples);
	unsigned long *producer_position;
	__u32 *header;
	void *pages = mmap(NULL, page_bytes + RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			   page_bytes);

	if (!ASSERT_NEQ((long)pages, (long)MAP_FAILED, "map the ring"))
		return;
	producer_position = pages;
	header = pages + page_bytes;
	header[0] = 8;
	*producer_position = 12;
	ASSERT_EQ(drain(ring), -EINVAL, "position not of eight bytes");
	*producer_position = 16;
	header[0] = 16;
	ASSERT_EQ(drain(ring), -EINVAL, "sample longer than what was produced");
	*producer_position = 2 * RING_BYTES;
	header[0] = RING_BYTES + 8;
	ASSERT_EQ(drain(ring), -E2BIG, "sample longer than the ring");
	ASSERT_EQ(ring->skel->bss->seen_count, 0, "samples seen");
	*producer_position = 16;
	header[0] = 8;
	((struct user_sample *)&header[2])->number = 77;
	((struct user_sample *)&header[2])->size_bytes = sizeof(struct user_sample);
	ASSERT_EQ(drain(ring), 1, "sample of a right header");
	saw(ring, 77, 1);
	munmap(pages, page_bytes + RING_BYTES);
}

static void refused(const struct ring *ring)
{
	int page_bytes = getpagesize(), fd = bpf_map__fd(ring->skel->maps.samples);
	__u64 value = 0;
	__u32 key;

	submit(ring, 1, 2);
	ring->skel->bss->flags = 1 << 5;
	ASSERT_EQ(drain(ring), -EINVAL, "unknown flag");
	ring->skel->bss->flags = BPF_RB_NO_WAKEUP;
	ASSERT_EQ(drain(ring), 1, "no wakeup");
	ring->skel->bss->flags = BPF_RB_FORCE_WAKEUP;
	ASSERT_EQ(drain(ring), 0, "forced wakeup");

	ASSERT_EQ(bpf_map_lookup_elem(fd, NULL, &value), -ENOTSUPP, "look up");
	ASSERT_EQ(bpf_map_update_elem(fd, NULL, &value, BPF_ANY), -ENOTSUPP, "update");
	ASSERT_EQ(bpf_map_delete_elem(fd, NULL), -ENOTSUPP, "delete");
	ASSERT_EQ(bpf_map_get_next_key(fd, NULL, &key), -ENOTSUPP, "next key");
	/* The first page is the consumer's position, which only the kernel writes. */
	ASSERT_EQ(map_error(fd, 0, 1, PROT_READ), 0, "read the consumer's page");
	ASSERT_EQ(map_error(fd, 0, 1, PROT_READ | PROT_WRITE), EPERM, "write the consumer's page");
	ASSERT_EQ(map_error(fd, 1, 1 + RING_BYTES / page_bytes, PROT_READ | PROT_WRITE), 0,
		  "write the rest");
}

/* The producer may wait for room: a drain wakes it up. */
static void wakeup(const struct ring *ring)
{
	const unsigned int fit = RING_BYTES / SAMPLE_BYTES;
	auto_fd int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLOUT };
	int fd = bpf_map__fd(ring->skel->maps.samples);

	ASSERT_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "add to epoll");
	submit(ring, 0, fit);
	ASSERT_EQ(epoll_wait(epoll, &event, 1, 0), 0, "events of full ring");
	ASSERT_EQ(drain(ring), fit, "samples");
	ASSERT_EQ(epoll_wait(epoll, &event, 1, test__wait_timeout_ms()), 1, "events after drain");
	ASSERT_EQ(event.events, EPOLLOUT, "events");
}

TEST_NEEDS(user_ringbuf, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"),
	   NEED_MAP_TYPE(USER_RINGBUF, "6.1"));

void test_user_ringbuf(void)
{
	static const struct {
		const char *name;
		void (*run)(const struct ring *ring);
	} subtests[] = {
		/* clang-format off */
		{ "order",		order },
		{ "busy_and_discarded",	busy_and_discarded },
		{ "full",		full },
		{ "stop",		stop },
		{ "short_sample",	short_sample },
		{ "malformed",		malformed },
		{ "refused",		refused },
		{ "wakeup",		wakeup },
		/* clang-format on */
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct user_ringbuf *skel = user_ringbuf__open_and_load();
		struct ring ring = { .skel = skel };

		if (!ASSERT_OK_PTR(skel, "open and load"))
			continue;
		ring.producer = user_ring_buffer__new(bpf_map__fd(skel->maps.samples), NULL);
		if (ASSERT_OK_PTR(ring.producer, "producer"))
			subtest->run(&ring);
		user_ring_buffer__free(ring.producer);
	}
}
