// SPDX-License-Identifier: GPL-2.0-only
/* Parts of the state audit that can be tested without leaving anything in a kernel. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/unit/unit_test.h"
#include "runner/audit/object.h"
#include "runner/system/mount_points.h"
#include "runner/system/process.h"
#include "runner/selection/registry.h"
#include "runner/result/result.h"

const struct test_entry test_entries[] = { { "one", NULL, NULL } };
const int test_entries_cnt = 1;
const unsigned int test_default_isolation;

static void sets_find_what_is_in_them(void **state)
{
	struct audit_set set = {};
	struct audit_object taken = {};
	char key[16];
	int i;

	assert_null(audit_set__find(&set, "1"));
	for (i = 0; i < 200; i++) {
		snprintf(key, sizeof(key), "%d", i * 7 % 200);
		assert_non_null(audit_set__add(&set, key, i % 2 ? key : NULL));
	}
	audit_set__sort(&set);
	for (i = 0; i < 200; i++) {
		snprintf(key, sizeof(key), "%d", i);
		assert_string_equal(audit_set__find(&set, key)->key, key);
	}
	assert_null(audit_set__find(&set, "200"));
	audit_object__move(&taken, audit_set__find(&set, "7"));
	assert_string_equal(taken.value, "7");
	audit_object__set_text(&taken, "%d", 1);
	audit_object__set_text(&taken, "%d", 22);
	assert_string_equal(taken.text, "22");
	audit_object__free(&taken);
	audit_set__free(&set);
	assert_int_equal(set.cnt, 0);
}

static void check_left(enum result before, const char *detail, enum result after,
		       const char *expected)
{
	struct test_outcome test = { .outcome.result = before };

	if (detail)
		outcome__set_detail(&test.outcome, "%s", detail);
	test_outcome__add_left(&test, "pin /a");
	test_outcome__add_left(&test, "BPF map 1");
	test_outcome__fail_for_left(&test);
	assert_int_equal(test.outcome.result, after);
	assert_string_equal(test.outcome.detail, expected);
	test_outcome__free(&test);
}

static void what_is_left_fails_a_test(void **state)
{
	static const char left[] = "left behind: pin /a and 1 more";
	struct test_outcome clean = { .outcome.result = RESULT_PASS };

	check_left(RESULT_PASS, NULL, RESULT_FAIL, left);
	check_left(RESULT_SKIP, "no such thing", RESULT_FAIL, left);
	check_left(RESULT_FAIL, NULL, RESULT_FAIL, left);
	check_left(RESULT_CRASH, "crash: SIGSEGV", RESULT_CRASH, "crash: SIGSEGV");
	check_left(RESULT_TIMEOUT, "timeout", RESULT_TIMEOUT, "timeout");
	test_outcome__fail_for_left(&clean);
	assert_int_equal(clean.outcome.result, RESULT_PASS);
	assert_int_equal(clean.outcome.failures, 0);
}

static void wait_until_dying(pid_t pid)
{
	int i;

	for (i = 0; i < 10000 && !process__is_dying(pid); i++)
		usleep(1000);
	assert_true(process__is_dying(pid));
}

static void a_process_that_dies_is_seen_to(void **state)
{
	pid_t pid = fork();

	if (!pid) {
		signal(SIGTERM, SIG_DFL);
		for (;;)
			pause();
	}
	assert_false(process__is_dying(pid));
	/* A signal to a stopped process stays pending. */
	kill(pid, SIGSTOP);
	waitpid(pid, NULL, WUNTRACED);
	assert_false(process__is_dying(pid));
	kill(pid, SIGTERM);
	assert_true(process__is_dying(pid));
	kill(pid, SIGKILL);
	wait_until_dying(pid);
	waitpid(pid, NULL, 0);
	assert_true(process__is_dying(pid));
}

static bool is_listed(pid_t wanted, pid_t parent, pid_t session)
{
	pid_t pids[1024];
	int i, cnt = process__list(parent, session, pids, 1024);

	for (i = 0; i < cnt && i < 1024; i++) {
		if (pids[i] == wanted)
			return true;
	}
	return false;
}

static void children_are_listed_until_they_are_reaped(void **state)
{
	pid_t pids[8], living = fork(), dead;
	siginfo_t info;
	int before;

	if (!living) {
		for (;;)
			pause();
	}
	before = process__children(pids, 8);
	assert_true(before > 0);
	assert_int_equal(pids[before - 1], living);
	dead = fork();
	if (!dead)
		_exit(0);
	assert_int_equal(waitid(P_PID, dead, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(process__children(pids, 8), before + 1);
	assert_int_equal(pids[before - 1], living);
	assert_int_equal(pids[before], dead);
	assert_int_equal(process__children(pids, before + 1), -E2BIG);
	waitpid(dead, NULL, 0);
	assert_int_equal(process__children(pids, 8), before);
	kill(living, SIGKILL);
	waitpid(living, NULL, 0);
}

static void processes_are_listed_by_parent_and_session(void **state)
{
	int ready[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	if (!pid) {
		setsid();
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_true(is_listed(pid, getpid(), -1));
	assert_true(is_listed(pid, 1 << 30, pid));
	assert_false(is_listed(pid, 1 << 30, getsid(0)));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
}

static void mount_points_are_found(void **state)
{
	char **points = mount_points__find("proc");
	bool found = false;
	int i;

	assert_non_null(points);
	for (i = 0; points[i]; i++)
		found |= !strcmp(points[i], "/proc");
	assert_true(found);
	mount_points__free(points);
	points = mount_points__find("pro");
	assert_null(points[0]);
	mount_points__free(points);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_find_what_is_in_them),
		cmocka_unit_test(what_is_left_fails_a_test),
		cmocka_unit_test(a_process_that_dies_is_seen_to),
		cmocka_unit_test(children_are_listed_until_they_are_reaped),
		cmocka_unit_test(processes_are_listed_by_parent_and_session),
		cmocka_unit_test(mount_points_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
