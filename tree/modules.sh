#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the kernel modules among a tree's selftests for a kernel of Debian, and print the folder
# that has them. They are built once, into vmtest's cache.
#
# A module fits only the kernel for which it is built, and wants the compiler of that kernel. So the
# kernel's headers are unpacked into a folder of the cache, with all that Debian builds modules
# with, and the build runs there, in a chroot.
#
# usage: modules.sh VMTEST RELEASE SELFTESTS
#	RELEASE		of the kernel, as uname -r prints it
#	SELFTESTS	the selftests' sources

set -eu
vmtest=$1 release=$2 selftests=$3
fail() {
	echo "tree: no modules for kernel $release: $1" >&2
	exit 1
}

# The suites that have the headers of a kernel, and what these depend on.
case $release in
*+deb13-*) suites=trixie,trixie-backports ;;
*+deb12-*) suites=bookworm,bookworm-security,bookworm-backports ;;
*+deb*) suites=sid ;;
*) suites=bookworm,bookworm-security ;;
esac
packages="linux-headers-$release make binutils base-files dash coreutils sed grep mawk findutils diffutils"

sources=$(grep -l '^MODULE_LICENSE' "$selftests"/*/*.c 2>/dev/null) || fail "the tree has none"
# shellcheck disable=SC2086 # a list of words
folders=$(dirname $sources | sort -u)
root=$("$vmtest" --fetch-root "$packages" --suite "$suites") || fail "no headers, see above"
# shellcheck disable=SC2086 # as above
sum=$(for folder in $folders; do cat "$folder"/*.[ch] "$folder/Makefile"; done | sha256sum | cut -c1-16)
modules=${root%/roots/*}/modules/$release-$sum
if [ ! -d "$modules" ]; then
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	mkdir -p "$work/made" "${modules%/*}"
	as_root=
	[ "$(id -u)" = 0 ] || as_root=--map-root-user
	for folder in $folders; do
		rm -rf "$work/sources"
		cp -rL "$folder" "$work/sources"
		# What a build left among the sources was made for another kernel.
		find "$work/sources" ! -name '*.[ch]' ! -name Makefile -type f -delete
		# The sources are at /tmp, where the compiler puts its own files too.
		# shellcheck disable=SC2016,SC2086 # the inner shell expands them; one word or none
		unshare --mount $as_root sh -c '
			mount --rbind /dev "$1/dev" && mount --rbind /proc "$1/proc" &&
			mount --bind "$2" "$1/tmp" &&
			exec chroot "$1" /usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C make -j "$4" \
				-C "/lib/modules/$3/build" M=/tmp AWK=mawk modules
			' sh "$root" "$work/sources" "$release" "$(nproc)" >"$modules.log" 2>&1 ||
			fail "$(grep -m1 -i error "$modules.log" || tail -n1 "$modules.log"), see $modules.log"
		cp "$work/sources"/*.ko "$work/made"
	done
	new=$modules.$$
	cp -r "$work/made" "$new"
	mv -T "$new" "$modules" || rm -rf "$new"
	rm -f "$modules.log"
fi
echo "$modules"
