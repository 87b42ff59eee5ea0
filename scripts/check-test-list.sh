#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Fail if an object has a test function that is not in the list of tests. The list is made by
# matching the text of the sources. Without this check, a test that does not match would silently
# never run.
#
# usage: check-test-list.sh TESTS.c OBJECT...

list=$1
shift
missing=$(nm -g --defined-only "$@" | sed -nE 's/^[0-9a-f]+ T ((serial_)?test_[A-Za-z0-9_]+)$/\1/p' |
	while read -r name; do
		grep -q "^void $name(void)" "$list" || echo "$name"
	done)
[ -n "$missing" ] || exit 0
echo "not in the list of tests: $missing" >&2
echo "write 'void test_NAME(void)' in one line and at its start, or make the function static" >&2
exit 1
