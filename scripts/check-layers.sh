#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Check the includes of the C sources against the floor plan (scripts/layers.txt), and check that
# the functions that a header declares are defined in the source file with the same name. Prints
# FILE:LINE: error: TEXT for each finding. `make lint` runs it. Needs universal-ctags.
#
# usage: check-layers.sh    in the top folder of the sources

set -u
table=scripts/layers.txt
mapfile -t files < <(scripts/list-sources.sh '*.c' '*.h')

# Print facts for the check below, one per line:
#   place LEVEL PATH, never FROM WHAT, interface HEADER      from the table
#   file PATH                                                each source
#   include FILE LINE WHAT                                   WHAT as written, without quotes
#   declares HEADER LINE NAME, defines FILE NAME             functions and variables that are not static
facts() {
	awk '$1 ~ /^(place|never|interface)$/ { print $1, $2, $3 }' "$table"
	printf 'file %s\n' "${files[@]}"
	awk 'FNR == 1 { sub(/^\.\//, "", FILENAME) }
		match($0, /^[ \t]*#[ \t]*include[ \t]*["<][^">]+/) {
			what = substr($0, RSTART, RLENGTH)
			sub(/^[ \t]*#[ \t]*include[ \t]*/, "", what)
			sub(/^"/, "", what)
			print "include", FILENAME, FNR, what
		}' "${files[@]}"
	ctags -x --_xformat='declares %F %n %N' --kinds-C=px -L - < <(printf '%s\n' "${files[@]}" | grep '\.h$')
	ctags -x --_xformat='%{file} defines %F %N' --kinds-C=fv --extras=-F -L - \
		< <(printf '%s\n' "${files[@]}" | grep '\.c$' | grep -vE '^(check|progs|prog_tests)/') |
		sed -n 's/^- defines/defines/p'
}

if ! command -v ctags >/dev/null; then
	echo "$table:1: error: ctags is not installed (package universal-ctags); make deps"
	exit 1
fi

facts | awk '
	# A source file and its header count as one, unless the header has its own line in the
	# table.
	function room(path) {
		if (!(path in level))
			sub(/\.[chS]$/, "", path)
		return path
	}
		function parent(path) { sub(/\/[^\/]*$/, "", path); return path }
	# The entry of a file in the table: its path, its path without the ending, or its nearest
	# folder.
	function place_of(path, at) {
		if (path in level)
			return path
		at = room(path)
		while (!(at in level) && at ~ /\//)
			at = parent(at)
		return at in level ? at : ""
	}
	function starts_with(text, start) { return substr(text, 1, length(start)) == start }
	function fail(place, text) { print place ": error: " text; failed = 1 }

	$1 == "place" { level[$3] = $2 + 0; next }
	$1 == "never" { nevers++; never_from[nevers] = $2; never_what[nevers] = $3; next }
	$1 == "interface" { is_interface[$2] = 1; next }
	$1 == "file" { is_file[$2] = 1; next }
	$1 == "defines" { definers[$3] = definers[$3] " " $2; next }
	$1 == "declares" { declarations++; declared_in[declarations] = $2; declared_at[declarations] = $3; declared[declarations] = $4; next }
	$1 == "include" { includes++; from[includes] = $2; line[includes] = $3; what[includes] = $4 }

	END {
		for (path in is_file) {
			if (path ~ /^(runner|vm)\// && place_of(path) == "")
				fail(path ":1", "its folder has no line in scripts/layers.txt: add one with its level")
		}
		for (i = 1; i <= includes; i++)
			check_include(i)
		for (i = 1; i <= includes; i++) {
			to = target[i]
			if (to != "" && room(to) != room(from[i]) && reaches(room(to), room(from[i]), 0))
				fail(from[i] ":" line[i], "\"" to "\" closes a circle of files: " \
					room(to) " leads back to " room(from[i]))
			a = to == "" ? "" : place_of(from[i]); b = to == "" ? "" : place_of(to)
			if (a != "" && b != "" && a != b && reaches(b, a, 1))
				fail(from[i] ":" line[i], "\"" to "\" closes a circle of folders: " \
					b " leads back to " a)
		}
		for (i = 1; i <= declarations; i++)
			check_declaration(i)
		exit failed
	}

	function check_include(i, to, a, b, k, other) {
		for (k = 1; k <= nevers; k++) {
			if (starts_with(from[i], never_from[k] "/") && starts_with(what[i], never_what[k]))
				fail(from[i] ":" line[i], never_from[k] "/ never includes " never_what[k] \
					": scripts/layers.txt says so")
		}
		to = what[i]
		if (!(to in is_file)) {
			other = parent(from[i]) "/" to
			to = from[i] ~ /\// && other in is_file ? other : ""
		}
		target[i] = to
		if (to == "")
			return
		if (room(to) != room(from[i]))
			edges[room(from[i])] = edges[room(from[i])] " " room(to)
		a = place_of(from[i]); b = place_of(to)
		if (a == "" || b == "" || a == b)
			return
		if (index(folder_edges[a] " ", " " b " ") == 0)
			folder_edges[a] = folder_edges[a] " " b
		if (level[b] > level[a])
			fail(from[i] ":" line[i], "\"" to "\" is above: " a " has level " level[a] ", " b \
				" level " level[b] "; pass what is needed down, or move it")
		else if (level[b] == level[a])
			fail(from[i] ":" line[i], "\"" to "\" is beside: " a " and " b " both have level " \
				level[a] "; move what both need below them")
	}

	# Whether the includes of @start lead to @goal, followed by folder or by file.
	function reaches(start, goal, by_folder, queue, seen, n, at, next_rooms, cnt, k, list) {
		split("", seen)
		queue[n = 1] = start
		for (at = 1; at <= n; at++) {
			cnt = split(by_folder ? folder_edges[queue[at]] : edges[queue[at]], list, " ")
			for (k = 1; k <= cnt; k++) {
				if (list[k] == goal)
					return 1
				if (!(list[k] in seen)) {
					seen[list[k]] = 1
					queue[++n] = list[k]
				}
			}
		}
		return 0
	}

	function check_declaration(i, header, cnt, k, list) {
		header = declared_in[i]
		if (header in is_interface || header ~ /^(check|progs|prog_tests)\// || !(declared[i] in definers))
			return
		cnt = split(definers[declared[i]], list, " ")
		for (k = 1; k <= cnt; k++) {
			if (room(list[k]) == room(header))
				return
		}
		fail(header ":" declared_at[i], declared[i] "() is defined in " list[1] \
			": declare it in " room(list[1]) ".h")
	}
' | LC_ALL=C sort -t: -k1,1 -k2,2n
exit "${PIPESTATUS[1]}"
