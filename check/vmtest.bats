#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# What vmtest says and how it exits before any guest is started. No network, no root, a few seconds.
# The program under test is $VMTEST (default: ./vmtest). Guests are in vmtest_boot.bats.

setup() {
	VMTEST=$(realpath "${VMTEST:-./vmtest}")
	export VMTEST_CACHE="$BATS_TEST_TMPDIR/cache" TMPDIR="$BATS_TEST_TMPDIR/tmp"
	mkdir -p "$TMPDIR" "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR" || return 1
	# Enough of a kernel to be taken for one; no test here gets as far as booting it.
	{ printf '\177ELF\002\001\001'; head -c 200 /dev/zero; printf 'Linux version 9.9.9 (x)\n'
	} > kernel
}

# run_vmtest WORD...: on a small tree, without trying KVM
run_vmtest() {
	run "$VMTEST" --accel tcg --tree tree "$@"
	echo "$output"
}

@test "help names the options and every exit status" {
	run_vmtest --help
	[ "$status" -eq 0 ]
	[[ "$output" == *--results-size* ]]
	for number in 64 126 127 240 241 242 243 244 245 246 247 248 249; do
		grep -qE "^ +$number " <<< "$output"
	done
}

@test "exit statuses can be listed alone" {
	run_vmtest --list-exit-statuses
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" == *"0..125"* ]]
	[[ "$output" != *Usage* ]]
}

@test "an unknown option is a usage error" {
	run_vmtest --no-such-option
	[ "$status" -eq 64 ]
	[[ "$output" == *no-such-option* ]]
}

@test "bad numbers and sizes are usage errors that name the option" {
	for words in "--cpus 0" "--cpus two" "--mem 12Q" "--mem 1M" "--mem nan" "--timeout -1" \
		     "--boot-timeout 0" "--results-size 1M" "--results-size M" "--accel xen"; do
		# shellcheck disable=SC2086 # an option and its value
		run_vmtest $words -- true
		[ "$status" -eq 64 ]
		[[ "$output" == *"${words%% *}"* ]]
	done
}

@test "a kernel file that does not exist" {
	run_vmtest -k ./no-such-kernel -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *no-such-kernel*ENOENT* ]]
}

@test "a word that is no kernel" {
	run_vmtest -k nonsense -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *nonsense* ]]
}

@test "a file that is no kernel" {
	head -c 4096 /dev/zero > zeros
	run_vmtest -k zeros -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *zeros*bzImage* ]]
}

@test "a folder without a kernel in it" {
	mkdir build-tree
	run_vmtest -k build-tree -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *build-tree*vmlinux* ]]
}

@test "offline with an empty cache" {
	run_vmtest --offline -- true
	[ "$status" -eq 244 ]
	[[ "$output" == *--offline* ]]
	run_vmtest --offline -k 6.1 -- true
	[ "$status" -eq 244 ]
}

@test "a version is not the beginning of another version" {
	mkdir -p "$VMTEST_CACHE/kernels/6.12.5-cloud-amd64" "$VMTEST_CACHE/kernels/6.1.0-9-cloud-amd64"
	echo 6.12.5-cloud-amd64 > "$VMTEST_CACHE/kernels/6.12.5-cloud-amd64/release"
	run_vmtest --offline --fetch-only -k 6.1
	[ "$status" -eq 244 ]
	echo 6.1.0-9-cloud-amd64 > "$VMTEST_CACHE/kernels/6.1.0-9-cloud-amd64/release"
	run "$VMTEST" --offline --fetch-only -k 6.1 2>/dev/null
	[ "$status" -eq 0 ]
	[[ "$output" == */kernels/6.1.0-9-cloud-amd64 ]]
}

@test "the highest cached kernel is taken, by number, and a release candidate comes before it" {
	for release in 7.3.9-cloud-amd64 7.3.10-cloud-amd64 7.3.10~rc2-cloud-amd64; do
		mkdir -p "$VMTEST_CACHE/kernels/$release"
		echo $release > "$VMTEST_CACHE/kernels/$release/release"
	done
	run_vmtest --offline --fetch-only -k 7.3
	[ "$status" -eq 0 ]
	[[ "$output" == */kernels/7.3.10-cloud-amd64 ]]
}

@test "QEMU is missing" {
	mkdir empty
	PATH=$PWD/empty run_vmtest -k ./kernel -- true
	[ "$status" -eq 245 ]
	[[ "$output" == *"install the Debian package qemu-system-x86"* ]]
}

@test "the results folder is in use" {
	mkdir results
	exec 9< results
	flock -n 9
	run_vmtest --results results -k ./kernel -- true
	exec 9<&-
	[ "$status" -eq 248 ]
	[[ "$output" == *results*"another vmtest"* ]]
}

@test "the tree does not exist" {
	run "$VMTEST" --accel tcg --tree no-such-tree -k ./kernel -- true
	[ "$status" -eq 247 ]
	[[ "$output" == *no-such-tree*--tree* ]]
}

@test "the temporary folder cannot be made" {
	TMPDIR=/no/such/folder run_vmtest -k ./kernel -- true
	[ "$status" -eq 247 ]
	[[ "$output" == */no/such/folder*TMPDIR* ]]
}

@test "a package name that is a path is refused" {
	run_vmtest --fetch-package ../../etc/passwd
	[ "$status" -eq 64 ]
}

@test "temporary folders of dead launchers go, those of living ones stay" {
	mkdir "$TMPDIR/vmtest.dead00" "$TMPDIR/vmtest.alive0" "$TMPDIR/vmtest-other"
	touch "$TMPDIR/vmtest.dead00/file"
	exec 9< "$TMPDIR/vmtest.alive0"
	flock -n 9
	run_vmtest -k ./no-such-kernel -- true
	exec 9<&-
	[ ! -e "$TMPDIR/vmtest.dead00" ]
	[ -e "$TMPDIR/vmtest.alive0" ]
	[ -e "$TMPDIR/vmtest-other" ]
	[ "$(find "$TMPDIR" -mindepth 1 -maxdepth 1 | wc -l)" -eq 2 ]
}

@test "what a killed launcher left in the cache goes" {
	mkdir -p "$VMTEST_CACHE/filling.1/part"
	touch "$VMTEST_CACHE/fill.lock"
	run_vmtest --offline -- true
	[ ! -e "$VMTEST_CACHE/filling.1" ]
}
