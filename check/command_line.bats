#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the command line of test_progs, with the fixtures. They need no root, no VM and no BPF.

setup() {
	fixtures=${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}
	work=$BATS_TEST_TMPDIR
	export XDG_STATE_HOME=$work/state
	# Some tests cannot pass under sanitizers: the file $SKIPS lists them, with reasons.
	if [ -n "${SKIPS-}" ]; then
		# Compare as text, because a name may have special characters of a pattern.
		reason=$(awk -v name="command_line $BATS_TEST_DESCRIPTION " \
			'index($0, name) == 1 { sub(/^[^#]*# */, ""); print }' "$SKIPS")
		[ -z "$reason" ] || skip "$reason"
	fi
}

# The lines of a run's header, which differs between machines.
header='^((Kernel|Config|Booted|Machine|Suite|Command|Kernel log): |Kernel [^ ]+ [^ ]+, [0-9]+ CPU)'

# expect STATUS WORD...: run the fixtures, and compare the exit status. $output is set to stdout and
# stderr without the header, and $headed to all of it.
expect() {
	local status_expected=$1
	shift
	run timeout 60 "$fixtures" "$@" </dev/null
	echo "$output"
	headed=$output
	output=$(grep -vE "$header" <<<"$output" || true)
	[ "$status" -eq "$status_expected" ]
}

# apart WORD...: run the fixtures, with stdout in $work/out and stderr in $work/err
apart() {
	status=0
	timeout 60 "$fixtures" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

# Whether processes of the fixtures are left. Only those of this build count, because another build
# may be running its tests on this machine.
survivors() {
	local pid own

	own=$(realpath "$fixtures")
	for pid in $(pgrep -x fixture-daemon); do
		[ "$(readlink "/proc/$pid/exe")" != "$own" ] || return 0
	done
	pgrep -f "^$fixtures"
}

@test "exit status 0: every test passed" {
	expect 0 -a pass,subtests_pass
	[[ $output == *"Summary: 2/3 PASSED, 0 SKIPPED, 0/0 FAILED" ]]
}

@test "exit status 0: every test was skipped" {
	expect 0 -a skip
	[[ $output == *"Summary: 0/0 PASSED, 1 SKIPPED, 0/0 FAILED" ]]
}

@test "exit status 1: one test failed" {
	expect 1 -a pass,fail
	[[ $output == *"Summary: 1/0 PASSED, 0 SKIPPED, 1/0 FAILED" ]]
}

@test "exit status 2: every test is denied" {
	expect 2 -a pass -d pass
	[[ $output == *"Summary: 0/0 PASSED, 0 SKIPPED, 0/0 FAILED" ]]
}

@test "exit status 2 names the pattern that matches nothing" {
	expect 2 -t nosuch
	[ "$output" = "error: 'nosuch' matches no test (-l lists them)" ]
	expect 2 -a pass -a nosuch
	[ "$output" = "error: 'nosuch' matches no test (-l lists them)" ]
}

@test "exit status 2 names the subtest pattern that matches nothing" {
	expect 2 -a subtests_pass/nosuch
	[[ $output == *"subtests_pass:SKIP"$'\n         '"(no subtest is selected)"* ]]
	[[ $output == *"error: 'subtests_pass/nosuch' matches no subtest (--list=all lists those that are known)" ]]
	expect 2 -a pass/nosuch
	[[ $output == *"error: 'pass/nosuch' matches no subtest (--list=all lists those that are known)" ]]
}

@test "exit status 3: the JSON report cannot be opened" {
	expect 3 -a pass -J "$work/no/such/folder"
	[[ $output == *"cannot open '$work/no/such/folder' for the JSON report: ENOENT (No such file"* ]]
}

@test "exit status 3: the JSON report cannot be written" {
	[ -c /dev/full ] || skip "no /dev/full"
	expect 3 -a pass -J /dev/full
	[[ $output == *"JSON report '/dev/full': ENOSPC (No space left on device"* ]]
}

@test "exit status 3: stdout takes no more" {
	[ -c /dev/full ] || skip "no /dev/full"
	run bash -c "'$fixtures' -a pass >/dev/full"
	[ "$status" -eq 3 ]
	[[ $output == *"stdout did not take all results"* ]]
}

@test "exit status 64: wrong usage" {
	expect 64 --no-such-option
	expect 64 stray
	[[ $output == *"unexpected argument 'stray': choose tests with -t or -a"* ]]
	expect 64 -n 0
	expect 64 -n 3-1
	expect 64 -n 1/x
	expect 64 -w soon
	expect 64 -w -1
	expect 64 -vvvv
	expect 64 -t @/no/such/file
	[[ $output == *"cannot open the list '/no/such/file': ENOENT (No such file or directory)"* ]]
}

@test "-j takes its number glued or apart" {
	expect 0 -a pass,subtests_pass -j4
	expect 0 -a pass,subtests_pass -j 4
	expect 0 -a pass,subtests_pass -j
	expect 0 -a pass,subtests_pass --workers=4
	expect 0 -j 4 -a pass
	expect 0 -j -a pass
}

@test "-j refuses a value that is not a number of tests" {
	local value
	for value in 0 -1 x 1x 99999; do
		expect 64 -a pass "-j$value"
		[[ $output == *"-j takes a number of tests at once, from 1 to 1024, not '$value'"* ]]
	done
	expect 64 -a pass -j x
	expect 64 -a pass -j 0
}

@test "a value that is apart from its option is refused, and the text has the right form" {
	local option

	for option in fail-fast=2 shuffle=5 list=all verbose=vv; do
		expect 64 -a pass "--${option%=*}" "${option#*=}"
		[[ $output == *"unexpected argument '${option#*=}' after --${option%=*}: write --$option for its value, or choose tests with -t or -a"* ]]
	done
	RESULTS=$work expect 64 -a pass --results "$work/r"
	[[ $output == *"after --results: write --results=$work/r for its value"* ]]
	# The word must follow the option immediately.
	expect 64 --fail-fast -a pass 2
	[[ $output == *"unexpected argument '2': choose tests with -t or -a"* ]]
}

@test "numbers that are out of range are refused with the range" {
	expect 64 --fail-fast=0
	[[ $output == *"--fail-fast takes a number from 1 to 1000000, not '0'"* ]]
	expect 64 --max-time=0
	[[ $output == *"--max-time takes a number from 1 to 1000000, not '0'"* ]]
	expect 64 --max-time=
	expect 64 --shuffle=4294967296
	[[ $output == *"--shuffle takes a number from 0 to 4294967295, not '4294967296'"* ]]
	expect 64 -w 1000001
	[[ $output == *"-w takes whole seconds up to 1000000, or 0 for no limit, not '1000001'"* ]]
	expect 64 --shard 4/3
	[[ $output == *"--shard takes I/N"*"not '4/3'"* ]]
	expect 64 -vx
	[[ $output == *"verbosity is -v, -vv or -vvv, not '-vx'"* ]]
}

@test "-l lists names, -c counts them, and neither runs a test" {
	expect 0 -l -a 'pass*'
	[ "$output" = $'pass\npass_each_assertion' ]
	expect 0 -c -a 'pass*'
	[ "$output" = 2 ]
	expect 0 -l -c -a 'pass*'
	[ "$output" = 2 ]
	apart -l -a pass -d pass
	[ "$status" -eq 2 ]
	[ ! -s "$work/out" ]
}

@test "-l is sorted bytewise in every locale" {
	LC_ALL=C.UTF-8 "$fixtures" -l >"$work/now"
	LC_ALL=C sort -c "$work/now"
}

@test "-t matches anywhere, -a whole names, -b and -d likewise" {
	expect 0 -l -t subtests_sk
	[ "$output" = $'subtests_skip\nsubtests_skip_some' ]
	expect 0 -l -a subtests_skip
	[ "$output" = subtests_skip ]
	expect 0 -l -t subtests_sk -b some
	[ "$output" = subtests_skip ]
	expect 0 -l -t subtests_sk -d subtests_skip
	[ "$output" = subtests_skip_some ]
}

@test "-n selects by number, with subtests" {
	number=$("$fixtures" -l | grep -nx subtests_pass | cut -d: -f1)
	expect 0 -n "$number/2-3"
	[[ $output != *step_1* && $output == *step_2:OK* && $output == *step_3:OK* ]]
	expect 2 -n 9999
	[ "$output" = "error: -n 9999: no test has such a number, the highest is $("$fixtures" -c)" ]
	expect 2 -n 9999/1
	[ "$output" = "error: -n 9999/1: no test has such a number, the highest is $("$fixtures" -c)" ]
	expect 2 -n "$number/9"
	[[ $output == *"error: -n $number/9: no subtest has such a number, the highest is 3" ]]
	number=$("$fixtures" -l | grep -nx pass | cut -d: -f1)
	expect 2 -n "$number/1"
	[[ $output == *"error: -n $number/1: no subtest has such a number, the tests began none" ]]
}

@test "a number and a name select a test each" {
	number=$("$fixtures" -l | grep -nx subtests_pass | cut -d: -f1)
	expect 0 -n "$number" -a pass
	[[ $output == *"step_1:OK"* && $output == *" pass:OK"* ]]
}

@test "@file: comments, blanks, and one warning for a line that matches nothing" {
	printf '# list\npass   # why\n  subtests_pass/step_1\n\nnosuch\n' >"$work/list"
	expect 0 -a "@$work/list"
	[[ $output == *"warning: '$work/list:5: nosuch' matches no test (-l lists them)"* ]]
	[[ $output == *"step_1:OK"* && $output != *step_2* ]]
	[[ $output == *"Summary: 2/1 PASSED"* ]]
}

@test "deny lists: later lines add to earlier ones, and stop the subtest" {
	expect 0 -a subtests_pass,pass -d subtests_pass/step_1,pass,subtests_pass/step_3
	[[ $output != *step_1* && $output == *step_2:OK* && $output != *step_3* ]]
	[[ $output == *"Summary: 1/1 PASSED"* ]]
}

@test "a subtest is found by its description" {
	expect 0 -a 'subtests/a longer name*'
	[[ $output == *"subtests/a longer name, with a comma:OK"* ]]
}

@test "-v shows the logs of passed tests; without -j while they run" {
	expect 0 -v -a pass
	[[ $output == "test_pass:PASS:truth"* ]]
	expect 0 -v -j2 -a pass
	[[ $output == "test_pass:PASS:truth"* ]]
	expect 0 -a pass
	[[ $output != *PASS:truth* ]]
}

@test "a failed log is shown once; a list of failures is at the end, but for --no-error-summary" {
	expect 1 -a fail
	[ "$(grep -c "FAIL:sum" <<<"$output")" -eq 1 ]
	list=$(sed -n '/^Failed:$/,/^Summary/p' <<<"$output")
	[[ $list == *$'\nFAIL  fail  check/fixtures/results.c:12  sum: actual 4 != expected 5\n'* ]]
	command=$(sed -n '/^FAIL  fail /{n;p}' <<<"$output")
	run $command
	[ "$status" -eq 1 ]
	[[ $output == *":FAIL:sum"* ]]
	expect 1 -a fail --no-error-summary
	[ "$(grep -c "FAIL:sum" <<<"$output")" -eq 1 ]
	[[ $output != *"Failed:"* ]]
}

@test "the command that repeats a failure has its quotes, -j and the seed" {
	expect 1 -a output_of_subtests,needs_of_probes -j2 --shuffle=7
	[[ $output == *" -j2 --shuffle=7 -a output_of_subtests/50"* ]]
	[[ $output == *" -a 'needs_of_probes/cannot tell'"* ]]
}

@test "-w is literal, whatever the time scale" {
	start=$SECONDS
	TEST_TIME_SCALE=100 expect 1 -a hang_asleep -w 1
	[[ $output == *"timeout: killed after 1.0 s"* ]]
	[ $((SECONDS - start)) -lt 20 ]
}

@test "a wrong time scale is refused" {
	TEST_TIME_SCALE=fast expect 64 -a pass
	[ "$output" = "test_progs: TEST_TIME_SCALE is a whole number from 1 to 1000, not 'fast'" ]
}

@test "-s is accepted, and -m says that a test has no network namespace" {
	expect 0 -a pass -m '*' -s -v
	[[ $output == *"packets: not captured, the test has no network namespace of its own"* ]]
}

@test "--debug traces on stderr only" {
	apart -a pass --debug
	[ "$status" -eq 0 ]
	grep -q "^debug: .* pass: record" "$work/err"
	[ "$(grep -c '^debug' "$work/out")" -eq 0 ]
}

@test "serial tests come last with -j, and in their place without it" {
	expect 0 -a alone,pass,forced_log -j2
	[ "$(grep -o '^#[0-9]* *[a-z_]*' <<<"$output" | tail -n 1 | tr -s ' ' | cut -d' ' -f2)" = alone ]
	expect 0 -a alone,pass,forced_log
	[ "$(grep -o '^#[0-9]* *[a-z_]*' <<<"$output" | head -n 1 | tr -s ' ' | cut -d' ' -f2)" = alone ]
}

@test "a flood of 100 MB keeps head and tail, in bounded memory" {
	command -v prlimit >/dev/null || skip "no prlimit"
	run prlimit --as=$((100 << 20)) "$fixtures" -j2 -v -a flood
	[ "$status" -eq 1 ]
	grep -q '^first line$' <<<"$output"
	grep -q '^last line$' <<<"$output"
	grep -qE '^\[\.\.\. [0-9]+ bytes of output left out here \.\.\.\]$' <<<"$output"
	[ "${#output}" -lt $((600 << 10)) ]
}

@test "100000 failed assertions are counted" {
	expect 1 -a many_failures --no-error-summary -J "$work/report"
	[ "$(jq '.results[0].failed_assertions' "$work/report")" -eq 100000 ]
}

@test "every fixture at once: each has its own result, and none is lost" {
	# Only root can capture packets.
	left_out='flood,many_failures,traffic*'
	printf '# a kernel\nCONFIG_BPF=y\n' >"$work/config"
	run timeout 120 "$fixtures" -j8 -w 5 -J "$work/report" -d "$left_out" --kconfig "$work/config"
	[ "$status" -eq 1 ]
	[ "$(jq '.results | length' "$work/report")" -eq "$("$fixtures" -c -d "$left_out")" ]
	[ "$(jq '[.results[] | select(.result == "NOTRUN")] | length' "$work/report")" -eq 0 ]
	jq -r '.results[] | "\(.name) \(.result)"' "$work/report" | LC_ALL=C sort >"$work/results"
	grep -v '^#' "$BATS_TEST_DIRNAME/fixtures/expected_results.txt" | diff - "$work/results"
}

# cpu_ms WORD...: the CPU time of a run of the fixtures
cpu_ms() {
	local TIMEFORMAT='%3U %3S'

	{ time timeout 60 "$fixtures" "$@" >/dev/null 2>&1 </dev/null; } 2>&1 |
		awk '{ print int(($1 + $2) * 1000) }'
}

@test "the runner sleeps while a test has closed its output" {
	[ "$(cpu_ms -a without_output)" -lt $(($(cpu_ms -a pass) + 100)) ]
}

# interrupt_when CONDITION: press ^C for the runner $pid, which prints to $work/out, and wait for it
interrupt_when() {
	timeout 60 bash -c "until $1; do sleep 0.05; done" || {
		kill -KILL $pid
		return 1
	}
	kill -INT $pid
	status=0
	wait $pid || status=$?
	cat "$work/out"
	[ "$status" -eq 130 ]
}

@test "^C ends everything at once, with a summary and exit status 130" {
	"$fixtures" -j8 -a 'hang*,leave_daemon,leave_forking,leave_writers,pass,subtests' >"$work/out" 2>&1 </dev/null &
	pid=$!
	interrupt_when "grep -q 'pass:OK' '$work/out'"
	# An interrupted test has not failed.
	run ! grep hang_asleep: "$work/out"
	sed -n '/^Interrupted: /,/^[^ ]/p' "$work/out" | grep -q ' hang_asleep$'
	grep -qE '^Summary: .*, [0-9]+/[0-9]+ FAILED, [1-9][0-9]* INTERRUPTED$' "$work/out"
	run survivors
	[ "$status" -ne 0 ]
}

@test "^C where fewer tests run than may" {
	"$fixtures" -j8 -a hang_asleep >"$work/out" 2>&1 </dev/null &
	pid=$!
	interrupt_when "pgrep -P $pid >/dev/null"
}

@test "^C names the tests that did not run" {
	"$fixtures" -a hang_asleep,pass,skip >"$work/out" 2>&1 </dev/null &
	pid=$!
	interrupt_when "pgrep -P $pid >/dev/null"
	grep -qx "Not run: 2 tests (interrupted)" "$work/out"
}

@test "a killed runner takes its tests with it" {
	"$fixtures" -j4 -a hang_asleep,hang_signals_blocked,hang_spinning >/dev/null 2>&1 </dev/null &
	pid=$!
	timeout 20 bash -c "until [ \$(pgrep -P $pid | wc -l) -eq 3 ]; do sleep 0.05; done"
	kill -KILL $pid
	wait $pid || true
	timeout 20 bash -c "while pgrep -f '^$fixtures -j4 -a hang' >/dev/null; do sleep 0.05; done"
}

@test "no process of a test survives the run" {
	expect 1 -j4 -t leave -w 5
	run survivors
	[ "$status" -ne 0 ]
}

@test "a closed stdout does not stop the run" {
	run bash -c "'$fixtures' -a pass,fail -J '$work/report' | true"
	[ "$(jq '.results | length' "$work/report")" -eq 2 ]
}

@test "--help documents options and exit statuses" {
	expect 0 --help
	for option in num name allow name-blacklist deny list count workers verbose \
		verifier-stats json-summary watchdog-timeout traffic-monitor no-error-summary debug; do
		grep -q -- "--$option" <<<"$output"
	done
	[[ $output == *"Exit status"* ]]
}

@test "-h prints the help like --help" {
	expect 0 --help
	long=$output
	expect 0 -h
	[ "$output" = "$long" ]
	[[ $output == "Usage: "* ]]
}

@test "signals that the runner's caller ignores or blocks do not matter" {
	run env --ignore-signal=CHLD --block-signal=TERM "$fixtures" -a pass,crash_terminated -w 5
	[ "$status" -eq 1 ]
	[[ $output == *"pass:OK"* && $output == *"crash_terminated:FAIL"$'\n         '"(killed: SIGTERM"* ]]
}

# The test waits until it is told to end, so that the signal always finds it.
@test "nohup is honoured" {
	TEST_LEAK_WAIT=$work/go bash -c "trap '' HUP; exec '$fixtures' -a wait_for_leak --events '$work/events'" \
		>"$work/out" 2>&1 </dev/null &
	pid=$!
	until grep -qs '"test_begin"' "$work/events"; do
		kill -0 $pid
		sleep 0.02
	done
	kill -HUP $pid
	: >"$work/go"
	wait $pid
	grep -q wait_for_leak:OK "$work/out"
}

# outputs_fail WORD...: whether the fixtures end with 3, and say why, if stdout is full and if it is closed
outputs_fail() {
	local ended

	for end in '>/dev/full' '>&-'; do
		ended=0
		bash -c "'$fixtures' \"\$@\" $end </dev/null" bash "$@" 2>"$work/err" || ended=$?
		echo "$* $end: status $ended: $(cat "$work/err")"
		[ "$ended" -eq 3 ] || return 1
		grep -q '^test_progs: .*stdout' "$work/err" || return 1
	done
}

@test "output that cannot be written is never a success" {
	[ -c /dev/full ] || skip "no /dev/full"
	outputs_fail -a pass
	outputs_fail -l
	outputs_fail --list=all
	outputs_fail --list=long
	outputs_fail -c
	outputs_fail --why pass
	outputs_fail --help
	outputs_fail --usage
	outputs_fail --version
	for file in /dev/full "$work" "$work/none/file" /proc/none; do
		for option in -J --events; do
			expect 3 -a pass "$option" "$file"
			[[ $output == *"$file"* || $output == *"not all of the run could be kept: ENOSPC"* ]]
		done
		[ "$file" = "$work" ] || [ "$file" = "$work/none/file" ] || expect 3 -a pass --results="$file"
	done
	for file in /dev/full /proc/none "$work"; do
		expect 3 -a pass --history "$file"
		[[ $output == *"cannot write the history '$file': "* ]]
	done
	TEST_JOURNAL=/proc/none expect 3 -a pass
	TEST_TOTAL_SHARDS=1 TEST_SHARD_INDEX=0 TEST_SHARD_STATUS_FILE=/proc/none expect 3 -a pass
}

@test "if all selected tests are denied, the error says so" {
	expect 2 -a pass,fail -d pass -b fail
	[[ $output == *"nothing to run: every selected test is denied (-b, -d)"* ]]
	expect 2 -l -n 1 -d '*'
	[[ $output == *"nothing to run: every selected test is denied (-b, -d)"* ]]
}

@test "a list may begin with a byte order mark; one in UTF-16 or without names is named" {
	printf '\xef\xbb\xbfpass\r\nskip\r\n' >"$work/marked"
	expect 0 -a @"$work/marked"
	[[ $output == *"Summary: 1/0 PASSED, 1 SKIPPED"* && $output != *warning* ]]
	printf '\xff\xfep\0a\0s\0s\0\n\0' >"$work/wide"
	expect 64 -d @"$work/wide"
	[[ $output == *"the list '$work/wide' has a zero byte in line 1: save it as UTF-8, not as UTF-16"* ]]
	: >"$work/empty"
	expect 0 -c -a @"$work/empty"
	[[ $output == *"warning: -a '@$work/empty' has no names"* ]]
	expect 0 -c -d @"$work/empty"
	[[ $output != *warning* ]]
}

@test "a closed stdout or stderr does not end up in the report" {
	run bash -c "'$fixtures' -a pass -J '$work/report' >&- 2>&-"
	[ "$status" -eq 3 ]
	[ "$(jq -r '.results[0].result' "$work/report")" = PASS ]
}

@test "a report is written even if nothing runs" {
	expect 2 -a nosuch -J "$work/report"
	[ "$(jq -c '.results' "$work/report")" = "[]" ]
}

@test "children that the runner has from its start are left alone" {
	run timeout 60 bash -c "sleep 77.7 >/dev/null 2>&1 & echo \$! >'$work/pid'; exec '$fixtures' -a leave_daemon"
	echo "$output"
	[[ $output == *"leave_daemon:FAIL"$'\n         '"(left behind: process "*" (fixture-daemon))"* ]]
	kill "$(cat "$work/pid")"
}

@test "processes that are left behind fail the test that left them" {
	run timeout 60 "$fixtures" -j4 -a 'leave_writers,leave_daemon,pass*,skip*,subtests*' -J "$work/report"
	jq -c '.results[] | select(.left_processes) | [.name, .left_processes, .message]' "$work/report"
	[ "$(jq -c '[.results[] | select(.left_processes) | [.name, .left_processes]]' "$work/report")" = \
		'[["leave_daemon",1],["leave_writers",4]]' ]
}

@test "a left process without session and output fails its own test, not the one that ends first" {
	TEST_LEAK=1 expect 1 -j2 -a leave_in_time,leave_unseen
	[[ $output == *"leave_in_time:OK"* ]]
	[[ $output == *"leave_unseen:FAIL"$'\n         '"(left behind: process "*" (fixture-daemon))"* ]]
	run survivors
	[ "$status" -ne 0 ]
}

@test "a left process that fits no test is killed, and fails none of several tests" {
	mkdir -p "$work/alone/2" "$work/two"
	TEST_LEAVE_UNKNOWN=$work/alone expect 1 -a leave_unknown_1
	[[ $output == *"leave_unknown_1:FAIL"$'\n         '"(left behind: process "*" (fixture-daemon))"* ]]
	TEST_LEAVE_UNKNOWN=$work/two expect 1 -j2 -a leave_unknown_1,leave_unknown_2 --events "$work/events"
	[[ $output == *"leave_unknown_1:OK"* && $output == *"leave_unknown_2:OK"* ]]
	[ "$(grep -c '^left behind, killed: process [0-9]* (fixture-daemon), by one of: leave_unknown_[12], leave_unknown_[12]$' \
		<<<"$output")" -eq 2 ]
	[ "$(jq 'select(.event == "run_end") | .left_not_charged' "$work/events")" -eq 2 ]
	run survivors
	[ "$status" -ne 0 ]
}

@test "a process that forks without end does not survive" {
	expect 1 -j2 -a leave_forking,pass
	[[ $output == *"leave_forking:FAIL"$'\n         '"(left behind: process "* ]]
	run survivors
	[ "$status" -ne 0 ]
}

@test "a flood of records takes no time from other tests" {
	expect 1 -j2 -a half_second,hang_flooding_records -w 3
	[[ $output == *"half_second:OK"* && $output == *"hang_flooding_records:FAIL"$'\n         '"(timeout"* ]]
}

@test "a reader that stops reading takes no time from tests" {
	"$fixtures" -j2 -v -w 3 -a many_loud_subtests,half_second -J "$work/report" 2>/dev/null </dev/null |
		(sleep 5; cat >/dev/null)
	[ "$(jq -c '[.results[].result]' "$work/report")" = '["PASS","PASS"]' ]
}

@test "logs of passed tests do not pile up" {
	command -v prlimit >/dev/null || skip "no prlimit"
	run prlimit --as=$((100 << 20)) "$fixtures" -a many_loud_subtests
	[[ $output == *"Summary: 1/500 PASSED"* ]]
}

@test "tests wait for each other if descriptors are few" {
	run bash -c "ulimit -Hn 40; '$fixtures' -j64 -a 'pass*,skip*,subtests*,leave_daemon,half_second'"
	echo "$output"
	[[ $output != *"not started"* ]]
	[[ $output == *"half_second:OK"* ]]
}

@test "a skip after passed subtests counts" {
	expect 0 -a skip_the_rest
	[[ $output == *"Summary: 0/1 PASSED, 1 SKIPPED, 0/0 FAILED" ]]
}

@test "a subtest pattern claims no result of a test without subtests" {
	expect 2 -a pass/nosuch
	[[ $output == *"pass:SKIP"$'\n         '"(no subtest is selected)"* && $output == *"Summary: 0/0 PASSED"* ]]
}

@test "an allowed subtest of a denied test is no error" {
	expect 0 -a subtests_pass/step_1,pass -d subtests_pass
	[[ $output == *"Summary: 1/0 PASSED"* ]]
}

@test "names and reasons of tests cannot print lines of their own" {
	expect 0 -a forged_lines
	[ "$(grep -c '^Summary' <<<"$output")" -eq 1 ]
	[[ $output == *'a:OK\x0aSummary'* && $output == *'(b\x0aSummary'* ]]
}

@test "live output ends its line before the test's line" {
	expect 1 -v -a control_bytes
	[[ $output != *"end#"* ]]
}

@test "the header names what the run runs on" {
	expect 0 -a pass
	[[ $headed == "Kernel $(uname -r) $(uname -m), "*" 1 test"$'\n'* ]]
	[[ $headed != *"Command: "* ]]
	expect 0 -a pass -v
	[[ $headed == "Kernel: $(uname -r) $(uname -m), $(uname -v)"* ]]
	[[ $headed == *"Command: $fixtures -a pass -v"* ]]
	[[ $headed == *$'\n'"Suite: "* && $headed == *$'\n'"Machine: "* ]]
	expect 0 -l
	[[ $headed != *"Kernel: "* ]]
}

@test "the kernel's configuration can be named" {
	printf 'CONFIG_BPF=y\nCONFIG_HZ=250\n' >"$work/config"
	expect 0 -v -a pass --kconfig "$work/config"
	[[ $headed == *"Config: $work/config, CRC $(gzip -c "$work/config" | tail -c 8 | od -An -N4 -tx4 | tr -d ' ')"* ]]
	expect 3 -a pass --kconfig "$work/none"
	[[ $output == *"cannot read the kernel configuration '$work/none': ENOENT (No such file"* ]]
	echo hello >"$work/other"
	expect 3 -a pass --kconfig "$work/other"
	[[ $output == *"'$work/other' is not a kernel configuration"* ]]
}

@test "the results folder has fixed names" {
	expect 1 -a 'pass,fail,subtests_pass' --results="$work/a/b"
	[ "$(cd "$work/a/b" && find . -type f | sort | tr '\n' ' ')" = \
		"./events.jsonl ./kernel.log ./logs/fail.log ./logs/pass.log ./logs/subtests_pass.log ./report.json " ]
	[ "$(jq -c '[.failed, .success, .run.release]' "$work/a/b/report.json")" = "[1,2,\"$(uname -r)\"]" ]
	grep -q ':FAIL:' "$work/a/b/logs/fail.log"
	grep -q -- '--- subtest 1: ' "$work/a/b/logs/subtests_pass.log"
}

@test "the results folder is emptied of an earlier run, and of nothing else" {
	expect 0 -a pass --results="$work/r"
	touch "$work/r/mine" "$work/r/logs/mine.log"
	expect 0 -a subtests_pass --results="$work/r"
	[ "$(ls "$work/r/logs")" = $'mine.log\nsubtests_pass.log' ]
	[ -e "$work/r/mine" ]
}

# shellcheck disable=SC2016 # the message has the name of a variable
@test "the results folder's default is below \$RESULTS" {
	RESULTS=$work expect 0 -a pass --results
	[ -s "$work/fixtures/report.json" ]
	RESULTS='' expect 64 -a pass --results
	[[ $output == *'--results without a folder needs $RESULTS: give --results=DIR'* ]]
}

@test "a results folder that cannot be made stops the run before its first test" {
	touch "$work/file"
	expect 3 -a pass --results="$work/file/x"
	[[ $output == *"cannot make the results folder '$work/file/x': ENOTDIR (Not a directory"* ]]
	[[ $output != *"pass:OK"* ]]
}

@test "a full disk loses logs, and no result" {
	command -v unshare >/dev/null && unshare -m true 2>/dev/null || skip "no mount namespace"
	mkdir "$work/small"
	# shellcheck disable=SC2016 # the inner shell expands them
	run unshare -m sh -c 'mount -t tmpfs -o size=64k none "$1/small" &&
		"$2" -a pass,flood --results="$1/small"' sh "$work" "$fixtures"
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == *"pass:OK"* && $output == *"Summary: "* ]]
	[[ $output == *"not all of the run could be kept in $work/small: ENOSPC (No space left on device"* ]]
}

@test "the log of one test in the results folder is limited" {
	timeout 60 "$fixtures" -a flood --results="$work/r" >/dev/null 2>&1 </dev/null || true
	[ "$(stat -c %s "$work/r/logs/flood.log")" -lt $((17 << 20)) ]
	tail -n 1 "$work/r/logs/flood.log" | grep -q 'what came behind this was dropped'
}

@test "events have each begin and end, in order" {
	expect 1 -a subtests_pass,fail --events "$work/events"
	[ "$(jq -r '.event' "$work/events" | tr '\n' ' ')" = \
		"run_begin test_begin assertion_failed assertion_failed test_end test_begin subtest_begin subtest_end subtest_begin subtest_end subtest_begin subtest_end test_end run_end " ]
	[ "$(jq -c 'select(.event == "run_begin") | [.version, .tests]' "$work/events")" = '[1,2]' ]
	[ "$(jq -c 'select(.event == "run_end") | [.passed, .failed, .exit_status]' "$work/events")" = '[1,1,1]' ]
	[ "$(jq -r 'select(.event == "assertion_failed") | .file' "$work/events" | uniq)" = check/fixtures/results.c ]
}

@test "a crash in a subtest ends subtest and test in the events" {
	expect 1 -a crash_segv_in_subtest --events "$work/events"
	[ "$(jq -c 'select(.event | endswith("_end")) | [.event, .subtest, .result]' "$work/events" | tail -n 3 | head -n 2 | tr '\n' ' ')" = \
		"$(jq -nc '["subtest_end","crashes","CRASH"], ["test_end",null,"CRASH"]' | tr '\n' ' ')" ]
}

@test "events of a killed runner are whole lines" {
	"$fixtures" -a fail,hang_asleep --events "$work/events" >"$work/out" 2>&1 </dev/null &
	pid=$!
	until grep -q '"test_begin".*hang_asleep' "$work/events" 2>/dev/null; do
		kill -0 "$pid"
		sleep 0.05
	done
	kill -KILL "$pid"
	wait "$pid" || true
	[ "$(jq -c '[.event, .test]' "$work/events" | tail -n 1)" = '["test_begin","hang_asleep"]' ]
	[ "$(jq -r 'select(.event == "test_end") | .result' "$work/events")" = FAIL ]
}

@test "the run says if events cannot be written, before it or at its end" {
	expect 3 -a pass --events "$work/none/events"
	[[ $output == *"cannot open '$work/none/events' for events: ENOENT (No such file"* && $output != *"pass:OK"* ]]
	[ -c /dev/full ] || skip "no /dev/full"
	expect 3 -a pass --events /dev/full
	[[ $output == *"pass:OK"* && $output == *"not all of the run could be kept: ENOSPC (No space left on device"* ]]
}

# results_of OUTPUT: print the results of tests with their reasons, without the kernel's release
results_of() {
	sed -E ':all; N; $!b all; s/\n {9}\(/ (/g' <<<"$1" |
		sed -nE "s/$(uname -r)/RELEASE/g; s/^#[0-9/]+ +//p" | LC_ALL=C sort -u
}

@test "requirements: older kernels and other machines skip, with what is missing" {
	expect 0 -a needs_newer_kernel,needs_older_kernel,needs_machine,needs_kernel_func,needs_hold
	[ "$(results_of "$output" | sed "s/machine has $(nproc --all)\b/machine has COUNT/; s/is $(uname -m)/is MACHINE/")" = "$(sort <<-'EXPECTED'
		needs_hold:OK
		needs_kernel_func:SKIP (no kernel function bpf_no_such_function: no such function in the kernel's symbols, the compiler may have inlined or renamed it)
		needs_machine:SKIP (no command no-such-command: not in PATH; to have it: install it; no 100000 CPUs: this machine has COUNT; to have it: vmtest --cpus=100000; no architecture pdp11,vax: this machine is MACHINE)
		needs_newer_kernel:SKIP (no type bpf_no_such_type: Linux has it since 99.0)
		needs_older_kernel:SKIP (no type bpf_no_such_type: Linux had it before 5.0)
		EXPECTED
	)" ]
}

@test "requirements: a thing that this kernel should have is a failure, even beside a reason to skip" {
	expect 1 -a needs_lost,needs_stable_func
	[[ $output == *"needs_lost:FAIL"$'\n         '"(requirement: no type bpf_no_such_type: no such type in the kernel's types, and this kernel ($(uname -r)) should have it: there since 4.1)"* ]]
	[[ $output == *"needs_stable_func:FAIL"$'\n         '"(requirement: no kernel function bpf_no_such_function"* ]]
	[[ $output != *"run without"* ]]
}

@test "requirements: a configuration that is known can justify a skip" {
	printf 'CONFIG_X=y\nCONFIG_FIXTURE_OPTION=m\nCONFIG_FIXTURE_A=y\nCONFIG_FIXTURE_B=y\n' >"$work/set"
	printf 'CONFIG_X=y\n# CONFIG_FIXTURE_OPTION is not set\nCONFIG_FIXTURE_A=y\n' >"$work/unset"
	names=needs_config,needs_effect,needs_type_of_config
	expect 1 -a "$names" --kconfig "$work/set"
	[ "$(results_of "$output")" = "$(cat <<-'EXPECTED'
		needs_config:OK
		needs_effect:FAIL (requirement: no CONFIG_FIXTURE_OPTION: it is m, and /no/such/effect does not exist, and this kernel (RELEASE) should have it; to have it: load its module, or set CONFIG_FIXTURE_OPTION=y)
		needs_type_of_config:FAIL (requirement: no type bpf_no_such_type: no such type in the kernel's types, and this kernel (RELEASE) should have it: there since 4.1, with CONFIG_FIXTURE_A,FIXTURE_B)
		EXPECTED
	)" ]
	expect 0 -a "$names" --kconfig "$work/unset"
	[ "$(results_of "$output")" = "$(cat <<-'EXPECTED'
		needs_config:SKIP (no CONFIG_FIXTURE_OPTION: it is not set)
		needs_effect:SKIP (no CONFIG_FIXTURE_OPTION: it is not set)
		needs_type_of_config:SKIP (no type bpf_no_such_type: CONFIG_FIXTURE_B is not set)
		EXPECTED
	)" ]
}

@test "requirements: subtests have their own, by pattern and by description" {
	expect 1 -a needs_of_subtests
	[ "$(results_of "$output" | sed 's/ (no.*//' | tr '\n' ' ')" = "needs_of_subtests/lost:FAIL needs_of_subtests/new by its description:SKIP needs_of_subtests/new one:SKIP needs_of_subtests/new probe:SKIP needs_of_subtests/old:OK needs_of_subtests:FAIL " ]
	[[ $output == *":FAIL:requirement no type bpf_no_such_type"* ]]
}

@test "requirements: probes of a test skip, fail, and fail when they cannot tell" {
	expect 1 -a needs_of_probes
	[ "$(results_of "$output" | sed 's/ (no.*//' | tr '\n' ' ')" = "needs_of_probes/cannot tell:FAIL needs_of_probes/lost:FAIL needs_of_probes/there:OK needs_of_probes/too old:SKIP needs_of_probes:FAIL " ]
	[[ $output == *"cannot tell whether there is a probe: EIO (Input/output error"* ]]
	[[ $output == *"no a probe: Linux has it since 99.0 (tried: EOPNOTSUPP)"* ]]
	[[ $output == *"no a probe: tried, the last error was EOPNOTSUPP (Operation not supported), and this kernel"* ]]
}

@test "--list=long prints what tests need" {
	expect 0 --list=long -a needs_hold,needs_type_of_config,pass
	[ "$output" = "needs_hold
	nothing
	1 CPUs
	16 MiB of memory
	command sh
	a probe, since 4.1, found out by trying
needs_type_of_config
	type bpf_no_such_type, since 4.1, with CONFIG_FIXTURE_A and CONFIG_FIXTURE_B
pass
	declares nothing" ]
	expect 64 --list=short
	[[ $output == *"--list takes 'all', 'long' or no value, not 'short'"* ]]
}

@test "--list=all has the numbers that -n takes, and the subtests of earlier runs" {
	number=$("$fixtures" -l | grep -nx subtests_pass | cut -d: -f1)
	alone=$("$fixtures" -l | grep -nx pass | cut -d: -f1)
	expect 0 --list=all -a subtests_pass,pass
	[ "$output" = "$(printf '%-9s%s\n' "$alone" pass "$number" subtests_pass)" ]
	expect 0 -a subtests_pass
	expect 0 --list=all -a subtests_pass,pass
	[ "$output" = "$(printf '%-9s%s\n' "$alone" pass "$number" subtests_pass \
		"$number/1" 'subtests_pass/step_1 (known)' \
		"$number/2" 'subtests_pass/step_2 (known)' \
		"$number/3" 'subtests_pass/step_3 (known)')" ]
	expect 0 -n "$number/2"
	[[ $output == *step_2:OK* && $output != *step_1* && $output != *step_3* ]]
	expect 0 --list=all -n "$number/2"
	[ "$output" = "$(printf '%-9s%s\n' "$number" subtests_pass "$number/2" 'subtests_pass/step_2 (known)')" ]
	expect 0 --list=all -a 'subtests_pass' -d '*/step_1'
	[[ $output == *step_2* && $output != *step_1* ]]
	expect 0 --list=all --history=none -a subtests_pass
	[ "$output" = "$(printf '%-9s%s\n' "$number" subtests_pass)" ]
	expect 0 --list=all -c -a subtests_pass
	[ "$output" = 1 ]
	expect 2 --list=all -a pass -d pass
}

@test "--list=all takes the subtests of another kernel if this one ran none" {
	number=$("$fixtures" -l | grep -nx subtests_pass | cut -d: -f1)
	expect 0 -a subtests_pass
	sed -i "s/$(uname -r)/0.0.0-other/" "$work/state/bpf-selftests/history"
	expect 0 --list=all -n "$number/3"
	[ "$output" = "$(printf '%-9s%s\n' "$number" subtests_pass "$number/3" 'subtests_pass/step_3 (known)')" ]
}

@test "--why says which needs this kernel fulfils" {
	expect 0 --why needs_lost
	[ "$(awk -F ' --' '{ print $1 }' <<<"$output")" = "needs_lost
  FAIL type bpf_no_such_type, since 4.1
  SKIP command no-such-command" ]
	expect 2 --why nosuch
	[ "$output" = "error: 'nosuch' matches no test (-l lists them)" ]
}

@test "--strict-skips fails on a skip that is not in the list, and names it" {
	printf 'skip # why\nsubtests_skip_some/one\n' >"$work/known"
	expect 0 -a skip,subtests_skip_some --strict-skips "$work/known"
	echo skip >"$work/known"
	expect 1 -a skip,subtests_skip_some --strict-skips "$work/known"
	[[ $output == *"error: new skip: subtests_skip_some/one (no one)"* ]]
	expect 1 -a subtests_skip --strict-skips "$work/known"
	[[ $output == *"error: new skip: subtests_skip/one (no one)"* ]]
	[[ $output == *"error: new skip: subtests_skip/two (reason not given)"* ]]
	expect 1 -a skip_without_reason --strict-skips /dev/null
	[[ $output == *"error: new skip: skip_without_reason (reason not given)"* ]]
}

@test "--strict-skips names entries of the list that ran" {
	printf 'pass\nskip\nnosuch\n' >"$work/known"
	expect 0 -a pass,skip --strict-skips "$work/known"
	[[ $output == *"warning: '$work/known:1: pass' is in the list of skips, and ran"* ]]
	[[ $output != *":2: skip"* && $output != *nosuch* ]]
	expect 64 -a pass --strict-skips "$work/none"
	[[ $output == *"cannot open the list '$work/none': ENOENT (No such file or directory)"* ]]
}

@test "a test inherits the same, whoever starts the runner" {
	run env -i PATH="$PATH" HOME=/nowhere LANG=de_DE.UTF-8 LC_ALL=de_DE TZ=Asia/Tokyo SECRET=x TEST_X=kept \
		bash -c "umask 077; ulimit -S -n 100; ulimit -S -f 1000; ulimit -S -s 1024; trap '' USR1 PIPE
			exec '$fixtures' -a inherited"
	echo "$output"
	[ "$status" -eq 0 ]
	for line in 'umask 022' 'policy 0' 'signals ignored 0, blocked 0' 'core 0' 'file size -1' \
		'open files 100' 'stack 8388608' 'environment HOME=/nowhere' 'environment LC_ALL=C' \
		'environment TZ=UTC' 'environment TEST_X=kept'; do
		grep -qxF "$line" <<<"$output"
	done
	[ "$(grep -cE '^environment (SECRET|LANG)=' <<<"$output")" -eq 0 ]
}

@test "variables of coverage tools, sanitizers and libraries reach a test" {
	for variable in GCOV_PREFIX=/x GCOV_PREFIX_STRIP=2 LLVM_PROFILE_FILE=/x/%p LIBBPF_LOG_LEVEL=debug \
		LD_PRELOAD= UBSAN_OPTIONS=print_stacktrace=1 LSAN_OPTIONS=verbosity=0; do
		run env "$variable" "$fixtures" -a inherited
		[ "$status" -eq 0 ]
		grep -qxF "environment $variable" <<<"$output"
	done
}

@test "--env gives a test more variables, and replaces others" {
	SECRET='x = y' expect 0 -a inherited --env SECRET --env EMPTY= --env LC_ALL=de_DE --env SECOND=1 --env SECOND=2
	for line in 'SECRET=x = y' EMPTY= LC_ALL=de_DE SECOND=2; do
		grep -qxF "environment $line" <<<"$output"
	done
	[[ $output != *"environment LC_ALL=C"* && $output != *SECOND=1* ]]
	expect 64 -a inherited --env NO_SUCH_VARIABLE
	[[ $output == *"--env NO_SUCH_VARIABLE: this variable is not set here"* ]]
	for value in '' =x 'a b=c' 1a=b; do
		expect 64 -a inherited --env "$value"
		[[ $output == *"--env takes NAME or NAME=VALUE, not '$value'"* ]]
	done
}

@test "the results folder does not follow links out of it" {
	mkdir "$work/r" "$work/victim"
	echo precious >"$work/victim/pass.log"
	ln -s "$work/victim" "$work/r/logs"
	expect 3 -a pass --results="$work/r"
	[[ $output == *"cannot make the results folder"* ]]
	[ "$(cat "$work/victim/pass.log")" = precious ]
}

@test "a results folder belongs to one run at a time" {
	"$fixtures" -a half_second --results="$work/r" >"$work/out" 2>&1 </dev/null &
	pid=$!
	until [ -e "$work/r/logs/half_second.log" ]; do
		kill -0 "$pid"
	done
	expect 3 -a pass --results="$work/r"
	[[ $output == *"the results folder '$work/r' is in use by another run"* ]]
	wait "$pid"
	[ -s "$work/r/report.json" ]
}

@test "a configuration that is cut off is refused, and so is a folder" {
	{ seq -f 'CONFIG_OPTION_%g=y' 20000; echo CONFIG_FIXTURE_OPTION=y; } >"$work/config"
	gzip -k "$work/config"
	expect 0 -a needs_config --kconfig "$work/config.gz"
	head -c 3000 "$work/config.gz" >"$work/half.gz"
	expect 3 -a needs_config --kconfig "$work/half.gz"
	[[ $output == *"is not a kernel configuration"* ]]
	expect 3 -a needs_config --kconfig "$work"
	[[ $output == *"Is a directory"* ]]
}

@test "--strict-skips sees a test's own skip beside known skips of its subtests" {
	echo skip_all_and_itself/known >"$work/known"
	expect 1 -a skip_all_and_itself --strict-skips "$work/known"
	[[ $output == *"error: new skip: skip_all_and_itself (the rest of it)"* ]]
}

@test "requirements: a built-in module needs no /lib/modules, and excuses nothing" {
	printf '# a kernel\nCONFIG_FIXTURE_A=y\n' >"$work/config"
	expect 1 -a 'needs_module*' --kconfig "$work/config"
	[ "$(results_of "$output" | sed 's/ (.*//' | tr '\n' ' ')" = "needs_module:OK needs_module_type:FAIL " ]
	printf 'CONFIG_X=y\nCONFIG_Y=y\n# CONFIG_FIXTURE_A is not set\n' >"$work/config"
	expect 0 -a 'needs_module*' --kconfig "$work/config"
	[ "$(results_of "$output" | sed 's/ (.*//' | tr '\n' ' ')" = "needs_module:SKIP needs_module_type:SKIP " ]
}

@test "--events may name the file in the results folder, and no event is lost" {
	mkdir "$work/r"
	expect 0 -a pass --results="$work/r" --events "$work/r/events.jsonl"
	[ "$(jq -r '.event' "$work/r/events.jsonl" | tail -n 1)" = run_end ]
}

@test "a reader of events that stops reading does not stop the run" {
	mkfifo "$work/fifo"
	expect 3 -a pass --events "$work/fifo"
	[[ $output == *"cannot open '$work/fifo' for events: nobody reads it"* ]]
	# shellcheck disable=SC2217 # it holds the pipe open, and does not read
	sleep 20 <"$work/fifo" &
	pid=$!
	run timeout 15 "$fixtures" -a many_failures,pass --no-error-summary --events "$work/fifo"
	kill "$pid"
	[ "$status" -eq 3 ]
	[[ $output == *"pass:OK"* && $output == *"not all of the run could be kept"* ]]
}

@test "--why leaves the report of an earlier run alone" {
	echo mine >"$work/report"
	expect 0 --why needs_hold -J "$work/report"
	[ "$(cat "$work/report")" = mine ]
}

@test "a /dev/kmsg that is not a kernel log does not stop the run" {
	command -v unshare >/dev/null && unshare -m true 2>/dev/null || skip "no mount namespace"
	# shellcheck disable=SC2016 # the inner shell expands them
	run unshare -m sh -c 'mount --bind /dev/null /dev/kmsg && "$1" -a pass --results="$2"' sh \
		"$fixtures" "$work/r"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"pass:OK"* ]]
}

@test "a signal that a test sends to the runner fails that test, and does not stop the run" {
	expect 1 -j2 -a half_second,signal_runner,pass
	[[ $output == *"signal_runner:FAIL:signal SIGTERM to the runner"* && $output == *"signal_runner:FAIL"* ]]
	[[ $output == *"half_second:OK"* && $output == *"Summary: 2/0 PASSED, 0 SKIPPED, 1/0 FAILED"* ]]
}

# while_one_waits WORD...: start a run in the background with a test that waits for $work/go, and
# wait until its events are in $work/first
while_one_waits() {
	export TEST_LEAK_WAIT=$work/go
	"$fixtures" -a wait_for_leak "$@" >"$work/out" 2>&1 </dev/null &
	pid=$!
	until [ -s "$work/first" ]; do
		kill -0 "$pid"
		sleep 0.02
	done
}

@test "two runs do not write the same events or the same report" {
	while_one_waits --events "$work/first" -J "$work/report"
	expect 3 -a pass --events "$work/first"
	[[ $output == *"cannot open '$work/first' for events: another run writes to it"* ]]
	expect 3 -a pass -J "$work/report"
	[[ $output == *"cannot open '$work/report' for the JSON report: another run writes to it"* ]]
	: >"$work/go"
	wait "$pid"
	jq -es 'last.event == "run_end"' "$work/first"
	jq -e '.results | length == 1' "$work/report"
}

@test "a runner that is stopped and goes on takes no time from its tests" {
	"$fixtures" -w 2 -a output_for_a_while,wait_each_time --events "$work/events" \
		>"$work/out" 2>&1 </dev/null &
	pid=$!
	until grep -q '"test_begin".*output_for' "$work/events" 2>/dev/null; do
		kill -0 "$pid"
		sleep 0.02
	done
	kill -STOP "$pid"
	sleep 3
	kill -CONT "$pid"
	wait "$pid"
	grep -q 'output_for_a_while:OK' "$work/out"
}

# The runner is busy with the output of a flood, so that it is most likely stopped at work and not
# while it waits. Four at once, each stopped at another moment.
@test "a runner that is stopped at work takes no time from its tests" {
	for i in 1 2 3 4; do
		(
			"$fixtures" -w 2 -a flood --no-audit --history none --events "$work/events$i" \
				>"$work/out$i" 2>&1 </dev/null &
			pid=$!
			until grep -qs '"test_begin".*flood' "$work/events$i"; do
				kill -0 "$pid"
				sleep 0.01
			done
			sleep "0.0$((i * 2))"
			kill -STOP "$pid"
			sleep 3
			kill -CONT "$pid"
			wait "$pid"
		) 3>&- &
	done
	wait
	[ "$(cat "$work"/out? | grep -c '^#[0-9]* *flood:FAIL$')" -eq 4 ]
	[ "$(cat "$work"/out? | grep -c 'timeout: killed' || true)" -eq 0 ]
}

@test "as a step of GitHub Actions each failure is an annotation, and elsewhere it is not" {
	GITHUB_ACTIONS=true expect 1 -a fail,subtests,crash_segv,pass
	line=$(grep -n 'sum' "$BATS_TEST_DIRNAME/fixtures/results.c" | head -n 1 | cut -d: -f1)
	grep -qx "::error file=check/fixtures/results.c,line=$line,title=fail::sum: actual 4 != expected 5" <<<"$output"
	grep -q '^::error file=check/fixtures/results.c,line=[0-9]*,title=subtests/bad::' <<<"$output"
	grep -q '^::error title=crash_segv::crash: SIGSEGV' <<<"$output"
	[ "$(grep -c '^::error ' <<<"$output")" -eq 3 ]
	expect 1 -a fail
	[[ $output != *"::error"* ]]
	# A newline or a percent sign would end the command, or be read as an escape.
	GITHUB_ACTIONS=true expect 1 -a control_bytes_in_names
	[ "$(grep -c '^::error ' <<<"$output")" -ge 1 ]
}
