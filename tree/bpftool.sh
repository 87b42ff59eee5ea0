#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The bpftool that the tree's makefile calls: the one of the tree. Of an object that could not be
# compiled, which is an empty file, it makes another empty file, or a skeleton that is an error.

command="$1 ${2-}"
case $command in
"gen object") linked=$3 ;;
"gen skeleton" | "gen subskeleton") linked='' ;;
*) exec "$TREE_BUILD/tree/tools/sbin/bpftool" "$@" ;;
esac
for argument; do
	case $argument in
	"$linked" | *[!o] | *[!.]o) continue ;;
	esac
	[ ! -s "$argument" ] || continue
	name=${argument##*/}
	case $linked in
	'') echo "#error the BPF object ${name%%.*} could not be built" ;;
	*) : >"$linked" ;;
	esac
	exit
done
exec "$TREE_BUILD/tree/tools/sbin/bpftool" "$@"
