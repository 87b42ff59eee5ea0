#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boot kernels of several origins with vmtest, and print TAP. The first time takes an hour on two
# CPUs, because most of the kernels are built; `make check` leaves it out.
#
# usage: O=DIR kernels.sh [NAME]...
#
# cloud     the pinned kernel, one of Debian's for clouds
# generic   Debian's kernel for all machines (linux-image-amd64): all drivers are modules
# defconfig the kernel's own defconfig and kvm_guest.config, built
# NAME      tinyconfig with check/kernels/base.config and check/kernels/NAME.config, built
#
# The sources are those of $SOURCES, or of the pinned kernel, which are fetched. Building needs bc,
# bison, flex, libelf-dev and libssl-dev. The built kernels are kept in $O/kernels/.

set -u
cd "$(dirname "$0")/.." || exit 1
O=${O:-build}
VMTEST=${VMTEST:-$O/vmtest}
kernels=$(realpath -m "$O/kernels")
mkdir -p "$kernels/tree"
failed=0

fail() {
	echo "# $*"
	return 1
}

get_sources() {
	local folder
	[ -z "${SOURCES-}" ] || return 0
	SOURCES=$kernels/sources
	[ ! -e "$SOURCES/complete" ] || return 0
	folder=$("$VMTEST" --fetch-package "linux-source-$1" --suite "$2") || return 1
	rm -rf "$SOURCES"
	mkdir "$SOURCES"
	tar -xJf "$folder/usr/src/linux-source-$1.tar.xz" -C "$SOURCES" --strip-components=1 || return 1
	touch "$SOURCES/complete"
}

# configure NAME FOLDER: write the configuration
configure() {
	if [ "$1" = defconfig ]; then
		make -s -C "$SOURCES" O="$2" defconfig kvm_guest.config
		return
	fi
	make -s -C "$SOURCES" O="$2" tinyconfig &&
		cat check/kernels/base.config "check/kernels/$1.config" >> "$2/.config" &&
		make -s -C "$SOURCES" O="$2" olddefconfig 2> "$2/config.log"
}

# build NAME: build the kernel, and print its folder
build() {
	local folder=$kernels/$1
	mkdir -p "$folder"
	{
		configure "$1" "$folder" &&
			make -s -C "$SOURCES" O="$folder" -j"${JOBS:-$(nproc)}" all
	} > "$folder/build.log" 2>&1 || fail "cannot build $1: see $folder/build.log"
}

# generic: fetch Debian's kernel for all machines
generic() {
	local package folder=$kernels/generic
	mkdir -p "$folder"
	[ -z "$(find "$folder" -name '*.deb')" ] || return 0
	package=$(apt-cache depends linux-image-amd64 | awk '$1 == "Depends:" { print $2; exit }')
	(cd "$folder" && apt-get -q download "$package") > "$folder/apt.log" 2>&1 ||
		fail "cannot download $package: see $folder/apt.log"
}

# boots NAME KERNEL...: a command runs, and its results come back
boots() {
	local name=$1 results=$kernels/results-$1 release
	shift
	rm -rf "$results"
	release=$("$VMTEST" --tree "$kernels/tree" --results "$results" "$@" -- \
		sh -c 'uname -r; ls /sys/block > /results/disks' 2> "$kernels/$name.log") ||
		fail "status $?: see $kernels/$name.log" || return 1
	[ -s "$results/disks" ] || fail "no results" || return 1
	echo "# $release: $(tr '\n' ' ' < "$results/disks")"
}

try() {
	case $1 in
	cloud) boots "$1" ;;
	generic) generic && boots "$1" -k "$(find "$kernels/generic" -name '*.deb' | head -n 1)" ;;
	*)
		# shellcheck disable=SC2046 # version and suite
		get_sources $(sed -n 's/^PIN_RELEASE("\([0-9]*\.[0-9]*\).*", "\(.*\)")$/\1 \2/p' vm/kernel/kernel.pin) &&
			build "$1" && boots "$1" -k "$kernels/$1"
		;;
	esac
}

if [ $# -eq 0 ]; then
	set -- cloud generic defconfig
	for config in check/kernels/*.config; do
		[ "$config" = check/kernels/base.config ] || set -- "$@" "$(basename "$config" .config)"
	done
fi
echo "1..$#"
for name; do
	if try "$name"; then
		echo "ok kernel $name"
	else
		echo "not ok kernel $name"
		failed=1
	fi
done
exit $failed
