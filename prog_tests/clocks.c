// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clocks of programs are those of clock_gettime(): a program that runs between two readings has
 * a time between them. Jiffies go on with them, and random numbers differ.
 */
#include <time.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "clocks.skel.h"

static __u64 now_ns(clockid_t clock)
{
	struct timespec now = {};

	ASSERT_OK(clock_gettime(clock, &now), "read clock");
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* Runs the program, which lets the packet pass, between two readings of a clock. */
static void is_clock(const struct bpf_program *program, const __u64 *time_ns, clockid_t clock)
{
	char packet[64] = {};

	for (int i = 0; i < 3; i++) {
		__u64 before_ns = now_ns(clock);

		ASSERT_EQ(test_run_packet(program, packet, sizeof(packet)), 1, "run");
		ASSERT_GE(*time_ns, before_ns, "time after the first reading");
		ASSERT_LE(*time_ns, now_ns(clock), "time before the second reading");
	}
}

static void is_clock_of_tracing(struct clocks *skel, const __u64 *time_ns, clockid_t clock)
{
	for (int i = 0; i < 3; i++) {
		__u64 before_ns = now_ns(clock);

		ASSERT_EQ(test_run(skel->progs.read_clocks), 0, "run");
		ASSERT_GE(*time_ns, before_ns, "time after the first reading");
		ASSERT_LE(*time_ns, now_ns(clock), "time before the second reading");
	}
}

static void monotonic(struct clocks *skel)
{
	is_clock_of_tracing(skel, &skel->bss->monotonic_ns, CLOCK_MONOTONIC);
}

static void boot(struct clocks *skel)
{
	is_clock_of_tracing(skel, &skel->bss->boot_ns, CLOCK_BOOTTIME);
}

static void tai(struct clocks *skel)
{
	is_clock_of_tracing(skel, &skel->bss->tai_ns, CLOCK_TAI);
}

/* The coarse clock stands still between two ticks, so that all three can be equal. */
static void coarse(struct clocks *skel)
{
	is_clock(skel->progs.read_coarse_clock, &skel->bss->coarse_ns, CLOCK_MONOTONIC_COARSE);
}

struct moment {
	struct clocks *skel;
	__u64 jiffies;
};

static bool is_later(void *context)
{
	struct moment *moment = context;

	ASSERT_EQ(test_run(moment->skel->progs.read_clocks), 0, "run");
	return moment->skel->bss->jiffies != moment->jiffies;
}

static void jiffies(struct clocks *skel)
{
	struct moment moment = { .skel = skel };
	__u64 first_ns, last_ns;

	ASSERT_EQ(test_run(skel->progs.read_clocks), 0, "run");
	moment.jiffies = skel->bss->jiffies;
	first_ns = skel->bss->monotonic_ns;
	/* They begin five minutes before they need 33 bits. */
	if (!ASSERT_GT(moment.jiffies, 1ULL << 31, "jiffies") ||
	    !ASSERT_TRUE(wait_until(is_later, &moment, test__wait_timeout_ms()), "jiffies go on"))
		return;
	last_ns = skel->bss->monotonic_ns;
	ASSERT_GT(skel->bss->jiffies, moment.jiffies, "jiffies only go up");
	/* The fastest tick is 1 ms; the first one may come at once. */
	ASSERT_LE(skel->bss->jiffies - moment.jiffies, (last_ns - first_ns) / 1000000 + 1,
		  "jiffies for the time that passed");
}

static void prandom(struct clocks *skel)
{
	__u32 all_set = UINT32_MAX, any_set = 0;

	/* Each bit is 0 and 1 at some time: with 64 numbers this fails once in 2^58 runs. */
	for (int i = 0; i < 64; i++) {
		ASSERT_EQ(test_run(skel->progs.read_clocks), 0, "run");
		all_set &= skel->bss->random;
		any_set |= skel->bss->random;
	}
	ASSERT_EQ(all_set, 0, "bits that are always 1");
	ASSERT_EQ(any_set, UINT32_MAX, "bits that are ever 1");
}

TEST_NEEDS(clocks, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"),
	   NEED_PROG_TYPE(CGROUP_SKB, "4.10", IF_CONFIG("CGROUP_BPF")),
	   NEED_HELPER(ktime_get_tai_ns, RAW_TRACEPOINT, "6.1"));

void test_clocks(void)
{
	static const struct {
		const char *name;
		void (*run)(struct clocks *skel);
	} subtests[] = {
		{ "monotonic", monotonic }, { "boot", boot },       { "tai", tai },
		{ "coarse", coarse },       { "jiffies", jiffies }, { "prandom", prandom },
	};

	RUN_SKEL_SUBTESTS(clocks, subtests);
}
