#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests with real faults of the kernel: warnings, a report of a hung task, a taint, panics, a test
# that cannot be killed, a kernel that hangs; and with a test that kills or stops the runner. They
# run in guests only; each boot takes 3 to 5 s under TCG. The fixtures that cause the faults are in
# check/fixtures/kernel.c and everybody.c; most of them use a module (check/hurt_module.c). The
# tests that run beside them are in check/fixtures/neighbours.c.

load guest_tree

# hurt STATUS OPTION... -- ARGUMENT...: run the fixtures with these arguments, in a guest of vmtest
# with these options, and compare the exit status. Sets $output, and $results to the results of the
# report.
hurt() {
	local status_expected=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	run timeout 300 "$VMTEST" --tree tree --results results "${options[@]}" -- \
		env TEST_HURT_KERNEL=1 TEST_TIME_SCALE=1 TEST_NEIGHBOURS="${TEST_NEIGHBOURS-}" \
		TEST_LEAK="${TEST_LEAK-}" ./fixtures --results "$@" </dev/null
	echo "$output"
	results=$(jq -r '.results[] | "\(.name) \(.result)",
		(.name as $test | .subtests[] | "\($test)/\(.name) \(.result)")' \
		results/fixtures/report.json)
	echo "$results"
	[ "$status" -eq "$status_expected" ]
	jq -e '[.results[] | ., .subtests[] | select(.failed and .message == "")] == []' results/fixtures/report.json
}

# hurt_neighbours TEST OPTION...: the same with one test that does the harm while seven others run.
# Only that test must fail, and the others must keep their results.
hurt_neighbours() {
	local guilty=$1 good
	shift
	TEST_NEIGHBOURS=7
	good=$(printf ',neighbour_%d' {1..7})
	hurt 1 "$@" -- -j8 -a "$guilty$good"
	[[ $output == *"Summary: 7/0 PASSED, 0 SKIPPED, 1/0 FAILED"* ]]
	[ "$(grep -c '^neighbour_[1-7] PASS$' <<<"$results")" -eq 7 ]
	[[ $output != *"not charged"* ]]
}

boots() {
	grep -c -E 'vmtest: .* (booting|restoring) [^a]' <<<"$output"
}

@test "a hung task that the kernel reports is a splat of its test; a taint without one is said" {
	hurt 1 -- -a pass,kernel_hung_task,kernel_taint
	[[ $output == *"kernel_hung_task:FAIL"$'\n         '"(splat: INFO: task "*" blocked "* ]]
	[[ $results == *"kernel_taint PASS"*"pass PASS"* ]]
	[[ $output == *"Taint: W new, and no splat explains it; running: kernel_taint"* ]]
	jq -e '.kernel_log.new_taint[0].running == "kernel_taint"' results/fixtures/report.json
	grep -q 'blocked for more than' results/fixtures/kernel.log
}

@test "a warning in a softirq, alone: its test is named, also where the kernel warns once (-k 6.1)" {
	hurt 1 -k 6.1 -- -a kernel_softirq_warning,kernel_softirq_warning_once,kernel_warning,pass
	[ "$(boots)" -eq 1 ]
	[[ $results == *"kernel_softirq_warning SPLAT"*"kernel_softirq_warning_once SPLAT"* ]]
	[[ $results == *"kernel_warning SPLAT"*"pass PASS"* ]]
	[[ $output == *"Rerunning 2 suspects alone, to find out"* ]]
	[[ $output != *"not charged"* ]]
}

@test "a warning in a softirq, among seven others: only its test fails" {
	hurt_neighbours kernel_softirq_warning_once
	[ "$(boots)" -eq 1 ]
	[[ $results == *"kernel_softirq_warning_once SPLAT"* ]]
	[[ $output == *"Rerunning 8 suspects alone, to find out"* ]]
	[[ $output == *"kernel_softirq_warning_once:FAIL"$'\n         '"(splat: WARNING: refcount_warn_saturate at "* ]]
}

@test "an Oops of a kernel thread, alone; the splat that came before it keeps its suspect" {
	hurt 1 --max-panics 4 -- -a kernel_softirq_warning,kernel_thread_oops,pass
	[ "$(boots)" -eq 3 ]
	[[ $results == *"kernel_softirq_warning SPLAT"*"kernel_thread_oops PANIC"*"pass PASS"* ]]
	[[ $output == *"kernel_thread_oops:FAIL"$'\n         '"(panic: "*"Fatal exception"* ]]
	[[ $output != *"not charged"* ]]
	grep -q 'Comm: hurt_thread' results/console.log
}

@test "an Oops of a kernel thread, among seven others: only its test fails (-k 6.1)" {
	hurt_neighbours kernel_thread_oops -k 6.1 --max-panics 4
	[ "$(boots)" -eq 3 ]
	[[ $results == *"kernel_thread_oops PANIC"* ]]
	[[ $output == *"Resumed: 0 tests with results, 8 to rerun alone"* ]]
}

@test "a panic in an interrupt, among seven others: only its test fails" {
	hurt_neighbours kernel_interrupt_panic --max-panics 4
	[ "$(boots)" -eq 3 ]
	[[ $results == *"kernel_interrupt_panic PANIC"* ]]
	[[ $output == *"Resumed: 0 tests with results, 8 to rerun alone"* ]]
	[[ $output == *"kernel_interrupt_panic:FAIL"$'\n         '"(panic: "*"hurt by an interrupt)"* ]]
}

@test "a suspect that waits for its rerun when the kernel panics has its line in the next part" {
	TEST_NEIGHBOURS=1 TEST_LEAK=1
	hurt 1 --max-panics 4 -- -j2 -a kernel_interrupt_panic,leak_pinned_map,neighbour_1
	[ "$(boots)" -eq 3 ]
	[[ $output == *"Resumed: 1 test with results, 2 to rerun alone"* ]]
	jq -se 'map(select(.event == "test_end" and .suspected)) | map(.test) == ["leak_pinned_map"]' \
		results/fixtures/events.jsonl
	[ "$(grep -c ' leak_pinned_map:OK$' <<<"$output")" -eq 1 ]
	[[ $results == *"kernel_interrupt_panic PANIC"*"leak_pinned_map PASS"*"neighbour_1 PASS"* ]]
}

@test "a kernel that hangs with all interrupts off: vmtest notices, says where, and the run goes on" {
	hurt 1 --max-panics 4 --hang-timeout 8 -- -a kernel_hang,pass
	[ "$(boots)" -eq 3 ]
	[[ $output == *"the guest hangs: nothing was heard from it for 8 s (--hang-timeout)"* ]]
	[[ $results == *"kernel_hang PANIC"*"pass PASS"* ]]
	[[ $output == *"kernel_hang:FAIL"$'\n         '"(panic: the guest hangs: "* ]]
	grep -q 'spin_without_interrupts' results/console.log
}

@test "a run with panics ends complete: the guilty one is named, all other results are kept" {
	hurt 1 --max-panics 4 -- -a fail,kernel_panic_in_subtest,kernel_panic_once,pass,subtests
	[ "$(boots)" -eq 4 ]
	[[ $output == *"kernel_panic_in_subtest/guilty:FAIL"$'\n         '"(panic: "*"sysrq triggered crash)"* ]]
	[[ $results == "fail FAIL"*"kernel_panic_in_subtest PANIC"*"/before PASS"*"/guilty PANIC"* ]]
	[[ $results == *"kernel_panic_once PASS"*"pass PASS"*"subtests FAIL"*"/bad FAIL"* ]]
	[[ $output == *"Summary: 2/3 PASSED, 1 SKIPPED, 3/2 FAILED"* ]]
	# Only the suspects ran twice.
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
	[[ $output == *"kernel_panic:FAIL"$'\n         '"(panic: one of 2 tests that ran when "* ]]
	[[ $output == *"Not run: 1 test (the kernel went down too often)"* ]]
	[[ $output == *"  #"*" pass"* ]]
}

@test "tests that cannot be killed, one asleep and one that spins, cost a restart, and no result" {
	hurt 1 --max-panics 2 -- -j2 -w 1 -a kernel_spin,kernel_unkillable,pass
	[ "$(boots)" -eq 2 ]
	[[ $output == *"kernel_spin:FAIL"$'\n         '"(timeout: unkillable, it is stuck in the kernel)"* ]]
	[[ $output == *"kernel_unkillable:FAIL"$'\n         '"(timeout: unkillable, it is stuck in the kernel)"* ]]
	[[ $output == *"  #"*" pass"*"Resumed: 2 tests with results"* ]]
	[[ $results == *"kernel_spin TIMEOUT"*"kernel_unkillable TIMEOUT"*"pass PASS"* ]]
	[[ $output == *"(sysrq w and l):"*"Show Blocked State"*"backtrace"* ]]
}

@test "a test that kills every process, the runner as well: it is named, all other results are kept" {
	hurt_neighbours kill_everybody --max-panics 4
	[ "$(boots)" -eq 3 ]
	[ "$(grep -c 'vmtest: warning: SIGKILL ended the command in the middle of its run' <<<"$output")" -eq 2 ]
	[[ $results == *"kill_everybody CRASH"* ]]
	[[ $output == *"Resumed: 0 tests with results, 8 to rerun alone"* ]]
	[[ $output == *"kill_everybody:FAIL"$'\n         '"(killed: SIGKILL killed the run while this ran alone)"* ]]
	[[ $output != *panic:* ]]
}

@test "after --max-panics nothing runs any more, also where it was the runner that was killed" {
	hurt 1 --max-panics 1 -- -j2 -a hang_asleep,kill_everybody_in_subtest,pass -w 0
	[ "$(boots)" -eq 2 ]
	[[ $results == *"hang_asleep CRASH"*"kill_everybody_in_subtest CRASH"* ]]
	[[ $output == *"hang_asleep:FAIL"$'\n         '"(killed: one of 2 tests that ran when SIGKILL killed the run)"* ]]
	[[ $output == *"Not run: 1 test (the run was killed too often)"* ]]
}

@test "a command that is killed behind a complete run, or is none of ours, is not run again" {
	run timeout 100 "$VMTEST" --tree tree --results results --max-panics 3 -- \
		sh -c './fixtures -a pass; kill -KILL $$' </dev/null
	echo "$output"
	[ "$status" -eq 137 ]
	[[ $output == *"pass:OK"* ]]
	[ "$(boots)" -eq 1 ]
}

@test "a test that stops every process, the runner as well, stops no run" {
	local TEST_NEIGHBOURS=7
	hurt 0 --timeout 60 -- -j8 -a stop_everybody"$(printf ',neighbour_%d' {1..7})"
	[ "$(boots)" -eq 1 ]
	[[ $output == *"vmtest: the command was stopped by a signal; it goes on"* ]]
	[[ $output == *"Summary: 8/0 PASSED, 0 SKIPPED, 0/0 FAILED"* ]]
	grep -q 'vmtest-init: the command was stopped by a signal' results/console.log
}

@test "without --max-panics a panic ends the run, as for any command" {
	run timeout 100 "$VMTEST" --tree tree --results results -- \
		env TEST_HURT_KERNEL=1 ./fixtures -a kernel_panic </dev/null
	echo "$output"
	[ "$status" -eq 240 ]
	[ "$(boots)" -eq 1 ]
}

@test "a mutant that makes the kernel panic is killed, the others keep their results" {
	cp "${MUTATED:-$BATS_TEST_DIRNAME/../build/mutated}" tree/
	run timeout 300 "$VMTEST" --tree tree --results results --max-panics 5 -- env TEST_TIME_SCALE=1 \
		./mutated --results -a panics_at_wrong_sum,sees_all --mutate=8 --mutation-seed 3 </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(boots)" -gt 1 ]
	[[ $output == *" of which 8 tried in "*" 6 killed, 0 timeout, 2 survived, "* ]]
	[ "$(grep -c '"event":"mutant"' results/mutated/events.jsonl)" -eq 8 ]
	[ "$(grep -c '"result":"killed","why":"the kernel went down"' results/mutated/events.jsonl)" -eq 1 ]
}

@test "a mutant that cannot be killed costs a restart, and no other result" {
	cp "${MUTATED:-$BATS_TEST_DIRNAME/../build/mutated}" tree/
	run timeout 300 "$VMTEST" --tree tree --results results --max-panics 5 -- env TEST_TIME_SCALE=1 \
		./mutated --results -a sees_all,sticks_at_wrong_sum --mutate=8 --mutation-seed 3 </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(boots)" -gt 1 ]
	[[ $output == *"Mutants: "*" have a result from before the restart"* ]]
	[[ $output == *" of which 8 tried in "* ]]
	[ "$(grep -c '"event":"mutant"' results/mutated/events.jsonl)" -ge 8 ]
	grep -q '"result":"timeout"' results/mutated/events.jsonl
	[ "$(grep -c '"why":"the kernel went down"' results/mutated/events.jsonl)" -eq 0 ]
}
