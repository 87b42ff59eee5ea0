#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Copy a bpftool to OUT, where the build looks for it. The source is TOOL if that is given, else the
# system's bpftool if it is new enough, else that of a Debian package, which is fetched.
#
# usage: bpftool.sh VMTEST OUT [TOOL]

set -eu
vmtest=$1 out=$2 tool=${3-}

# The bpftool of this suite needs libelf, zlib and libcap: the build needs them too, or every Debian
# has them.
suite=bookworm-backports

if [ -z "$tool" ]; then
	tool=$(scripts/find-tool.sh bpftool) ||
		tool=$("$vmtest" --fetch-package bpftool --suite $suite)/usr/sbin/bpftool || {
		echo "bpftool: none that is new enough: install 7.5 or newer, or give BPFTOOL=PATH" >&2
		exit 1
	}
fi
"$tool" version >/dev/null || {
	echo "bpftool: $tool does not run" >&2
	exit 1
}
# Copy instead of linking: make would see the old time stamp of the tool, and rebuild every time.
rm -f "$out"
cp "$tool" "$out"
chmod 755 "$out"
