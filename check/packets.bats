#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of -m: tcpdump reads the packets that the fixtures in check/fixtures/traffic.c have sent.
# They need root for network namespaces, but no VM and no BPF.

setup() {
	fixtures=${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}
	work=$BATS_TEST_TMPDIR
	packets=$work/results/packets
	export XDG_STATE_HOME=$work/state
	unshare -nm true 2>/dev/null || skip "no network or mount namespaces"
}

# expect STATUS WORD...: run the fixtures with a results folder, and compare the exit status; sets
# $output
expect() {
	local status_expected=$1
	shift
	run timeout 60 "$fixtures" --results="$work/results" "$@" </dev/null
	echo "$output"
	[ "$status" -eq "$status_expected" ]
}

# sent FILE PORT [in|outbound]: print how many of the packets that the fixture numbers are in a file
sent() {
	tcpdump -nAr "$packets/$1" "udp dst port $2 and ${3:-outbound}" 2>/dev/null |
		grep -aoE "$2-[0-9]+" | sort -u | wc -l
}

@test "all packets, in the own network namespace and in a second one, in both directions" {
	expect 0 -a traffic -m traffic
	[[ $output == *"Packets: $packets/"* ]]
	for direction in inbound outbound; do
		[ "$(sent traffic.own.pcapng 7000 $direction)" -eq 500 ]
		[ "$(sent traffic.own.pcapng 7001 $direction)" -eq 1 ]
		[ "$(sent traffic.own.pcapng 8000 $direction)" -eq 0 ]
		[ "$(sent traffic.other.pcapng 8000 $direction)" -eq 500 ]
		[ "$(sent traffic.other.pcapng 7000 $direction)" -eq 0 ]
	done
	[ "$(echo "$packets"/*)" = "$packets/traffic.other.pcapng $packets/traffic.own.pcapng" ]
}

@test "all packets, though nobody has looked before the namespace is let go" {
	expect 0 -a traffic_at_once -m '*'
	[ "$(sent traffic_at_once.other.pcapng 8000)" -eq 500 ]
}

@test "all packets of a test that crashes, of one that is killed, of what one leaves behind" {
	expect 1 -a traffic_then_die,traffic_then_wait,traffic_of_orphan -j3 -m '*' -w 1
	[ "$(sent traffic_then_die.other.pcapng 8000)" -eq 500 ]
	[ "$(sent traffic_then_wait.own.pcapng 7000)" -eq 500 ]
	[ "$(sent traffic_of_orphan.own.pcapng 7000)" -eq 500 ]
	[[ $output == *"packets: 2000 in $packets/traffic_then_die.other.pcapng"* ]]
	[[ $output == *"packets: 2000 in $packets/traffic_then_wait.own.pcapng"* ]]
}

@test "all packets, again and again, with more tests than CPUs" {
	for _ in 1 2 3 4 5; do
		expect 1 -a traffic,traffic_of_unshare,traffic_then_die,traffic_own_tmp,traffic_of_orphan \
			-j8 -m '*'
		[ "$(sent traffic.own.pcapng 7000)" -eq 500 ]
		[ "$(sent traffic.other.pcapng 8000)" -eq 500 ]
		[ "$(sent traffic_of_unshare.by_hand.pcapng 8000)" -eq 500 ]
		[ "$(sent traffic_then_die.other.pcapng 8000)" -eq 500 ]
		[ "$(sent traffic_own_tmp.own.pcapng 7000)" -eq 500 ]
		[ "$(sent traffic_of_orphan.own.pcapng 7000)" -eq 500 ]
	done
}

@test "each subtest has files of its own" {
	expect 0 -a traffic_by_part -m traffic_by_part
	[ "$(sent traffic_by_part.own.pcapng 7000)" -eq 3 ]
	[ "$(sent traffic_by_part.1-first.own.pcapng 7001)" -eq 5 ]
	[ "$(sent traffic_by_part.2-second_one.own.pcapng 7002)" -eq 7 ]
	[ "$(sent traffic_by_part.own.2.pcapng 7000)" -eq 2 ]
	for file in "$packets"/*; do
		[ "$(tcpdump -nr "$file" "udp and outbound" 2>/dev/null | awk '{ print $NF, $7 }' |
			cut -d: -f1 | cut -d. -f5 | sort -u | wc -l)" -eq 1 ]
	done
}

@test "-m TEST/SUBTEST captures in that subtest only" {
	expect 0 -a traffic_by_part -m 'traffic_by_part/second*'
	[ "$(ls "$packets")" = traffic_by_part.2-second_one.own.pcapng ]
	[ "$(sent traffic_by_part.2-second_one.own.pcapng 7002)" -eq 7 ]
	[ "$(tcpdump -nr "$packets"/*.pcapng "udp and outbound" 2>/dev/null | wc -l)" -eq 7 ]
}

@test "without -m, and for tests that it does not name, nothing is captured" {
	expect 0 -a traffic
	[ ! -e "$packets" ]
	expect 0 -a traffic,traffic_none -m traffic_none -v
	[[ $output == *"packets: none"* ]]
	[ -z "$(ls "$packets")" ]
}

@test "a failed test's log names its file; so do report and events" {
	file=$packets/traffic_red.1-red.own.pcapng
	expect 1 -a traffic_red -m '*'
	[[ $output == *"packets: 4 in $file"*"traffic_red/red:FAIL"* ]]
	[ "$(jq -c '.results[0].subtests[0].captures' "$work/results/report.json")" = \
		"[{\"file\":\"$file\",\"packets\":4,\"lost\":0}]" ]
	[ "$(jq -r 'select(.event == "subtest_end").captures[].file' \
		"$work/results/events.jsonl")" = "$file" ]
}

@test "-m that matches nothing: exit status 2, with its name" {
	expect 2 -a traffic -m nosuch
	[[ $output == *"error: 'nosuch' matches no test (-l lists them)"* ]]
	expect 2 -a traffic_by_part -m traffic_by_part/first,traffic_by_part/nosuch
	[[ $output == *"error: 'traffic_by_part/nosuch' matches no subtest"* ]]
	# The subtests of a test that is not run are unknown, so this is no error.
	expect 0 -a traffic_none -m traffic_by_part/nosuch
}

@test "interfaces that come and go are captured, with their names" {
	expect 0 -a traffic_of_veth -m '*'
	[ "$(tcpdump -nr "$packets/traffic_of_veth.1-up.own.pcapng" "udp dst port 7003 and outbound" \
		2>/dev/null | wc -l)" -eq 3 ]
	for name in left right; do
		grep -qa "$name" "$packets/traffic_of_veth.1-up.own.pcapng"
	done
}

@test "a namespace that a test lets go is not held" {
	expect 0 -a traffic_let_go -m '*'
}

@test "a file is of bounded size, and what it does not have is counted" {
	expect 0 -a traffic_too_many -m '*'
	file=$packets/traffic_too_many.own.pcapng
	[ "$(stat -c %s "$file")" -le $((16 << 20)) ]
	[ "$(jq '.results[0].captures[0] | .packets + .lost' "$work/results/report.json")" -eq 4000 ]
	[ "$(tcpdump -nr "$file" 2>/dev/null | wc -l)" -eq \
		"$(jq '.results[0].captures[0].packets' "$work/results/report.json")" ]
	# Packets that are larger than a slot of the kernel's ring are complete.
	[ "$(tcpdump -nr "$file" 'greater 60000' 2>/dev/null | wc -l)" -gt 100 ]
	grep -qE '^packets: [0-9]+ in .*, [0-9]+ behind 16 MiB not kept' \
		"$work/results/logs/traffic_too_many.log"
}

@test "without a results folder, one that is printed, also with a /tmp of the test's own" {
	run env TMPDIR=/tmp timeout 60 "$fixtures" -a traffic_own_tmp -m '*'
	[ "$status" -eq 0 ]
	folder=$(sed -n 's|^Packets: \(.*\)/$|\1|p' <<<"$output")
	mkdir -p "$packets"
	mv "$folder"/* "$packets"
	rmdir "$folder"
	[ "$(sent traffic_own_tmp.own.pcapng 7000)" -eq 500 ]
	mkdir "$work/tmp"
	TMPDIR=$work/tmp run timeout 60 "$fixtures" -a traffic_none -m '*'
	[[ $output == *"Packets: $work/tmp/test_progs-packets."* ]]
	# No empty folder is left.
	[ -z "$(ls "$work/tmp")" ]
}

@test "files of an earlier run go, others stay" {
	expect 0 -a traffic -m '*'
	touch "$packets/mine" "$packets/mine.own.pcapng"
	expect 0 -a traffic_own_tmp -m '*'
	[ "$(ls "$packets")" = $'mine\nmine.own.pcapng\ntraffic_own_tmp.own.pcapng' ]
}

@test "a full disk costs packets, no result: exit status 3, and the file can be read" {
	mkdir "$work/small"
	# shellcheck disable=SC2016 # the inner shell expands
	run unshare -m sh -c 'mount -t tmpfs -o size=64k none "$1/small" &&
		TMPDIR=$1/small "$2" -a traffic -m "*" -v
		status=$?; cp -r "$1/small" "$1/kept"; exit $status' sh "$work" "$fixtures"
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == *"traffic:OK"* ]]
	[[ $output == *"some of the network namespace 'own' are missing: ENOSPC (No space left on device"* ]]
	for file in "$work"/kept/*/*.pcapng; do
		tcpdump -nr "$file" >"$work/read" 2>&1
		tail -n 2 "$work/read"
		[ "$(stat -c %s "$file")" -gt 0 ]
	done
}

@test "the runner is killed: what was written can be read" {
	"$fixtures" -a traffic_then_wait -m '*' --results="$work/results" >/dev/null 2>&1 </dev/null &
	pid=$!
	timeout 30 bash -c "until [ -s '$packets/traffic_then_wait.own.pcapng' ]; do sleep 0.05; done"
	kill -KILL $pid
	wait $pid || true
	run tcpdump -nr "$packets/traffic_then_wait.own.pcapng"
	[ "$status" -eq 0 ]
}

@test "without the privilege: exit status 3, and it says what is missing" {
	command -v setpriv >/dev/null || skip "no setpriv"
	run setpriv --bounding-set -net_raw "$fixtures" -a traffic -m '*'
	[ "$status" -eq 3 ]
	[[ $output == *"cannot capture packets (-m): EPERM (Operation not permitted); it needs root, or CAP_NET_RAW"* ]]
}
