#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The committed lists: what they say is complete and still true.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return 1
	O=${O:-build}
}

# The lines of a list that are entries.
entries() {
	grep -hvE '^[[:space:]]*(#|$)' "$@" || true
}

@test "every denylist entry has a reason, a link and a date that is not past" {
	today=$(date +%F)
	while IFS= read -r line; do
		echo "$line"
		[[ $line =~ ^[^#[:space:]][^#]*#\ *[^\ ].*https?://[^\ ]+ ]]
		[[ $line =~ until=([0-9]{4}-[0-9]{2}-[0-9]{2})([[:space:]]|$) ]]
		[[ ! ${BASH_REMATCH[1]} < $today ]]
	done < <(entries DENYLIST*)
}

@test "neither reported test is denied or may be skipped" {
	run grep -hE '^(file_reader|sockmap_basic)(/|[[:space:]]|$)' DENYLIST* check/expected_skips
	[ "$output" = "" ]
}

@test "kernel options are lines of CONFIG_X=y or CONFIG_X=m, each once" {
	while IFS= read -r line; do
		echo "$line"
		[[ $line =~ ^CONFIG_[A-Z0-9_]+=[ym]$ ]]
	done < <(entries config config.*)
	[ "$(entries config config.* | sort | uniq -d)" = "" ]
}

@test "what sanitizers leave out exists, and has a reason" {
	while IFS= read -r line; do
		echo "$line"
		[[ $line =~ ^(golden|command_line)\ (.*[^\ ])\ +#\ *[^\ ] ]]
		if [ "${BASH_REMATCH[1]}" = golden ]; then
			[ -e "check/golden/${BASH_REMATCH[2]}.txt" ]
		else
			grep -qxF "@test \"${BASH_REMATCH[2]}\" {" check/command_line.bats
		fi
	done < <(entries check/sanitizer_skips)
}

@test "every file has a licence line" {
	# The text of the licence itself is one without, and inputs of fuzz targets are taken byte
	# by byte: a line of ours would make them another input.
	missing=$(scripts/list-sources.sh | grep -vxE 'LICENSE|check/fuzz/corpus/.*' |
		xargs -d '\n' grep -LF 'SPDX-License-Identifier: GPL-2.0-only' || true)
	echo "$missing"
	[ "$missing" = "" ]
}

@test "every test declares what it needs" {
	undeclared=$("$O/test_progs" --list=long | grep -B1 'declares nothing' || true)
	echo "$undeclared"
	[ "$undeclared" = "" ]
}

@test "docs/requirements.md is what the tests declare" {
	scripts/requirements-table.sh "$O/test_progs" | diff -u docs/requirements.md - || {
		echo "to have it written anew: make docs"
		false
	}
}
