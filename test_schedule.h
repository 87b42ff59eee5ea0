/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The things that a test shares with others, and its costs, as data beside the test. The runner starts two
 * tests together only where their declarations allow it.
 *
 *	TEST_LOCKS(fentry_test, SHARED("trampoline:bpf_fentry_test1"), EXCLUSIVE("page_cache"));
 *	TEST_COSTS(ringbuf, CPUS(2), MEMORY_MIB(512));
 *
 * The names are fixed, so that a typing error is found at the start and not by a flake:
 *	page_cache		what is cached, beyond files of the test's own
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

/* The test stands others that do the same: it uses the thing, and counts only its own. */
#define SHARED(name_)    { .name = name_ }
/* The test changes the thing, or wants it undisturbed. */
#define EXCLUSIVE(name_) { .name = name_, .is_exclusive = true }

/**
 * TEST_LOCKS() - declare what a test shares with others, once for all that the test does
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
	int cpus;       /* that it keeps busy; 0: not declared, which is one */
	int memory_mib; /* that it takes at most; 0: not worth a declaration */
};

#define CPUS(count)     .cpus = count
#define MEMORY_MIB(mib) .memory_mib = mib

/**
 * TEST_COSTS() - declare that a test counts as more than one, or takes much memory
 * @test_: its name without `test_` or `serial_test_`, not in quotes
 * @...: CPUS() and MEMORY_MIB(), separated by commas
 *
 * The least that the machine must have is a requirement, see test_needs.h.
 */
#define TEST_COSTS(test_, ...)                                               \
	static const struct test_costs test_costs_##test_                    \
		__attribute__((used, section("test_costs"), aligned(8))) = { \
			.test = #test_,                                      \
			__VA_ARGS__,                                         \
		}

#endif
