#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the reports that are made from events, by `test_progs report` and at the end of a run.
# They need no root, no VM and no BPF. check/page.bats has those of the page for browsers.

# Each test is a subshell.
# shellcheck disable=SC2030,SC2031

bats_require_minimum_version 1.5.0

setup() {
	checks=$BATS_TEST_DIRNAME
	fixtures=${FIXTURES:-$checks/../build/fixtures}
	work=$BATS_TEST_TMPDIR
	cd "$work" || return
	export XDG_STATE_HOME=$work/state
	unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY
}

# run_fixtures STATUS WORD...: run the fixtures, and compare the exit status
run_fixtures() {
	local status_expected=$1
	shift
	run timeout -k 5 60 "$fixtures" --history none "$@" </dev/null
	echo "$output"
	[ "$status" -eq "$status_expected" ]
}

# report STATUS WORD...: make reports; $output is stdout, $stderr is stderr
report() {
	local status_expected=$1
	shift
	run --separate-stderr timeout 60 "$fixtures" report "$@" </dev/null
	echo "$output"
	echo "$stderr"
	[ "$status" -eq "$status_expected" ]
}

# begin [MORE]: print the first event of a stream; MORE are members of its header
begin() {
	echo '{"event":"run_begin","time_us":0,"version":1,"started":"2026-11-27T06:00:00Z","pid":1,"tests":3,"jobs":2,"run":{"release":"7.3.4+deb13","program":"test_progs"'"${1:+,$1}"'}}'
}

# event NAME TIME [MEMBERS]: print an event of the test t
event() {
	echo '{"event":"'"$1"'","time_us":'"$2"',"test":"t","number":1'"${3:+,$3}"'}'
}

results_of() {
	awk -f "$checks/ktap.awk" "$1"
}

xpath() {
	xmllint --xpath "string($1)" "$2"
}

@test "without options there is a summary: each failure with its place and the command" {
	run_fixtures 1 --events e -a fail,pass,skip,subtests,crash_segv
	report 0 e
	[[ ${lines[0]} == *" fixtures: 5 tests; tests and subtests: 3 passed, 3 failed, 2 skipped" ]]
	[[ $output == *"FAIL  fail  check/fixtures/results.c:"*"  sum: actual 4 != expected 5
      ./fixtures -a fail"* ]]
	# After a crash, the place is in the backtrace.
	# With clang, the path is absolute.
	[[ $output == *"FAIL  crash_segv  "*"check/fixtures/crashes.c:"*"  crash: SIGSEGV"* ]]
	[[ $output == *"FAIL  subtests/bad  "*"./fixtures -a subtests/bad"* ]]
	[[ $output != *"FAIL  subtests  "* ]]
}

@test "a subtest with a comma is named by numbers, and one with blanks is quoted" {
	{
		begin '"vmtest":"./vmtest -k 7.3.4","shuffle_seed":7'
		event test_begin 1
		event subtest_begin 2 '"subtest":"a, b","subtest_number":1'
		event subtest_end 3 '"subtest":"a, b","subtest_number":1,"result":"FAIL"'
		event subtest_begin 4 "\"subtest\":\"it's c\",\"subtest_number\":2"
		event subtest_end 5 "\"subtest\":\"it's c\",\"subtest_number\":2,\"result\":\"FAIL\""
		event test_end 6 '"result":"FAIL"'
	} >e
	report 0 e
	[[ $output == *"./vmtest -k 7.3.4 -- ./test_progs -j2 --shuffle=7 -n 1/1"* ]]
	[[ $output == *"-a 't/it'\\''s c'"* ]]
}

@test "a run that was killed: what had ended counts, the rest did not end" {
	"$fixtures" --history none --results=r -a fail,hang_asleep,pass -j1 >out 2>&1 &
	pid=$!
	until grep -q '"test_begin".*"hang_asleep"' r/events.jsonl 2>/dev/null; do sleep 0.05; done
	kill -KILL $pid
	wait $pid || true
	# The process of the test may live on.
	kill -KILL "$(jq -r 'select(.event == "test_begin" and .test == "hang_asleep") | .pid' r/events.jsonl)" || true
	report 0 r --ktap k
	[ "$(results_of k)" = "fail FAIL
hang_asleep FAIL" ]
	grep -q '^# the run ended while this ran$' k
	report 0 r
	[[ $output == *"1 failed, 0 skipped, 1 did not end, 1 not run"* ]]
	[[ $output == *"cut short: r/events.jsonl"* ]]
	# The log of a test that did not end is only in the results folder.
	echo "words of the test" >>r/logs/hang_asleep.log
	report 0 r --junit x
	[[ $(xpath '//testcase[@name="hang_asleep"]/system-out' x) == *"words of the test"* ]]
}

@test "lines that are not understood are counted, and cost nothing else" {
	run_fixtures 0 --events e -a pass
	{
		head -n 2 e
		echo '{"event":"from_the_future","time_us":5}'
		echo 'no event'
		echo '{"test":"pass"}'
		tail -n +3 e | head -c -20
	} >hurt
	report 0 hurt
	[[ $output == *"1 passed, 0 failed"*"cut short: hurt"* ]]
	[ "$stderr" = "test_progs: 'hurt': 3 lines are not whole events, 1 are events that this version does not know; the report is made of the others" ]
	# The journal of a run has zeros behind its events.
	{ cat e; head -c 5000 /dev/zero; } >journal
	report 0 journal
	[ -z "$stderr" ]
}

@test "what is no event stream is an error that names the file, and no report is emptied" {
	echo before >kept
	report 3 missing --ktap kept
	[[ $stderr == "test_progs: cannot read the events 'missing': ENOENT"* ]]
	echo '{"results":[]}' >other
	report 3 other --ktap kept
	[[ $stderr == "test_progs: 'other' is not an event stream: its first line is not a JSON object of an event."* ]]
	event test_begin 5 >late
	report 3 late --ktap kept
	[[ $stderr == *"'late' is not an event stream: it does not begin with the event run_begin."* ]]
	: >empty
	report 3 empty --ktap kept
	[[ $stderr == *"'empty' is not an event stream: it is empty."* ]]
	begin | sed 's/"version":1/"version":2/' >new
	report 3 new --ktap kept
	[[ $stderr == *"'new' has events of version 2, and this program reads version 1"* ]]
	mkdir folder
	report 3 folder --ktap kept
	[[ $stderr == *"the folder 'folder' has no events.jsonl"* ]]
	[ "$(cat kept)" = before ]
	report 64
	[[ $stderr == *"name a file with events, or a results folder"* ]]
	begin >e
	report 3 e --junit no/where
	[[ $stderr == *"cannot open 'no/where' for the JUnit report: ENOENT"* ]]
}

@test "shards become one, kernels and flavours stand side by side, a run counts once" {
	SHARD=1/2 "$checks/make_events.sh" 2 3 >a
	SHARD=2/2 "$checks/make_events.sh" 2 3 >b
	"$checks/make_events.sh" 4 3 6.12.30 >c
	"$checks/make_events.sh" 4 3 6.12.30 test_progs-cpuv4 >d
	report 0 a b c d
	[ "$(cut -d: -f1,2 <<<"$output" | cut -d';' -f1)" = "7.3.4+deb13-cloud-amd64: 4 tests
6.12.30: 4 tests
6.12.30 cpuv4: 4 tests" ]
	report 0 a a
	[ "$stderr" = "test_progs: 'a' has the same run as 'a': left out" ]
	# A second run of the same thing, or of the same shard, is not mixed with the first.
	sed 's/"pid":101/"pid":103/' a >again
	report 0 a again
	[[ $output == "7.3.4+deb13-cloud-amd64: 2 tests"*"7.3.4+deb13-cloud-amd64 #2: 2 tests"* ]]
	sed 's/"pid":100/"pid":101/' c >again
	report 0 c again
	[[ $output == "6.12.30: 4 tests"*"6.12.30 #2: 4 tests"* ]]
	# All runs below a folder of vmtest are found.
	mkdir -p out/7.3/test_progs out/6.12/test_progs
	cp a out/7.3/test_progs/events.jsonl
	cp c out/6.12/test_progs/events.jsonl
	report 0 out
	[ "$(grep -c ' tests; ' <<<"$output")" -eq 2 ]
}

@test "reruns, restarts and lost machines: the result that counts" {
	{
		begin
		event test_begin 100
		event subtest_begin 110 '"subtest":"s","subtest_number":1'
		event subtest_end 120 '"subtest":"s","subtest_number":1,"result":"PASS","duration_us":10'
		event test_end 130 '"result":"PASS","duration_us":30'
		echo '{"event":"splat","time_us":131,"title":"WARNING: who","expected":false}'
		event test_begin 200 '"again":true'
		event subtest_begin 210 '"subtest":"s","subtest_number":1'
	} >start
	# The rerun is clean: the first result is told again.
	{
		cat start
		event subtest_end 260 '"subtest":"s","subtest_number":1,"result":"CRASH","duration_us":50'
		event test_end 270 '"result":"PASS","duration_us":30'
	} >cleared
	report 0 cleared --ktap k
	[ "$(results_of k)" = "t/s PASS
t PASS" ]
	report 0 cleared
	[[ $output == *"not charged: splat: WARNING: who"* ]]
	# The rerun is convicted: its own results count.
	{
		cat start
		event splat 250 '"title":"WARNING: who","expected":false'
		event subtest_end 260 '"subtest":"s","subtest_number":1,"result":"SPLAT","reason":"splat: WARNING: who","duration_us":50'
		event test_end 270 '"result":"SPLAT","duration_us":70'
		echo '{"event":"run_end","time_us":300,"not_run":2,"splats_not_charged":0,"left_not_charged":0,"exit_status":1}'
	} >convicted
	report 0 convicted
	[[ $output == *"FAIL  t/s  splat: WARNING: who"* && $output != *"not charged"* ]]
	# The rerun was cut short by a restart on the same kernel: the first result stays.
	{
		cat start
		begin
		echo '{"event":"run_end","time_us":300,"not_run":2,"splats_not_charged":0,"left_not_charged":0,"exit_status":0}'
	} >restarted
	report 0 restarted --ktap k
	[ "$(results_of k)" = "t/s PASS
t PASS" ]
	# A test whose machine is gone runs again from its beginning.
	{
		begin
		event test_begin 100 '"machine":1'
		event subtest_begin 110 '"machine":1,"subtest":"s","subtest_number":1'
		event test_dropped 120 '"machine":1'
	} >lost
	report 0 lost --ktap k
	[ "$(results_of k)" = "t FAIL" ]
	{
		cat lost
		event test_begin 130
		event test_end 140 '"result":"PASS","duration_us":10'
	} >dropped
	report 0 dropped --ktap k
	[ "$(results_of k)" = "t PASS" ]
	# An expected splat is no failure.
	{
		begin
		event test_begin 100
		event splat 110 '"title":"WARNING: asked for","expected":true'
		event test_end 130 '"result":"FAIL","duration_us":30'
	} >expected
	report 0 expected
	[[ $output != *"asked for"* ]]
}

@test "JUnit: the schema, the numbers, and why something failed or was skipped" {
	run_fixtures 1 --events e --shuffle=5 -a 'fail,pass,skip,subtests,crash_segv,hang_asleep,_exit_0' -w 1
	report 0 e --junit x
	xmllint --noout --schema "$checks/junit.xsd" x
	[ "$(xpath '/testsuites/@tests' x)" -eq "$(xmllint --xpath 'count(//testcase)' x)" ]
	[ "$(xpath '//testsuite/@failures' x)" -eq "$(xmllint --xpath 'count(//failure)' x)" ]
	[ "$(xpath '//testsuite/@errors' x)" -eq "$(xmllint --xpath 'count(//error)' x)" ]
	[ "$(xpath '//testsuite/@skipped' x)" -eq "$(xmllint --xpath 'count(//skipped)' x)" ]
	[ "$(xpath '//testcase[@name="fail"]/failure/@message' x)" = "sum: actual 4 != expected 5" ]
	[ "$(xpath '//testcase[@name="fail"]/failure/@type' x)" = FAIL ]
	[[ $(xpath '//testcase[@name="fail"]/failure' x) == "check/fixtures/results.c:"*"to repeat: ./fixtures --shuffle=5 -a fail" ]]
	[[ $(xpath '//testcase[@name="fail"]/system-out' x) == *"test_fail:FAIL:words actual 'left' != expected 'right'"* ]]
	[ "$(xpath '//testcase[@name="hang_asleep"]/error/@type' x)" = TIMEOUT ]
	[ "$(xpath '//testcase[@name="left out"]/skipped/@message' x)" = "nothing to do" ]
	[[ $(xpath '//testcase[@name="bad"]/@classname' x) == *" fixtures.subtests" ]]
	[ "$(xpath '//property[@name="seed"]/@value' x)" = 5 ]
	[ "$(xpath '//property[@name="flavour"]/@value' x)" = fixtures ]
	[ "$(xpath '//property[@name="kernel"]/@value' x)" = "$(uname -r)" ]
}

@test "JUnit: bytes that XML cannot hold, and two subtests with one name" {
	run_fixtures 1 --events e -a 'control_bytes*'
	{
		begin
		event test_begin 1
		for number in 1 2 3; do
			event subtest_begin 2 '"subtest":"same","subtest_number":'$number
			event subtest_end 3 '"subtest":"same","subtest_number":'$number',"result":"FAIL","reason":"\u0001 \ufffe ]]> \"&<","log":"\u0000\u001b[1m\uffff\n"'
		done
		event subtest_begin 4 '"subtest":"\u0002\ufffe","subtest_number":4'
		event subtest_end 5 '"subtest":"\u0002\ufffe","subtest_number":4,"result":"PASS"'
		event test_end 6 '"result":"FAIL"'
	} >made
	report 0 e made --junit x
	xmllint --noout --schema "$checks/junit.xsd" x
	[[ $(xpath '//testcase[@name="control_bytes"]/system-out' x) == *'escape \x1b[31mred'*'quotes: " \ </script>'* ]]
	[ "$(xpath '//testcase[@name="same (3)"]/failure/@message' x)" = '\x01 ??? ]]> "&<' ]
	[ "$(xpath '//testcase[starts-with(@name, "\x02")]/@name' x)" = '\x02???' ]
	[ "$(xpath '//testcase[@name="same"]/system-out' x)" = '\x00\x1b[1m???' ]
}

@test "KTAP: the rules, each result once, and reasons" {
	run_fixtures 1 --results=r -a 'fail,pass,skip,subtests*,crash_segv,hang_asleep,control_bytes_in_names' -w 1
	report 0 r --ktap k
	results_of k >results
	jq -r '.results[] | .name as $test | (.subtests[] | .result), .result' r/report.json |
		sed -E 's/^(TIMEOUT|CRASH)$/FAIL/' >expected
	sed 's/.* //' results | diff - expected
	grep -qx '  ok 3 left out # SKIP nothing to do' k
	grep -qx 'ok [0-9]* skip # SKIP .*' k
	grep -q '^not ok [0-9]* hang_asleep # TIMEOUT timeout: killed after 1.0 s' k
	grep -q '^# check/fixtures/results.c:[0-9]*: sum: actual 4 != expected 5$' k
	# A '#' would begin a directive, and names of one level differ.
	{
		begin
		event test_begin 1
		for number in 1 2 3; do
			event subtest_begin 2 '"subtest":"a # SKIP b","subtest_number":'$number
			event subtest_end 3 '"subtest":"a # SKIP b","subtest_number":'$number',"result":"PASS"'
		done
		event test_end 6 '"result":"PASS"'
	} >made
	report 0 made --ktap k
	[ "$(results_of k)" = "t/a _ SKIP b PASS
t/a _ SKIP b (2) PASS
t/a _ SKIP b (3) PASS
t PASS" ]
	# Several columns are one level more.
	"$checks/make_events.sh" 2 3 >a
	report 0 r a --ktap k
	results_of k >results
	grep -qx '7.3.4+deb13-cloud-amd64/ringbuf/case 1 of ringbuf PASS' results
}

@test "KTAP: the parser of the check sees broken rules" {
	run_fixtures 1 --events e -a subtests
	report 0 e --ktap good
	results_of good
	broken() {
		sed "$1" good >broken
		if cmp good broken || results_of broken; then
			return 1
		fi
	}
	broken 1d
	broken '2s/.*/1..2/'
	broken 2d
	broken 's/ok 1 good/ok 2 good/'
	broken 's/not ok 2 bad/not ok 2 good/'
	broken 's/^  ok 3/ok 3/'
	broken 's/SKIP/JUMP/'
	# shellcheck disable=SC2016 # an address of sed
	broken '$d'
	broken 's/^# .*/bare/; s/^  # .*/  bare/'
}

@test "annotations and the summary of a step on GitHub" {
	run_fixtures 1 --events e -a fail,pass,subtests
	echo "from an earlier step" >summary
	export GITHUB_STEP_SUMMARY=$work/summary
	report 0 e --github
	[ "$(grep -c '^::error ' <<<"$output")" -eq 2 ]
	[[ $output == *"::error file=check/fixtures/results.c,line="*",title=subtests/bad::operation: error -22 (EINVAL)"* ]]
	[ "$(head -n 1 summary)" = "from an earlier step" ]
	grep -qE '^\| .* fixtures \| 3 \| 3 \| \*\*2\*\* \| 1 \| 0 \| 0 \|$' summary
	grep -q '^| subtests/bad | check/fixtures/results.c:[0-9]* | operation: error -22 (EINVAL)<br>' summary
	# Markdown and HTML in names stay text.
	{
		begin
		event test_begin 1
		event test_end 2 '"result":"FAIL","reason":"<b>|`*"'
	} >made
	: >summary
	report 0 made --github
	grep -qF '&#60;b&#62;&#124;&#96;&#42;' summary
	# Without a step there are only the annotations.
	unset GITHUB_STEP_SUMMARY
	report 0 e --github
	[ "$(grep -c '^::error ' <<<"$output")" -eq 2 ]
	export GITHUB_STEP_SUMMARY=$work/no/where
	report 3 e --github
	[[ $stderr == *"for the summary of the step: ENOENT"* ]]
}

@test "the trace: workers, tests, subtests inside of them, locks, boots" {
	run_fixtures 0 --events e -j2 -a 'subtests_pass,half_second,pass'
	report 0 e --trace t
	# Slices have what the format asks for, and those of a thread are one inside or after the other.
	jq -e '.traceEvents | all(.pid > 0 and .tid > 0 and (.name | type == "string"))' t
	jq -e '[.traceEvents[] | select(.ph == "X")] | all(.ts >= 0 and .dur >= 0) and (group_by([.pid, .tid]) | all(
		sort_by([.ts, -.dur]) | . as $all | [range(1; length)] | all(. as $i | $all[0:$i] | all(
			.ts + .dur <= $all[$i].ts or .ts + .dur >= $all[$i].ts + $all[$i].dur))))' t
	jq -e '[.traceEvents[] | select(.name == "thread_name") | .args.name] | sort == ["run", "worker 1", "worker 2"]' t
	jq -e '[.traceEvents[] | select(.cat == "subtest") | .name] == ["step_1", "step_2", "step_3"]' t
	jq -e '.traceEvents[] | select(.cat == "test" and .name == "pass") | .args.result == "PASS"' t
	{
		begin '"guest":true' | sed 's/"pid"/"started_us":1795759200000000,"uptime_us":2000000,"boot_id":"one","pid"/'
		event test_begin 100 '"locks":[{"name":"page_cache","exclusive":true}]'
		event subtest_begin 110 '"subtest":"s","subtest_number":1'
		event subtest_end 190 '"subtest":"s","subtest_number":1,"result":"PASS","duration_us":5000'
		event test_end 200 '"result":"PASS","duration_us":100'
		event test_begin 300 '"locks":[{"name":"page_cache","exclusive":false}]' | sed 's/"t"/"u"/'
	} >made
	report 0 made --trace t
	jq -e '.traceEvents[] | select(.cat == "boot") | .ts == 0 and .dur == 2000000' t
	# A subtest that claims to be longer than its test is cut.
	jq -e '.traceEvents[] | select(.cat == "subtest") | [.ts, .dur] == [2000110, 90]' t
	jq -e '[.traceEvents[] | select(.cat == "lock") | [.ph, .name, .ts]] == [["s", "page_cache", 2000199], ["f", "page_cache", 2000300]]' t
	jq -e '.traceEvents[] | select(.cat == "test" and .name == "t") | .args.locks == ["page_cache (exclusive)"]' t
	jq -e '.traceEvents[] | select(.cat == "test" and .name == "u") | .args.result == "cut short"' t
}

@test "a run writes the same reports as the command makes of its events" {
	run_fixtures 1 --events e --junit x --ktap k --trace t --html h -a fail,pass,subtests,crash_segv
	report 0 e --junit x2 --ktap k2 --trace t2 --html h2
	cmp x x2
	cmp k k2
	cmp t t2
	cmp h h2
	[ "$(results_of k | wc -l)" -eq 8 ]
	# Without a file for the events they stay in memory.
	run_fixtures 1 --ktap k -a fail,pass,subtests,crash_segv
	[ "$(results_of k | wc -l)" -eq 8 ]
	run_fixtures 1 --results=r --ktap k -a fail,pass
	[ "$(results_of k)" = "fail FAIL
pass PASS" ]
}

@test "a run does not begin if a report cannot be written" {
	run_fixtures 3 -a pass --junit no/where
	[[ $output == *"cannot open 'no/where' for the JUnit report: ENOENT"* && $output != *pass:OK* ]]
	mkfifo pipe
	exec 9<>pipe
	run_fixtures 3 -a pass --events pipe --ktap k
	[[ $output == *"the reports are made from the events, which --events must write to a regular file then"* ]]
	[ -c /dev/full ] || skip "no /dev/full"
	run_fixtures 3 -a pass --ktap /dev/full
	[[ $output == *pass:OK*"cannot write the KTAP report '/dev/full': ENOSPC"* || $output == *pass:OK*"cannot write the KTAP report '/dev/full': EIO"* ]]
}

@test "a run with --github annotates, and writes the summary of the step" {
	export GITHUB_STEP_SUMMARY=$work/summary
	run_fixtures 1 -a fail --github
	[ "$(grep -c '^::error ' <<<"$output")" -eq 1 ]
	grep -q '^| fail | check/fixtures/results.c:' summary
}
