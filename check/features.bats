#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The table of what BPF offers, compared with the kernel that it describes, in a guest.

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "runner/coverage/features.tsv has what the pinned kernel has" {
	cd "$BATS_TEST_DIRNAME/.." || return 1
	bpftool=$(realpath "$(dirname "$VMTEST")/bpftool")
	[ -x "$bpftool" ] || skip "the suite is not built"
	run timeout 300 "$VMTEST" --tree . -- env BPFTOOL="$bpftool" scripts/check-features.sh </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a row that the kernel lacks, a number without a row, another number: each is named" {
	mkdir -p tree/scripts tree/runner/coverage
	cp "$BATS_TEST_DIRNAME/../scripts/check-features.sh" tree/scripts/
	sed -e 's/\tbpf_loop\t/\tbpf_lop\t/' -e 's/^map_type\t27\t/map_type\t28\t/' \
		"$BATS_TEST_DIRNAME/../runner/coverage/features.tsv" >tree/runner/coverage/features.tsv
	cp "$(dirname "$VMTEST")/bpftool" tree/ || skip "the suite is not built"
	run timeout 300 "$VMTEST" --tree tree -- env BPFTOOL=./bpftool scripts/check-features.sh </dev/null
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *"not in this kernel: helper bpf_lop (since 5.17)"* ]]
	[[ $output == *"no row: helper bpf_loop"* ]]
	[[ $output == *"another number: map_type BPF_MAP_TYPE_RINGBUF: 27, not 28"* ]]
}
