#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The clang that the tree's makefile calls: $TREE_CLANG. Objects for BPF that are compiled without
# -mcpu get the newest instruction set: the default of older clang lacks atomic operations. They may
# fail to compile (attempt.sh).

# shellcheck disable=SC1091 # lint reads it by itself
. "$(dirname "$0")/attempt.sh"
mcpu='' object='' previous=''
case " $* " in
*" --target=bpf"*" -c "* | *" -c "*" --target=bpf"*)
	for argument; do
		case "$previous $argument" in
		"-o "*.o) object=$argument ;;
		*" -mcpu="*) mcpu=given ;;
		esac
		previous=$argument
	done
	;;
esac
[ -n "$object" ] || exec "$TREE_CLANG" "$@" "${warnings?}"
[ -n "$mcpu" ] || set -- -mcpu=v4 "$@"
attempt "$object" "$TREE_CLANG" "$@" "${warnings?}"
