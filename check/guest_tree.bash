#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Set-up for bats files that run the fixtures in guests: a tree that has only the fixtures.

setup() {
	VMTEST=$(realpath "${VMTEST:-./vmtest}")
	export TMPDIR="$BATS_TEST_TMPDIR/tmp"
	mkdir -p "$TMPDIR" "$BATS_TEST_TMPDIR/tree"
	cp "${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}" "$BATS_TEST_TMPDIR/tree/fixtures"
	cd "$BATS_TEST_TMPDIR" || return 1
}
