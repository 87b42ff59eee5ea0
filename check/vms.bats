#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of one run in several VMs. The fixtures are there under the name test_progs, because vmtest
# deals out only the tests of test_progs. check/machines.bats has the runner's side, without VMs.

bats_require_minimum_version 1.5.0

load guest_tree

# deal STATUS OPTION... -- ARGUMENT...: run the fixtures with these arguments in two VMs
deal() {
	local status_expected=$1 options=()
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	[ -e tree/test_progs ] || mv tree/fixtures tree/test_progs
	report=results/test_progs/report.json
	events=results/test_progs/events.jsonl
	run timeout 300 "$VMTEST" --accel tcg --mem 512M --vms 2 --tree tree --results results "${options[@]}" -- \
		./test_progs --results "$@" </dev/null
	echo "$output"
	[ "$status" -eq "$status_expected" ]
}

names='half_second,locks_*,subtests,subtests_pass,fail,pass,skip,forced_log,long_subtests,costs_two_cpus'

each_has_its_result() {
	jq -e '.results | map(select(.result == "NOTRUN")) == []' "$report"
	[ "$(jq -c '[.success, .skipped, .failed, .not_run]' "$report")" = "$1" ]
	# The last end of each test counts.
	jq -es 'map(select(.event == "test_end") | .test) | unique | length == 13' "$events"
}

@test "the results are those of one VM, and both VMs run tests" {
	deal 1 -- -j2 -a "$names"
	jq '[.results[] | {name, number, result, subtests: [.subtests[] | {name, number, result}]}]' "$report" > two
	jq -es 'map(select(.event == "test_begin") | .machine // 0) | unique == [0, 1]' "$events"
	[ "$(grep -c '^Summary:' <<<"$output")" -eq 1 ]
	each_has_its_result '[10,2,2,0]'
	deal 1 --vms 1 -- -j2 -a "$names"
	jq '[.results[] | {name, number, result, subtests: [.subtests[] | {name, number, result}]}]' "$report" > one
	cmp one two
	run -1 grep -q '"machine":1' "$events"
}

# kill_vm NUMBER DELAY: kill a QEMU of the run that is about to start, at some moment of its tests
kill_vm() {
	local image=results.img
	[ "$1" -eq 0 ] || image=results-$1.img
	for _ in $(seq 1000); do
		pgrep -f "qemu-system.*$TMPDIR.*/$image" > /dev/null && break
		sleep 0.02
	done
	sleep "$2"
	pkill -KILL -f "qemu-system.*$TMPDIR.*/$image"
}

@test "a QEMU that is killed at some moment, ten times: each test has its result" {
	mv tree/fixtures tree/test_progs
	"$VMTEST" --accel tcg --mem 512M --tree tree -- true
	for round in $(seq 10); do
		kill_vm $((round % 2)) "0.$((RANDOM % 10))" 3>&- &
		deal 1 -- -j2 -a "$names"
		wait
		each_has_its_result '[10,2,2,0]'
		rm -r results
	done
}

@test "the kernel of the second VM panics: its test is charged, and the VM comes back" {
	cat > tree/test_progs <<-'END'
	#!/bin/sh
	exec env TEST_HURT_KERNEL=1 ./fixtures "$@"
	END
	chmod +x tree/test_progs
	# The first VM is busy with the first test when the second one takes the next.
	deal 1 -- -j1 -w 8 -a hang_asleep,kernel_panic,pass,skip
	report=results/fixtures/report.json
	[[ $output == *"kernel_panic:FAIL"$'\n         '"(panic: "* ]]
	[ "$(jq -c '[.results[] | "\(.name) \(.result)"]' "$report")" = \
		'["hang_asleep TIMEOUT","kernel_panic PANIC","pass PASS","skip SKIP"]' ]
	[[ $output == *"VM 2: starting the guest again (1 of at most 3)"* ]]
	[ "$(grep -c 'starting the guest again' <<<"$output")" -eq 1 ]
}

# Start two VMs with a test that does not end; sets $pid to vmtest.
start_both() {
	mv tree/fixtures tree/test_progs
	"$VMTEST" --accel tcg --mem 512M --vms 2 --tree tree -- ./test_progs -j2 -a hang_asleep,half_second \
		> out 2>&1 </dev/null 3>&- &
	pid=$!
	for _ in $(seq 500); do
		[ "$(grep -c 'guest is up' out)" -eq 2 ] && break
		sleep 0.02
	done
}

@test "Ctrl-C ends both VMs, and nothing is left" {
	start_both
	kill -INT $pid
	wait $pid || [ $? -eq 130 ]
	run -1 pgrep -f "qemu-system.*$TMPDIR"
	[ -z "$(ls "$TMPDIR")" ]
}

@test "kill -9 of vmtest takes both QEMUs with it" {
	start_both
	kill -KILL $pid
	wait $pid || true
	for _ in $(seq 250); do
		pgrep -f "qemu-system.*$TMPDIR" > /dev/null || return 0
		sleep 0.02
	done
	false
}

@test "only test_progs can be dealt out" {
	run -64 "$VMTEST" --vms 2 -- true
	[[ $output == *"cannot use --vms=2: only test_progs can deal its tests out to several VMs"* ]]
	run -64 "$VMTEST" --vms 17 -- ./test_progs
}

@test "packets and logs of both VMs are in one folder" {
	deal 0 -- -j1 -m traffic,traffic_at_once -a half_second,traffic,traffic_at_once
	jq -es 'map(select(.event == "test_begin") | .machine // 0) | unique == [0, 1]' "$events"
	[ -e results/console.log ]
	[ -e results/console-1.log ]
	for test in traffic traffic_at_once; do
		[ "$(find results -name "*$test*.pcapng" | wc -l)" -ge 1 ]
	done
}
