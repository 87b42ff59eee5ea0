#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print a compilation database for clangd and clang-tidy: the commands that make would run to compile
# each source file.
#
# usage: compile-commands.sh O	in the folder of the Makefile

set -eu
command -v jq >/dev/null || {
	echo "compile-commands.sh: jq is not installed: install jq" >&2
	exit 1
}
make --no-print-directory -n -B V=1 O="$1" all check-programs fuzz-programs |
	grep -E '^[^ ]+ .* -c [^ ]+\.c( |$)' |
	jq -nR --arg directory "$PWD" '[inputs | {
		directory: $directory,
		file: capture(" -c (?<file>[^ ]+)").file,
		output: capture(" -o (?<output>[^ ]+)").output,
		command: .,
	}] | unique_by(.file)'
