#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What bats files have in common that run the fixtures in guests: a tree with nothing else in it.

setup() {
	VMTEST=$(realpath "${VMTEST:-./vmtest}")
	export TMPDIR="$BATS_TEST_TMPDIR/tmp"
	mkdir -p "$TMPDIR" "$BATS_TEST_TMPDIR/tree"
	cp "${FIXTURES:-$BATS_TEST_DIRNAME/../build/fixtures}" "$BATS_TEST_TMPDIR/tree/fixtures"
	cd "$BATS_TEST_TMPDIR" || return 1
}
