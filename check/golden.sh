#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the fixtures with the command after `$` in each transcript in check/golden/. Compare their
# output, exit status and JSON report with the rest of the transcript. Prints TAP. --update rewrites
# the transcripts: read the difference before you commit it.
#
# usage: golden.sh [--update] [NAME...]

set -u
cd "$(dirname "$0")/.." || exit 1
fixtures=${FIXTURES:-build/fixtures}
update=
if [ "${1-}" = --update ]; then
	update=yes
	shift
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# Neither use nor change the user's history of earlier runs.
export XDG_STATE_HOME=$work/state

# Replace or remove everything that differs between runs or machines: process ids, addresses, kernel
# stacks, durations, frames in libraries, the run's header. Programs built by clang have names of
# source files with the folder in which they were compiled.
normalize() {
	sed -E \
		-e '/^Kernel [^ ]+ [^ ]+, [0-9]+ CPU/d; /^(Kernel|Config|Booted|Machine|Suite|Command): /d; /^Kernel log: cannot be read/d' \
		-e "s|( at )$PWD/|\1|g" -e "s|^      $fixtures |      fixtures |" \
		-e 's/process [0-9]+/process PID/g; s/thread [0-9]+/thread TID/g' \
		-e 's/(has been running for) [0-9.]+ s/\1 T s/' \
		-e 's/\.(isra|part|constprop)\.[0-9]+//g' \
		-e 's/((test_hang_spinning|recurse) at [a-z/.]*):[0-9]+/\1:LINE/g' \
		-e 's/^(FAIL  (hang_spinning|crash_stack_overflow) .* at [a-z/.]*):[0-9]+/\1:LINE/' \
		-e 's/pc 0x[0-9a-f]+/pc 0xPC/g; s/address 0x7[0-9a-f]{8,}/address 0xSTACK/g' \
		-e 's/State:(\t|\\t)[A-Z] \([a-z ]*\)/State/g' \
		-e 's/(  waits in |\[<0>\] )[^\\]*(\\n|$)/\x01/g; s/\x01+\\n//g' \
		-e 's/  #[0-9]+ [^ ]* (in \/|at \.)[^\\]*(\\n|$)/\x01/g' \
		-e 's/  #[0-9]+ /  #N /g' \
		-e 's/\x01+([^\x01])/\1/g; /^\x01+$/d'
}

# transcript ARGUMENTS: run the fixtures, and print the transcript as it is now
transcript() {
	local status

	# Without /dev/null, lines of this machine's kernel log would appear in the log of a test
	# that hangs. Without --no-audit, objects of other programs would be reported after the
	# tests.
	# shellcheck disable=SC2086 # the words of that line are the arguments
	timeout 120 "$fixtures" $1 --kernel-log /dev/null --no-audit -J "$work/report.json" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	cat "$work/out" "$work/err" | normalize
	echo "[exit status $status]"
	if [ -s "$work/report.json" ]; then
		jq -S 'del(.run, .kernel_log) | del(.. | .duration_ms?)' "$work/report.json" | normalize
	fi
	rm -f "$work/report.json"
}

# skip_reason NAME: print why a transcript cannot match under sanitizers; the file $SKIPS lists them
skip_reason() {
	[ -z "${SKIPS-}" ] || sed -n "s/^golden $1  *# *//p" "$SKIPS"
}

count=0 failed=0
for file in check/golden/*.txt; do
	name=$(basename "$file" .txt)
	[ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
	count=$((count + 1))
	reason=$(skip_reason "$name")
	if [ -n "$reason" ]; then
		echo "ok $count golden $name # skip $reason"
		continue
	fi
	arguments=$(sed -n '2s/^\$ fixtures //p' "$file")
	{
		head -n 1 "$file"
		echo "\$ fixtures $arguments"
		transcript "$arguments"
	} >"$work/now"
	if [ -n "$update" ]; then
		cp "$work/now" "$file"
	fi
	if diff -u "$file" "$work/now" >"$work/diff"; then
		echo "ok $count golden $name"
	else
		failed=$((failed + 1))
		echo "not ok $count golden $name"
		head -n 60 "$work/diff" | sed 's/^/# /'
	fi
done
echo "1..$count"
[ $failed -eq 0 ] && [ $count -gt 0 ]
