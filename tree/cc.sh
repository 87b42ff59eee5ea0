#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The compiler that the tree's makefile calls: $TREE_CC, except that link.sh links test_progs, that a
# test may fail to compile (attempt.sh), and that the assertions of tests report file and line
# (tree/include/test_progs.h).

here=$(realpath "$(dirname "$0")")
# shellcheck disable=SC1091 # lint reads it by itself
. "$here/attempt.sh"
previous='' test_object='' has_assertions=''
for argument; do
	case "$previous $argument" in
	"-o $TREE_BUILD/tree/test_progs" | "-o $TREE_BUILD/tree/test_progs-"*) exec "$here/link.sh" "$@" ;;
	"-o "*.test.o) test_object=$argument ;;
	"-o "*/test_loader.o) has_assertions=1 ;;
	esac
	previous=$argument
done
# shellcheck disable=SC2086 # the compiler may be several words, such as "ccache gcc"
compile_assertions() {
	if messages=$($TREE_CC -I"$here/include" "$@" ${warnings?} 2>&1); then
		printf %s "$messages" >&2
	else
		$TREE_CC "$@" ${warnings?}
	fi
}
[ -z "$test_object" ] || {
	attempt "$test_object" compile_assertions "$@"
	exit
}
[ -z "$has_assertions" ] || {
	compile_assertions "$@"
	exit
}
# shellcheck disable=SC2086 # as above
exec $TREE_CC "$@" ${warnings?}
