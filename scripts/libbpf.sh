#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Put libbpf where the build looks for it: OUT/libbpf.a and OUT/include/{bpf,linux}. Without SRC,
# the system's libbpf is used if it is new enough; else Debian's source package is fetched and
# built. SRC is a folder with libbpf's sources: `src` of its own repository, or tools/lib/bpf of a
# kernel tree.
#
# usage: libbpf.sh VMTEST OUT CC [SRC]

set -eu
vmtest=$1 out=$2 cc=$3 src=${4-}

# The oldest version that has everything the tests use, and the Debian suite with a newer source
# package.
oldest=1.5
suite=sid

fail() {
	echo "libbpf: $*" >&2
	exit 1
}

rm -rf "$out"
mkdir -p "$out/include"

if [ -z "$src" ] && pkg-config --atleast-version=$oldest libbpf 2>/dev/null; then
	archive=$(pkg-config --variable=libdir libbpf)/libbpf.a
	headers=$(pkg-config --variable=includedir libbpf)
	if [ -e "$archive" ]; then
		ln -s "$headers/bpf" "$out/include/bpf"
		ln -s "$archive" "$out/libbpf.a"
		exit 0
	fi
fi
if [ -z "$src" ]; then
	src=$("$vmtest" --fetch-source libbpf --suite $suite)/src ||
		fail "no sources: give LIBBPF_SRC=DIR, or install libbpf-dev $oldest or newer"
fi
[ -e "$src/libbpf.c" ] || fail "$src has no libbpf.c: LIBBPF_SRC is the folder with the sources"

log=$out/build.log
if [ -e "$src/Kbuild" ] || [ -e "$src/Build" ]; then
	# In a kernel tree, libbpf's makefile can build out of tree, and the uapi headers are in the
	# tree.
	make -C "$src" O="$(realpath "$out")/" OUTPUT="$(realpath "$out")/" CC="$cc" \
		DESTDIR="$(realpath "$out")/dest" prefix=/usr \
		libbpf.a install_headers >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "the build failed, see $log"; }
	uapi=$src/../../include/uapi/linux
else
	make -C "$src" -j"$(nproc)" BUILD_STATIC_ONLY=1 OBJDIR="$(realpath "$out")/obj" CC="$cc" \
		DESTDIR="$(realpath "$out")/dest" PREFIX=/usr LIBDIR=/usr/lib \
		install >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "the build failed, see $log"; }
	uapi=$src/../include/uapi/linux
fi
cp -r "$out/dest/usr/include/bpf" "$out/include/"
# The uapi headers of the system may be too old for the headers of libbpf.
mkdir -p "$out/include/linux"
for header in bpf.h bpf_common.h btf.h; do
	[ ! -e "$uapi/$header" ] || cp "$uapi/$header" "$out/include/linux/"
done
[ -e "$out/libbpf.a" ] || cp "$(find "$out/dest" "$out/obj" -name libbpf.a 2>/dev/null | head -n 1)" "$out/"
