#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Compare a kernel's configuration with config and config.ARCH, where ARCH is the architecture of
# the configuration. Prints the lines that have to be added, and exits with 1 if there are any. The
# output is valid input for scripts/kconfig/merge_config.sh of a kernel tree. It may have options
# that an old kernel does not know; `make olddefconfig` drops those.
#
# usage: kconfig-check.sh FILE        a .config, a /boot/config-*, or a /proc/config.gz

set -u
give_up() {
	echo "kconfig-check: $*" >&2
	exit 2
}
[ $# -eq 1 ] || give_up "give one configuration: make kconfig-check CONFIG=FILE"
[ -r "$1" ] || give_up "cannot read $1: give a .config, a /boot/config-* or a /proc/config.gz"
lists=$(dirname "$0")/..
text=$(gzip -cdf "$1" | grep -E '^CONFIG_[A-Za-z0-9_]+=') ||
	give_up "cannot use $1: it has no line CONFIG_X=y; give a kernel configuration"

has() {
	printf '%s\n' "$text" | grep -qx "$1"
}

# Each line: the option that identifies an architecture, and the name of that architecture in the
# files config.ARCH.
arch=
while read -r option name; do
	if has "$option=y"; then
		arch=$name
	fi
done <<-ARCHES
	CONFIG_X86_64 x86_64
	CONFIG_ARM64 aarch64
	CONFIG_S390 s390x
	CONFIG_RISCV riscv64
	CONFIG_PPC64 ppc64le
ARCHES
[ -n "$arch" ] || give_up "cannot use $1: it is for none of the architectures of the suite"
config=$1
set -- "$lists/config"
if [ -r "$lists/config.$arch" ]; then
	set -- "$@" "$lists/config.$arch"
fi

# If the lists ask for a module, built-in is fine too.
missing=$(printf '%s\n' "$text" | awk -F= '
	NR == FNR { have[$1] = $2; next }
	!/^CONFIG_/ { next }
	have[$1] != $2 && !($2 == "m" && have[$1] == "y") { print }
' - "$@" | sort -u) || exit 2
if has 'CONFIG_LSM=.*' && ! has 'CONFIG_LSM=".*\<bpf\>.*"'; then
	echo "kconfig-check: note: CONFIG_LSM is without bpf: boot with lsm= that names it" >&2
fi
if [ -z "$missing" ]; then
	echo "kconfig-check: $config ($arch) has all options" >&2
	exit 0
fi
printf '%s\n' "$missing"
echo "kconfig-check: $config ($arch) lacks $(printf '%s\n' "$missing" | wc -l) options" >&2
exit 1
