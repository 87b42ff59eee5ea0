#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Checks docs/reference.md against the programs: each lists the same options, and no option takes a
# wrong value in silence.

setup() {
	fixtures=$(realpath "${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}")
	vmtest=$(realpath "${VMTEST:-$BATS_TEST_DIRNAME/../build/vmtest}")
	page=$BATS_TEST_DIRNAME/../docs/reference.md
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	cd "$BATS_TEST_TMPDIR" || return 1
}

# options_of PROGRAM: the options in its help, one in a line
options_of() {
	"$1" --help | grep -E '^ {2,6}-' | grep -oE -- '(^ +|, )-[a-zA-Z?]|(^ +|, )--[a-z-]+' | tr -d ' ,' | sort
}

# options_in HEADING: the options in the first column of the table under a heading
options_in() {
	sed -n "/^## $1$/,/^## /p" "$page" | sed -nE 's/^\| (`-[^|]*) \|.*/\1/p' | grep -oE -- '-[-a-zA-Z?]+' | sort
}

# options_with_value PROGRAM
options_with_value() {
	"$1" --help | sed -nE 's/^ +(-[a-zA-Z], )?(--[a-z-]+)\[?=.*/\2/p' | sort -u
}

@test "reference: the page has the options that the programs have" {
	[ "$(options_of "$fixtures" | wc -l)" -gt 30 ]
	diff <(options_of "$fixtures") <(options_in 'Options of test_progs')
	diff <(options_of "$vmtest") <(options_in 'Options of vmtest')
}

@test "reference: test_progs takes no wrong value in silence" {
	for option in $(options_with_value "$fixtures"); do
		value=/proc/nonsense
		case $option in
		# For these a name with a slash is a subtest.
		--name | --name-blacklist | --gdb | --strace) value=no_such_test ;;
		esac
		words=(-a pass)
		case $option in
		--gdb | --strace) words=() ;;
		esac
		run timeout 30 "$fixtures" "${words[@]}" "$option=$value" </dev/null
		echo "$option: $status"
		echo "$output"
		case $option in
		--deny | --name-blacklist) [ "$status" -eq 0 ] ;;
		*) [[ $status =~ ^(2|3|64)$ ]] ;;
		esac
		grep -v '^Command: ' <<<"$output" | grep -qF -- "$value"
	done
}

@test "reference: vmtest takes no wrong value in silence" {
	mkdir tree
	for option in $(options_with_value "$vmtest"); do
		# Only the kernel and QEMU know their options.
		[[ $option != --append && $option != --qemu-arg ]] || continue
		run timeout 30 "$vmtest" --offline --tree tree "$option=/proc/nonsense" -- true </dev/null
		echo "$option: $status"
		echo "$output"
		[[ $status =~ ^(64|244|247)$ ]]
		[[ $output == *"/proc/nonsense"* ]]
	done
}

@test "reference: variables with a wrong value are named" {
	for variable in TEST_TIME_SCALE TEST_TOTAL_SHARDS GTEST_TOTAL_SHARDS JOB_COMPLETIONS TEST_SHARD_INDEX \
		TEST_JOURNAL TEST_PEERS TEST_HEAD; do
		run env "$variable=/proc/nonsense" timeout 30 "$fixtures" -a pass </dev/null
		echo "$variable: $status"
		[[ $status =~ ^(3|64)$ ]]
		[[ $output == *"/proc/nonsense"* ]]
	done
	run env VMTEST_CONFIG=/proc/nonsense timeout 30 "$vmtest" --tree / -- true </dev/null
	[ "$status" -eq 64 ]
	[[ $output == *"/proc/nonsense"* ]]
	run env VMTEST_OPTIONS=/proc/nonsense timeout 30 "$vmtest" --tree / -- true </dev/null
	[ "$status" -eq 64 ]
	[[ $output == *"/proc/nonsense"* ]]
	for variable in VMTEST_CACHE TMPDIR XDG_CACHE_HOME; do
		run env "$variable=/proc/nonsense" timeout 30 "$vmtest" --tree / -- true </dev/null
		echo "$variable: $status"
		[ "$status" -eq 247 ]
		[[ $output == *"/proc/nonsense"* ]]
	done
}
