// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runner/event_reports/grow.h"

void *grow__one(void *all, int cnt, size_t size_bytes)
{
	bool is_full = !(cnt & (cnt - 1));
	char *bigger = is_full ? realloc(all, (cnt ? 2L * cnt : 1L) * size_bytes) : all;

	if (bigger)
		memset(bigger + cnt * size_bytes, 0, size_bytes);
	return bigger;
}
