// SPDX-License-Identifier: GPL-2.0-only
/* What the next run takes from the record of one that was killed. */
#include <errno.h>

#include "check/unit/unit_test.h"
#include "runner/audit/past.h"
#include "runner/selection/registry.h"

const struct test_entry test_entries[] = { { "one", NULL, NULL } };
const int test_entries_cnt = 1;
const unsigned int test_default_isolation;

#define HEAD "{\"pid\":7,\"boot_id\":\"b\",\"netns\":1,\"mntns\":2}\n"

static int parse(struct audit_past *past, const char *record)
{
	char *text = strdup(record);
	int err = audit_past__parse(past, text);

	free(text);
	return err;
}

static const struct audit_set *known_of(const struct audit_past *past,
					const struct audit_kind *kind)
{
	int i;

	for (i = 0; i < AUDIT_KINDS; i++) {
		if (audit_kinds[i] == kind)
			return &past->known[i];
	}
	return NULL;
}

static void what_was_there_is_known(void **state)
{
	const struct audit_set *known;
	struct audit_past past;

	assert_int_equal(parse(&past, HEAD
			       "\n{\"kind\":\"sysctl\",\"known\":[[\"b\",\"2\"],[\"a\",\"1\"]]}\n"
			       "{\"kind\":\"pin\",\"known\":[[\"/p\"]]}\n"
			       "{\"kind\":\"of another version\",\"known\":[[\"x\"]]}\n"),
			 0);
	assert_int_equal(past.pid, 7);
	assert_int_equal(past.netns_inode, 1);
	assert_int_equal(past.mntns_inode, 2);
	known = known_of(&past, &audit_sysctls);
	assert_int_equal(known->cnt, 2);
	assert_string_equal(audit_set__find(known, "a")->value, "1");
	assert_null(audit_set__find(known_of(&past, &audit_pins), "/p")->value);
	audit_past__free(&past);
}

static void who_ran_is_told(void **state)
{
	struct audit_past past;

	parse(&past,
	      HEAD "{\"begin\":\"a\"}\n{\"begin\":\"b\"}\n{\"end\":\"a\"}\n{\"begin\":\"c\"}\n");
	assert_int_equal(past.running_cnt, 2);
	assert_string_equal(past.running[0], "b");
	assert_string_equal(past.running[1], "c");
	audit_past__free(&past);
}

static void what_is_settled_is_not_brought_back(void **state)
{
	struct audit_past past;

	parse(&past,
	      HEAD "{\"away\":1,\"kind\":\"sysctl\",\"key\":\"a\",\"value\":\"2\",\"before\":\"1\","
		   "\"numbers\":[0,0,0,0]}\n"
		   "{\"away\":2,\"kind\":\"pin\",\"key\":\"/p\",\"pin\":\"/q\","
		   "\"numbers\":[0,33152,4,5]}\n"
		   "{\"settled\":1}\n");
	assert_int_equal(past.away_cnt, 1);
	assert_string_equal(past.away[0].object.key, "/p");
	assert_string_equal(past.away[0].pin, "/q");
	assert_int_equal(past.away[0].object.numbers[1], 33152);
	assert_int_equal(past.away[0].object.fd, -1);
	audit_past__free(&past);
}

static void a_line_that_was_cut_short_costs_no_other(void **state)
{
	struct audit_past past;

	assert_int_equal(parse(&past, HEAD "{\"away\":1,\"kind\":\"sysctl\",\"key\":\"a\n"
					   "{\"begin\":\"a\"}\n{\"begin\":\"b"),
			 0);
	assert_int_equal(past.away_cnt, 0);
	assert_int_equal(past.running_cnt, 1);
	audit_past__free(&past);
}

static void what_is_no_record_is_refused(void **state)
{
	struct audit_past past;

	assert_int_equal(parse(&past,
			       "[]\n{\"known\":3,\"kind\":\"pin\"}\n{\"away\":1}\n{\"pid\":7}\n"),
			 -EINVAL);
	audit_past__free(&past);
	assert_int_equal(parse(&past, ""), -EINVAL);
	audit_past__free(&past);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_there_is_known),
		cmocka_unit_test(who_ran_is_told),
		cmocka_unit_test(what_is_settled_is_not_brought_back),
		cmocka_unit_test(a_line_that_was_cut_short_costs_no_other),
		cmocka_unit_test(what_is_no_record_is_refused),
	};

	return cmocka_run_group_tests_name("audit_past", tests, NULL, NULL);
}
