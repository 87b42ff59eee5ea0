#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The compiler that the tree's makefile calls: $TREE_CC, except that link.sh links test_progs, and
# that the assertions of tests report file and line (tree/include/test_progs.h).

here=$(realpath "$(dirname "$0")")
previous='' is_test=''
for argument; do
	case "$previous $argument" in
	"-o $TREE_BUILD/tree/test_progs") exec "$here/link.sh" "$@" ;;
	"-o "*.test.o | "-o "*/test_loader.o) is_test=1 ;;
	esac
	previous=$argument
done
# shellcheck disable=SC2086 # may be several words, such as "ccache gcc"
if [ "$is_test" ]; then
	$TREE_CC -I"$here/include" "$@" 2>/dev/null && exit
fi
# shellcheck disable=SC2086 # as above
exec $TREE_CC "$@"
