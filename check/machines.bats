#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of one run over several machines. Each machine is a process on this one, and check/machines.c
# connects them and does harm to them. They use the fixtures.

setup() {
	fixtures=${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}
	machines=${fixtures%/*}/machines
	work=$BATS_TEST_TMPDIR
	events=$work/0/events
	report=$work/0/report
	export XDG_STATE_HOME=$work/state
	unset TEST_TOTAL_SHARDS TEST_SHARD_INDEX TEST_SHARD_STATUS_FILE GTEST_TOTAL_SHARDS
	unset GTEST_SHARD_INDEX JOB_COMPLETIONS JOB_COMPLETION_INDEX TEST_FIXTURE_SUBTESTS
	unset TEST_JOURNAL TEST_PANICS_LEFT TEST_PANIC TEST_KILLED_BY
}

# deal STATUS OPTION... -- ARGUMENT...: run the fixtures with these arguments on two machines, or as
# the options of check/machines.c say, and compare the exit status of the head. $output has the
# output of the head, and the actions of check/machines.c.
deal() {
	local status_expected=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	run timeout 100 "$machines" -d "$work" "${options[@]}" "$fixtures" "$@" --events events -J report \
		</dev/null
	echo "$output"
	[ "$status" -eq "$status_expected" ]
}

# peers_end_with STATUS...: the exit statuses of the peers, which have printed nothing
peers_end_with() {
	local k=0 expected
	for expected in "$@"; do
		k=$((k + 1))
		grep -qx "machines: $k ended with status $expected" <<<"$output"
		[ ! -s "$work/$k/output" ]
	done
}

results() {
	jq -r '.results[] | "\(.name) \(.result)"' "$report" | paste -sd' '
}

# machine_of TEST: the number of the machine that ran a test last
machine_of() {
	jq -s "map(select(.event == \"test_begin\" and .test == \"$1\"))[-1].machine // 0" "$events"
}

# moment TEST test_begin|test_end: print the time of that event, in microseconds
moment() {
	jq "select(.event == \"$2\" and .test == \"$1\") | .time_us" "$events"
}

# met TEST TEST: whether two tests ran at the same time
met() {
	[ "$(moment "$1" test_begin)" -lt "$(moment "$2" test_end)" ] &&
		[ "$(moment "$2" test_begin)" -lt "$(moment "$1" test_end)" ]
}

never_met_on_one_machine() {
	if [ "$(machine_of "$1")" -eq "$(machine_of "$2")" ] && met "$1" "$2"; then
		echo "$1 and $2 ran at the same time on one machine"
		return 1
	fi
}

# each_ran_once: no test ran twice, and each that began has ended
each_ran_once() {
	jq -es 'map(select(.event == "test_begin") | .test) | . != [] and length == (unique | length)' "$events"
	jq -es '(map(select(.event == "test_begin") | .test) | sort) as $begun |
		(map(select(.event == "test_end") | .test) | sort) as $ended | ($begun - $ended) == []' "$events"
}

# facts REPORT: what does not depend on time, process ids and addresses
# The stack of crash_stack_overflow may end in any line of recurse().
facts() {
	jq -S 'del(.run, .duration_ms) | .results[] |= del(.duration_ms) |
		.results[].subtests[] |= del(.duration_ms)' "$1" |
		sed -E 's/(process|thread) [0-9]+/\1 N/g; s/0x[0-9a-f]+/0xN/g; s|in /[^ ]*|in LIBRARY|g
			s|(recurse at [^:]*):[0-9]+|\1:N|g'
}

@test "the results are those of one machine: numbers, reasons, logs, subtests" {
	names='pass,fail,fail_*,skip,skip_*,forced_log,subtests,subtests_*,alone,forged_lines,exit_*,crash_*'
	names+=,control_bytes,control_bytes_in_names,output_of_subtests,thread_fails,long_subtests,needs_of_subtests
	mkdir "$work/one"
	(cd "$work/one" && "$fixtures" -j2 -a "$names" --events events -J report --results=results) \
		>"$work/one/output" </dev/null || true
	deal 1 -p 2 -- -j2 -a "$names" --results=results
	peers_end_with 0 0
	# Names keep their bytes: the history has those of the first run.
	deal 1 -p 2 -- -j1 -a half_second,locks_exclusive_1,control_bytes_in_names
	[ "$(machine_of control_bytes_in_names)" -ne 0 ]
	[[ $output != *"not run: an earlier run"* ]]
	deal 1 -p 2 -- -j2 -a "$names" --results=results
	diff <(facts "$work/one/report") <(facts "$report")
	grep -q "^Kernel .*, 3 machines" <<<"$output"
	[ "$(grep '^Summary' <<<"$output")" = "$(grep '^Summary' "$work/one/output")" ]
	jq -e '.run.machines == 3' "$report"
	each_ran_once
	[ "$(jq -s 'map(select(.event == "test_begin") | .machine // 0) | unique | length' "$events")" -eq 3 ]
	for log in "$work"/one/results/logs/{control_bytes,output_of_subtests,fail_each_assertion,subtests}.log; do
		cmp "$log" "$work/0/results/logs/${log##*/}"
	done
	[ ! -e "$work/1/events" ] && [ ! -e "$work/1/report" ] && [ ! -e "$work/1/results/events.jsonl" ]
	[ -e "$work/1/results/kernel-1.log" ]
}

@test "the history of all machines is that of one" {
	deal 0 -- -a pass,subtests_pass,half_second
	[ "$(jq -c '.entries[0].tests | keys' "$XDG_STATE_HOME/bpf-selftests/history")" = \
		'["half_second","pass","subtests_pass"]' ]
	[ "$(jq -c '.entries[0].tests.subtests_pass.subtests' "$XDG_STATE_HOME/bpf-selftests/history")" = \
		'["step_1","step_2","step_3"]' ]
	[ "$(jq '.entries[0].tests.half_second.duration_us > 400000' "$XDG_STATE_HOME/bpf-selftests/history")" = true ]
}

@test "a subtest that a peer does not reach is missed" {
	deal 0 -- -a half_second,subtests_of_environment
	TEST_FIXTURE_SUBTESTS=two deal 1 -- -a locks_exclusive_1,subtests_of_environment
	[ "$(machine_of subtests_of_environment)" -eq 1 ]
	[ "$(results)" = "locks_exclusive_1 PASS subtests_of_environment FAIL" ]
	jq -e '.results[1].subtests | map("\(.name) \(.result)") == ["two PASS", "one UNREACHED"]' "$report"
}

@test "patterns for subtests are matched on all machines" {
	deal 0 -- -a subtests_pass/step_1,subtests_skip_some/two,pass
	deal 2 -- -a subtests_pass/step_1,subtests_skip_some/nosuch,pass
	[[ $output == *"'subtests_skip_some/nosuch' matches no subtest"* && $output != *"step_1' matches"* ]]
	deal 0 -- -a subtests_pass,subtests_skip_some -d subtests_pass/step_2,subtests_skip_some/nosuch
	[[ $output == *"denied 'subtests_skip_some/nosuch' matches no subtest"* && $output != *"step_2' matches"* ]]
}

@test "a lock keeps tests apart on one machine, and not on two" {
	deal 0 -- -j2 -a locks_exclusive_1,locks_exclusive_2
	met locks_exclusive_1 locks_exclusive_2
	[ "$(machine_of locks_exclusive_1)" -ne "$(machine_of locks_exclusive_2)" ]
	deal 0 -- -j4 -a locks_exclusive_1,locks_exclusive_2,locks_shared_1,locks_shared_2
	for test in locks_exclusive_2 locks_shared_1 locks_shared_2; do
		never_met_on_one_machine locks_exclusive_1 $test
	done
}

@test "two machines take about half of the time" {
	deal 0 -- -a half_second,locks_exclusive_1,locks_exclusive_2,locks_shared_1,locks_shared_2,costs_two_cpus
	# They sleep for 2 s in total, and the peer takes a moment to start.
	jq -es '(map(select(.event == "test_end") | .duration_us) | add) as $sum |
		(map(select(.event == "test_end") | .time_us) | max) -
		(map(select(.event == "test_begin") | .time_us) | min) < $sum * 0.85' "$events"
}

@test "a serial test is alone on its machine; the other one goes on" {
	deal 0 -- -j2 -a alone,long_subtests,half_second,locks_shared_1,locks_shared_2,pass
	for test in long_subtests half_second locks_shared_1 locks_shared_2 pass; do
		never_met_on_one_machine alone $test
	done
	met alone long_subtests
}

@test "a peer that is killed at some moment: each test has its result, and none has two" {
	names='locks_*,half_second,subtests,subtests_pass,fail,pass,skip,forced_log'
	for _ in $(seq 10); do
		deal 1 -p 2 -t $((RANDOM % 900))=kill:1 -- -j2 -a "$names" --results=results
		jq -e '.results | map(select(.result == "NOTRUN")) == []' "$report"
		[ "$(jq -c '[.success, .skipped, .failed, .not_run]' "$report")" = "[8,2,2,0]" ]
		jq -es 'map(select(.event == "test_end") | .test) | length == 11 and length == (unique | length)' "$events"
		[ "$(grep -c '^in the bad one$' "$work/0/results/logs/subtests.log")" -eq 1 ]
	done
}

@test "a VM that was killed, and booted again: its test runs again, nobody is blamed" {
	deal 0 -w '"test_begin"=gone:1' -w '"test_begin"=start:1' -- -a locks_exclusive_1,locks_exclusive_2,locks_shared_1,locks_shared_2
	grep -qx 'Machine 1 is gone; 1 test ran there' <<<"$output"
	grep -qx 'machines: 1 ended with status 0' <<<"$output"
	jq -es 'map(select(.event == "machine_gone" and .machine == 1 and .running == 1)) | length == 1' "$events"
	jq -es 'map(select(.event == "test_dropped")) | length == 1' "$events"
	[ "$(jq -c '[.success, .failed]' "$report")" = "[4,0]" ]
	# The new one runs tests again.
	jq -es '(map(.event) | index("machine_gone")) as $gone |
		.[$gone:] | any(.[]; .event == "test_begin" and .machine == 1)' "$events"
}

@test "nothing stays of a test whose machine is gone: no subtest, no output" {
	deal 1 -w '"subtest":"hangs"=gone:1' -- -w 2 -a half_second,hang_in_subtest --results=results
	jq -es 'map(select(.event == "test_begin" and .test == "hang_in_subtest") | .machine // 0) == [1, 0]' "$events"
	jq -e '.results[1].subtests | map("\(.name) \(.result)") == ["quick PASS", "hangs TIMEOUT"]' "$report"
	[ "$(grep -c '^--- subtest 1: quick$' "$work/0/results/logs/hang_in_subtest.log")" -eq 1 ]
}

@test "the kernel of a peer goes down: the test that ran alone there is to blame" {
	deal 1 -w '"test_begin"=gone:1:Kernel panic - not syncing: made up' -- -a half_second,locks_exclusive_1,pass
	[[ $output == *":FAIL"$'\n         '"(panic: Kernel panic - not syncing: made up)"* ]]
	[ "$(jq -c '[.success, .failed, .not_run]' "$report")" = "[2,1,0]" ]
	[ "$(jq -r '.results[] | select(.result == "PANIC").subtests | length' "$report")" -eq 0 ]
	each_ran_once
}

@test "the kernel of a peer goes down with several tests: each runs again alone" {
	deal 0 -w '"test":"locks_exclusive_2"=gone:1:made up' -- \
		-j2 -a half_second,locks_exclusive_2,locks_shared_1,locks_shared_2,costs_two_cpus
	jq -es 'map(select(.event == "test_dropped") | .test) as $dropped |
		($dropped | length) > 1 and
		(map(select(.event == "test_begin" and .alone) | .test) | sort) == ($dropped | sort)' "$events"
	# Nothing else begins or ends on the machine while one of them runs.
	jq -es 'map(select(.event == "test_begin" or .event == "test_end")) as $all |
		[$all[] | select(.alone)] | all(.[]; . as $begin | [$all[] | select((.machine == $begin.machine) and
			.time_us > $begin.time_us)][0] | .event == "test_end" and .test == $begin.test)' "$events"
	[ "$(jq -c '[.success, .failed]' "$report")" = "[5,0]" ]
}

@test "a peer with other tests, or another protocol, is not used" {
	deal 0 -x 1=-afail -- -a pass,half_second
	[[ $output == *"machine 1 is not used: it has selected other tests (3 tests, "*"start the same command"* ]]
	[ "$(results)" = "half_second PASS pass PASS" ]
	peers_end_with 0
	deal 0 -t 0='send:1:{"event":"hello","version":9}' -- -a pass,half_second
	[[ $output == *"machine 1 is not used: it speaks version 9 of the protocol, and this runner version 1: start the same build on all machines"* ]]
	[ "$(results)" = "half_second PASS pass PASS" ]
}

@test "garbage from a peer: it is not used any more, and its test runs elsewhere" {
	for garbage in 'no JSON' '[]' '{"event":"test_end","test":"pass","result":"PASS"}' \
		'{"event":"test_end","test":"nosuch"}' '{"event":"nosuch"}' '{"event":"bye"}'; do
		deal 0 -w "\"test_begin\"=send:1:$garbage" -w '"test_begin"=send:1:x' -- \
			-a half_second,locks_exclusive_1,locks_exclusive_2,pass
		[[ $output == *"machine 1 is not used: it sent a line that makes no sense"* ]]
		[ "$(jq -c '[.success, .not_run]' "$report")" = "[4,0]" ]
	done
}

@test "half of a line before a peer is gone is no garbage" {
	deal 0 -w '"test_begin"=stop:1' -w '"test_begin"=send:1:{"event":"assertion_fai' -w '"test_begin"=gone:1' -- -a half_second,locks_exclusive_1,pass
	[[ $output != *"makes no sense"* && $output == *"Machine 1 is gone; 1 test ran there"* ]]
	[ "$(jq -c '[.success, .not_run]' "$report")" = "[3,0]" ]
}

@test "garbage from the head: a peer ends its tests and says so" {
	deal 0 -w '"test_begin"=order:1:nonsense' -- -a half_second,locks_exclusive_1,locks_exclusive_2
	grep -q "the head machine sent an order that makes no sense" "$work/1/output"
	grep -qx "machines: 1 ended with status 3" <<<"$output"
	[ "$(jq .success "$report")" -eq 3 ]
}

@test "Ctrl-C ends the tests of all machines" {
	deal 130 -w '"test_begin"=int:1' -w '"test_begin"=int:0' -- -w 20 -a hang_asleep,hang_signals_blocked,pass
	[[ $(results) == "hang_asleep INTERRUPTED hang_signals_blocked INTERRUPTED pass "* ]]
	[[ $output == *$'\nInterrupted: 2 tests\n'*" hang_asleep"$'\n'*" hang_signals_blocked"$'\n'* ]]
	peers_end_with 0
}

@test "--fail-fast starts nothing further on any machine, and lets finish what runs" {
	deal 1 -- -a half_second,subtests,subtests_pass --fail-fast
	[ "$(results)" = "half_second PASS subtests FAIL subtests_pass NOTRUN" ]
	[[ $output == *"Not run: "*"(--fail-fast: 1 test failed)"* ]]
	peers_end_with 0
}

@test "--max-time starts nothing further on any machine" {
	deal 3 -- -a 'half_second,locks_*,costs_*' --max-time 1
	[[ $output == *"(--max-time: 1 s have passed)"* ]]
	jq -e '.success > 3 and .not_run > 0' "$report"
	peers_end_with 0
}

@test "--shuffle and --shard mean the run, not a machine" {
	deal 0 -- -a 'subtests_*,needs_hold,pass' --shuffle=7 -d subtests_of_environment
	grep -q "^Kernel .*, --shuffle=7" <<<"$output"
	[ "$(jq '.run.shuffle_seed' "$report")" -eq 7 ]
	each_ran_once
	deal 0 -- -a half_second,pass,subtests_pass --shard 2/2
	[ "$(results)" = "pass PASS" ]
}

@test "a peer that hangs is given up, and its test is blamed" {
	deal 1 -w '"test_begin"=stop:1' -- -w 1 -a half_second,locks_exclusive_1,pass
	[[ $output == *"Machine 1 is gone: the machine has not answered for 41 s; 1 test ran there"* ]]
	[[ $output == *":FAIL"$'\n         '"(panic: the machine has not answered for 41 s)"* ]]
	[ "$(jq -c '[.success, .failed]' "$report")" = "[2,1]" ]
}

@test "the head is killed: the journal tells which tests ran on its machine" {
	export TEST_JOURNAL=$work/journal
	timeout 100 "$machines" -d "$work" "$fixtures" -a 'locks_exclusive_*,half_second,pass' \
		--events events -J report >"$work/output" 2>&1 </dev/null 3>&- &
	pid=$!
	timeout 60 bash -c "until grep -q '\"test_begin\".*\"machine\":1' '$work/journal.fixtures'; do sleep 0.02; done" 2>/dev/null
	# The head was started first.
	kill -KILL "$(pgrep -o -P "$(pgrep -P $pid)")"
	status=0
	wait $pid || status=$?
	cat "$work/output"
	[ "$status" -eq 137 ]
	# Another boot, so that the head's test is a suspect.
	sed -i 's/"boot_id":"[^"]*"/"boot_id":"earlier"/' "$work/journal.fixtures"
	jq -es 'any(.[]; .event == "test_begin" and .machine == 1)' < <(tr -d '\0' <"$work/journal.fixtures")
	deal 0 -- -a 'locks_exclusive_*,half_second,pass'
	[[ $output == *"Resumed: "*" with results, 1 to rerun alone"* ]]
	jq -es 'map(select(.alone)) | length == 1' "$events"
	[ "$(jq -c '[.success, .not_run]' "$report")" = "[4,0]" ]
	[ ! -e "$work/journal.fixtures" ]
}

# with_kernel_logs STATUS ARGUMENT...: as deal, where each machine has a kernel log of its own
with_kernel_logs() {
	local status_expected=$1
	shift
	export TEST_KERNEL_LOG=log TEST_KERNEL_LOG_ONCE=once
	rm -rf "$work"/[01]
	mkdir "$work/0" "$work/1"
	touch "$work/0/log" "$work/1/log"
	deal "$status_expected" "$@" --kernel-log log
}

@test "a peer reruns the suspects of its splats; the head tells what comes of it" {
	# The head is busy with the first test, so the peer runs the second one.
	with_kernel_logs 1 -- -a half_second,splat_by_interrupt
	[[ $output == *"splat_by_interrupt:FAIL"$'\n         '"(splat: WARNING: softirq_of_it at "* ]]
	[ "$(results)" = "half_second PASS splat_by_interrupt SPLAT" ]
	jq -es 'map(select(.event == "test_begin" and .again and .machine == 1)) | length == 1' "$events"
	[ "$(jq '.results[1].attempt' "$report")" -eq 2 ]
	[[ $output != *"not charged"* ]]
	peers_end_with 0
	with_kernel_logs 1 -- -a half_second,splat_once
	[[ $output == *"rerun alone: "*" splat_once: did not reproduce"* ]]
	[[ $output == *"Kernel log: 1 splat not charged to a test"*"WARNING: once_only at "*"running: splat_once"* ]]
	[ "$(results)" = "half_second PASS splat_once PASS" ]
	[ "$(jq '.kernel_log.not_charged | length' "$report")" -eq 1 ]
}

@test "a peer is gone before it has rerun its suspects: the head reruns them" {
	with_kernel_logs 1 -w '"event":"splat"=gone:1' -- -a half_second,splat_once
	[[ $output == *"Kernel log: 2 splats not charged to a test"*"WARNING: once_only at "* ]]
	jq -es 'map(select(.event == "test_begin" and .again) | .machine // 0) == [0]' "$events"
	# In the middle of the rerun, too.
	with_kernel_logs 1 -w '"again":true=gone:1' -- -a half_second,splat_once
	[ "$(results)" = "half_second PASS splat_once SPLAT" ]
	jq -es 'map(select(.event == "test_begin" and .again) | .machine // 0) == [1, 0]' "$events"
	# And if the kernel goes down in it, the test is to blame.
	with_kernel_logs 1 -w '"again":true=gone:1:made up' -- -a half_second,splat_once
	[ "$(results)" = "half_second PASS splat_once PANIC" ]
	[[ $output == *"Machine 1 is gone: made up; 1 test ran there"* && $output != *"not charged"* ]]
}

@test "modes that run nothing, or one test under a debugger, leave the peers out" {
	run "$machines" -d "$work" "$fixtures" -l -a 'subtests*'
	[ "$status" -eq 0 ]
	peers_end_with 0
	[[ $output == *subtests_pass* && $output != *Machines* ]]
	run "$machines" -d "$work" "$fixtures" -a nosuch
	[ "$status" -eq 2 ]
}

@test "wrong descriptors are wrong usage" {
	for wrong in x 2 99 3,x '3,' 3,3; do
		TEST_PEERS=$wrong run "$fixtures" -a pass 3<>"$work/file"
		echo "$output"
		[ "$status" -eq 64 ]
		[[ $output == "test_progs: TEST_PEERS has "* ]]
	done
	TEST_HEAD=4 run "$fixtures" -a pass 4<"$work/file"
	[ "$status" -eq 64 ]
	[[ $output == *"TEST_HEAD has descriptor 4, which is not open for reading and writing"* ]]
	TEST_HEAD=3 TEST_PEERS=4 run "$fixtures" -a pass 3<>"$work/file" 4<>"$work/file"
	[ "$status" -eq 64 ]
	TEST_HEAD=3 run "$fixtures" -a pass 3<>"$work/file"
	[ "$status" -eq 3 ]
	[[ $output == *"cannot wait for descriptor 3 of TEST_HEAD: EPERM"* ]]
	# Modes that run nothing need no connection.
	TEST_PEERS=3 run "$fixtures" --help 3<>"$work/file"
	[ "$status" -eq 0 ]
}

@test "tests do not see the variables" {
	deal 0 -- -a half_second,inherited
	[ "$(machine_of inherited)" -ne "$(machine_of half_second)" ]
	[[ $output == *"environment PATH="* && $output != *TEST_PEERS* && $output != *TEST_HEAD* ]]
	deal 0 -- -a inherited,pass
	[ "$(machine_of inherited)" -eq 0 ]
	[[ $output == *"environment PATH="* && $output != *TEST_PEERS* && $output != *TEST_HEAD* ]]
}
