#!/bin/zsh -f
# SPDX-License-Identifier: GPL-2.0-only
#
# Print what zsh offers for the last word of a command line, one in a line. An interactive zsh in a
# pseudo-terminal completes it, and the words are noted where they are added.
#
# usage: completed.zsh FOLDER LINE	FOLDER has the functions _test_progs and _vmtest

zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; unset zle_bracketed_paste; fpath=(${(q)1} \$fpath)"
zpty -w shell 'autoload -Uz compinit; compinit -u -D; LISTMAX=0'
# With -O, -A or -D, words go into an array and are not offered.
note_words='compadd() {
	local -a found
	if [[ " ${@[1,(i)(-|--)]}" != *" -"(O|A|D)" "* ]]; then
		builtin compadd -A found "$@"
		print -rl -- "" $'"'\\x02'"'${^found}
	fi
	builtin compadd "$@"
}'
# A tab that is typed asks for completion.
zpty -w shell "${note_words//$'\t'/ }"
zpty -w shell 'complete_and_end() { zle complete-word; print -rl -- "" $'"'\\x03'"'; exit }'
zpty -w shell 'zle -N complete_and_end; bindkey "^I" complete_and_end; print READY""NOW'
while zpty -r shell line; do
	[[ $line == *READYNOW* ]] && break
done
zpty -w -n shell "$2"$'\t'
while zpty -r shell line; do
	line=${line%%[$'\r\n']*}
	[[ $line == *$'\x03'* ]] && break
	[[ $line != *$'\x02'* ]] || print -r -- "${line##*$'\x02'}"
done
zpty -d shell
