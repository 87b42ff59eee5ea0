#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the C source of the list of tests. It has an entry for each line of the files that starts
# with `void test_NAME(void)` or `void serial_test_NAME(void)`, in bytewise order.
#
# usage: list-tests.sh FILE.c...

export LC_ALL=C
echo '// SPDX-License-Identifier: GPL-2.0-only'
echo '/* Made by scripts/list-tests.sh. */'
echo "#include <stddef.h>"; echo; echo '#include "runner/selection/registry.h"'
grep -hoE '^void (serial_)?test_[A-Za-z0-9_]+\((void)?\)' "$@" /dev/null |
sed -E 's/^void //; s/\(.*//' | sort -u |
awk '{
	name = $0
	serial = sub(/^serial_test_/, "", name)
	if (!serial)
		sub(/^test_/, "", name)
	names[name] = 1
}
END {
	n = 0
	for (name in names)
		sorted[n++] = name
	# awk has no portable sort. Insertion sort is fast enough for a few hundred names.
	for (i = 1; i < n; i++) {
		for (j = i; j > 0 && sorted[j - 1] > sorted[j]; j--) {
			t = sorted[j]; sorted[j] = sorted[j - 1]; sorted[j - 1] = t
		}
	}
	for (i = 0; i < n; i++) {
		printf "void test_%s(void) __attribute__((weak));\n", sorted[i]
		printf "void serial_test_%s(void) __attribute__((weak));\n", sorted[i]
	}
	print "const struct test_entry test_entries[] = {"
	for (i = 0; i < n; i++)
		printf "\t{ \"%s\", test_%s, serial_test_%s },\n", sorted[i], sorted[i], sorted[i]
	print "\t{ NULL, NULL, NULL },"
	print "};"
	printf "const int test_entries_cnt = %d;\n", n
}'
