# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# For the compilers that the tree's makefile calls (cc.sh, clang.sh). A file that cannot be
# compiled becomes an empty one, and the build goes on: bpftool.sh makes a skeleton of it that no test can include, and
# link.sh leaves empty tests out.

# Warnings of the tree's sources are shown with V=1, and are never errors.
# shellcheck disable=SC2034 # used by those that include this
case $TREE_VERBOSE in
1) warnings=-Wno-error ;;
*) warnings=-w ;;
esac

# attempt OUTPUT COMMAND...: compile a file of which the tests can do without. Its errors are printed
# once, then only the first of them. The empty file is older than all others: make tries it again
# in each build, and what is made from it is not made again.
attempt() {
	output=$1 log=$1.log
	shift
	if "$@" 2>"$log.new"; then
		[ "$TREE_VERBOSE" != 1 ] || cat "$log.new" >&2
		rm -f "$log.new" "$log"
		return
	fi
	cmp -s "$log" "$log.new" || grep -q 'could not be built' "$log.new" || cat "$log.new" >&2
	mv "$log.new" "$log"
	: >"$output"
	touch -d @0 "$output"
	printf '  %-8s %s: %s\n' SKIP "${output##*/}" \
		"$(sed -n '/error:/{s|.*/selftests/bpf/||;p;q}' "$log")"
}
