// SPDX-License-Identifier: GPL-2.0-only
/* A mutant as a change of its source line. */
#include "check/unit/unit_test.h"
#include "runner/mutants/source_patch.h"

static void lines(void **state)
{
	static const struct {
		const char *text, *what, *detail, *expected; /* NULL: it cannot be told */
	} rows[] = {
		{ "\tsum = input + 7;", "immediate plus one", "7 -> 8", "\tsum = input + 8;" },
		{ "\tx = 0x10;", "immediate zero", "16 -> 0", "\tx = 0;" },
		{ "\tx = 16UL;", "immediate negated", "16 -> -16", "\tx = -16;" },
		{ "\tx7 = u32_of(7);", "immediate plus one", "7 -> 8", "\tx7 = u32_of(8);" },
		{ "\tx = 7 + 7;", "immediate plus one", "7 -> 8", NULL },
		{ "\tx = y7;", "immediate plus one", "7 -> 8", NULL },
		{ "\tx = 77;", "immediate plus one", "7 -> 8", NULL },
		{ "\truns++;", "store dropped", "", "" },
		{ "\tsum = input;", "store dropped", "", "" },
		{ "\tbpf_map_delete_elem(&map, &key);", "call dropped", "", "" },
		{ "\tint x = y();", "call dropped", "", NULL },
		{ "\tstruct a *x = y();", "call dropped", "", NULL },
		{ "\treturn y();", "call dropped", "", NULL },
		{ "\tif (y())", "call dropped", "", NULL },
		{ "\ta(); b();", "call dropped", "", NULL },
		{ "\tx = ctx->rx_queue;", "load replaced by zero", "", "\tx = 0;" },
		{ "\tx[i] = y[3].z;", "load replaced by zero", "", "\tx[i] = 0;" },
		{ "\tx = y + z;", "load replaced by zero", "", NULL },
		{ "\tx = y - z;", "load replaced by zero", "", NULL },
		{ "\tx = f(y);", "load replaced by zero", "", NULL },
		{ "\tif (x)", "load replaced by zero", "", NULL },
		{ "\tx = a + b;", "operation swapped", "", "\tx = a - b;" },
		{ "\tx = a >> 32;", "operation swapped", "", "\tx = a << 32;" },
		{ "\truns++;", "operation swapped", "", "\truns--;" },
		{ "\tx = a + b + c;", "operation swapped", "", NULL },
		{ "\tx = a + b & c;", "operation swapped", "", NULL },
		{ "\tif (a < 3)", "bound off by one", "", "\tif (a <= 3)" },
		{ "\tif (a >= 3)", "bound off by one", "", "\tif (a > 3)" },
		{ "\tif (a < 3 && b > 4)", "bound off by one", "", NULL },
		{ "\terr = f(&a, b, BPF_NOEXIST);", "flags cleared", "", "\terr = f(&a, b, 0);" },
		{ "\terr = f(&a, g(b, c));", "flags cleared", "", NULL },
		{ "\treturn x & 3;", "returned value changed", "", "\treturn (x & 3) ^ 1;" },
		{ "}", "returned value changed", "", NULL },
		{ "\tif (x)", "jump inverted", "", NULL },
		{ "", "immediate zero", "1 -> 0", NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *line = source_patch__line(rows[i].text, rows[i].what, rows[i].detail);

		if (!line != !rows[i].expected || (line && strcmp(line, rows[i].expected)))
			fail_msg("%s, %s: '%s'", rows[i].text, rows[i].what, line ?: "(NULL)");
		free(line);
	}
}

static void patches(void **state)
{
	char *patch = source_patch__make("progs/a.c", 7, "\tx = y;", "load replaced by zero", "");

	assert_string_equal(
		patch, "--- a/progs/a.c\n+++ b/progs/a.c\n@@ -7 +7 @@\n-\tx = y;\n+\tx = 0;\n");
	free(patch);
	patch = source_patch__make("progs/a.c", 7, "\tx++;", "store dropped", "");
	assert_string_equal(patch, "--- a/progs/a.c\n+++ b/progs/a.c\n@@ -7 +6,0 @@\n-\tx++;\n");
	free(patch);
	assert_null(source_patch__make("/else/where.c", 7, "\tx++;", "store dropped", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(patches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
