#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# What goes wrong in a kernel for real: a report of a hung task, a taint, panics, a test that cannot
# be killed. Only in guests; each boot takes 3 to 5 s under TCG. The fixtures that do it are in
# check/fixtures/kernel.c.

setup() {
	VMTEST=$(realpath "${VMTEST:-./vmtest}")
	export TMPDIR="$BATS_TEST_TMPDIR/tmp"
	mkdir -p "$TMPDIR" "$BATS_TEST_TMPDIR/tree"
	cp "${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}" "$BATS_TEST_TMPDIR/tree/fixtures"
	cd "$BATS_TEST_TMPDIR" || return 1
}

# hurt STATUS OPTION... -- ARGUMENT...: the fixtures with these arguments, in a guest of vmtest with
# these options; what they print is in $output, the results of the report in $results.
hurt() {
	local status_expected=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	run timeout 300 "$VMTEST" --tree tree --results results "${options[@]}" -- \
		env TEST_HURT_KERNEL=1 TEST_TIME_SCALE=1 ./fixtures --results "$@" </dev/null
	echo "$output"
	results=$(jq -r '.results[] | "\(.name) \(.result)",
		(.name as $test | .subtests[] | "\($test)/\(.name) \(.result)")' \
		results/fixtures/report.json)
	echo "$results"
	[ "$status" -eq "$status_expected" ]
}

boots() {
	grep -c 'vmtest: .* booting [^a]' <<<"$output"
}

@test "a hung task that the kernel reports is a splat of its test; a taint without one is said" {
	hurt 1 -- -a pass,kernel_hung_task,kernel_taint
	[[ $output == *"kernel_hung_task:FAIL (splat: INFO: task "*" blocked "* ]]
	[[ $results == *"kernel_taint PASS"*"pass PASS"* ]]
	[[ $output == *"Taint: W new, and no splat explains it; running: kernel_taint"* ]]
	jq -e '.kernel_log.new_taint[0].running == "kernel_taint"' results/fixtures/report.json
	grep -q 'blocked for more than' results/fixtures/kernel.log
}

@test "a run with panics ends complete: the guilty one is named, all other results are kept" {
	hurt 1 --max-panics 4 -- -a fail,kernel_panic_in_subtest,kernel_panic_once,pass,subtests
	[ "$(boots)" -eq 4 ]
	[[ $output == *"kernel_panic_in_subtest:FAIL (panic: "*"sysrq triggered crash)"* ]]
	[[ $results == "fail FAIL"*"kernel_panic_in_subtest PANIC"*"/before PASS"*"/guilty PANIC"* ]]
	[[ $results == *"kernel_panic_once PASS"*"pass PASS"*"subtests FAIL"*"/bad FAIL"* ]]
	[[ $output == *"Summary: 2/3 PASSED, 1 SKIPPED, 3/2 FAILED"* ]]
	# Nothing of it ran twice, but for the suspects.
	[ "$(jq -s 'map(select(.event == "test_begin" and .test == "fail")) | length' \
		results/fixtures/events.jsonl)" -eq 1 ]
	[ "$(jq -s 'map(select(.event == "test_begin" and .alone)) | length' \
		results/fixtures/events.jsonl)" -eq 2 ]
	[ ! -e results/.journal.fixtures ]
}

@test "after --max-panics nothing runs any more, and what was running is suspected" {
	hurt 1 --max-panics 1 -- -j2 -a hang_asleep,kernel_panic,pass -w 0
	[ "$(boots)" -eq 2 ]
	[[ $results == *"hang_asleep PANIC"*"kernel_panic PANIC"*"pass NOTRUN"* ]]
	[[ $output == *"kernel_panic:FAIL (panic: one of 2 tests that ran when "* ]]
	[[ $output == *"Not run: 1 test (the kernel went down too often)"* ]]
	[[ $output == *"not run: #"*" pass"* ]]
}

@test "a test that cannot be killed costs a restart, and no result" {
	hurt 1 --max-panics 2 -- -w 1 -a kernel_unkillable,pass
	[ "$(boots)" -eq 2 ]
	[[ $output == *"kernel_unkillable:FAIL (timeout: unkillable, it is stuck in the kernel)"* ]]
	[[ $output == *"not run: #"*" pass"*"Resumed: 1 test with results"* ]]
	[[ $results == *"kernel_unkillable TIMEOUT"*"pass PASS"* ]]
}

@test "without --max-panics a panic ends the run, as for any command" {
	run timeout 100 "$VMTEST" --tree tree --results results -- \
		env TEST_HURT_KERNEL=1 ./fixtures -a kernel_panic </dev/null
	echo "$output"
	[ "$status" -eq 240 ]
	[ "$(boots)" -eq 1 ]
}
