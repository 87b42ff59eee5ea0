#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of what the reports of a run say about each result, with the fixtures. They need no root, no
# VM and no BPF.

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
	cd "$BATS_FILE_TMPDIR" || return 1
	# Some tests cannot pass under sanitizers: the file $SKIPS lists them, with reasons.
	if [ -n "${SKIPS-}" ]; then
		reason=$(awk -v name="reports $BATS_TEST_DESCRIPTION " \
			'index($0, name) == 1 { sub(/^[^#]*# */, ""); print }' "$SKIPS")
		[ -z "$reason" ] || skip "$reason"
	fi
}

# What programs that read the output of the kernel's runner take for a result.
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
	jq -r '.results[] | select(.reason and (.reason | contains("killed after"))) | .number' report >timeouts
	[ -s timeouts ]
	while read -r number; do
		grep -A 1 -E "^#$number +[a-z_]+:FAIL$" out | grep -qE '^ {9}\(timeout: killed after 5\.0 s\)$'
	done <timeouts
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
