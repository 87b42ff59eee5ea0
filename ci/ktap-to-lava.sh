#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Report the results of a KTAP file to LAVA, whose lava-test-case is on the PATH of a test shell. A
# subtest is TEST.SUBTEST. In names, all characters except letters, digits, '.', '-', '+' and '_'
# become '_'.
#
# usage: ktap-to-lava.sh FILE

[ -r "${1-}" ] || {
	echo "ktap-to-lava: cannot read '${1-}': give a file of test_progs --ktap" >&2
	exit 1
}
# Each result line becomes "NAME RESULT". A level is indented by two spaces. "# Subtest: NAME" is in
# front of the results of a level.
awk '
	{
		level = match($0, /[^ ]/) ? int((RSTART - 1) / 2) : 0
		line = substr($0, 2 * level + 1)
	}
	sub(/^# Subtest: /, "", line) { name[level] = line; next }
	line !~ /^(not )?ok [0-9]+ / { next }
	{
		result = line ~ /^not / ? "fail" : line ~ / # SKIP/ ? "skip" : "pass"
		sub(/^(not )?ok [0-9]+ (- )?/, "", line)
		sub(/ # [A-Z]+.*/, "", line)
		path = ""
		for (i = 1; i <= level; i++)
			path = path name[i] "."
		path = path line
		gsub(/[^A-Za-z0-9.+_-]/, "_", path)
		print path, result
	}' "$1" | while read -r name result; do
	lava-test-case "$name" --result "$result"
done
