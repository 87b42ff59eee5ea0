#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print docs/requirements.md from what the tests declare (TEST_NEEDS, SUBTEST_NEEDS).
#
# usage: requirements-table.sh TEST_PROGS

cat <<'END'
<!-- SPDX-License-Identifier: GPL-2.0-only -->

# What the tests need

Made from the declarations beside the tests by `make docs`; `test_needs.h` has the rule by which
what is absent is a skip or a failure, `test_schedule.h` what locks are. `./test_progs --why TEST`
says what holds on a kernel, and `./test_progs --list=long` prints this list. "stable" means that
compilers never inline or rename the function; without that word, a test whose function is absent is
skipped. All tests need root, bpf(2), and namespaces of their own. The runner tries these once; if one
is not permitted here, it says so, and skips the tests.

| test | subtests | requirement |
|---|---|---|
END
"$1" --list=long | awk '
	/^[^\t]/ { test = $0; next }
	{
		line = substr($0, 2)
		subtest = ""
		if (match(line, /^\[[^]]*\] /)) {
			subtest = "`" substr(line, 2, RLENGTH - 3) "`"
			line = substr(line, RLENGTH + 1)
		}
		gsub(/\|/, "\\|", line)
		row = "| " test " | " subtest " | " line " |"
		gsub(/\|  \|/, "| |", row)
		print row
		test = ""
	}'
