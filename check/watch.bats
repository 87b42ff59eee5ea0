#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of `make test` and `make watch` without a build and without a guest: the commands that make
# prints, and scripts/watch.sh with another command in a small tree.

bats_require_minimum_version 1.5.0

setup() {
	top=$(realpath "$BATS_TEST_DIRNAME/..")
	unset MAKEFLAGS MAKELEVEL T KERNEL ARGS
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	# End a watch that a test that failed half-way has left. It leads its process group.
	[ -n "${watch-}" ] || return 0
	kill -KILL -- "-$watch" 2>/dev/null || true
	wait "$watch" 2>/dev/null || true
}

# A tree with a copy of the scripts; the command prints the content of the file "source".
make_tree() {
	mkdir -p tree/scripts
	cp "$top"/scripts/watch.sh "$top"/scripts/list-sources.sh tree/scripts/
	echo '/build/' >tree/.gitignore
	echo one >tree/source
}

# start_watch COMMAND...: start a watch in a process group of its own; descriptor 4 has its output
start_watch() {
	mkfifo output
	# A background process of bats would ignore SIGINT.
	setsid env --default-signal=INT tree/scripts/watch.sh "$@" >output 2>&1 3>&- 4>&- &
	watch=$!
	exec 4<output
}

# until_line TEXT: read the output of the watch up to a line that contains TEXT; sets $seen to all of it
until_line() {
	local line

	seen=
	while IFS= read -r -t 30 -u 4 line; do
		echo "$line"
		seen+=$line$'\n'
		[[ $line != *"$1"* ]] || return 0
	done
	echo "no line with: $1"
	return 1
}

@test "make test and make watch ask for the names of tests" {
	for goal in test watch; do
		run timeout 60 make -C "$top" "$goal"
		echo "$output"
		[ "$status" -eq 2 ]
		[[ $output == *"make $goal needs T=NAMES"* ]]
	done
}

@test "make test runs the tests that are named, on the kernels that are named" {
	run timeout 60 make -C "$top" --no-print-directory -n test T=ringbuf,xdp KERNEL='6.1 6.12' ARGS=-v
	echo "$output" | tail -n 3
	[ "$status" -eq 0 ]
	[[ $output == *"/vmtest -k 6.1 -k 6.12 "*" -- "*"/test_progs --results -a 'ringbuf,xdp' -v" ]]
}

@test "make help lists test and watch, and their variable" {
	run make -C "$top" help
	for word in '  test ' '  watch ' '  T=NAMES '; do
		grep -qF -- "$word" <<<"$output"
	done
}

@test "a watch runs its command again when a source file is changed, added or removed" {
	make_tree
	start_watch sh -c 'cat tree/*source; exit 3'
	until_line one
	until_line 'status 3; waiting'
	echo two >tree/source
	until_line two
	until_line waiting
	echo three >tree/new_source
	until_line three
	until_line waiting
	rm tree/new_source
	until_line 'has changed'
	until_line two
	until_line waiting
}

@test "a watch does not take output of a build for a change" {
	make_tree
	mkdir tree/build
	start_watch sh -c 'cat tree/source; echo >>tree/build/object'
	until_line one
	until_line waiting
	echo two >tree/source
	until_line two
	[[ $seen != *one* ]]
	until_line waiting
}

@test "a watch sees a change that is made while its command runs" {
	make_tree
	start_watch sh -c '[ -e changed ] || echo two >tree/source; touch changed; cat tree/source; echo ran'
	until_line ran
	until_line 'has changed'
	until_line ran
	until_line waiting
}

@test "^C ends a watch while it waits, and its command while that runs" {
	make_tree
	start_watch true
	until_line waiting
	kill -INT -- "-$watch"
	until_line 'watch: ended'
	status=0
	wait "$watch" || status=$?
	[ "$status" -eq 0 ]

	rm output
	start_watch sh -c 'echo running; sleep 1000'
	until_line running
	kill -INT -- "-$watch"
	until_line 'watch: ended'
	status=0
	wait "$watch" || status=$?
	[ "$status" -eq 0 ]
	run ! pgrep -g "$watch"
}

@test "a watch whose command ^C has ended says so, even if no signal reaches the watch itself" {
	make_tree
	start_watch sh -c 'exit 130'
	until_line 'watch: ended'
	status=0
	wait "$watch" || status=$?
	[ "$status" -eq 0 ]
}
