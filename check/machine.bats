#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Guests with a test that takes away resources that the runner and all other tests need. The run
# must still come to its end, and the other tests keep their results. The fixtures are in
# check/fixtures/machine.c.

bats_require_minimum_version 1.5.0

load guest_tree

# taking STATUS ARGUMENT...: run the fixtures in a guest without restarts, and compare the exit
# status
taking() {
	local status_expected=$1
	shift
	run timeout 300 "$VMTEST" --tree tree --results results --max-panics 0 -- \
		env TEST_HURT_KERNEL=1 TEST_LEAK=1 TEST_TIME_SCALE=1 ./fixtures --results "$@" </dev/null
	echo "$output"
	results=$(jq -r '.results[] | "\(.name) \(.result)"' results/fixtures/report.json)
	[ "$status" -eq "$status_expected" ]
	jq -e '[.results[] | ., .subtests[] | select(.failed and .message == "")] == []' results/fixtures/report.json
}

@test "out of memory: a test ends, not the runner, and those that come later run" {
	# The output of many_loud_subtests makes the runner a bigger process than the test.
	taking 1 -j2 -a hog_kernel_memory,many_loud_subtests,pass,fail,skip
	[[ $output == *"Summary: "* ]]
	[[ $output == *"hog_kernel_memory:FAIL"$'\n         '"(killed: SIGKILL, the machine was out of memory; "* ]]
	[[ $results == *"fail FAIL"*"pass PASS"*"skip SKIP"* ]]
}

@test "the kernel's log overflows: who does it is named, who ran beside it is not" {
	taking 1 -j2 -a flood_kernel_log,half_second
	[[ $output == *"rerun alone: "*" half_second: did not reproduce"* ]]
	[[ $output == *"flood_kernel_log:FAIL"$'\n         '"(splat: The kernel overwrote its log before it was read"* ]]
	[[ $results == *"half_second PASS"* ]]
	[[ $output != *"not charged"* ]]
}

@test "cgroups that a test has made read-only are made writable for the next one" {
	taking 0 -j1 -a make_cgroups_read_only,with_isolation
	[[ $output == *"cgroup2 was mounted read-only by one of the tests"* ]]
}

@test "without /proc the audit says that it is blind" {
	taking 1 -j1 -a detach_proc,leak_sysctl,pass --shuffle=1
	jq -e '.audit.kinds.sysctl == "ENOENT (No such file or directory)"' results/fixtures/report.json
	[[ $output == *"Audit: sysctl cannot be looked at any more: ENOENT (No such file or directory)"* ]]
}

@test "kill(-1, SIGTERM) in a test ends neither the run nor a test that comes later" {
	taking 1 -j1 -a pass,signal_all,half_second --shuffle=1
	[[ $output == *"signal_all:FAIL"* && $output != *interrupted* ]]
	[[ $results == *"half_second PASS"*"pass PASS"* ]]
}
