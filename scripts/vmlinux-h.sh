#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Make vmlinux.h from the file BTF if that is given (a vmlinux, or a raw BTF file), else from the
# pinned kernel of vmtest, else from the running kernel.
#
# usage: vmlinux-h.sh VMTEST BPFTOOL OUT [BTF]

set -eu
vmtest=$1 bpftool=$2 out=$3 btf=${4-}

if [ -z "$btf" ]; then
	if folder=$("$vmtest" --fetch-only); then
		btf=$folder/vmlinux
	elif [ -r /sys/kernel/btf/vmlinux ]; then
		echo "vmlinux.h: no kernel could be fetched, the running one's BTF is taken" >&2
		btf=/sys/kernel/btf/vmlinux
	else
		echo "vmlinux.h: no kernel could be fetched: give VMLINUX_BTF=FILE" >&2
		exit 1
	fi
fi
"$bpftool" btf dump file "$btf" format c >"$out.new"
mv "$out.new" "$out"
