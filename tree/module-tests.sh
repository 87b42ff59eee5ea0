#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the names of the tests that use the kernel modules among a tree's selftests, one a line.
#
# Such a test has a name of the module in its object, or in a BPF object that it opens: of one of
# its kfuncs, or a name that begins with bpf_testmod. Of several tests in one object, those count
# that have no BPF object of the same name, or one that uses a module.
#
# usage: module-tests.sh SELFTESTS OUT SYMBOLS
#	SELFTESTS	the selftests' sources
#	OUT		the folder of the built objects
#	SYMBOLS		what nm -A prints of the objects of the tests

set -eu
selftests=$1 out=$2 symbols=$3
export LC_ALL=C

sources=$(grep -l '^MODULE_LICENSE' "$selftests"/*/*.c 2>/dev/null) || exit 0
# shellcheck disable=SC2086 # a list of words
names=$({
	printf '%s\n' $sources | sed 's/.*\///; s/\.c$//'
	# A declaration may go on in the next line: from __bpf_kfunc to the parenthesis.
	cat $sources | tr -s ' \t\n*' ' ' | grep -o '__bpf_kfunc [^(;]*(' | sed 's/($//; s/.* //'
} | sort -u | paste -s -d '|')

cd "$out"
# using SECTIONS TEXTS FILE...: print the files that have one of the names, or that TEXTS matches
using() {
	sections=$1 texts=$2
	shift 2
	strings "$sections" -f "$@" | grep -E "(^|[^A-Za-z0-9_])(bpf_testmod|($names)($|[^A-Za-z0-9_]))$texts" |
		sed 's/: .*//' | sort -u
}
bpf_objects=$(using -a '' ./*.bpf.o | sed 's/^\.\///')
opened=$(printf %s "$bpf_objects" | sed 's/\./\\./g' | paste -s -d '|')
{
	printf '%s\n' "$bpf_objects" | sed 's/^/uses /'
	using -d "${opened:+|: ($opened)\$}" ./*.test.o | sed 's/^\.\//uses /'
	printf 'exists %s\n' *.bpf.o
	sed 's/^/symbol /' "$symbols"
} | awk '
$1 == "uses" { uses[$2] = 1 }
$1 == "exists" { exists[$2] = 1 }
$1 == "symbol" && $3 == "T" && sub(/^(serial_)?test_/, "", $4) {
	sub(/:[0-9a-f]*$/, "", $2)
	sub(/.*\//, "", $2)
	object[$4] = $2
	tests_in[$2]++
}
END {
	for (name in object) {
		if (uses[object[name]] && (tests_in[object[name]] == 1 || !exists[name ".bpf.o"] ||
		    uses[name ".bpf.o"]))
			print name
	}
}' | sort
