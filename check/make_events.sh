#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Print the event stream of a run that never was, to see how reports look when they are large. One
# of 97 subtests fails, one of 50 is skipped.
#
# usage: make_events.sh TESTS SUBTESTS [RELEASE [PROGRAM]]	so many tests with so many subtests each
# environment: SHARD=I/N	the tests are a shard of a run

set -eu
tests=$1 subtests=$2 release=${3:-7.3.4+deb13-cloud-amd64} program=${4:-test_progs}
shard=${SHARD:-}
awk -v tests="$tests" -v subtests="$subtests" -v release="$release" -v program="$program" \
	-v shard="${shard%/*}" -v shards="${shard#*/}" '
	function event(name, rest) {
		printf "{\"event\":\"%s\",\"time_us\":%d%s}\n", name, now, rest
	}
	function text(key, value) { return ",\"" key "\":\"" value "\"" }
	function result(word, us, more) {
		return text("result", word) ",\"duration_us\":" us ",\"failed_assertions\":0" more
	}
	BEGIN {
		split("ringbuf sockmap_basic tc cgroup_link xdp map_ops tracepoint verifier_bounds lsm " \
			"dynptr iterators timer kfunc_call struct_ops arena", names, " ")
		split("no kernel option BPF_LSM|this machine has no PMU|the JIT is off|bpftool is not " \
			"installed", reasons, "|")
		boot = "0b1c2d3e-" length(release) "-" length(program)
		printf "{\"event\":\"run_begin\",\"time_us\":2000,\"version\":1,\"started\":\"2026-11-27T06:00:00Z\",\"started_us\":%d,\"uptime_us\":2400000,\"boot_id\":\"%s\",\"pid\":%d,\"tests\":%d,\"jobs\":4,\"run\":{\"release\":\"%s\",\"machine\":\"x86_64\",\"cpus\":4,\"mem_mib\":3968,\"suite\":\"made up\",\"command\":\"./%s -j4\",\"program\":\"%s\",\"guest\":true%s}}\n",
			1795759200000000, boot, 100 + shard, tests, release, program, program,
			shards == "" ? "" : ",\"shard\":" shard ",\"shards\":" shards
		for (worker = 0; worker < 4; worker++)
			free[worker] = 2000
		for (test = 1; test <= tests; test++) {
			for (worker = best = 0; worker < 4; worker++)
				best = free[worker] < free[best] ? worker : best
			now = free[best] + 150
			number = shards == "" ? test : (test - 1) * shards + shard
			name = names[(number - 1) % 15 + 1] (number > 15 ? "_" int((number - 1) / 15) : "")
			this = text("test", name) ",\"number\":" number
			begin = now
			failed = 0
			event("test_begin", this ",\"pid\":" 200 + test)
			for (subtest = 1; subtest <= subtests; subtest++) {
				count = number * subtests + subtest
				us = 400 + count * 7919 % 9000
				one = this text("subtest", "case " subtest " of " name) ",\"subtest_number\":" subtest
				event("subtest_begin", one)
				now += us
				if (count % 97 == 0) {
					failed++
					event("assertion_failed", one text("file", "prog_tests/" name ".c") \
						",\"line\":" 40 + subtest text("function", "test_" name) \
						text("name", "packets that came") \
						text("text", "actual " subtest " != expected 64"))
					log_text = ""
					for (line = 0; line < 30; line++)
						log_text = log_text "test_" name ":PASS:packet " line "\\n"
					log_text = log_text "test_" name ":FAIL:packets that came actual " subtest \
						" != expected 64 (prog_tests/" name ".c:" 40 + subtest ")\\n"
					event("subtest_end", one result("FAIL", us, text("log", log_text)))
				} else if (count % 50 == 0) {
					event("subtest_end", one result("SKIP", us, \
						text("reason", reasons[count / 50 % 4 + 1])))
				} else {
					event("subtest_end", one result("PASS", us))
				}
			}
			event("test_end", this result(failed ? "FAIL" : "PASS", now - begin) \
				",\"subtests\":" subtests ",\"left_processes\":0")
			free[best] = now
		}
		for (worker = 0; worker < 4; worker++)
			now = free[worker] > now ? free[worker] : now
		event("run_end", ",\"passed\":0,\"not_run\":0,\"splats_not_charged\":0," \
			"\"left_not_charged\":0,\"exit_status\":1")
	}'
