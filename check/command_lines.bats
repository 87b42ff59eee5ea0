#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The suite on kernels that were booted in other ways, and what is refused there. Each boot takes 5
# to 25 s under TCG. check/command_lines.sh has more of these boots than `make check` runs.

bats_require_minimum_version 1.5.0
load guest_tree

# in_guest STATUS OPTION... -- COMMAND...: run a command in a guest, and compare the exit status
in_guest() {
	local status_expected=$1
	shift
	run timeout 300 "$VMTEST" --tree tree "$@" </dev/null
	echo "$output"
	[ "$status" -eq "$status_expected" ]
}

@test "EPERM is a reason to skip only if something can refuse" {
	in_guest 1 -- env TEST_WITHOUT=1 ./fixtures -a without/permission
	[[ $output == *"no a probe that is refused: EPERM (Operation not permitted), and this kernel ("*") should permit it: no lockdown, seccomp filter or LSM refuses it"* ]]
	in_guest 0 --append lockdown=integrity -- env TEST_WITHOUT=1 ./fixtures -a without/permission
	[[ $output == *"not permitted here: a probe that is refused: EPERM (Operation not permitted), refused by lockdown (integrity)"* ]]
}

@test "IPv6 that is switched off at boot is a reason to skip" {
	in_guest 0 --append ipv6.disable=1 -- env TEST_WITHOUT=1 ./fixtures -a without/family
	[[ $output == *"no address family INET6: /sys/module/ipv6/parameters/disable is 1"* ]]
}

@test "in another network namespace, which has no sysctls of the JIT, a program shows if it is on" {
	in_guest 0 -- sh -c 'export TEST_WITHOUT=1
		unshare -n ./fixtures -a without/jit && echo 0 >/proc/sys/net/core/bpf_jit_enable &&
		unshare -n ./fixtures -a without/jit && ./fixtures -a without/jit'
	[[ $output == *"without/jit:OK"*"no JIT: the kernel does not compile a program; to have it: "*"no JIT: net.core.bpf_jit_enable is 0; to have it: sysctl -w net.core.bpf_jit_enable=1"* ]]
}

# Lockdown takes helpers, kprobes and tracefs away; without BTF most objects do not load.
@test "the suite under lockdown, and without BTF: no failures, and only skips with a reason" {
	cd "$BATS_TEST_DIRNAME/.." || return 1
	[ -x "$(dirname "$VMTEST")/test_progs" ] || skip "the suite is not built"
	O=$(dirname "$VMTEST") run timeout 600 check/command_lines.sh lockdown=confidentiality 'no BTF'
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c ' 0/0 FAILED' <<<"$output")" -eq 3 ]
	[[ $output == *"no helper bpf_probe_read_kernel for RAW_TRACEPOINT: lockdown (confidentiality) does not permit it; to have it: boot without lockdown=, and without Secure Boot: tailcalls/update_while_attached, tracepoint/raw"* ]]
}
