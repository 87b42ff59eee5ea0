#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of which tests run, in which order and which together, and when a run stops. They use the
# fixtures.

setup() {
	fixtures=${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}
	work=$BATS_TEST_TMPDIR
	export XDG_STATE_HOME=$work/state
	history=$work/state/bpf-selftests/history
	unset TEST_TOTAL_SHARDS TEST_SHARD_INDEX TEST_SHARD_STATUS_FILE GTEST_TOTAL_SHARDS
	unset GTEST_SHARD_INDEX JOB_COMPLETIONS JOB_COMPLETION_INDEX TEST_FIXTURE_SUBTESTS
}

# expect STATUS WORD...: run the fixtures, and compare the exit status. The output is in $output,
# the events in $work/events, the report in $work/report.
expect() {
	local status_expected=$1
	shift
	run timeout 60 "$fixtures" "$@" --events "$work/events" -J "$work/report" </dev/null
	echo "$output"
	[ "$status" -eq "$status_expected" ]
}

# Print the tests in the order in which they began.
begun() {
	jq -r 'select(.event == "test_begin") | .test' "$work/events" | paste -sd' '
}

# moment TEST test_begin|test_end: print the time of that event, in microseconds
moment() {
	jq "select(.event == \"$2\" and .test == \"$1\") | .time_us" "$work/events"
}

# met TEST TEST: whether two tests ran at the same time
met() {
	[ "$(moment "$1" test_begin)" -lt "$(moment "$2" test_end)" ] &&
		[ "$(moment "$2" test_begin)" -lt "$(moment "$1" test_end)" ]
}

never_met() {
	if met "$1" "$2"; then
		echo "$1 and $2 ran at the same time"
		return 1
	fi
}

results() {
	jq -r '.results[] | "\(.name) \(.result)"' "$work/report" | paste -sd' '
}

@test "what holds a lock exclusively meets nobody who wants it" {
	expect 0 -a 'locks_*' -j4
	never_met locks_exclusive_1 locks_exclusive_2
	for shared in locks_shared_1 locks_shared_2; do
		never_met locks_exclusive_1 $shared
		never_met locks_exclusive_2 $shared
	done
}

@test "a shared lock is shared" {
	expect 0 -a 'locks_*' -j4
	met locks_shared_1 locks_shared_2
}

@test "a test that waits for a lock lets another one go first" {
	expect 0 -a locks_exclusive_1,locks_exclusive_2,pass -j2
	[ "$(begun)" = "locks_exclusive_1 pass locks_exclusive_2" ]
	met locks_exclusive_1 pass
}

@test "a lock that is waited for is not given to later ones" {
	# Find a seed that puts the exclusive lock in the middle.
	for seed in $(seq 40); do
		expect 0 -a locks_shared_1,locks_exclusive_1,locks_shared_2 -j4 --shuffle="$seed"
		[[ ! $(begun) =~ shared.*exclusive.*shared ]] || break
	done
	[[ $(begun) =~ shared.*exclusive.*shared ]]
	never_met locks_shared_1 locks_shared_2
}

@test "a test that costs two CPUs counts as two" {
	expect 0 -a costs_two_cpus,locks_shared_1,locks_shared_2 -j2
	never_met costs_two_cpus locks_shared_1
	met locks_shared_1 locks_shared_2
	expect 0 -a costs_two_cpus,locks_shared_1 -j3
	met costs_two_cpus locks_shared_1
	# A test that costs more than there is runs alone.
	expect 0 -a costs_two_cpus -j1
}

@test "tests that do not fit into memory together do not meet" {
	expect 0 -a costs_all_memory,costs_some_memory,locks_shared_1 -j4
	never_met costs_all_memory costs_some_memory
	met costs_all_memory locks_shared_1
}

@test "locks and costs are in --list=long" {
	run "$fixtures" -a locks_exclusive_1,costs_some_memory --list=long
	echo "$output"
	grep -qx "	lock page_cache, exclusive" <<<"$output"
	grep -qx "	lock trampoline:one, shared" <<<"$output"
	grep -qx "	costs 1 CPU" <<<"$output"
	grep -qx "	costs 16 MiB of memory" <<<"$output"
}

@test "--shuffle: the seed decides the order, and is said" {
	expect 0 -t subtests_,needs_hold,alone --shuffle=7
	first=$(begun)
	grep -q "^Kernel .*, --shuffle=7" <<<"$output"
	[ "$(jq .run.shuffle_seed "$work/report")" -eq 7 ]
	[ "$(jq 'select(.event == "run_begin") | .run.shuffle_seed' "$work/events")" -eq 7 ]
	expect 0 -t subtests_,needs_hold,alone --shuffle=7
	[ "$(begun)" = "$first" ]
	expect 0 -t subtests_,needs_hold,alone
	[ "$(begun)" != "$first" ]
	[ "$(jq .run.shuffle_seed "$work/report")" = null ]
	[ "$(begun | tr ' ' '\n' | sort)" = "$(tr ' ' '\n' <<<"$first" | sort)" ]
}

@test "--shuffle without a seed takes another one each time, which repeats it" {
	expect 0 -t subtests_,needs_hold,alone --shuffle
	first=$(begun) seed=$(jq .run.shuffle_seed "$work/report")
	expect 0 -t subtests_,needs_hold,alone "--shuffle=$seed"
	[ "$(begun)" = "$first" ]
	expect 0 -t subtests_,needs_hold,alone --shuffle
	[ "$(jq .run.shuffle_seed "$work/report")" -ne "$seed" ]
}

@test "serial tests stay last when shuffled with -j" {
	for seed in 1 2 3; do
		expect 0 -a alone,pass,forced_log,subtests_pass -j2 --shuffle=$seed
		[[ $(begun) == *" alone" ]]
	done
}

@test "history: the longest first with -j, unknown ones before them" {
	expect 0 -a half_second,locks_shared_1,pass
	[ "$(begun)" = "half_second locks_shared_1 pass" ]
	[ "$(jq '.entries[0].tests.half_second.duration_us >= 500000' "$history")" = true ]
	# The measured durations depend on the machine's load: replace them.
	jq -c '.entries[0].tests |= (.half_second.duration_us = 500000 | .pass.duration_us = 1)' \
		"$history" >"$work/steady"
	jq -c '.entries[0].tests.locks_shared_1.duration_us = 300000' "$work/steady" >"$history"
	expect 0 -a locks_shared_1,locks_shared_2,half_second,pass,forced_log -j1
	[ "$(begun)" = "forced_log locks_shared_2 half_second locks_shared_1 pass" ]
	expect 0 -a half_second,locks_shared_1,pass --history=none -j1
	[ "$(begun)" = "half_second locks_shared_1 pass" ]
	expect 0 -a alone,half_second,locks_shared_1,pass
	[ "$(begun)" = "alone half_second locks_shared_1 pass" ]
}

@test "history: on another kernel durations count, and runs of other tests stay" {
	expect 0 -a half_second,forced_log
	sed -i 's/"release":"[^"]*"/"release":"1.2.3"/; s/"half_second":{"duration_us":[0-9]*/"half_second":{"duration_us":1/' "$history"
	expect 0 -a forced_log,half_second -j1
	[ "$(begun)" = "forced_log half_second" ]
	expect 0 -a pass
	[ "$(jq '.entries | length' "$history")" -eq 2 ]
	[ "$(jq -r '.entries[0].tests | keys | join(" ")' "$history")" = "forced_log half_second pass" ]
	[ "$(jq -r '.entries[1].release' "$history")" = 1.2.3 ]
}

@test "--history=FILE and none" {
	expect 0 -a pass --history="$work/there/mine"
	[ "$(jq '.entries[0].tests.pass.duration_us > 0' "$work/there/mine")" = true ]
	expect 0 -a pass --history=none
	[ ! -e "$work/state" ]
	[ "$(find "$work/there" -type f | wc -l)" -eq 1 ]
}

@test "a history that is none is one warning, and is replaced" {
	mkdir -p "${history%/*}"
	for text in '' 'x' '[]' '{"version":2,"entries":[]}' '{"version":1,"entries":[{}]}' '{"version":1'; do
		echo "$text" >"$history"
		expect 0 -a pass
		[ "$(grep -c "^warning: the history '$history' is not used: it is not a history file of this version" <<<"$output")" -eq 1 ]
		[ "$(grep -c warning <<<"$output")" -eq 1 ]
		[ "$(jq -r '.entries[0].program' "$history")" = "${fixtures##*/}" ]
	done
}

@test "a history that is no file stays what it is" {
	mkfifo "$work/fifo"
	expect 3 -a pass --history="$work/fifo"
	[ "$(grep -c "^warning: the history '$work/fifo' is not used: " <<<"$output")" -eq 1 ]
	grep -q "^warning: cannot write the history '$work/fifo': " <<<"$output"
	[ -p "$work/fifo" ]
}

@test "a subtest that was not reached is not run, and red" {
	expect 0 -a subtests_of_environment
	TEST_FIXTURE_SUBTESTS=two,three expect 1 -a subtests_of_environment
	[[ $output == *"/3 "*"subtests_of_environment/one:FAIL"$'\n         '"(not run: an earlier run of this build came to it)"* ]]
	[ "$(jq -r '.results[0].subtests[2] | "\(.name) \(.result) \(.failed)"' "$work/report")" = "one UNREACHED true" ]
	[ "$(jq -r 'select(.event == "subtest_end" and .subtest == "one") | .result' "$work/events")" = UNREACHED ]
	# It stays a failure until it is reached again.
	TEST_FIXTURE_SUBTESTS=two,three expect 1 -a subtests_of_environment -v
	TEST_FIXTURE_SUBTESTS=three,two,one expect 0 -a subtests_of_environment
}

@test "what a filter left out is reached, and what a part of a test came to is not all" {
	TEST_FIXTURE_SUBTESTS=one,two,three expect 0 -a subtests_of_environment
	expect 0 -a subtests_of_environment/one
	TEST_FIXTURE_SUBTESTS=one expect 0 -a subtests_of_environment/one
	expect 0 -a subtests_of_environment -d subtests_of_environment/two
	expect 0 -n "$("$fixtures" -l | grep -n '^subtests_of_environment$' | cut -d: -f1)/1"
	[ "$(jq -c '.entries[0].tests.subtests_of_environment.subtests' "$history")" = '["one","two","three"]' ]
	rm "$history"
	expect 0 -a subtests_of_environment/one
	[ "$(jq -c '.entries[0].tests' "$history")" = '{}' ]
}

@test "a test that skips itself need not come to its subtests" {
	expect 0 -a subtests_of_environment
	TEST_FIXTURE_SUBTESTS=SKIP expect 0 -a subtests_of_environment
	[ "$(results)" = "subtests_of_environment SKIP" ]
	TEST_FIXTURE_SUBTESTS=one expect 1 -a subtests_of_environment
}

@test "subtests of another build or kernel are not missed" {
	expect 0 -a subtests_of_environment
	cp "$history" "$work/kept"
	sed -i 's/"build":"[^"]*"/"build":"another"/' "$history"
	TEST_FIXTURE_SUBTESTS=one expect 0 -a subtests_of_environment
	[ "$(jq -c '.entries[0].tests.subtests_of_environment.subtests' "$history")" = '["one"]' ]
	sed 's/"release":"[^"]*"/"release":"1.2.3"/' "$work/kept" >"$history"
	TEST_FIXTURE_SUBTESTS=one expect 0 -a subtests_of_environment
	cp "$work/kept" "$history"
	TEST_FIXTURE_SUBTESTS=one expect 1 -a subtests_of_environment
}

@test "shards together are everything, each test once, with its number" {
	"$fixtures" -l >"$work/all"
	for total in 1 3 7; do
		for i in $(seq $total); do
			"$fixtures" -l --shard "$i/$total"
		done | LC_ALL=C sort | diff "$work/all" -
	done
	number=$("$fixtures" -l | grep -nx pass | cut -d: -f1)
	expect 0 -a half_second,pass --shard 2/2
	grep -qE "^#$number +pass:OK" <<<"$output"
	grep -q "^Kernel .* 1 test, .*shard 2 of 2$" <<<"$output"
	[ "$(jq -c '[.run.shard, .run.shards]' "$work/report")" = "[2,2]" ]
}

@test "shards of the environment: Bazel, GoogleTest, Kubernetes; the option goes first" {
	"$fixtures" -l --shard 2/3 >"$work/second"
	TEST_TOTAL_SHARDS=3 TEST_SHARD_INDEX=1 "$fixtures" -l | diff "$work/second" -
	GTEST_TOTAL_SHARDS=3 GTEST_SHARD_INDEX=1 "$fixtures" -l | diff "$work/second" -
	JOB_COMPLETIONS=3 JOB_COMPLETION_INDEX=1 "$fixtures" -l | diff "$work/second" -
	TEST_TOTAL_SHARDS=3 TEST_SHARD_INDEX=0 "$fixtures" -l --shard 2/3 | diff "$work/second" -
	# Kubernetes sets this in every indexed job, even if the job does not want shards.
	JOB_COMPLETION_INDEX=1 "$fixtures" -l | diff <("$fixtures" -l) -
}

@test "half of a shard in the environment is an error" {
	TEST_SHARD_INDEX=1 expect 64 -a pass
	[[ $output == *"TEST_TOTAL_SHARDS is '' and TEST_SHARD_INDEX is '1': the first must be the number of shards"* ]]
	GTEST_TOTAL_SHARDS=2 expect 64 -a pass
	TEST_TOTAL_SHARDS=2 TEST_SHARD_INDEX=2 expect 64 -a pass
	JOB_COMPLETIONS=2 JOB_COMPLETION_INDEX=x expect 64 -a pass
}

@test "Bazel's status file is touched" {
	TEST_TOTAL_SHARDS=2 TEST_SHARD_INDEX=0 TEST_SHARD_STATUS_FILE=$work/touched expect 0 -a pass
	[ -e "$work/touched" ]
	TEST_SHARD_STATUS_FILE=$work/no/such/folder expect 3 -a pass
	[[ $output == *"cannot touch \$TEST_SHARD_STATUS_FILE: ENOENT (No such file"* ]]
}

@test "a shard without tests is no failure, a selection without tests is" {
	expect 0 -a pass --shard 2/2
	[[ $output == *"Summary: 0/0 PASSED, 0 SKIPPED, 0/0 FAILED" ]]
	expect 2 -a pass -d pass --shard 2/2
	expect 2 -a nosuch --shard 2/2
}

@test "a subtest that belongs to another shard is not missed" {
	expect 0 -a pass,subtests_pass/step_1 --shard 1/2
	expect 0 -a pass,subtests_pass/step_1 --shard 2/2
	expect 2 -a pass,subtests_pass/nosuch --shard 2/2
}

@test "--fail-fast starts nothing further, names it, and is exit status 1" {
	expect 1 -a exit_0,fail,pass,subtests_pass --fail-fast --no-error-summary
	[ "$(results)" = "exit_0 LOST fail NOTRUN pass NOTRUN subtests_pass NOTRUN" ]
	grep -qx "Not run: 3 tests (--fail-fast: 1 test failed)" <<<"$output"
	grep -qE "^  #[0-9]+ +subtests_pass$" <<<"$output"
	expect 1 -a exit_0,fail,pass,subtests_pass --fail-fast=2
	[ "$(results)" = "exit_0 LOST fail FAIL pass NOTRUN subtests_pass NOTRUN" ]
	expect 1 -a exit_0,fail,pass --fail-fast=3
	[ "$(results)" = "exit_0 LOST fail FAIL pass PASS" ]
	expect 0 -a pass,skip --fail-fast
	expect 1 -a pass,thread_fails --fail-fast
	[[ $output != *"Not run"* ]]
}

@test "--fail-fast lets finish what runs" {
	expect 1 -a fail,half_second,pass --fail-fast -j2
	[ "$(results)" = "fail FAIL half_second PASS pass NOTRUN" ]
}

@test "--max-time starts nothing further: exit status 3, or 1 with failures" {
	# The first three tests take at least 1.1 s together, and no other test runs beside them.
	expect 3 -a half_second,locks_exclusive_1,locks_exclusive_2,locks_shared_1,pass --max-time 1
	[[ $(results) == "half_second PASS "*" locks_shared_1 NOTRUN pass NOTRUN" ]]
	grep -qE "^Not run: [234] tests \(--max-time: 1 s have passed\)$" <<<"$output"
	grep -qE "^  #[0-9]+ +locks_shared_1$" <<<"$output"
	expect 1 -a fail,half_second,locks_exclusive_1,locks_exclusive_2,pass --max-time 1
	[[ $(results) == *"pass NOTRUN" ]]
	expect 0 -a pass --max-time 1000
}

@test "wrong usage of them is exit status 64" {
	for option in --shuffle=x --shuffle=-1 --shuffle=4294967296 --shard=0/2 --shard=3/2 --shard=1 \
		--shard=1/ --shard=/2 --shard=1/2/3 --shard=1/x --shard=1/100001 --fail-fast=0 \
		--fail-fast=x --max-time=0 --max-time=soon; do
		expect 64 -a pass "$option"
	done
}
