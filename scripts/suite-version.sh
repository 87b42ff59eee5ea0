#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the version of the suite. In a checkout, this is the commit, followed by "+changes" if files
# differ from it. In a tarball of `make dist`, this is the commit that it was made from.
#
# usage: suite-version.sh

cd "$(dirname "$0")/.." || exit 1
# Filled in by git archive.
# shellcheck disable=SC2016 # not by the shell
archived='$Format:%h$'
if [ -e .git ] && commit=$(git rev-parse --short=12 HEAD 2>/dev/null); then
	[ -z "$(git status --porcelain --untracked-files=normal 2>/dev/null)" ] || commit=$commit+changes
	echo "$commit"
elif [ "${archived#\$}" = "$archived" ]; then
	echo "$archived"
else
	echo unknown
fi
