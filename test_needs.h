/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The requirements of a test, declared beside it. Each one names a kernel feature, the first kernel
 * version that has the feature, and the config options that it depends on.
 *
 *	TEST_NEEDS(map_in_map, NEED_MAP_TYPE(HASH_OF_MAPS, "4.12"));
 *	SUBTEST_NEEDS(file_reader, "negative: *", NEED_KFUNC("bpf_dynptr_file_discard", "6.19"));
 *
 * If a feature is absent because the kernel is too old or its configuration leaves it out, the test
 * is a SKIP with that reason. If it is absent although the kernel is new enough and configured for
 * it, the test is a FAIL. If it is present, the version does not matter: kernels have backports.
 * If the kernel has the feature and refuses it with EPERM or EACCES, the test is a SKIP that names
 * what refuses: a missing capability, a user namespace, lockdown, a seccomp filter, an LSM. If
 * nothing of this refuses, it is a FAIL.
 *
 * After its own arguments, each NEED_*() takes any of these:
 *	UNTIL("7.4")		the first kernel that no longer has it
 *	IF_CONFIG("A,B")	config options; it is absent if any of them is not set
 *	IN_MODULE("nf_nat")	this module provides it, and is loaded for it
 *	STABLE			for a kernel function: compilers never inline or rename it
 *	EFFECT("/sys/x")	for a config option: a path that exists if the option is set
 */
#ifndef TEST_NEEDS_H
#define TEST_NEEDS_H

#include <linux/capability.h>
#include <stdbool.h>

enum test_need_kind {
	NEED_KIND_NOTHING,
	NEED_KIND_KFUNC,
	NEED_KIND_HELPER,
	NEED_KIND_PROG_TYPE,
	NEED_KIND_MAP_TYPE,
	NEED_KIND_ITERATOR,
	NEED_KIND_BTF_TRACEPOINT,
	NEED_KIND_BTF,
	NEED_KIND_FAMILY,
	NEED_KIND_CGROUP,
	NEED_KIND_CONSTANT,
	NEED_KIND_BTF_TYPE,
	NEED_KIND_BTF_MEMBER,
	NEED_KIND_KERNEL_FUNC,
	NEED_KIND_TRACEPOINT,
	NEED_KIND_CONFIG,
	NEED_KIND_CONFIG_MAX,
	NEED_KIND_LSM,
	NEED_KIND_MODULE,
	NEED_KIND_MODULE_FILE,
	NEED_KIND_COMMAND,
	NEED_KIND_CPUS,
	NEED_KIND_MEMORY,
	NEED_KIND_CAPABILITY,
	NEED_KIND_SYSCTL,
	NEED_KIND_ARCH,
	NEED_KIND_JIT,
	NEED_KIND_LOCKDOWN,
	NEED_KIND_PMU,
	NEED_KIND_REAL_CPU,
	NEED_KIND_PROBE,
	NEED_KINDS_CNT,
};

struct test_need {
	enum test_need_kind kind;
	const char *name;
	const char *of;     /* type of a member, group of a tracepoint, value of a sysctl */
	long number;        /* number of a helper, type or capability; or of CPUs or MiB */
	int prog_type;      /* program type of a helper */
	const char *since;  /* first kernel with the feature, "6.19"; NULL: all from 6.1 on */
	const char *until;  /* first kernel without the feature again, or NULL */
	const char *config; /* options that the feature needs, separated by commas */
	const char *module; /* module that provides the feature, or NULL */
	const char *effect; /* path that exists if a config option is set, or NULL */
	bool stable;
	int (*probe)(void);
};

struct test_needs {
	const char *test;
	const char *subtest; /* glob for name or description of subtests; NULL: the whole test */
	const struct test_need *needs;
	int needs_cnt;
	int line; /* line of the declaration, because the linker does not keep their order */
};

#define UNTIL(version)     .until = version
#define IF_CONFIG(options) .config = options
#define IN_MODULE(name_)   .module = name_
#define EFFECT(path)       .effect = path
#define STABLE             .stable = true

/* The test needs nothing except root and BPF, which the whole suite needs. */
#define NEED_NOTHING { .kind = NEED_KIND_NOTHING }

/* A kernel function that programs may call, such as "bpf_dynptr_from_file". */
#define NEED_KFUNC(name_, since_, ...) \
	{ .kind = NEED_KIND_KFUNC, .name = name_, .since = since_, ##__VA_ARGS__ }

/* A helper for a program type: NEED_HELPER(get_stack, KPROBE, "4.18"). */
#define NEED_HELPER(helper, type, since_, ...) \
	{ .kind = NEED_KIND_HELPER,            \
	  .name = "bpf_" #helper,              \
	  .of = #type,                         \
	  .number = BPF_FUNC_##helper,         \
	  .prog_type = BPF_PROG_TYPE_##type,   \
	  .since = since_,                     \
	  ##__VA_ARGS__ }

/* A program type: NEED_PROG_TYPE(NETFILTER, "6.4", IF_CONFIG("NETFILTER_BPF_LINK")) */
#define NEED_PROG_TYPE(type, since_, ...) \
	{ .kind = NEED_KIND_PROG_TYPE,    \
	  .name = #type,                  \
	  .number = BPF_PROG_TYPE_##type, \
	  .since = since_,                \
	  ##__VA_ARGS__ }
#define NEED_MAP_TYPE(type, since_, ...) \
	{ .kind = NEED_KIND_MAP_TYPE,    \
	  .name = #type,                 \
	  .number = BPF_MAP_TYPE_##type, \
	  .since = since_,               \
	  ##__VA_ARGS__ }

/* A BPF iterator: NEED_ITERATOR("task", "5.8") */
#define NEED_ITERATOR(name_, since_, ...) \
	{ .kind = NEED_KIND_ITERATOR, .name = name_, .since = since_, ##__VA_ARGS__ }

/*
 * A tracepoint for programs of SEC("tp_btf/sys_enter"): NEED_BTF_TRACEPOINT("sys_enter", "5.5").
 * They need no trampoline, in contrast to all other programs of NEED_PROG_TYPE(TRACING, ...).
 */
#define NEED_BTF_TRACEPOINT(name_, since_, ...) \
	{ .kind = NEED_KIND_BTF_TRACEPOINT, .name = name_, .since = since_, ##__VA_ARGS__ }

/*
 * BTF of the kernel, which libbpf requires for an object that has CO-RE relocations: it uses
 * members of the structs of vmlinux.h.
 */
#define NEED_BTF \
	{ .kind = NEED_KIND_BTF, .name = "BTF", .since = "5.4", .config = "DEBUG_INFO_BTF" }

/*
 * Sockets of an address family, and its loopback address if it is INET or INET6:
 * NEED_FAMILY(INET6, IF_CONFIG("IPV6")). The constant is in <sys/socket.h>.
 */
#define NEED_FAMILY(family, ...) \
	{ .kind = NEED_KIND_FAMILY, .name = #family, .number = AF_##family, ##__VA_ARGS__ }

/* A cgroup of the test's own, for test__join_cgroup(): cgroup2, and the right to make cgroups. */
#define NEED_CGROUP { .kind = NEED_KIND_CGROUP, .name = "cgroup of the test's own" }

/* A constant of the kernel's BPF interface by its name: attach type, link type, flag, command. */
#define NEED_CONSTANT(name_, since_, ...) \
	{ .kind = NEED_KIND_CONSTANT, .name = name_, .since = since_, ##__VA_ARGS__ }
#define NEED_ATTACH_TYPE(type, since_, ...) NEED_CONSTANT("BPF_" #type, since_, ##__VA_ARGS__)
#define NEED_LINK_TYPE(type, since_, ...) \
	NEED_CONSTANT("BPF_LINK_TYPE_" #type, since_, ##__VA_ARGS__)

/* A struct, union, enum or typedef of the kernel, by its name; and a member of a struct or union. */
#define NEED_BTF_TYPE(name_, since_, ...) \
	{ .kind = NEED_KIND_BTF_TYPE, .name = name_, .since = since_, ##__VA_ARGS__ }
#define NEED_BTF_MEMBER(type, member, since_, ...) \
	{ .kind = NEED_KIND_BTF_MEMBER, .name = member, .of = type, .since = since_, ##__VA_ARGS__ }

/*
 * A kernel function to attach to. If it is absent, the test is skipped, because a compiler may have
 * inlined or renamed it; with STABLE, the test fails.
 */
#define NEED_KERNEL_FUNC(name_, since_, ...) \
	{ .kind = NEED_KIND_KERNEL_FUNC, .name = name_, .since = since_, ##__VA_ARGS__ }

/* A tracepoint: NEED_TRACEPOINT("sched", "sched_switch", NULL) */
#define NEED_TRACEPOINT(group, name_, since_, ...) \
	{ .kind = NEED_KIND_TRACEPOINT, .name = name_, .of = group, .since = since_, ##__VA_ARGS__ }

/* An option of the kernel's configuration that is `y` or `m`. */
#define NEED_CONFIG(option, ...)     { .kind = NEED_KIND_CONFIG, .name = option, ##__VA_ARGS__ }
/* An option whose value is a number, at most @max: NEED_CONFIG_MAX("NR_CPUS", 1024) */
#define NEED_CONFIG_MAX(option, max) { .kind = NEED_KIND_CONFIG_MAX, .name = option, .number = max }

/* A security module that is active. */
#define NEED_LSM(name_, ...) { .kind = NEED_KIND_LSM, .name = name_, ##__VA_ARGS__ }

/* A kernel module that is loaded or can be loaded. If the runner loads it, it also unloads it. */
#define NEED_MODULE(name_, ...) { .kind = NEED_KIND_MODULE, .name = name_, ##__VA_ARGS__ }

/*
 * A module in the file NAME.ko beside the program. If the file is absent, or is for another kernel,
 * that is a matter of the build, and the test is skipped. The runner loads and unloads it.
 */
#define NEED_MODULE_FILE(name_) { .kind = NEED_KIND_MODULE_FILE, .name = name_ }

/* A program in PATH. */
#define NEED_COMMAND(name_) { .kind = NEED_KIND_COMMAND, .name = name_ }

/* The smallest number of online CPUs, and the smallest amount of memory. */
#define NEED_CPUS(count)     { .kind = NEED_KIND_CPUS, .number = count }
#define NEED_MEMORY_MIB(mib) { .kind = NEED_KIND_MEMORY, .number = mib }

/* A capability of the test process: NEED_CAPABILITY(CAP_SYS_NICE) */
#define NEED_CAPABILITY(capability) \
	{ .kind = NEED_KIND_CAPABILITY, .name = #capability, .number = capability }

/* A value of a sysctl: NEED_SYSCTL("kernel.perf_event_paranoid", "2") */
#define NEED_SYSCTL(name_, value) { .kind = NEED_KIND_SYSCTL, .name = name_, .of = value }

/* One of several architectures, by the names of uname(2): NEED_ARCH("x86_64,aarch64") */
#define NEED_ARCH(machines) { .kind = NEED_KIND_ARCH, .name = machines }

/* The JIT compiler. Without it the kernel has no trampolines and no kfuncs. */
#define NEED_JIT { .kind = NEED_KIND_JIT, .name = "JIT" }

/* Lockdown below a level: NEED_LOCKDOWN_BELOW("confidentiality") to read the kernel's memory. */
#define NEED_LOCKDOWN_BELOW(level) { .kind = NEED_KIND_LOCKDOWN, .name = level }

/* A hardware PMU that counts cycles and delivers samples. */
#define NEED_PMU { .kind = NEED_KIND_PMU, .name = "PMU" }

/* A CPU that runs instructions itself: QEMU's TCG emulates them, 10 to 50 times as slowly. */
#define NEED_REAL_CPU { .kind = NEED_KIND_REAL_CPU, .name = "CPU that is not emulated" }

/*
 * A feature that can only be found by trying, such as a program that the verifier accepts.
 * @function runs in the test's process. It returns 1 if the feature is present, 0 if not, or a
 * negative errno if it could not find out, which fails the test.
 */
#define NEED_PROBE(what, since_, function, ...) \
	{ .kind = NEED_KIND_PROBE, .name = what, .since = since_, .probe = function, ##__VA_ARGS__ }

#define TEST_NEEDS_JOIN_(a, b) a##b
#define TEST_NEEDS_JOIN(a, b)  TEST_NEEDS_JOIN_(a, b)
#define TEST_NEEDS_DECLARE(id, test_, subtest_, ...)                                            \
	static const struct test_need TEST_NEEDS_JOIN(test_need_list_, id)[] = { __VA_ARGS__ }; \
	static const struct test_needs TEST_NEEDS_JOIN(test_needs_, id)                         \
		__attribute__((used, section("test_needs"), aligned(8))) = {                    \
			.test = #test_,                                                         \
			.subtest = subtest_,                                                    \
			.needs = TEST_NEEDS_JOIN(test_need_list_, id),                          \
			.needs_cnt = sizeof(TEST_NEEDS_JOIN(test_need_list_, id)) /             \
				     sizeof(struct test_need),                                  \
			.line = __LINE__,                                                       \
		}

/**
 * TEST_NEEDS() - declare what a test needs
 * @test: name of the test without `test_` or `serial_test_`, not in quotes
 * @...: NEED_*, separated by commas; NEED_NOTHING if it needs nothing
 */
#define TEST_NEEDS(test, ...) TEST_NEEDS_DECLARE(__COUNTER__, test, NULL, __VA_ARGS__)

/**
 * SUBTEST_NEEDS() - declare what some subtests need in addition
 * @subtest: name of the subtests, or a pattern with `*`, in quotes
 */
#define SUBTEST_NEEDS(test, subtest, ...) \
	TEST_NEEDS_DECLARE(__COUNTER__, test, subtest, __VA_ARGS__)

#endif
