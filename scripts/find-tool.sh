#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the path of an installed tool with a version that is new enough. If there is none, print
# nothing and exit with 1.
#
# usage: find-tool.sh clang|clang-format|clang-tidy|llvm-strip|bpftool

# first_of_llvm COMMAND...: print the first command that is from LLVM 19 or newer
first_of_llvm() {
	for candidate; do
		major=$($candidate --version 2>/dev/null | sed -n 's/.*version \([0-9]*\)\..*/\1/p' |
			head -n 1)
		if [ "${major:-0}" -ge 19 ]; then
			command -v "$candidate"
			exit 0
		fi
	done
}

case $1 in
clang)
	# 19 is the oldest that compiles all of progs/.
	first_of_llvm clang clang-24 clang-23 clang-22 clang-21 clang-20 clang-19
	;;
clang-format | clang-tidy)
	# Versions differ in how they format a few lines and in what they report. Version 19 comes
	# first, because the tree is formatted and checked with it.
	first_of_llvm "$1-19" "$1" "$1-20" "$1-21" "$1-22" "$1-23" "$1-24"
	;;
llvm-strip)
	# Any version can strip.
	for candidate in llvm-strip llvm-strip-24 llvm-strip-23 llvm-strip-22 llvm-strip-21 \
		llvm-strip-20 llvm-strip-19; do
		command -v "$candidate" && exit 0
	done
	;;
bpftool)
	# 7.5 is the oldest that prints the kfuncs of a kernel's BTF.
	version=$(bpftool version 2>/dev/null | sed -n 's/^bpftool v\([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
	major=${version% *}
	minor=${version#* }
	if [ "${major:-0}" -gt 7 ] || { [ "${major:-0}" -eq 7 ] && [ "${minor:-0}" -ge 5 ]; }; then
		command -v bpftool
		exit 0
	fi
	;;
esac
exit 1
