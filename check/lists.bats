#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Check that the committed lists are complete and up to date.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return 1
	O=${O:-build}
}

# entries FILE...: print the entries of lists, without comments and empty lines
entries() {
	grep -hvE '^[[:space:]]*(#|$)' "$@" || true
}

@test "every denylist entry has a reason, a link and a date that is not past" {
	today=$(date +%F)
	while IFS= read -r line; do
		echo "$line"
		[[ $line =~ ^[^#[:space:]][^#]*#\ *[^\ ].*https?://[^\ ]+ ]]
		[[ $line =~ until=([0-9]{4}-[0-9]{2}-[0-9]{2})([[:space:]]|$) ]]
		[[ ! ${BASH_REMATCH[1]} < $today ]]
	done < <(entries DENYLIST*)
}

@test "neither of the two reported tests is denied or may be skipped" {
	run grep -hE '^(file_reader|sockmap_basic)(/|[[:space:]]|$)' DENYLIST* check/expected_skips
	[ "$output" = "" ]
}

@test "kernel options are lines of CONFIG_X=y or CONFIG_X=m, each once" {
	while IFS= read -r line; do
		echo "$line"
		[[ $line =~ ^CONFIG_[A-Z0-9_]+=[ym]$ ]]
	done < <(entries config config.*)
	[ "$(entries config config.* | sort | uniq -d)" = "" ]
}

@test "every test that sanitizers leave out exists, and has a reason" {
	while IFS= read -r line; do
		echo "$line"
		[[ $line =~ ^(golden|command_line)\ (.*[^\ ])\ +#\ *[^\ ] ]]
		if [ "${BASH_REMATCH[1]}" = golden ]; then
			[ -e "check/golden/${BASH_REMATCH[2]}.txt" ]
		else
			grep -qxF "@test \"${BASH_REMATCH[2]}\" {" check/command_line.bats
		fi
	done < <(entries check/sanitizer_skips)
}

@test "every file has a licence line" {
	# The licence text has none, and the inputs of fuzz targets must not have one.
	missing=$(scripts/list-sources.sh | grep -vxE 'LICENSE|check/fuzz/corpus/.*' |
		xargs -d '\n' grep -LF 'SPDX-License-Identifier: GPL-2.0-only' || true)
	echo "$missing"
	[ "$missing" = "" ]
}

@test "make run installs nothing that only make check or make lint needs" {
	bin=$BATS_TEST_TMPDIR/bin
	mkdir "$bin"
	ln -s /usr/bin/* "$bin/"
	ln -sf "$(scripts/find-tool.sh clang)" "$bin/clang"
	rm -f "$bin"/{apt-get,bats,jq,shellcheck,clang-format*,clang-tidy*}
	PATH=$bin run scripts/deps.sh
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "" ]
	PATH=$bin run scripts/deps.sh check
	echo "$output"
	[ "$status" -eq 1 ]
	[[ ${lines[-1]} == "  bats jq " ]]
	PATH=$bin run scripts/deps.sh lint
	echo "$output"
	[[ ${lines[-1]} == "  clang-format-19 clang-tidy-19 shellcheck " ]]
}

@test "every test declares what it needs" {
	undeclared=$("$O/test_progs" --list=long | grep -B1 'declares nothing' || true)
	echo "$undeclared"
	[ "$undeclared" = "" ]
}

@test "--list=all has the programs of annotated objects, known or not yet run" {
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR
	number=$("$O/test_progs" -l | grep -nx annotations | cut -d: -f1)
	run "$O/test_progs" --list=all -a annotations
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "$(printf '%-9s%s' "$number" annotations)" ]
	grep -qxF "$(printf '%-9s%s' "$number/?" 'annotations/accepted (not yet run)')" <<<"$output"
	grep -qxF "$(printf '%-9s%s' "$number/?" 'annotations/return value: negative (not yet run)')" <<<"$output"
	# An auxiliary program is loaded together with others and is not a subtest.
	[[ $output != *loaded_along* && $(grep -c . <<<"$output") -eq 10 ]]

	# Write the history that a run of this build on another kernel would leave.
	build="$(cat "$O/flags/version") $(readelf -n "$O/test_progs" | sed -n 's/.*Build ID: //p')"
	mkdir "$XDG_STATE_HOME/bpf-selftests"
	jq -n --arg build "$build" '{version: 1, entries: [{program: "test_progs", release: "0.0.0", build: $build,
		tests: {annotations: {duration_us: 1, subtests: ["accepted", "return value: negative"]}}}]}' \
		>"$XDG_STATE_HOME/bpf-selftests/history"
	run "$O/test_progs" --list=all -a annotations
	echo "$output"
	[ "${lines[1]}" = "$(printf '%-9s%s' "$number/1" 'annotations/accepted (known)')" ]
	[ "${lines[2]}" = "$(printf '%-9s%s' "$number/2" 'annotations/return value: negative (known)')" ]
	[[ $(grep -c . <<<"$output") -eq 10 && $(grep -c '(not yet run)' <<<"$output") -eq 7 ]]
	# Only subtests that have run have a number for -n; names find the others too.
	run "$O/test_progs" --list=all -n "$number/2"
	[ "${#lines[@]}" -eq 2 ]
	run "$O/test_progs" --list=all -a 'annotations/rejected*'
	[ "${#lines[@]}" -eq 2 ]
}

@test "docs/requirements.md is what the tests declare" {
	scripts/requirements-table.sh "$O/test_progs" | diff -u docs/requirements.md - || {
		echo "to have it written anew: make docs"
		false
	}
}

@test "tests declare locks on things that other tests see" {
	undeclared=$(LC_ALL=C scripts/undeclared-locks.sh 2>&1) || {
		echo "$undeclared"
		echo "declare it with TEST_LOCKS, or say in check/lock_exceptions why not"
		false
	}
}

@test "an undeclared lock is found" {
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/prog_tests" "$tree/progs" "$tree/check"
	cat >"$tree/prog_tests/a.c" <<-'END'
		#include "a.skel.h"
		TEST_LOCKS(a, SHARED("trampoline:one"),
		           EXCLUSIVE("sysctl:kernel.panic"));
		void test_a(void)
		/* not drop_caches */
		x = "/proc/sys/kernel/panic";
		y = "/proc/sys/net/ipv4/ip_forward";
	END
	cat >"$tree/prog_tests/b.c" <<-'END'
		#include "b.skel.h"
		void serial_test_b(void)
		x = "/proc/sys/kernel/panic";
		y = "/proc/sys/vm/drop_caches";
		z = "/proc/sys/kernel/perf_event_max_sample_rate";
		open("/sys/kernel/tracing/kprobe_events");
		test__system("modprobe dummy");
		TEST_ISOLATION(b, ISOLATE_ALL & ~ISOLATE_NETNS);
	END
	echo 'open("/sys/kernel/tracing/trace_pipe");' >"$tree/prog_tests/b_more.c"
	echo 'nothing' >"$tree/prog_tests/stray.c"
	printf 'SEC("%s")\n' fentry/one fexit/two lsm.s/three >"$tree/progs/a.c"
	printf 'SEC("%s")\n' '?fmod_ret/one' fentry.s/two lsm/three >"$tree/progs/b.c"
	printf '%s\n' 'a trampoline:two  # never attached' 'a module:none  # nothing' 'b x' \
		>"$tree/check/lock_exceptions"
	run scripts/undeclared-locks.sh "$tree"
	echo "$output"
	[ "$status" -eq 1 ]
	LC_ALL=C sort <<<"$output" | diff - <(LC_ALL=C sort <<-'END'
		a does not declare trampoline:bpf_lsm_three, which a b have programs on
		b does not declare init_netns, see prog_tests/b.c:8
		b does not declare module:, see prog_tests/b.c:7
		b does not declare page_cache, see prog_tests/b.c:4
		b does not declare perf_rate, see prog_tests/b.c:5
		b does not declare sysctl:, see prog_tests/b.c:3
		b does not declare trace_pipe, see prog_tests/b.c:6
		b does not declare trace_pipe, see prog_tests/b_more.c:1
		b does not declare trampoline:bpf_lsm_three, which a b have programs on
		b does not declare trampoline:one, which a b have programs on
		check/lock_exceptions: 'a module:none' excuses nothing: remove it
		check/lock_exceptions: not 'TEST LOCK  # reason': b x
		prog_tests/stray.c belongs to no test: name it TEST_..., or its header as itself
	END
	)
}
