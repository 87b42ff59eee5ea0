#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The clang that the tree's makefile calls: $TREE_CLANG. Objects for BPF that are compiled without
# -mcpu get the newest instruction set: the default of older clang lacks atomic operations.

mcpu=
case " $* " in
*" -mcpu="*) ;;
*" --target=bpf"*" -c "* | *" -c "*" --target=bpf"*) mcpu=-mcpu=v4 ;;
esac
# shellcheck disable=SC2086 # empty, or one word
exec "$TREE_CLANG" $mcpu "$@"
