#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run all tests of the project, for `make check`:
#  - lint of the sources;
#  - the tests of the runner (no VM, no root, no BPF) and of vmtest, and both again under sanitizers;
#  - the parsers under a fuzzer;
#  - the whole suite in a VM, without failures and without skips that check/expected_skips lacks;
#  - a sample of the mutants of BPF programs that the runner makes by itself;
#  - the mutants of check/mutants/: each one must make a test of the suite fail.
# The last line counts the results; the failed tests stand right above it.
#
# usage: O=DIR KERNEL=K run.sh [--fast] \
#	[lint|unit_tests|golden|command_line|machines|vmtest|guests|mutation|sanitizers|fuzz|suite|mutants]...
#
# --fast: without machines, vmtest, guests, mutation, sanitizers, fuzz and mutants, which take nearly all of the time

set -u
cd "$(dirname "$0")/.." || exit 1
O=${O:-build}
KERNEL=${KERNEL:-}
out=$O/check-results
rm -rf "$out"
mkdir -p "$out" || exit 1
# Some fixtures fail on purpose: print no annotations for them.
unset GITHUB_ACTIONS
# The default options of whoever calls this are not for the checks.
unset VMTEST_OPTIONS
export VMTEST_CONFIG=/dev/null
export FIXTURES=$PWD/$O/fixtures MUTATED=$PWD/$O/mutated VMTEST=$PWD/$O/vmtest
tree=.
case $O in
/*) FIXTURES=$O/fixtures MUTATED=$O/mutated VMTEST=$O/vmtest tree=$O ;;
..*) tree=$O ;;
esac
start=$(date +%s)

# Each step prints TAP. The numbers of tests are ignored.

lint() {
	O=$O scripts/lint.sh
}

unit_tests() {
	local program status

	for program in "$O"/check/unit/*; do
		if [ ! -x "$program" ] || [ -d "$program" ]; then
			continue
		fi
		# cmocka prints the reason of a failure on stderr, in the line after "not ok".
		CMOCKA_MESSAGE_OUTPUT=TAP "$program" >"$out/unit" 2>&1
		status=$?
		sed -E "s|^(ok\|not ok) [0-9]+ - |\1 unit $(basename "$program"): |" "$out/unit"
		if [ $status -ne 0 ] && ! grep -q '^not ok' "$out/unit"; then
			echo "not ok unit $(basename "$program"): exit status $status"
		fi
	done
}

golden() {
	check/golden.sh
}

command_line() {
	bats --tap check/command_line.bats check/reports.bats check/reference.bats check/schedule.bats \
		check/kernel_log.bats check/lists.bats check/layers.bats check/audit.bats check/debugging.bats \
		check/packets.bats check/export.bats check/needs.bats check/event_reports.bats check/page.bats \
		check/watch.bats check/packaging.bats check/mutation.bats check/coverage.bats
}

machines() {
	bats --tap check/machines.bats
}

vmtest() {
	bats --tap check/vmtest.bats check/kconfig.bats check/vmtest_boot.bats check/snapshot.bats check/vms.bats \
		check/panic.bats check/command_lines.bats check/features.bats
}

# The same in another lane.
guests() {
	bats --tap check/audit_boot.bats check/machine.bats check/ci.bats check/tree.bats
}

# The stacks of programs built by clang need a symbolizer. addr2line will do, because
# llvm-symbolizer is a package of 100 MB. gcc's sanitizers have their own.
symbolizer=$(command -v addr2line)

# build TARGET: build a target that `make check` has not built; print a failed test if that fails
build() {
	make -j"$(nproc)" O="$O" "$1" >"$out/$1.log" 2>&1 && return
	echo "not ok $1: the build failed, see $out/$1.log"
	tail -n 20 "$out/$1.log" | sed 's/^/# /'
	return 1
}

# sanitized TARGET FILE...: run the unit tests, and these files of check/, with a build that has
# sanitizers. These write their reports to files. Otherwise a test process that a sanitizer kills
# could pass, if the test expects it to die. The crash handler of tests has its own stack, which
# AddressSanitizer would mistake for the signal stack that it gives to each thread.
sanitized() {
	local target=$1 reports report file
	shift

	build "$target" || return
	mkdir "$out/$target.reports"
	reports=$(realpath "$out/$target.reports")
	(
		export SKIPS=$PWD/check/sanitizer_skips FIXTURES VMTEST
		export UBSAN_OPTIONS=print_stacktrace=1 ASAN_SYMBOLIZER_PATH=$symbolizer
		ASAN_OPTIONS=use_sigaltstack=0:detect_stack_use_after_return=1:strict_string_checks=1
		ASAN_OPTIONS+=:detect_leaks=1:log_path=$reports/report
		export ASAN_OPTIONS
		FIXTURES=$(realpath "$O/$target/fixtures") VMTEST=$(realpath "$O/$target/vmtest")
		O=$O/$target unit_tests
		golden
		for file; do
			bats --tap "check/$file.bats" | sed -E "s/^(ok|not ok) [0-9]+/& $file/"
		done
	) | sed -E "s/^(ok|not ok) ([0-9]+ )?/\\1 $target /"
	for report in "$reports"/*; do
		[ -e "$report" ] || continue
		echo "not ok $target: a sanitizer has found something, see $report"
		grep -v '^=*$' "$report" | head -n 20 | sed 's/^/# /'
	done
}

# Each file with one of the two compilers: they find the same, but for details.
sanitizers() {
	sanitized asan-gcc reports schedule kernel_log event_reports vmtest
	sanitized asan-clang command_line machines audit
}

# fuzz_one NAME: run a fuzz target on its corpus, then on what libFuzzer makes of it, for
# FUZZ_SECONDS. The seed is always the same, so that `make check` does not fail for reasons other
# than the change. FUZZ_SEED=0 takes a new random seed each time, to search for more.
fuzz_one() {
	local name=$1 work=$out/fuzz.$1 found runs status

	mkdir -p "$work/corpus"
	ASAN_SYMBOLIZER_PATH=$symbolizer UBSAN_OPTIONS=print_stacktrace=1 \
		"$O/fuzz/check/fuzz/$name" -max_total_time="${FUZZ_SECONDS:-10}" \
		-seed="${FUZZ_SEED:-1}" -timeout=5 \
		-rss_limit_mb=1024 -close_fd_mask=3 -artifact_prefix="$work/" \
		"$work/corpus" "check/fuzz/corpus/$name" >"$work/log" 2>&1
	status=$?
	runs=$(sed -nE 's/^Done ([0-9]+) runs.*/\1/p' "$work/log")
	if [ $status -eq 0 ] && [ -n "$runs" ]; then
		echo "ok fuzz $name: $runs runs"
		rm -rf "$work"
		return
	fi
	found=$(find "$work" -maxdepth 1 -type f -name '*-*' | head -n 1)
	echo "not ok fuzz $name: exit status $status, reproduce it with $O/fuzz/check/fuzz/$name ${found:-$work/log}"
	grep -E '^==.*ERROR|runtime error|^ *#[0-9]+ 0x' "$work/log" |
		grep -vE 'libclang_rt|fuzzer::|Fuzzer[A-Z].*\.cpp|/libc\.so|__sanitizer|pthread_kill' |
		head -n 8 | sed 's/^/# /'
}

fuzz() {
	local program

	build fuzz || return
	export -f fuzz_one
	export O out symbolizer
	# shellcheck disable=SC2016 # expanded by the shell that xargs starts
	for program in check/fuzz/*.c; do
		basename "$program" .c
	done | xargs -P "$fuzz_jobs" -I{} bash -c 'fuzz_one {} >"$out/fuzz.{}.result"'
	cat "$out"/fuzz.*.result
	rm -f "$out"/fuzz.*.result
}

# program_results PROGRAM REPORT: print the results of tests and subtests as TAP
program_results() {
	jq -r --arg program "$1" --rawfile allowed check/expected_skips '
		($allowed | split("\n") | map(sub("#.*"; "") | sub("[ \t]+$"; "")) | map(select(. != "")))
			as $skips |
		def line(name): name as $name |
			if .failed then "not ok \($program) \($name): \(.result) \(.reason // .assertion // "")"
			elif .result == "NOTRUN" then "not ok \($program) \($name): not run"
			elif .result == "SKIP" and ($skips | index([$name]) | not)
			then "not ok \($program) \($name): skipped, and not in check/expected_skips: \(.reason)"
			elif .result == "SKIP" then "ok \($program) \($name) # skip \(.reason)"
			else "ok \($program) \($name)" end;
		.results[] | .name as $test | line($test),
			(.subtests[] | line($test + "/" + .name))' "$2"
}

# run_program PROGRAM OPTION...
run_program() {
	local program=$1 status report=$out/$1/$1/report.json
	shift

	"$O"/vmtest ${KERNEL:+-k "$KERNEL"} --tree "$tree" --results "$out/$program" -- \
		"$O/$program" --results -j "$@" >"$out/$program.log" 2>&1
	status=$?
	if [ -s "$report" ]; then
		program_results "$program" "$report"
	fi
	if [ $status -eq 0 ] && [ -s "$report" ]; then
		echo "ok $program: exit status 0"
	else
		echo "not ok $program: exit status $status, see $out/$program.log"
		tail -n 25 "$out/$program.log" | sed 's/^/# /'
	fi
}

# which_features FILE: a coverage without the names of tests: what is used, and why the rest is not
which_features() {
	sed -E 's/(\| )[^|*]*\|$/\1used |/' "$1"
}

# The features that the suite has just used must be those of docs/coverage.md and of the list beside
# features.tsv.
coverage() {
	local made=$out/coverage

	if [ -n "$KERNEL" ]; then
		echo "ok coverage # skip docs/coverage.md is for the pinned kernel"
		return
	fi
	mkdir -p "$made"
	if ! "$O/test_progs" coverage --coverage="$made/coverage.md" "$out/test_progs" ||
		! "$O/test_progs" coverage --coverage="$made/exercised.tsv" "$out/test_progs"; then
		echo "not ok coverage: no features in the events of the suite"
		return
	fi
	if diff <(which_features docs/coverage.md) <(which_features "$made/coverage.md") >"$made/diff" &&
		diff <(cut -f 1,2 runner/coverage/exercised.tsv) <(cut -f 1,2 "$made/exercised.tsv") >>"$made/diff"; then
		echo "ok coverage: docs/coverage.md is what the suite has used"
		return
	fi
	echo "not ok coverage: docs/coverage.md ('<') is not what the suite has used ('>'); make coverage writes it anew"
	head -n 20 "$made/diff" | sed 's/^/# /'
}

suite() {
	local flavour

	run_program test_progs --coverage coverage.md
	coverage
	for flavour in ${FLAVOURS:-}; do
		run_program "test_progs-$flavour"
	done
}

# As many mutants of BPF programs as two minutes allow (docs/mutation.md), other ones each day: tests that
# check/mutation_scores calls complete must kill them all.
mutation() {
	local seed log=$out/mutation.log status

	seed=$(date +%Y%m%d)
	if [ -n "$KERNEL" ]; then
		echo "ok mutation # skip check/mutation_scores is for the pinned kernel"
		return
	fi
	"$O"/vmtest --vms=1 --tree "$tree" --results "$out/mutation" -- "$O/test_progs" --results -j \
		--mutate=2m --mutation-seed "$seed" --known-mutants check/known_mutants \
		--mutation-scores check/mutation_scores >"$log" 2>&1
	status=$?
	if [ $status -eq 0 ] && grep -q '^Mutants: .* score ' "$log"; then
		echo "ok mutation: $(grep '^Mutants: .* score ' "$log")"
		return
	fi
	echo "not ok mutation: exit status $status, see $log; repeat it with make mutate MUTATE=2m ARGS='-j --mutation-seed $seed'"
	grep -E '^(test_progs|vmtest): .*(mutant|score|panic|cannot)|^Mutants: .* score ' "$log" | sed 's/^/# /'
	grep '^survived' "$log" | head -n 20 | sed 's/^/# /'
}

# One process and one VM for each CPU, because an emulated VM uses one. Each has a copy of the tree
# and 2 GiB of memory: four of them at most.
mutants() {
	local lanes lane status=0 pids=()

	lanes=$(($(nproc) < 4 ? $(nproc) : 4))
	for ((lane = 0; lane < lanes; lane++)); do
		# shellcheck disable=SC2046 # names of files of ours
		O=$O check/mutants/run.sh $(mutant_names "$lane" "$lanes") >"$out/mutants.$lane" &
		pids+=($!)
	done
	for lane in "${!pids[@]}"; do
		wait "${pids[lane]}" || status=1
		cat "$out/mutants.$lane"
		rm -f "$out/mutants.$lane"
	done
	return $status
}

# mutant_names I N: the names of part I of N, where mutants of a test are together, because each
# part also runs the unchanged tests of its mutants
mutant_names() {
	local files=(check/mutants/*.patch)
	local first=$((${#files[@]} * $1 / $2)) last=$((${#files[@]} * ($1 + 1) / $2))

	basename -a -s .patch "${files[@]:first:last - first}"
}

run_step() {
	local status planned seen

	printf 'check: [%3ds] %s\n' $(($(date +%s) - start)) "$1"
	"$1" >"$out/$1.tap" 2>&1
	status=$?
	planned=$(sed -nE 's/^1\.\.([0-9]+)$/\1/p' "$out/$1.tap" | awk '{ sum += $1 } END { print sum }')
	seen=$(grep -cE '^(not )?ok ' "$out/$1.tap")
	if [ "$seen" -eq 0 ]; then
		echo "not ok $1: no test ran" >>"$out/$1.tap"
	elif [ -n "$planned" ] && [ "$planned" -gt "$seen" ]; then
		echo "not ok $1: $planned tests were planned, $seen were run" >>"$out/$1.tap"
	elif [ $status -ne 0 ] && ! grep -q '^not ok ' "$out/$1.tap"; then
		echo "not ok $1: exit status $status" >>"$out/$1.tap"
	fi
	grep -E '^not ok ' "$out/$1.tap" | sed 's/^/  /'
}

run_steps() {
	local step

	for step in "$@"; do
		run_step "$step"
	done
}

# The steps that need VMs run beside those that run on this machine itself. Two runs of the audit's
# tests on this machine would disturb each other: they stay in one lane.
run_all() {
	run_step lint
	run_steps suite vmtest mutation &
	fuzz_jobs=1 run_steps unit_tests golden command_line machines sanitizers fuzz guests
	wait
	run_step mutants
}

run_fast() {
	run_step suite &
	run_steps lint unit_tests golden command_line
	wait
}

fuzz_jobs=$(nproc)
case ${1:-} in
'') run_all ;;
--fast) run_fast ;;
*) run_steps "$@" ;;
esac

count() {
	cat "$out"/*.tap | grep -cE "$1"
}
skipped=$(count '^ok .*# [sS][kK][iI][pP]')
passed=$(($(count '^ok ') - skipped))
failed=$(count '^not ok ')
if [ "$failed" -gt 0 ]; then
	printf '\nFailed (the logs are in %s):\n' "$out"
	grep -hE -A 8 '^not ok ' "$out"/*.tap | grep -E '^(not ok|#)' | cut -c -200 | head -n 40
fi
printf 'check: [%3ds] done\n' $(($(date +%s) - start))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
