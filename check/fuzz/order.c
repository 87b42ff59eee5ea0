// SPDX-License-Identifier: GPL-2.0-only
/* What the launcher tells PID 1 of the guest: read from any bytes, and written and read again. */
#include "check/fuzz/fuzz.h"
#include "vm/guest/order.h"
#include "vm/host/words.h"

static void check_words(const struct words *a, const struct words *b)
{
	INVARIANT(a->count == b->count);
	for (size_t i = 0; i < a->count; i++)
		INVARIANT(!strcmp(a->v[i], b->v[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in = fmemopen((void *)data, size, "re");
	struct order order, again;
	char *bytes = NULL;
	size_t len = 0;
	FILE *out;

	/* fmemopen(3) refuses a size of 0. */
	if (!in)
		return 0;
	if (!order__read(in, &order)) {
		INVARIANT(order.tree && order.folder && order.argv.count);
		out = open_memstream(&bytes, &len);
		order__write(out, &order);
		fclose(out);
		fclose(in);
		in = fmemopen(bytes, len, "re");
		INVARIANT(!order__read(in, &again));
		INVARIANT(!strcmp(order.tree, again.tree) && !strcmp(order.folder, again.folder));
		INVARIANT(order.terminal == again.terminal);
		INVARIANT(order.peers == again.peers);
		INVARIANT(!order.terminal ||
			  (order.rows == again.rows && order.columns == again.columns));
		check_words(&order.environment, &again.environment);
		check_words(&order.argv, &again.argv);
		order__free(&again);
	}
	fclose(in);
	free(bytes);
	order__free(&order);
	return 0;
}
