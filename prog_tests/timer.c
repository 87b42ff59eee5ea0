// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers in map values: the order of their calls, the callback and its arguments, starting again
 * from the callback, cancelling, and the end of the map.
 */
#include <time.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "timer.skel.h"

#define KEY      1
#define FOREVER  (3600 * 1000000000ULL)
#define DELAY_NS 2000000

static int run(const struct bpf_program *program)
{
	char packet[64] = {};

	return test_run_packet(program, packet, sizeof(packet));
}

static __u64 now_ns(void)
{
	struct timespec now;

	ASSERT_OK(clock_gettime(CLOCK_MONOTONIC, &now), "time");
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static bool prepare(struct timer *skel)
{
	const __u64 value[3] = { 0x1122334455667788 };
	__u32 key = KEY;

	skel->bss->key = key;
	skel->bss->flags = CLOCK_MONOTONIC;
	if (!ASSERT_OK(bpf_map_update_elem(bpf_map__fd(skel->maps.elements), &key, value, BPF_ANY),
		       "marker") ||
	    !ASSERT_EQ(run(skel->progs.init), 0, "init") ||
	    !ASSERT_EQ(run(skel->progs.set_callback), 0, "set callback"))
		return false;
	skel->bss->flags = 0;
	return true;
}

struct awaited {
	struct timer *skel;
	__u32 calls;
};

static bool has_fired(void *context)
{
	struct awaited *awaited = context;

	return __atomic_load_n(&awaited->skel->bss->calls, __ATOMIC_ACQUIRE) >= awaited->calls;
}

static bool wait_for_calls(struct timer *skel, __u32 calls)
{
	struct awaited awaited = { skel, calls };

	return ASSERT_TRUE(wait_until(has_fired, &awaited, test__wait_timeout_ms()), "timer fires");
}

static void fires(struct timer *skel)
{
	__u64 before_ns, after_ns;

	if (!prepare(skel))
		return;
	skel->bss->delay_ns = DELAY_NS;
	before_ns = now_ns();
	ASSERT_EQ(run(skel->progs.start), 0, "start");
	after_ns = now_ns();
	if (!wait_for_calls(skel, 1))
		return;
	ASSERT_GE(skel->bss->start_ns, before_ns, "time of the start");
	ASSERT_LE(skel->bss->start_ns, after_ns, "time of the start");
	ASSERT_EQ(skel->bss->seen_key, KEY, "key in the callback");
	ASSERT_EQ(skel->bss->seen_marker, 0x1122334455667788, "value in the callback");
	ASSERT_GE(skel->bss->seen_ns - skel->bss->start_ns, DELAY_NS, "delay");
	ASSERT_LE(skel->bss->seen_ns, now_ns(), "time of the call");
	ASSERT_EQ(run(skel->progs.cancel), 0, "cancel after the call");
	ASSERT_EQ(skel->bss->calls, 1, "calls");
}

/* The timer is started at a point in time instead of after a delay. */
static void absolute(struct timer *skel)
{
	if (!prepare(skel))
		return;
	skel->bss->delay_ns = now_ns() + DELAY_NS;
	skel->bss->flags = BPF_F_TIMER_ABS;
	ASSERT_EQ(run(skel->progs.start), 0, "start");
	if (wait_for_calls(skel, 1))
		ASSERT_GE(skel->bss->seen_ns, skel->bss->delay_ns, "time of the call");
}

static void restarts(struct timer *skel)
{
	if (!prepare(skel))
		return;
	skel->bss->delay_ns = DELAY_NS;
	skel->bss->restarts = 4;
	ASSERT_EQ(run(skel->progs.start), 0, "start");
	if (!wait_for_calls(skel, 5))
		return;
	ASSERT_EQ(skel->bss->restarts, 0, "restarts left");
	ASSERT_GE(skel->bss->seen_ns - skel->bss->start_ns, 5 * DELAY_NS, "all delays");
	ASSERT_EQ(run(skel->progs.cancel), 0, "cancel");
	ASSERT_EQ(skel->bss->calls, 5, "calls");
}

static void cancelled(struct timer *skel)
{
	if (!prepare(skel))
		return;
	skel->bss->delay_ns = FOREVER;
	ASSERT_EQ(run(skel->progs.start), 0, "start");
	ASSERT_EQ(run(skel->progs.cancel), 1, "cancel what runs");
	ASSERT_EQ(run(skel->progs.cancel), 0, "cancel again");
	ASSERT_EQ(skel->bss->calls, 0, "calls");
	/* Cancelling removes the callback's reference: it is set again before the next start. */
	ASSERT_EQ(run(skel->progs.start), -EINVAL, "start without callback");
	ASSERT_EQ(run(skel->progs.set_callback), 0, "set callback again");
	ASSERT_EQ(run(skel->progs.start), 0, "start again");
	ASSERT_EQ(run(skel->progs.cancel), 1, "cancel at the end");
}

static void refused(struct timer *skel)
{
	skel->bss->key = KEY;
	ASSERT_EQ(run(skel->progs.set_callback), -EINVAL, "callback before init");
	ASSERT_EQ(run(skel->progs.start), -EINVAL, "start before init");
	ASSERT_EQ(run(skel->progs.cancel), -EINVAL, "cancel before init");
	skel->bss->flags = 5;
	ASSERT_EQ(run(skel->progs.init), -EINVAL, "unknown clock");
	skel->bss->flags = CLOCK_BOOTTIME;
	ASSERT_EQ(run(skel->progs.init), 0, "init");
	ASSERT_EQ(run(skel->progs.init), -EBUSY, "init again");
	skel->bss->flags = 0;
	ASSERT_EQ(run(skel->progs.start), -EINVAL, "start before callback");
	ASSERT_EQ(run(skel->progs.set_callback), 0, "set callback");
	skel->bss->flags = 1 << 4;
	ASSERT_EQ(run(skel->progs.start), -EINVAL, "unknown flag");
	skel->bss->key = 2;
	ASSERT_EQ(run(skel->progs.start), -ENOENT, "no element");
}

static bool is_gone(void *id)
{
	auto_fd int fd = bpf_map_get_fd_by_id(*(__u32 *)id);

	return fd == -ENOENT;
}

/* A timer that runs does not keep its map. */
static void map_ends(struct timer *skel)
{
	struct timer *other = timer__open_and_load();
	__u32 id;

	if (!ASSERT_OK_PTR(other, "open and load"))
		return;
	id = map_id(bpf_map__fd(other->maps.elements));
	if (prepare(other)) {
		other->bss->delay_ns = FOREVER;
		ASSERT_EQ(run(other->progs.start), 0, "start");
	}
	timer__destroy(other);
	ASSERT_TRUE(wait_until(is_gone, &id, test__wait_timeout_ms()), "map is freed");
}

TEST_NEEDS(timer, NEED_PROG_TYPE(SCHED_CLS, "4.1", IF_CONFIG("NET")),
	   NEED_HELPER(timer_init, SCHED_CLS, "5.15"));
SUBTEST_NEEDS(timer, "absolute", NEED_CONSTANT("BPF_F_TIMER_ABS", "6.4"));

void test_timer(void)
{
	static const struct {
		const char *name;
		void (*run)(struct timer *skel);
	} subtests[] = {
		/* clang-format off */
		{ "fires",	fires },
		{ "absolute",	absolute },
		{ "restarts",	restarts },
		{ "cancelled",	cancelled },
		{ "refused",	refused },
		{ "map_ends",	map_ends },
		/* clang-format on */
	};

	RUN_SKEL_SUBTESTS(timer, subtests);
}
