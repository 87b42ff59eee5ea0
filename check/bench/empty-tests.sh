#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the C source of tests that do nothing, for what a test costs by itself.
#
# usage: empty-tests.sh COUNT

echo '// SPDX-License-Identifier: GPL-2.0-only'
echo '/* Made by check/bench/empty-tests.sh. */'
echo '#include "test_progs.h"'
i=0
while [ "$i" -lt "$1" ]; do
	printf 'void test_empty_%04d(void)\n{\n}\n' "$i"
	i=$((i + 1))
done
