#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetch the sources of the pinned kernel, unpack the part that the selftests need into vmtest's
# cache, and print the folder.
#
# usage: fetch.sh VMTEST

set -eu
vmtest=$1
cd "$(dirname "$0")/.."

# The selftests include headers from all over the tree.
parts="Makefile Kconfig arch/x86 include kernel/bpf lib net/bpf scripts tools"

pin=$(sed -n 's/^PIN_RELEASE("\([0-9]*\.[0-9]*\).*", "\(.*\)")$/\1 \2/p' vm/kernel/kernel.pin)
package=linux-source-${pin% *}
folder=$("$vmtest" --fetch-package "$package" --suite "${pin#* }") || {
	echo "tree: no package $package: give TREE=DIR, the folder of a kernel's sources" >&2
	exit 1
}
tree=${folder%/packages/*}/trees/${folder##*/}
if [ ! -d "$tree" ]; then
	echo "tree: unpacking $package" >&2
	new=$tree.$$
	mkdir -p "$new"
	trap 'rm -rf "$new"' EXIT
	# shellcheck disable=SC2086 # a list of words
	printf "$package/%s\n" $parts |
		tar -xJf "$folder/usr/src/$package.tar.xz" -C "$new" --strip-components=1 -T -
	mv -T "$new" "$tree"
fi
echo "$tree"
