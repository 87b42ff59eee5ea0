#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Compare runner/coverage/features.tsv with the BTF of a kernel: each number of its enums, and each
# kfunc, must have a row, and each row that is as old as the kernel must be there. Prints a line for
# each difference; the exit status is 1 if there is one.
#
# usage: BPFTOOL=PATH check-features.sh [BTF] [VERSION]
#
# BTF: default: that of the running kernel; VERSION: default: its version

set -eu
cd "$(dirname "$0")/.."
btf=${1:-/sys/kernel/btf/vmlinux}
version=${2:-$(uname -r)}
table=runner/coverage/features.tsv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${BPFTOOL:-bpftool}" btf dump file "$btf" format c >"$work/types"
"${BPFTOOL:-bpftool}" btf dump file "$btf" format raw >"$work/raw"

# Kind, number and name of all members of the enums.
awk '
	BEGIN {
		kinds["bpf_prog_type"] = "prog_type"; kinds["bpf_map_type"] = "map_type"
		kinds["bpf_attach_type"] = "attach_type"; kinds["bpf_link_type"] = "link_type"
		kinds["bpf_cmd"] = "cmd"; kinds["bpf_func_id"] = "helper"
	}
	$1 == "enum" && $3 == "{" && $2 in kinds { kind = kinds[$2]; next }
	/^}/ { kind = "" }
	kind != "" && $2 == "=" && $1 !~ /^__/ {
		sub(",", "", $3)
		sub("^BPF_FUNC_", "bpf_", $1)
		print kind "\t" $3 "\t" $1
	}' "$work/types" >"$work/kernel"
# A kfunc is a function with this tag (Linux 6.10 and newer).
awk '
	$2 == "FUNC" { gsub("\047", "", $3); id = $1; gsub(/[][]/, "", id); names[id] = $3 }
	$2 == "DECL_TAG" && $3 == "\047bpf_kfunc\047" { sub("type_id=", "", $4); tagged[$4] = 1 }
	END { for (id in tagged) if (id in names) print "kfunc\t-\t" names[id] }' "$work/raw" >>"$work/kernel"
has_kfuncs=$(grep -c '^kfunc' "$work/kernel" || true)

awk -F '\t' -v version="$version" -v has_kfuncs="$has_kfuncs" '
	function number_of(text, parts) {
		split(text, parts, /[^0-9]+/)
		return parts[1] * 1000 + parts[2]
	}
	NR == FNR { kernel[$1 "\t" $3] = $2; next }
	/^#/ { next }
	{ rows[$1 "\t" $3] = 1 }
	$1 ~ /_flag$/ || $4 == "?" || number_of($4) > number_of(version) { next }
	$1 == "kfunc" && (!has_kfuncs || $5 != "") { next }
	!($1 "\t" $3 in kernel) { print "not in this kernel: " $1 " " $3 " (since " $4 ")"; bad = 1; next }
	kernel[$1 "\t" $3] != $2 { print "another number: " $1 " " $3 ": " kernel[$1 "\t" $3] ", not " $2; bad = 1 }
	END {
		for (row in kernel) if (!(row in rows)) { sub("\t", " ", row); print "no row: " row; bad = 1 }
		exit bad
	}' "$work/kernel" "$table"
