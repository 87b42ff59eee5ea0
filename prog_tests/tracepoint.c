// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs at raw tracepoints, at BTF tracepoints and at events. They count one thread's calls.
 *
 * The tracepoints are those of all system calls, so every thread of the machine runs the programs.
 * They recognise the test's calls by the thread and by an argument that nothing else uses.
 */
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "test_progs.h"
#include "progs/tracepoint.h"
#include "testing_helpers.h"
#include "tracepoint.skel.h"

/* A pid that no process can have: the limit is 4 Mi. */
#define MARKER       0x7a6b5c4d
#define OTHER_MARKER (MARKER + 1)
#define EVENT_PATH   "/sys/kernel/tracing/events/syscalls/sys_enter_getpgid/id"

static const char *const program_names[] = {
	[ENTER_RAW] = "enter_raw",
	[EXIT_RAW] = "exit_raw",
	[ENTER_BTF] = "enter_btf",
	[ENTER_EVENT] = "enter_event",
	[ENTER_EVENT_AGAIN] = "enter_event_again",
	[RUN_RAW] = "run_raw",
};

/* Lockdown may forbid the programs that read the registers of a call: they are only for "raw". */
static struct tracepoint *load_tracepoint(bool reads_registers)
{
	struct tracepoint *skel = tracepoint__open();

	if (!ASSERT_OK_PTR(skel, "open"))
		return NULL;
	bpf_program__set_autoload(skel->progs.enter_raw, reads_registers);
	bpf_program__set_autoload(skel->progs.exit_raw, reads_registers);
	bpf_program__set_autoload(skel->progs.enter_btf, reads_registers);
	if (!ASSERT_OK(tracepoint__load(skel), "load")) {
		tracepoint__destroy(skel);
		return NULL;
	}
	skel->bss->own_tid = gettid();
	skel->bss->marker = MARKER;
	skel->bss->number = SYS_getpgid;
	return skel;
}

/*
 * A round of calls. @expected: how often each program must have run, including earlier rounds.
 */
struct round {
	struct tracepoint *skel;
	int calls;
	long number; /* of the system call */
	pid_t pid;
	bool by_other_thread;
	__u64 before[TRACEPOINT_PROGRAMS];
	const __u64 *expected;
};

static void *make_calls(void *arg)
{
	const struct round *round = arg;

	for (int i = 0; i < round->calls; i++)
		if (!ASSERT_EQ(syscall(round->number, round->pid), -1, "call for no process") ||
		    !ASSERT_EQ(errno, ESRCH, "error"))
			break;
	return NULL;
}

static void make_calls_in_thread(struct round *round)
{
	pthread_t thread;

	if (ASSERT_OK(pthread_create(&thread, NULL, make_calls, round), "thread"))
		ASSERT_OK(pthread_join(thread, NULL), "join");
}

/*
 * If the kernel skipped programs in a round, the missing runs may not exceed the skips that the
 * kernel counted, and no program may have run too often.
 */
static void check_incomplete(void *context, long long misses)
{
	const struct round *round = context;
	long long missing = 0;

	for (int i = 0; i < TRACEPOINT_PROGRAMS; i++) {
		__u64 runs = round->skel->bss->calls[i];

		ASSERT_LE(runs, round->expected[i], program_names[i]);
		missing += round->expected[i] - runs;
	}
	printf("programs were left out %lld times, %lld of them here\n", misses, missing);
	ASSERT_LE(missing, misses, "runs that are missing");
}

/* First restores the counts from before the round, so that the round can be repeated. */
static bool make_round(void *context)
{
	struct round *round = context;

	memcpy(round->skel->bss->calls, round->before, sizeof(round->before));
	if (round->by_other_thread)
		make_calls_in_thread(round);
	else
		make_calls(round);
	return false;
}

static void call_round(struct round *round)
{
	struct tracepoint *skel = round->skel;

	memcpy(round->before, skel->bss->calls, sizeof(round->before));
	if (!ASSERT_OK(call_until_counted(skel->obj, make_round, check_incomplete, round),
		       "round without a miss"))
		return;
	for (int i = 0; i < TRACEPOINT_PROGRAMS; i++)
		ASSERT_EQ(skel->bss->calls[i], round->expected[i], program_names[i]);
}

static void call(struct tracepoint *skel, int calls, pid_t pid,
		 const __u64 expected[TRACEPOINT_PROGRAMS])
{
	call_round(&(struct round){ .skel = skel,
				    .calls = calls,
				    .number = SYS_getpgid,
				    .pid = pid,
				    .expected = expected });
}

/* Another system call with the same argument. */
static void call_other(struct tracepoint *skel, int calls, pid_t pid,
		       const __u64 expected[TRACEPOINT_PROGRAMS])
{
	call_round(&(struct round){ .skel = skel,
				    .calls = calls,
				    .number = SYS_getsid,
				    .pid = pid,
				    .expected = expected });
}

static void call_in_thread(struct tracepoint *skel, int calls, pid_t pid,
			   const __u64 expected[TRACEPOINT_PROGRAMS])
{
	call_round(&(struct round){ .skel = skel,
				    .calls = calls,
				    .number = SYS_getpgid,
				    .pid = pid,
				    .by_other_thread = true,
				    .expected = expected });
}

/* Three ways to attach to two tracepoints. The one that stays attached proves the calls. */
static void raw(struct tracepoint *skel)
{
	const __u64 none[TRACEPOINT_PROGRAMS] = {};
	const __u64 two[TRACEPOINT_PROGRAMS] = { [ENTER_RAW] = 2 };
	const __u64 five[TRACEPOINT_PROGRAMS] = {
		[ENTER_RAW] = 5, [EXIT_RAW] = 3, [ENTER_BTF] = 3
	};
	const __u64 exit_only[TRACEPOINT_PROGRAMS] = {
		[ENTER_RAW] = 5, [EXIT_RAW] = 10, [ENTER_BTF] = 3
	};
	const __u64 btf_only[TRACEPOINT_PROGRAMS] = {
		[ENTER_RAW] = 5, [EXIT_RAW] = 10, [ENTER_BTF] = 9
	};
	const __u64 again[TRACEPOINT_PROGRAMS] = {
		[ENTER_RAW] = 6, [EXIT_RAW] = 10, [ENTER_BTF] = 10
	};

	call(skel, 1, MARKER, none);
	if (!attach(skel->progs.enter_raw, &skel->links.enter_raw))
		return;
	call(skel, 2, MARKER, two);

	if (!attach(skel->progs.exit_raw, &skel->links.exit_raw) ||
	    !attach(skel->progs.enter_btf, &skel->links.enter_btf))
		return;
	call(skel, 3, MARKER, five);
	ASSERT_EQ(skel->bss->returned, -ESRCH, "what the call returned");

	call(skel, 4, OTHER_MARKER, five);
	call_in_thread(skel, 5, MARKER, five);
	/* The program at the exit does not know the number of the call. */
	call_other(skel, 7, MARKER, exit_only);

	detach(&skel->links.exit_raw);
	detach(&skel->links.enter_raw);
	call(skel, 6, MARKER, btf_only);
	if (!attach(skel->progs.enter_raw, &skel->links.enter_raw))
		return;
	call(skel, 1, MARKER, again);
}

/* The mount is in the test's own mount namespace, and disappears with it. */
static bool mount_tracefs(void)
{
	return !access(EVENT_PATH, R_OK) ||
	       ASSERT_OK(mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL) ? -errno : 0,
			 "mount tracefs");
}

static void event(struct tracepoint *skel)
{
	LIBBPF_OPTS(bpf_tracepoint_opts, opts, .bpf_cookie = 0x1122334455667788);
	const __u64 first[TRACEPOINT_PROGRAMS] = { [ENTER_EVENT] = 3 };
	const __u64 both[TRACEPOINT_PROGRAMS] = { [ENTER_EVENT] = 5, [ENTER_EVENT_AGAIN] = 2 };
	const __u64 second[TRACEPOINT_PROGRAMS] = { [ENTER_EVENT] = 5, [ENTER_EVENT_AGAIN] = 6 };

	if (!mount_tracefs())
		return;
	skel->links.enter_event = bpf_program__attach_tracepoint_opts(skel->progs.enter_event,
								      "syscalls",
								      "sys_enter_getpgid", &opts);
	if (!ASSERT_OK_PTR(skel->links.enter_event, "attach with cookie"))
		return;
	call(skel, 3, MARKER, first);
	ASSERT_EQ(skel->bss->cookie, opts.bpf_cookie, "cookie");

	if (!attach(skel->progs.enter_event_again, &skel->links.enter_event_again))
		return;
	call(skel, 2, MARKER, both);
	call(skel, 2, OTHER_MARKER, both);
	call_in_thread(skel, 2, MARKER, both);
	detach(&skel->links.enter_event);
	call(skel, 4, MARKER, second);
}

static void absent_raw(struct tracepoint *skel)
{
	struct bpf_link *link;

	link = bpf_program__attach_raw_tracepoint(skel->progs.run_raw, "sys_enter_of_no_kernel");
	ASSERT_ERR_LINK(link, -ENOENT, "raw tracepoint that is not there");
}

static void absent_event(struct tracepoint *skel)
{
	struct bpf_link *link;

	/* Without tracefs, any event would be absent. */
	if (!mount_tracefs())
		return;
	link = bpf_program__attach_tracepoint(skel->progs.enter_event, "syscalls",
					      "sys_enter_none");
	ASSERT_ERR_LINK(link, -ENOENT, "event that is not there");
}

static void run_on_each_cpu(struct tracepoint *skel)
{
	__u64 arguments[2] = { 0x1234567887654321, 42 };
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		.ctx_in = arguments, .ctx_size_in = sizeof(arguments),
		.flags = BPF_F_TEST_RUN_ON_CPU,
	);
	int fd = bpf_program__fd(skel->progs.run_raw), runs = 0;
	cpu_set_t allowed;

	if (!ASSERT_OK(sched_getaffinity(0, sizeof(allowed), &allowed), "allowed CPUs"))
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed))
			continue;
		opts.cpu = cpu;
		arguments[1]++;
		runs++;
		skel->bss->run_cpu = ~0U;
		if (!ASSERT_EQ(test_run_opts(skel->progs.run_raw, &opts), RUN_RAW_RETURNS,
			       "return value"))
			return;
		ASSERT_EQ(skel->bss->calls[RUN_RAW], runs, "runs");
		ASSERT_EQ(skel->bss->run_cpu, cpu, "CPU");
		ASSERT_EQ(skel->bss->run_arguments[0], arguments[0], "first argument");
		ASSERT_EQ(skel->bss->run_arguments[1], arguments[1], "second argument");
	}
	opts.cpu = INT32_MAX;
	ASSERT_EQ(bpf_prog_test_run_opts(fd, &opts), -ENXIO, "CPU that is not there");
	opts.flags = 0;
	ASSERT_EQ(bpf_prog_test_run_opts(fd, &opts), -EINVAL, "CPU without its flag");
	opts.cpu = 0;
	opts.ctx_size_in = sizeof(arguments[0]);
	ASSERT_EQ(bpf_prog_test_run_opts(fd, &opts), -EINVAL, "less context than is read");
	ASSERT_EQ(skel->bss->calls[RUN_RAW], runs, "runs");
}

TEST_NEEDS(tracepoint, NEED_PROG_TYPE(TRACEPOINT, "4.7", IF_CONFIG("BPF_EVENTS")),
	   NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17", IF_CONFIG("BPF_EVENTS")), NEED_BTF,
	   NEED_TRACEPOINT("raw_syscalls", "sys_enter", NULL, IF_CONFIG("FTRACE_SYSCALLS")));
SUBTEST_NEEDS(tracepoint, "raw", NEED_HELPER(probe_read_kernel, RAW_TRACEPOINT, "5.5"),
	      NEED_BTF_TRACEPOINT("sys_enter", "5.5", IF_CONFIG("BPF_EVENTS,FTRACE_SYSCALLS")));
SUBTEST_NEEDS(tracepoint, "*event",
	      NEED_TRACEPOINT("syscalls", "sys_enter_getpgid", NULL, IF_CONFIG("FTRACE_SYSCALLS")));

/*
 * This test is serial, because the kernel also skips a program at an event while a task on the same
 * CPU was preempted in a system call on a map (bpf_prog_active). Old kernels do not count these
 * skips, and other tests make such calls all the time.
 */
void serial_test_tracepoint(void)
{
	static const struct {
		const char *name;
		void (*run)(struct tracepoint *skel);
	} subtests[] = {
		{ "raw", raw },
		{ "event", event },
		{ "absent_raw", absent_raw },
		{ "absent_event", absent_event },
		{ "test_run", run_on_each_cpu },
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct tracepoint *skel = load_tracepoint(subtest->run == raw);

		if (skel)
			subtest->run(skel);
	}
}
