#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run a command, and run it again at each change of a source file, for `make watch`. A change while
# it runs counts too. A command that fails is run again like any other. ^C ends the command and the
# watch.
#
# The folder is read once a second: names, times and sizes of all files that scripts/list-sources.sh
# prints.
#
# usage: O=DIR watch.sh COMMAND...

set -u
top=$(dirname "$0")/..

# Return: a word that differs if a source file was changed, added or removed.
state() {
	(cd "$top" && scripts/list-sources.sh | xargs -d '\n' stat -c '%n %.9Y %s' 2>/dev/null | cksum)
}

# A ^C that arrives while another one ends the watch must not end it before it has said so: a pending
# trap that exits would skip the rest of an EXIT trap.
ended() {
	trap '' INT TERM
	echo "watch: ended"
	exit 0
}

trap ended INT TERM
while :; do
	seen=$(state)
	status=0
	"$@" || status=$?
	# ^C has ended the command. The signal reaches the command before this shell: a shell that has
	# waited for the command by then takes the signal for the command's alone and runs no trap.
	[ $status -ne 130 ] || ended
	echo "watch: status $status; waiting for a change of a source file (^C ends this)"
	while [ "$(state)" = "$seen" ]; do
		sleep 1
	done
	echo "watch: a source file has changed"
done
