# SPDX-License-Identifier: GPL-2.0-only
#
# A strict parser of KTAP, from the rules of the kernel's Documentation/dev-tools/ktap.rst. Prints
# the full name and the result of each test, PARENT/NAME RESULT, or the line that breaks a rule.
#
# usage: awk -f ktap.awk FILE	exit status 1 if a rule was broken

function fail(why) {
	print "line " NR ": " why ": " $0
	failed = 1
	exit 1
}
# The results of a level wait for the result that they belong to, whose name comes after them.
function end_level(name, i) {
	if (seen[depth] != planned[depth])
		fail("the level has " seen[depth] + 0 " results, and its plan has " planned[depth])
	for (i = 1; i <= lines[depth]; i++)
		keep(depth - 1, name "/" line[depth, i])
	depth--
}
function keep(at, text) { line[at, ++lines[at]] = text }

BEGIN { depth = -1 }
{
	match($0, /^ */)
	level = RLENGTH / 2
	if (level != int(level))
		fail("the indentation is not a multiple of two spaces")
	text = substr($0, RLENGTH + 1)
}
text ~ /^KTAP version / {
	if (text != "KTAP version 1")
		fail("this version is not known")
	if (level != depth + 1)
		fail("a version line begins a level, one below the last")
	depth = level
	seen[depth] = lines[depth] = 0
	planned[depth] = -1
	for (key in name_of)
		if (index(key, depth SUBSEP) == 1)
			delete name_of[key]
	next
}
depth < 0 { fail("the first line must be the version") }
text ~ /^#/ { next }
text ~ /^1\.\.[0-9]+$/ {
	if (level != depth)
		fail("the plan is not on the level of its version line")
	if (planned[depth] >= 0)
		fail("a second plan")
	if (seen[depth])
		fail("the plan comes before the results")
	planned[depth] = substr(text, 4) + 0
	next
}
text ~ /^(not )?ok / {
	if (level == depth - 1)
		nested = 1
	else if (level != depth)
		fail("a result is on the level of its plan, or right behind its subtests")
	result = text ~ /^not/ ? "FAIL" : "PASS"
	sub(/^(not )?ok /, "", text)
	if (text !~ /^[0-9]+ /)
		fail("a result has a number")
	number = text + 0
	sub(/^[0-9]+ (- )?/, "", text)
	directive = ""
	if (i = index(text, " # ")) {
		directive = substr(text, i + 3)
		text = substr(text, 1, i - 1)
	}
	if (text == "" || text ~ /#/)
		fail("a result has a name, without '#'")
	if (directive != "" && directive !~ /^(SKIP|TODO|XFAIL|TIMEOUT|ERROR)( |$)/)
		fail("this directive is not known")
	if (directive ~ /^SKIP/) {
		if (result == "FAIL")
			fail("what was skipped is ok")
		result = "SKIP"
	}
	if (nested) {
		end_level(text)
		nested = 0
	}
	if (planned[depth] < 0)
		fail("no plan came before")
	if (number != ++seen[depth])
		fail("the number should be " seen[depth])
	if ((depth, text) in name_of)
		fail("two results of a level have this name")
	name_of[depth, text] = 1
	keep(depth, text " " result)
	next
}
{ fail("neither a version, a plan, a result nor a diagnosis") }
END {
	if (failed)
		exit 1
	if (depth != 0)
		fail("the results of a level belong to no result")
	if (seen[0] != planned[0])
		fail("there are " seen[0] " results, and the plan has " planned[0])
	for (i = 1; i <= lines[0]; i++)
		print line[0, i]
}
