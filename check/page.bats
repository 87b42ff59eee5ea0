#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the page for browsers (--html), in headless Chromium. They need no root, no VM and no
# BPF; without Chromium they are skipped.

bats_require_minimum_version 1.5.0

setup() {
	checks=$BATS_TEST_DIRNAME
	fixtures=${FIXTURES:-$checks/../build/fixtures}
	work=$BATS_TEST_TMPDIR
	cd "$work" || return
	export XDG_STATE_HOME=$work/state HOME=$work
	unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY
	chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
		skip "Chromium is not installed"
}

# browse WORD...: run Chromium, without a network; its messages are in $work/messages
browse() {
	timeout 100 "$chromium" --headless --no-sandbox --disable-gpu --hide-scrollbars \
		--user-data-dir="$work/profile" --host-resolver-rules='MAP * ~NOTFOUND' \
		"$@" 2>"$work/messages"
}

# say HASH SCRIPT [WORD...]: open page.html with this part of the address, let the script, an
# expression of JavaScript, act and answer, and print its answer
say() {
	{
		sed '/^<\/body>/,$d' page.html
		echo "<script>document.title = 'nothing was said';"
		echo "(async () => { const answer = await ($2); document.body.replaceChildren();"
		echo "document.title = 'said:' + JSON.stringify(answer) + ':'; })()"
		echo ".catch((error) => { document.title = 'said:' + error + ':'; })</script></body></html>"
	} >asked.html
	browse "${@:3}" --virtual-time-budget=5000 --dump-dom "file://$work/asked.html$1" |
		sed -n 's/.*<title>said:\(.*\):<\/title>.*/\1/p' | sed 's/&amp;/\&/g; s/&lt;/</g; s/&gt;/>/g'
}

make_page() {
	"$fixtures" report "$@" --html page.html
}

run_fixtures() {
	"$fixtures" --history none --events e "$@" >out 2>&1 </dev/null || true
}

texts='(selector) => [...document.querySelectorAll(selector)].map((one) => one.textContent)'

@test "the page shows failures first, each with place, command, backtrace and log" {
	run_fixtures -a fail,pass,skip,subtests,crash_segv
	make_page e
	[ "$(say '' 'document.querySelector("h1").textContent')" = '"3 of 8 results failed"' ]
	[ "$(say '' "($texts)('.failure h3 > span:nth-child(2)')")" = '["crash_segv","fail","subtests/bad"]' ]
	[[ $(say '' "($texts)('.failure .place')") == *'"check/fixtures/results.c:'* ]]
	[ "$(say '' "($texts)('.failure code')")" = '["./fixtures -a crash_segv","./fixtures -a fail","./fixtures -a subtests/bad"]' ]
	[[ $(say '' "($texts)('.failure summary')") == '["Backtrace, 2 lines","Log, 5 lines",'* ]]
	[ "$(say '' "document.querySelector('main > section:not(:empty)').id")" = '"failures"' ]
	[[ $(say '' "($texts)('#skips summary')") == *'"nothing to do 1"'* ]]
}

@test "a filter that is typed narrows failures, tests and skips, and is in the address" {
	run_fixtures -a fail,pass,skip,subtests,crash_segv
	make_page e
	type='(async (text) => { const input = document.getElementById("filter");
		dispatchEvent(new KeyboardEvent("keydown", { key: "/" }));
		if (document.activeElement !== input) throw "no focus";
		input.value = text; input.dispatchEvent(new Event("input", { bubbles: true }));
		await new Promise((done) => setTimeout(done, 100)); })'
	[ "$(say '' "$type('BAD').then(() => ($texts)('.failure h3 > span:nth-child(2)'))")" = '["subtests/bad"]' ]
	[ "$(say '' "$type('bad').then(() => location.hash)")" = '"#filter=bad"' ]
	[ "$(say '' "$type('bad').then(() => ($texts)('#tests tbody th'))")" = '["subtests 1 of 4 subtests","bad"]' ]
	[ "$(say '' "$type('nothing to').then(() => ($texts)('#skips summary'))")" = '["nothing to do 1"]' ]
	[ "$(say '' "$type('xyzzy').then(() => ($texts)('.empty'))")" = '["No failure fits the filter.","No test fits the filter."]' ]
	# Escape shows everything again; a link shows what it was made of.
	[ "$(say '#filter=bad' "(dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' })), ($texts)('.failure').length)")" = 3 ]
	[ "$(say '#filter=bad' "document.getElementById('filter').value")" = '"bad"' ]
	[ "$(say '#result=skip' "($texts)('#tests tbody th').length")" = 2 ]
	# A button for each result does the same.
	[ "$(say '' "(document.querySelector('[data-kind=fail]').click(), [location.hash,
		document.querySelector('[data-kind=fail]').getAttribute('aria-pressed')])")" = '["#result=fail","true"]' ]
}

@test "a log opens by a click, by the keyboard and by a link" {
	run_fixtures -a fail,pass
	make_page e
	open='(async (act) => { act(document.querySelector(".failure summary"));
		await new Promise((done) => setTimeout(done, 100));
		return document.querySelector(".failure pre").textContent; })'
	[ "$(say '' "($texts)('.failure pre').length")" = 0 ]
	[[ $(say '' "$open((summary) => summary.click())") == *"test_fail:FAIL:words actual 'left' != expected 'right'"* ]]
	[ "$(say '' 'document.querySelector(".failure summary").tabIndex')" = 0 ]
	[[ $(say '#open=fail' "($texts)('.failure pre')") == *"test_fail:FAIL:sum"* ]]
	[ "$(say '#open=fail' "($texts)('.failure pre .bad').length")" = 2 ]
}

@test "subtests open below their test" {
	run_fixtures -a subtests,pass
	make_page e
	[ "$(say '' "(document.querySelector('.twist').click(), ($texts)('tr.sub th'))")" = '["good","bad","left out","a longer name, with a comma"]' ]
	[ "$(say '' "(document.querySelector('.twist').click(), document.querySelector('.twist').click(), ($texts)('tr.sub th'))")" = '[]' ]
	[ "$(say '' "(document.querySelector('.twist').click(), document.activeElement.getAttribute('aria-expanded'))")" = '"true"' ]
}

@test "texts of tests stay texts" {
	run_fixtures -a control_bytes
	{
		head -n 1 e
		echo '{"event":"test_begin","time_us":1,"test":"<img src=x onerror=alert(1)>","number":1}'
		echo '{"event":"test_end","time_us":2,"test":"<img src=x onerror=alert(1)>","number":1,"result":"FAIL","reason":"</script><!--<script>","log":"</script><b>bold</b>"}'
	} >made
	make_page made
	[ "$(grep -c '</script>' page.html)" -eq 2 ]
	[ "$(say '' "[($texts)('.failure h3 > span:nth-child(2)')[0], document.images.length]")" = '["<img src=x onerror=alert(1)>",0]' ]
	[[ $(say '#open=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E' "($texts)('.failure pre')[0]") == '"</script><b>bold</b>'* ]]
	make_page e
	[[ $(say '#open=control_bytes' "($texts)('.failure pre')[0]") == *'</script>'* ]]
}

@test "kernels stand side by side, and a failure of several is shown once" {
	"$checks/make_events.sh" 4 40 >a
	"$checks/make_events.sh" 4 40 6.12.30+deb13-amd64 >b
	make_page a b
	[ "$(say '' "($texts)('#tests thead th')")" = '["Test","7.3.4","6.12.30"]' ]
	[ "$(say '' "($texts)('.failure').length * 2 == data.cases.filter((c) => c.kind === 'fail').length")" = true ]
	[ "$(say '' "($texts)('.failure:first-of-type .columns span')")" = '["7.3.4","6.12.30"]' ]
}

@test "a run that was cut short, and what no test is charged with, are said on top" {
	run_fixtures -a pass
	{
		head -n 2 e | sed 's/"tests":1/"tests":3/'
		echo '{"event":"splat","time_us":9,"title":"BUG: nobody did it","expected":false}'
	} >killed
	make_page killed
	[[ $(say '' "($texts)('.note')[0]") == *"The run was cut short."*"2 selected tests did not run."*"splat: BUG: nobody did it"* ]]
	[ "$(say '' 'document.querySelector("h1").textContent')" = '"1 result did not end"' ]
	[[ $(say '' "($texts)('.ended .why')") == '["the run ended while this ran"]' ]]
}

@test "5,000 subtests: the page answers, and few of them are elements before they are asked for" {
	"$checks/make_events.sh" 125 40 >e
	make_page e
	[ "$(say '' 'data.cases.length')" -eq 5000 ]
	[ "$(say '' "document.querySelectorAll('tr.sub').length")" -eq 0 ]
	[ "$(say '' "document.querySelectorAll('.failure').length")" -eq 50 ]
	[ "$(say '#filter=case' "document.querySelectorAll('tr.sub').length < 1000")" = true ]
	[ "$(say '' "document.querySelectorAll('.track a').length")" -eq 125 ]
}

@test "the page fits a phone, and has a dark and a light face" {
	"$checks/make_events.sh" 8 40 >a
	"$checks/make_events.sh" 8 40 6.12.30+deb13-amd64 >b
	make_page a b
	# Only tables and the timeline scroll sideways, inside of the page.
	width='(() => { const all = document.documentElement; return all.scrollWidth <= all.clientWidth; })()'
	[ "$(say '#filter=ringbuf' "$width" --window-size=390,800)" = true ]
	[ "$(say '' 'document.querySelector("meta[name=viewport]").content')" = '"width=device-width, initial-scale=1"' ]
	back='getComputedStyle(document.body).backgroundColor'
	light=$(say '' "$back" --blink-settings=preferredColorScheme=1)
	dark=$(say '' "$back" --blink-settings=preferredColorScheme=0)
	[ "$light" = '"rgb(246, 247, 248)"' ]
	[ "$dark" = '"rgb(17, 20, 24)"' ]
}

@test "text and its background differ enough in both faces" {
	run_fixtures -a fail,pass,skip,subtests,crash_segv
	make_page e
	# The contrast of WCAG 2.1, which asks for 4.5 in small text.
	# shellcheck disable=SC2016 # the browser expands
	contrast='(() => {
		const parts = (color) => color.match(/[\d.]+/g).map(Number);
		const light = (color) => parts(color).slice(0, 3).map((value) => (value /= 255) <= .04045 ?
			value / 12.92 : ((value + .055) / 1.055) ** 2.4).reduce((sum, value, i) => sum + value * [.2126, .7152, .0722][i], 0);
		const behind = (one) => { for (; one; one = one.parentElement) {
			const color = getComputedStyle(one).backgroundColor;
			if (parts(color)[3] !== 0) return color; } };
		const bad = [];
		for (const one of document.querySelectorAll("body *:not(script):not(noscript):not(.thin):not(.out)")) {
			if (![...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim())) continue;
			const [a, b] = [getComputedStyle(one).color, behind(one)].map(light).sort((x, y) => y - x);
			if ((a + .05) / (b + .05) < 4.5) bad.push(`${one.className || one.tagName} ${((a + .05) / (b + .05)).toFixed(2)}`);
		}
		return [...new Set(bad)];
	})()'
	[ "$(say '#open=crash_segv' "$contrast" --blink-settings=preferredColorScheme=1)" = '[]' ]
	[ "$(say '#open=crash_segv' "$contrast" --blink-settings=preferredColorScheme=0)" = '[]' ]
}

@test "the page asks for nothing, and has no error" {
	run_fixtures -a fail,pass
	make_page e
	run ! grep -E 'https?://|@import|<link|src=' page.html
	browse --enable-logging=stderr --virtual-time-budget=5000 --dump-dom "file://$work/page.html" >dom
	grep -q '<h1 id="verdict" class="bad">1 of 2 results failed</h1>' dom
	run ! grep -E 'CONSOLE|Uncaught|Refused' messages
}
