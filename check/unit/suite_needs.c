// SPDX-License-Identifier: GPL-2.0-only
/* The runner when a test's own namespaces cannot be made: a replacement of unshare() refuses them. */
#include <errno.h>
#include <sched.h>

#include "check/unit/unit_test.h"
#include "runner/needs/suite_needs.h"
#include "test_progs.h"

#define NETNS "network namespace of the test's own: "

/* The kinds of namespaces that cannot be made, and why. */
static int refused_flags, refused_err;

int unshare(int flags)
{
	if (!(flags & refused_flags))
		return 0;
	errno = refused_err;
	return -1;
}

static void look(struct suite_needs *suite, char *config, unsigned int parts)
{
	const struct run_info info = {
		.release = "6.12.1",
		.config = { .path = config ? "config" : NULL,
			    .text = config,
			    .len_bytes = config ? strlen(config) : 0 },
	};

	suite_needs__look(suite, &info, parts);
}

/* The reason stands beside a test with a network namespace, and the test is skipped or fails. */
static void is_said(char *config, enum need_state expected, const char *expected_text)
{
	struct suite_needs suite;
	char text[768];

	look(&suite, config, ISOLATE_NETNS);
	assert_int_equal(suite_needs__check(&suite, ISOLATE_NETNS, text, sizeof(text)), expected);
	if (!strstr(text, expected_text))
		fail_msg("no '%s' in '%s'", expected_text, text);
	assert_true(suite_needs__describe(&suite, ~0U, expected, text, sizeof(text)));
	assert_non_null(strstr(text, expected_text));
	/* A test without a network namespace has no use for it. */
	suite_needs__check(&suite, ISOLATE_MOUNTNS, text, sizeof(text));
	assert_null(strstr(text, NETNS));
	suite_needs__end(&suite);
}

static void without_the_option_it_is_skipped(void **state)
{
	refused_flags = CLONE_NEWNET;
	refused_err = EINVAL;
	is_said("CONFIG_NAMESPACES=y\n# CONFIG_NET_NS is not set\n", NEED_MISSING,
		NETNS "CONFIG_NET_NS is not set (tried: EINVAL)");
}

static void with_the_option_it_fails(void **state)
{
	refused_flags = CLONE_NEWNET;
	refused_err = EINVAL;
	is_said("CONFIG_NET_NS=y\n", NEED_LOST,
		NETNS "EINVAL (Invalid argument), and this kernel (6.12.1) should have it, with "
		      "CONFIG_NET_NS");
}

static void without_a_configuration_it_fails_and_says_how_to_name_it(void **state)
{
	refused_flags = CLONE_NEWNET;
	refused_err = EINVAL;
	is_said(NULL, NEED_LOST, "; its configuration is not known: name it with --kconfig");
}

static void at_the_limit_it_is_skipped(void **state)
{
	refused_flags = CLONE_NEWNET;
	refused_err = ENOSPC;
	is_said("CONFIG_NET_NS=y\n", NEED_MISSING,
		NETNS "ENOSPC (No space left on device), the limit of the sysctl "
		      "user.max_net_namespaces is reached");
}

static void what_is_refused_for_one_reason_is_said_once(void **state)
{
	struct suite_needs suite;
	char text[768], *first;

	refused_flags = CLONE_NEWNET | CLONE_NEWNS;
	refused_err = EBUSY;
	look(&suite, "CONFIG_NET_NS=y\n", ISOLATE_NETNS | ISOLATE_MOUNTNS);
	assert_true(suite_needs__describe(&suite, ~0U, NEED_LOST, text, sizeof(text)));
	/* They differ in the option, so these two are two. */
	assert_non_null(strstr(text, "no mount namespace of the test's own: EBUSY"));
	assert_non_null(strstr(text, "; no network namespace of the test's own: EBUSY"));
	suite_needs__end(&suite);

	refused_err = ENOSYS;
	look(&suite, "CONFIG_NET_NS=y\n", ISOLATE_NETNS | ISOLATE_MOUNTNS);
	assert_true(suite_needs__describe(&suite, ~0U, NEED_MISSING, text, sizeof(text)));
	first = strstr(text, "mount namespace of the test's own, " NETNS "ENOSYS");
	assert_non_null(first);
	assert_null(strstr(strstr(first, "ENOSYS") + 1, "ENOSYS"));
	suite_needs__end(&suite);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_the_option_it_is_skipped),
		cmocka_unit_test(with_the_option_it_fails),
		cmocka_unit_test(without_a_configuration_it_fails_and_says_how_to_name_it),
		cmocka_unit_test(at_the_limit_it_is_skipped),
		cmocka_unit_test(what_is_refused_for_one_reason_is_said_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
