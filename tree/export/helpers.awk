# SPDX-License-Identifier: GPL-2.0-only
#
# Print the helpers of this suite that tests use and a tree does not have: macros, types, and functions
# as `static inline`, each one behind those that it uses. With units.awk.
#
# usage: awk -f units.awk -f helpers.awk -v tree=FILES -v tests=FILES SOURCE...
#	tree		headers of the tree: what they declare is not printed
#	tests		the tests
#	SOURCE...	helpers.h, then our helpers, each header before its source file; the first
#			that defines a name counts

# Return: the names in a text, in an array.
function names_in(text, found,    words, n, i) {
	split("", found)
	n = split(bare(text), words, /[^A-Za-z_0-9]+/)
	for (i = 1; i <= n; i++)
		if (words[i] != "")
			found[words[i]] = 1
}

function read_tree(path,    text) {
	while ((getline text < path) > 0) {
		if (text ~ /^#[ \t]*define[ \t]/) {
			sub(/^#[ \t]*define[ \t]+/, "", text)
			match(text, /^[A-Za-z_0-9]+/)
			in_tree[substr(text, 1, RLENGTH)] = 1
		} else if (text ~ /^#include </) {
			is_included[text] = 1
		} else if (text ~ /^[a-z]/ && called_name(text) != "") {
			in_tree[called_name(text)] = 1
		}
	}
	close(path)
}

# Return: the lines of several macros without the line of this one.
function without_macro(text, name,    n, i, rows, rest) {
	n = split(text, rows, "\n")
	for (i = 1; i < n; i++)
		if (macro_name(rows[i]) != name)
			rest = rest rows[i] "\n"
	return rest
}

function read_source(path,    i, j, n, words, is_header, fresh) {
	split_file(path)
	is_header = path ~ /\.h$/
	includes[path] = ""
	for (i = 1; i <= included_cnt; i++)
		includes[path] = includes[path] included[i] "\n"
	for (i = 1; i <= units; i++) {
		if (kind[i] == "prototype" && is_header) {
			doc[names[i]] = comment[i]
			public[names[i]] = 1
			continue
		}
		n = split(names[i], words, " ")
		fresh = 0
		for (j = 1; j <= n; j++)
			if (!(words[j] in in_tree) && !(words[j] in item_of))
				fresh = 1
		if (!fresh || kind[i] == "prototype" || kind[i] == "call")
			continue
		items++
		item_code[items] = code[i]
		for (j = 1; j <= n; j++)
			if (words[j] in in_tree || words[j] in item_of) {
				item_code[items] = without_macro(item_code[items], words[j])
			} else {
				item_of[words[j]] = items
				if (is_header)
					public[words[j]] = 1
			}
		item_comment[items] = comment[i]
		item_name[items] = words[1]
		item_is_function[items] = kind[i] == "function"
		item_path[items] = path
	}
}

# Our headers declare more than an export has.
function check_known(name) {
	if (name in public && !(name in item_of) && !(name in in_tree)) {
		print "the tree has no " name ", which the test uses" > "/dev/stderr"
		status = 1
	}
}

function add_with_what_it_uses(item,    used, name, other, text) {
	if (item in done)
		return
	done[item] = 1
	names_in(item_code[item], used)
	for (name in used)
		if (name in item_of)
			wanted[item, item_of[name]] = 1
		else
			check_known(name)
	for (other = 1; other <= items; other++)
		if ((item, other) in wanted)
			add_with_what_it_uses(other)
	text = item_code[item]
	if (item_is_function[item])
		sub(/^(static )?(inline )?/, "static inline ", text)
	# helpers.h, the first source, says itself what its functions do.
	output = output "\n" (item_path[item] == ARGV[1] ? "" : doc[item_name[item]]) item_comment[item] text
	source_used[item_path[item]] = 1
}

# Print those lines that neither the tree's headers have nor a line before, and whose names are used.
function print_includes(text,    n, i, included) {
	n = split(text, included, "\n")
	for (i = 1; i < n; i++)
		if (included[i] ~ /</ && !(included[i] in is_included) &&
		    (!(included[i] in is_for) || output ~ is_for[included[i]])) {
			print included[i]
			is_included[included[i]] = 1
		}
}

BEGIN {
	# What our helpers use of these headers. A header that is not here is always included.
	is_for["#include <bpf/btf.h>"] = "[^_]btf__"
	is_for["#include <limits.h>"] = "PATH_MAX"
	is_for["#include <linux/magic.h>"] = "_MAGIC"
	is_for["#include <netinet/in.h>"] = "sockaddr_in"
	is_for["#include <poll.h>"] = "poll\\("
	is_for["#include <sched.h>"] = "cpu_set_t"
	is_for["#include <stddef.h>"] = "offsetof"
	is_for["#include <stdint.h>"] = "int64_t|SIZE_MAX|INT32_MAX"
	is_for["#include <sys/file.h>"] = "flock\\("
	is_for["#include <sys/mman.h>"] = "mmap\\("
	is_for["#include <sys/socket.h>"] = "socket\\(|send\\(|recv\\(|getsockopt\\("
	is_for["#include <sys/stat.h>"] = "struct stat|mkdir\\("
	is_for["#include <sys/syscall.h>"] = "syscall\\("
	is_for["#include <sys/sysmacros.h>"] = "major\\("
	is_for["#include <sys/utsname.h>"] = "uname\\("
	is_for["#include <sys/vfs.h>"] = "statfs"
	is_for["#include <time.h>"] = "timespec"
	n = split(tree, paths, " ")
	for (i = 1; i <= n; i++)
		read_tree(paths[i])
	for (i = 1; i < ARGC; i++)
		read_source(ARGV[i])
	n = split(tests, paths, " ")
	for (i = 1; i <= n; i++) {
		split_file(paths[i])
		for (j = 1; j <= units; j++) {
			names_in(code[j], used)
			for (name in used)
				roots[name] = 1
			if (kind[j] == "function" || kind[j] == "type")
				own[names[j]] = 1
		}
	}
	for (i = 1; i <= items; i++)
		for (name in roots)
			if (item_of[name] == i && name in public)
				add_with_what_it_uses(i)
	for (name in roots)
		if (!(name in own))
			check_known(name)
	for (i = 1; i < ARGC; i++)
		if (ARGV[i] in source_used)
			print_includes(includes[ARGV[i]])
	printf "%s", output
	exit status
}
