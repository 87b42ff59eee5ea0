// SPDX-License-Identifier: GPL-2.0-only
/* Tests the launcher's order to PID 1 of the guest. */
#include "check/unit/unit_test.h"
#include "vm/guest/order.h"
#include "vm/host/words.h"

static int read_fields(const char *fields, size_t len, struct order *order)
{
	FILE *in = fmemopen((char *)fields, len, "re");
	int err;

	assert_non_null(in);
	err = order__read(in, order);
	fclose(in);
	return err;
}

/* LeakSanitizer checks that the first one is freed. */
static void the_last_folder_counts(void **state)
{
	struct order order;

	assert_int_equal(read_fields("R/r\0F/a\0F/b\0Atrue", 18, &order), 0);
	assert_string_equal(order.tree, "/r");
	assert_string_equal(order.folder, "/b");
	assert_string_equal(order.argv.v[0], "true");
	assert_false(order.terminal);
	order__free(&order);
}

static void an_order_needs_tree_folder_and_command(void **state)
{
	struct order order;

	assert_int_not_equal(read_fields("R/a\0F/a\0", 8, &order), 0);
	order__free(&order);
	assert_int_not_equal(read_fields("R/a\0Atrue\0", 10, &order), 0);
	order__free(&order);
	assert_int_not_equal(read_fields("F/a\0Atrue\0", 10, &order), 0);
	order__free(&order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_folder_counts),
		cmocka_unit_test(an_order_needs_tree_folder_and_command),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
