#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Requirements that this machine does not permit or does not show: the test is skipped, and the
# reason names what refuses. They run without a VM, as root.

bats_require_minimum_version 1.5.0

setup() {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	unshare -mn true || skip "no namespaces here"
	fixtures=$(realpath "${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}")
	export TEST_WITHOUT=1 TMPDIR=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
}

# expect STATUS COMMAND...: run a command, and compare its exit status
expect() {
	local status_expected=$1
	shift
	run timeout 100 "$@" </dev/null
	echo "$output"
	[ "$status" -eq "$status_expected" ]
}

without() {
	command -v setpriv >/dev/null || skip "no setpriv"
	expect 0 setpriv --bounding-set "$1" "$fixtures" "${@:2}"
}

@test "what all tests need is looked at once: the run and each test say which capability is missing" {
	local reason="mount namespace of the test's own, network namespace of the test's own: EPERM (Operation not permitted), the runner lacks CAP_SYS_ADMIN"

	without -bpf,-sys_admin -a with_isolation,half_second,pass
	[[ $output == *"with_isolation:SKIP"* && $output == *"pass:OK"* ]]
	[ "$(grep -cF "$reason" <<<"$output")" -ge 2 ]
	[ "$(grep -c '^test_progs: not permitted here: .*: tests that need it are skipped' <<<"$output")" -eq 1 ]
	without -bpf,-sys_admin -a pass
	[[ $output != *"not permitted here"* ]]
}

@test "bpf(2) that is refused is not absent: the skip names CAP_BPF" {
	[ "$(cat /proc/sys/kernel/unprivileged_bpf_disabled)" -ne 0 ] || skip "all users may call bpf(2) here"
	without -bpf,-sys_admin -a with_isolation
	[[ $output == *"not permitted here: bpf(2): EPERM (Operation not permitted), the runner lacks CAP_BPF and CAP_SYS_ADMIN; "* ]]
	without -bpf -a with_isolation
	[[ $output != *"not permitted here"* ]]
}

@test "a network namespace without CAP_NET_ADMIN skips tests that have one" {
	without -net_admin -a with_isolation
	[[ $output == *"with_isolation:SKIP"* ]]
	[[ $output == *"in the test's own namespace: EPERM (Operation not permitted), the runner lacks CAP_NET_ADMIN"* ]]
}

@test "a limit on namespaces is a reason to skip, and the sysctl is named, once before the tests" {
	unshare -Ur true 2>/dev/null || skip "no user namespaces"
	for kind in net mnt; do
		# The limit is that of the new user namespace only.
		# shellcheck disable=SC2016 # expanded by the inner shell
		expect 0 unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_"$0"_namespaces && "$@"' $kind \
			"$fixtures" -a with_isolation,pass
		reason="namespace of the test's own: ENOSPC (No space left on device), the limit of the sysctl user.max_${kind}_namespaces is reached; to have it: raise that limit"
		[[ $output == *"with_isolation:SKIP"*"$reason"* && $output == *"pass:OK"* ]]
		[ "$(grep -c "^test_progs: .*$reason: tests that need it are skipped" <<<"$output")" -eq 1 ]
		[[ $output != *"isolation: "* ]]
	done
}

@test "root of a user namespace is told so" {
	unshare -Ur true 2>/dev/null || skip "no user namespaces"
	expect 0 unshare -Ur "$fixtures" -a with_isolation
	[[ $output == *"bpf(2): EPERM (Operation not permitted), the runner is in a user namespace"* ]]
}

@test "a probe that returns EPERM skips the test if a capability is missing" {
	without -sys_admin -a without/permission
	[[ $output == *"not permitted here: a probe that is refused: EPERM (Operation not permitted), the runner lacks CAP_SYS_ADMIN"* ]]
}

@test "an address family that is switched off skips, one that does not work fails" {
	[ -e /proc/sys/net/ipv6 ] || skip "no IPv6 here"
	# shellcheck disable=SC2016 # expanded by the inner shell
	expect 0 unshare -n sh -c 'ip link set lo up && echo 1 >/proc/sys/net/ipv6/conf/lo/disable_ipv6 &&
		"$@"' sh "$fixtures" -a without/family
	[[ $output == *"no address family INET6: /proc/sys/net/ipv6/conf/lo/disable_ipv6 is 1; to have it: write 0 to it"* ]]
	# shellcheck disable=SC2016 # expanded by the inner shell
	expect 0 unshare -n sh -c 'ip link set lo up && "$@"' sh "$fixtures" -a without/family
	[[ $output == *"without/family:OK"* ]]
	expect 1 unshare -n "$fixtures" -a without/family
	[[ $output == *"no address family INET6: EADDRNOTAVAIL (Cannot assign requested address), and this kernel"* ]]
}

@test "BTF behind another mount is a reason to skip, which the run also says" {
	[ -e /sys/kernel/btf/vmlinux ] || skip "no BTF here"
	# shellcheck disable=SC2016 # expanded by the inner shell
	expect 0 unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && "$@"' sh "$fixtures" \
		-a without/btf
	[[ $output == *"no BTF: /sys/kernel/btf/vmlinux is not mounted, or hidden by another mount; to have it: mount sysfs at /sys, or unmount what hides the file"* ]]
	[ "$(grep -c '^test_progs: no BTF of the kernel' <<<"$output")" -eq 1 ]
	expect 0 "$fixtures" -a without/btf
	[[ $output == *"without/btf:OK"* ]]
}

@test "without cgroups that it may write to, the run goes on, and tests that need one are skipped" {
	point=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ "$point" ] || skip "no cgroup2 here"
	# shellcheck disable=SC2016 # expanded by the inner shell
	expect 0 unshare -m sh -c 'mount -o remount,ro,bind "$0" && "$@"' "$point" "$fixtures" \
		-a without/cgroup,pass
	[[ $output == *"cannot make the cgroup $point"*"EROFS (Read-only file system); what tests leave"* ]]
	[[ $output == *"no cgroup of the test's own: the runner cannot make cgroups in $point"* ]]
	[[ $output == *"pass:OK"* ]]
	# shellcheck disable=SC2016 # expanded by the inner shell
	expect 0 unshare -m sh -c 'umount "$0" && "$@"' "$point" "$fixtures" -a without/cgroup
	[[ $output == *"no cgroup of the test's own: no cgroup2 is mounted; to have it: mount -t cgroup2 none /sys/fs/cgroup"* ]]
	expect 0 "$fixtures" -a without/cgroup
	[[ $output == *"without/cgroup:OK"* ]]
}
