#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of --gdb, --strace, --keep, and of the log of a test that hangs. They use the fixtures,
# without a VM. Tests that need root or a tool are skipped without it.

setup() {
	fixtures=${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}
	work=$BATS_TEST_TMPDIR
	export XDG_STATE_HOME=$work/state TMPDIR=$work
	# Do not use the user's own gdb settings.
	export HOME=$work
	unset DEBUGINFOD_URLS
}

teardown() {
	# End the processes that a test that failed half-way has left.
	if [ -s "$work/pid" ]; then
		kill -KILL "$(cat "$work/pid")" 2>/dev/null || true
	fi
	if [ -s "$work/kept" ]; then
		kill "$(cat "$work/kept")" 2>/dev/null || true
	fi
}

# expect STATUS WORD...: run the fixtures, and compare the exit status; sets $output
expect() {
	local status_expected=$1
	shift
	run timeout 60 "$fixtures" "$@" </dev/null
	echo "$output"
	[ "$status" -eq "$status_expected" ]
}

# in_gdb STATUS COMMANDS WORD...: the same, with COMMANDS typed at gdb's prompt
in_gdb() {
	local status_expected=$1 commands=$2
	shift 2
	# shellcheck disable=SC2016 # the inner shell expands
	run bash -c 'printf "$1" | timeout 60 "${@:2}"' sh "$commands" "$fixtures" "$@"
	echo "$output"
	[ "$status" -eq "$status_expected" ]
}

needs() {
	command -v "$1" >/dev/null || skip "no $1"
}

needs_isolation() {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	unshare -mn true || skip "no namespaces here"
	needs nsenter
}

lives() {
	[ -e "/proc/$1/stat" ] && [ "$(awk '{ print $3 }' "/proc/$1/stat")" != Z ]
}

until_gone() {
	# shellcheck disable=SC2016 # the inner shell expands
	timeout 20 bash -c 'while [ -e "/proc/$1/stat" ] &&
		[ "$(awk "{ print \$3 }" "/proc/$1/stat")" != Z ]; do sleep 0.05; done' sh "$1"
}

# keep_traces WORD...: run the fixture that leaves traces with --keep. The pid of the process that
# holds its namespaces is in $keeper and $work/kept.
keep_traces() {
	TEST_TRACES=fail run timeout 60 "$fixtures" --keep "$@" </dev/null
	echo "$output"
	[ "$status" -eq 1 ]
	keeper=$(sed -n 's/^    remove: kill //p' <<<"$output")
	echo "$keeper" >"$work/kept"
	enter=$(sed -n 's/^    enter:  //p' <<<"$output")
	cgroup=$(sed -n 's/^    cgroup: //p' <<<"$output")
	lives "$keeper"
}

@test "--gdb stops where the test begins, and its result comes at the end" {
	needs gdb
	in_gdb 0 'backtrace 1\ncontinue\n' --gdb pass
	[[ $output == *"Temporary breakpoint 1, test_pass ()"* ]]
	[[ $output == *"#0  test_pass ()"*"exited normally"*"pass:OK"*"Summary: 1/0 PASSED"* ]]
}

@test "--gdb: a serial test, and one subtest of a test" {
	needs gdb
	in_gdb 0 'continue\n' --gdb alone
	[[ $output == *"Temporary breakpoint 1, serial_test_alone ()"*"alone:OK"* ]]
	in_gdb 0 'continue\n' --gdb subtests_pass/step_2
	[[ $output == *"Temporary breakpoint 1, test_subtests_pass ()"* ]]
	[[ $output == *"subtests_pass/step_2:OK"*"Summary: 1/1 PASSED"* ]]
}

@test "--gdb: no deadline ends a test at the prompt" {
	needs gdb
	in_gdb 0 'shell sleep 3\ncontinue\n' -w 1 --gdb pass
	[[ $output == *"pass:OK"* ]]
}

@test "--gdb: a crash stops in gdb, a test that is killed there fails" {
	needs gdb
	in_gdb 1 'continue\nbacktrace 1\nkill\n' --gdb crash_segv
	[[ $output == *"received signal SIGSEGV"*"#0 "*"test_crash_segv ()"* ]]
	[[ $output == *"crash_segv:FAIL"$'\n         '"(killed: SIGKILL, and not by the runner)"* ]]
}

@test "--gdb: the test goes on when gdb leaves" {
	needs gdb
	in_gdb 1 'detach\nquit\n' --gdb fail
	[[ $output == *"fail:FAIL"*"Summary: 0/0 PASSED, 0 SKIPPED, 1/0 FAILED"* ]]
}

@test "--gdb: ^C is gdb's, and not the runner's" {
	needs gdb
	mkfifo "$work/typed"
	setsid "$fixtures" --gdb hang_asleep >"$work/out" 2>&1 <"$work/typed" 3>&- &
	pid=$!
	echo $pid >"$work/pid"
	exec 9>"$work/typed"
	echo continue >&9
	timeout 30 bash -c "until grep -q 'going to sleep' '$work/out'; do sleep 0.05; done"
	kill -INT -- "-$pid"
	timeout 30 bash -c "until grep -q 'received signal SIGINT' '$work/out'; do sleep 0.05; done"
	printf 'kill\n' >&9
	exec 9>&-
	status=0
	wait $pid || status=$?
	cat "$work/out"
	[ "$status" -eq 1 ]
	grep -A 1 hang_asleep:FAIL "$work/out" | grep -q '(killed: SIGKILL'
}

@test "--gdb: with all parts of the test's isolation" {
	needs gdb
	needs_isolation
	commands='python print("own network:", __import__("os").readlink("/proc/%%d/ns/net" %%'
	commands+=' gdb.selected_inferior().pid) != __import__("os").readlink("/proc/self/ns/net"))\n'
	TEST_TRACES=pass in_gdb 0 "${commands}continue\n" --gdb traces_left
	[[ $output == *"own network: True"*"traces_left:OK"* ]]
}

@test "--gdb: a process of gdb that outlives it is not charged to the test" {
	needs gdb
	needs_isolation
	mkdir "$work/bin"
	cat >"$work/bin/gdb" <<-END
		#!/bin/sh
		sleep 300 >/dev/null 2>&1 &
		echo \$! >"$work/pid"
		exec $(command -v gdb) "\$@"
	END
	chmod +x "$work/bin/gdb"
	PATH=$work/bin:$PATH TEST_TRACES=pass in_gdb 0 'continue\n' --gdb traces_left
	[[ $output == *"traces_left:OK"* ]]
	kill -0 "$(cat "$work/pid")"
}

@test "--gdb: a killed runner takes gdb and the test with it" {
	needs gdb
	mkfifo "$work/typed"
	"$fixtures" --gdb hang_asleep >"$work/out" 2>&1 <"$work/typed" 3>&- &
	pid=$!
	echo $pid >"$work/pid"
	exec 9>"$work/typed"
	timeout 30 bash -c "until grep -q 'Temporary breakpoint 1, ' '$work/out'; do sleep 0.05; done"
	children=$(pgrep -P $pid)
	[ "$(wc -w <<<"$children")" -eq 2 ]
	kill -KILL $pid
	wait $pid || true
	for child in $children; do
		until_gone "$child"
	done
	exec 9>&-
}

@test "--strace: fork and threads are followed, and the file is named" {
	needs strace
	expect 1 --strace leave_daemon
	[[ $output == *"leave_daemon:FAIL"$'\n         '"(left behind: process "*" (fixture-daemon))"* ]]
	trace=$(sed -n 's/^strace: //p' <<<"$output")
	[[ $trace == "$work"/strace-leave_daemon-*.log ]]
	tail -n 1 "$trace" | grep -q ' +++$'
	[ "$(grep -oE '^[0-9]+ ' "$trace" | sort -u | wc -l)" -ge 2 ]
	expect 1 --strace crash_in_thread
	trace=$(sed -n 's/^strace: //p' <<<"$output")
	[ "$(grep -oE '^[0-9]+ ' "$trace" | sort -u | wc -l)" -ge 2 ]
}

@test "--strace: into the results folder" {
	needs strace
	expect 0 --strace pass --results="$work/results"
	[[ $output == *"strace: $work/results/strace.log"* ]]
	grep -q 'test_pass:PASS:truth' "$work/results/strace.log"
	expect 0 -a pass --results="$work/results"
	[ ! -e "$work/results/strace.log" ]
}

@test "--strace: results are those of a run without it" {
	needs strace
	for test in pass fail skip exit_3 crash_segv crash_in_child thread_fails long_subtests; do
		"$fixtures" -a $test -w 4 -J "$work/without" >/dev/null 2>&1 </dev/null || true
		"$fixtures" --strace $test -w 4 -J "$work/with" >/dev/null 2>&1 </dev/null || true
		for report in without with; do
			jq -c '.results[] | [.name, .result, .failed_assertions,
				(.subtests[] | [.name, .result])]' "$work/$report" >"$work/$report.short"
		done
		diff "$work/without.short" "$work/with.short"
	done
}

@test "--strace: a test that hangs ends at -w, with a complete trace" {
	needs strace
	expect 1 --strace hang_with_children -w 2
	[[ $output == *"hang_with_children:FAIL"$'\n         '"(timeout: killed after 2.0 s)"* ]]
	trace=$(sed -n 's/^strace: //p' <<<"$output")
	tail -n 1 "$trace" | grep -q '+++ killed by SIGKILL +++$'
	[ "$(grep -oE '^[0-9]+ ' "$trace" | sort -u | wc -l)" -eq 4 ]
}

@test "--strace: two runs at once do not share a file" {
	needs strace
	for i in 1 2; do
		"$fixtures" --strace half_second >"$work/out.$i" 2>&1 </dev/null &
	done
	wait
	[ "$(sed -n 's/^strace: //p' "$work"/out.[12] | sort -u | wc -l)" -eq 2 ]
	for trace in "$work"/strace-half_second-*; do
		tail -n 1 "$trace" | grep -q '+++ exited with 0 +++$'
	done
}

@test "--strace: a full disk costs the trace, and not the result" {
	needs strace
	[ "$(id -u)" -eq 0 ] || skip "not root"
	unshare -m true || skip "no namespaces here"
	mkdir "$work/small"
	# shellcheck disable=SC2016 # the inner shell expands
	run unshare -m sh -c 'mount -t tmpfs -o size=16k none "$1" && TMPDIR=$1 "$2" --strace pass_each_assertion' \
		sh "$work/small" "$fixtures"
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == *"pass_each_assertion:OK"* && $output == *"stops in the middle: the disk is full"* ]]
	[ "$(wc -l <<<"$output")" -lt 40 ]
	TMPDIR=$work/none expect 3 --strace pass
	[[ $output == *"cannot make the file '$work/none/strace-pass-"*"for strace: ENOENT (No such file"* ]]
}

@test "a tracer that does not get hold of the test: the test does not run, and fails" {
	mkdir "$work/bin"
	printf '#!/bin/sh\necho "may not" >&2\nexit 5\n' >"$work/bin/strace"
	chmod +x "$work/bin/strace"
	cp "$work/bin/strace" "$work/bin/gdb"
	PATH=$work/bin:$PATH expect 1 --strace pass
	[[ $output == *"may not"*"pass:FAIL"$'\n         '"(not traced: strace ended with status 5 before it had attached)"* ]]
	PATH=$work/bin:$PATH expect 1 --gdb pass
	[[ $output == *"pass:FAIL"$'\n         '"(not traced: gdb ended with status 5 before it had attached)"* ]]
}

@test "--gdb and --strace: what cannot be is said" {
	for tool in gdb strace; do
		PATH=$work run "$fixtures" --$tool pass
		[ "$status" -eq 3 ]
		[[ $output == *"--$tool needs $tool, which is not in \$PATH: install the package $tool"* ]]
		expect 2 --$tool nosuch
		[[ $output == *"error: 'nosuch' matches no test (-l lists them)"* ]]
		expect 64 --$tool 'hang*'
		[[ $output == *"--$tool runs one test alone, and 7 are selected: hang_asleep "*" ...: give"* ]]
		expect 64 --$tool ''
		[[ $output == *"--$tool takes the name of a test"* ]]
		expect 64 --$tool pass -t fail
		[[ $output == *"--$tool names the test that runs: leave out -t, -a and -n"* ]]
		expect 64 --$tool pass -l
		expect 2 --$tool pass -d pass
		[[ $output == *"--$tool: its test is denied"* ]]
	done
	expect 64 --gdb pass --strace pass
	[[ $output == *"give --gdb or --strace, once"* ]]
}

@test "--gdb and --strace: a test that does not run needs neither" {
	needs gdb
	needs strace
	for tool in gdb strace; do
		expect 0 --$tool needs_newer_kernel
		[[ $output == *"needs_newer_kernel:SKIP"* && $output != *"Temporary breakpoint"* ]]
		[[ $output != *"strace: "* ]]
	done
	[ -z "$(find "$work" -name 'strace-*')" ]
}

@test "--keep: what a failed test leaves can be entered with the line that is printed" {
	needs_isolation
	keep_traces -a traces_left,fail
	[[ $output == *"left behind, killed: process "* ]]
	[[ $output == *"  #"*" fail"*"nothing: it has no namespace and no cgroup of its own"* ]]
	[ "$($enter cat /tmp/trace_of_it)" = left ]
	[ "$($enter cat /proc/sys/net/ipv4/ip_default_ttl)" = 99 ]
	$enter test -e /sys/fs/bpf/trace_of_it
	[ ! -e /tmp/trace_of_it ]
	[ -z "$cgroup" ] || [ -d "$cgroup/made_by_test" ]
	# Only the keeper is in the cgroup.
	[ -z "$cgroup" ] || [ "$(cat "$cgroup/cgroup.procs" "$cgroup"/*/cgroup.procs)" = "$keeper" ]
}

@test "--keep: killing the process that is named removes it all" {
	needs_isolation
	keep_traces -a traces_left
	kill "$keeper"
	until_gone "$keeper"
	[ -z "$cgroup" ] || [ ! -e "${cgroup%/*}" ]
}

@test "--keep: the next start removes it all" {
	needs_isolation
	keep_traces -a traces_left
	[ -n "$cgroup" ] || skip "no cgroup2"
	TEST_TRACES=pass expect 0 --keep -a traces_left
	[[ $output != *"Kept"* ]]
	run lives "$keeper"
	[ "$status" -ne 0 ]
	[ ! -e "${cgroup%/*}" ]
}

@test "--keep: a killed runner leaves no more than the next start removes" {
	needs_isolation
	TEST_TRACES=fail "$fixtures" -j2 --keep -a hang_asleep,traces_left >"$work/out" 2>&1 </dev/null &
	pid=$!
	timeout 30 bash -c "until grep -q traces_left:FAIL '$work/out'; do sleep 0.05; done"
	keeper=$(pgrep -x -P $pid test_progs-kept)
	kill -KILL $pid
	wait $pid || true
	lives "$keeper"
	grep -q '^0::/.*test_progs' "/proc/$keeper/cgroup" || {
		kill "$keeper"
		skip "no cgroup2"
	}
	TEST_TRACES=pass expect 0 -a traces_left
	run lives "$keeper"
	[ "$status" -ne 0 ]
}

@test "--keep: nobody waits for the process that keeps" {
	needs_isolation
	# shellcheck disable=SC2016 # the inner shell expands
	run timeout 30 bash -c 'TEST_TRACES=fail "$1" --keep -a traces_left --results="$2" | cat' sh \
		"$fixtures" "$work/results"
	[ "$status" -eq 0 ]
	sed -n 's/^    remove: kill //p' <<<"$output" >"$work/kept"
	TEST_TRACES=pass expect 0 -a traces_left --results="$work/results"
}

@test "a test that hangs: its BPF objects, and the last lines of the kernel's log" {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	printf '6,1,1000000,-;before it began\n' >"$work/log"
	TEST_HOLDS=$work/log expect 1 --kernel-log "$work/log" -a waits_holding_bpf -w 2 --no-error-summary
	[[ $output == *"waits_holding_bpf:FAIL"$'\n         '"(timeout"* ]]
	[[ $output == *"line 6 of the test"*"line 25 of the test"* ]]
	[[ $output != *"before it began"* && $output != *"line 5 of the test"* ]]
	if [[ $output == *"FAIL:map"* || $output == *"FAIL:link"* ]]; then
		skip "no BPF here"
	fi
	[[ $output =~ "  map "[0-9]+" (hash) held_map, descriptor "[0-9]+" of process " ]]
	[[ $output =~ "  program "[0-9]+" (sk_lookup) held_program, descriptor " ]]
	[[ $output =~ "  link "[0-9]+" (netns) of program "[0-9]+" held_program, descriptor " ]]
}
