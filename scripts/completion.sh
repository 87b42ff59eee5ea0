#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Print a program's completion for a shell, made from its help page.
#
# usage: completion.sh bash|zsh|fish PROGRAM

# shellcheck disable=SC2016 # the completion expands what is in single quotes

set -u
shell=$1
name=$(basename "$2")
mapfile -t table < <("$(dirname "$0")/options-of.sh" "$2" | sed -n 's/^option\t//p')

# kind_of LONG ARGUMENT: what a value is: nothing, files, folders, commands, tests, or a list of words
kind_of() {
	case $1 in
	--color) echo auto always never ;;
	--snapshot) echo auto always never ;;
	--accel) echo kvm tcg ;;
	--gdb-kernel) echo wait run ;;
	--list) echo all long ;;
	--kernel) echo files ;;
	*) case $2 in
		*FILE*) echo files ;;
		*DIR*) echo folders ;;
		*COMMAND*) echo commands ;;
		*NAMES* | *TEST*) [ "$1" = --fetch-root ] || echo tests ;;
		esac ;;
	esac
}

quoted() {
	printf "'%s'" "${1//\'/\'\\\'\'}"
}

in_bash() {
	local row short long argument words=() kind patterns

	cat <<-END
	# SPDX-License-Identifier: GPL-2.0-only
	_$name() {
		local word=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD - 1]} i

		COMPREPLY=()
		# Bash makes "=" a word of its own.
		if [ "\$word" = = ]; then
			word=
		elif [ "\$option" = = ] && [ "\$COMP_CWORD" -gt 1 ]; then
			option=\${COMP_WORDS[COMP_CWORD - 2]}
		fi
		for ((i = 1; i < COMP_CWORD; i++)); do
			if [ "\${COMP_WORDS[i]}" = -- ]; then
				mapfile -t COMPREPLY < <(compgen -c -f -- "\$word")
				return
			fi
		done
		case \$option in
	END
	for row in "${table[@]}"; do
		IFS=$'\t' read -r short long argument _ <<<"$row"
		[ "$short" = none ] || words+=("$short")
		[ "$long" = none ] || words+=("$long")
		[ "$argument" != none ] || continue
		kind=$(kind_of "$long" "$argument")
		patterns=$long
		# A short option with an optional value has it in the same word.
		[ "$short" = none ] || [[ $argument == '['* ]] || patterns="$short | $long"
		case $kind in
		files) kind='-f --' ;;
		folders) kind='-d --' ;;
		commands) kind='-c --' ;;
		tests) kind="-W \"\$(\"\${COMP_WORDS[0]}\" -l 2>/dev/null)\" --" ;;
		*) kind="-W '$kind' --" ;;
		esac
		# Behind a space, an optional value is no value.
		[[ $argument != '['* ]] ||
			printf '\t%s)\n\t\tif [ "${COMP_WORDS[COMP_CWORD]}" = = ] || [ "${COMP_WORDS[COMP_CWORD - 1]}" = = ]; then\n' "$patterns"
		[[ $argument == '['* ]] || printf '\t%s)\n' "$patterns"
		printf '\t\tmapfile -t COMPREPLY < <(compgen %s "$word")\n\t\treturn\n' "$kind"
		[[ $argument != '['* ]] || printf '\t\tfi\n'
		printf '\t\t;;\n'
	done
	cat <<-END
		esac
		if [[ \$word == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W '${words[*]}' -- "\$word")
		else
			mapfile -t COMPREPLY < <(compgen -c -f -- "\$word")
		fi
	}
	complete -o filenames -F _$name $name ./$name
	END
}

in_zsh() {
	local row short long argument text action kind mark

	printf '#compdef %s\n# SPDX-License-Identifier: GPL-2.0-only\n_arguments -s -S \\\n' "$name"
	for row in "${table[@]}"; do
		IFS=$'\t' read -r short long argument text <<<"$row"
		text=${text//[\[\]]/}
		text=${text//:/\\:}
		kind=$(kind_of "$long" "$argument")
		case $kind in
		files) action=_files ;;
		folders) action='_files -/' ;;
		commands) action=_command_names ;;
		tests) action='($(${words[1]} -l 2>/dev/null))' ;;
		'') action=' ' ;;
		*) action="($kind)" ;;
		esac
		for option in "$short" "$long"; do
			[ "$option" != none ] || continue
			mark=
			if [ "$argument" != none ]; then
				case $option,$argument in
				--*,'['*) mark="=-[$text]::value:$action" ;;
				--*) mark="=[$text]:value:$action" ;;
				*,'['*) mark="-[$text]::value:$action" ;;
				*) mark="+[$text]:value:$action" ;;
				esac
			else
				mark="[$text]"
			fi
			printf '\t%s \\\n' "$(quoted "*$option$mark")"
		done
	done
	# _normal takes the first word for the command, and that is "--" if it is there.
	printf "\t'*::command:{ [[ \$words[1] = -- ]] && shift words && ((CURRENT--)); _normal }'\n"
}

in_fish() {
	local row short long argument text kind with_word=

	printf '# SPDX-License-Identifier: GPL-2.0-only\n'
	# A command may begin without "--". The options that take a word of their own are not the command.
	for row in "${table[@]}"; do
		IFS=$'\t' read -r short long argument _ <<<"$row"
		[[ $argument != none && $argument != '['* ]] || continue
		[ "$short" = none ] || with_word+=" $short"
		[ "$long" = none ] || with_word+=" $long"
	done
	printf "complete -c %s -x -a '(__fish_complete_subcommand%s)'\n" "$name" "$with_word"
	for row in "${table[@]}"; do
		IFS=$'\t' read -r short long argument text <<<"$row"
		kind=$(kind_of "$long" "$argument")
		printf 'complete -c %s' "$name"
		[ "$short" = none ] || printf ' -s %s' "$(quoted "${short#-}")"
		[ "$long" = none ] || printf ' -l %s' "${long#--}"
		if [ "$argument" != none ] && [[ $argument != '['* ]]; then
			case $kind in
			files) printf ' -r -F' ;;
			folders) printf " -x -a '(__fish_complete_directories)'" ;;
			commands) printf " -x -a '(__fish_complete_command)'" ;;
			# The program as it is typed: it may be in no folder of $PATH.
			tests) printf " -x -a '(set -l typed (commandline -opc); \$typed[1] -l 2>/dev/null)'" ;;
			*) printf ' -x -a %s' "$(quoted "$kind")" ;;
			esac
		elif [ "$argument" != none ] && [ "$kind" != files ] && [ "$kind" != folders ]; then
			# With -x, the next word would be the value.
			printf ' -f -a %s' "$(quoted "$kind")"
		fi
		printf ' -d %s\n' "$(quoted "${text//\\/\\\\}")"
	done
}

case $shell in
bash | zsh | fish) "in_$shell" ;;
*)
	echo "completion.sh: there is no '$shell': bash, zsh, fish" >&2
	exit 2
	;;
esac
