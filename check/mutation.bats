#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# --mutate: what it finds in tests that see much or little of their program (check/mutated/). It runs
# without a VM, as root.

bats_require_minimum_version 1.5.0

setup() {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	mutated=$(realpath "${MUTATED:-$BATS_TEST_DIRNAME/../build/mutated}")
	export TMPDIR=$BATS_TEST_TMPDIR XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	unset VMTEST RESULTS TEST_JOURNAL
	cd "$BATS_TEST_TMPDIR" || return 1
	"$mutated" -a sees_all >/dev/null 2>&1 || skip "no BPF here"
}

# mutate STATUS ARGUMENT...: run with --mutate, and compare the exit status
mutate() {
	local expected=$1

	shift
	run timeout 100 "$mutated" --mutate "$@" </dev/null
	echo "$output"
	[ "$status" -eq "$expected" ]
}

# row TEST: "score killed survived explained rejected not-run not-tried"
row() {
	sed -n "s/^$1 \+//p" <<<"$output" | tr -s ' '
}

@test "a test that asserts everything kills every mutant" {
	mutate 0 -a sees_all
	read -r score killed survived explained rejected _ not_tried <<<"$(row sees_all)"
	[ "$score" = 100.0 ]
	[ "$killed" -gt 20 ]
	[ "$survived $explained $not_tried" = '0 0 0' ]
	[ "$rejected" -ge 1 ]
	[[ $output != *survived\ \ * ]]
	[[ $output == *"score 100.0 %"* ]]
}

@test "a hollow test has a low score, and its survivors are named" {
	mutate 0 -a sees_nothing
	read -r score killed survived _ <<<"$(row sees_nothing)"
	[ "$score $killed" = '0.0 0' ]
	[ "$survived" -gt 15 ]
	[ "$(grep -c '^survived  progs/program.c:[0-9]*  ' <<<"$output")" -eq "$survived" ]
	[[ $output == *'survived  progs/program.c:18  "sum = input + 7;"  immediate plus one 7 -> 8  (sees_nothing)'* ]]
	[[ $output == *'"runs++;"  store dropped  (sees_nothing)'* ]]
	[[ $output == *'"return input & 3;"  returned value changed  (sees_nothing)'* ]]
}

@test "what a test asserts in part is killed in part" {
	mutate 0 -a sees_sum
	# The compiler has moved a number of the next line up to this one.
	[[ $output != *'"sum = input + 7;"  '[!i]* ]]
	[[ $output != *'"sum = input + 7;"  immediate '*' 7 '* ]]
	[[ $output == *'"is_big = input > 1000;"  jump inverted'* ]]
}

@test "a program that does not run, or a way that it does not take, is not held against a test" {
	mutate 0 -a sees_nothing
	# The other program of the object, and the side of the bound that the input is not on.
	[[ $output != *program.c:2[4-9]* ]]
	[[ $output != *'jump never taken'* ]]
	[ "$(row sees_nothing | cut -d' ' -f6)" -gt 8 ]
}

@test "one subtest that sees a mutant is enough; it is named by its number" {
	mutate 0 -a sees_all_in_one_of_two
	[ "$(row sees_all_in_one_of_two | cut -d' ' -f1)" = 100.0 ]
	mutate 0 -t 'sees_all_in_one_of_two/nothing'
	[[ $output =~ '(sees_all_in_one_of_two #'[0-9]+'/1)' ]]
}

@test "a test that counts the maps of its program is mutated as well" {
	mutate 0 -a counts_maps
	[ "$(row counts_maps | cut -d' ' -f1)" = 100.0 ]
	# Without a run there is nothing to see, and nobody is accused.
	mutate 0 -a counts_maps_only
	[[ $output == *'trying 0'* ]]
	# Nothing is known about a test that stops there but that the program has run.
	mutate 0 -a counts_maps_first
	[ "$(row counts_maps_first | cut -d' ' -f1)" != 100.0 ]
	[ "$(row counts_maps_first | cut -d' ' -f2)" -ge 28 ]
	[[ $output != *progs/program.c:2[4-9]* ]]
}

@test "a mutant that makes a test wait for ever is killed at a deadline of its own" {
	local before=$SECONDS

	mutate 0 -a waits_for_sum --mutation-seed 1
	[[ $output =~ (' '[1-9][0-9]*) ]]
	[[ $output =~ [1-9][0-9]*' timeout' ]]
	[ $((SECONDS - before)) -lt 60 ]
}

@test "a test that fails is not mutated, and fails the run" {
	mutate 1 -a fails,sees_all
	[ -z "$(row fails)" ]
	[ "$(row sees_all | cut -d' ' -f1)" = 100.0 ]
}

@test "a program without source lines has no mutants" {
	mutate 0 -a has_no_lines
	[[ $output == *"Mutants: 0 found, trying 0"* ]]
	[[ $output == *"score unknown"* ]]
}

@test "a budget takes a sample that only the seed decides" {
	local first

	mutate 0 -a sees_all,sees_nothing --mutate=7 --mutation-seed 4
	[[ $output == *'trying 7, seed 4'* ]]
	first=$(grep '^survived' <<<"$output" | sort)
	mutate 0 -a sees_all,sees_nothing --mutate=7 --mutation-seed 4
	[ "$first" = "$(grep '^survived' <<<"$output" | sort)" ]
	mutate 0 -a sees_all,sees_nothing --mutate=7 --mutation-seed 5
	[ "$first" != "$(grep '^survived' <<<"$output" | sort)" ]
	[[ $output == *' not tried; score '* ]]
}

@test "a survivor can be run again by its name, and shows the log of its test" {
	local name

	mutate 0 -a sees_sum
	name=$(sed -n 's/^survived .*"runs++;"  store dropped .*  //p' <<<"$output")
	[ -n "$name" ]
	run timeout 100 "$mutated" -a sees_sum --mutant "$name"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *'trying 1'* && $output == *'"runs++;"  store dropped'* ]]
	[[ $output == *$'--- a/progs/program.c\n+++ b/progs/program.c\n@@ -20 +19,0 @@\n-\truns++;\n'* ]]
	run timeout 100 "$mutated" -a sees_all --mutant "$name"
	echo "$output"
	[[ $output == *'FAIL:runs actual 0 != expected 1'* && $output == *' 1 killed'* ]]
	run timeout 100 "$mutated" -a sees_sum --mutant 0:0:0
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"no mutant of the selected tests is named '0:0:0'"* ]]
}

@test "each mutant is in the event stream" {
	mutate 0 -a sees_sum --events events.jsonl
	[ "$(grep -c '"event":"mutant"' events.jsonl)" -eq \
		"$(sed -n 's/^Mutants: [0-9]* found, trying \([0-9]*\), .*/\1/p' <<<"$output")" ]
	grep -q '"event":"mutant","test":"sees_sum",.*"file":"progs/program.c","line":20,"text":"runs++;","operator":"store dropped",.*"result":"survived"' events.jsonl
	grep -q '"result":"killed","why":"sum: actual [0-9]* != expected 50007"' events.jsonl
}

@test "reports of the event stream show the survivors" {
	mutate 0 -a sees_sum,sees_all --events events.jsonl
	run "$mutated" report events.jsonl
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *'mutants: 36 killed, 15 survived'* ]]
	[[ $output == *'survived  progs/program.c:20  runs++;  store dropped  sees_sum'* ]]
	[ "$(grep -c '^survived  ' <<<"$output")" -eq 15 ]
	run "$mutated" report --html page.html events.jsonl
	[ "$status" -eq 0 ]
	grep -q '"survivors":\[{"c":0,"line":[0-9]*,"test":"sees_sum","file":"progs/program.c","text":' page.html
	grep -q '"killed":36' page.html
}

@test "a list explains survivors; a line that explains none is an error" {
	cat >known <<-'EOF'
		# TEST | FILE | SOURCE LINE | OPERATOR | REASON
		sees_sum | progs/program.c | runs++; | * | nobody counts
		sees_sum | progs/program.c | return input & 3; | returned value changed | nobody looks
	EOF
	mutate 0 -a sees_sum --known-mutants known
	[[ $output != *'"runs++;"'* ]]
	[[ $output != *'"return input & 3;"  returned value changed'* ]]
	[[ $output == *'"return input & 3;"  operation swapped'* ]]
	[ "$(row sees_sum | cut -d' ' -f4)" -gt 3 ]

	echo 'sees_sum | progs/program.c | sum = input + 7; | store dropped | not true' >>known
	mutate 1 -a sees_sum --known-mutants known
	[[ $output == *'known:4: no mutant of this kind survives: take the line out'* ]]
	# It may be needed by what a sample leaves out, or by another test.
	mutate 0 -a sees_sum --known-mutants known --mutate=3
	mutate 0 -a sees_all,has_no_lines --known-mutants known

	echo 'sees_sum | progs/program.c' >known
	mutate 64 -a sees_sum --known-mutants known
	[[ $output == *"known:1: a line is 'TEST | FILE | SOURCE LINE | OPERATOR | REASON'"* ]]
	echo 'sees_sum | progs/program.c | runs++; | shaken | because' >known
	mutate 64 -a sees_sum --known-mutants known
	[[ $output == *'known:1: no such operator'* ]]
	mutate 64 -a sees_sum --mutation-scores absent
	[[ $output == *"--mutation-scores: cannot read 'absent'"* && $output != *Summary* ]]
	run "$mutated" -a sees_sum --known-mutants known
	[ "$status" -eq 64 ]
	[[ $output == *'go with --mutate'* ]]
	mutate 64 -a sees_sum --known-mutants absent
	[[ $output == *"--known-mutants: cannot read 'absent'"* ]]
}

@test "scores: a complete test may have no survivor, another one no lower score" {
	echo 'sees_all complete' >scores
	mutate 0 -a sees_all --mutation-scores scores
	echo 'sees_sum complete' >>scores
	mutate 1 -a sees_all,sees_sum --mutation-scores scores
	[[ $output == *'mutants survived, and scores:2 calls the test complete'* ]]
	# Also in a sample that meets one.
	mutate 1 -a sees_sum --mutation-scores scores --mutate=20
	printf 'sees_all 99.0\nsees_sum 90\n' >scores
	mutate 1 -a sees_all,sees_sum --mutation-scores scores
	[[ $output == *"sees_all: no mutant survives: make scores:1 'sees_all complete'"* ]]
	[[ $output == *'sees_sum: the score has fallen to '*', from 90 in scores:2'* ]]
	mutate 0 -a sees_sum --mutation-scores scores --mutate=5
	echo 'sees_sum 1.0' >scores
	mutate 1 -a sees_all,sees_sum --mutation-scores scores
	[[ $output == *'sees_sum: the score has risen to '* ]]
	[[ $output == *'sees_all: the test has no line in scores'* ]]
	echo 'sees_sum very good' >scores
	mutate 1 -a sees_sum --mutation-scores scores
	[[ $output == *"scores:1: a line is 'TEST SCORE' or 'TEST complete'"* ]]
}

@test "^C ends the mutants, and what was found is shown" {
	timeout 60 "$mutated" --mutate -a waits_for_sum >out 2>&1 3>&- &
	until grep -q '^Mutants: .* found' out; do
		sleep 0.1
	done
	pkill -INT -P $! mutated
	status=0
	wait $! || status=$?
	cat out
	[ "$status" -eq 130 ]
	grep -q '^Mutants: .* not tried; score' out
	# The mutant that ran at that moment has no result: it is not a survivor.
	run ! grep -q '^survived .*"sum = input' out
}
