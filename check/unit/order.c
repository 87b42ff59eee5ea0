// SPDX-License-Identifier: GPL-2.0-only
/* Tests the launcher's order to PID 1 of the guest. */
#include <sys/mman.h>
#include <unistd.h>

#include "check/unit/unit_test.h"
#include "vm/guest/order.h"
#include "vm/host/words.h"

static int read_fields(const char *fields, size_t len, struct order *order)
{
	int fd = memfd_create("order", MFD_CLOEXEC), err;
	char path[32];

	assert_int_equal(write(fd, fields, len), len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = order__read(path, order);
	close(fd);
	return err;
}

static void order_free(struct order *order)
{
	free(order->folder);
	words__free(&order->environment);
	words__free(&order->argv);
}

/* LeakSanitizer checks that the first one is freed. */
static void the_last_folder_counts(void **state)
{
	struct order order;

	assert_int_equal(read_fields("F/a\0F/b\0Atrue", 14, &order), 0);
	assert_string_equal(order.folder, "/b");
	assert_string_equal(order.argv.v[0], "true");
	assert_false(order.terminal);
	order_free(&order);
}

static void an_order_needs_folder_and_command(void **state)
{
	struct order order;

	assert_int_not_equal(read_fields("F/a\0", 4, &order), 0);
	order_free(&order);
	assert_int_not_equal(read_fields("Atrue\0", 6, &order), 0);
	order_free(&order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_folder_counts),
		cmocka_unit_test(an_order_needs_folder_and_command),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
