#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Check the sources without running them. Prints TAP: one "ok" line for each tool without findings,
# else one line for each finding, with file and line, and what to do about it.
#
# clang-tidy needs the generated headers: `make lint` builds them first.
#
# usage: O=DIR lint.sh [clang_format|clang_tidy|shellcheck|editorconfig|layers]...

set -u
cd "$(dirname "$0")/.." || exit 1
export O=${O:-build}
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
failed=0

not_ok() {
	echo "not ok lint $1: $2"
	failed=1
}

# judge TOOL STATUS WHAT HINT: print the findings, which are the lines FILE:LINE:... of $log
judge() {
	local findings finding

	mapfile -t findings < <(sed "s|^$PWD/||; s|^\./||" "$log" |
		grep -E '^([^ :]+:[0-9]+:.*)?(error|warning): |: note: .*\[SC[0-9]+\]$' |
		LC_ALL=C sort -u)
	for finding in "${findings[@]}"; do
		not_ok "$1" "$finding"
	done
	if [ ${#findings[@]} -gt 0 ]; then
		echo "# $4"
	elif [ "$2" -eq 0 ]; then
		echo "ok lint $1: $3"
	else
		not_ok "$1" "exit status $2"
		tail -n 20 "$log" | sed 's/^/# /'
	fi
}

clang_format() {
	local tool files

	if ! tool=$(scripts/find-tool.sh clang-format); then
		not_ok clang_format "clang-format 19 or newer is not installed; make deps"
		return
	fi
	mapfile -t files < <(scripts/list-sources.sh '*.c' '*.h')
	"$tool" --dry-run --Werror "${files[@]}" >"$log" 2>&1
	judge clang_format $? "${#files[@]} files" "to have it formatted: make format"
}

# tidy FLAGS...: run clang-tidy on the files named on stdin, with these flags of the compiler
tidy() {
	# shellcheck disable=SC2016,SC2086 # the inner shell expands; words
	xargs -r -P "$(nproc)" -n 6 sh -c '
		tool=$1 flags=$2
		shift 2
		"$tool" --quiet "$@" -- $flags 2>&1' sh "$tool" "$*" >>"$log"
}

# flags KIND: print the flags of the build without the compiler's name. Generated headers become
# system headers, so that clang-tidy does not check them.
flags() {
	sed -E "s|^([^ -][^ ]* +)+||; s|-I ?$O( \|\$)|-isystem $O |" "$O/flags/$1"
}

clang_tidy() {
	local tool files status=0

	if ! tool=$(scripts/find-tool.sh clang-tidy); then
		not_ok clang_tidy "clang-tidy 19 or newer is not installed; make deps"
		return
	fi
	if [ ! -e "$O/vmlinux.h" ] || [ ! -e "$O/flags/host" ] || [ ! -e "$O/libbpf/libbpf.a" ]; then
		not_ok clang_tidy "nothing is built in $O/; make lint builds what it needs"
		return
	fi
	mapfile -t files < <(scripts/list-sources.sh '*.c')
	: >"$log"
	# Tests of crashes crash on purpose, which the compiler would warn about. The adapter needs the
	# headers of a kernel tree, and is compiled with that.
	printf '%s\n' "${files[@]}" | grep -vE '^progs/|^tree/adapter.c$' |
		tidy "$(flags host)" -Wno-unknown-warning-option -Wno-infinite-recursion \
			-Wno-array-bounds -I. -isystem "$O" -isystem "$O/libbpf/include" \
			-isystem /usr/include/libxml2 || status=1
	printf '%s\n' "${files[@]}" | grep '^progs/' | tidy "$(flags bpf)" || status=1
	judge clang_tidy $status "${#files[@]} files" \
		"the checks are explained in .clang-tidy; after the repair: make lint"
}

shellcheck() {
	local files

	if ! command -v shellcheck >/dev/null; then
		not_ok shellcheck "shellcheck is not installed; make deps"
		return
	fi
	mapfile -t files < <(scripts/list-sources.sh |
		xargs -d '\n' awk 'FNR == 1 && /^#!.*(sh|bats)$/ { print FILENAME } { nextfile }')
	command shellcheck -f gcc "${files[@]}" >"$log" 2>&1
	judge shellcheck $? "${#files[@]} scripts" \
		"explained at https://www.shellcheck.net/wiki/SCnnnn; after the repair: make lint"
}

# Check the rules of .editorconfig that no tool above checks. Files with exceptions are left out.
editorconfig() {
	local files file

	mapfile -t files < <(scripts/list-sources.sh | grep -vE '\.patch$|^check/(golden|fuzz/corpus)/')
	grep -InE '[[:space:]]$' "${files[@]}" | sed -E 's/^([^:]+:[0-9]+):.*/\1: error: white space at the end/' >"$log"
	for file in "${files[@]}"; do
		if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then
			echo "$file:$(($(wc -l <"$file") + 1)): error: no newline at the end of the file"
		fi
	done >>"$log"
	judge editorconfig 0 "${#files[@]} files" "the rules are in .editorconfig"
}

# Check which folder includes which, and which header declares a function.
layers() {
	scripts/check-layers.sh >"$log" 2>&1
	judge layers $? "$(grep -c '^place ' scripts/layers.txt) places" \
		"the floor plan is scripts/layers.txt, docs/architecture.md explains it"
}

tools=("$@")
[ $# -gt 0 ] || tools=(clang_format clang_tidy shellcheck editorconfig layers)
for tool in "${tools[@]}"; do
	case $tool in
	clang_format | clang_tidy | shellcheck | editorconfig | layers) "$tool" ;;
	*)
		echo "lint.sh: there is no '$tool': clang_format, clang_tidy, shellcheck, editorconfig, layers" >&2
		exit 2
		;;
	esac
done
[ "$failed" -eq 0 ]
