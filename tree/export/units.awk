# SPDX-License-Identifier: GPL-2.0-only
#
# Splits C sources in the style of this suite into units: the things at the top level of a file, each
# with the comment directly above it. For helpers.awk and clean.awk.
#
# split_file() fills, for unit 1 to units:
#	kind[]		"function", "prototype", "macro", "type", "call" (of a macro), "other"
#	names[]		the names that it defines, separated by blanks
#	comment[]	the comment above it, with newlines, or ""
#	code[]		the rest of it, with newlines
#	first[], last[]	its lines, with the comment
# and lines[1] to lines[lines_cnt], included[1] to included[included_cnt] (the #include lines).

# Return: the text without comments and the contents of strings.
function bare(text) {
	gsub(/\\./, "", text)
	gsub(/"[^"]*"/, "\"\"", text)
	gsub(/'[^']*'/, "0", text)
	while (match(text, /\/\*([^*]|\*+[^*\/])*\*+\//))
		text = substr(text, 1, RSTART - 1) " " substr(text, RSTART + RLENGTH)
	return text
}

# Return: the first name in a text that a "(" follows.
function called_name(text) {
	gsub(/__attribute__\(\([^;{]*\)\)/, "", text)
	return match(text, /[A-Za-z_][A-Za-z_0-9]*\(/) ? substr(text, RSTART, RLENGTH - 1) : ""
}

function last_word(text,    words, n) {
	n = split(text, words, /[^A-Za-z_0-9]+/)
	return words[n] == "" ? words[n - 1] : words[n]
}

function begin_unit(what) {
	kind[++units] = what
	names[units] = code[units] = ""
	comment[units] = pending
	first[units] = pending == "" ? line : pending_line
	pending = ""
	open = 1
}

function add_line(text) {
	code[units] = code[units] text "\n"
	last[units] = line
}

# Decide what a finished unit of C is.
function name_unit(    text) {
	text = bare(code[units])
	if (text ~ /^[A-Z_]+\(/) {
		kind[units] = "call"
		names[units] = called_name(text)
	} else if (text ~ /\n\{\n/ || text ~ /^[^={]*\)[^={]*\{/) {
		kind[units] = "function"
		names[units] = called_name(text)
	} else if (match(text, /^(struct|enum|union) [A-Za-z_0-9]+ \{/)) {
		kind[units] = "type"
		names[units] = last_word(substr(text, 1, RLENGTH - 2))
	} else if (text ~ /^[^={]*\(/) {
		kind[units] = "prototype"
		names[units] = called_name(text)
	} else {
		sub(/( =|;|\[).*/, "", text)
		names[units] = last_word(text)
	}
}

function split_file(path,    text, in_comment, continued, guarded) {
	units = lines_cnt = included_cnt = 0
	line = in_comment = continued = guarded = open = 0
	pending = ""
	while ((getline text < path) > 0) {
		lines[line = ++lines_cnt] = text
		if (in_comment || (!open && text ~ /^\/[*\/]/) || (is_macro && text ~ /^\/\*/ && !continued)) {
			# A comment that belongs to what comes next.
			open = is_macro = 0
			if (!in_comment)
				pending_line = line
			pending = (in_comment ? pending : "") text "\n"
			in_comment = text !~ /\*\/$/ && text !~ /^\/\//
		} else if (continued || guarded) {
			if (text ~ /^#[ ]*define /)
				names[units] = names[units] " " macro_name(text)
			add_line(text)
			continued = text ~ /\\$/
			if (!continued)
				open = is_macro = guarded
			if (text ~ /^#endif/)
				guarded = open = is_macro = 0
		} else if (text ~ /^#include /) {
			included[++included_cnt] = text
			pending = ""
		} else if (text ~ /^#(ifndef|define) [A-Z_0-9]+_H$/ || text ~ /^#endif/) {
			pending = ""
		} else if (text ~ /^#if/) {
			begin_unit("macro")
			add_line(text)
			guarded = 1
		} else if (text ~ /^#define /) {
			# Macros of one line belong together, as far as nothing is between them.
			if (!(open && is_macro) || text ~ /\\$/)
				begin_unit("macro")
			is_macro = 1
			names[units] = names[units] " " macro_name(text)
			add_line(text)
			continued = text ~ /\\$/
		} else if (text == "" && (!open || is_macro)) {
			open = is_macro = 0
			pending = ""
		} else {
			if (!open || is_macro)
				begin_unit("other")
			is_macro = 0
			add_line(text)
			if (text ~ /^}/ || (text ~ /;( *\/\*.*\*\/)?$/ && code[units] !~ /\{/)) {
				name_unit()
				open = 0
			}
		}
	}
	close(path)
}

function macro_name(text) {
	sub(/^#[ ]*define /, "", text)
	match(text, /^[A-Za-z_0-9]+/)
	return substr(text, 1, RLENGTH)
}
