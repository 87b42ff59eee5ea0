#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the files of the sources, one a line, sorted. In a checkout, what git tracks and what is
# new and not ignored; in an unpacked tarball, all that .gitignore does not name.
#
# usage: O=DIR list-sources.sh [PATTERN...]	only files that match one, for example '*.c'

set -u
cd "$(dirname "$0")/.." || exit 1
build=${O:-build}

# The lines of .gitignore are paths from the top, with a '/' behind the name of a folder.
not_ignored() {
	set -- -path ./.git
	while read -r line; do
		case $line in
		/*) set -- "$@" -o -path ".${line%/}" ;;
		esac
	done <.gitignore
	find . \( "$@" \) -prune -o \( -type f -o -type l \) -print | sed 's|^\./||'
}

# A tarball may lie inside of somebody else's checkout, and git may refuse one of another user.
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
