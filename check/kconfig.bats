#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of scripts/kconfig-check.sh and `make kconfig-check`, with small lists and configurations.

bats_require_minimum_version 1.5.0

setup() {
	tree=$BATS_TEST_DIRNAME/..
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir -p scripts
	cp "$tree/scripts/kconfig-check.sh" scripts/
	printf '# All tests:\nCONFIG_BPF=y\nCONFIG_VSOCKETS=m\n' > config
	echo CONFIG_PVH=y > config.x86_64
	printf 'CONFIG_X86_64=y\nCONFIG_BPF=y\nCONFIG_VSOCKETS=y\nCONFIG_PVH=y\n' > full
}

# shellcheck disable=SC2154 # bats sets $stderr
check() {
	run --separate-stderr scripts/kconfig-check.sh "$@"
	echo "$output" "$stderr"
}

@test "a configuration that has all options; a module may be built in" {
	check full
	[ "$status" -eq 0 ]
	[ "$output" = "" ]
	[[ "$stderr" == *"full (x86_64) has all options"* ]]
}

@test "what is missing, a module in place of y, and what is not set" {
	sed -i 's/^CONFIG_BPF=y/CONFIG_BPF=m/; s/^CONFIG_VSOCKETS=y/# CONFIG_VSOCKETS is not set/' full
	check full
	[ "$status" -eq 1 ]
	[ "$output" = "$(printf 'CONFIG_BPF=y\nCONFIG_VSOCKETS=m')" ]
	[[ "$stderr" == *"lacks 2 options"* ]]
}

@test "the lines printed make the configuration complete" {
	grep -v PVH full > less
	check less
	[ "$status" -eq 1 ]
	printf '%s\n' "$output" >> less
	check less
	[ "$status" -eq 0 ]
}

@test "another architecture has other options, and may have no list of its own" {
	sed -i 's/X86_64/ARM64/; /PVH/d' full
	check full
	[ "$status" -eq 0 ]
	echo CONFIG_ONLY_ARM=y > config.aarch64
	check full
	[ "$status" -eq 1 ]
	[ "$output" = CONFIG_ONLY_ARM=y ]
}

@test "an option whose name begins with that of another" {
	sed -i 's/^CONFIG_BPF=y/CONFIG_BPF_JIT=y/' full
	check full
	[ "$status" -eq 1 ]
	[ "$output" = CONFIG_BPF=y ]
}

@test "a compressed configuration, as in /proc/config.gz" {
	gzip full
	check full.gz
	[ "$status" -eq 0 ]
}

@test "a list of security modules without bpf is worth a note" {
	echo 'CONFIG_LSM="landlock,ebpf,yama"' >> full
	check full
	[ "$status" -eq 0 ]
	[[ "$stderr" == *lsm=* ]]
	sed -i '/CONFIG_LSM/d' full
	echo 'CONFIG_LSM="landlock,bpf,yama"' >> full
	check full
	[[ "$stderr" != *lsm=* ]]
}

@test "what is no configuration has another status" {
	echo hello > text
	for file in text no-such-file; do
		check "$file"
		[ "$status" -eq 2 ]
		[[ "$stderr" == *"$file"* ]]
	done
	check
	[ "$status" -eq 2 ]
}

@test "make kconfig-check" {
	run make -C "$tree" --no-print-directory kconfig-check CONFIG="$PWD/no-such-file"
	echo "$output"
	[ "$status" -eq 2 ]
	[[ "$output" == *"no-such-file"* ]]
	run make -C "$tree" --no-print-directory kconfig-check
	echo "$output"
	[ "$status" -eq 2 ]
	[[ "$output" == *"CONFIG=FILE"* ]]
}
