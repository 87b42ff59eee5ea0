#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# --coverage and --conformance: what tests are seen to use of BPF (check/mutated/, as root), and the
# reports of it, from events that are written here.

bats_require_minimum_version 1.5.0

setup() {
	fixtures=${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}
	mutated=$(realpath "${MUTATED:-$BATS_TEST_DIRNAME/../build/mutated}")
	export TMPDIR=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	unset VMTEST RESULTS TEST_JOURNAL
	cd "$BATS_TEST_TMPDIR" || return 1
}

# use TEST OPTION...: run a test that loads a program; $used has what it has used, a name in each line
use() {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	"$mutated" -a sees_all >/dev/null 2>&1 || skip "no BPF here"
	run timeout 60 "$mutated" -a "$@" --events events </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	used=$(jq -r 'select(.event == "features") | .features[]' events)
	echo "$used"
}

has() {
	grep -qx "$1" <<<"$used"
}

# begin RELEASE: print the first event of a run, which has this kernel
begin() {
	echo '{"event":"run_begin","time_us":0,"version":1,"started":"2026-11-27T06:00:00Z","pid":'"${1//./}"',"tests":3,"jobs":2,"run":{"release":"'"$1"'","program":"test_progs","options_off":["CONFIG_NETKIT"]}}'
}

# event NAME TEST [MEMBERS]
event() {
	echo '{"event":"'"$1"'","time_us":1,"test":"'"$2"'","number":1'"${3:+,$3}"'}'
}

# row NAME FILE: the columns of a row of a table in Markdown
row() {
	grep -F "| $1 |" "$2"
}

@test "a program that has run is seen: its type, its map with a flag, the commands" {
	use sees_all --coverage coverage.md
	has 'prog_type BPF_PROG_TYPE_SCHED_CLS'
	has 'map_type BPF_MAP_TYPE_ARRAY'
	has 'map_flag BPF_F_MMAPABLE'
	has 'cmd BPF_PROG_LOAD'
	has 'cmd BPF_PROG_TEST_RUN'
	run ! has 'prog_type BPF_PROG_TYPE_SOCKET_FILTER'
	[[ $(row BPF_PROG_TYPE_SCHED_CLS coverage.md) == '| BPF_PROG_TYPE_SCHED_CLS | 4.1 | sees_all |' ]]
}

@test "a program that is only loaded does not count" {
	use counts_maps_only --conformance=conformance.json
	has 'cmd BPF_PROG_LOAD'
	has 'cmd BPF_OBJ_GET_INFO_BY_FD'
	run ! has 'prog_type .*'
}

@test "what a subtest uses is told with the subtest" {
	use sees_all_in_one_of_two --coverage coverage.md
	[ "$(jq -c 'select(.event == "features" and .subtest == "all").features | index("cmd BPF_PROG_TEST_RUN") != null' events)" = true ]
	[ "$(jq -s 'map(select(.event == "features")) | length' events)" -eq 2 ]
}

@test "without the options nothing is noted" {
	use sees_all
	[ -z "$used" ]
	run "$fixtures" coverage events
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == *"no features in the events: run the tests with --coverage"* ]]
}

@test "works, absent, broken, not tested: each with its reason" {
	{
		begin 6.6.1
		event test_begin perf_buffer
		event features perf_buffer '"features":["map_type BPF_MAP_TYPE_PERF_EVENT_ARRAY","kfunc of_a_newer_program"]'
		event test_end perf_buffer '"result":"PASS"'
		event test_begin ringbuf
		event features ringbuf '"features":["cmd BPF_MAP_CREATE"]'
		event test_end ringbuf '"result":"FAIL"'
		event test_begin bloom_filter_map
		event test_end bloom_filter_map '"result":"SKIP","reason":"no bloom today"'
	} >events
	"$fixtures" report events --conformance=states.json --conformance=states.md
	"$fixtures" report events --conformance=states.json
	state() {
		jq -r --arg name "$1" '.[] | select(.name == $name) | .kernels[] | "\(.state): \(.tests // .reason)"' states.json
	}
	[ "$(state BPF_MAP_TYPE_PERF_EVENT_ARRAY)" = 'works: perf_buffer' ]
	[ "$(state BPF_MAP_TYPE_RINGBUF)" = 'broken: ringbuf failed' ]
	[ "$(state BPF_MAP_TYPE_BLOOM_FILTER)" = 'not tested: bloom_filter_map: no bloom today' ]
	[ "$(state BPF_MAP_TYPE_ARENA)" = 'absent: since Linux 6.9' ]
	[ "$(state BPF_LINK_TYPE_NETKIT)" = 'absent: since Linux 6.7' ]
	[ "$(state BPF_MAP_TYPE_QUEUE)" = 'not tested: queue_stack_map did not run' ]
	[ "$(state BPF_PROG_TYPE_LIRC_MODE2)" = 'not tested: no test uses it' ]
	[ "$(state BPF_MAP_TYPE_UNSPEC)" = 'placeholder: ' ]
	run "$fixtures" report events --conformance
	echo "$output"
	[[ $output == *"BPF on Linux 6.6.1"*"  broken      BPF_MAP_TYPE_RINGBUF "*" ringbuf failed"* ]]
	[[ $output == *"  works       BPF_MAP_TYPE_PERF_EVENT_ARRAY"* ]]
}

@test "an option that the kernel was built without is a reason to be absent" {
	{
		begin 7.0.1
		event features t '"features":["cmd BPF_MAP_CREATE"]'
	} >events
	"$fixtures" report events --conformance=states.md
	[ "$(row BPF_LINK_TYPE_NETKIT states.md)" = '| BPF_LINK_TYPE_NETKIT | 6.7 | *absent: needs CONFIG_NETKIT* |' ]
}

@test "what a failed subtest has used does not count, what a passed one has used does" {
	{
		begin 7.0.1
		event test_begin t
		event subtest_begin t '"subtest":"good","subtest_number":1'
		event features t '"subtest":"good","subtest_number":1,"features":["helper bpf_loop"]'
		event subtest_end t '"subtest":"good","subtest_number":1,"result":"PASS"'
		event subtest_begin t '"subtest":"bad","subtest_number":2'
		event features t '"subtest":"bad","subtest_number":2,"features":["helper bpf_strncmp"]'
		event subtest_end t '"subtest":"bad","subtest_number":2,"result":"FAIL"'
		event test_end t '"result":"FAIL"'
	} >events
	"$fixtures" coverage events >coverage.md
	[ "$(row bpf_loop coverage.md)" = '| bpf_loop | 5.17 | t |' ]
	[[ $(row bpf_strncmp coverage.md) == *'*'* ]]
	grep -q '^| Helpers | 1 | ' coverage.md
	"$fixtures" coverage events --coverage=list.tsv
	[ "$(grep -v '^#' list.tsv)" = $'helper\tbpf_loop\tt' ]
}

@test "kernels stand side by side" {
	begin 6.1.9 >old
	event features t '"features":["helper bpf_loop"]' >>old
	event test_end t '"result":"PASS"' >>old
	begin 7.0.1 >new
	event features t '"features":["helper bpf_strncmp"]' >>new
	event test_end t '"result":"PASS"' >>new
	"$fixtures" report old new --conformance=kernels.md
	grep -qx '| Name | Since | 6.1.9 | 7.0.1 |' kernels.md
	[[ $(row bpf_loop kernels.md) == '| bpf_loop | 5.17 | works | *not tested: '* ]]
	[[ $(row bpf_strncmp kernels.md) == '| bpf_strncmp | 5.17 | *not tested: '*' | works |' ]]
}
