/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface of a test: assertions, subtests, skips, annotated programs.
 *
 * A test is a function `void test_NAME(void)`, or `void serial_test_NAME(void)` for one that needs
 * the machine for itself, in prog_tests/. It runs in a process of its own. Everything that it
 * prints becomes its log. Each failed assertion is reported to the runner at once; the test goes on
 * after it, unless it returns.
 *
 * The test is a child subreaper: a process that it started becomes its own child if the parent of
 * the process exits. All processes that are left are killed when the test ends. A crash of a forked
 * child does not fail the test by itself: the log has a line about it, and the test decides by the
 * child's wait status.
 *
 * Nothing here may be called before the test function starts. All of it may be called from threads
 * and forked children of a test, except where a comment says otherwise.
 */
#ifndef TEST_PROGS_H
#define TEST_PROGS_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "test_needs.h"
#include "test_schedule.h"

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

/**
 * test__start_subtest() - begin a subtest, and end the one before it, if any
 * @name: name of the subtest, without the name of the test; commas, blanks and '/' are allowed. Each
 *	subtest of a test has a name of its own: a second one of the same name fails the test.
 *
 * Only the test's own process may begin a subtest: called in a forked child it is a failure.
 *
 * Return: true if the subtest is selected; the caller then runs its body.
 */
bool test__start_subtest(const char *name);

/**
 * for_each_subtest() - loop over the selected subtests of a table
 * @subtest: the loop's variable: a pointer to the row of the subtest that has begun
 * @table: an array of structs with a member `const char *name`
 */
#define for_each_subtest(subtest, table)                                                          \
	for (__auto_type subtest = &(table)[0]; subtest < &(table)[ARRAY_SIZE(table)]; subtest++) \
		if (!test__start_subtest(subtest->name))                                          \
			continue;                                                                 \
		else

/**
 * RUN_SUBTESTS() - run the selected subtests of a table
 * @table: an array of structs with the members `const char *name` and `void (*run)(...)`
 *
 * Further arguments are passed to each run().
 */
#define RUN_SUBTESTS(table, ...)                    \
	do {                                        \
		for_each_subtest (subtest_, table)  \
			subtest_->run(__VA_ARGS__); \
	} while (0)

/**
 * RUN_SKEL_SUBTESTS() - like RUN_SUBTESTS(), but open and load a new skeleton for each subtest
 * @skel: the skeleton's name; its header must be included
 * @table: as in RUN_SUBTESTS()
 *
 * The skeleton is the first argument of each run(); further arguments follow it.
 */
#define RUN_SKEL_SUBTESTS(skel, table, ...)                           \
	do {                                                          \
		for_each_subtest (subtest_, table) {                  \
			struct skel *skel_ = skel##__open_and_load(); \
			if (ASSERT_OK_PTR(skel_, "open and load"))    \
				subtest_->run(skel_, ##__VA_ARGS__);  \
			skel##__destroy(skel_);                       \
		}                                                     \
	} while (0)

/**
 * test__start_subtest_with_desc() - begin a subtest that a description can also select
 * @name: as in test__start_subtest()
 * @description: text shown instead of @name, or NULL
 */
bool test__start_subtest_with_desc(const char *name, const char *description);

/**
 * test__number_repeated_subtests() - let the second subtest of one name be NAME#2
 *
 * Without this call, two subtests of one name fail the test. It is meant for tests that cannot be
 * changed here, such as those of a kernel tree.
 */
void test__number_repeated_subtests(void);

/** test__end_subtest() - end the running subtest before the next one begins */
void test__end_subtest(void);

/**
 * test__skip_reason() - mark the running subtest as skipped, or the test if no subtest runs
 * @fmt: printf format of the reason: the thing that is missing, and how to get it
 *
 * The call only marks, so the test must return by itself. A failed assertion outweighs a skip.
 */
void test__skip_reason(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * test__skip() - the same for tests that come from a kernel tree: the reason is the last line of
 *	their log
 */
void test__skip(void);

/**
 * test__require() - check a requirement while the test runs
 * @need: as in TEST_NEEDS(); use TEST_NEEDS() instead if the requirement is known beforehand
 *
 * If it does not hold, the running subtest (or the test, if no subtest runs) is marked as skipped,
 * or as failed if this kernel should have it.
 *
 * Return: true if the requirement holds. If it is false, the caller returns from the test.
 */
bool test__require(const struct test_need *need);

/** test__has() - whether a requirement holds, without marking anything */
bool test__has(const struct test_need *need);
/**
 * test__expect_splat() - declare that the next actions make the kernel log a splat
 * @regex: extended regular expression. It is searched in the first lines of the splat, up to and
 *	including "WARNING: ...", and in "WARNING: FUNC at FILE:LINE", which is the same on all
 *	kernels.
 *
 * Such a splat is not a failure until the running subtest (or the test, if no subtest runs) ends.
 * If no splat comes by then, it fails, unless the kernel's log cannot be read. Note that the kernel
 * logs a WARN_ON_ONCE() only once.
 */
void test__expect_splat(const char *regex);

/** test__fail() - mark the running subtest as failed, or the test if no subtest runs */
#define test__fail() assert__report(__FILE__, __LINE__, __func__, "test__fail", false, "called")

/** test__force_log() - show the log of the running subtest and its test even if they pass */
void test__force_log(void);

/** test__verbosity() - the verbosity of the run: 1 to 3 for -v to -vvv, otherwise 0 */
int test__verbosity(void);

/** test__verifier_stats() - whether -s was given */
bool test__verifier_stats(void);

/**
 * test__save_verifier_log() - keep a log of the verifier in the run's results folder
 * @program: the name of the program that was verified
 * @log: the log, which may be empty
 *
 * The log that libbpf prints for a rejected program is kept without this call. The call does
 * nothing if --results was not given.
 */
void test__save_verifier_log(const char *program, const char *log);

/**
 * test__wait_timeout_ms() - the one deadline for waiting on an event
 *
 * It is long: 60 s, multiplied by the factor of an emulated machine. It only turns a hang into a
 * failure that names the awaited event; no result may depend on how fast the machine is.
 */
int test__wait_timeout_ms(void);

/*
 * The parts of a test's isolation, see TEST_ISOLATION(). A part that a test has is required: if the
 * kernel does not provide it, the test fails.
 */
enum test_isolation_part {
	ISOLATE_CGROUP = 1 << 0,  /* a cgroup of its own, killed and removed at the end */
	ISOLATE_NETNS = 1 << 1,   /* a network namespace of its own with `lo` up */
	ISOLATE_MOUNTNS = 1 << 2, /* a mount namespace with its own bpffs and /tmp */
	ISOLATE_KEYRING = 1 << 3, /* a session keyring of its own */
	ISOLATE_NONE = 0,
	ISOLATE_ALL = (1 << 4) - 1,
};

struct test_isolation {
	const char *test;
	unsigned int parts;
};

/**
 * test__capture_netns() - capture the packets of the calling thread's network namespace from now on
 * @name: becomes part of the file's name
 *
 * Call it for a namespace that the test makes by itself. The test's own namespace and namespaces of
 * netns_new() are captured without it. The call does nothing if -m does not name the test.
 */
void test__capture_netns(const char *name);

/**
 * test__release_netns() - stop capturing the packets of a network namespace
 * @netns_fd: the namespace
 *
 * All packets that were sent in it up to now are kept. Capturing keeps the namespace alive until
 * this call, or until the test has ended.
 */
void test__release_netns(int netns_fd);

/**
 * TEST_ISOLATION() - declare the parts of isolation of a test that does not have all of them
 * @name: the test's name without `test_` or `serial_test_`, not in quotes
 * @parts_: ISOLATE_*, for example `ISOLATE_ALL & ~ISOLATE_NETNS`
 */
#define TEST_ISOLATION(name, parts_)                                             \
	static const struct test_isolation test_isolation_##name                 \
		__attribute__((used, section("test_isolation"), aligned(8))) = { \
			.test = #name,                                           \
			.parts = (parts_),                                       \
		}

struct test_tolerates {
	const char *test, *finding, *reason;
};

/**
 * TEST_TOLERATES() - declare what a test is known to leave behind, and that this does not fail it
 * @name: the test's name without `test_` or `serial_test_`, not in quotes
 * @finding_: what is left, in the words of the log; `*` stands for any text: "process * (ip)"
 * @reason_: the reason, in quotes. The lines above the summary show it.
 *
 * It is meant for tests that cannot be changed here, such as those of a kernel tree.
 */
#define TEST_TOLERATES(name, finding_, reason_)                                          \
	static const struct test_tolerates TEST_NEEDS_JOIN(test_tolerates_, __COUNTER__) \
		__attribute__((used, section("test_tolerates"), aligned(8))) = {         \
			.test = #name,                                                   \
			.finding = (finding_),                                           \
			.reason = (reason_),                                             \
		}

/**
 * assert__report() - count one assertion; the ASSERT_* macros below are the way to call it
 * @ok: whether the assertion held
 * @name: the tag of the assertion in the log
 * @fmt: the actual and the expected value, logged if the assertion did not hold
 *
 * The call leaves errno as it was.
 *
 * Return: @ok.
 */
bool assert__report(const char *file, int line, const char *func, const char *name, bool ok,
		    const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Helpers of the macros: each prints its operands in the form that fits their kind. */
bool assert__ok(const char *file, int line, const char *func, const char *name, long long result);
bool assert__err(const char *file, int line, const char *func, const char *name, long long result);
bool assert__ok_fd(const char *file, int line, const char *func, const char *name, int fd);
bool assert__ok_ptr(const char *file, int line, const char *func, const char *name,
		    const void *ptr);
bool assert__err_ptr(const char *file, int line, const char *func, const char *name,
		     const void *ptr);
bool assert__streq(const char *file, int line, const char *func, const char *name,
		   const char *actual, const char *expected, size_t len);
bool assert__has_substr(const char *file, int line, const char *func, const char *name,
			const char *text, const char *part);
bool assert__memeq(const char *file, int line, const char *func, const char *name,
		   const void *actual, const void *expected, size_t len_bytes);
/* @ok: the result of the comparison; @relation: what holds instead if it failed, such as "!=" */
bool assert__compare(const char *file, int line, const char *func, const char *name, bool ok,
		     const char *relation, long long actual, long long expected);

/* An assertion in the source, for --mutate=assertions: it finds those that no run comes to. */
struct assert_site {
	const char *file;
	int line;
};

#define ASSERT_HERE                                                                    \
	({                                                                             \
		static const struct assert_site site_                                  \
			__attribute__((used, section("assert_sites"), aligned(8))) = { \
				__FILE__,                                              \
				__LINE__,                                              \
			};                                                             \
		site_.file;                                                            \
	}),                                                                            \
		__LINE__, __func__

/* Every ASSERT_* is an expression: true when it held. Operands are evaluated once. */
#define ASSERT_FAIL(fmt, ...) assert__report(ASSERT_HERE, "ASSERT_FAIL", false, fmt, ##__VA_ARGS__)

/* Assert any condition. @fmt is logged if it does not hold, and should say what was found. */
#define ASSERT(condition, name, fmt, ...) \
	assert__report(ASSERT_HERE, name, !!(condition), fmt, ##__VA_ARGS__)

#define ASSERT_TRUE(actual, name) \
	assert__report(ASSERT_HERE, name, !!(actual), "%s is false", #actual)
#define ASSERT_FALSE(actual, name) \
	assert__report(ASSERT_HERE, name, !(actual), "%s is true", #actual)

#define ASSERT_IS_NEGATIVE(number) \
	(_Generic((number),        \
		 char: 1,          \
		 signed char: 1,   \
		 short: 1,         \
		 int: 1,           \
		 long: 1,          \
		 long long: 1,     \
		 default: 0) &&    \
	 (long long)(number) < 0)
/*
 * In C, -1 is greater than any unsigned number. `ASSERT_GE(recv(...), sizeof(x), ...)` would hold
 * for a receive that failed. ASSERT_ORDER therefore compares the values by their sign first.
 * Assertions of equality compare as C does.
 */
#define ASSERT_ORDER(actual, op, not_op, expected, name)                           \
	({                                                                         \
		__auto_type actual_ = (actual);                                    \
		__auto_type expected_ = (expected);                                \
		bool negative_ = ASSERT_IS_NEGATIVE(actual_);                      \
		assert__compare(ASSERT_HERE, name,                                 \
				negative_ == ASSERT_IS_NEGATIVE(expected_) ?       \
					actual_ op expected_ :                     \
					!negative_ op negative_,                   \
				not_op, (long long)actual_, (long long)expected_); \
	})
#define ASSERT_COMPARE(actual, op, not_op, expected, name)                       \
	({                                                                       \
		__auto_type actual_ = (actual);                                  \
		__auto_type expected_ = (expected);                              \
		assert__compare(ASSERT_HERE, name, actual_ op expected_, not_op, \
				(long long)actual_, (long long)expected_);       \
	})
#define ASSERT_EQ(actual, expected, name)  ASSERT_COMPARE(actual, ==, "!=", expected, name)
#define ASSERT_NEQ(actual, expected, name) ASSERT_COMPARE(actual, !=, "==", expected, name)
#define ASSERT_LT(actual, expected, name)  ASSERT_ORDER(actual, <, ">=", expected, name)
#define ASSERT_LE(actual, expected, name)  ASSERT_ORDER(actual, <=, ">", expected, name)
#define ASSERT_GT(actual, expected, name)  ASSERT_ORDER(actual, >, "<=", expected, name)
#define ASSERT_GE(actual, expected, name)  ASSERT_ORDER(actual, >=, "<", expected, name)

#define ASSERT_STREQ(actual, expected, name) \
	assert__streq(ASSERT_HERE, name, actual, expected, SIZE_MAX)
#define ASSERT_STRNEQ(actual, expected, len, name) \
	assert__streq(ASSERT_HERE, name, actual, expected, len)
#define ASSERT_HAS_SUBSTR(text, part, name) assert__has_substr(ASSERT_HERE, name, text, part)
#define ASSERT_MEMEQ(actual, expected, len, name) \
	assert__memeq(ASSERT_HERE, name, actual, expected, len)

/* Assertions about a result of the kernel: zero, or a negative errno, or -1 with errno set. */
#define ASSERT_OK(result, name)  assert__ok(ASSERT_HERE, name, result)
#define ASSERT_ERR(result, name) assert__err(ASSERT_HERE, name, result)
#define ASSERT_OK_FD(fd, name)   assert__ok_fd(ASSERT_HERE, name, fd)

/*
 * Assertions about a pointer from libbpf. After an error it is NULL with errno set, or the pointer
 * itself has the errno.
 */
#define ASSERT_OK_PTR(ptr, name)  assert__ok_ptr(ASSERT_HERE, name, ptr)
#define ASSERT_ERR_PTR(ptr, name) assert__err_ptr(ASSERT_HERE, name, ptr)
/* Assert that a link is refused with @err, a negative errno. A link that was made is destroyed. */
#define ASSERT_ERR_LINK(link, err, name)                                            \
	({                                                                          \
		struct bpf_link *link_ = (link);                                    \
		bool refused_ = ASSERT_ERR_PTR(link_, name);                        \
		if (!refused_)                                                      \
			bpf_link__destroy(link_);                                   \
		refused_ ? ASSERT_EQ(libbpf_get_error(link_), (err), name) : false; \
	})
#define ASSERT_NULL(ptr, name)                                                            \
	({                                                                                \
		const void *ptr_ = (ptr);                                                 \
		assert__report(ASSERT_HERE, name, !ptr_, "pointer %p is not NULL", ptr_); \
	})

/* Older assertions, for tests from a kernel tree. They return true if the assertion failed. */
/*
 * CHECK() fails if @condition is true. As in the kernel tree, the caller must have a variable
 * `duration`; its value does not matter.
 */
#define CHECK(condition, tag, fmt, ...)                                         \
	({                                                                      \
		bool failed_ = !!(condition);                                   \
		(void)duration;                                                 \
		assert__report(ASSERT_HERE, tag, !failed_, fmt, ##__VA_ARGS__); \
		failed_;                                                        \
	})
#define CHECK_FAIL(condition) CHECK(condition, #condition, "is true")
#define PRINT_FAIL(fmt, ...)  assert__report(ASSERT_HERE, "PRINT_FAIL", false, fmt, ##__VA_ARGS__)

/**
 * test__system() - run a shell command whose output goes to the test's log
 * @fmt: printf format of the command line
 *
 * Return: the exit status of the command, 128+n if signal n ended it, or a negative errno.
 */
int test__system(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Run a command that must succeed; if it fails, go to @label. */
#define SYS(label, fmt, ...)                                                       \
	({                                                                         \
		if (!ASSERT_OK(test__system(fmt, ##__VA_ARGS__), "command: " fmt)) \
			goto label;                                                \
	})
/* Run a command that must fail; if it succeeds, go to @label. */
#define SYS_FAIL(label, fmt, ...)                                                      \
	({                                                                             \
		if (!ASSERT_NEQ(test__system(fmt, ##__VA_ARGS__), 0, "command: " fmt)) \
			goto label;                                                    \
	})
/* Run a command with any outcome. The value is the return value of test__system(). */
#define SYS_NOFAIL(fmt, ...) test__system(fmt, ##__VA_ARGS__)

/**
 * test__join_cgroup() - make a cgroup below the test's own one, and move the calling process into
 *	it
 * @path: its name, with or without a slash in front; it may exist, and may be below another cgroup
 *	that exists
 *
 * Return: a descriptor of the cgroup's folder, closed by the caller; -1 after a failed assertion.
 */
int test__join_cgroup(const char *path);

/**
 * RUN_TESTS() - load each annotated program of an object, and run it if it has a __retval
 * @skel: the skeleton's name; its header must be included
 *
 * Each program is a subtest. The annotations are those of progs/bpf_misc.h.
 */
#define RUN_TESTS(skel)                                                                     \
	do {                                                                                \
		static const struct annotated_object object_                                \
			__attribute__((used, section("annotated_objects"), aligned(8))) = { \
				__func__, skel##__elf_bytes, test_loader__list              \
			};                                                                  \
		test_loader__run(#skel, skel##__elf_bytes);                                 \
	} while (0)

typedef const void *(*skel_elf_bytes_fn)(size_t *size_bytes);
typedef void (*subtest_name_fn)(void *data, const char *name, const char *description);

/* A use of RUN_TESTS(): its function, its object, and the way to list its subtests (--list=all). */
struct annotated_object {
	const char *function;
	skel_elf_bytes_fn elf_bytes;
	void (*list)(skel_elf_bytes_fn elf_bytes, subtest_name_fn found, void *data);
};

void test_loader__run(const char *skel_name, skel_elf_bytes_fn elf_bytes);

/** test_loader__list() - call @found for each program that is a subtest; loads nothing */
void test_loader__list(skel_elf_bytes_fn elf_bytes, subtest_name_fn found, void *data);

#endif
