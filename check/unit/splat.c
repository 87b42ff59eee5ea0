// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the parser of splats, with the formats of kernels 6.1 to 7.3: where a splat begins and
 * ends, its title, and the task that it names. The texts are made up.
 */
#include "check/unit/unit_test.h"
#include "runner/kernel_log/splat_callers.h"

#define STEP_US 10

/* The splats that the parsers found in some lines. */
struct seen {
	struct splat_callers callers;
	struct splat *splats[8];
	int cnt;
	uint64_t now_us;
};

static void keep(struct seen *seen, struct splat *splat)
{
	if (!splat)
		return;
	assert_true(seen->cnt < 8);
	seen->splats[seen->cnt++] = splat;
}

static void line_by(struct seen *seen, const char *caller, int facility, const char *text)
{
	char *copy = strdup(text);
	struct splat *ended;
	struct kernel_log_line line = {
		.level = 4,
		.facility = facility,
		.time_us = seen->now_us += STEP_US,
		.text = copy,
	};

	strcpy(line.caller, caller);
	splat_callers__add(&seen->callers, &line, &ended);
	keep(seen, ended);
	free(copy);
}

static void line_of(struct seen *seen, int facility, const char *text)
{
	line_by(seen, "", facility, text);
}

static void lines(struct seen *seen, const char *const *texts)
{
	for (; *texts; texts++)
		line_of(seen, 0, *texts);
}

static void end(struct seen *seen)
{
	struct splat *splat;

	while ((splat = splat_callers__end(&seen->callers)))
		keep(seen, splat);
}

static void forget(struct seen *seen)
{
	end(seen);
	while (seen->cnt)
		splat__free(seen->splats[--seen->cnt]);
}

static void is(const struct splat *splat, const char *title, int pid, const char *comm)
{
	assert_string_equal(splat->title, title);
	assert_int_equal(splat->has_task, pid >= 0);
	if (pid < 0)
		return;
	assert_int_equal(splat->pid, pid);
	assert_string_equal(splat->comm, comm);
}

/* Checks that the whole text is one splat, which ends with its last line. */
static void one(const char *const *texts, const char *title, int pid, const char *comm)
{
	struct seen seen = {};
	int cnt = 0;

	lines(&seen, texts);
	assert_int_equal(seen.cnt, 1);
	assert_false(splat_callers__is_open(&seen.callers));
	is(seen.splats[0], title, pid, comm);
	while (texts[cnt])
		cnt++;
	assert_int_equal(seen.splats[0]->lines, cnt);
	forget(&seen);
}

static void warnings(void **state)
{
	one(
		(const char *const[]){
			"------------[ cut here ]------------",
			"WARNING: CPU: 1 PID: 412 at kernel/bpf/verifier.c:9123 do_thing+0x4d/0x90",
			"Modules linked in: foo bar",
			"CPU: 1 PID: 412 Comm: test_progs Not tainted 6.1.0-50-cloud-amd64 #1  Debian",
			"RIP: 0010:do_thing+0x4d/0x90",
			"Call Trace:",
			" <TASK>",
			" caller+0x1/0x2",
			" </TASK>",
			"---[ end trace 0000000000000000 ]---",
			NULL,
		},
		"WARNING: do_thing at kernel/bpf/verifier.c:9123", 412, "");
	one(
		(const char *const[]){
			"------------[ cut here ]------------",
			"WARNING: kernel/bpf/verifier.c:9123 at do_thing+0x4d/0x90, CPU#1: "
			"test_progs/412",
			"CPU: 1 UID: 0 PID: 412 Comm: test_progs Tainted: G        W   7.3.4 #1 "
			"PREEMPT(lazy)",
			"---[ end trace 0000000000000000 ]---",
			NULL,
		},
		"WARNING: do_thing at kernel/bpf/verifier.c:9123", 412, "test_progs");
	/*
	 * The condition is in front of the place, the function is in a module, and there is a
	 * message.
	 */
	one(
		(const char *const[]){
			"------------[ cut here ]------------",
			"count is 3 at the end",
			"WARNING: [count > 2] net/core/x.c:7 at f.isra.0+0x1/0x2 [mod], CPU#0: "
			"kworker/0:1/9",
			"---[ end trace 0000000000000000 ]---",
			NULL,
		},
		"WARNING: f.isra.0 at [count > 2] net/core/x.c:7", 9, "kworker/0:1");
	one(
		(const char *const[]){
			"------------[ cut here ]------------",
			"WARNING: CPU: 0 PID: 0 at [a && b] net/core/x.c:7 f+0x1/0x2 [mod]",
			"---[ end trace 0000000000000000 ]---",
			NULL,
		},
		"WARNING: f at [a && b] net/core/x.c:7", 0, "");
}

static void oopses(void **state)
{
	one(
		(const char *const[]){
			"BUG: kernel NULL pointer dereference, address: 0000000000000010",
			"#PF: supervisor read access in kernel mode",
			"PGD 0 P4D 0 ",
			"Oops: 0000 [#1] PREEMPT SMP NOPTI",
			"CPU: 0 PID: 77 Comm: a b/c: d Tainted: G   6.1.0 #1",
			"---[ end trace 0000000000000000 ]---",
			NULL,
		},
		"BUG: kernel NULL pointer dereference, address: 0000000000000010", 77, "a b/c: d");
	one(
		(const char *const[]){
			"BUG: unable to handle page fault for address: ffffc90000000000",
			"Oops: Oops: 0002 [#1] SMP NOPTI",
			"CPU: 0 UID: 0 PID: 77 Comm: x Kdump: loaded Not tainted 7.3.4 #1",
			"---[ end trace 0000000000000000 ]---",
			NULL,
		},
		"BUG: unable to handle page fault for address: ffffc90000000000", 77, "x");
	one(
		(const char *const[]){
			"general protection fault, probably for non-canonical address 0xdead: 0000 [#1] "
			"PREEMPT SMP",
			"CPU: 0 PID: 5 Comm: x Not tainted 6.1.0 #1",
			"---[ end trace 0000000000000000 ]---",
			NULL,
		},
		"general protection fault, probably for non-canonical address 0xdead: 0000 [#1] "
		"PREEMPT SMP",
		5, "x");
	one(
		(const char *const[]){
			"Oops: general protection fault, probably for non-canonical address 0xdead: "
			"0000 [#1] SMP",
			"CPU: 0 UID: 1000 PID: 5 Comm: x Not tainted 7.3.4 #1",
			"---[ end trace 0000000000000000 ]---",
			NULL,
		},
		"Oops: general protection fault, probably for non-canonical address 0xdead: 0000 [#1] "
		"SMP",
		5, "x");
	one(
		(const char *const[]){
			"------------[ cut here ]------------",
			"kernel BUG at mm/made_up.c:31!",
			"Oops: invalid opcode: 0000 [#1] SMP",
			"CPU: 0 UID: 0 PID: 6 Comm: x Not tainted 7.3.4 #1",
			"---[ end trace 0000000000000000 ]---",
			NULL,
		},
		"kernel BUG at mm/made_up.c:31!", 6, "x");
}

static void sanitizers(void **state)
{
	struct seen seen = {};

	line_of(&seen, 0, "==================================================================");
	lines(&seen, (const char *const[]){
			     "BUG: KASAN: slab-use-after-free in f+0x1/0x2",
			     "Read of size 8 at addr ffff888100000000 by task test_progs/31",
			     "",
			     "CPU: 0 UID: 0 PID: 31 Comm: test_progs Not tainted 7.3.4 #1",
			     " <TASK>",
			     " </TASK>",
			     "",
			     "Allocated by task 30:",
			     "Memory state around the buggy address:",
			     "=================================================================="
			     "",
			     NULL,
		     });
	assert_int_equal(seen.cnt, 1);
	is(seen.splats[0], "BUG: KASAN: slab-use-after-free in f+0x1/0x2", 31, "test_progs");
	assert_non_null(strstr(seen.splats[0]->text, "Memory state"));
	forget(&seen);
	one(
		(const char *const[]){
			"------------[ cut here ]------------",
			"UBSAN: array-index-out-of-bounds in kernel/made_up.c:3:9",
			"index 4 is out of range for type 'int [4]'",
			"CPU: 1 UID: 0 PID: 8 Comm: x Not tainted 7.3.4 #1",
			" </TASK>",
			"---[ end trace ]---",
			NULL,
		},
		"UBSAN: array-index-out-of-bounds in kernel/made_up.c:3:9", 8, "x");
	one(
		(const char *const[]){
			"UBSAN: shift-out-of-bounds in kernel/made_up.c:3:9",
			"CPU: 1 PID: 8 Comm: x Not tainted 6.1.0 #1",
			"================================================================================",
			NULL,
		},
		"UBSAN: shift-out-of-bounds in kernel/made_up.c:3:9", 8, "x");
}

static void lockdep(void **state)
{
	struct seen seen = {};

	line_of(&seen, 0, "======================================================");
	lines(&seen, (const char *const[]){
			     "WARNING: possible circular locking dependency detected",
			     "7.3.4 #1 Not tainted",
			     "------------------------------------------------------",
			     "test_progs/9 is trying to acquire lock:",
			     "CPU: 0 UID: 0 PID: 9 Comm: test_progs Not tainted 7.3.4 #1",
			     " <TASK>",
			     " </TASK>",
			     NULL,
		     });
	assert_int_equal(seen.cnt, 1);
	is(seen.splats[0], "WARNING: possible circular locking dependency detected", 9,
	   "test_progs");
	forget(&seen);
	one(
		(const char *const[]){
			"BUG: sleeping function called from invalid context at kernel/made_up.c:7",
			"in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 17, name: some name",
			" </TASK>",
			NULL,
		},
		"BUG: sleeping function called from invalid context at kernel/made_up.c:7", 17,
		"some name");
	one((const char *const[]){ "BUG: scheduling while atomic: swapper/0/0/0x00000100",
				   " </TASK>", NULL },
	    "BUG: scheduling while atomic: swapper/0/0/0x00000100", 0, "swapper/0");
	one((const char *const[]){ "BUG: using smp_processor_id() in preemptible [00000000] code: "
				   "x/17",
				   " </TASK>", NULL },
	    "BUG: using smp_processor_id() in preemptible [00000000] code: x/17", 17, "x");
}

static void stalls(void **state)
{
	struct seen seen = {};

	one(
		(const char *const[]){
			"INFO: task test_progs:412 blocked for more than 120 seconds.",
			"      Not tainted 7.3.4 #1",
			"task:test_progs      state:D stack:0     pid:412   tgid:412   ppid:400",
			"Call Trace:",
			" <TASK>",
			" </TASK>",
			NULL,
		},
		"INFO: task test_progs:412 blocked for more than 120 seconds.", 412, "test_progs");
	one(
		(const char *const[]){
			"watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [kworker/1:2:55]",
			" </TASK>",
			NULL,
		},
		"watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [kworker/1:2:55]", 55,
		"kworker/1:2");
	/* An interrupt always reports these stalls; the task is the one that it interrupted. */
	lines(&seen, (const char *const[]){
			     "rcu: INFO: rcu_preempt self-detected stall on CPU",
			     "rcu: \t0-....: (5250 ticks this GP) idle=b4f4/1/0x4000000000000002",
			     "CPU: 0 UID: 0 PID: 99 Comm: spinner Not tainted 7.3.4 #1",
			     " <IRQ>",
			     " </IRQ>",
			     " <TASK>",
			     " </TASK>",
			     NULL,
		     });
	assert_int_equal(seen.cnt, 1);
	is(seen.splats[0], "rcu: INFO: rcu_preempt self-detected stall on CPU", 99, "spinner");
	assert_false(seen.splats[0]->in_interrupt);
	forget(&seen);
	one((const char *const[]){ "watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 1",
				   "CPU: 1 UID: 0 PID: 3 Comm: x Not tainted 7.3.4 #1", " </TASK>",
				   NULL },
	    "watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 1", 3, "x");
}

static void what_an_interrupt_met_is_not_to_blame(void **state)
{
	struct seen seen = {};

	lines(&seen, (const char *const[]){
			     "------------[ cut here ]------------",
			     "WARNING: net/x.c:1 at f+0x1/0x2, CPU#0: x/12",
			     "CPU: 0 UID: 0 PID: 12 Comm: x Not tainted 7.3.4 #1",
			     " <IRQ>",
			     "---[ end trace 0000000000000000 ]---",
			     NULL,
		     });
	assert_int_equal(seen.cnt, 1);
	assert_true(seen.splats[0]->in_interrupt);
	forget(&seen);
	/* The interrupt came in user space: the call trace does not have an <IRQ>. */
	lines(&seen, (const char *const[]){
			     "WARNING: net/x.c:1 at f+0x1/0x2, CPU#0: x/12",
			     "CPU: 0 UID: 0 PID: 12 Comm: x Not tainted 7.3.4 #1",
			     "Call Trace:",
			     " <TASK>",
			     " f+0x1/0x2",
			     " handle_softirqs+0xd8/0x330",
			     " asm_sysvec_call_function_single+0x1a/0x20",
			     " </TASK>",
			     "---[ end trace 0000000000000000 ]---",
			     NULL,
		     });
	assert_int_equal(seen.cnt, 1);
	assert_true(seen.splats[0]->in_interrupt);
	forget(&seen);
	/*
	 * These do not count: an unreliable entry ("?"), an exception of the task, an older trace.
	 */
	lines(&seen, (const char *const[]){
			     "====================",
			     "BUG: KASAN: slab-use-after-free in f+0x1/0x2",
			     "Read of size 8 at addr ffff888000000000 by task x/12",
			     " <TASK>",
			     " ? handle_softirqs+0xd8/0x330",
			     " asm_exc_page_fault+0x1a/0x20",
			     " </TASK>",
			     "Freed by task 0:",
			     " handle_softirqs+0xd8/0x330",
			     "====================",
			     NULL,
		     });
	assert_int_equal(seen.cnt, 1);
	assert_false(seen.splats[0]->in_interrupt);
	forget(&seen);
}

static void where_one_ends_and_another_begins(void **state)
{
	struct seen seen = {};

	/* One splat directly after another. */
	line_of(&seen, 0, "WARNING: CPU: 0 PID: 1 at a.c:1 a+0x1/0x2");
	line_of(&seen, 0, "---[ end trace 0000000000000000 ]---");
	line_of(&seen, 0, "------------[ cut here ]------------");
	line_of(&seen, 0, "WARNING: CPU: 0 PID: 2 at b.c:1 b+0x1/0x2");
	line_of(&seen, 0, "---[ end trace 0000000000000000 ]---");
	assert_int_equal(seen.cnt, 2);
	is(seen.splats[0], "WARNING: a at a.c:1", 1, "");
	is(seen.splats[1], "WARNING: b at b.c:1", 2, "");
	assert_int_equal(seen.splats[0]->lines, 2);
	forget(&seen);
	/* Several lines of a report without a trace are one splat. */
	line_of(&seen, 0,
		"BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!");
	line_of(&seen, 0,
		"BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 31s!");
	end(&seen);
	assert_int_equal(seen.cnt, 1);
	assert_int_equal(seen.splats[0]->lines, 2);
	forget(&seen);
	/* A pause ends a splat, and later lines do not belong to it. */
	line_of(&seen, 0, "INFO: task x:3 blocked for more than 1 seconds.");
	seen.now_us += 6000000;
	line_of(&seen, 0, "eth0: link up");
	assert_int_equal(seen.cnt, 1);
	assert_int_equal(seen.splats[0]->lines, 1);
	forget(&seen);
	/* A "cut here" line without a title after it. */
	line_of(&seen, 0, "------------[ cut here ]------------");
	for (int i = 0; i < 20; i++)
		line_of(&seen, 0, "something else");
	assert_int_equal(seen.cnt, 1);
	is(seen.splats[0], "an unknown splat", -1, NULL);
	forget(&seen);
	/* A splat that does not end. */
	line_of(&seen, 0, "kernel BUG at a.c:1!");
	for (int i = 0; i < 3 * SPLAT_LINES_MAX; i++)
		line_of(&seen, 0,
			"a line that is as long as lines of the kernel sometimes are, "
			"so that the text does not become longer than it may");
	assert_int_equal(seen.cnt, 1);
	assert_true(seen.splats[0]->text_bytes <= SPLAT_TEXT_MAX_BYTES);
	assert_int_equal(seen.splats[0]->text_bytes, strlen(seen.splats[0]->text));
	forget(&seen);
}

/* Logs lines of two CPUs; the first character is the CPU. Without @has_callers the caller is "". */
static void two_cpus(struct seen *seen, const char *const *texts, bool has_callers)
{
	static const char *const callers[] = { "T1", "C1" };

	for (; *texts; texts++)
		line_by(seen, has_callers ? callers[**texts - '0'] : "", 0, *texts + 1);
}

static const char *const two_warnings[] = {
	"0------------[ cut here ]------------",
	"1------------[ cut here ]------------",
	"0WARNING: CPU: 0 PID: 1 at a.c:1 a+0x1/0x2",
	"1WARNING: CPU: 1 PID: 2 at b.c:1 b+0x1/0x2",
	"0CPU: 0 PID: 1 Comm: x Not tainted 6.1.0 #1",
	"1CPU: 1 PID: 2 Comm: y Not tainted 6.1.0 #1",
	"0 <TASK>",
	"1 <IRQ>",
	"0---[ end trace 0000000000000000 ]---",
	"1 made_up_caller+0x10/0x20",
	"1---[ end trace 0000000000000000 ]---",
	NULL,
};

static void of_two_cpus_the_caller_tells_the_lines_apart(void **state)
{
	struct seen seen = {};

	two_cpus(&seen, two_warnings, true);
	assert_int_equal(seen.cnt, 2);
	is(seen.splats[0], "WARNING: a at a.c:1", 1, "");
	assert_false(seen.splats[0]->in_interrupt);
	assert_int_equal(seen.splats[0]->lines, 5);
	is(seen.splats[1], "WARNING: b at b.c:1", 2, "");
	assert_true(seen.splats[1]->in_interrupt);
	forget(&seen);
	/* There are more callers than parsers. */
	for (int i = 0; i < 3 * SPLAT_CALLERS_MAX; i++) {
		char caller[KERNEL_LOG_CALLER_MAX];

		sprintf(caller, "T%d", i);
		line_by(&seen, caller, 0, "an ordinary line");
	}
	line_by(&seen, "T1", 0, "====================");
	line_by(&seen, "T2", 0, "an ordinary line");
	line_by(&seen, "T1", 0, "BUG: KASAN: x in y");
	line_by(&seen, "T1", 0, "Read of size 8 at addr 0 by task x/9");
	line_by(&seen, "T1", 0, "====================");
	assert_int_equal(seen.cnt, 1);
	is(seen.splats[0], "BUG: KASAN: x in y", 9, "x");
	forget(&seen);
}

/* Nobody can tell which splat a line belongs to: no task is taken from it, and no line is lost. */
static void of_two_cpus_without_callers_no_task_is_named(void **state)
{
	struct seen seen = {};

	two_cpus(&seen, two_warnings, false);
	assert_int_equal(seen.cnt, 2);
	is(seen.splats[0], "WARNING: a at a.c:1", -1, NULL);
	is(seen.splats[1], "WARNING: b at b.c:1", -1, NULL);
	assert_non_null(strstr(seen.splats[1]->text, "made_up_caller"));
	assert_non_null(strstr(seen.splats[1]->text, "Comm: x"));
	forget(&seen);
	/* The first splat is an Oops that has not yet logged its task. */
	two_cpus(&seen,
		 (const char *const[]){
			 "0BUG: kernel NULL pointer dereference, address: 0000000000000000",
			 "1WARNING: b.c:1 at b+0x1/0x2, CPU#1: y/2",
			 "0Oops: Oops: 0002 [#1] SMP",
			 "0CPU: 0 UID: 0 PID: 1 Comm: x Not tainted 7.3.4 #1",
			 "0---[ end trace 0000000000000000 ]---",
			 "1---[ end trace 0000000000000000 ]---",
			 NULL,
		 },
		 false);
	assert_true(seen.cnt >= 2);
	is(seen.splats[0], "BUG: kernel NULL pointer dereference, address: 0000000000000000", -1,
	   NULL);
	is(seen.splats[1], "WARNING: b at b.c:1", -1, NULL);
	forget(&seen);
	/* Only the header line belongs to another splat. */
	two_cpus(&seen,
		 (const char *const[]){
			 "0WARNING: a.c:1 at a+0x1/0x2, CPU#0: x/1",
			 "1CPU: 1 UID: 0 PID: 2 Comm: y Not tainted 7.3.4 #1",
			 "0---[ end trace 0000000000000000 ]---",
			 NULL,
		 },
		 false);
	assert_int_equal(seen.cnt, 1);
	is(seen.splats[0], "WARNING: a at a.c:1", -1, NULL);
	forget(&seen);
	/* After these, a single splat is parsed as before. */
	two_cpus(&seen,
		 (const char *const[]){
			 "0WARNING: a.c:1 at a+0x1/0x2, CPU#0: x/1",
			 "0---[ end trace 0000000000000000 ]---",
			 NULL,
		 },
		 false);
	assert_int_equal(seen.cnt, 1);
	is(seen.splats[0], "WARNING: a at a.c:1", 1, "x");
	forget(&seen);
}

static void what_is_no_splat(void **state)
{
	static const char *const texts[] = {
		"WARNING: the driver says so",
		"made_up: BUG: not at the beginning",
		"INFO: task is what this line is about",
		"INFO: rcu is fine",
		"UBSAN: is on",
		"=====",
		"---[ end trace 0000000000000000 ]---",
		" </TASK>",
		"CPU: 0 UID: 0 PID: 12 Comm: x Not tainted 7.3.4 #1",
		"Booted with oops=panic",
		"",
		NULL,
	};
	struct seen seen = {};

	lines(&seen, texts);
	/* A line from user space, which cannot pretend to be from the kernel. */
	line_of(&seen, 1, "kernel BUG at a.c:1!");
	end(&seen);
	assert_int_equal(seen.cnt, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(warnings),
		cmocka_unit_test(oopses),
		cmocka_unit_test(sanitizers),
		cmocka_unit_test(lockdep),
		cmocka_unit_test(stalls),
		cmocka_unit_test(what_an_interrupt_met_is_not_to_blame),
		cmocka_unit_test(where_one_ends_and_another_begins),
		cmocka_unit_test(of_two_cpus_the_caller_tells_the_lines_apart),
		cmocka_unit_test(of_two_cpus_without_callers_no_task_is_named),
		cmocka_unit_test(what_is_no_splat),
	};

	return cmocka_run_group_tests_name("splat", tests, NULL, NULL);
}
