#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetch the sources of a kernel, unpack the part that the selftests need into vmtest's cache, and
# print the folder. Sources that are in the cache are used without asking the network.
#
# usage: fetch.sh VMTEST [VERSION CACHE]	VERSION as in `vmtest kernels`, CACHE is vmtest's cache;
#	without them, the sources of the pinned kernel

set -eu
vmtest=$1 version=${2-}
cd "$(dirname "$0")/.."
fail() {
	echo "tree: $*" >&2
	exit 1
}

# The selftests include headers from all over the tree.
parts="Makefile Kconfig arch/x86 include kernel/bpf lib net/bpf scripts tools"

if [ -n "$version" ]; then
	cached=$(find "$3/trees" -maxdepth 1 -name "linux-source-${version}_*" \
		! -name '*.new.*' 2>/dev/null | sort -V | tail -n1)
	[ -z "$cached" ] || {
		echo "$cached"
		exit
	}
	suite=$("$vmtest" kernels | awk -v version="$version" '$1 == version { print $4 }')
else
	pin=$(sed -n 's/^PIN_RELEASE("\([0-9]*\.[0-9]*\).*", "\(.*\)")$/\1 \2/p' vm/kernel/kernel.pin)
	version=${pin% *} suite=${pin#* }
fi
package=linux-source-$version
folder=$("$vmtest" --fetch-package "$package" --suite "${suite:--}") ||
	fail "no package $package: give TREE=DIR, the folder of a kernel's sources"
tree=${folder%/packages/*}/trees/${folder##*/}
if [ ! -d "$tree" ]; then
	echo "tree: unpacking $package" >&2
	new=$tree.new.$$
	mkdir -p "$new"
	trap 'rm -rf "$new"' EXIT
	# shellcheck disable=SC2086 # a list of words
	printf "$package/%s\n" $parts |
		tar -xJf "$folder/usr/src/$package.tar.xz" -C "$new" --strip-components=1 -T -
	mv -T "$new" "$tree"
fi
echo "$tree"
