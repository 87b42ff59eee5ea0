#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Write a test of this suite into the BPF selftests of a kernel tree, so that the tree's own makefile
# builds it and the tree's own runner runs it: the test, its BPF programs, and the helpers that it uses
# (prog_tests/ours_helpers.h, which all exported tests of a tree share). The copies have other names
# than the originals, because the tree often has a test with that name.
#
# usage: export.sh TEST TREE [NAME]		NAME of the test in the tree; default: TEST_ours
# environment: OVERWRITE=1 to replace files that differ

set -eu
export LC_ALL=C
test=${1-} tree=${2-} name=${3:-${1-}_ours}
root=$(realpath "$(dirname "$0")/../..")
here=$root/tree/export
fail() {
	echo "export: $*" >&2
	exit 1
}

usage="usage: make export TEST=ringbuf TREE=~/linux [NAME=ringbuf_ours] [OVERWRITE=1]"
[ -n "$test" ] || fail "TEST= is missing; $usage"
[ -n "$tree" ] || fail "TREE= is missing; $usage"
case $name in
*[!a-z0-9_]* | [!a-z]*) fail "NAME=$name: a name has small letters, digits and _, and begins with a letter" ;;
esac
bpf=$(realpath -m "$tree")/tools/testing/selftests/bpf
[ -e "$bpf/test_progs.h" ] ||
	fail "$tree has no tools/testing/selftests/bpf: TREE=DIR is the folder of a kernel's sources"

cd "$root"
function="^void (serial_)?test_$test\(void\)"
grep -qsE "$function" "prog_tests/$test.c" ||
	fail "there is no test $test; ./test_progs --list names the tests"
wrong=$(grep -vE '^(#|$|[a-z0-9_]+ +(refuse|serial|without +[a-z0-9_]+) +# .)' "$here/tests.txt" || true)
[ -z "$wrong" ] || fail "tree/export/tests.txt: not known: $wrong"
# fact KIND: print the reason of a line of tests.txt for this test
fact() {
	sed -n "s/^$test  *$1  *# *//p" "$here/tests.txt"
}
reason=$(fact refuse)
[ -z "$reason" ] || fail "$test cannot be exported: $reason"

# The files of the test: those of prog_tests/ that begin with its name and are no test themselves, the
# BPF programs of their skeletons, and what these include.
sources=prog_tests/$test.c
for path in prog_tests/"${test}"[_.]*[ch]; do
	[ "$path" = "prog_tests/$test.c" ] || grep -qE '^void (serial_)?test_' "$path" ||
		sources="$sources $path"
done
# shellcheck disable=SC2086 # a list of words
programs=$(sed -n 's/^#include "\(.*\)\.skel\.h"$/progs\/\1.c/p; s/^#include "\(progs\/.*\)"$/\1/p' $sources |
	sort -u)
# shellcheck disable=SC2086 # a list of words
headers=$(sed -n 's/^#include "\(.*\)"$/progs\/\1/p' $programs |
	grep -vxE 'progs/(vmlinux|bpf_misc)\.h' || true)
programs=$(printf '%s\n%s\n' "$programs" "$headers" | sort -u)

new_name() {
	case $1 in
	"$test"*) echo "$name${1#"$test"}" ;;
	*) echo "${name}_$1" ;;
	esac
}

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
mkdir "$new/prog_tests" "$new/progs"
for path in $sources $programs; do
	base=$(basename "${path%.[ch]}")
	to=$(new_name "$base")
	printf '%s\n' "s/\b$base(\.skel\.h|\.[ch])\b/$to\1/g"
	case $path in
	progs/*.c)
		printf '%s\n' "s/\b$base(__[a-z])/$to\1/g" "s/\bstruct $base\b/struct $to/g" \
			"s/\b(RUN_TESTS|RUN_SKEL_SUBTESTS)\($base\b/\1($to/" >>"$new/skeletons.sed"
		;;
	esac
done >"$new/files.sed"
serial=
# shellcheck disable=SC2086 # a list of words
if [ -n "$(fact serial)" ] || grep -qE "EXCLUSIVE\(|^void serial_test_" $sources; then
	serial=serial_
fi
printf '%s\n' "s/$function/void ${serial}test_$name(void)/" >>"$new/skeletons.sed"

# The tree forbids gettid(), which old C libraries lack, and has a function instead.
! grep -qs "poison gettid" "$bpf/bpf_util.h" || printf '%s\n' 's/\bgettid\(\)/sys_gettid()/' >>"$new/skeletons.sed"

# Our headers with helpers become one. It is not needed by a test that only calls the tree's runner.
ours='"(test_progs|testing_helpers|network_helpers|network_namespaces)\.h"'
helper_sources="$here/helpers.h test_progs.h testing_helpers.h testing_helpers.c network_namespaces.h
	network_namespaces.c network_helpers.h network_helpers.c runner/text/difference.h
	runner/text/difference.c runner/inside/assertions.c"
tree_headers=
for header in test_progs bpf_util trace_helpers testing_helpers; do
	[ ! -e "$bpf/$header.h" ] || tree_headers="$tree_headers $bpf/$header.h"
done
# helpers TEST-FILE...: print the helpers that these files use
helpers() {
	# shellcheck disable=SC2086 # a list of words
	awk -f "$here/units.awk" -f "$here/helpers.awk" -v tree="$tree_headers" -v tests="$*" \
		$helper_sources || fail "$test cannot be exported to this tree"
}
without=$(sed -nE "s/^$test +without +([a-z0-9_]+) .*/\1/p" "$here/tests.txt" | tr '\n' ' ')
for path in $sources; do
	target=$new/prog_tests/$(new_name "$(basename "$path")")
	awk -f "$here/units.awk" -f "$here/clean.awk" -v without="$without" "$path" |
		sed -E -f "$new/files.sed" -f "$new/skeletons.sed" >"$target"
	used=$(helpers "$target")
	header=${used:+ours_helpers.h}
	sed -i -E "/^#include $ours/{x;s/^/x/;/^x{2}/{x;d};x;s/\".*\"/\"${header:-test_progs.h}\"/}" "$target"
done
for path in $programs; do
	sed -E -f "$new/files.sed" "$path" >"$new/progs/$(new_name "$(basename "$path")")"
done

# The test must not hide another one, and the files must be new.
cd "$new"
files=$(printf '%s\n' prog_tests/* progs/*)
for path in "$bpf"/prog_tests/*.c; do
	[ -e "prog_tests/${path##*/}" ] || ! grep -qsE "^void (serial_)?test_$name\(" "$path" ||
		fail "the tree has a test $name in prog_tests/${path##*/}: give NAME=, another name"
done
shared=prog_tests/ours_helpers.h
mark="Written by \`make export\`"
[ ! -e "$bpf/$shared" ] || grep -qF "$mark" "$bpf/$shared" ||
	fail "$bpf/$shared exists, and is not from an export: rename it"

# All exported tests of the tree share the helpers.
users=$(grep -ls '^#include "ours_helpers.h"' prog_tests/*.[ch] "$bpf"/prog_tests/*.[ch] || true)
others=
for path in $users; do
	case $path in
	prog_tests/*) others="$others $new/$path" ;;
	*) [ -e "prog_tests/${path##*/}" ] || others="$others $path" ;;
	esac
done
if [ -n "$others" ]; then
	cd "$root"
	{
		cat <<-END
			/* SPDX-License-Identifier: GPL-2.0-only */
			/*
			 * Helpers that the files which include this one use and test_progs.h does not have.
			 * $mark of the BPF selftests that they come from: a change here is lost at
			 * the next export.
			 */
			#ifndef OURS_HELPERS_H
			#define OURS_HELPERS_H

			#include "test_progs.h"

		END
		# shellcheck disable=SC2086 # a list of words
		helpers $others
		printf '\n#endif\n'
	} >"$new/$shared"
	cd "$new"
fi
# The names have other lengths now. Without clang-format, some lines are not aligned.
tool=$("$root/scripts/find-tool.sh" clang-format 2>/dev/null) &&
	"$tool" -i "--style=file:$root/.clang-format" prog_tests/* progs/*

different=
for path in $files; do
	[ ! -e "$bpf/$path" ] || cmp -s "$path" "$bpf/$path" || different="$different $path"
done
[ -z "$different" ] || [ "${OVERWRITE-}" = 1 ] ||
	fail "the tree has other files with these names:$different. Give NAME=, or OVERWRITE=1 to replace them"
for path in prog_tests/* progs/*; do
	if cmp -s "$path" "$bpf/$path"; then
		echo "unchanged  $path"
	else
		cp "$path" "$bpf/$path"
		echo "written    $path"
	fi
done

[ -z "$without" ] || echo "Without the subtest ${without% }: $(fact "without .*[^ ]")"
# The options that the test declares and the tree's list lacks.
cd "$root"
# shellcheck disable=SC2086 # a list of words
options=$(grep -ohE '(IF_CONFIG|NEED_CONFIG)\("[A-Z0-9_,]+"' $sources |
	sed 's/.*("//; s/"//' | tr , '\n' | sort -u)
missing=
for option in $options; do
	grep -qsE "^CONFIG_$option=[ym]" "$bpf/config" "$bpf/config.$(uname -m)" || missing="$missing CONFIG_$option"
done
[ -z "$missing" ] || echo "The test needs$missing, which $bpf/config does not name."
cat <<-END
	To build and run it:
	  cd $bpf && make test_progs
	  ./test_progs -t $name
END
