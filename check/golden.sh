#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the fixtures the way each transcript in check/golden/ says behind `$`, and compares
# what they print, their exit status and the JSON report with the rest of it. Prints TAP.
# With --update it writes the transcripts anew: read the difference before you commit it.
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
# No history of earlier runs, and none left behind.
export XDG_STATE_HOME=$work/state

# What differs from run to run and machine to machine: process ids, addresses, kernel stacks,
# durations, frames in libraries, what the run's header says. clang names source files with the
# folder they were compiled in.
normalize() {
	sed -E \
		-e '/^(Kernel|Config|Booted|Machine|Suite|Command): /d; /^Kernel log: cannot be read/d' \
		-e "s|( at )$PWD/|\1|g" \
		-e 's/process [0-9]+/process PID/g; s/thread [0-9]+/thread TID/g' \
		-e 's/(has been running for) [0-9.]+ s/\1 T s/' \
		-e 's/\.(isra|part|constprop)\.[0-9]+//g' \
		-e 's/((test_hang_spinning|recurse) at [a-z/.]*):[0-9]+/\1:LINE/g' \
		-e 's/pc 0x[0-9a-f]+/pc 0xPC/g; s/address 0x7[0-9a-f]{8,}/address 0xSTACK/g' \
		-e 's/State:(\t|\\t)[A-Z] \([a-z ]*\)/State/g' \
		-e 's/(  waits in |\[<0>\] )[^\\]*(\\n|$)/\x01/g; s/\x01+\\n//g' \
		-e 's/  #[0-9]+ [^ ]* (in \/|at \.)[^\\]*(\\n|$)/\x01/g' \
		-e 's/  #[0-9]+ /  #N /g' \
		-e 's/\x01+([^\x01])/\1/g; /^\x01+$/d'
}

# What follows that line in a transcript, as it is now.
transcript() {
	local status

	# What this machine's kernel logs meanwhile would be in the log of a test that hangs, and what
	# others make here would be said behind the tests.
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

# Under sanitizers some cannot hold: $SKIPS names them, see there.
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
