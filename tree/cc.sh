#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The compiler that the tree's makefile calls: $TREE_CC, except that link.sh links test_progs.

previous=
for argument; do
	[ "$previous $argument" != "-o $TREE_BUILD/tree/test_progs" ] ||
		exec "$(dirname "$0")/link.sh" "$@"
	previous=$argument
done
# shellcheck disable=SC2086 # may be several words, such as "ccache gcc"
exec $TREE_CC "$@"
