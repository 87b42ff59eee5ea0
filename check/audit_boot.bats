#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the audit in a guest of vmtest, where nobody but the run makes objects. Each boot takes 3
# to 5 s under TCG.
#
# shellcheck disable=SC2016 # an inner shell expands what is in single quotes

bats_require_minimum_version 1.5.0
load audit

setup() {
	fixtures=$(realpath "${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}")
	VMTEST=$(realpath "${VMTEST:-./vmtest}")
	work=$BATS_TEST_TMPDIR
	export TMPDIR=$work/tmp
	mkdir -p "$TMPDIR"
}

# leaking ARGUMENT...: run the fixtures in a guest, and print what is left in it afterwards
leaking() {
	mkdir -p "$work/tree"
	cp "$fixtures" "$work/tree/fixtures"
	run timeout 300 "$VMTEST" --tree "$work/tree" --results "$work/results" "${guest[@]}" -- \
		env TEST_LEAK=1 sh -c './fixtures --results --no-error-summary "$@"; status=$?
			ls -A /sys/fs/bpf; cat /sys/kernel/tracing/dynamic_events
			grep ^cordic /proc/modules; ls -d /sys/fs/cgroup/leaked* 2>/dev/null
			tc qdisc show dev lo | grep -v noqueue; ip -o link | grep -v "^1: lo:"
			ip link show lo | grep xdp; grep -v "^0$" /proc/sys/kernel/bpf_stats_enabled
			exit $status' sh "$@" </dev/null
	echo "$output"
	cp "$work/results/fixtures/report.json" "$work/report.json"
	results=$(jq -r '.results[] | "\(.name) \(.result)"' "$work/report.json" | LC_ALL=C sort)
}

all_kinds=(
	"leak_cgroup:^cgroup .*/leaked_cgroup$"
	"leak_cgroup_program:^BPF program [0-9]+: leaked_prog [(]cgroup_skb[)]$"
	"leak_interface:^interface leaked0$"
	"leak_module:^kernel module cordic$"
	"leak_pinned_link:^BPF link [0-9]+: cgroup$"
	"leak_pinned_map:^BPF map [0-9]+: leaked_map"
	"leak_probe:^tracefs probe leaked_group/leaked_probe"
	"leak_sysctl:^sysctl kernel/bpf_stats_enabled"
	"leak_pin_with_pid:^pin /sys/fs/bpf/leaked_[0-9]+"
	"leak_tc:^tc filter on lo [(]egress, priority 9, handle 7[)]"
	"leak_xdp:^XDP program on lo"
)

nothing_is_left() {
	jq -e '.audit.not_charged == []' "$work/report.json"
	[[ $(sed -n '/^Summary: /,$p' <<<"$output" | grep -v '^Summary: \|^vmtest: ') == "" ]]
}

@test "in a guest each kind that is left fails its test, at -j8 and one by one" {
	guest=()
	for jobs in 8 1; do
		leaking -j$jobs -t leak_,hold_ -a pass,half_second -d leak_tc_default
		[ "$status" -eq 1 ]
		for kind in "${all_kinds[@]}"; do
			has_left "${kind%%:*}" "${kind#*:}"
		done
		[ "$(grep -c ' PASS$' <<<"$results")" -eq 4 ]
		nothing_is_left
	done
}

@test "on the oldest kernel as well" {
	guest=(-k 6.1)
	leaking -j8 -t leak_ -a pass -d leak_tc_default
	[ "$status" -eq 1 ]
	for kind in "${all_kinds[@]}"; do
		has_left "${kind%%:*}" "${kind#*:}"
	done
	[[ $results == *"pass PASS" ]]
	nothing_is_left
}

@test "a tc filter of the kernel's own priority is removed, also where its hook stays" {
	mkdir -p "$work/tree"
	cat >"$work/tree/filter.sh" <<-'END'
		./fixtures --no-audit -a leak_tc >/dev/null
		./fixtures --results --no-error-summary -a leak_tc_default; status=$?
		tc filter show dev lo egress
		exit $status
	END
	cp "$fixtures" "$work/tree/fixtures"
	run timeout 300 "$VMTEST" --tree "$work/tree" --results "$work/results" -- \
		env TEST_LEAK=1 sh filter.sh </dev/null
	echo "$output"
	[ "$status" -eq 1 ]
	cp "$work/results/fixtures/report.json" "$work/report.json"
	has_left leak_tc_default "^tc filter on lo [(]egress, priority 49152, handle 1[)]: program [0-9]+$"
	[[ $output == *"pref 9 bpf"* && $output != *"pref 49152 bpf"* ]]
}

@test "every bad test at once, one killed from outside: each result right, nothing left" {
	guest=()
	mkdir -p "$work/tree"
	cat >"$work/tree/all.sh" <<-'END'
		printf '# a kernel\nCONFIG_BPF=y\nCONFIG_NET_SCH_INGRESS=m\nCONFIG_NET_CLS_BPF=m\nCONFIG_VETH=m\n' >/tmp/config
		(
			until pid=$(sed -n 's/.*"test_begin".*"test": *"hang_asleep".*"pid": *\([0-9]*\).*/\1/p' \
				/tmp/events 2>/dev/null) && [ -n "$pid" ]; do sleep 0.1; done
			kill -KILL "$pid"
		) &
		./fixtures --events /tmp/events --kconfig /tmp/config "$@"
	END
	cp "$fixtures" "$work/tree/fixtures"
	run timeout 400 "$VMTEST" --tree "$work/tree" --results "$work/results" -- \
		env TEST_LEAK=1 sh all.sh -j8 -w 10 --no-error-summary --results \
		-d 'flood,many_failures,traffic*,leak_tc_default,needs_loads_module' </dev/null
	tail -n 40 <<<"$output"
	cp "$work/results/fixtures/report.json" "$work/report.json"
	jq -r '.results[] | "\(.name) \(.result)"' "$work/report.json" | LC_ALL=C sort >"$work/got"
	# With TEST_LEAK=1, fixtures that are skipped elsewhere leave something, and most of them fail.
	grep -v '^#' "$BATS_TEST_DIRNAME/fixtures/expected_results.txt" |
		sed -E '/^(leak_tc_default|needs_loads_module) /d
			s/^(leak_.*|leave_chain.*|leave_unseen|needs_.*_of_guest) SKIP$/\1 FAIL/
			s/^(hold_.*|leave_in_time) SKIP$/\1 PASS/
			s/^hang_in_root_cgroup SKIP$/hang_in_root_cgroup TIMEOUT/
			s/^hang_asleep TIMEOUT$/hang_asleep CRASH/' >"$work/expected"
	diff "$work/expected" "$work/got"
	jq -e '.audit.not_charged == []' "$work/report.json"
}

@test "what forks on, each in a session of its own, is charged to its test and does not survive" {
	mkdir -p "$work/tree"
	cat >"$work/tree/chains.sh" <<-'END'
		for test in leave_chain leave_chain_in_cgroup leave_chain_in_root; do
			./fixtures -j3 -a $test,pass,half_second --no-error-summary
			# Look several times, because a listing of /proc can miss a process that
			# forks.
			for _ in 1 2 3 4 5 6 7 8 9 10; do
				cat /proc/[0-9]*/comm 2>/dev/null | grep -x fixture-daemon
			done
		done
	END
	cp "$fixtures" "$work/tree/fixtures"
	run timeout 300 "$VMTEST" --tree "$work/tree" -- env TEST_LEAK=1 sh chains.sh </dev/null
	echo "$output"
	for test in leave_chain leave_chain_in_cgroup leave_chain_in_root; do
		[[ $output == *" $test:FAIL"$'\n         '"(left behind: process "*" (fixture-daemon))"* ]]
	done
	[ "$(grep -c 'Summary: 2/0 PASSED, 0 SKIPPED, 1/0 FAILED' <<<"$output")" -eq 3 ]
	[ "$(grep -cx fixture-daemon <<<"$output")" -eq 0 ]
}

@test "a test that hangs in another cgroup is reported with all its processes and what they hold" {
	mkdir -p "$work/tree"
	cp "$fixtures" "$work/tree/fixtures"
	run timeout 300 "$VMTEST" --tree "$work/tree" -- \
		env TEST_LEAK=1 ./fixtures -w 3 -a hang_in_root_cgroup --no-error-summary </dev/null
	echo "$output"
	[[ $output == *"hang_in_root_cgroup:FAIL"$'\n         '"(timeout: killed after 3.0 s)"* ]]
	[ "$(grep -c '^process [0-9]* thread [0-9]* (.*): State:' <<<"$output")" -eq 2 ]
	[[ $output == *"do_sys_pause"* || $output == *"x64_sys_pause"* || $output == *"sigsuspend"* ]]
	[[ $output == *"held_here"* ]]
}

@test "a module that only other subtests need is not loaded, and one loaded late is unloaded" {
	guest=()
	for subtest in "without module" "with module" "selected by this"; do
		leaking -a "needs_loads_module/$subtest"
		[ "$status" -eq 0 ]
		[[ $output == *"Summary: 1/1 PASSED, 0 SKIPPED, 0/0 FAILED"* ]]
		nothing_is_left
	done
}

@test "a module beside the program is loaded for a test and unloaded, one for another kernel is not" {
	guest=()
	kernel=$("$VMTEST" --fetch-only)
	mkdir -p "$work/tree"
	xz -dc "$kernel"/modules/kernel/lib/math/cordic.ko.xz >"$work/tree/cordic.ko"
	leaking -a needs_file_of_module
	[ "$status" -eq 0 ]
	[[ $output == *"needs_file_of_module:OK"* ]]
	nothing_is_left
	echo "for no kernel" >"$work/tree/cordic.ko"
	leaking -a needs_file_of_module
	[ "$status" -eq 0 ]
	[[ $output == *"needs_file_of_module:SKIP"$'\n         '"(no module cordic.ko beside the program: it is built for another kernel)"* ]]
	rm "$work/tree/cordic.ko"
	leaking -a needs_file_of_module
	[[ $output == *"needs_file_of_module:SKIP"$'\n         '"(no module cordic.ko beside the program: the build did not make it, and has said why)"* ]]
}

@test "what a run that is killed has left, the next one removes" {
	mkdir -p "$work/tree"
	cat >"$work/tree/killed.sh" <<-'END'
		./fixtures --events /tmp/events -a wait_for_leak >/dev/null &
		runner=$!
		until grep -q test_begin /tmp/events 2>/dev/null; do sleep 0.1; done
		env -u TEST_LEAK_WAIT ./fixtures --no-audit -t leak_ -d leak_tc_default >/dev/null
		kill -KILL $runner
		wait $runner
		./fixtures --results --no-error-summary -a pass
	END
	cp "$fixtures" "$work/tree/fixtures"
	run timeout 300 "$VMTEST" --tree "$work/tree" --results "$work/results" -- \
		env TEST_LEAK=1 TEST_LEAK_WAIT=/tmp/go sh -c 'sh killed.sh; status=$?
			ls -A /sys/fs/bpf; cat /sys/kernel/tracing/dynamic_events
			grep ^cordic /proc/modules; ls -d /sys/fs/cgroup/leaked* 2>/dev/null
			tc qdisc show dev lo | grep -v noqueue; ip -o link | grep -v "^1: lo:"
			ip link show lo | grep xdp; grep -v "^0$" /proc/sys/kernel/bpf_stats_enabled
			exit $status' </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	cp "$work/results/fixtures/report.json" "$work/report.json"
	[[ $output == *"A run was killed here (process "*"). It has left:"* ]]
	for kind in "${all_kinds[@]}"; do
		# The interface disappears with its module, which the run that made it loads and
		# unloads.
		[ "${kind%%:*}" != leak_interface ] || continue
		jq -e --arg what "${kind#*:}" 'any(.audit.killed_runs[0].left[];
			(.what | test($what)) and .removed)' "$work/report.json"
	done
	jq -e 'all(.audit.killed_runs[0].left[]; .removed)' "$work/report.json"
	nothing_is_left
}

@test "modules that the kernel loads on demand stay, with their interfaces and what comes with them" {
	mkdir -p "$work/tree"
	cat >"$work/tree/demand.sh" <<-'END'
		./fixtures --results --events /tmp/events -a wait_for_leak &
		runner=$!
		until grep -qs test_begin /tmp/events; do sleep 0.1; done
		ip link add tunnel0 type ipip remote 127.0.0.1 && ip link del tunnel0
		# Loads mpls_gso as well.
		ip route add 10.9.9.9/32 encap mpls 100 via 127.0.0.1 dev lo
		ip route del 10.9.9.9/32
		: >/tmp/go
		wait $runner || exit
		grep -c '^mpls_gso ' /proc/modules && ip -o link show tunl0
	END
	cp "$fixtures" "$work/tree/fixtures"
	run timeout 300 "$VMTEST" --tree "$work/tree" --results "$work/results" -- \
		env TEST_LEAK=1 TEST_LEAK_WAIT=/tmp/go sh demand.sh </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"wait_for_leak:OK"* ]]
	[[ $output != *"Left on the machine"* ]]
}

@test "two runs at once in a guest: what the other one has is not charged, and stays" {
	mkdir -p "$work/tree"
	cat >"$work/tree/two.sh" <<-'END'
		waiting() { until grep -qs test_begin "$1"; do sleep 0.1; done; }
		./fixtures --results --events /tmp/first -a wait_for_leak &
		first=$!
		waiting /tmp/first
		env -u TEST_LEAK_WAIT ./fixtures --events /tmp/second -a hold_pin &
		second=$!
		until [ -e /sys/fs/bpf/held_pin ]; do sleep 0.1; done
		: >/tmp/go
		wait $first || exit
		wait $second
	END
	cp "$fixtures" "$work/tree/fixtures"
	run timeout 300 "$VMTEST" --tree "$work/tree" --results "$work/results" -- \
		env TEST_LEAK=1 TEST_HOLD_MS=15000 TEST_LEAK_WAIT=/tmp/go sh two.sh </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"wait_for_leak:OK"*"hold_pin:OK"* ]]
	[[ $output == *"Left on the machine: "*"pin /sys/fs/bpf/held_pin: BPF map "* ]]
}
