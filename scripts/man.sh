#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the man page of a program, made from its help page.
#
# usage: man.sh PROGRAM VERSION "WHAT IT IS"

set -u
name=$(basename "$1")
printf '.\\" SPDX-License-Identifier: GPL-2.0-only\n'
printf '.TH %s 1 "" "%s"\n' "$(echo "$name" | tr '[:lower:]' '[:upper:]')" "$2"
printf '.SH NAME\n%s \\- %s\n' "$name" "$3"
"$(dirname "$0")/options-of.sh" "$1" | awk -F '\t' -v name="$name" '
	function plain(text) {
		gsub(/\\/, "\\e", text)
		gsub(/-/, "\\-", text)
		sub(/^[.'\'']/, "\\\\\\&&", text)
		return text
	}
	function heading(text) { if (last != text) print ".SH " text; last = text }
	$1 == "usage" {
		if (last == "SYNOPSIS") print ".br"
		heading("SYNOPSIS")
		text = plain($2)
		sub("^" name, ".B &\n", text)
		sub(/\n */, "\n", text)
		print text
	}
	$1 == "before" && $2 != "" { heading("DESCRIPTION"); print plain($2) "\n.PP" }
	$1 == "group" { heading("OPTIONS"); print ".SS " plain($2) }
	$1 == "option" {
		heading("OPTIONS")
		text = $2 != "none" ? "\\fB" plain($2) "\\fR" : ""
		if ($3 != "none")
			text = text (text != "" ? ", " : "") "\\fB" plain($3) "\\fR"
		if ($4 != "none")
			text = text plain($4)
		print ".TP\n" text "\n" plain($5)
	}
	$1 == "after" && $2 == "" { pending = 1 }
	$1 == "after" && $2 != "" {
		heading("NOTES")
		print (pending ? ".PP" : ".br") "\n" plain($2)
		pending = 0
	}' | sed '/^\.PP$/{N;/\n\.\(SH\|PP\)/s/^\.PP\n//}' | sed '/^\.SH NOTES$/{N;s/\n\.\(PP\|br\)$//}'
