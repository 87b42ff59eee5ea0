#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of `make export`. The "tree" is made here: it has the interface of the runner of a kernel
# tree's BPF selftests, as far as the exported tests use it. It lacks some assertions, as older trees
# do. The exported tests are compiled, but not run.
#
# shellcheck disable=SC2154 # bats sets $stderr

bats_require_minimum_version 1.5.0

setup() {
	cd "$(dirname "$BATS_TEST_FILENAME")/.." || return 1
	BUILD=$(dirname "$(realpath "${VMTEST:-./vmtest}")")
	TREE=$BATS_TEST_TMPDIR/linux
	BPF=$TREE/tools/testing/selftests/bpf
	mkdir -p "$BPF/prog_tests" "$BPF/progs"
	echo CONFIG_NET=y > "$BPF/config"
	echo 'void test_ringbuf(void) {}' > "$BPF/prog_tests/ringbuf.c"
	cat > "$BPF/progs/bpf_misc.h" <<-'END'
		#define TAG(text) __attribute__((btf_decl_tag(text)))
		#define __success
		#define __failure TAG("failure")
		#define __auxiliary TAG("auxiliary")
		#define __msg(text) TAG("msg " text)
		#define __description(text) TAG("description " text)
		#define __retval(number) TAG("retval " #number)
		#define __log_level(number) TAG("log level " #number)
	END
	cat > "$BPF/bpf_util.h" <<-'END'
		#include <stdbool.h>
		#include <sys/types.h>
		#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
		pid_t sys_gettid(void);
		#pragma GCC poison gettid
	END
	cat > "$BPF/test_progs.h" <<-'END'
		#include <errno.h>
		#include <fcntl.h>
		#include <pthread.h>
		#include <signal.h>
		#include <stdarg.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/wait.h>
		#include <unistd.h>
		#include <bpf/bpf.h>
		#include <bpf/libbpf.h>
		#include "bpf_util.h"
		#define noinline __attribute__((noinline))
		void test__fail(void);
		void test__skip(void);
		bool test__start_subtest(const char *name);
		int test__join_cgroup(const char *path);
		void run_tests(const void *(*elf)(size_t *size));
		bool holds(bool ok, const char *name);
		#define RUN_TESTS(skel) run_tests(skel##__elf_bytes)
		#define ASSERT_TRUE(x, name) holds(x, name)
		#define ASSERT_FALSE(x, name) holds(!(x), name)
		#define ASSERT_EQ(x, y, name) holds((x) == (y), name)
		#define ASSERT_NEQ(x, y, name) holds((x) != (y), name)
		#define ASSERT_LT(x, y, name) holds((x) < (y), name)
		#define ASSERT_GT(x, y, name) holds((x) > (y), name)
		#define ASSERT_OK(x, name) holds(!(x), name)
		#define ASSERT_ERR(x, name) holds((x) < 0, name)
		#define ASSERT_OK_PTR(x, name) holds(!libbpf_get_error(x), name)
		#define ASSERT_ERR_PTR(x, name) holds(libbpf_get_error(x), name)
		#define ASSERT_OK_FD(x, name) holds((x) >= 0, name)
	END
}

export_test() {
	tree/export/export.sh "$1" "$TREE" "${@:2}"
}

# compile TEST: compile all that was exported of a test, with the warnings of a tree
compile() {
	local clang arch file skeleton

	clang=$(scripts/find-tool.sh clang)
	arch=$(grep -o -- '-D__TARGET_ARCH_[a-z0-9]*' "$BUILD/flags/bpf")
	for file in "$BPF"/progs/"$1"*.c; do
		skeleton=$(basename "${file%.c}")
		"$clang" -g -O2 -std=gnu11 --target=bpf -mcpu=v3 "$arch" -Wall -Werror \
			-fms-extensions -Wno-microsoft-anon-tag -isystem "$BUILD" \
			-isystem "$BUILD/libbpf/include" -c "$file" -o "$BATS_TEST_TMPDIR/$skeleton.bpf.o"
		"$BUILD/bpftool" gen skeleton "$BATS_TEST_TMPDIR/$skeleton.bpf.o" name "$skeleton" \
			> "$BPF/$skeleton.skel.h"
	done
	for file in "$BPF"/prog_tests/"$1"*.c; do
		gcc -g -O0 -std=gnu11 -D_GNU_SOURCE= -Wall -Werror -I"$BPF" -isystem "$BUILD/libbpf/include" \
			-c "$file" -o "$BATS_TEST_TMPDIR/$(basename "$file").o"
	done
}

@test "export: what is missing or wrong is an error that says what to give" {
	run -1 tree/export/export.sh
	[[ $output == *"TEST= is missing; usage: make export TEST=ringbuf TREE="* ]]
	run -1 tree/export/export.sh ringbuf
	[[ $output == *"TREE= is missing; usage: make export TEST=ringbuf TREE="* ]]
	run -1 tree/export/export.sh ringbuf "$BATS_TEST_TMPDIR"
	[[ $output == *"has no tools/testing/selftests/bpf: TREE=DIR is the folder of a kernel's sources" ]]
	run -1 export_test no_such_test
	[[ $output == *"there is no test no_such_test; ./test_progs --list names the tests" ]]
	run -1 export_test ringbuf a-name
	[[ $output == *"NAME=a-name: a name has small letters, digits and _"* ]]
}

@test "export: a test has a name of its own, and is told how to be built and run" {
	run -0 --separate-stderr export_test ringbuf
	[ "$output" = "$(
		cat <<-END
			written    prog_tests/ours_helpers.h
			written    prog_tests/ringbuf_ours.c
			written    progs/ringbuf_ours.c
			written    progs/ringbuf_ours.h
			To build and run it:
			  cd $BPF && make test_progs
			  ./test_progs -t ringbuf_ours
		END
	)" ]
	grep -qx 'void test_ringbuf_ours(void)' "$BPF/prog_tests/ringbuf_ours.c"
	run ! grep -E 'TEST_NEEDS|testing_helpers|struct ringbuf ' "$BPF/prog_tests/ringbuf_ours.c"
	compile ringbuf_ours
	run -0 --separate-stderr export_test ringbuf ring
	grep -qx 'void test_ring(void)' "$BPF/prog_tests/ring.c"
	compile ring
}

@test "export: a file of the tree is replaced only if told" {
	local before

	before=$(cat "$BPF/prog_tests/ringbuf.c")
	run -1 export_test ringbuf ringbuf
	[[ $output == *"other files with these names: prog_tests/ringbuf.c. Give NAME=, or OVERWRITE=1"* ]]
	[ "$(cat "$BPF/prog_tests/ringbuf.c")" = "$before" ]
	[ "$(ls "$BPF/progs")" = bpf_misc.h ]
	OVERWRITE=1 run -0 export_test ringbuf ringbuf
	grep -q submit_discard_output "$BPF/prog_tests/ringbuf.c"
	run -0 export_test ringbuf ringbuf
	[[ $output == *"unchanged  prog_tests/ringbuf.c"* ]]
	[[ $output != *written* ]]
}

@test "export: a test does not hide one of the tree that is in another file" {
	echo 'void serial_test_tailcalls_ours(void) {}' > "$BPF/prog_tests/tail.c"
	run -1 export_test tailcalls
	[[ $output == *"the tree has a test tailcalls_ours in prog_tests/tail.c: give NAME="* ]]
	echo 'int helpers_of_the_tree;' > "$BPF/prog_tests/ours_helpers.h"
	run -1 export_test ringbuf
	[[ $output == *"ours_helpers.h exists, and is not from an export: rename it"* ]]
}

@test "export: the helpers are those that the exported tests use and the tree lacks" {
	export_test annotations
	[ ! -e "$BPF/prog_tests/ours_helpers.h" ]
	grep -qx '#include "test_progs.h"' "$BPF/prog_tests/annotations_ours.c"
	export_test ringbuf
	grep -q 'map_error(' "$BPF/prog_tests/ours_helpers.h"
	run ! grep -E 'connected_pair|evict_range|define ASSERT_(TRUE|EQ)\(' "$BPF/prog_tests/ours_helpers.h"
	export_test cgroup_link
	grep -q 'map_error(' "$BPF/prog_tests/ours_helpers.h"
	grep -q 'connected_pair(' "$BPF/prog_tests/ours_helpers.h"
	rm "$BPF/prog_tests/ringbuf_ours.c"
	export_test cgroup_link
	run ! grep 'map_error(' "$BPF/prog_tests/ours_helpers.h"
	sed -i '/define ASSERT_EQ(/d' "$BPF/test_progs.h"
	export_test cgroup_link
	grep -q 'define ASSERT_EQ(' "$BPF/prog_tests/ours_helpers.h"
	compile cgroup_link_ours
}

@test "export: a test that calls what neither the tree nor an export has is refused" {
	sed -i '/test__start_subtest/d' "$BPF/test_progs.h"
	run -1 export_test ringbuf
	[[ $output == *"the tree has no test__start_subtest, which the test uses"* ]]
	[ ! -e "$BPF/prog_tests/ringbuf_ours.c" ]
}

@test "export: options that the tree's list lacks are named" {
	run -0 export_test prog_run_opts
	[[ $output != *"The test needs"* ]]
	echo CONFIG_NET_CLS=y > "$BPF/config"
	run -0 export_test prog_run_opts
	[[ $output == *"The test needs CONFIG_NET, which $BPF/config does not name."* ]]
}

@test "export: a test that is serial here, or must be there, is serial" {
	export_test tracepoint
	grep -qx 'void serial_test_tracepoint_ours(void)' "$BPF/prog_tests/tracepoint_ours.c"
	export_test pinning
	grep -qx 'void serial_test_pinning_ours(void)' "$BPF/prog_tests/pinning_ours.c"
}

@test "export: a subtest that cannot run in a tree is left out, with the functions that only it uses" {
	run -0 export_test file_reader
	[[ $output == *"Without the subtest on_open_private_file: the tree's makefile does not make"* ]]
	run ! grep private_file "$BPF/prog_tests/file_reader_ours.c"
	grep -q 'test__start_subtest("on_open_expect_fault")' "$BPF/prog_tests/file_reader_ours.c"
}

@test "export: an assertion of a helper names its caller, and fails the test" {
	export_test global_data
	cat > "$BPF/prog_tests/probe.c" <<-'END'
		#include "ours_helpers.h"
		bool holds(bool ok, const char *name) { return ok; }
		void test__fail(void) { printf("failed\n"); }
		int main(void)
		{
			struct bpf_link *link = NULL;
			errno = ENOENT;
			test__skip_reason("%d is missing", 7);
			assert__report("a.c", 3, "caller", "holds", true, "not shown");
			assert__report("a.c", 4, "caller", "does not", false, "found %d", 5);
			return errno != ENOENT || !test__wait_timeout_ms() || link;
		}
		void test__skip(void) { printf("skipped\n"); }
	END
	echo 'void test_x(void) { test__skip_reason("x"); test__wait_timeout_ms(); }' \
		> "$BPF/prog_tests/user.c"
	sed -i '1i #include "ours_helpers.h"' "$BPF/prog_tests/user.c"
	export_test global_data
	gcc -std=gnu11 -D_GNU_SOURCE= -Wall -Werror -I"$BPF" -isystem "$BUILD/libbpf/include" \
		-o "$BATS_TEST_TMPDIR/probe" "$BPF/prog_tests/probe.c" "$BUILD/libbpf/libbpf.a" -lelf -lz
	run -0 "$BATS_TEST_TMPDIR/probe"
	[ "$output" = "$(
		cat <<-END
			main:SKIP:7 is missing
			skipped
			caller:PASS:holds
			failed
			caller:FAIL:does not (a.c:4) found 5
		END
	)" ]
}

@test "export: each test is exported and compiles, or is refused with its reason" {
	local file test refused=0

	for file in prog_tests/*.c; do
		grep -qE '^void (serial_)?test_' "$file" || continue
		test=$(basename "${file%.c}")
		if grep -qE "^$test +refuse " tree/export/tests.txt; then
			run -1 export_test "$test"
			[[ $output == *"$test cannot be exported: it "* ]]
			refused=$((refused + 1))
			continue
		fi
		export_test "$test"
	done
	[ "$refused" -eq "$(grep -c '^[a-z].* refuse ' tree/export/tests.txt)" ]
	compile ""
}

@test "export: a line of tests.txt without a reason is an error" {
	local copy=$BATS_TEST_TMPDIR/copy

	mkdir -p "$copy/tree" "$copy/prog_tests"
	cp -r tree/export "$copy/tree/"
	cp prog_tests/ringbuf.c "$copy/prog_tests/"
	echo 'ringbuf refuse' >> "$copy/tree/export/tests.txt"
	run -1 "$copy/tree/export/export.sh" ringbuf "$TREE"
	[[ $output == *"tree/export/tests.txt: not known: ringbuf refuse" ]]
}
