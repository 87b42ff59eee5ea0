#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the source files, one per line, sorted. In a checkout, these are the files that git tracks,
# and new files that are not ignored. In an unpacked tarball, these are all files except those that
# .gitignore names.
#
# usage: O=DIR list-sources.sh [PATTERN...]	only files that match a pattern, for example '*.c'

set -u
cd "$(dirname "$0")/.." || exit 1
build=${O:-build}

# The lines of our .gitignore are paths from the top; folders end with a '/'.
not_ignored() {
	set -- -path ./.git
	while read -r line; do
		case $line in
		/*) set -- "$@" -o -path ".${line%/}" ;;
		esac
	done <.gitignore
	find . \( "$@" \) -prune -o \( -type f -o -type l \) -print | sed 's|^\./||'
}

# Use git only if it works here: an unpacked tarball may lie inside of another project's checkout,
# and git may refuse a checkout that belongs to another user.
all_files() {
	if [ -e .git ] && git ls-files >/dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard
	else
		not_ignored
	fi
}

matches() {
	file=$1
	shift
	[ $# -gt 0 ] || return 0
	for pattern; do
		# shellcheck disable=SC2254 # a pattern
		case $file in
		$pattern) return 0 ;;
		esac
	done
	return 1
}

all_files | LC_ALL=C sort | while IFS= read -r file; do
	case $file in
	"$build"/*) continue ;;
	esac
	if [ -e "$file" ] && matches "$file" "$@"; then
		printf '%s\n' "$file"
	fi
done
