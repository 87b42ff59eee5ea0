#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the newest installed program of a kind whose version is new enough; print nothing and
# exit 1 if there is none.
#
# usage: find-tool.sh clang|bpftool

case $1 in
clang)
	# 19 is the oldest that compiles all of progs/.
	for candidate in clang clang-24 clang-23 clang-22 clang-21 clang-20 clang-19; do
		major=$($candidate -dumpversion 2>/dev/null | cut -d. -f1)
		if [ "${major:-0}" -ge 19 ]; then
			command -v "$candidate"
			exit 0
		fi
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
