#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Install the packages that this machine lacks for a goal. Prints nothing and changes nothing if
# nothing is missing. Without root or apt it prints what to install and exits with 1.
#
# usage: deps.sh [check] [lint] [tree] [run-tree]	always for `make run`; also for the goals that are named

set -u
goals=" run $* "
cd "$(dirname "$0")/.." || exit 1
start=$(date +%s)
say() {
	echo "deps: [$(($(date +%s) - start))s] $*"
}

# Includes the headers that cmocka.h needs in front of it.
has_header() {
	printf '#include <%s>\n' stdarg.h stddef.h stdint.h setjmp.h "$1" |
		gcc -I/usr/include/libxml2 -E -x c - >/dev/null 2>&1
}
has_library() {
	{ ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep -q "$1"
}
has_command() {
	PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1
}
has_module() {
	python3 -c "import $1" 2>/dev/null
}
# The runtime that clang links into fuzz targets and for sanitizers. The runtime of gcc is in gcc's
# own package.
has_runtime() {
	clang=$(scripts/find-tool.sh clang) &&
		[ -e "$("$clang" -print-file-name="$1-$(uname -m).a")" ]
}
# The major version of clang, which is in the name of its runtime's package.
clang_major() {
	major=$("$(scripts/find-tool.sh clang)" -dumpversion 2>/dev/null | cut -d. -f1)
	echo "${major:-19}"
}

# The columns of the table: goal, kind, name, and the Debian package that has it.
missing_packages() {
	while read -r goal kind name package; do
		case $goals in
		*" $goal "*) ;;
		*) continue ;;
		esac
		case $kind in
		command) has_command "$name" ;;
		header) has_header "$name" ;;
		library) has_library "$name" ;;
		module) has_module "$name" ;;
		runtime) has_runtime "$name" ;;
		tool) scripts/find-tool.sh "$name" >/dev/null ;;
		esac || echo "$package"
	done <<-NEEDED
		run command gcc gcc
		run command make make
		run command ld binutils
		run command pkg-config pkgconf
		run command qemu-system-x86_64 qemu-system-x86
		run command mke2fs e2fsprogs
		run command zstd zstd
		run command lz4 lz4
		run command xz xz-utils
		run command depmod kmod
		run tool clang clang-19
		run header stdio.h libc6-dev
		run header linux/types.h linux-libc-dev
		run header gelf.h libelf-dev
		run header elfutils/libdwfl.h libdw-dev
		run header zlib.h zlib1g-dev
		run header json-c/json.h libjson-c-dev
		run header xxhash.h libxxhash-dev
		run header libmnl/libmnl.h libmnl-dev
		run header libxml2/libxml/xmlwriter.h libxml2-dev
		run header ext2fs/ext2fs.h libext2fs-dev
		run library libcap.so.2 libcap2
		tree command rsync rsync
		tree command openssl openssl
		tree command python3 python3
		tree tool llvm-strip llvm
		tree command ld.lld lld
		tree header openssl/opensslv.h libssl-dev
		tree header zstd.h libzstd-dev
		run-tree command ip iproute2
		run-tree command ping iputils-ping
		run-tree command ethtool ethtool
		run-tree command nft nftables
		run-tree command iptables iptables
		run-tree command keyctl keyutils
		run-tree command nc netcat-openbsd
		check command jq jq
		check command bats bats
		check command patch patch
		check command pgrep procps
		check command ip iproute2
		check command rsync rsync
		check command tcpdump tcpdump
		check command xmllint libxml2-utils
		check command python3 python3
		check module yaml python3-yaml
		check command chromium chromium
		check command strace strace
		check command zsh zsh
		check command fish fish
		check header cmocka.h libcmocka-dev
		check runtime libclang_rt.fuzzer libclang-rt-$(clang_major)-dev
		lint tool clang-format clang-format-19
		lint tool clang-tidy clang-tidy-19
		lint command shellcheck shellcheck
		lint command ctags universal-ctags
		check command ctags universal-ctags
	NEEDED
}

packages=$(missing_packages | sort -u | tr '\n' ' ')
[ -n "$packages" ] || exit 0

give_up() {
	echo "deps: $1" >&2
	echo "deps: install these packages (names as in Debian), then run make again:" >&2
	echo "  $packages" >&2
	exit 1
}

has_command apt-get || give_up "this machine has no apt"
[ "$(id -u)" -eq 0 ] || give_up "only root can install packages"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
	# shellcheck disable=SC2086 # a list of words
	DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends \
		-o DPkg::Lock::Timeout=300 install $packages >>"$log" 2>&1
}
say "installing $packages"
if ! install; then
	say "again, with new package lists"
	apt-get update >>"$log" 2>&1
	install || {
		tail -n 15 "$log" >&2
		give_up "apt-get could not install everything"
	}
fi
packages=$(missing_packages | sort -u | tr '\n' ' ')
[ -z "$packages" ] || give_up "apt-get installed the packages, but these are still not found"
say "done"
