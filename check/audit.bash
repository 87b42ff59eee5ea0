#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Shared by audit.bats and audit_boot.bats.
#
# shellcheck disable=SC2154 # their setup() sets $work

# has_left TEST PATTERN: whether the test failed, and the report says that it left PATTERN
has_left() {
	jq -e --arg test "$1" --arg what "$2" 'any(.results[];
		.name == $test and .failed and any(.left_behind[]; test($what)))' \
		"$work/report.json" >/dev/null
}
