#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the audit on this machine, with the fixtures of check/fixtures/leaks.c, which leave
# objects. Most need root, BPF and cgroup2. audit_boot.bats does the same in a guest.
#
# shellcheck disable=SC2016 # an inner shell expands what is in single quotes
# shellcheck disable=SC2030,SC2031 # each test is a shell of its own

bats_require_minimum_version 1.5.0
load audit

setup() {
	fixtures=$(realpath "${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}")
	work=$BATS_TEST_TMPDIR
	export XDG_STATE_HOME=$work/state TEST_LEAK=1
}

teardown() {
	if [ -n "${holder:-}" ]; then
		kill "$holder" 2>/dev/null || true
		wait "$holder" || true
	fi
	# Remove what a test that failed half-way has left.
	if mountpoint -q "$work/tracing"; then
		if grep -q of_others/event "$work/tracing/uprobe_events"; then
			echo '-:of_others/event' >>"$work/tracing/uprobe_events"
		fi
		umount "$work/tracing"
	fi
	if [ -n "${ratio:-}" ]; then
		echo "$ratio" >/proc/sys/vm/overcommit_ratio
	fi
	if [ -d "${root:-/nowhere}/of_others" ]; then
		rmdir "$root/of_others"
	fi
}

# Skip if tests cannot make BPF objects on this machine.
needs_bpf() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	TEST_HOLD_MS=0 unshare --mount sh -c 'mount -t bpf leaks /sys/fs/bpf && "$@"' sh \
		"$fixtures" -a hold_pin >/dev/null 2>&1 || skip "this machine gives no BPF"
}

# expect STATUS WORD...: run the fixtures in a mount namespace with its own bpffs, and compare the
# exit status. Sets $output, and $results to the results of the report, one "NAME RESULT" per line.
expect() {
	local status_expected=$1
	shift
	mkdir -p /run/bpf-selftests
	# Use a separate lock file, so that other runs on this machine do not count.
	run timeout 100 unshare --mount sh -c 'mount -t bpf leaks /sys/fs/bpf || exit 99
		mount -t tmpfs records /run/bpf-selftests
		"$@"; status=$?; ls /sys/fs/bpf >"$0"; exit $status' "$work/pins" \
		"$fixtures" -J "$work/report.json" --events "$work/events" "$@" </dev/null
	echo "$output"
	results=$(jq -r '.results[] | "\(.name) \(.result)"' "$work/report.json")
	[ "$status" -eq "$status_expected" ]
}

has_event() {
	jq -es "any(.[]; $1)" "$work/events" >/dev/null
}

@test "a process that is left fails the test, and one that is about to die does not" {
	run -1 "$fixtures" --events "$work/events" -a leave_daemon
	[[ $output == *"leave_daemon:FAIL"$'\n         '"(left behind: process "*" (fixture-daemon))"* ]]
	has_event '.event == "left_behind" and (.what | endswith("(fixture-daemon)"))'
	run -0 "$fixtures" -a leave_dying
	[[ $output == *"leave_dying:OK"* ]]
}

# is_named PATTERN: whether the report has such an object, neither removed nor charged to a test
is_named() {
	jq -e --arg what "$1" 'any(.audit.not_charged[]; (.what | test($what)) and (.removed | not))' \
		"$work/report.json" >/dev/null
}

@test "what a test leaves is named with its suspects, and stays: it may be somebody else's" {
	needs_bpf
	expect 0 -j8 -a leak_pinned_map,leak_pinned_link,leak_pin_in_folder,hold_pin,hold_objects,pass
	[[ $output == *"Left on the machine: "*"; other programs may have made them"* ]]
	[[ $output != *" alone, to find out"* && $results != *FAIL* ]]
	is_named "^pin /sys/fs/bpf/leaked_map: BPF map [0-9]+$"
	is_named "^BPF map [0-9]+: leaked_map [(]array[)]$"
	is_named "^BPF link [0-9]+: cgroup$"
	is_named "^pin /sys/fs/bpf/leaked_folder$"
	jq -e 'any(.audit.not_charged[]; .running | index("leak_pinned_map"))' "$work/report.json"
	grep leaked_map "$work/pins"
	grep leaked_folder "$work/pins"
	has_event '.event == "run_end" and .left_not_charged >= 4 and .exit_status == 0'
}

@test "a sysctl and a cgroup that a test leaves are named, and stay" {
	needs_bpf
	root=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)
	[ -n "$root" ] || skip "no cgroup2"
	before=$(cat /proc/sys/kernel/bpf_stats_enabled)
	expect 0 -a leak_sysctl,leak_cgroup
	after=$(cat /proc/sys/kernel/bpf_stats_enabled)
	echo "$before" >/proc/sys/kernel/bpf_stats_enabled
	rmdir "$root/leaked_cgroup"
	is_named "^sysctl kernel/bpf_stats_enabled: '1', was '$before'$"
	is_named "^cgroup .*/leaked_cgroup$"
	[ "$after" -eq 1 ]
}

@test "a test that fails by itself keeps its failure, and what it left is named" {
	needs_bpf
	expect 1 -a leak_pin_and_fail
	[[ $output == *"test_leak_pin_and_fail:FAIL:one"* ]]
	is_named "^pin .*leaked_map2"
	[ "$(jq '.results[0].failed_assertions' "$work/report.json")" -eq 1 ]
}

# meanwhile COMMAND...: once the fixtures have begun to wait, run COMMAND, then let them go on
meanwhile() {
	export TEST_LEAK_WAIT=$work/go
	(
		until grep -q '"test_begin"' "$work/events" 2>/dev/null; do sleep 0.01; done
		"$@"
		: >"$TEST_LEAK_WAIT"
	) &
}

# Set $root to the mount point of cgroup2, mount tracefs on $tracing, and save a sysctl in $ratio:
# other programs will make or change something there.
find_places() {
	root=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)
	[ -n "$root" ] || skip "no cgroup2"
	tracing=$work/tracing
	mkdir "$tracing"
	mount -t tracefs tracefs "$tracing" || skip "no tracefs"
	ratio=$(cat /proc/sys/vm/overcommit_ratio)
}

@test "only the guest of vmtest is the run's own: the variable's name is not enough" {
	needs_bpf
	root=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)
	[ -n "$root" ] || skip "no cgroup2"
	meanwhile mkdir "$root/of_others"
	VMTEST=/nowhere/vmtest expect 0 -a wait_for_leak
	rmdir "$root/of_others"
}

@test "what others make while a test runs stays as it is" {
	needs_bpf
	find_places
	others() {
		mkdir "$root/of_others"
		# Make one event with two probes, as perf probe does.
		echo 'p:of_others/event /bin/sh:0x1000' >>"$tracing/uprobe_events"
		echo 'p:of_others/event /bin/sh:0x2000' >>"$tracing/uprobe_events"
		# Writing either of overcommit_kbytes and overcommit_ratio sets the other one to 0.
		echo 4096 >/proc/sys/vm/overcommit_kbytes
	}
	meanwhile others
	expect 0 -a wait_for_leak
	[ "$(grep -c of_others/event "$tracing/uprobe_events")" -eq 2 ]
	[ "$(cat /proc/sys/vm/overcommit_kbytes)" -eq 4096 ]
	[ "$(cat /proc/sys/vm/overcommit_ratio)" -eq 0 ]
	rmdir "$root/of_others"
	echo "$ratio" >/proc/sys/vm/overcommit_ratio
	echo '-:of_others/event' >>"$tracing/uprobe_events"
}

@test "--no-audit: what stays is not looked for" {
	needs_bpf
	expect 0 --no-audit -a leak_pinned_map
	[[ $output != *"Left on the machine"* ]]
	[ "$(jq -c .audit "$work/report.json")" = '{"kinds":{},"not_charged":[],"undecided":[],"killed_runs":[]}' ]
	grep leaked_map "$work/pins"
}

@test "objects of a program that lives are its own" {
	needs_bpf
	export TEST_LEAK_WAIT=$work/go
	(
		until grep -q '"test_begin"' "$work/events" 2>/dev/null; do sleep 0.01; done
		export TEST_HOLD_MS=30000
		"$fixtures" --events "$work/holder" -a hold_objects >/dev/null 2>&1 &
		echo $! >"$work/holder.pid"
		until grep -q '"test_begin"' "$work/holder" 2>/dev/null; do sleep 0.01; done
		# Wait until it has made its last object.
		until held; do sleep 0.01; done
		: >"$work/go"
		wait
	) &
	expect 0 -a wait_for_leak
	holder=$(cat "$work/holder.pid")
	[[ $output == *"BPF map "*": held_map (array), of process "*" (fixtures)"* ]]
	[[ $output != *" alone, to find out"* ]]
}

# Whether the test of the other run holds its link.
held() {
	local child

	child=$(pgrep -P "$(cat "$work/holder.pid")") &&
		grep -qs '^link_id:' /proc/"$child"/fdinfo/*
}
