#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the BPF selftests of a kernel tree with the tree's own makefile, and link them with this
# runner. The tree is only read: its selftests are copied to OUT/.source, and everything is made
# there and in OUT. Without TREE, the sources of the pinned kernel are fetched.
#
# usage: build.sh BUILD [TREE]		the program is BUILD/tree/test_progs
# environment: CC, CLANG, VMLINUX_BTF to take the kernel's types from another file, and KERNEL, which
#	will run the tests

set -eu
build=$(realpath "$1") tree=${2-}
out=$build/tree
vmtest=$build/vmtest
here=$(realpath "$(dirname "$0")")
fail() {
	echo "tree: $*" >&2
	exit 1
}

[ -n "$tree" ] || tree=$("$here/fetch.sh" "$vmtest")
tree=$(realpath -e "$tree") || fail "TREE=DIR is the folder of a kernel's sources"
[ -e "$tree/tools/testing/selftests/bpf/test_progs.c" ] ||
	fail "$tree has no tools/testing/selftests/bpf: TREE=DIR is the folder of a kernel's sources"

btf=${VMLINUX_BTF:-}
if [ -z "$btf" ] && [ -e "$tree/vmlinux" ]; then
	btf=$tree/vmlinux
elif [ -z "$btf" ]; then
	btf=$("$vmtest" --fetch-only)/vmlinux ||
		fail "no types of a kernel: build the kernel of the tree, or give VMLINUX_BTF=FILE"
fi

# The copy has the same folders as the tree. Those that the build only reads are links.
bpf=tools/testing/selftests/bpf
mkdir -p "$out/.source/$bpf"
# link_all FOLDER EXCEPT: link everything in a folder of the tree but one entry
link_all() {
	for path in "$tree/$1"/*; do
		[ "${path##*/}" = "$2" ] || ln -sfn "$path" "$out/.source/$1/"
	done
}
link_all . tools
link_all tools testing
link_all tools/testing selftests
link_all tools/testing/selftests bpf
# What a build makes among the sources is not taken from the tree, and stays in the copy.
deleted=$(rsync -a --delete --out-format=%o --exclude='*.o' --exclude='*.ko' --exclude='*.cmd' \
	--exclude='*.skel.h' --exclude=/verification_cert.h --exclude=tests.h \
	"$tree/$bpf/" "$out/.source/$bpf/" | grep -c '^del') || true
# The tree's makefile makes its list of tests again for a new test, but not for one that is gone.
[ "$deleted" = 0 ] || rm -f "$out/.source/$bpf/prog_tests/tests.h"

# A change of what all objects are made from is a new build.
made_from="$CC $CLANG $tree $btf"
[ "$(cat "$out/made_from" 2>/dev/null)" = "$made_from" ] || {
	rm -f "$out"/*.o "$out"/*.skel.h "$out/test_progs"
	rm -rf "$out/tools"
	echo "$made_from" >"$out/made_from"
}
# Lists of tests that people give with -d @DENYLIST.
find "$out/.source/$bpf" -maxdepth 1 -name '*LIST*' -exec cp -p {} "$out/" \;

assertions=$(cksum <"$here/include/test_progs.h")
[ "$(cat "$out/assertions" 2>/dev/null)" = "$assertions" ] || {
	rm -f "$out"/*.test.o "$out/test_loader.o"
	echo "$assertions" >"$out/assertions"
}

# The modules among the selftests are for the kernel that will run. For one that is built from
# sources, the tree's makefile builds them.
kernel_sources=${KERNEL:-$tree}
if [ -e "$kernel_sources/Module.symvers" ]; then
	kernel_sources=$(realpath "$kernel_sources")
else
	kernel_sources=''
	rm -f "$out"/*.ko
	if kernel=$("$vmtest" ${KERNEL:+-k "$KERNEL"} --fetch-only) && [ -e "$kernel/release" ]; then
		modules=$("$here/modules.sh" "$vmtest" "$(cat "$kernel/release")" "$out/.source/$bpf") &&
			cp "$modules"/*.ko "$out"
	else
		echo "tree: no modules: ${KERNEL:-the pinned kernel} is neither a kernel of Debian nor built sources" >&2
	fi
	[ -e "$out/bpf_testmod.ko" ] || echo "tree: tests that need bpf_testmod.ko will be skipped" >&2
fi

# The variables of this build's command line would override those of the tree's makefile.
flags=$(echo "${MAKEFLAGS-}" | sed 's/^ *-- .*//; s/ -- .*//')
export TREE_BUILD="$build" TREE_CC="$CC" TREE_CLANG="$CLANG"
# make_in FOLDER ARGUMENT...: run the tree's makefile in a folder of the copy
make_in() {
	folder=$out/.source/tools/testing/selftests/$1
	shift
	env -u MAKEOVERRIDES -u O -u V -u KBUILD_OUTPUT MAKEFLAGS="$flags" LC_ALL=C \
		make --no-print-directory -C "$folder" CC="$here/cc.sh" CLANG="$here/clang.sh" \
		LLVM_STRIP="$("$here/../scripts/find-tool.sh" llvm-strip)" \
		VMLINUX_BTF="$(realpath "$btf")" KDIR="$kernel_sources" BPF_STRICT_BUILD=0 SKIP_LLVM=1 \
		SKIP_DOCS=1 SKIP_LIBBFD=1 "$@"
}

# Other programs of the tree: each is one test. Those of sched_ext and hid are built in folders of
# their own. What cannot be built is a test that is not built.
programs=$out/programs
# list_in_makefile VARIABLE...: print the names of files in the variables of the tree's makefile
list_in_makefile() {
	# shellcheck disable=SC2016 # make expands it
	printf 'include Makefile\n$(info $(notdir %s))$(error end)\n' "$(printf '$(%s) ' "$@")" |
		make_in bpf OUTPUT="$out" -f - 2>/dev/null | tr ' ' '\n' | sed '/^test_progs/d; /^$/d'
}
names=$(list_in_makefile TEST_GEN_PROGS TEST_PROGS)
scripts=$(echo "$names" | grep '\.sh$') || true
# What scripts call.
called=$(list_in_makefile TEST_GEN_PROGS_EXTENDED |
	while read -r name; do
		# shellcheck disable=SC2086 # a list of words
		if (cd "$out/.source/$bpf" && grep -qsw "$name" $scripts /dev/null); then
			echo "$name"
		fi
	done)
# shellcheck disable=SC2046,SC2086 # lists of words
make_in bpf OUTPUT="$out" -k $(printf '%s\n' $names $called | sed '/\.sh$/d; s|^|'"$out"'/|') \
	>"$programs.log" 2>&1 || true
for name in $scripts; do
	cp -p "$out/.source/$bpf/$name" "$out/"
done
for folder in sched_ext:runner hid:hid_bpf hid:hidraw; do
	name=${folder#*:} folder=${folder%:*}
	[ -e "$tree/tools/testing/selftests/$folder/$name.c" ] || continue
	names="$names $folder/$name"
	mkdir -p "$out/$folder"
	make_in "$folder" OUTPUT="$out/$folder" "$out/$folder/$name" >>"$programs.log" 2>&1 || true
done
for name in $names; do
	if [ -x "$out/$name" ]; then
		echo "$name built"
	else
		echo "tree: $name could not be built, see $programs.log" >&2
		echo "$name missing"
	fi
done >"$programs.new"
# The list of tests is made when test_progs is linked.
cmp -s "$programs.new" "$programs" || rm -f "$out/test_progs"
mv "$programs.new" "$programs"

make_in bpf OUTPUT="$out" "$out/test_progs" >&2 || fail "the tree's own build failed, see above"
