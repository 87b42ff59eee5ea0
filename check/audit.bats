#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# What tests leave on the machine, against check/fixtures/leaks.c, on this machine: only where it
# gives root, BPF and cgroup2 to the checks. audit_boot.bats has the same in a guest.
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
	# What a test that failed half-way has left.
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

# Whether tests can make here what they are to leave.
needs_bpf() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	TEST_HOLD_MS=0 unshare --mount sh -c 'mount -t bpf leaks /sys/fs/bpf && "$@"' sh \
		"$fixtures" -a hold_pin >/dev/null 2>&1 || skip "this machine gives no BPF"
}

# expect STATUS WORD...: runs the fixtures in there; what they print is in $output, the results of
# the report in $results, one "NAME RESULT" a line.
expect() {
	local status_expected=$1
	shift
	mkdir -p /run/bpf-selftests
	# With records of its own: other runs on this machine are none of its business.
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
	[[ $output == *"leave_daemon:FAIL (left behind: process "*" (fixture-daemon))"* ]]
	has_event '.event == "left_behind" and (.what | endswith("(fixture-daemon)"))'
	run -0 "$fixtures" -a leave_dying
	[[ $output == *"leave_dying:OK"* ]]
}

@test "what a test leaves is found, charged by a run alone, and removed; neighbours stay green" {
	needs_bpf
	expect 1 -j8 -a leak_pinned_map,leak_pinned_link,leak_pin_in_folder,hold_pin,hold_objects,pass
	[[ $output == *" alone, to find out"* ]]
	[[ $results == *"hold_objects PASS"*"hold_pin PASS"*"leak_pin_in_folder FAIL"* ]]
	[[ $results == *"leak_pinned_link FAIL"*"leak_pinned_map FAIL"*"pass PASS"* ]]
	has_left leak_pinned_map "^pin /sys/fs/bpf/leaked_map: BPF map [0-9]+$"
	has_left leak_pinned_map "^BPF map [0-9]+: leaked_map [(]array[)]$"
	has_left leak_pinned_link "^BPF link [0-9]+: cgroup$"
	has_left leak_pin_in_folder "^pin /sys/fs/bpf/leaked_folder$"
	[ "$(jq '.audit.not_charged | length' "$work/report.json")" -eq 0 ]
	[ ! -s "$work/pins" ] || ! grep leaked "$work/pins"
}

@test "a sysctl, a probe and a cgroup are put back" {
	needs_bpf
	before=$(cat /proc/sys/kernel/bpf_stats_enabled)
	expect 1 -a leak_sysctl,leak_cgroup
	has_left leak_sysctl "^sysctl kernel/bpf_stats_enabled: '1', was '0'$"
	has_left leak_cgroup "^cgroup .*/leaked_cgroup$"
	[ "$(cat /proc/sys/kernel/bpf_stats_enabled)" = "$before" ]
	run -1 find /sys/fs/cgroup/leaked_cgroup /sys/fs/cgroup/unified/leaked_cgroup
}

@test "a test that fails by itself keeps its failure, and what it left is named" {
	needs_bpf
	expect 1 -a leak_pin_and_fail
	[[ $output == *"test_leak_pin_and_fail:FAIL:one"* ]]
	has_left leak_pin_and_fail "^pin .*leaked_map2"
	[ "$(jq '.results[0].failed_assertions' "$work/report.json")" -eq 1 ]
}

@test "what no suspect leaves again is reported, not charged, and brought back" {
	needs_bpf
	export TEST_LEAK_ONCE=$work/once
	expect 0 -a leak_pinned_map,pass
	[[ $output == *"rerun alone: "*" leak_pinned_map: did not reproduce"* ]]
	[[ $output == *"Left on the machine: "*"pin /sys/fs/bpf/leaked_map"* ]]
	[ "$(jq '[.audit.not_charged[] | select(.running == ["leak_pinned_map"])] | length' \
		"$work/report.json")" -ge 1 ]
	has_event '.event == "run_end" and .left_not_charged >= 1 and .exit_status == 0'
	grep leaked_map "$work/pins"
}

@test "names with a number in them that is another one each time" {
	needs_bpf
	expect 1 -a leak_pin_with_pid,leak_tcx,pass
	has_left leak_pin_with_pid "^pin /sys/fs/bpf/leaked_[0-9]+: BPF map [0-9]+$"
	[[ $results != *"leak_tcx PASS"* && $results == *"pass PASS" ]]
	[ "$(jq '.audit.not_charged | length' "$work/report.json")" -eq 0 ]
	run -1 grep leaked "$work/pins"
}

# Runs COMMAND once the fixtures have begun to wait, and then lets them go on.
meanwhile() {
	export TEST_LEAK_WAIT=$work/go
	(
		until grep -q '"test_begin"' "$work/events" 2>/dev/null; do sleep 0.01; done
		"$@"
		: >"$TEST_LEAK_WAIT"
	) &
}

# Where others make something: $root of cgroup2, $tracing of tracefs, and the sysctl's value, $ratio.
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

@test "what others make while a test runs stays, or comes back as it was" {
	needs_bpf
	find_places
	others() {
		mkdir "$root/of_others"
		# One event with two probes, as perf probe makes it.
		echo 'p:of_others/event /bin/sh:0x1000' >>"$tracing/uprobe_events"
		echo 'p:of_others/event /bin/sh:0x2000' >>"$tracing/uprobe_events"
		# It sets the ratio to 0, as that sets this one.
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
		# Until it has made its last object.
		until held; do sleep 0.01; done
		: >"$work/go"
		wait
	) &
	expect 0 -a wait_for_leak
	holder=$(cat "$work/holder.pid")
	[[ $output == *"BPF map "*": held_map (array), of process "*" (fixtures)"* ]]
	[[ $output != *" alone, to find out"* ]]
}

# In a namespace of its own: a run that is killed while it has something of others put away, and then
# the next one. What is left after each stands in $work/then and $work/now.
killed_and_next() {
	mkdir -p /run/bpf-selftests
	run timeout 100 unshare --mount bash -c '
		set -u
		has() { grep -q "$1" "$work/events"; }
		state() {
			ls /sys/fs/bpf
			ls -d "$root/of_others"
			cat /proc/sys/vm/overcommit_ratio
			grep of_others "$tracing/uprobe_events"
		} 2>/dev/null
		mount -t bpf leaks /sys/fs/bpf || exit 99
		mount -t tmpfs records /run/bpf-selftests
		: >"$work/events"
		TEST_LEAK_WAIT=$work/go "$fixtures" --events "$work/events" -a wait_each_time &
		runner=$!
		until has test_begin; do sleep 0.01; done
		"$fixtures" --no-audit -a leak_pinned_map >/dev/null
		mkdir "$root/of_others"
		echo "p:of_others/event /bin/sh:0x1000" >>"$tracing/uprobe_events"
		echo $((ratio + 1)) >/proc/sys/vm/overcommit_ratio
		: >"$work/go"
		until has "\"again\":true"; do sleep 0.01; done
		state >"$work/then"
		kill -KILL $runner
		wait $runner
		"$fixtures" -J "$work/report.json" -a pass
		status=$?
		state >"$work/now"
		"$fixtures" -a pass >"$work/once_more"
		exit $status'
	echo "$output"
}

@test "what a run that is killed has put away, the next one brings back" {
	needs_bpf
	find_places
	export work fixtures root tracing ratio
	killed_and_next
	[ "$status" -eq 0 ]
	[[ $output == *"A run was killed here (process "*", while it ran wait_each_time)"* ]]
	[[ $output == *"pin /sys/fs/bpf/leaked_map: BPF map "*"; brought back"* ]]
	run -1 grep -e leaked_map -e of_others "$work/then"
	grep -x "$ratio" "$work/then"
	grep -x leaked_map "$work/now"
	grep -x "$root/of_others" "$work/now"
	grep -x "$((ratio + 1))" "$work/now"
	grep of_others/event "$work/now"
	run -1 grep put_away "$work/now"
	[ "$(jq '[.audit.killed_runs[].put_away[] | select(.brought_back)] | length' \
		"$work/report.json")" -eq 4 ]
	# Nothing of it is said again.
	run -1 grep "killed here" "$work/once_more"
	rmdir "$root/of_others"
	echo "$ratio" >/proc/sys/vm/overcommit_ratio
	echo '-:of_others/event' >>"$tracing/uprobe_events"
}

# Whether the test of the other run has its link.
held() {
	local child

	child=$(pgrep -P "$(cat "$work/holder.pid")") &&
		grep -qs '^link_id:' /proc/"$child"/fdinfo/*
}
