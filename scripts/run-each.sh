#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Run programs one after the other with the same arguments. The exit status is the first one that is
# not 0, or 0.
#
# usage: run-each.sh "ARGUMENTS" PROGRAM...

arguments=$1
shift
status=0
for program in "$@"; do
	echo "$program $arguments"
	# shellcheck disable=SC2086 # a list of words
	"$program" $arguments
	ended=$?
	[ $status -ne 0 ] || status=$ended
done
exit $status
