#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of `make tree`. The "tree" is made here: it has the interface of a kernel tree's BPF
# selftests, as far as tree/ knows it, and a few tests. Building it needs neither network nor clang:
# gcc takes the place of clang, so no BPF object can be compiled.
#
# shellcheck disable=SC2154 # bats sets $stderr

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$(dirname "$BATS_TEST_FILENAME")/.." || return 1
	VMTEST=$(realpath "${VMTEST:-./vmtest}")
	export VMTEST
	export BUILD=$BATS_FILE_TMPDIR/build SOURCES=$BATS_FILE_TMPDIR/linux
	mkdir -p "$BUILD/tree/adapter" "$SOURCES"
	ln -s "$VMTEST" "$BUILD/vmtest"
	ln -s "$(realpath "$(dirname "$VMTEST")/libbpf")" "$BUILD/libbpf"
	local objects
	objects=$(make --no-print-directory O="$(dirname "$VMTEST")" print-runner-objects)
	# shellcheck disable=SC2086 # a list of words
	realpath $objects > "$BUILD/tree/adapter/runner-objects"
	make_sources
	# shellcheck disable=SC2119 # no flavours
	build
}

# write FILE: make a file of the made-up tree, from stdin
write() {
	mkdir -p "$(dirname "$SOURCES/$1")"
	cat > "$SOURCES/$1"
}

# build [FLAVOUR...]: with $modules_kernel, the modules are built for that kernel
# shellcheck disable=SC2120 # called by run
build() {
	KERNEL=${modules_kernel-} CC=gcc CLANG=gcc FLAVOURS=$* tree/build.sh "$BUILD" "$SOURCES"
}

make_sources() {
	local bpf=tools/testing/selftests/bpf

	touch "$SOURCES/vmlinux" "$SOURCES/Module.symvers"
	write $bpf/Makefile <<-'END'
		.RECIPEPREFIX := >
		TEST_GEN_PROGS := $(OUTPUT)/test_progs $(OUTPUT)/test_own $(OUTPUT)/test_broken
		TEST_PROGS := test_script.sh test_absent.sh
		TEST_GEN_PROGS_EXTENDED := $(OUTPUT)/called_by_script $(OUTPUT)/called_by_none
		.SECONDARY: $(OUTPUT)/bad.bpf.o
		CFLAGS := -g -O0 -I. -I$(TREE_BUILD)/libbpf/include
		HELPERS := $(addprefix $(OUTPUT)/,test_progs.o testing_helpers.o cgroup_helpers.o)
		# $1: test_progs, $2: flavour
		define DEFINE_TEST_RUNNER
		$(OUTPUT)/$1$(if $2,-)$2: $(patsubst prog_tests/%.c,$(OUTPUT)/$(if $2,$2/)%.test.o,$(wildcard prog_tests/*.c)) \
			$(HELPERS) $(OUTPUT)/bpf_testmod.ko
		> $(CC) $(CFLAGS) $$(filter %.o,$$^) $(TREE_BUILD)/libbpf/libbpf.a -lelf -lz -o $$@
		$(OUTPUT)/$(if $2,$2/)%.test.o: prog_tests/%.c
		> $$(call msg,TEST-OBJ,,$$@)
		> mkdir -p $$(@D)
		> $(CC) $(CFLAGS) -I$(OUTPUT) -c $$< -o $$@
		endef
		$(eval $(call DEFINE_TEST_RUNNER,test_progs))
		$(eval $(call DEFINE_TEST_RUNNER,test_progs,cpuv4))
		$(OUTPUT)/bpf_testmod.ko: test_kmods/bpf_testmod.c
		> echo for $(or $(KDIR),$(error no kernel to build modules for)) > $@
		$(OUTPUT)/bad_object.test.o: $(OUTPUT)/bad.skel.h
		$(OUTPUT)/test_progs.o: prog_tests/tests.h
		prog_tests/tests.h: $(wildcard prog_tests/*.c)
		> sed -n 's/^void .*test_\(.*\)(void)/DEFINE_TEST(\1)/p' $^ > $@
		$(OUTPUT)/%.o: %.c
		> $(CC) $(CFLAGS) -c $< -o $@
		$(if $(findstring r,$(firstword -$(MAKEFLAGS))),$(error the built-in rules are off))
		$(addprefix $(OUTPUT)/,test_own test_broken called_by_script called_by_none): $(OUTPUT)/%: %.c
		> $(CC) $< -o $@
		$(OUTPUT)/%.bpf.o: progs/%.c
		> $(call msg,CLNG-BPF,$4,$@)
		> $(CLANG) --target=bpf -c $< -o $@
		$(OUTPUT)/%.skel.h: $(OUTPUT)/%.bpf.o $(BPFTOOL)
		> $(BPFTOOL) gen object $(<:.o=.linked.o) $<
		> $(BPFTOOL) gen skeleton $(<:.o=.linked.o) name $* > $@
		$(OUTPUT)/tools/sbin/bpftool:
		> mkdir -p $(@D)
		> ln -s /bin/false $@
	END
	write $bpf/progs/bad.c <<-'END'
		int bad;
	END
	write $bpf/prog_tests/bad_object.c <<-'END'
		#include "bad.skel.h"
		void test_bad_object(void) {}
	END
	write $bpf/test_own.c <<-'END'
		#include <signal.h>
		int main(void) { raise(SIGTERM); }
	END
	echo 'no C' | write $bpf/test_broken.c
	echo 'int main(void) { return 3; }' | write $bpf/called_by_script.c
	write $bpf/test_script.sh <<-'END'
		#!/bin/sh
		echo "1..4"
		echo "ok 1 - first"
		echo "not ok 2 second one"
		echo "no such thing here"
		echo "ok 3 third # SKIP"
		echo "ok 4 fourth # SKIP no device"
		./called_by_script
	END
	chmod +x "$SOURCES/$bpf/test_script.sh"
	write $bpf/test_progs.h <<-'END'
		#include <errno.h>
		#include <fcntl.h>
		#include <pthread.h>
		#include <stdbool.h>
		#include <stdio.h>
		#include <string.h>
		#include <unistd.h>
		#include <bpf/libbpf.h>
		enum verbosity { VERBOSE_NONE, VERBOSE_NORMAL };
		struct test_state { int errors; };
		extern struct test_env {
			struct prog_test_def *test;
			struct test_state *test_state;
			FILE *stdout_saved, *stderr_saved;
			enum verbosity verbosity;
			bool verifier_stats, jit_enabled, has_testmod;
			int nr_cpus, worker_id;
		} env;
		void test__fail(void);
		void test__skip(void);
		bool test__start_subtest(const char *name);
		int test__join_cgroup(const char *path);
		void helper_fails(void);
		#define _CHECK(bad, tag, ns, fmt...) ({ int no_ = !!(bad); if (no_) test__fail(); no_; })
		#define CHECK_FAIL(bad) _CHECK(bad, "", 0, "")
		#define PRINT_FAIL(fmt...) test__fail()
		#define ASSERT_ZERO(value, name) _CHECK(value, name, 0, "%s is %d\n", name, value)
	END
	write $bpf/cgroup_helpers.h <<-'END'
		int setup_cgroup_environment(void);
		int create_and_get_cgroup(const char *path);
		int join_cgroup(const char *path);
		void cleanup_cgroup_environment(void);
	END
	write $bpf/cgroup_helpers.c <<-'END'
		#include <stdio.h>
		int setup_cgroup_environment(void) { return 0; }
		int create_and_get_cgroup(const char *path) { return 0; }
		int join_cgroup(const char *path) { return 0; }
		void cleanup_cgroup_environment(void) { printf("cgroups are cleaned up\n"); }
	END
	write $bpf/testing_helpers.c <<-'END'
		#include "test_progs.h"
		bool is_jit_enabled(void) { printf("the helper of the tree was asked\n"); return false; }
	END
	write $bpf/test_progs.c <<-'END'
		#include "test_progs.h"
		struct test_env env;
		void test__fail(void) { printf("the runner of the tree was called\n"); }
		void test__skip(void) { test__fail(); }
		bool test__start_subtest(const char *name) { test__fail(); return false; }
		int test__join_cgroup(const char *path) { test__fail(); return -1; }
		void helper_fails(void) { test__fail(); printf("helper:FAIL:the helper says why\n"); }
		int main(void) { return 42; }
	END
	write $bpf/test_kmods/bpf_testmod.c <<-'END'
		__bpf_kfunc int *
		two_lines(int argument);
		__bpf_kfunc int one_line(int argument);
		int no_kfunc(int argument);
		MODULE_LICENSE("GPL");
	END
	write $bpf/prog_tests/alpha.c <<-'END'
		#include <stdlib.h>
		#include "test_progs.h"
		void test_alpha(void)
		{
			if (test__start_subtest("one") && env.nr_cpus < 1)
				test__fail();
			if (test__start_subtest("two") && access("beside_the_program", F_OK))
				test__fail();
			if (test__start_subtest("three") && (system("ip link add own0 type dummy") ||
			    access("/sys/class/net/own0/address", F_OK)))
				test__fail();
		}
	END
	write $bpf/prog_tests/crypto_sanity.c <<-'END'
		#include <sys/prctl.h>
		#include "test_progs.h"
		/* Leaves two processes. */
		void test_crypto_sanity(void)
		{
			int ready[2];
			char byte;

			pipe(ready);
			for (int i = 0; i < 2; i++) {
				if (fork()) {
					read(ready[0], &byte, 1);
					continue;
				}
				prctl(PR_SET_NAME, i && !access("other_too", F_OK) ? "other" : "ip");
				write(ready[1], "", 1);
				for (;;)
					pause();
			}
		}
	END
	write $bpf/prog_tests/fails.c <<-'END'
		#include "test_progs.h"
		void test_fails(void) { test__join_cgroup("/x"); helper_fails(); }
	END
	write $bpf/prog_tests/places.c <<-'END'
		#include "test_progs.h"
		void test_places(void)
		{
			if (test__start_subtest("assert"))
				ASSERT_ZERO(7, "seven");
			if (test__start_subtest("errno")) {
				errno = 0;
				CHECK_FAIL(access("/nowhere", F_OK) && errno == ENOENT);
			}
			if (test__start_subtest("print"))
				PRINT_FAIL("all is %s\n", "lost");
			if (test__start_subtest("plain"))
				test__fail();
		}
	END
	write $bpf/prog_tests/needs_module.c <<-'END'
		#include "test_progs.h"
		void test_needs_module(void) { printf("two_lines"); }
	END
	write $bpf/prog_tests/netns_cookie.c <<-'END'
		#include "test_progs.h"
		/* Prints the inode of the network namespace. */
		void test_netns_cookie(void)
		{
			char link[64] = "";
			readlink("/proc/self/ns/net", link, sizeof(link) - 1);
			printf("in %s\n", link);
			test__fail();
		}
	END
	write $bpf/prog_tests/not_built.c <<-'END'
		#include "no_such_header.h"
		void test_not_built(void) {}
	END
	write $bpf/prog_tests/prog_tests_framework.c <<-'END'
		#include "test_progs.h"
		void test_prog_tests_framework(void) { test__fail(); }
	END
	write $bpf/prog_tests/reg_bounds_gen_x.c <<-'END'
		#include <stdlib.h>
		#include "test_progs.h"
		void test_reg_bounds_gen_x(void)
		{
			const char *slow = getenv("SLOW_TESTS");
			printf("in the log\n");
			if (!slow || strcmp(slow, "1"))
				test__skip();
		}
	END
	write $bpf/prog_tests/reg_bounds_rand_x.c <<-'END'
		#include <stdlib.h>
		#include "test_progs.h"
		void test_reg_bounds_rand_x(void)
		{
			printf("seed %s\n", getenv("REG_BOUNDS_RAND_SEED"));
			test__fail();
		}
	END
	write $bpf/prog_tests/serial.c <<-'END'
		#include "test_progs.h"
		void serial_test_serial(void) { if (!env.jit_enabled) test__fail(); }
	END
	write $bpf/prog_tests/skips.c <<-'END'
		#include "test_progs.h"
		void test_skips(void) { printf("skips:SKIP:no flux capacitor\n"); test__skip(); }
	END
}

setup() {
	cd "$(dirname "$BATS_TEST_FILENAME")/.." || return 1
}

# guest WORD...: run the tests of the tree in a guest, from another folder than theirs
guest() {
	touch "$BUILD/tree/beside_the_program"
	"$VMTEST" --tree "$BUILD/tree" -- sh -c "cd / && $BUILD/tree/test_progs $*" 2> /dev/null
}

@test "tree: the tests are listed in the order of the tree, also those that could not be built" {
	run -0 --separate-stderr "$BUILD/tree/test_progs" --list
	[ "$output" = "$(printf '%s\n' alpha bad_object crypto_sanity fails needs_module netns_cookie not_built places \
		prog_tests_framework reg_bounds_gen_x reg_bounds_rand_x serial skips program_test_own \
		program_test_broken program_test_script_sh program_test_absent_sh)" ]
	run -0 --separate-stderr "$BUILD/tree/test_progs" -n 12 --list
	[ "$output" = serial ]
}

@test "tree: nothing in the sources changes, and a second build makes nothing" {
	local files
	files=$(cd "$SOURCES" && find . -type f | sort)
	[[ $files != *tests.h* ]]
	[[ $files != *.o* ]]
	run -0 build
	[[ $output != *"TEST-OBJ $BUILD/tree/alpha.test.o"* ]]
}

@test "tree: the tree's makefile has its built-in rules, also under our makefile" {
	MAKEFLAGS=rw run -0 build
	MAKEFLAGS=' --no-builtin-rules -j2' run -0 build
}

@test "tree: a changed test is built again" {
	echo >> "$SOURCES/tools/testing/selftests/bpf/prog_tests/alpha.c"
	run -0 build
	[[ $output == *"TEST-OBJ $BUILD/tree/alpha.test.o"* ]]
	echo 'void test_beta(void) {}' > "$SOURCES/tools/testing/selftests/bpf/prog_tests/beta.c"
	run -0 build
	[[ $output != *"TEST-OBJ $BUILD/tree/alpha.test.o"* ]]
	run -0 --separate-stderr "$BUILD/tree/test_progs" -t beta --list
	[ "$output" = beta ]
	rm "$SOURCES/tools/testing/selftests/bpf/prog_tests/beta.c"
	run -0 build
	run -2 --separate-stderr "$BUILD/tree/test_progs" -t beta --list
}

@test "tree: what cannot be compiled is said in one line each time, with all errors the first time" {
	local linked
	linked=$(stat -c %Y "$BUILD/tree/test_progs")
	run -0 build
	[[ $output == *"SKIP     bad.bpf.o: gcc: error: unrecognized "* ]]
	[[ $output == *"SKIP     bad_object.test.o: "*"error: #error the BPF object bad could not be built"* ]]
	[[ $output == *"SKIP     not_built.test.o: prog_tests/not_built.c:1:10: fatal error: no_such_header.h"* ]]
	[[ $output != *"compilation terminated"* ]]
	[ "$(stat -c %Y "$BUILD/tree/test_progs")" = "$linked" ]
	echo >> "$SOURCES/tools/testing/selftests/bpf/prog_tests/alpha.c"
	rm "$BUILD"/tree/*.log
	run -0 build
	[[ $output == *"compilation terminated"* ]]
	[[ $output == *"tree: 4 of 17 tests are not built: bad_object not_built program_test_broken program_test_absent_sh"* ]]
}

@test "tree: warnings of the tree are shown with V=1" {
	local test=$SOURCES/tools/testing/selftests/bpf/prog_tests/alpha.c
	sed -i 's/^{/{ int *pointer = 1;/' "$test"
	run -0 build
	[[ $output != *warning:* ]]
	echo >> "$test"
	V=1 run -0 build
	[[ $output == *"warning: initialization of"* ]]
	sed -i 's/ int .pointer = 1;//' "$test"
}

@test "tree: a flavour is built beside the base, and its tests run in its folder" {
	run -0 build cpuv4
	touch "$BUILD/tree/cpuv4/beside_the_program"
	# shellcheck disable=SC2016 # the guest expands it
	run -0 "$VMTEST" --tree "$BUILD/tree" -- "$BUILD/tree/test_progs-cpuv4" -t alpha/two
	[[ $output == *"alpha/two:OK"* ]]
	rm "$BUILD/tree/cpuv4/beside_the_program"
	run -1 "$VMTEST" --tree "$BUILD/tree" -- "$BUILD/tree/test_progs-cpuv4" -t alpha/two
	[[ $output == *"alpha/two:FAIL"* ]]
	run -1 build tin_foil
	[[ $output == *"this tree has no flavour tin_foil, only base cpuv4"* ]]
}

@test "tree: what a tree lacks for the adapter is said in one line" {
	local header=$SOURCES/tools/testing/selftests/bpf/test_progs.h
	sed -i 's/worker_id/id_of_worker/' "$header"
	rm "$BUILD/tree/test_progs"
	run -1 build
	[[ $output == *"tree: this tree lacks what tree/adapter.c needs: "*"no member named "*"worker_id"* ]]
	sed -i 's/id_of_worker/worker_id/' "$header"
	run -0 build
}

@test "tree: TREE= is a folder, or a version, of which the newest sources in the cache are taken" {
	run -1 tree/build.sh "$BUILD" /no/such/folder
	[[ $output == *"TREE=/no/such/folder is neither the folder of a kernel's sources nor a version"* ]]
	mkdir -p "$BATS_TEST_TMPDIR/trees/"linux-source-6.{1_6.1.9,12_6.12.9-1,12_6.12.11-1,12_6.12.12-1.new.7}
	run -0 tree/fetch.sh /no/such/vmtest 6.12 "$BATS_TEST_TMPDIR"
	[ "$output" = "$BATS_TEST_TMPDIR/trees/linux-source-6.12_6.12.11-1" ]
}

@test "tree: a folder without the selftests is an error that says what to give" {
	run -1 tree/build.sh "$BUILD" "$BATS_TEST_TMPDIR"
	[[ $output == *"has no tools/testing/selftests/bpf: TREE=DIR is the folder of a kernel's sources"* ]]
}

@test "tree: a line of tests.txt without a reason is an error with its place" {
	echo 'alpha deny' > "$BATS_TEST_TMPDIR/tests.txt"
	run -1 tree/list-tests.sh "$BATS_TEST_TMPDIR/tests.txt" /dev/null /dev/null
	[[ $output == *"tests.txt:1: the reason is missing"* ]]
	echo 'alpha wants MONEY # it is expensive' > "$BATS_TEST_TMPDIR/tests.txt"
	run -1 tree/list-tests.sh "$BATS_TEST_TMPDIR/tests.txt" /dev/null /dev/null
	[[ $output == *"tests.txt:1: not known: "* ]]
}

@test "tree: the modules are built with the kernel of the tree, and tests that need them skipped without" {
	[ "$(cat "$BUILD/tree/bpf_testmod.ko")" = "for $SOURCES" ]
	modules_kernel=nonsense run -0 build
	[[ $output == *"tree: no modules: nonsense is neither a kernel of Debian nor built sources"* ]]
	[[ $output == *"tree: tests that need bpf_testmod.ko will be skipped"* ]]
	[ ! -e "$BUILD/tree/bpf_testmod.ko" ]
	run -0 guest -t needs_module
	[[ $output == *"needs_module:SKIP"$'\n         '"(no module bpf_testmod.ko beside the program: "* ]]
}

@test "tree: a test needs a module if its object, or a BPF object that it opens, has a name of it" {
	local made=$BATS_TEST_TMPDIR text
	for text in "fentry/bpf_testmod_test" two_lines one_line "at one_line+0x1" opens.bpf.o \
		no_kfunc one_line_more other.bpf.o; do
		echo "const char text[] = \"$text\"; void test_${text//[^a-z]/_}(void) {}" |
			gcc -g -x c -c - -o "$made/${text//[^a-z]/_}.test.o"
	done
	echo 'const char text[] = "one_line"; void test_with(void) {} void test_without(void) {} void serial_test_none(void) {}' |
		gcc -x c -c - -o "$made/several.test.o"
	echo "two_lines" > "$made/opens.bpf.o"
	echo "two_lines" > "$made/with.bpf.o"
	echo "other" | tee "$made/other.bpf.o" > "$made/without.bpf.o"
	nm -A -g --defined-only "$made"/*.test.o > "$made/symbols"
	run -0 tree/module-tests.sh "$SOURCES/tools/testing/selftests/bpf" "$made" "$made/symbols"
	[ "$output" = "$(printf '%s\n' at_one_line__x_ fentry_bpf_testmod_test none one_line opens_bpf_o two_lines with)" ]
}

@test "tree: a kernel without headers has no modules, which is said in one line" {
	run -1 --separate-stderr tree/modules.sh false 7.3.4 "$SOURCES/tools/testing/selftests/bpf"
	[ "$stderr" = "tree: no modules for kernel 7.3.4: no headers, see above" ]
	run -1 --separate-stderr tree/modules.sh false 7.3.4 "$BATS_TEST_TMPDIR"
	[[ $stderr == "tree: no modules for kernel 7.3.4: the tree has none"* ]]
}

@test "tree: tests run between enter and leave, and report to this runner" {
	run -1 guest -j2
	[[ $output == *"#1/1     alpha/one:OK"* ]]
	[[ $output == *"#1/2     alpha/two:OK"* ]]
	[[ $output == *"#1/3     alpha/three:OK"* ]]
	[[ $output == *"#2       bad_object:SKIP"$'\n         '"(not built)"* ]]
	[[ $output == *"#7       not_built:SKIP"$'\n         '"(not built)"* ]]
	[[ $output == *"#9       prog_tests_framework:SKIP"$'\n         '"(looks into the tree's runner"* ]]
	[[ $output == *"#12      serial:OK"* ]]
	[[ $output == *"#13      skips:SKIP"$'\n         '"(skips:SKIP:no flux capacitor)"* ]]
	[[ $output == *"helper:FAIL:the helper says why"* ]]
	[[ $output == *"cgroups are cleaned up"* ]]
	[[ $output == *"#4       fails:FAIL"* ]]
	[[ $output != *"of the tree was"* ]]
}

@test "tree: a failed assertion has its file, line and values" {
	run -1 guest -t places
	[[ $output == *"test_places:FAIL:seven seven is 7 (prog_tests/places.c:5)"* ]]
	[[ $output == *"is true (prog_tests/places.c:8)"* ]]
	[[ $output == *"test_places:FAIL:failed all is lost (prog_tests/places.c:11)"* ]]
	[[ $output == *"test_places:FAIL:test__fail called (prog_tests/places.c:13)"* ]]
}

@test "tree: other programs are tests, and their KTAP lines are subtests" {
	run -1 guest -t program_
	echo "$output"
	[[ $output == *"program_test_own:FAIL"* ]]
	[[ $output == *"ended by signal 15 (Terminated)"* ]]
	[[ $output == *"program_test_broken:SKIP"$'\n         '"(not built)"* ]]
	[[ $output == *"program_test_script_sh/first:OK"* ]]
	[[ $output == *"program_test_script_sh/second one:FAIL"* ]]
	[[ $output == *"program_test_script_sh/third:SKIP"$'\n         '"(no such thing here)"* ]]
	[[ $output == *"program_test_script_sh/fourth:SKIP"$'\n         '"(no device)"* ]]
	[[ $output == *"test_script.sh:FAIL:exit status 3"* ]]
	[ ! -e "$BUILD/tree/called_by_none" ]
}

@test "tree: tests.txt gives reasons of skips, and variables that are not set" {
	run -1 guest -t reg_bounds
	[[ $output == *"reg_bounds_gen_x:SKIP"$'\n         '"(SLOW_TESTS=1 is not set)"* ]]
	[[ $output == *"seed 1"* ]]
	run -1 "$VMTEST" --tree "$BUILD/tree" -- env SLOW_TESTS=1 REG_BOUNDS_RAND_SEED=7 \
		"$BUILD/tree/test_progs" -t reg_bounds
	[[ $output == *"reg_bounds_gen_x:OK"* ]]
	[[ $output == *"seed 7"* ]]
}

@test "tree: a module that a program has unloaded is loaded again for the test that needs it" {
	run -0 "$BUILD/tree/test_progs" -t needs_module --list
	grep -q 'TEST_LOCKS(needs_module, SHARED("module:bpf_testmod"))' "$BUILD/tree/adapter/test_progs/list.c"
	grep -q 'adapter__enter("needs_module", "bpf_testmod")' "$BUILD/tree/adapter/test_progs/list.c"
	grep -q 'adapter__enter("alpha", NULL)' "$BUILD/tree/adapter/test_progs/list.c"
}

@test "tree: tests.txt tolerates what a test leaves behind, and nothing else" {
	run -0 "$VMTEST" --tree "$BUILD/tree" -- "$BUILD/tree/test_progs" -t crypto_sanity
	[[ $output == *"crypto_sanity:OK"*"Tolerated, left behind:"*"  crypto_sanity: process "*" (ip) ("* ]]
	[ "$(grep -c '^  crypto_sanity: process' <<< "$output")" -eq 2 ]
	touch "$BUILD/tree/other_too"
	run -1 "$VMTEST" --tree "$BUILD/tree" -- "$BUILD/tree/test_progs" -t crypto_sanity
	rm "$BUILD/tree/other_too"
	[[ $output == *"crypto_sanity:FAIL"$'\n         '"(left behind: process "*" (other))"* ]]
}

@test "tree: needs of tests that are new" {
	local old=$BATS_TEST_TMPDIR/old bpf=tools/testing/selftests/bpf
	mkdir -p "$old/$bpf"
	cp -r "$SOURCES/$bpf/prog_tests" "$old/$bpf/"
	rm "$old/$bpf/prog_tests/alpha.c"
	mkdir -p "$BUILD/tree/tools/sbin"
	ln -sfn "$(realpath "$(dirname "$VMTEST")/bpftool")" "$BUILD/tree/tools/sbin/bpftool"
	run -0 --separate-stderr tree/needs.sh "$BUILD" "$old"
	[ "$output" = "$(printf 'alpha\tprog_tests/alpha.c\n\tcommand ip')" ]
	[[ $stderr == *"1 tests are not in tests.txt and not in old"* ]]
	[[ $stderr == *"tests.txt knows sysctl, which this tree does not have"* ]]
}

@test "tree: tests.txt leaves a test in the first network namespace" {
	# shellcheck disable=SC2016 # the guest expands it
	run -1 "$VMTEST" --tree "$BUILD/tree" -- sh -c \
		"readlink /proc/self/ns/net; $BUILD/tree/test_progs -t netns_cookie"
	[[ $output =~ (net:\[[0-9]+\]) ]]
	[[ $output == *"in ${BASH_REMATCH[1]}"* ]]
}
