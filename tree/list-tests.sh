#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the C source of the list of a tree's tests, in the order of the tree's own list. A test runs
# between adapter__enter() and adapter__leave(). TESTS.txt says what is known about some of them.
#
# usage: list-tests.sh TESTS.txt TESTS.h SYMBOLS PROGRAMS MODULE-TESTS
#	TESTS.h		the tree's list: DEFINE_TEST(NAME) in each line
#	SYMBOLS		what nm -A prints of the objects of the tests that could be built
#	PROGRAMS	other programs of the tree, which are tests too: "FILE built" or "FILE missing"
#	MODULE-TESTS	what module-tests.sh prints: the tests that need the tree's modules

export LC_ALL=C
awk '
function fail(text) {
	printf "%s:%d: %s\n", FILENAME, FNR, text > "/dev/stderr"
	status = 1
	exit
}
# Return: NEED_X("a"), NEED_X("b") for the words "a,b". Quotes stand around words, not around numbers.
function needs(kind, list,    words, n, i, text, macro, quote) {
	macro = "NEED_" toupper(kind)
	gsub(/-/, "_", macro)
	quote = kind ~ /^(cpus|memory-mib)$/ ? "" : "\""
	n = split(list, words, ",")
	for (i = 1; i <= n; i++) {
		if (kind == "sysctl")
			sub(/=/, "\", \"", words[i])
		text = text (i > 1 ? ", " : "") macro "(" quote words[i] quote ")"
	}
	return text
}
function add_need(test, text) {
	needed[test] = needed[test] (needed[test] ? ", " : "") text
}
FILENAME == ARGV[1] {
	reason = $0
	gsub(/["\\]/, "", reason)
	if (!sub(/^[^#]*# */, "", reason) && NF)
		fail("the reason is missing: TEST KIND [ARGUMENT] # REASON")
	sub(/ *#.*/, "")
	if (!NF)
		next
	if ($2 == "deny" && NF == 2) {
		denied[$1] = reason
	} else if ($2 == "serial" && NF == 2) {
		serials[$1] = 1
	} else if ($2 == "initial-netns" && NF == 2) {
		isolated[$1] = "ISOLATE_ALL & ~ISOLATE_NETNS"
		locked[$1] = locked[$1] (locked[$1] ? ", " : "") "EXCLUSIVE(\"init_netns\")"
	} else if ($2 == "skips" && NF == 2) {
		skips = skips "\t{ \"" $1 "\", \"" reason "\" },\n"
		next
	} else if ($2 == "env" && NF == 3 && $3 ~ /=/) {
		env = env "\t{ \"" $1 "\", \"" $3 "\" },\n"
		next
	} else if ($2 == "leaves" && NF == 3) {
		tolerates = tolerates "TEST_TOLERATES(" $1 ", \"" $3 "\", \"" reason "\");\n"
	} else if ($2 == "lock" && NF == 3) {
		locked[$1] = locked[$1] (locked[$1] ? ", " : "") "EXCLUSIVE(\"" $3 "\")"
	} else if ($2 ~ /^(jit|pmu|real-cpu)$/ && NF == 2) {
		kind = "NEED_" toupper($2)
		gsub(/-/, "_", kind)
		add_need($1, kind)
	} else if ($2 ~ /^(config|module|command|sysctl|lsm|cpus|memory-mib)$/ && NF == 3) {
		add_need($1, needs($2, $3))
	} else if ($2 == "loads-first" && NF == 3) {
		first[$1] = $3
	} else if ($2 == "config-max" && NF == 3 && $3 ~ /^[A-Z0-9_]+=[0-9]+$/) {
		split($3, option, "=")
		add_need($1, "NEED_CONFIG_MAX(\"" option[1] "\", " option[2] ")")
	} else {
		fail("not known: " $0)
	}
	lines[FNR] = $1
	last_line = FNR
	next
}
FILENAME == ARGV[2] {
	if (match($0, /DEFINE_TEST\([A-Za-z0-9_]+\)/))
		names[++cnt] = substr($0, RSTART + 12, RLENGTH - 13)
	next
}
FILENAME == ARGV[4] {
	name = "program_" $1
	gsub(/[^A-Za-z0-9_]/, "_", name)
	names[++cnt] = name
	programs[name] = $2 == "built" ? $1 : ""
	next
}
FILENAME == ARGV[5] {
	add_need($1, "NEED_MODULE_FILE(\"bpf_testmod\")")
	locked[$1] = locked[$1] (locked[$1] ? ", " : "") "SHARED(\"module:bpf_testmod\")"
	uses_module[$1] = 1
	next
}
$2 == "T" && $3 ~ /^(serial_)?test_/ { built[$3] = 1 }

function test_of(name) {
	sub(/\/.*/, "", name)
	return name
}
function deny(name) {
	printf "static void run_%s(void)\n{\n\ttest__skip_reason(\"%s\");\n}\n", name, denied[name]
	return "run_" name
}
# The entry of a program that is a test.
function wrap_program(name) {
	if (!programs[name])
		return "NULL"
	if (name in denied)
		return deny(name)
	printf "static void run_%s(void)\n{\n\tadapter__run_program(\"%s\");\n}\n", name, programs[name]
	return "run_" name
}
# The entry of a test is the name of its wrapper, or NULL if the tree has no such function.
function wrap(function_name, name) {
	if (!built[function_name])
		return "NULL"
	if (name in denied)
		return deny(name)
	printf "void %s(void);\nstatic void run_%s(void)\n{\n\tadapter__enter(\"%s\", %s);\n%s\t%s();\n" \
		"\tadapter__leave();\n}\n", function_name, function_name, name,
		name in uses_module ? "\"bpf_testmod\"" : "NULL",
		name in first ? "\tadapter__load_first(\"" first[name] "\");\n" : "", function_name
	return "run_" function_name
}
END {
	if (status)
		exit status
	print "// SPDX-License-Identifier: GPL-2.0-only"
	print "/* Made by tree/list-tests.sh. */"
	print "#include \"runner/selection/registry.h\"\n#include \"test_progs.h\"\n#include \"tree/adapter.h\"\n"
	for (i = 1; i <= cnt; i++) {
		name = names[i]
		known[name] = 1
		if (name in programs) {
			parallel = name in serials ? "NULL" : wrap_program(name)
			serial = name in serials ? wrap_program(name) : "NULL"
		} else {
			parallel = wrap("test_" name, name)
			serial = wrap("serial_test_" name, name)
			if (name in serials && parallel != "NULL") {
				serial = parallel
				parallel = "NULL"
			}
		}
		if (parallel == serial) {
			not_built_cnt++
			not_built = not_built " " name
		}
		entries = entries "\t{ \"" name "\", " parallel ", " serial " },\n"
		if (name in isolated)
			printf "TEST_ISOLATION(%s, %s);\n", name, isolated[name]
		if (name in locked)
			printf "TEST_LOCKS(%s, %s);\n", name, locked[name]
		if (name in needed)
			printf "TEST_NEEDS(%s, %s);\n", name, needed[name]
	}
	for (line = 1; line <= last_line; line++) {
		if (!(line in lines) || !(at = index(lines[line], "/")))
			continue
		name = substr(lines[line], 1, at - 1)
		if (name in known && !(lines[line] in printed))
			printf "SUBTEST_NEEDS(%s, \"%s\", %s);\n", name, substr(lines[line], at + 1), needed[lines[line]]
		printed[lines[line]] = 1
	}
	printf "%s", tolerates
	printf "const struct adapter_fact adapter_skips[] = {\n%s\t{},\n};\n", skips
	printf "const struct adapter_fact adapter_env[] = {\n%s\t{},\n};\n", env
	printf "const struct test_entry test_entries[] = {\n%s\t{ NULL, NULL, NULL },\n};\n", entries
	printf "const int test_entries_cnt = %d;\n", cnt
	if (not_built_cnt)
		printf "tree: %d of %d tests are not built:%s\n", not_built_cnt, cnt, not_built \
			> "/dev/stderr"
}' "$@"
