# SPDX-License-Identifier: GPL-2.0-only
#
# Print a test without the declarations that only this runner knows (what it needs, locks, costs),
# without some subtests, and without the functions and macros that only they used. With units.awk.
#
# usage: awk -f units.awk -f clean.awk -v without=SUBTESTS FILE
#	SUBTESTS	separated by blanks; each is an "if (test__start_subtest(...))" with one line

# Return: whether a name is in the code of any unit that is left, besides @except.
function is_used(name, except,    i) {
	for (i = 1; i <= units; i++)
		if (i != except && !dropped[i] && bare(code[i]) ~ "(^|[^A-Za-z_0-9])" name "([^A-Za-z_0-9]|$)")
			return 1
	return 0
}

function mention(text,    words, n, i) {
	n = split(bare(text), words, /[^A-Za-z_0-9]+/)
	for (i = 1; i <= n; i++)
		mentioned[words[i]] = 1
}

function drop(unit) {
	dropped[unit] = 1
	mention(code[unit])
}

function drop_subtest(unit, name,    rows, n, i, rest) {
	n = split(code[unit], rows, "\n")
	for (i = 1; i < n; i++) {
		if (index(rows[i], "if (test__start_subtest(\"" name "\"))")) {
			mention(rows[i + 1])
			gone[last[unit] - n + 1 + i] = gone[last[unit] - n + 2 + i] = 1
			i++
		} else {
			rest = rest rows[i] "\n"
		}
	}
	code[unit] = rest
}

BEGIN {
	split_file(ARGV[1])
	n = split(without, subtests, " ")
	for (i = 1; i <= units; i++)
		for (j = 1; j <= n; j++)
			drop_subtest(i, subtests[j])
	for (i = 1; i <= units; i++)
		if (kind[i] == "call" && names[i] ~ /^(TEST_|SUBTEST_)/)
			drop(i)
	do {
		changed = 0
		for (i = 1; i <= units; i++) {
			name = names[i]
			sub(/^ /, "", name)
			if (!dropped[i] && name in mentioned && !is_used(name, i) &&
			    (kind[i] == "macro" || code[i] ~ /^static /)) {
				drop(i)
				changed = 1
			}
		}
	} while (changed)
	for (i = 1; i <= units; i++)
		for (line = first[i]; dropped[i] && line <= last[i]; line++)
			gone[line] = 1
	for (line = 1; line <= lines_cnt; line++) {
		if (gone[line] || (lines[line] == "" && was_blank))
			continue
		print lines[line]
		was_blank = lines[line] == ""
	}
}
