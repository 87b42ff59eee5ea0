/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The things that a test shares with other tests, and its costs, declared beside the test. The
 * runner runs two tests at the same time only if their declarations allow it.
 *
 *	TEST_LOCKS(fentry_test, SHARED("trampoline:bpf_fentry_test1"), EXCLUSIVE("page_cache"));
 *	TEST_COSTS(ringbuf, CPUS(2), MEMORY_MIB(512));
 *
 * Only these names are valid, so that a typing error is found at the start and not as a flake:
 *	page_cache		the page cache, except for files of the test's own
 *	perf_rate		the rate of perf's samples, on all CPUs together
 *	trace_pipe		tracefs: trace_pipe, and the probes that it defines
 *	trampoline:FUNC		the programs on kernel function FUNC (fentry, fexit, fmod_ret, LSM)
 *	init_netns		the initial network namespace, with its flow dissector
 *	cgroup_root		the root cgroup, and what is attached to it
 *	sysctl:NAME		a sysctl outside of the test's network namespace, `kernel.panic`
 *	module:NAME		a kernel module that is loaded or unloaded
 */
#ifndef TEST_SCHEDULE_H
#define TEST_SCHEDULE_H

#include <stdbool.h>

struct test_lock {
	const char *name;
	bool is_exclusive;
};

struct test_locks {
	const char *test;
	const struct test_lock *locks;
	int locks_cnt;
};

/* Others may use the thing at the same time: the test only uses it, and counts its own events. */
#define SHARED(name_)    { .name = name_ }
/* The test changes the thing, or no other test may use it meanwhile. */
#define EXCLUSIVE(name_) { .name = name_, .is_exclusive = true }

/**
 * TEST_LOCKS() - declare the things that a test and all its subtests share with other tests
 * @test_: its name without `test_` or `serial_test_`, not in quotes
 * @...: SHARED() and EXCLUSIVE(), separated by commas
 */
#define TEST_LOCKS(test_, ...)                                                                  \
	static const struct test_lock test_lock_list_##test_[] = { __VA_ARGS__ };               \
	static const struct test_locks test_locks_##test_                                       \
		__attribute__((used, section("test_locks"), aligned(8))) = {                    \
			.test = #test_,                                                         \
			.locks = test_lock_list_##test_,                                        \
			.locks_cnt = sizeof(test_lock_list_##test_) / sizeof(struct test_lock), \
		}

struct test_costs {
	const char *test;
	int cpus;       /* number of CPUs that the test keeps busy; 0: not declared, counts as 1 */
	int memory_mib; /* most memory that the test uses; 0: little, not declared */
};

#define CPUS(count)     .cpus = count
#define MEMORY_MIB(mib) .memory_mib = mib

/**
 * TEST_COSTS() - declare that a test keeps several CPUs busy, or uses much memory
 * @test_: its name without `test_` or `serial_test_`, not in quotes
 * @...: CPUS() and MEMORY_MIB(), separated by commas
 *
 * A machine without that many CPUs or that much memory is a matter of TEST_NEEDS(), see
 * test_needs.h.
 */
#define TEST_COSTS(test_, ...)                                               \
	static const struct test_costs test_costs_##test_                    \
		__attribute__((used, section("test_costs"), aligned(8))) = { \
			.test = #test_,                                      \
			__VA_ARGS__,                                         \
		}

#endif
