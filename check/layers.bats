#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of scripts/check-layers.sh, which checks the floor plan. They use small trees with planted
# errors.

bats_require_minimum_version 1.5.0

setup() {
	scripts=$(realpath "$BATS_TEST_DIRNAME/../scripts")
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p scripts runner/low runner/high runner/beside prog_tests vm
	cp "$scripts/check-layers.sh" "$scripts/list-sources.sh" scripts/
	: >.gitignore
	cat >scripts/layers.txt <<-'END'
		place 0 runner/low
		place 1 runner/high
		place 1 runner/beside
		place 2 runner/run
		place 2 vm
		place 3 prog_tests
		never prog_tests runner/
		never vm <bpf/
		interface runner/low/interface.h
	END
	file runner/low/clock.h 'int clock__now(void);'
	file runner/low/clock.c '#include "runner/low/clock.h"' 'int clock__now(void)' '{' 'return 1;' '}'
	file runner/high/engine.h '#include "runner/low/clock.h"' 'int engine__run(void);'
	file runner/high/engine.c '#include "runner/high/engine.h"' 'int engine__run(void)' '{' 'return 1;' '}'
	file runner/run.c '#include "runner/high/engine.h"' 'int main(void)' '{' 'return engine__run();' '}'
}

# file PATH LINE...: make a file with these lines
file() {
	printf '%s\n' "${@:2}" >"$1"
}

finds() {
	run -1 scripts/check-layers.sh
	echo "$output"
	grep -qF "$1" <<<"$output"
}

@test "a tree that keeps to the plan is clean" {
	run -0 scripts/check-layers.sh
	[ -z "$output" ]
}

@test "an include that runs upwards" {
	file runner/low/clock.c '' '#include "runner/high/engine.h"'
	finds 'runner/low/clock.c:2: error: "runner/high/engine.h" is above: runner/low has level 0, runner/high level 1'
}

@test "an include from one folder to another of the same level" {
	file runner/beside/other.c '#include "runner/high/engine.h"'
	finds 'runner/beside/other.c:1: error: "runner/high/engine.h" is beside: runner/beside and runner/high both have level 1'
}

@test "a circle between folders" {
	file runner/low/clock.h '#include "runner/high/other.h"'
	file runner/high/other.h 'struct other;'
	finds 'runner/low/clock.h:1: error: "runner/high/other.h" closes a circle of folders: runner/high leads back to runner/low'
}

@test "a circle between files of one folder" {
	file runner/low/a.h '#include "runner/low/b.h"'
	file runner/low/b.h 'struct b;'
	file runner/low/b.c '#include "runner/low/a.h"'
	finds 'runner/low/a.h:1: error: "runner/low/b.h" closes a circle of files: runner/low/b leads back to runner/low/a'
}

@test "a header that declares what another file defines" {
	file runner/high/engine.h 'int engine__run(void);' 'int clock__now(void);'
	finds 'runner/high/engine.h:2: error: clock__now() is defined in runner/low/clock.c: declare it in runner/low/clock.h'
	file runner/high/engine.h 'int engine__run(void);' 'extern int shared;'
	echo 'int shared;' >>runner/low/clock.c
	finds 'runner/high/engine.h:2: error: shared() is defined in runner/low/clock.c'
}

@test "a header that the plan names as an interface may" {
	file runner/low/interface.h 'int engine__run(void);'
	run -0 scripts/check-layers.sh
}

@test "a folder without a line in the plan" {
	mkdir runner/new
	file runner/new/thing.c ''
	finds 'runner/new/thing.c:1: error: its folder has no line in scripts/layers.txt'
}

@test "what the plan forbids by name" {
	file prog_tests/test.c '#include "runner/low/clock.h"'
	finds 'prog_tests/test.c:1: error: prog_tests/ never includes runner/'
	file vm/boot.c '#include <bpf/bpf.h>'
	finds 'vm/boot.c:1: error: vm/ never includes <bpf/'
}
