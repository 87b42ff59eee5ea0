#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of what is made from the built programs: man pages, completion, the Debian package and
# compile_commands.json. They need no root and no VM. Without the tool that reads a file, the test of
# that file is skipped.

bats_require_minimum_version 1.5.0

setup() {
	top=$(realpath "$BATS_TEST_DIRNAME/..")
	unset MAKEFLAGS MAKELEVEL
	cd "$top" || return 1
	O=${O:-build}
}

# made GOAL...: make these
made() {
	run timeout 300 make --no-print-directory O="$O" "$@"
	[ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

needs() {
	command -v "$1" >/dev/null || skip "no $1"
}

# options_of PROGRAM: the long options in its help, one in a line
options_of() {
	"$O/$1" --help | grep -oE '^ {2,6}(-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort
}

@test "the table of options has every option, its argument and its text on one line" {
	for program in test_progs vmtest; do
		[ "$(options_of $program | wc -l)" -gt 25 ]
		diff <(options_of $program) <(scripts/options-of.sh "$O/$program" | awk -F '\t' '$1 == "option" && $3 != "none" { print $3 }' | sort)
		run ! grep -P '^option\t[^\t]*\t[^\t]*\t[^\t]*\t$' <(scripts/options-of.sh "$O/$program")
		run ! grep -P '^option\t[^\t]*\t[^\t]*\t[^\t]*\t.*  ' <(scripts/options-of.sh "$O/$program")
	done
	scripts/options-of.sh "$O/test_progs" >"$BATS_TEST_TMPDIR/table"
	grep -P '^option\t-j\t--workers\t\[=N\]\tRun up to N tests at once .*one by one$' "$BATS_TEST_TMPDIR/table"
	grep -P '^option\tnone\t--env\t=NAME\[=VALUE\]\tGive ' "$BATS_TEST_TMPDIR/table"
}

@test "the man pages have every option and no warnings" {
	needs man
	made man
	for program in test_progs vmtest; do
		run --separate-stderr env MANWIDTH=200 LC_ALL=C man -l --warnings "$O/man/$program.1"
		echo "$stderr"
		[ "$status" -eq 0 ]
		[ -z "$stderr" ]
		for option in $(options_of $program); do
			grep -qE -- "(^| )$option(\[?=|$| )" <<<"$output"
		done
		for heading in NAME SYNOPSIS DESCRIPTION OPTIONS NOTES; do
			grep -qx "$heading" <<<"$output"
		done
	done
	[[ $output == *"vmtest [OPTION...] [--] [COMMAND...]"* ]]
	[[ $output == *"240       the guest's kernel panicked"* ]]
}

# completed PROGRAM WORD...: what bash offers for the last word, one in a line, sorted; bash splits
# a command line at "=" as well
completed() {
	bash -c '. "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); "_${1##*/}"; printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$O/completion/bash/$1" "$O/$1" "${@:2}" | sort
}

@test "completion in bash" {
	made completion
	for program in test_progs vmtest; do
		bash -n "$O/completion/bash/$program"
		diff <(options_of $program) <(completed $program --)
		# The shell itself knows the function.
		bash -ic ". $O/completion/bash/$program; complete -p $program" 2>/dev/null | grep -q -- "-F _$program "
	done
	[ "$(completed vmtest --res)" = $'--results\n--results-size' ]
	[ "$(completed vmtest --accel '')" = $'kvm\ntcg' ]
	[ "$(completed vmtest --accel = t)" = tcg ]
	[ "$(completed vmtest --accel =)" = $'kvm\ntcg' ]
	[ "$(completed vmtest --gdb-kernel = r)" = run ]
	# The value of this option is optional, so the next word is a command.
	[[ $(completed vmtest --gdb-kernel tru) == *true* ]]
	[ "$(completed vmtest --cpus '')" = '' ]
	[[ $(completed vmtest -- tru) == *true* ]]
	[ "$(completed test_progs -t ring)" = ringbuf ]
	[ "$(completed test_progs --deny = ring)" = ringbuf ]
	[ "$(completed test_progs --color a)" = $'always\nauto' ]
	[ "$(completed test_progs --strict-skips check/expected)" = check/expected_skips ]
	[[ $(completed test_progs --results = chec) == *check* ]]
}

# in_zsh LINE: what zsh offers for the last word, sorted
in_zsh() {
	timeout 60 zsh -f check/completed.zsh "$BATS_TEST_TMPDIR" "$1" </dev/null | sort -u
}

@test "completion in zsh" {
	needs zsh
	made completion
	for program in test_progs vmtest; do
		zsh -n "$O/completion/zsh/$program"
		cp "$O/completion/zsh/$program" "$BATS_TEST_TMPDIR/_$program"
	done
	for program in test_progs vmtest; do
		diff <(options_of $program) <(in_zsh "$O/$program --")
	done
	[ "$(in_zsh "$O/vmtest --accel ")" = $'kvm\ntcg' ]
	[ "$(in_zsh "$O/vmtest --gdb-kernel=")" = $'run\nwait' ]
	[ "$(in_zsh "$O/test_progs -t ring")" = ringbuf ]
	[ "$(in_zsh "$O/test_progs --color=a")" = $'always\nauto' ]
	in_zsh "$O/vmtest tru" | grep -qx true
	in_zsh "$O/vmtest -- tru" | grep -qx true
}

# in_fish LINE: what fish offers for the last word, without descriptions, sorted
in_fish() {
	# shellcheck disable=SC2016 # variables of fish
	timeout 60 fish --no-config -c 'for file in $argv[2..]; source $file; end; complete -C $argv[1]' \
		"$1" "$O"/completion/fish/* </dev/null | cut -f1 | sort
}

@test "completion in fish" {
	needs fish
	made completion
	for program in test_progs vmtest; do
		fish -n "$O/completion/fish/$program"
		# An option with an optional value is offered with "=" and without.
		diff <(options_of $program) <(in_fish "$O/$program --" | sed 's/=$//' | sort -u)
	done
	[ "$(in_fish "$O/vmtest --accel ")" = $'kvm\ntcg' ]
	[ "$(in_fish "$O/vmtest --gdb-kernel=")" = $'--gdb-kernel=run\n--gdb-kernel=wait' ]
	[ "$(in_fish "$O/test_progs -t ring")" = ringbuf ]
	[ "$(in_fish "$O/test_progs --color=a")" = $'--color=always\n--color=auto' ]
	in_fish "$O/vmtest -- tru" | grep -qx true
	in_fish "$O/vmtest tru" | grep -qx true
	# "6.1" is a value. The value of --gdb-kernel is optional, so the next word is a command.
	in_fish "$O/vmtest -k 6.1 tru" | grep -qx true
	in_fish "$O/vmtest --gdb-kernel tru" | grep -qx true
}

@test "completion for zsh and fish has every option" {
	made completion
	for program in test_progs vmtest; do
		for option in $(options_of $program); do
			grep -qE -- "'\*$option(=|\[)" "$O/completion/zsh/$program"
			grep -qE -- " -l ${option#--} " "$O/completion/fish/$program"
		done
		# An apostrophe in a text is written as '\''; the others come in pairs.
		run awk -F "'" '{ gsub(/\047\\\047\047/, "") } NF % 2 == 0' "$O/completion/fish/$program"
		[ "$output" = '' ]
	done
}

@test "the Debian package has the programs, and they run from where it puts them" {
	needs dpkg-deb
	made deb
	package=$O/bpf-selftests.deb root=$BATS_TEST_TMPDIR/root
	dpkg-deb -x "$package" "$root"
	for file in usr/lib/bpf-selftests/{test_progs,vmtest,uprobe_multi,file_reader.data,DENYLIST,config} \
		usr/bin/{test_progs,vmtest} usr/share/man/man1/{test_progs,vmtest}.1.gz \
		usr/share/bash-completion/completions/{test_progs,vmtest} \
		usr/share/zsh/vendor-completions/{_test_progs,_vmtest} \
		usr/share/fish/vendor_completions.d/{test_progs,vmtest}.fish \
		usr/share/doc/bpf-selftests/copyright; do
		echo "$file"
		[ -s "$root/$file" ]
	done
	[ "$(dpkg-deb -f "$package" Package)" = bpf-selftests ]
	[[ $(dpkg-deb -f "$package" Version) == 0+[0-9a-z]* ]]
	for library in libc6 libelf1 libdw1 libjson-c5 libmnl0; do
		[[ $(dpkg-deb -f "$package" Depends) == *$library* ]]
	done
	# Everything belongs to root, and nobody else can write.
	run ! grep -vE '^[-dl]rwx?r?-?[-rwx]* root/root|^l' <(dpkg-deb -c "$package")
	run "$root/usr/bin/test_progs" -l
	[ "$status" -eq 0 ]
	diff <("$O/test_progs" -l) <(echo "$output")
	"$root/usr/bin/vmtest" --version
	# The default tree is the suite, wherever the link is.
	run "$root/usr/bin/vmtest" no-such-command
	[[ $output == *"it is neither in \$PATH nor in $root/usr/lib/bpf-selftests. "* ]]
}

@test "compile_commands.json has a command for each kind of source, and clang takes them" {
	needs jq
	clang=$(scripts/find-tool.sh clang) || skip "no clang"
	made compile_commands
	[ "$(jq length compile_commands.json)" -gt 300 ]
	jq -e 'all(.directory != "" and .command != "" and .output != "")' compile_commands.json
	[ "$(jq -r '.[].file' compile_commands.json | sort | uniq -d)" = '' ]
	jq -r '.[] | select(.file | startswith("build") | not).file' compile_commands.json | while read -r file; do
		[ -e "$file" ] || { echo "$file does not exist"; exit 1; }
	done
	for file in progs/ringbuf.c prog_tests/ringbuf.c vm/options.c runner/loop.c test_progs.c \
		network_helpers.c check/unit/glob.c check/fixtures/hangs.c check/fuzz/glob.c; do
		command=$(jq -r --arg file $file '.[] | select(.file == $file).command' compile_commands.json)
		echo "$file: $command"
		[ -n "$command" ]
		# All but the compiler, the output and the files of dependencies.
		read -ra words <<<"$(sed -E 's/ -(o|MT|MF) [^ ]+//g; s/ -MMD| -MP//g' <<<"$command")"
		(cd "$(jq -r '.[0].directory' compile_commands.json)" && "$clang" -fsyntax-only -Wno-error "${words[@]:1}")
	done
}
