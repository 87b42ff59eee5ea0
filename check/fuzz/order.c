// SPDX-License-Identifier: GPL-2.0-only
/* What the launcher tells PID 1 of the guest: read from any bytes, and written and read again. */
#include "check/fuzz/fuzz.h"
#include "vm/guest/order.h"
#include "vm/host/words.h"

static void order_free(struct order *order)
{
	free(order->folder);
	words__free(&order->environment);
	words__free(&order->argv);
}

static void check_words(const struct words *a, const struct words *b)
{
	INVARIANT(a->count == b->count);
	for (size_t i = 0; i < a->count; i++)
		INVARIANT(!strcmp(a->v[i], b->v[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size }, nothing = {};
	struct order order, again;
	char path[32];
	int fd;

	fd = input__file(&input, path);
	if (!order__read(path, &order)) {
		INVARIANT(order.folder && order.argv.count);
		close(fd);
		fd = input__file(&nothing, path);
		INVARIANT(!order__write(path, &order));
		INVARIANT(!order__read(path, &again));
		INVARIANT(!strcmp(order.folder, again.folder) && order.terminal == again.terminal);
		INVARIANT(!order.terminal ||
			  (order.rows == again.rows && order.columns == again.columns));
		check_words(&order.environment, &again.environment);
		check_words(&order.argv, &again.argv);
		order_free(&again);
	}
	order_free(&order);
	close(fd);
	return 0;
}
