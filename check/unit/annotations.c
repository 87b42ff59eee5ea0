// SPDX-License-Identifier: GPL-2.0-only
/* Annotations of a BPF program, read from the tags in its BTF. */
#include "check/unit/unit_test.h"
#include "check/loader_alone.h"

/* Reads the expectation of a program with these tags; @tags ends with NULL. */
static bool read_tags(const char *const *tags, struct btf **btf, struct expectation *expected)
{
	int function;

	*btf = loader_alone__btf(&function);
	for (; *tags; tags++)
		assert_true(btf__add_decl_tag(*btf, *tags, function, -1) > 0);
	return read_expectation(*btf, "program", expected);
}

static void messages_come_in_their_order(void **state)
{
	static const char *const tags[] = { "expect:2147483647:msg=third",
					    "expect:3:msg=second",
					    "expect:-2147483648:msg=first",
					    "expect:1:load=failure",
					    "of somebody else",
					    NULL };
	struct expectation expected;
	struct btf *btf;

	assert_true(read_tags(tags, &btf, &expected));
	assert_true(expected.failure);
	assert_int_equal(expected.messages_cnt, 3);
	assert_string_equal(expected.messages[0], "first");
	assert_string_equal(expected.messages[1], "second");
	assert_string_equal(expected.messages[2], "third");
	btf__free(btf);
}

static void malformed_tags_are_refused(void **state)
{
	static const char *const malformed[] = {
		/* A bug once read this second tag up to the length of the first one. */
		"expect:1",
		"expect:",
		"expect:1load=success",
		"expect:1=2:load",
		"expect::load=success",
		"expect:1:load",
		"expect:1:load=",
		"expect:1:nosuch=x",
		"expect:4294967297:load=success",
		"expect:1:retval=",
		"expect:1:retval=4294967296",
	};
	struct expectation expected;
	struct btf *btf;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(malformed); i++) {
		const char *const tags[] = { "expect:1000000:auxiliary=", malformed[i], NULL };

		if (read_tags(tags, &btf, &expected))
			fail_msg("'%s' was taken", malformed[i]);
		btf__free(btf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_in_their_order),
		cmocka_unit_test(malformed_tags_are_refused),
	};

	return cmocka_run_group_tests_name("annotations", tests, NULL, NULL);
}
