#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of how splats in the kernel log are charged to tests. They use the fixtures, and a file in
# place of the kernel log: no root, no VM and no real splats.

setup() {
	fixtures=${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}
	work=$BATS_TEST_TMPDIR
	export XDG_STATE_HOME=$work/state
	export TEST_KERNEL_LOG=$work/log TEST_KERNEL_LOG_ONCE=$work/once TEST_LEAK_WAIT=$work/go
	: >"$TEST_KERNEL_LOG"
}

# expect STATUS WORD...: run the fixtures with that log, and compare the exit status. Sets $output,
# and $results to the results of the report, one "NAME RESULT" per line.
expect() {
	local status_expected=$1
	shift
	run timeout 60 "$fixtures" --kernel-log "$TEST_KERNEL_LOG" --events "$work/events" \
		-J "$work/report.json" "$@" </dev/null
	echo "$output"
	results=$(jq -r '.results[] | "\(.name) \(.result)",
		(.name as $test | .subtests[] | "\($test)/\(.name) \(.result)")' "$work/report.json")
	[ "$status" -eq "$status_expected" ]
}

# Whether each result of the report has one status line in the output, with the word of that result.
each_result_has_one_line() {
	sed -nE 's@^#([0-9/]+) +.*:(OK|FAIL|SKIP)$@\1 \2@p' <<<"$output" | LC_ALL=C sort >"$work/lines"
	jq -r 'def word: { PASS: "OK", SKIP: "SKIP" }[.result] // "FAIL";
		.results[] | "\(.number) \(word)",
			(.number as $number | .subtests[] | "\($number)/\(.number) \(word)")' \
		"$work/report.json" | LC_ALL=C sort | diff "$work/lines" -
}

# has_event CONDITION: whether the event stream has an event for which the jq CONDITION holds
has_event() {
	jq -es "any(.[]; $1)" "$work/events"
}

# line FORMAT...: append a message of the kernel to the log
line() {
	# shellcheck disable=SC2059 # the format is the argument
	printf "4,1,1000000,-;$1\n" "${@:2}" >>"$TEST_KERNEL_LOG"
}

@test "a splat of the test's own process fails it, with its text in the log" {
	expect 1 -a splat_warning,pass
	[[ $output == *"splat_warning:FAIL"$'\n         '"(splat: WARNING: own_task at kernel/bpf/made_up.c:12)"* ]]
	[[ $output == *"made_up_caller+0x10/0x20"* && $output != *" alone, to find out"* ]]
	[[ $results == *"splat_warning SPLAT"* && $results == *"pass PASS"* ]]
	[[ $output == *"Summary: 1/0 PASSED, 0 SKIPPED, 1/0 FAILED" ]]
	has_event '.event == "splat" and .test == "splat_warning" and .expected == false'
}

@test "a splat of a child, and one of a thread" {
	expect 1 -a splat_in_child,splat_in_thread -j2
	[[ $output == *"splat_in_child:FAIL"$'\n         '"(splat: WARNING: child_of_it at "* ]]
	[[ $output == *"splat_in_thread/with a thread:FAIL"$'\n         '"(splat: WARNING: thread_of_it at "* ]]
	[[ $output != *" alone, to find out"* ]]
}

@test "the subtest that is running is charged, and no other" {
	expect 1 -a splat_in_subtest
	[[ $results == *"splat_in_subtest SPLAT"* ]]
	[[ $results == *"/before PASS"*"/guilty SPLAT"*"/behind PASS"* ]]
	jq -e '.results[0].subtests[1].message | contains("made_up_caller")' "$work/report.json"
}

@test "a test that the kernel ended with an Oops is a splat, not only a crash" {
	expect 1 -a splat_oops
	[[ $output == *"splat_oops:FAIL"$'\n         '"(splat: BUG: kernel NULL pointer dereference, address:"* ]]
}

@test "a splat without an end of its own" {
	expect 1 -a splat_without_end
	[[ $output == *"splat_without_end:FAIL"$'\n         '"(splat: BUG: sleeping function called from "* ]]
}

@test "-v shows each line once" {
	expect 1 -v -a splat_in_subtest
	[ "$(grep -c 'splat_in_subtest/guilty:FAIL' <<<"$output")" -eq 1 ]
	[ "$(grep -c 'splat_in_subtest:FAIL' <<<"$output")" -eq 1 ]
}

@test "of the suspects only the one that does it again alone is convicted" {
	expect 1 -j4 -a splat_by_interrupt,half_second,pass
	[[ $output == *" alone, to find out"* ]]
	[[ $output == *"splat_by_interrupt:FAIL"$'\n         '"(splat: WARNING: softirq_of_it at net/made_up.c:5)"* ]]
	[[ $results == *"half_second PASS"* && $results == *"pass PASS"* ]]
	[[ $results == *"splat_by_interrupt SPLAT"* ]]
	[[ $output != *"not charged"* ]]
	[ "$(jq '.results[] | select(.name == "splat_by_interrupt") | .attempt' "$work/report.json")" -eq 2 ]
	[[ $output == *"Summary: 2/0 PASSED, 0 SKIPPED, 1/0 FAILED" ]]
	has_event '.event == "test_begin" and .test == "splat_by_interrupt" and .again'
	each_result_has_one_line
}

@test "the line of a suspect comes after its rerun, once, also with -v" {
	for v in "" -v; do
		expect 1 $v -a splat_by_interrupt,splat_mixed,splat_in_subtest
		each_result_has_one_line
		# Both are printed below the announcement, and nothing of them above it.
		[[ ${output%%Rerunning*} != *"splat_by_interrupt:"* ]]
		[[ ${output#*Rerunning} == *"splat_by_interrupt:FAIL"* ]]
		[[ ${output%%Rerunning*} == *"splat_in_subtest:FAIL"* ]]
	done
	expect 1 -j4 -a splat_once,half_second
	each_result_has_one_line
	[[ ${output%%Rerunning*} != *"splat_once:"* ]]
	[[ ${output#*Rerunning} == *"splat_once:OK"*"rerun alone: "*" splat_once: did not reproduce"* ]]
}

@test "the line of a suspect is printed although it cannot be rerun" {
	expect 1 --fail-fast -a splat_once,subtests,thread_fails
	[[ $output != *Rerunning* ]]
	[ "$(grep -c ' splat_once:OK$' <<<"$output")" -eq 1 ]
}

@test "splats of two CPUs whose lines are mixed are charged to nobody at once, and both are seen" {
	expect 1 -a splat_mixed,pass
	[[ $output == *" alone, to find out"* ]]
	[[ $output == *"splat_mixed:FAIL"$'\n         '"(splat: WARNING: own_task at made_up.c:1)"* ]]
	[[ $output != *"not charged"* ]]
	has_event '.event == "splat" and .title == "WARNING: own_task at made_up.c:1" and
		(has("test") or has("pid") | not)'
	has_event '.event == "splat" and .title == "WARNING: another at made_up.c:2"'
}

@test "a splat that no suspect repeats fails the run, and no test" {
	expect 1 -j4 -a splat_once,half_second
	[[ $output == *"rerun alone: "*" splat_once: did not reproduce"* ]]
	[[ $output == *"Kernel log: 1 splat not charged to a test"* ]]
	[[ $output == *"WARNING: once_only at "* ]]
	[[ $output == *"Summary: 2/0 PASSED, 0 SKIPPED, 0/0 FAILED" ]]
	jq -e '.kernel_log.not_charged[0] | (.running | index("splat_once")) != null' \
		"$work/report.json"
	[ "$(tail -n 1 "$work/events" | jq .splats_not_charged)" -eq 1 ]
}

@test "a splat that comes while no test runs fails the run" {
	line "INFO: task made_up:123 blocked for more than 120 seconds."
	line "      Not tainted 7.3.4 #1"
	line " </TASK>"
	expect 1 -a pass
	[[ $output == *"Kernel log: 1 splat not charged to a test"*"running: no test"* ]]
	[[ $output != *"rerun alone: "* ]]
	[[ $results == "pass PASS" ]]
}

# kill_when EVENT OPTION...: run the fixtures, and kill the runner once such an event was written.
# The event stream that it leaves is in $work/cut_short.
kill_when() {
	local event=$1 pid
	shift
	"$fixtures" --history=none --kernel-log "$TEST_KERNEL_LOG" --events "$work/events" "$@" \
		</dev/null >/dev/null 2>&1 &
	pid=$!
	timeout 60 bash -c "until grep -qs '$event' '$work/events'; do sleep 0.01; done"
	kill -KILL "$pid"
	wait "$pid" || true
	mv "$work/events" "$work/cut_short"
}

@test "a runner that is killed while suspects run again: no panic, and suspects stay suspects" {
	(
		timeout 60 bash -c "until grep -qs once_only '$work/events'; do sleep 0.01; done"
		: >"$work/go"
	) &
	kill_when '"test":"wait_each_time".*"again":true' -j2 -a splat_once,wait_each_time
	wait
	: >"$TEST_KERNEL_LOG"
	: >"$work/go"
	expect 1 -j2 -a splat_once,wait_each_time --resume "$work/cut_short"
	[[ $output == *"Resumed: 2 tests with results, 0 to rerun alone"* ]]
	[[ $output == *"rerun alone: "*" wait_each_time: did not reproduce"* ]]
	[[ $output == *"Kernel log: 1 splat not charged to a test"*"WARNING: once_only at "* ]]
	[[ $results == *"splat_once PASS"*"wait_each_time PASS"* ]]
}

@test "a runner that is killed twice: who ran alone runs alone once more, and nobody panicked" {
	kill_when '"test_begin".*wait_each_time' -a pass,wait_each_time
	kill_when '"test":"wait_each_time".*"alone":true' -a pass,wait_each_time --resume "$work/cut_short"
	: >"$work/go"
	expect 0 -a pass,wait_each_time --resume "$work/cut_short"
	[[ $output == *"Resumed: 1 test with results, 1 to rerun alone"* ]]
	[[ $results == *"pass PASS"*"wait_each_time PASS"* ]]
	[ "$(jq -s 'map(select(.event == "run_begin").boot_id) | unique | length' "$work/events")" -eq 1 ]
}

@test "an expected splat is no failure, whoever's task it was" {
	expect 0 -a splat_expected,splat_expected_elsewhere
	[[ $output == *"Summary: 2/0 PASSED, 0 SKIPPED, 0/0 FAILED" ]]
	has_event '.event == "splat" and .expected'
}

@test "a splat that is not the expected one fails, and so does the expected one's absence" {
	expect 1 -a splat_expected_another,splat_expected_in_vain
	[[ $results == *"splat_expected_another SPLAT"* ]]
	[[ $output == *"'another_function' did not come"* ]]
	[[ $results == *"/comes PASS"*"/does not come FAIL"*"/no regular expression FAIL"* ]]
	[[ $output == *"'(' is no regular expression"* ]]
}

@test "what user space writes, and a driver's own WARNING, are no splats" {
	expect 0 -a splat_forged
	[[ $output == *"splat_forged:OK"* ]]
}

@test "a kernel log that cannot be read is said in the header, and fails no expectation" {
	rm -r "$TEST_KERNEL_LOG"
	expect 0 -a pass,splat_expected
	[[ $output == *"Kernel log: cannot be read, splats are not seen: ENOENT (No such file"* ]]
	[ "$(jq .kernel_log.is_read "$work/report.json")" = false ]
}

@test "a log that is a FIFO is read while tests run" {
	rm "$TEST_KERNEL_LOG"
	mkfifo "$TEST_KERNEL_LOG"
	expect 1 -j2 -a splat_warning,splat_in_thread
	[[ $results == *"splat_in_thread SPLAT"*"splat_warning SPLAT"* ]]
}

@test "--results keeps all of the log" {
	expect 1 --results="$work/results" -a splat_warning
	grep -q 'WARNING: kernel/bpf/made_up.c:12' "$work/results/kernel.log"
	grep -q 'made_up_caller' "$work/results/logs/splat_warning.log"
}

@test "a suspect that is interrupted when it runs again has shown nothing" {
	export TEST_LEAK_WAIT=$work/go
	"$fixtures" --kernel-log "$TEST_KERNEL_LOG" --events "$work/events" -j2 \
		-a splat_once,wait_each_time >"$work/out" 2>&1 </dev/null &
	pid=$!
	# The test must be running when the splat comes.
	until grep -q '"event":"splat"' "$work/events" 2>/dev/null; do
		kill -0 "$pid"
		sleep 0.02
	done
	: >"$work/go"
	until grep -q '"test":"wait_each_time".*"again":true' "$work/events" 2>/dev/null; do
		kill -0 "$pid"
		sleep 0.02
	done
	kill -INT "$pid"
	wait "$pid" || [ $? -eq 130 ]
	cat "$work/out"
	grep -q 'wait_each_time: ended too early to tell$' "$work/out"
}
