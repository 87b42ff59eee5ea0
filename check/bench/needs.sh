#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What looking up the requirements of all tests costs a run, in milliseconds: reading the kernel's
# types and symbols once, and the probes after it. Prints the median of the runs.
#
# usage: needs.sh [TEST_PROGS [RUNS]]	as root; in a VM: ./vmtest -- check/bench/needs.sh

program=${1:-./test_progs}
runs=${2:-5}
i=0
while [ "$i" -lt "$runs" ]; do
	"$program" --debug --why '*' 2>&1 >/dev/null
	i=$((i + 1))
done | sed -nE 's/^debug: needs: .* read in ([0-9.]+) ms, probes in ([0-9.]+) ms$/\1 \2/p' | sort -n |
	awk '{ read[NR] = $1; probes[NR] = $2 }
	END {
		middle = int((NR + 1) / 2)
		if (!NR)
			exit 1
		printf "types and symbols: %.1f ms\nprobes: %.1f ms\n", read[middle], probes[middle]
	}'
