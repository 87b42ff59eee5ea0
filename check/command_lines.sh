#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the suite in guests that were booted in the ways people boot theirs: other options of the
# kernel, other memory, other cgroups, without types. No test may fail, and a test may be skipped
# only if it is also skipped in the plain boot, or if check/command_line_skips lists it. Prints a
# table with a line for each boot, and the additional skips below it. A boot takes 20 to 60 s under
# TCG: this is no part of `make check`.
#
# usage: O=DIR command_lines.sh [-k KERNEL] [NAME]...
#
# NAME: the first column of the table; a pattern, in which * stands for anything

set -u
cd "$(dirname "$0")/.." || exit 1
O=${O:-build}
out=$O/command-lines
kernel=()
if [ "${1:-}" = -k ]; then
	kernel=(-k "$2")
	shift 2
fi
patterns=("${@:-*}")
mkdir -p "$out" || exit 1

status=0
# shellcheck disable=SC2016 # the guest's shell expands what is in single quotes
# The name of a boot; options of vmtest; what the guest does before it runs the suite.
boots=(
	'plain||'
	'lockdown=integrity|--append lockdown=integrity|'
	'lockdown=confidentiality|--append lockdown=confidentiality|'
	'lsm: no bpf|--append lsm=lockdown,yama|'
	'lsm: only bpf|--append lsm=bpf|'
	'lsm: selinux|--append lsm=lockdown,yama,selinux,bpf|'
	'JIT off|--append sysctl.net.core.bpf_jit_enable=0|'
	'JIT hardened|--append sysctl.net.core.bpf_jit_harden=2|'
	'JIT in kallsyms|--append sysctl.net.core.bpf_jit_kallsyms=1|'
	'BPF for all users|--append sysctl.kernel.unprivileged_bpf_disabled=0|'
	'no BTF||mount -t tmpfs none /sys/kernel/btf &&'
	'no IPv6|--append ipv6.disable=1|'
	'no IPv6 address|--append ipv6.disable_ipv6=1|'
	'no cgroup v1|--append cgroup_no_v1=all|'
	'no memory controller|--append cgroup_disable=memory|'
	'no cgroup v2||umount /sys/fs/cgroup &&'
	'hybrid cgroups||umount /sys/fs/cgroup && mount -t tmpfs none /sys/fs/cgroup && cd /sys/fs/cgroup && mkdir unified freezer && mount -t cgroup2 none unified && mount -t cgroup -o freezer none freezer && cd "$OLDPWD" &&'
	'nosmp|--append nosmp|'
	'maxcpus=1|--append maxcpus=1|'
	'512 MiB|--mem 512M|'
	'8 GiB|--mem 8G|'
	'slab_nomerge, init_on_free|--append slab_nomerge --append init_on_free=1|'
	'no mitigations, no KASLR|--append mitigations=off --append nokaslr|'
	'panic_on_warn|--append panic_on_warn=1|'
	'preempt=full|--append preempt=full|'
	'preempt=voluntary|--append preempt=voluntary|'
	'preempt=none|--append preempt=none|'
	'no modules||echo 1 >/proc/sys/kernel/modules_disabled &&'
	'unshare -n||unshare -n'
	'no CAP_BPF||setpriv --bounding-set -bpf'
	'no CAP_SYS_ADMIN||setpriv --bounding-set -bpf,-sys_admin'
)

# run_boot NAME OPTIONS BEFORE: boot, run the suite; leaves its report and its output in $dir
run_boot() {
	local command="$3 ./test_progs --results -j"

	rm -rf "$dir"
	mkdir -p "$dir"
	# shellcheck disable=SC2086 # the options are several words
	"$O/vmtest" "${kernel[@]}" --snapshot never $2 --results "$dir" -- \
		sh -c "$command" </dev/null >"$dir/log" 2>&1
}

# skips REPORT: the tests and subtests that were skipped, a tab, and the reason, each in a line
skips() {
	jq -r 'def skipped(name): select(.result == "SKIP") | "\(name)\t\(.reason)";
		.results[] | .name as $test | skipped($test),
			(.subtests[] | skipped($test + "/" + .name))' "$1"
}

# is_allowed NAME TEST REASON: whether the list of skips has the test, or the reason, for this boot
is_allowed() {
	local boot test

	while IFS=$'\t' read -r boot test _; do
		# shellcheck disable=SC2053 # the list has patterns
		[ "$boot" = "$1" ] && [[ $2 == $test || "because $3" == $test ]] && return
	done < <(sed -E '/^#/d; s/\t+/\t/g' check/command_line_skips)
	return 1
}

# Each skip that is not allowed has a line. The others have a line for each reason.
print_additional_skips() {
	local test reason

	while IFS=$'\t' read -r test reason; do
		if grep -qxF "$test" "$out/plain.skips"; then
			continue
		elif is_allowed "$1" "$test" "$reason"; then
			printf '%s\t%s\n' "$test" "$reason" >>"$dir/allowed"
		else
			printf '  ! %s: %s\n' "$test" "$reason"
			status=1
		fi
	done < <(skips "$dir/test_progs/report.json")
	[ ! -e "$dir/allowed" ] || awk -F '\t' '
		!($2 in tests) { reasons[++cnt] = $2; tests[$2] = $1; next }
		{ tests[$2] = tests[$2] ", " $1 }
		END { for (i = 1; i <= cnt; i++) print "    " reasons[i] ": " tests[reasons[i]] }
	' "$dir/allowed"
}

is_wanted() {
	local pattern

	for pattern in "${patterns[@]}"; do
		# shellcheck disable=SC2053 # it is a pattern
		[[ $1 == $pattern ]] && return
	done
	return 1
}

judge_boot() {
	local report=$dir/test_progs/report.json summary

	if [ ! -s "$report" ]; then
		printf '%-28s no report, see %s\n' "$1" "$dir/log"
		status=1
		return
	fi
	[ "$1" != plain ] || skips "$report" | cut -f 1 >"$out/plain.skips"
	summary=$(grep '^Summary:' "$dir/log")
	printf '%-28s %s\n' "$1" "${summary#Summary: }"
	if [ "$2" -ne 0 ]; then
		grep -E '^#[0-9/]+ .*:FAIL' "$dir/log" | sort -u | sed 's/^/  ! /'
		echo "  ! exit status $2, see $dir/log"
		status=1
	fi
	print_additional_skips "$1"
}

for boot in "${boots[@]}"; do
	IFS='|' read -r name options before <<<"$boot"
	[ "$name" = plain ] || is_wanted "$name" || continue
	dir=$out/${name//[^a-zA-Z0-9=]/_}
	run_boot "$name" "$options" "$before"
	judge_boot "$name" $?
done
[ $status -eq 0 ] || echo "Failed: lines with ! above"
exit $status
