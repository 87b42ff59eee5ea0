#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Show that the suite's assertions can fail. Each patch breaks one thing in a copy of the tree. The
# test that the patch names must then fail, with the text that it names. All mutants run in one VM,
# and the unchanged tree too, which must pass. Prints TAP; the last line counts the results.
#
# A patch starts with these lines, followed by an explanation:
#	Run: ARGUMENTS		of test_progs
#	Red: TEST[/SUBTEST]	that must end in FAIL
#	Says: TEXT		that its log must contain
#
# usage: O=DIR KERNEL=K run.sh [NAME...]	names of patches, without .patch

set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-build}
KERNEL=${KERNEL:-}
here=check/mutants
names=("$@")
if [ $# -eq 0 ]; then
	for file in "$here"/*.patch; do
		names+=("$(basename "$file" .patch)")
	done
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/mutants.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# header NAME KEY: print a line of a patch's header
header() {
	sed -nE "/^---/q; s/^$2: //p" "$here/$1.patch" | head -n 1
}

ok() {
	echo "ok mutant $1"
	passed=$((passed + 1))
}

not_ok() {
	echo "not ok mutant $1"
	failed=$((failed + 1))
}

# The folder of the unchanged programs. vmtest copies the libraries of programs in build/ to the
# guest.
unchanged=build

copy_tree() {
	mkdir -p "$work/tree/build" "$work/guest" &&
		tar -c --exclude=./.git --exclude=./build --exclude=./test_progs --exclude=./vmtest . |
		tar -x -C "$work/tree" &&
		tar -c -C "$O" --exclude=./results --exclude=./check-results --exclude='./asan-*' \
			--exclude=./fuzz . | tar -x -C "$work/tree/build"
}

# build_into NAME: build the tree as it is now, and copy the programs to a folder for the guest
build_into() {
	local programs=(build/test_progs build/file_reader.data build/uprobe_multi)

	make -s -j"$(nproc)" -C "$work/tree" O=build "${programs[@]}" >"$work/$1.make" 2>&1 &&
		mkdir -p "$work/guest/$1" &&
		cp "${programs[@]/#/$work/tree/}" "$work/guest/$1/"
}

# Keep a copy of the sources and of the build, to restore them after each mutant. Reversing the
# patch would not do: make would see new time stamps, and build the same files again for the next
# mutant.
keep_tree() {
	cp -a "$work/tree" "$work/kept" && touch "$work/kept.stamp"
}

restore_tree() {
	local file

	(cd "$work/tree" && find . -type f -newer "$work/kept.stamp" -print) |
	while IFS= read -r file; do
		if [ -e "$work/kept/$file" ]; then
			cp -p "$work/kept/$file" "$work/tree/$file"
		else
			rm -f "$work/tree/$file"
		fi
	done
}

add_run() {
	# shellcheck disable=SC2016 # the guest expands them
	printf 't0=$(date +%%s%%N); %s/test_progs %s >"$RESULTS/%s.log" 2>&1; echo $? >"$RESULTS/%s.status"; echo "TIMED $(( ($(date +%%s%%N) - t0) / 1000000 )) %s"\n' \
		"$work/guest/$1" "$2" "$1" "$1" "$1" >>"$work/guest/run"
}

build_mutant() {
	local patch=$PWD/$here/$1.patch

	if [ -z "$(header "$1" Run)" ] || [ -z "$(header "$1" Red)" ] ||
	   [ -z "$(header "$1" Says)" ]; then
		not_ok "$1: no patch with Run, Red and Says"
		return 1
	fi
	# Try first, so that a patch is never applied only in part.
	if ! patch -s -f -p1 --dry-run -d "$work/tree" <"$patch" >"$work/$1.patch.log" 2>&1; then
		not_ok "$1: does not apply"
		sed 's/^/# /' "$work/$1.patch.log"
		return 1
	fi
	patch -s -p1 -d "$work/tree" <"$patch"
	if ! build_into "$1"; then
		not_ok "$1: does not build"
		tail -n 20 "$work/$1.make" | sed 's/^/# /'
		restore_tree
		return 1
	fi
	add_run "$1" "$(header "$1" Run)"
	restore_tree
}

judge_mutant() {
	local log=$work/results/$1.log status red says

	status=$(cat "$work/results/$1.status" 2>/dev/null)
	red=$(header "$1" Red)
	says=$(header "$1" Says)
	if [ "${status:-none}" != 1 ]; then
		not_ok "$1 SURVIVED: test_progs ended with status ${status:-none}, not 1"
	elif ! grep -qF "$red:FAIL" "$log"; then
		not_ok "$1 SURVIVED: $red is not red"
	elif ! grep -E ":FAIL(:| \\()" "$log" | grep -qF -- "$says"; then
		not_ok "$1 SURVIVED: $red is red, and not because of '$says'"
	else
		ok "$1 killed: $red: $says"
		return
	fi
	[ ! -e "$log" ] || grep -aE '^#|:FAIL:|^Summary' "$log" | head -n 40 | sed 's/^/# /'
}

if ! copy_tree || ! build_into $unchanged || ! keep_tree; then
	echo "not ok mutants: the tree does not build"
	[ ! -e "$work/$unchanged.make" ] || tail -n 20 "$work/$unchanged.make" | sed 's/^/# /'
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
fi
built=()
tests=()
for name in "${names[@]}"; do
	if build_mutant "$name"; then
		built+=("$name")
		tests+=(-t "$(header "$name" Red | sed 's|/.*||')")
	fi
done
add_run $unchanged "${tests[*]}"

"$O"/vmtest ${KERNEL:+-k "$KERNEL"} --tree "$work/guest" --results "$work/results" -- \
	sh "$work/guest/run" >"$work/vmtest.log" 2>&1
vm_status=$?; cp "$work/vmtest.log" /tmp/mut_vm.log
if [ $vm_status -ne 0 ]; then
	not_ok "machine: vmtest ended with status $vm_status"
	tail -n 20 "$work/vmtest.log" | sed 's/^/# /'
fi

if [ "$(cat "$work/results/$unchanged.status" 2>/dev/null)" = 0 ]; then
	ok "none: the unchanged tree is green"
else
	not_ok "none: the unchanged tree is not green"
	grep -aE '^#|:FAIL:|^Summary' "$work/results/$unchanged.log" | head -n 40 | sed 's/^/# /'
fi
for name in "${built[@]}"; do
	judge_mutant "$name"
done

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
