#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the BPF selftests of a kernel tree with the tree's own makefile, and link them with this
# runner. The tree is only read: its selftests are copied to OUT/.source, and everything is made
# there and in OUT. The sources of a VERSION, or without one those of the pinned kernel, are fetched.
#
# usage: build.sh BUILD [TREE | VERSION]	the program is BUILD/tree/test_progs
# environment: CC, CLANG, VMLINUX_BTF to take the kernel's types from another file, KERNEL, which
#	will run the tests, FLAVOURS to build test_progs-FLAVOUR as well, and V=1 to show commands
#	and warnings

set -eu
build=$(realpath "$1") tree=${2-} version='' kernel=''
out=$build/tree
vmtest=$build/vmtest
here=$(realpath "$(dirname "$0")")
fail() {
	echo "tree: $*" >&2
	exit 1
}

[ -d "$tree" ] || {
	expr "$tree" : '[0-9]*[.][0-9]*$' >/dev/null && version=$tree
	[ "$tree" = "$version" ] || fail "TREE=$tree is neither the folder of a kernel's sources nor a version" \
		"as in 'vmtest kernels'"
	kernel=$("$vmtest" ${version:+-k "$version"} --fetch-only) || exit 1
	tree=$("$here/fetch.sh" "$vmtest" "$version" "${kernel%/kernels/*}")
}
tree=$(realpath "$tree")
[ -e "$tree/tools/testing/selftests/bpf/test_progs.c" ] ||
	fail "$tree has no tools/testing/selftests/bpf: TREE=DIR is the folder of a kernel's sources"

btf=${VMLINUX_BTF:-}
if [ -z "$btf" ] && [ -e "$tree/vmlinux" ]; then
	btf=$tree/vmlinux
elif [ -z "$btf" ]; then
	btf=${kernel:-$("$vmtest" --fetch-only)}/vmlinux ||
		fail "no types of a kernel: build the kernel of the tree, or give VMLINUX_BTF=FILE"
fi

# A change of what all objects are made from is a new build.
made_from="$CC $CLANG $tree $btf"
[ "$(cat "$out/made_from" 2>/dev/null)" = "$made_from" ] || {
	find "$out" -mindepth 1 -maxdepth 1 ! -name adapter -exec rm -rf {} +
	echo "$made_from" >"$out/made_from"
}

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

# Lists of tests that people give with -d @DENYLIST.
find "$out/.source/$bpf" -maxdepth 1 -name '*LIST*' -exec cp -p {} "$out/" \;

assertions=$(cksum <"$here/include/test_progs.h")
[ "$(cat "$out/assertions" 2>/dev/null)" = "$assertions" ] || {
	rm -f "$out"/*.test.o "$out"/*/*.test.o "$out"/test_loader.o "$out"/*/test_loader.o
	echo "$assertions" >"$out/assertions"
}

# The modules among the selftests are for the kernel that will run. For one that is built from
# sources, the tree's makefile builds them.
KERNEL=${KERNEL:-$version}
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

targets=$out/test_progs flavours=$(sed -n 's/.*DEFINE_TEST_RUNNER,test_progs,\([a-z0-9_]*\)).*/\1/p' \
	"$tree/$bpf/Makefile" | xargs)
for flavour in ${FLAVOURS:-base}; do
	case " base $flavours " in
	*" $flavour "*) ;;
	*) fail "this tree has no flavour $flavour, only base $flavours" ;;
	esac
	[ "$flavour" != bpf_gcc ] || command -v "${BPF_GCC:-bpf-gcc}" >/dev/null ||
		fail "the flavour bpf_gcc needs bpf-gcc (package gcc-bpf)"
	[ "$flavour" = base ] || targets="$targets $out/test_progs-$flavour"
done

# Some makefiles find objects and skeletons only if OUTPUT is the folder of the sources.
sed -n 's/^[a-z0-9_]*\.skel\.h-deps := //p' "$tree/$bpf/Makefile" | xargs -r -n1 |
	while read -r object; do
		ln -sfn "$out/$object" "$out/.source/$bpf/$object"
	done
skeletons=$(printf "vpath %%.%s.h $out\n" skel lskel subskel)

# A makefile that does not know BPF_STRICT_BUILD wants to build modules also without the kernel's
# sources. It gets those that are there, and until the program is linked empty files for the others.
set --
modules=''
[ "$kernel_sources" ] || grep -q BPF_STRICT_BUILD "$tree/$bpf/Makefile" ||
	modules=$(grep -o '[a-z_]*\.ko' "$tree/$bpf/Makefile" | sort -u)
for module in $modules; do
	: >>"$out/$module"
	set -- "$@" -o "$out/$module"
done

# The variables of this build's command line would override those of the tree's makefile. Our makefile
# turns built-in rules off, the tree's uses them.
flags=$(echo "${MAKEFLAGS-}" | sed 's/^ *-- .*//; s/ -- .*//
	s/^\([a-zA-Z]*\)r\([a-zA-Z]*\)/\1\2/; s/--no-builtin-rules//')
export TREE_BUILD="$build" TREE_CC="$CC" TREE_CLANG="$CLANG" TREE_VERBOSE="${V-}"
case $TREE_VERBOSE in
1) shown='V=1' silent='' ;;
*)
	silent=-s
	shown="msg=@printf '  %-8s %s\\n' '\$(1)' '\$(patsubst $PWD/%,%,\$(firstword \$(3)))';"
	;;
esac
# make_in FOLDER ARGUMENT...: run the tree's makefile in a folder of the copy
make_in() {
	folder=$out/.source/tools/testing/selftests/$1
	shift
	env -u MAKEOVERRIDES -u O -u V -u FLAVOURS -u KBUILD_OUTPUT MAKEFLAGS="$flags" LC_ALL=C \
		make $silent --no-print-directory -C "$folder" CC="$here/cc.sh" CLANG="$here/clang.sh" \
		LLVM_STRIP="$("$here/../scripts/find-tool.sh" llvm-strip)" \
		VMLINUX_BTF="$(realpath "$btf")" KDIR="$kernel_sources" BPF_STRICT_BUILD=0 SKIP_LLVM=1 \
		SKIP_DOCS=1 SKIP_LIBBFD=1 feature-llvm=0 feature_display=0 "$shown" "$@"
}
# make_in_bpf ARGUMENT...: the same in the folder of test_progs
make_in_bpf() {
	make_in bpf OUTPUT="$out" BPFTOOL="$out/adapter/bpftool" --eval="$skeletons" "$@"
}

# All skeletons depend on the file BPFTOOL, so it is as old as the tree's own bpftool.
wrap_bpftool() {
	cp "$here/bpftool.sh" "$out/adapter/bpftool"
	touch -r "$out/tools/sbin/bpftool" "$out/adapter/bpftool"
}
[ ! -e "$out/tools/sbin/bpftool" ] || wrap_bpftool
# Without tests, the makefile does not look at their skeletons yet.
make_in_bpf TRUNNER_TESTS_DIR=none "$out/tools/sbin/bpftool" >&2 ||
	fail "the tree's own bpftool cannot be built, see above"
wrap_bpftool

# Other programs of the tree: each is one test. Those of sched_ext and hid are built in folders of
# their own. A program that cannot be built is a test that is not built.
programs=$out/programs
# The names of the programs and, in a second line, of those that they may call.
# shellcheck disable=SC2016 # make expands it
lists=$(printf '%s\n' 'include Makefile' '$(info programs $(notdir $(TEST_GEN_PROGS) $(TEST_PROGS)))' \
	'$(info called $(notdir $(TEST_GEN_PROGS_EXTENDED)))' '$(error end)' |
	make_in_bpf -f - 2>/dev/null) || true
# list NAME: print one of the lists, a name a line
list() {
	echo "$lists" | sed -n "s/^$1 //p" | tr ' ' '\n' | sed '/^test_progs/d; /^$/d'
}
names=$(list programs)
scripts=$(echo "$names" | grep '\.sh$') || true
# The programs that scripts call.
called=$(list called |
	while read -r name; do
		# shellcheck disable=SC2086 # a list of words
		if (cd "$out/.source/$bpf" && grep -qsw "$name" $scripts /dev/null); then
			echo "$name"
		fi
	done)
# shellcheck disable=SC2046,SC2086 # lists of words
make_in_bpf "$@" -k $(printf '%s\n' $names $called | sed '/\.sh$/d; s|^|'"$out"'/|') \
	>"$programs.log" 2>&1 || true
for name in $scripts; do
	[ ! -e "$out/.source/$bpf/$name" ] || cp -p "$out/.source/$bpf/$name" "$out/"
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
cmp -s "$programs.new" "$programs" || rm -f "$out"/test_progs "$out"/test_progs-*
mv "$programs.new" "$programs"

# shellcheck disable=SC2086 # a list of words
make_in_bpf "$@" $targets >&2 || fail "the tree's own build failed, see above"
for module in $modules; do
	[ -s "$out/$module" ] || rm "$out/$module"
done
