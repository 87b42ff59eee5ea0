#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# List the tests of a tree that are neither in the sources of the pinned kernel nor in tests.txt, and what
# they seem to need: kfuncs and variables that the kernel does not have, modules and commands that
# they name. A person decides what of it becomes a line of tests.txt.
#
# usage: needs.sh BUILD [PINNED]	after `make tree TREE=...`; PINNED is a folder to compare with
#	instead of the pinned kernel's sources

set -eu
export LC_ALL=C
here=$(realpath "$(dirname "$0")")
out=$(realpath "$1")/tree
bpf=tools/testing/selftests/bpf
new=$out/.source/$bpf
[ -d "$new/prog_tests" ] || {
	echo "tree: nothing is built: run make tree TREE=DIR first" >&2
	exit 2
}
pinned=${2:-$("$here/fetch.sh" "$1/vmtest")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# tests_in FOLDER: print NAME FILE for each test
tests_in() {
	grep -rhoE '^void (serial_)?test_[A-Za-z0-9_]+\(void\)' --include='*.c' "$1/prog_tests" -H |
		sed -E 's|^(.*):void (serial_)?test_(.*)\(void\)$|\3 \1|' | sort
}
# functions FILE: print the functions and variables in the BTF of a kernel
functions() {
	"$out/tools/sbin/bpftool" btf dump file "$1" format raw |
		sed -nE "s/^\[[0-9]+\] (FUNC|VAR) '([^']+)'.*/\2/p" | sort -u
}
# externs OBJECT: print the kernel's functions and variables that a BPF object uses
externs() {
	"$out/tools/sbin/bpftool" btf dump file "$1" format raw 2>/dev/null |
		sed -nE "/DATASEC '.ksyms'/,/^\[/s/.*\((FUNC|VAR) '([^']+)'\)/\2/p" | sort -u
}
# skeletons NAME FILE: print the BPF objects of a test: those that its function names, else of its file
skeletons() {
	grep -oE '[A-Za-z0-9_]+\.l?skel\.h' "$2" | sed 's/\.l\{0,1\}skel\.h$//' | sort -u >"$work/of_file"
	sed -nE "/^void (serial_)?test_$1\(void\)/,/\}\$/p" "$2" | grep -owf "$work/of_file" | sort -u >"$work/of_test"
	if [ -s "$work/of_test" ]; then cat "$work/of_test"; else cat "$work/of_file"; fi
}

tests_in "$pinned/$bpf" | cut -d' ' -f1 >"$work/known"
sed -nE 's|^([A-Za-z0-9_]+)[/ \t].*|\1|p' "$here/tests.txt" >>"$work/known"
sort -u -o "$work/known" "$work/known"
functions "$(awk '{ print $NF }' "$out/made_from")" >"$work/kernel"
tests_in "$new" >"$work/all"
join -v1 "$work/all" "$work/known" >"$work/new"
while read -r name file; do
	echo "$name	${file#"$new/"}"
	skeletons "$name" "$file" | while read -r skeleton; do
		object=$out/$skeleton.bpf.o
		[ -s "$object" ] || {
			echo "	object ${object##*/} was not built"
			continue
		}
		externs "$object" | join -v1 - "$work/kernel" | while read -r missing; do
			module=$(cd "$new" && grep -lw "$missing" test_kmods/*.c 2>/dev/null | head -n1)
			module=${module##*/}
			echo "	kfunc $missing is not in the kernel${module:+, but in module ${module%.c}}"
		done
	done
	grep -oE '(modprobe|load_module\()[ "]*[a-z0-9_]+' "$file" | sed -E 's/.*[ "(]/	module /' | sort -u
	grep -oE '(SYS(_NOFAIL)?\([^"]*|system\(|popen\()"[a-z0-9_-]+' "$file" | sed 's/.*"/	command /' |
		sort -u
done <"$work/new"
sed -nE 's|^([A-Za-z0-9_]+)[/ \t].*|\1|p' "$here/tests.txt" | grep -v '^program_' | sort -u |
	join -v1 - "$work/all" | sed 's/.*/tests.txt knows &, which this tree does not have/' >&2
echo "$(wc -l <"$work/new") tests are not in tests.txt and not in ${pinned##*/}" >&2
