#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What audit.bats and audit_boot.bats share.
#
# shellcheck disable=SC2154 # their setup() sets $work

# has_left TEST PATTERN: a failed test whose report names what it has left
has_left() {
	jq -e --arg test "$1" --arg what "$2" 'any(.results[];
		.name == $test and .failed and any(.left_behind[]; test($what)))' \
		"$work/report.json" >/dev/null
}
