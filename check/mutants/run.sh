#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Show that the suite's assertions can fail. Each patch breaks one thing in a copy of the tree. The
# test or subtest that the patch names must then fail, with the text that it names. All mutants run
# in one VM, and before them the same tests of the unchanged tree, which must pass. Prints TAP; the
# last line counts the results.
#
# A patch starts with these lines, followed by an explanation:
#	Run: OPTIONS		of test_progs, besides `-a TEST[/SUBTEST]`; may be absent
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
programs=(test_progs file_reader.data uprobe_multi)

# Make would look for it each time.
CLANG=${CLANG:-$(scripts/find-tool.sh clang)}
export CLANG

# The mutants are built without what make does not need for $programs.
copy_tree() {
	mkdir -p "$work/tree/build" "$work/guest" &&
		tar -c --exclude=./.git --exclude=./build --exclude=./test_progs --exclude=./vmtest . |
		tar -x -C "$work/tree" &&
		tar -c -C "$O" --exclude=./results --exclude=./check-results --exclude='./asan-*' \
			--exclude=./fuzz --exclude=./check --exclude=./fixtures \
			--exclude=./runner.a --exclude=./vmtest.a --exclude=./fuzz-suite.a . |
		tar -x -C "$work/tree/build"
}

# build_into NAME: build the tree as it is now. Copy the programs that differ from the unchanged
# ones to a folder for the guest, without types and lines for a debugger.
build_into() {
	local program

	make -s -j"$(nproc)" -C "$work/tree" O=build "${programs[@]/#/build/}" >"$work/$1.make" 2>&1 &&
		mkdir -p "$work/guest/$1" || return
	strip --strip-debug "$work/tree/build/test_progs" -o "$work/guest/$1/test_progs" || return
	for program in file_reader.data uprobe_multi; do
		cmp -s {"$work/tree/build","$work/guest/$unchanged"}/$program ||
			cp {"$work/tree/build","$work/guest/$1"}/$program || return
	done
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

# The script that the guest runs begins with this, and has a line for each mutant.
begin_guest_script() {
	printf 'guest=%q\nunchanged=%q\n' "$work/guest" "$work/guest/$unchanged"
	cat <<-'EOF'
		# run NAME ARGUMENT...: run test_progs of the folder NAME, which also gets what it lacks
		run() {
			name=$1
			shift
			for file in "$unchanged"/*; do
				[ -e "$guest/$name/${file##*/}" ] || ln "$file" "$guest/$name/"
			done
			"$guest/$name/test_progs" "$@" >"$RESULTS/$name.log" 2>&1
			echo $? >"$RESULTS/$name.status"
		}
	EOF
}

# selector NAME: print a selector for what is red. A comma would separate two names.
selector() {
	printf -- '-a %q' "$(header "$1" Red | tr , '*')"
}

build_mutant() {
	local patch=$PWD/$here/$1.patch

	if [ -z "$(header "$1" Red)" ] || [ -z "$(header "$1" Says)" ]; then
		not_ok "$1: no patch with Red and Says"
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
	elif ! grep -E -e ':FAIL:' -e '^ {9}\(' "$log" | grep -qF -- "$says"; then
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
selectors=()
for name in "${names[@]}"; do
	if build_mutant "$name"; then
		built+=("$name")
		selectors+=("$(selector "$name")")
	fi
done
{
	begin_guest_script
	echo "run $unchanged ${selectors[*]}"
	for name in "${built[@]}"; do
		echo "run $name $(header "$name" Run) $(selector "$name")"
	done
} >"$work/guest/run"

"$O"/vmtest ${KERNEL:+-k "$KERNEL"} --tree "$work/guest" --results "$work/results" -- \
	sh "$work/guest/run" >"$work/vmtest.log" 2>&1
vm_status=$?
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
