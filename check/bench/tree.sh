#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the tests of a kernel tree with the tree's own runner and with ours, in the same kind of VM, and
# print the tests whose results differ, the number of lost results, and the times. The test objects are
# the same files.
#
# usage: KERNEL=K tree.sh BUILD [OPTION...]	after `OWN_RUNNER=1 make tree`
#	OPTION is given to both runners, for example -t ringbuf

set -eu
build=$(realpath "$1")
shift
tree=$build/tree
[ -x "$tree/test_progs_own" ] || {
	echo "$tree/test_progs_own is missing: run OWN_RUNNER=1 make tree" >&2
	exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# guest NAME COMMAND: run a command in the folder of the tests; NAME.out and NAME.seconds are made
guest() {
	local start
	start=$(date +%s)
	"$build/vmtest" ${KERNEL:+-k "$KERNEL"} --tree "$tree" --timeout 0 --results "$work/$1" -- \
		sh -c "cd $tree && $2" >"$work/$1.out" 2>&1 </dev/null || true
	echo $(($(date +%s) - start)) >"$work/$1.seconds"
}

# results NAME: the tests in the output and their results
results() {
	sed -nE 's/^#[0-9]+ +([A-Za-z0-9_]+):(OK|FAIL|SKIP|CRASH|PANIC)\b.*/\1 \2/p' "$work/$1.out" | sort -u
}

guest own "./test_progs_own -j $*"
# Only our runner runs the other programs of a tree, and lists tests that are not built.
guest ours "./test_progs --results -j -d 'program_*' $*"
sed -nE '/:SKIP$/ { N; s/^#[0-9]+ +([A-Za-z0-9_]+):SKIP\n +\(not built\)$/\1/p }' "$work/ours.out" |
	sort -u >"$work/not-built"
"$tree/test_progs" --list "$@" 2>/dev/null | grep -v '^program_' | sort |
	comm -23 - "$work/not-built" >"$work/selected"
for name in own ours; do
	# Of a test that was run again, the last result counts, and a failure more than a pass.
	results $name | awk '{ if (!($1 in r) || $2 != "OK") r[$1] = $2 } END { for (t in r) print t, r[t] }' |
		sort >"$work/$name.results"
	join -a1 -e LOST -o 0,2.2 "$work/selected" "$work/$name.results" >"$work/$name.all"
done

echo "results of the tree's own runner and of ours: number of tests"
join "$work/own.all" "$work/ours.all" | awk '{ print $2, $3 }' | sort | uniq -c | sort -rn
echo
echo "tests whose results differ: name, own runner, ours, reason that ours gives"
report=$(find "$work/ours" -name report.json | head -n1)
join "$work/own.all" "$work/ours.all" | awk '$2 != $3' | while read -r name own ours; do
	reason=$(jq -r --arg name "$name" '.results[] | select(.name == $name) |
		.reason // .assertion // ([.subtests[] | select(.failed or .result == "SKIP") |
		.reason // .assertion // empty][0]) // ""' "${report:-/dev/null}" 2>/dev/null | cut -c-120)
	printf '%-36s %-5s %-5s %s\n' "$name" "$own" "$ours" "$reason"
done
echo
printf '%-28s %8s %8s\n' '' own ours
printf '%-28s %8d %8d\n' 'results lost' "$(grep -c LOST "$work/own.all")" "$(grep -c LOST "$work/ours.all")"
printf '%-28s %8d %8d  ratio %s\n' 'seconds, with the boot' "$(cat "$work/own.seconds")" \
	"$(cat "$work/ours.seconds")" \
	"$(awk "BEGIN { printf \"%.2f\", $(cat "$work/ours.seconds") / $(cat "$work/own.seconds") }")"
[ -z "${KEEP-}" ] || cp -r "$work" "$KEEP"
