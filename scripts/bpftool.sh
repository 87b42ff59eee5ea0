#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Put a bpftool where the build looks for it: OUT is a copy of TOOL if that is given, else of the
# system's if it is new enough, else of the one in a Debian package that is fetched for it.
#
# usage: bpftool.sh VMTEST OUT [TOOL]

set -eu
vmtest=$1 out=$2 tool=${3-}

# It needs libelf, zlib and libcap, as the build itself does or every Debian has.
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
# No link: make would see how old the tool is, and make it anew each time.
rm -f "$out"
cp "$tool" "$out"
chmod 755 "$out"
