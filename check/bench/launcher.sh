#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Measure what vmtest costs around a command that takes no time: from the call until the disks are
# ready, until the guest is up, and until vmtest has ended. With another vmtest the two alternate,
# so that a change of the machine's speed hits both; the last column is the ratio of the medians.
#
# usage: ROUNDS=N launcher.sh TREE VMTEST [OTHER_VMTEST]
#	TREE is shown to the guest, and a file of a copy of it is edited

set -eu
rounds=${ROUNDS:-5}
tree=$(realpath "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/edited"
tar -c -C "$tree" --exclude=./.git --exclude='*.o' --exclude='*.a' --exclude=./build/asan-* . |
	tar -x -C "$work/edited"

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

# run_once NAME VMTEST TREE: add a line to the files NAME.disks, NAME.up and NAME.end
run_once() {
	local start line
	start=$(now_ms)
	"$2" --tree "$3" -- true 2>&1 </dev/null | while IFS= read -r line; do
		case $line in
		*"] booting "* | *"] restoring "*) echo $(($(now_ms) - start)) >>"$work/$1.disks" ;;
		*"] guest is up"*) echo $(($(now_ms) - start)) >>"$work/$1.up" ;;
		esac
	done
	echo $(($(now_ms) - start)) >>"$work/$1.end"
}

median() {
	sort -n "$work/$1" | sed -n "$(((rounds + 1) / 2))p"
}

# compare TITLE NAME STEP
compare() {
	local mine other
	mine=$(median "$2.0.$3")
	printf '%-34s %6d ms' "$1" "$mine"
	if [ -e "$work/$2.1.$3" ]; then
		other=$(median "$2.1.$3")
		printf '  other %6d ms  ratio %s' "$other" \
			"$(awk "BEGIN { printf \"%.2f\", $mine / $other }")"
	fi
	echo
}

for ((round = 0; round < rounds; round++)); do
	i=0
	for vmtest in "$@"; do
		# Not counted: it fills the cache.
		for folder in "$tree" "$work/edited"; do
			"$vmtest" --tree "$folder" -- true >/dev/null 2>&1 </dev/null
		done
		run_once "same.$i" "$vmtest" "$tree"
		echo "$round" >"$work/edited/edit"
		# An edit is followed by a build, which takes longer than this.
		sleep 0.1
		run_once "edit.$i" "$vmtest" "$work/edited"
		i=$((i + 1))
	done
done
echo "vmtest -- true, median of $rounds runs"
compare "nothing changed: disks ready" same disks
compare "nothing changed: guest is up" same up
compare "nothing changed: all" same end
compare "a file edited: disks ready" edit disks
compare "a file edited: guest is up" edit up
