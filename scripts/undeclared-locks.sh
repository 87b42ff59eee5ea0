#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# List the tests that use something that other tests share, without declaring it (TEST_LOCKS in
# test_schedule.h). Shared things are sysctls, probes of tracefs, modules, the rate of perf, the
# page cache, the initial network namespace, the root cgroup, and the trampoline of a kernel
# function that two tests have programs on. The script only matches the text of the sources. The
# file EXCEPTIONS lists false matches, one "TEST LOCK  # reason" per line; entries that no longer
# match are listed too.
#
# usage: undeclared-locks.sh [TREE [EXCEPTIONS]]	exit status 1 if something is listed

set -u
cd "${1:-$(dirname "$0")/..}" || exit 2
exceptions=${2:-check/lock_exceptions}
shopt -s nullglob
found=0

# Each line: LOCK, then a Perl regular expression. If LOCK ends with ':', any lock name that begins
# with it matches.
rules=$(
	cat <<-'END'
		sysctl:		/proc/sys/(?!net/(?!core)|vm/drop_caches|kernel/perf_event_max_sample_rate)|write_sysctl\(|sysctl -w
		trace_pipe	[kpu]robe_events\b|dynamic_events|trace_pipe|bpf_(trace_)?v?printk\(
		module:		\b(f?init|delete)_module\b|\b(modprobe|insmod|rmmod)\b
		perf_rate	perf_event_max_sample_rate|\bsample_freq\b
		page_cache	evict_range\(|drop_caches|POSIX_FADV_DONTNEED|MADV_PAGEOUT
		init_netns	~ ?ISOLATE_NETNS|/proc/1/ns/net
		cgroup_root	~ ?ISOLATE_CGROUP|"/sys/fs/cgroup/?"
	END
)

say() {
	echo "$1"
	found=1
}

# tests_in FILE: print the tests that a file defines
tests_in() {
	sed -nE 's/^void (serial_)?test_([A-Za-z0-9_]+)\(void\).*/\2/p' "$1"
}

all_tests=$(for file in prog_tests/*.c; do tests_in "$file"; done)

# owners FILE: print the tests that a file belongs to. These are the tests that it defines, else the
# tests of the files that include its header, else the test with a name that its name begins with.
owners() {
	local tests base includer test longest=

	base=$(basename "$1" .c)
	tests=$(tests_in "$1")
	if [ -z "$tests" ]; then
		tests=$(grep -lE "^#include \"(prog_tests/)?$base\.h\"" prog_tests/*.c |
			while read -r includer; do tests_in "$includer"; done)
	fi
	if [ -z "$tests" ]; then
		for test in $all_tests; do
			if [[ $base == "$test"_* && ${#test} -gt ${#longest} ]]; then
				longest=$test
			fi
		done
		tests=$longest
	fi
	echo "$tests"
}

declare -A declared=() excused=() used=() program_owners=() on_function=()

read_declarations() {
	local test lock line

	while read -r test lock; do
		declared["$test $lock"]=yes
	done < <(cat prog_tests/*.c | tr '\n\t' '  ' | grep -oE '\bTEST_LOCKS\([^;]*;' |
		sed -E 's/TEST_LOCKS\( *([A-Za-z0-9_]+) *,/\1\n/' |
		awk '/^[A-Za-z0-9_]+$/ { test = $0; next }
			{ while (match($0, /"[^"]+"/)) {
				print test, substr($0, RSTART + 1, RLENGTH - 2)
				$0 = substr($0, RSTART + RLENGTH)
			} }')
	[ -e "$exceptions" ] || return
	while IFS= read -r line; do
		if [[ ! $line =~ ^([^#[:space:]]+)[[:space:]]+([^#[:space:]]+)[[:space:]]+#[[:space:]]*[^[:space:]] ]]; then
			say "$exceptions: not 'TEST LOCK  # reason': $line"
			continue
		fi
		excused["${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"]=yes
	done < <(grep -vE '^[[:space:]]*(#|$)' "$exceptions")
}

# has TEST LOCK: whether the test declares the lock, or an exception lists it
has() {
	local key

	if [[ $2 == *: ]]; then
		for key in "${!declared[@]}"; do
			[[ $key != "$1 $2"* ]] || return 0
		done
	elif [ -n "${declared["$1 $2"]-}" ]; then
		return 0
	fi
	if [ -n "${excused["$1 $2"]-}" ]; then
		used["$1 $2"]=yes
		return 0
	fi
	return 1
}

# look FILE TEST...: report locks that the file needs and a test does not declare
look() {
	local file=$1 lock pattern place test

	shift
	while read -r lock pattern; do
		place=$(sed -E 's|^[[:space:]]*(/?\*).*||; s|/\*.*\*/||' "$file" |
			grep -nP -m 1 -- "$pattern" | cut -d: -f1)
		[ -n "$place" ] || continue
		for test; do
			has "$test" "$lock" ||
				say "$test does not declare $lock, see $file:$place"
		done
	done <<<"$rules"
}

# functions FILE: print the kernel functions that the programs of a file have trampolines on
functions() {
	sed -nE 's|^SEC\("\??(fentry\|fexit\|fmod_ret\|lsm)(\.s)?/([A-Za-z0-9_]+)".*|\1 \3|p' "$1" |
		sed -E 's/^lsm /bpf_lsm_/; s/^[a-z_]+ //' | LC_ALL=C sort -u
}

read_declarations

for file in prog_tests/*.c; do
	mapfile -t tests < <(owners "$file")
	if [ -z "${tests[0]-}" ]; then
		say "$file belongs to no test: name it TEST_..., or its header as itself"
		continue
	fi
	look "$file" "${tests[@]}"
	while read -r program; do
		program_owners[$program]+=" ${tests[*]}"
	done < <(sed -nE 's/^#include "([A-Za-z0-9_]+)\.skel\.h".*/\1/p' "$file")
done

for program in "${!program_owners[@]}"; do
	file=progs/$program.c
	[ -e "$file" ] || continue
	mapfile -t tests < <(tr ' ' '\n' <<<"${program_owners[$program]}" | grep . | sort -u)
	look "$file" "${tests[@]}"
	while read -r function; do
		on_function[$function]+=" ${tests[*]}"
	done < <(functions "$file")
done

for function in "${!on_function[@]}"; do
	mapfile -t tests < <(
		for test in ${on_function[$function]}; do
			[ -n "${excused["$test trampoline:$function"]-}" ] || echo "$test"
		done | sort -u
	)
	for test in ${on_function[$function]}; do
		used["$test trampoline:$function"]=yes
	done
	[ ${#tests[@]} -gt 1 ] || continue
	for test in "${tests[@]}"; do
		has "$test" "trampoline:$function" ||
			say "$test does not declare trampoline:$function, which ${tests[*]} have programs on"
	done
done

for key in "${!excused[@]}"; do
	[ -n "${used[$key]-}" ] || say "$exceptions: '$key' excuses nothing: remove it"
done
exit $found
