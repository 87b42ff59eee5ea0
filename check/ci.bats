#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the templates for CI systems (action.yml, ci/, Dockerfile) and of the pages that describe
# them: they can be parsed, their shell code is clean, the options in them exist, and what can run
# here runs. One test boots the pinned kernel.
#
# shellcheck disable=SC2016 # what is in single quotes is expanded by a template's shell

bats_require_minimum_version 1.5.0

setup() {
	tree=$(realpath "$BATS_TEST_DIRNAME/..")
	fixtures=$(realpath "${FIXTURES:-$tree/build/fixtures}")
	vmtest=$(realpath "${VMTEST:-$tree/build/vmtest}")
	pages=("$tree/docs/ci.md" "$tree/docs/kernel-developers.md")
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	unset GITHUB_ACTIONS MAKEFLAGS MAKELEVEL
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir stub
}

templates() {
	printf '%s\n' "$tree"/action.yml "$tree"/.github/workflows/*.yml "$tree"/ci/*.yml
}

# to_json FILE: a YAML file as JSON
to_json() {
	python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)' <"$1"
}

# shell_of FILE: the shell code of a template, one line of JSON for each piece
shell_of() {
	case $1 in
	*/Dockerfile) sed -nE 's/^RUN (.*)/\1/p' "$1" | jq -Rc ;;
	*/gitlab-ci.yml) to_json "$1" | jq -c '.[] | .before_script, .script, .after_script | join("\n")' ;;
	*/kubernetes-job.yml) to_json "$1" | jq -c '.spec.template.spec.containers[].command[2]' ;;
	*/lava-test.yml) to_json "$1" | jq -c '.run.steps | join("\n")' ;;
	*) to_json "$1" | jq -c '.. | objects | .run? | strings' ;;
	esac
}

# options_in: the options of "vmtest", "test_progs" and "test_progs report" in the commands on stdin,
# as lines "PROGRAM OPTION". A line that ends with a backslash goes on.
options_in() {
	sed -e ':join' -e '/\\$/N; s/\\\n//; t join' | awk '
		{
			program = ""
			for (i = 1; i <= NF; i++) {
				word = $i
				gsub(/^["`(]+|["`,;:.)]+$/, "", word)
				if (word == "--") program = ""
				else if (word ~ /(^|\/)vmtest$/) program = "vmtest"
				else if (word ~ /(^|\/)test_progs$/) program = "test_progs"
				else if (word == "report" && program == "test_progs") program = "report"
				else if (word ~ /^(\||&&|\|\||#)$/) program = ""
				else if (program != "" && word ~ /^-[a-zA-Z]|^--[a-z]/) {
					sub(/[=\[].*/, "", word)
					if (word ~ /^-[a-zA-Z]/) word = substr(word, 1, 2)
					print program, word
				}
			}
		}' | sort -u
}

# help_of PROGRAM: the options that it has
help_of() {
	case $1 in
	vmtest) "$vmtest" --help ;;
	test_progs) "$fixtures" --help ;;
	report) "$fixtures" report --help ;;
	esac | grep -oE -- '(^ +|, )--?[a-zA-Z?][a-z-]*' | tr -d ' ,'
}

# stub NAME: make a command that stands for another one; its script is stdin
stub() {
	{ echo '#!/bin/bash'; cat; } >"stub/$1"
	chmod +x "stub/$1"
}

@test "ci: each template is YAML, and all actions in them are known" {
	for file in $(templates); do
		echo "$file"
		to_json "$file" >json
		jq -e 'type == "object" and length > 0' json
		for uses in $(jq -r '.. | objects | .uses? | strings' json); do
			echo "$uses"
			[[ $uses =~ ^(\./|actions/(checkout|cache|upload-artifact|download-artifact)@v4)$ ]]
		done
	done
	[ "$(templates | wc -l)" -ge 5 ]
}

@test "ci: the shell code of the templates has no finding of shellcheck" {
	command -v shellcheck >/dev/null || skip "shellcheck is not installed"
	for file in $(templates) "$tree/Dockerfile"; do
		shell_of "$file" >pieces
		echo "$file: $(wc -l <pieces)"
		[ -s pieces ]
		while read -r piece; do
			# These shells end at the first command that fails.
			{
				echo 'set -e'
				jq -r . <<<"$piece" | sed -E 's/\$\{\{[^}]*\}\}/EXPRESSION/g'
			} >piece.sh
			# ARGS of LAVA are words; CI systems set variables that nothing here sets.
			shellcheck -s bash -e SC2154,SC2086 piece.sh
		done <pieces
	done
}

@test "ci: every option in templates and pages exists" {
	{
		for file in $(templates) "$tree/Dockerfile"; do
			shell_of "$file" | jq -r .
		done
		sed -nE 's/^#  *(docker .*)/\1/p' "$tree/Dockerfile"
		grep -hoE '`[^`]*`|^    .*' "${pages[@]}" | tr -d '`'
	} | options_in >options
	cat options
	[ "$(wc -l <options)" -gt 15 ]
	while read -r program option; do
		echo "$program $option"
		help_of "$program" | grep -qxF -- "$option"
	done <options
}

@test "ci: every file that the pages name exists, and the pages name every template" {
	grep -hoE '\b(ci|scripts|docs)/[a-zA-Z0-9_.-]+\.[a-z]+|\baction\.yml|\bDockerfile' "${pages[@]}" |
		sort -u >named
	cat named
	while read -r name; do
		[ -e "$tree/$name" ]
	done <named
	for file in "$tree"/ci/* "$tree/action.yml" "$tree/Dockerfile"; do
		grep -qxF "${file#"$tree/"}" named
	done
}

@test "ci: the page has the exit statuses of both programs" {
	"$vmtest" --list-exit-statuses | sed -E 's/^ +//; s/  +.*//' | sort >statuses
	sed -n '/^### vmtest/,/^##/p' "$tree/docs/ci.md" | sed -nE 's/^\| ([0-9N+., ]+) \|.*/\1/p' | sort >in_page
	diff statuses in_page
	"$fixtures" --help | sed -n '/^Exit status:/,$p' | grep -oE '(^|[ ;])[0-9]+ ' | tr -d ' ;' | sort >statuses
	sed -n '/^### test_progs/,/^###/p' "$tree/docs/ci.md" | sed -nE 's/^\| ([0-9]+) \|.*/\1/p' | sort >in_page
	cat in_page
	[ "$(wc -l <statuses)" -gt 4 ]
	diff statuses in_page
}

@test "ci: the Dockerfile sets up what the README does" {
	grep -qx 'FROM debian:12' "$tree/Dockerfile"
	grep -q '^On Debian 12, as root, with nothing installed but `git` and `make`:$' "$tree/README.md"
	grep -qE '^RUN apt-get .* git make$' "$tree/Dockerfile"
	# The command is one of the two of the README.
	command=$(sed -n 's/^CMD //p' "$tree/Dockerfile" | jq -r 'join(" ")')
	echo "$command"
	sed -n '/^## Two commands/,/^## /p' "$tree/README.md" | grep -qE "^    $command  +#"
	# The target of the Makefile builds the same in advance.
	sed -n '/^run:$/,/^$/p' "$tree/Makefile" >recipe
	grep -q 'scripts/deps.sh$' recipe
	grep -q 'again,all' recipe
	grep -qE '^RUN scripts/deps.sh && make -j"\$\(nproc\)" && ./vmtest --fetch-only$' "$tree/Dockerfile"
	# Only what is built, and what git ignores, stays out of the image.
	diff <(sort "$tree/.gitignore") <(sort "$tree/.dockerignore")
}

# run_steps FILTER: run the shell code of the steps that jq's FILTER selects in action.yml, with the
# values of their variables in the file "inputs"; stop at the first failure, as GitHub does
run_steps() {
	to_json "$tree/action.yml" |
		jq -c --slurpfile inputs inputs ".runs.steps[] | select(.run) | select($1) |
			{ name, run, variables: (.env // {} | map_values(
				capture(\"inputs\\\\.(?<input>[a-z]+)\").input as \$input | \$inputs[0][\$input])) }" >steps
	[ -s steps ]
	while read -r step; do
		echo "step: $(jq -r .name <<<"$step")"
		jq -r .run <<<"$step" >run
		jq -r '.variables | to_entries[] | "export \(.key)=\(.value | @sh)"' <<<"$step" >variables.sh
		(
			# shellcheck source=/dev/null # written above
			. ./variables.sh
			cd "$GITHUB_WORKSPACE" || exit 1
			bash --noprofile --norc -eo pipefail "$BATS_TEST_TMPDIR/run" </dev/null
		) || return
	done <steps
}

# The variables that GitHub sets for a step. In the action's folder are the programs under test.
be_github() {
	mkdir -p workspace action/vm
	cp -r "$tree/scripts" action/
	cp -r "$tree/vm/kernel" action/vm/
	export GITHUB_ACTIONS=true GITHUB_WORKSPACE=$PWD/workspace GITHUB_ACTION_PATH=$PWD/action
	export GITHUB_OUTPUT=$PWD/output GITHUB_STEP_SUMMARY=$PWD/summary
	export PATH=$PWD/stub:$PATH VMTEST_CACHE=${VMTEST_CACHE:-$HOME/.cache/bpf-selftests} HOME=$PWD
	stub sudo <<<'exec "$@"'
	stub make <<<'echo "make $*" >>"$BATS_TEST_TMPDIR/made"'
	echo '{"kernels": "", "args": "-j -a pass,fail", "shard": "", "artifact": "results"}' >inputs
}

@test "ci: the steps of the action run one test in a VM, and leave its reports" {
	be_github
	cp "$tree/test_progs" action/
	cp "$vmtest" action/
	echo '{"kernels": "", "args": "-j2 -t ringbuf", "shard": "1/1", "artifact": "results"}' >inputs
	run run_steps true
	echo "$output"
	[ "$status" -eq 0 ]
	grep -qE '^key=bpf-selftests-.*-[0-9a-f]{16}-[0-9]{4}-[0-9]+$' output
	[ "$(cat made)" = "make -j$(nproc)" ]
	[[ $output == *"ringbuf:OK"* ]]
	grep -q 'testcase name="[^"]*" classname="[^"]*ringbuf"' workspace/bpf-selftests-results/junit.xml
	grep -q ringbuf workspace/bpf-selftests-results/report.html
	[ -s summary ]
}

@test "ci: a failure reaches the job, and its reports are made although it failed" {
	be_github
	# Instead of a VM, the fixtures, with the results in the folder that is asked for.
	stub vmtest <<-END
		printf '%s\n' "\$*" >>"$PWD/vmtest_words"
		results=\$2
		while [ "\$1" != -- ]; do shift; done
		shift 3
		exec "$fixtures" --history=none --results="\$results/test_progs" "\$@"
	END
	ln -s "$PWD/stub/vmtest" action/vmtest
	ln -s "$fixtures" action/test_progs
	echo '{"kernels": "6.1 6.12", "args": "-a pass,fail", "shard": "", "artifact": "results"}' >inputs
	run run_steps '.name == "run"'
	echo "$output"
	[ "$status" -eq 1 ]
	grep -q -- ' -k 6.1 -k 6.12 -- ./test_progs --results -a pass,fail$' vmtest_words
	run run_steps '.if == "always()"'
	echo "$output"
	[ "$status" -eq 0 ]
	# The run printed the annotations, the report does not print them again.
	[[ $output != *"::error"* ]]
	grep -q '<failure' workspace/bpf-selftests-results/junit.xml
}

@test "ci: the report step of a job without results is no failure of its own" {
	be_github
	run run_steps '.if == "always()"'
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "ci: two pods of a Kubernetes job run each test once, and one report has both" {
	stub vmtest <<-END
		# As vmtest: only variables that are named reach the command, and its results come back.
		words=(env -i XDG_STATE_HOME="\$XDG_STATE_HOME")
		while [ "\$1" != -- ]; do
			case \$1 in
			--env) words+=("\$2=\${!2}") ;;
			--results) results=\$2 ;;
			esac
			shift 2
		done
		shift 2
		words+=("$fixtures" -a pass,subtests_pass,skip --results="\$results/test_progs")
		for word; do [ "\$word" = --results ] || words+=("\$word"); done
		exec "\${words[@]}"
	END
	mkdir results
	job=$(to_json "$tree/ci/kubernetes-job.yml")
	[ "$(jq -r .spec.completionMode <<<"$job")" = Indexed ]
	[ "$(jq .spec.completions <<<"$job")" = \
		"$(jq -r '.spec.template.spec.containers[0].env[] | select(.name == "JOB_COMPLETIONS").value' <<<"$job")" ]
	jq -r '.spec.template.spec.containers[0].command[2]' <<<"$job" |
		sed "s|/results/|$PWD/results/|; s|\./vmtest|$PWD/stub/vmtest|" >pod.sh
	for index in 0 1; do
		JOB_COMPLETIONS=2 JOB_COMPLETION_INDEX=$index run sh ./pod.sh
		echo "$output"
		[ "$status" -eq 0 ]
		jq -se ".[0].run | .shard == $((index + 1)) and .shards == 2" \
			"results/$index/test_progs/events.jsonl"
	done
	"$fixtures" report results --ktap /dev/stdout >ktap
	cat ktap
	[ "$(grep -cE '^ok [0-9]+ ' ktap)" -eq 3 ]
	[ "$(grep -cE '^ok [0-9]+ pass$' ktap)" -eq 1 ]
}

@test "ci: the script of GitLab names kernel and shard, and its report is that of the artifacts" {
	stub vmtest <<<'printf "%s\n" "$*" >words'
	stub test_progs <<-END
		exec "$fixtures" "\$@"
	END
	job=$(to_json "$tree/ci/gitlab-ci.yml" | jq '."bpf-selftests"')
	jq -r '.script[]' <<<"$job" | sed 's|\./|stub/|' >script
	KERNEL=6.12 SHARD=2/2 bash -e script
	grep -qxF -- '-k 6.12 --results results -- stub/test_progs -j --results --shard 2/2' words ||
		grep -qxF -- '-k 6.12 --results results -- ./test_progs -j --results --shard 2/2' words
	"$fixtures" --history=none -a pass --results=results/test_progs
	jq -r '.after_script[]' <<<"$job" | sed 's|\./|stub/|' >script
	bash -e script
	for file in $(jq -r '.artifacts.paths[], .artifacts.reports.junit' <<<"$job"); do
		[ -e "$file" ]
	done
	# All shards of the matrix are parts of the same number of shards.
	jq -e '[.parallel.matrix[0].SHARD[] | split("/") | map(tonumber)] |
		. as $shards | length == .[0][1] and all(.[]; .[1] == $shards[0][1]) and
		(map(.[0]) | sort) == [range(1; length + 1)]' <<<"$job"
}

@test "ci: LAVA gets a test case for each test and subtest" {
	stub lava-test-case <<<'echo "$*"'
	run "$fixtures" --history=none -a pass,subtests_pass,skip,fail --ktap ktap
	cat ktap
	PATH=$PWD/stub:$PATH run "$tree/ci/ktap-to-lava.sh" ktap
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(grep -c . <<<"$output")" -eq "$(grep -cE '^ *(not )?ok [0-9]+ ' ktap)" ]
	grep -qx 'pass --result pass' <<<"$output"
	grep -qx 'skip --result skip' <<<"$output"
	grep -qx 'fail --result fail' <<<"$output"
	grep -qE '^subtests_pass\.[^ ]+ --result pass$' <<<"$output"
	run "$tree/ci/ktap-to-lava.sh" no-such-file
	[ "$status" -eq 1 ]
	[[ $output == *"'no-such-file'"* ]]
}

@test "ci: a reader of status lines counts each result once" {
	run "$fixtures" --history=none -a pass,subtests_pass,skip,fail
	printf '# %s\n' "${lines[@]}" >log
	cat log
	sed -nE 's/^# #[0-9/]+ +([^ ]+):(OK|FAIL|SKIP)$/\1/p' log | sort >names
	[ "$(wc -l <names)" -gt 4 ]
	[ -z "$(uniq -d names)" ]
	grep -qx pass names
	grep -qx fail names
}
