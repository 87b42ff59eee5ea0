#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Link the tests of a kernel tree with this runner. The arguments are those of the tree's own link
# of test_progs. Its test_progs.o is not only the runner, but also has helpers of the tests: it
# stays, without main(), and what adapter.c defines itself is made weak in it.
#
# usage: link.sh ARGUMENT...	called by cc.sh; BUILD/tree/adapter/ has what is made here
# environment: OWN_RUNNER=1 to link BUILD/tree/test_progs_own as well

set -eu
here=$(realpath "$(dirname "$0")")
program=''
for argument; do
	shift
	# A test that could not be compiled is an empty file.
	case $argument in
	*.test.o) [ -s "$argument" ] || continue ;;
	"$TREE_BUILD/tree/test_progs" | "$TREE_BUILD/tree/test_progs-"*) program=$argument ;;
	esac
	set -- "$@" "$argument"
done
# The other programs of the tree are tests only of the base.
case ${program##*/} in
test_progs) programs=$TREE_BUILD/tree/programs ;;
*) programs=/dev/null ;;
esac
made=$TREE_BUILD/tree/adapter/${program##*/}
mkdir -p "$made"
fail() {
	echo "tree: $*" >&2
	exit 1
}

# The entry points of the tree's runner, which tests call.
entries="test__start_subtest test__start_subtest_with_desc test__end_subtest test__skip test__fail
	test__force_log test__join_cgroup is_jit_enabled"
weaken() {
	# shellcheck disable=SC2046,SC2086 # lists of words
	"${OBJCOPY:-objcopy}" $(printf -- '--weaken-symbol=%s ' $entries) \
		--redefine-sym main=main_of_tree --globalize-symbol=libbpf_print_fn \
		--localize-symbol=argp_program_version \
		--localize-symbol=argp_program_bug_address "$1" "$2"
}

# For comparisons, also the tests with the tree's own runner.
if [ "${OWN_RUNNER-}" ]; then
	# shellcheck disable=SC2046,SC2086 # words without spaces
	$TREE_CC $(printf '%s\n' "$@" | sed "s|^$TREE_BUILD/tree/test_progs$|&_own|") "$here/own_runner.c"
fi

# divert_libbpf ARCHIVE: copy libbpf to $made/libbpf.a, with weak definitions of the functions that the
# runner stands in front of; __real_NAME is what NAME was. The linker's --wrap does not do: a tree's
# libbpf is one object, so that its own calls are no undefined symbols.
# Functions of the C library are diverted by --wrap.
# shellcheck disable=SC2046 # a list of words
names=$(nm -g --defined-only $(cat "$TREE_BUILD/tree/adapter/runner-objects") | sed -n 's/.* T __wrap_//p')
defined=''
divert_libbpf() {
	rm -rf "$made/libbpf" "$made/libbpf.a"
	mkdir "$made/libbpf"
	(cd "$made/libbpf" && "${AR:-ar}" x "$(realpath "$1")")
	for object in "$made"/libbpf/*.o; do
		# shellcheck disable=SC2046 # words without spaces
		"${OBJCOPY:-objcopy}" $(objdump -t "$object" | awk -v names="$names" '
			BEGIN { split(names, list, "\n"); for (i in list) wanted[list[i]] = 1 }
			$2 == "g" && $3 == "F" && $NF in wanted {
				printf "--weaken-symbol=%s ", $NF
				printf "--add-symbol=__real_%s=%s:0x%s,function,global ", $NF, $4, $1
			}') "$object"
	done
	"${AR:-ar}" rcs "$made/libbpf.a" "$made"/libbpf/*.o
	for name in $names; do
		if nm -g --defined-only "$1" | grep -q " T $name\$"; then
			defined="$defined -Wl,--defsym=$name=__wrap_$name"
		else
			defined="$defined -Wl,--wrap=$name"
		fi
	done
}

flags='' has='' tests='' others='' libraries=''
for argument; do
	case $argument in
	*/test_progs.o | */testing_helpers.o)
		! nm "$argument" | grep -q watchdog_timer || has="$has -DTREE_HAS_WATCHDOG"
		weaken "$argument" "$made/${argument##*/}"
		others="$others $made/${argument##*/}"
		;;
	*.test.o) tests="$tests $argument" ;;
	*/libbpf.a)
		divert_libbpf "$argument"
		others="$others $made/libbpf.a"
		;;
	*.o | *.a) others="$others $argument" ;;
	-l* | -L* | -Wl,*) libraries="$libraries $argument" ;;
	-o | -rdynamic | "$program") ;;
	*) flags="$flags $argument" ;;
	esac
done

# shellcheck disable=SC2046,SC2086 # lists of words
{
	nm -A -g --defined-only $tests >"$made/symbols"
	"$here/module-tests.sh" . "$TREE_BUILD/tree" "$made/symbols" >"$made/module-tests"
	"$here/list-tests.sh" "$here/tests.txt" prog_tests/tests.h "$made/symbols" \
		"$programs" "$made/module-tests" >"$made/list.c"
	$TREE_CC -O2 -g -std=gnu11 -Wall -Werror -I"$here/.." -isystem \
		"$TREE_BUILD/libbpf/include" -c "$made/list.c" -o "$made/list.o"
	$TREE_CC $flags $has -O2 -Wno-error -Werror=implicit-function-declaration \
		-c "$here/adapter.c" -o "$made/adapter.o" 2>"$made/adapter.log" ||
		fail "this tree lacks what tree/adapter.c needs: $(grep -m1 -o 'error: .*' "$made/adapter.log")"
	exec $TREE_CC -g -rdynamic $defined -o "$program" "$made/adapter.o" "$made/list.o" \
		$(cat "$TREE_BUILD/tree/adapter/runner-objects") $tests $others $libraries -ldw -lelf -lz -ljson-c -lmnl -lxml2
}
