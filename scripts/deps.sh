#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Install what the build, the checks and vmtest need and this machine lacks. Says nothing and
# touches nothing when all is there. Without root or apt it prints what to install and exits 1.
#
# usage: deps.sh [lint]		with lint, the tools of `make lint` and `make format` as well

set -u
with_lint=${1:-}
cd "$(dirname "$0")/.." || exit 1
start=$(date +%s)
say() {
	echo "deps: [$(($(date +%s) - start))s] $*"
}

has_header() {
	echo "#include <$1>" | gcc -E -x c - >/dev/null 2>&1
}
has_library() {
	{ ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep -q "$1"
}
has_command() {
	PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1
}

# What is needed: kind, name, and the Debian package that has it.
missing_packages() {
	while read -r kind name package; do
		case $kind in
		command) has_command "$name" || echo "$package" ;;
		header) has_header "$name" || echo "$package" ;;
		library) has_library "$name" || echo "$package" ;;
		tool) scripts/find-tool.sh "$name" >/dev/null || echo "$package" ;;
		esac
	done <<-NEEDED
		command gcc gcc
		command make make
		command ld binutils
		command pkg-config pkgconf
		command jq jq
		command bats bats
		command patch patch
		command pgrep procps
		command ip iproute2
		command tcpdump tcpdump
		command strace strace
		command qemu-system-x86_64 qemu-system-x86
		command mke2fs e2fsprogs
		command zstd zstd
		command lz4 lz4
		command xz xz-utils
		tool clang clang-19
		header stdio.h libc6-dev
		header linux/types.h linux-libc-dev
		header gelf.h libelf-dev
		header elfutils/libdwfl.h libdw-dev
		header zlib.h zlib1g-dev
		header json-c/json.h libjson-c-dev
		header libmnl/libmnl.h libmnl-dev
		header setjmp.h libc6-dev
		library libcap.so.2 libcap2
	NEEDED
	if [ -n "$with_lint" ]; then
		scripts/find-tool.sh clang-format >/dev/null || echo clang-format-19
		scripts/find-tool.sh clang-tidy >/dev/null || echo clang-tidy-19
		has_command shellcheck || echo shellcheck
	fi
	# cmocka.h cannot be included by itself.
	echo '#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>' | gcc -E -x c - >/dev/null 2>&1 || echo libcmocka-dev
	# What clang links under sanitizers and into fuzz targets; gcc's comes with gcc.
	clang=$(scripts/find-tool.sh clang || echo clang-19)
	runtime=$("$clang" -print-file-name="libclang_rt.fuzzer-$(uname -m).a" 2>/dev/null)
	major=$("$clang" -dumpversion 2>/dev/null | cut -d. -f1)
	[ -e "$runtime" ] || echo "libclang-rt-${major:-19}-dev"
}

packages=$(missing_packages | sort -u | tr '\n' ' ')
[ -n "$packages" ] || exit 0

give_up() {
	echo "deps: $1" >&2
	echo "deps: install these (Debian's names), then run make again:" >&2
	echo "  $packages" >&2
	exit 1
}

has_command apt-get || give_up "this machine has no apt"
[ "$(id -u)" -eq 0 ] || give_up "without root nothing can be installed"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
	# shellcheck disable=SC2086 # a list of words
	DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends \
		-o DPkg::Lock::Timeout=300 install $packages >>"$log" 2>&1
}
say "installing $packages"
if ! install; then
	say "once more, with new package lists"
	apt-get update >>"$log" 2>&1
	install || {
		tail -n 15 "$log" >&2
		give_up "apt-get could not install everything"
	}
fi
packages=$(missing_packages | sort -u | tr '\n' ' ')
[ -z "$packages" ] || give_up "installed, and still something is not found"
say "done"
