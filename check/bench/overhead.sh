#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a test costs besides itself: 500 empty ones, each with all parts of isolation, one by one
# and one for each CPU; the median of the runs. KERNEL_TEST_PROGS=PATH names a test_progs of the
# kernel's tree to compare with: its ns_ tests, which unshare a network namespace, run in turn with
# ours, and their time is that of all of them divided by their number, so it includes what they do.
#
# Then, if a report is given: how close a run came to the shortest that there could be, which is
# the longest test or the work divided by the CPUs of all VMs, whichever is more.
#
# usage: overhead.sh EMPTY_TESTS [REPORT.json]	as root

set -u
empty=$1
report=${2-}
runs=${RUNS:-5}

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

# each COUNT COMMAND...: milliseconds for each of COUNT tests
each() {
	local count=$1 start
	shift
	start=$(now_ms)
	"$@" >/dev/null 2>&1 || echo "overhead.sh: exit status $? of $*" >&2
	awk -v ms=$(($(now_ms) - start)) -v count="$count" 'BEGIN { printf "%.2f\n", ms / count }'
}

median() {
	sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

count=$("$empty" -c)
one=() all=() kernel=()
kernel_count=0
if [ -n "${KERNEL_TEST_PROGS:-}" ]; then
	kernel_count=$("$KERNEL_TEST_PROGS" -t ns_ -c)
fi
for _ in $(seq "$runs"); do
	one+=("$(each "$count" "$empty")")
	all+=("$(each "$count" "$empty" -j)")
	if [ "$kernel_count" -gt 0 ]; then
		kernel+=("$(cd "$(dirname "$KERNEL_TEST_PROGS")" &&
			each "$kernel_count" "$KERNEL_TEST_PROGS" -t ns_)")
	fi
done
printf 'a test, one by one:          %s ms\n' "$(printf '%s\n' "${one[@]}" | median)"
printf 'a test, one for each CPU:    %s ms\n' "$(printf '%s\n' "${all[@]}" | median)"
if [ "$kernel_count" -gt 0 ]; then
	printf 'an ns_ test of the kernel:   %s ms\n' "$(printf '%s\n' "${kernel[@]}" | median)"
fi
# A serial test has a machine for itself.
serial=$(sed -nE 's/^void serial_test_([a-z0-9_]+)\(void\)$/\1/p' prog_tests/*.c | jq -R . | jq -cs .)
[ -z "$report" ] || jq -r --argjson cpus "$(nproc)" --argjson serial "$serial" '
	[.results[] | select(.result != "NOTRUN") |
		{ ms: .duration_ms, is_serial: (.name as $name | $serial | index([$name]) != null) }] as $tests |
	(.run.machines // 1) as $machines | (.run.cpus // $cpus) as $each |
	([$tests[] | select(.is_serial | not) | .ms] | add / ($machines * $each)) as $together |
	([$tests[] | select(.is_serial) | .ms] | (add // 0) / $machines) as $alone |
	([([$tests[].ms] | max), $together + $alone] | max) as $ideal |
	"makespan over the ideal:     \(.duration_ms / $ideal * 100 | round / 100) (\(.duration_ms) ms, ideal \($ideal | round) ms)"
	' "$report"
