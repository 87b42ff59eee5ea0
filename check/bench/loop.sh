#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Measure what a developer waits for: from an edit of a test, or of a BPF program, to the verdict of
# its test in a VM; and the whole suite, in one VM and in as many as vmtest takes by itself, in turn.
# Edits are made in a copy of the tree.
#
# usage: ROUNDS=N loop.sh BUILD

set -eu
rounds=${ROUNDS:-5}
build=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -c --exclude=./.git --exclude=./build . | tar -x -C "$work"
mkdir "$work/build"
tar -c -C "$build" --exclude='./asan-*' --exclude=./fuzz --exclude=./results --exclude=./check-results . |
	tar -x -C "$work/build"

# seconds COMMAND...: the time that a command takes; its output only if it fails
seconds() {
	local start
	start=$(date +%s%N)
	"$@" >"$work/output" 2>&1 </dev/null || { cat "$work/output" >&2; return 1; }
	awk -v ns=$(($(date +%s%N) - start)) 'BEGIN { printf "%.2f\n", ns / 1e9 }'
}

median() {
	sort -n "$1" | sed -n "$(((rounds + 1) / 2))p"
}

verdict() {
	make -s -C "$work" -j"$(nproc)" O=build && "$work/build/vmtest" -- ./test_progs -t ringbuf
}

suite() {
	"$work/build/vmtest" "$@" -- ./test_progs -j
}

# Not counted: they fill the cache and write the histories.
verdict >/dev/null 2>&1 </dev/null
suite --vms 1 >/dev/null 2>&1 </dev/null
suite >/dev/null 2>&1 </dev/null
for ((round = 0; round < rounds; round++)); do
	seconds suite --vms 1 >>"$work/one"
	seconds suite >>"$work/several"
	echo "/* $round */" >>"$work/prog_tests/ringbuf.c"
	seconds verdict >>"$work/test"
	echo "/* $round */" >>"$work/progs/ringbuf.c"
	seconds verdict >>"$work/program"
done
echo "median of $rounds runs"
printf 'a test edited: its verdict         %6s s\n' "$(median "$work/test")"
printf 'a BPF program edited: its verdict  %6s s\n' "$(median "$work/program")"
one=$(median "$work/one") several=$(median "$work/several")
printf 'the suite in one VM                %6s s\n' "$one"
printf 'the suite in several VMs           %6s s  ratio %s\n' "$several" \
	"$(awk "BEGIN { printf \"%.2f\", $several / $one }")"
