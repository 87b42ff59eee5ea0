#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of what the reports of a run say about each result, with the fixtures. They need no root, no
# VM and no BPF.

bats_require_minimum_version 1.5.0

setup_file() {
	local fixtures=${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}

	cd "$BATS_FILE_TMPDIR" || return 1
	export XDG_STATE_HOME=$BATS_FILE_TMPDIR/state
	printf '# a kernel\nCONFIG_BPF=y\n' >config
	# All fixtures but those that print much, and those that only root can run.
	GITHUB_ACTIONS=true timeout 120 "$fixtures" -j8 -w 5 -d 'flood,many_failures,traffic*' \
		--kconfig config -J report --events events >out 2>err </dev/null || [ $? -eq 1 ]
}

setup() {
	fixtures=$(realpath "${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}")
	cd "$BATS_FILE_TMPDIR" || return 1
	# Some tests cannot pass under sanitizers: the file $SKIPS lists them, with reasons.
	if [ -n "${SKIPS-}" ]; then
		reason=$(awk -v name="reports $BATS_TEST_DESCRIPTION " \
			'index($0, name) == 1 { sub(/^[^#]*# */, ""); print }' "$SKIPS")
		[ -z "$reason" ] || skip "$reason"
	fi
}

# A result, for programs that read the output of the kernel's runner.
status_line='^#([0-9/]+) +.*:(OK|FAIL|SKIP)$'

@test "the results of a run are lines that end in the status word, each once" {
	sed -nE "s@$status_line@\\1 \\2@p" out | LC_ALL=C sort >got
	jq -r 'def word: { PASS: "OK", SKIP: "SKIP" }[.result] // "FAIL";
		.results[] | "\(.number) \(word)",
			(.number as $number | .subtests[] | "\($number)/\(.number) \(word)")' report |
		LC_ALL=C sort >expected
	diff expected got
	# These kinds of results are among them.
	for kind in PASS SKIP FAIL TIMEOUT CRASH LOST; do
		[ "$(jq -r "[.results[] | select(.result == \"$kind\")] | length" report)" -gt 0 ]
	done
}

@test "no other line of a run begins as a result does" {
	run grep -vE "$status_line" <(grep '^#' out)
	echo "$output"
	[ "$status" -eq 1 ]
}

@test "the reason of a result is below it, in a line that is no result" {
	jq -r '.results[] | select(.reason and (.reason | contains("killed after"))) |
		select([.subtests[].result] | index("TIMEOUT") | not) | .number' report >timeouts
	[ -s timeouts ]
	while read -r number; do
		grep -A 1 -E "^#$number +[a-z_]+:FAIL$" out | grep -qE '^ {9}\(timeout: killed after 5\.0 s\)$'
	done <timeouts
}

@test "the reason of a test that ended in a subtest is below that subtest, and not repeated" {
	for name in crash_segv_in_subtest hang_in_subtest; do
		grep -A 1 -E "^#[0-9]+/[0-9]+ +$name/.*:FAIL$" out | grep -qE '^ {9}\((crash|timeout): '
		grep -A 1 -E "^#[0-9]+ +$name:FAIL$" out >lines
		run ! grep -E '^ {9}\(' lines
		[ "$(sed '1,/^Failed:$/d' out | grep -c "^FAIL  $name")" -eq 1 ]
	done
}

@test "at the end, a crash and a timeout have the place in the test's source" {
	sed '1,/^Failed:$/d' out >end
	grep -qE '^FAIL  crash_segv  crash: SIGSEGV, address 0x10, pc [^ ]+ at .*check/fixtures/crashes.c:[0-9]+$' end
	grep -qE '^FAIL  hang_asleep  timeout: killed after 5.0 s at .*check/fixtures/hangs.c:[0-9]+$' end
	run ! grep -E '^FAIL .* at \.' end
}

@test "the logs at the end name each failure in a line that is no result" {
	sed '1,/^Failed:$/d' out >end
	[ "$(grep -c '^FAIL  ' end)" -gt 10 ]
	run grep -E "$status_line" end
	[ "$status" -eq 1 ]
}

# Whether the reports of this folder have failures, and each has a text.
failures_have_texts() {
	[ "$(jq '[.results[] | ., .subtests[] | select(.failed)] | length' report)" -gt 0 ] || return 1
	jq -r '.results[] | ., .subtests[] | select(.failed) |
		select([.message, .reason] | any(. == null or test("^\\s*$"))) | .name' report >lacking
	jq -r 'select(.event == "test_end" or .event == "subtest_end") |
		select(.result | IN("PASS", "SKIP") | not) |
		select((.reason // "") == "") | "\(.test)/\(.subtest)"' events >>lacking
	cat lacking
	[ ! -s lacking ]
}

@test "every failure has a text in the report, the events and the annotations" {
	failures_have_texts
	grep '^::error ' out >annotations
	run grep -E '::[[:space:]]*$' annotations
	[ "$status" -eq 1 ]
	# The requirement of a test that did not start: it has no output.
	[[ $(jq -r '.results[] | select(.name == "needs_lost") | .message' report) == "requirement: no type "* ]]
	# A crash in a subtest: the test's own log is empty.
	[[ $(jq -r '.results[] | select(.name == "crash_segv_in_subtest") | .message' report) == "crash: SIGSEGV, "* ]]
	[ "$(jq -r '.results[] | select(.name == "subtests") | .reason' report)" = "subtest bad: operation: error -22 (EINVAL)" ]
}

@test "every failure has a text: a panic, of which a journal is left" {
	mkdir panic
	cd panic
	jq -c '(select(.event == "run_begin") | .boot_id = "an earlier one"),
		(select(.event == "test_begin" and .test == "half_second") | .alone = true)' ../events >journal
	run timeout 60 "${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}" -a half_second \
		--resume journal -J report --events events </dev/null
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(jq -r '.results[0].result' report)" = PANIC ]
	failures_have_texts
	[[ $(jq -r '.results[0].message' report) == "panic: the kernel went down"* ]]
}

@test "--resume refuses a file that is no event stream" {
	for text in '' 'CONFIG_BPF=y' '{"event":"test_end"}'; do
		echo "$text" >none
		run timeout 60 "${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}" -a pass --resume none </dev/null
		echo "$output"
		[ "$status" -eq 3 ]
		[[ $output == *"'none' is no event stream of a run"* ]]
	done
}

# on_terminal COLUMNS WORD...: run a command on a terminal; its output goes to the file "screen"
on_terminal() {
	local columns=$1
	shift
	env TERM=xterm script -qec "stty cols $columns; $(printf '%q ' "$@")" /dev/null >screen </dev/null || true
	tr -d '\r' <screen >plain
}

escape=$'\033'

@test "on a terminal a line at the bottom shows what runs, and no result is mixed into it" {
	command -v script >/dev/null || skip "no script (bsdutils)"
	on_terminal 40 "$fixtures" -j2 -a half_second,long_subtests,pass
	cat -v screen
	# On a busy machine the line may come when one of the two has ended.
	grep -qE "[0-2] of 3 tests.*: (half_second [0-9]|long_subtests)" screen
	# The line is cut to the width of the terminal, and removed before anything else is printed.
	run ! grep -qE "long_subtests/[abc] [0-9] s, " screen
	plain=$(sed -E "s/$escape\[[0-9;]*m//g; s/.*$escape\[K//" plain)
	[ "$(grep -cE "^#[0-9]+ +half_second:OK$" <<<"$plain")" -eq 1 ]
	[ "$(grep -cE "^#[0-9]+ +long_subtests:OK  [0-9.]+ s$" <<<"$plain")" -eq 1 ]
	[ "$(tail -n1 <<<"$plain")" = "Summary: 3/3 PASSED, 0 SKIPPED, 0/0 FAILED" ]
}

@test "subtests of a long test are shown before it ends, once" {
	"$fixtures" -a long_subtests >out 3>&- &
	pid=$!
	timeout 20 bash -c 'until grep -q "long_subtests/b:OK" out; do sleep 0.05; done'
	run ! grep -q "long_subtests:OK" out
	wait $pid
	[ "$(grep -c "long_subtests/[abc]:OK" out)" -eq 3 ]
}

@test "colours: only on a terminal, and as asked for" {
	command -v script >/dev/null || skip "no script (bsdutils)"
	on_terminal 80 "$fixtures" -a pass
	grep -q "${escape}\[32mOK" screen
	on_terminal 80 env NO_COLOR=1 "$fixtures" -a pass
	run ! grep -q "${escape}\[[0-9;]*m" screen
	on_terminal 80 env TERM=dumb "$fixtures" -a pass
	run ! grep -q "$escape" screen
	run "$fixtures" -a pass
	[[ $output != *$escape* ]]
	run "$fixtures" -a pass --color=always
	[[ $output == *"${escape}[32mOK"* ]]
	CLICOLOR_FORCE=1 run "$fixtures" -a pass
	[[ $output == *"${escape}[32mOK"* ]]
	CLICOLOR_FORCE=1 run "$fixtures" -a pass --color=never
	[[ $output != *$escape* ]]
	TERM=xterm TEST_TERMINAL=80x24 run "$fixtures" -a pass
	[[ $output == *"${escape}[32mOK"* ]]
	run -64 "$fixtures" -a pass --color=sometimes
	[[ $output == *"--color takes auto, always or never, not 'sometimes'"* ]]
}

@test "SIGUSR1 shows what runs, with stacks, and the run goes on" {
	"$fixtures" -j2 -a hang_asleep,pass -w 3 >out 2>&1 3>&- &
	pid=$!
	timeout 20 bash -c 'until grep -q "pass:OK" out; do sleep 0.05; done'
	kill -USR1 $pid
	timeout 20 bash -c 'until grep -q "test_hang_asleep at .*check/fixtures/hangs.c" out; do sleep 0.05; done'
	grep -qE "^running: #[0-9]+ hang_asleep, for [0-9.]+ s, process [0-9]+$" out
	run ! grep -q "hang_asleep:FAIL" out
	wait $pid || true
	grep -q "^Summary: 1/0 PASSED, 0 SKIPPED, 1/0 FAILED$" out
}

@test "one log in many subtests is shown once; skips have their reasons with numbers" {
	run "$fixtures" -a writes_same_log
	[ "$(grep -c "^line 7 of the log$" <<<"$output")" -eq 1 ]
	[ "$(grep -c "^(log as of subtest 1)$" <<<"$output")" -eq 2 ]
	[[ $output == *$'\nFAIL  writes_same_log/a  check/fixtures/output.c:'*$'\n      so do: b, c\nSummary'* ]]
	run "$fixtures" -a skip,subtests_skip_some,subtests
	sed -n '/^Skipped:$/,/^Summary/p' <<<"$output" | grep -qxF "    1  nothing to do"
}
