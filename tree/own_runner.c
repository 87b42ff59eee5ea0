// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tests of a tree lack if they run in the tree's own runner, for comparisons of the two: their
 * assertions (tree/include/test_progs.h) call this.
 */
#include <stdarg.h>
#include <stdio.h>

#include "adapter.h"

void test__fail(void);
void test__skip(void);

void adapter__skip(void)
{
	test__skip();
}

void adapter__fail(const char *file, int line, const char *func, const char *name, const char *fmt,
		   ...)
{
	va_list args;

	test__fail();
	printf("%s:FAIL:%s:%d ", func, name, line);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
}
