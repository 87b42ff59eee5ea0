#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the help page of a program as a table, for the man pages and the completion of shells. The
# columns are separated by tabs:
#	usage	TEXT			a line of the synopsis, without "Usage:"
#	before	TEXT			a line in front of the options
#	group	TEXT			the heading of a group of options
#	option	SHORT LONG ARGUMENT TEXT	such as -j --workers [=N] ...; "none" for none
#	after	TEXT			a line behind the options
#
# usage: options-of.sh PROGRAM

set -u
# argp breaks no line at this width.
ARGP_HELP_FMT=rmargin=20000 "$1" --help | awk '
	function row(kind, text) { print kind "\t" text }
	/^(Usage:|  or: ) / { sub(/^(Usage:|  or: ) +/, ""); row("usage", $0); next }
	/^ [^ ].*:$/ { seen = 1; row("group", substr($0, 2, length($0) - 2)); next }
	/^ +--?[^ ]/ && !ended {
		seen = 1
		text = $0
		short = long = argument = "none"
		sub(/^ +/, "", text)
		if (match(text, /^-[^-]/)) {
			short = substr(text, 1, 2)
			sub(/^-.,? */, "", text)
		}
		if (match(text, /^--[a-z-]+/)) {
			long = substr(text, 1, RLENGTH)
			text = substr(text, RLENGTH + 1)
			if (match(text, /^\[?=[^ ]+/)) {
				argument = substr(text, 1, RLENGTH)
				text = substr(text, RLENGTH + 1)
			}
		}
		sub(/^ +/, "", text)
		sub(/ +$/, "", text)
		print "option\t" short "\t" long "\t" argument "\t" text
		next
	}
	/^Mandatory or optional arguments/ { ended = 1; next }
	seen && NF && /^[^ ]/ { ended = 1 }
	{ row(seen ? "after" : "before", $0) }'
