// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probes at entry and return of a kernel function and of a function of the test, in each attach
 * mode of libbpf. It checks arguments, return values, cookies and exact counts.
 *
 * Only a test_run calls the kernel function (net/bpf/test_run.c). Its argument is 1, it returns 2.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "attach_probe.skel.h"

#define KERNEL_FUNCTION "bpf_fentry_test1"
#define OWN_FUNCTION    "attach_probe_own_function"
/* An offset beyond the place of an entry probe, but among the first instructions of a function. */
#define INSIDE          8
#define COOKIE          0x0123456789abcdefULL
/* Arguments of the own function: all their bytes differ. */
#define FIRST           0x0102030405060708ULL
#define SECOND          0x1112131415161718ULL
#define SELF            0
#define CHILD           1

/* Weak, so that the compiler cannot inline or clone it: all calls go to this symbol. */
__u64 attach_probe_own_function(__u64 first, __u64 second);

__attribute__((weak, __noinline__)) __u64 attach_probe_own_function(__u64 first, __u64 second)
{
	return first * 1000 + second;
}

#define KPROBE_TYPE "/sys/bus/event_source/devices/kprobe/type"
#define UPROBE_TYPE "/sys/bus/event_source/devices/uprobe/type"

static struct attach_probe *load_attach_probe(void)
{
	struct attach_probe *skel = attach_probe__open();

	if (!ASSERT_OK_PTR(skel, "open"))
		return NULL;
	bpf_program__set_autoload(skel->progs.trigger, !access(KPROBE_TYPE, R_OK));
	if (!ASSERT_OK(attach_probe__load(skel), "load")) {
		attach_probe__destroy(skel);
		return NULL;
	}
	skel->bss->caller_tgid[SELF] = getpid();
	/* No test expects this value. Some expect 0: a program without a cookie. */
	skel->bss->cookie = ~0ULL;
	return skel;
}

static bool call_kernel(struct attach_probe *skel, int count)
{
	for (int i = 0; i < count; i++)
		if (test_run(skel->progs.trigger) < 0)
			return false;
	return true;
}

static void kprobe(struct attach_probe *skel, enum probe_attach_mode mode)
{
	/* A perf event without a link cannot store a cookie. */
	const __u64 cookie = mode == PROBE_ATTACH_MODE_PERF ? 0 : COOKIE;
	LIBBPF_OPTS(bpf_kprobe_opts, enter, .attach_mode = mode, .bpf_cookie = cookie);
	LIBBPF_OPTS(bpf_kprobe_opts, leave, .attach_mode = mode, .retprobe = true);

	skel->links.enter_kernel =
		bpf_program__attach_kprobe_opts(skel->progs.enter_kernel, KERNEL_FUNCTION, &enter);
	skel->links.leave_kernel =
		bpf_program__attach_kprobe_opts(skel->progs.leave_kernel, KERNEL_FUNCTION, &leave);
	if (!ASSERT_OK_PTR(skel->links.enter_kernel, "attach at entry") ||
	    !ASSERT_OK_PTR(skel->links.leave_kernel, "attach at return"))
		return;
	ASSERT_EQ(skel->bss->kprobe_calls[SELF], 0, "entries before the first call");
	ASSERT_EQ(skel->bss->kretprobe_calls[SELF], 0, "returns before the first call");
	if (!call_kernel(skel, 3))
		return;
	ASSERT_EQ(skel->bss->kprobe_calls[SELF], 3, "entries");
	ASSERT_EQ(skel->bss->kretprobe_calls[SELF], 3, "returns");
	ASSERT_EQ(skel->bss->kprobe_argument, 1, "argument");
	ASSERT_EQ(skel->bss->kretprobe_value, 2, "return value");
	ASSERT_EQ(skel->bss->cookie, cookie, "cookie");

	/* Detach one at a time: the other one shows that the function was called. */
	detach(&skel->links.enter_kernel);
	call_kernel(skel, 2);
	ASSERT_EQ(skel->bss->kprobe_calls[SELF], 3, "entries after detaching");
	ASSERT_EQ(skel->bss->kretprobe_calls[SELF], 5, "returns");
	skel->links.enter_kernel =
		bpf_program__attach_kprobe_opts(skel->progs.enter_kernel, KERNEL_FUNCTION, &enter);
	if (!ASSERT_OK_PTR(skel->links.enter_kernel, "attach again"))
		return;
	detach(&skel->links.leave_kernel);
	call_kernel(skel, 4);
	ASSERT_EQ(skel->bss->kprobe_calls[SELF], 7, "entries");
	ASSERT_EQ(skel->bss->kretprobe_calls[SELF], 5, "returns after detaching");
}

static bool call_kernel_twice(struct attach_probe *skel)
{
	return call_kernel(skel, 2);
}

static int call_kernel_as_stranger(void *context)
{
	return !call_kernel(context, 1);
}

static bool call_own(struct attach_probe *skel)
{
	return attach_probe_own_function(1, 1) == 1001;
}

static int call_own_as_stranger(void *context)
{
	return !call_own(context);
}

/* Starts a child that makes its calls when it is told to; returns its pid, or -1. */
static pid_t start_caller(struct attach_probe *skel, bool (*make_calls)(struct attach_probe *skel),
			  int *start_fd)
{
	int fds[2];
	pid_t child;
	char byte;

	if (!ASSERT_OK(pipe2(fds, O_CLOEXEC), "pipe"))
		return -1;
	child = fork();
	if (!child) {
		close(fds[1]);
		if (read(fds[0], &byte, 1) != 1)
			_exit(1);
		_exit(!make_calls(skel));
	}
	close(fds[0]);
	*start_fd = fds[1];
	if (!ASSERT_GT(child, 0, "fork"))
		close(fds[1]);
	return child;
}

static void call_in_child(pid_t child, int start_fd)
{
	int status = -1;

	ASSERT_EQ(write(start_fd, "", 1), 1, "start child");
	close(start_fd);
	ASSERT_EQ(waitpid(child, &status, 0), child, "wait for child");
	ASSERT_EQ(status, 0, "calls in child");
}

static void kprobe_absent(struct attach_probe *skel, enum probe_attach_mode mode)
{
	struct bpf_link *link;

	link = bpf_program__attach_kprobe(skel->progs.enter_kernel, false, "function_of_no_kernel");
	ASSERT_ERR_LINK(link, -ENOENT, "kernel function that is not there");
}

/* Each of these options is valid alone or in another mode, as kprobe() shows. */
static void kprobe_refused(struct attach_probe *skel, enum probe_attach_mode mode)
{
	LIBBPF_OPTS(bpf_kprobe_opts, inside, .retprobe = true, .offset = INSIDE);
	LIBBPF_OPTS(bpf_kprobe_opts, cookie, .attach_mode = PROBE_ATTACH_MODE_PERF,
		    .bpf_cookie = COOKIE);
	struct bpf_link *link;

	link = bpf_program__attach_kprobe_opts(skel->progs.leave_kernel, KERNEL_FUNCTION, &inside);
	ASSERT_ERR_LINK(link, -EINVAL, "return probe behind the entry");
	link = bpf_program__attach_kprobe_opts(skel->progs.enter_kernel, KERNEL_FUNCTION, &cookie);
	ASSERT_ERR_LINK(link, -EOPNOTSUPP, "cookie without a link");
}

static void *call_kernel_as_thread(void *context)
{
	call_kernel(context, 1);
	return NULL;
}

/* A probe of a kernel function fires for all processes: the program tells them apart. */
static void kprobe_process(struct attach_probe *skel, enum probe_attach_mode mode)
{
	int start_fd;
	pthread_t thread;
	pid_t child;

	child = start_caller(skel, call_kernel_twice, &start_fd);
	if (child < 0)
		return;
	skel->bss->caller_tgid[CHILD] = child;
	skel->links.enter_kernel =
		bpf_program__attach_kprobe(skel->progs.enter_kernel, false, KERNEL_FUNCTION);
	skel->links.leave_kernel =
		bpf_program__attach_kprobe(skel->progs.leave_kernel, true, KERNEL_FUNCTION);
	ASSERT_OK_PTR(skel->links.enter_kernel, "attach at entry");
	ASSERT_OK_PTR(skel->links.leave_kernel, "attach at return");
	ASSERT_EQ(in_child(call_kernel_as_stranger, skel), 0, "call in a process that is unknown");
	ASSERT_EQ(skel->bss->kprobe_argument, 0, "argument of an unknown process");
	ASSERT_EQ(skel->bss->cookie, ~0ULL, "cookie in an unknown process");
	ASSERT_EQ(skel->bss->kretprobe_value, 0, "return value in an unknown process");
	call_in_child(child, start_fd);
	ASSERT_EQ(skel->bss->kprobe_argument, 1, "argument in child");
	ASSERT_EQ(skel->bss->kretprobe_value, 2, "return value in child");
	ASSERT_EQ(skel->bss->kprobe_calls[CHILD], 2, "entries in child");
	ASSERT_EQ(skel->bss->kretprobe_calls[CHILD], 2, "returns in child");
	ASSERT_EQ(skel->bss->kprobe_calls[SELF], 0, "entries in test before its call");
	ASSERT_EQ(skel->bss->kretprobe_calls[SELF], 0, "returns in test before its call");
	call_kernel(skel, 1);
	ASSERT_EQ(skel->bss->kprobe_calls[SELF], 1, "entries in test");
	ASSERT_EQ(skel->bss->kretprobe_calls[SELF], 1, "returns in test");
	ASSERT_EQ(skel->bss->kprobe_calls[CHILD], 2, "entries in child");

	/* The programs know a process by its number, not by that of a thread. */
	if (!ASSERT_OK(pthread_create(&thread, NULL, call_kernel_as_thread, skel), "thread"))
		return;
	ASSERT_OK(pthread_join(thread, NULL), "join");
	ASSERT_EQ(skel->bss->kprobe_calls[SELF], 2, "entries in test and its thread");
	ASSERT_EQ(skel->bss->kretprobe_calls[SELF], 2, "returns in test and its thread");
}

static struct bpf_link *attach_uprobe(struct bpf_program *program, pid_t pid, bool at_return,
				      enum probe_attach_mode mode, __u64 cookie)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts,
		.attach_mode = mode, .retprobe = at_return, .bpf_cookie = cookie,
		.func_name = OWN_FUNCTION,
	);

	return bpf_program__attach_uprobe_opts(program, pid, "/proc/self/exe", 0, &opts);
}

static void uprobe(struct attach_probe *skel, enum probe_attach_mode mode)
{
	const __u64 cookie = mode == PROBE_ATTACH_MODE_PERF ? 0 : COOKIE;

	skel->links.enter_own = attach_uprobe(skel->progs.enter_own, 0, false, mode, cookie);
	skel->links.leave_own = attach_uprobe(skel->progs.leave_own, 0, true, mode, 0);
	if (!ASSERT_OK_PTR(skel->links.enter_own, "attach at entry") ||
	    !ASSERT_OK_PTR(skel->links.leave_own, "attach at return"))
		return;
	ASSERT_EQ(skel->bss->uprobe_calls[SELF], 0, "entries before the first call");
	for (__u64 i = 1; i <= 3; i++) {
		/* The probes must not change the result of the function. */
		ASSERT_EQ(attach_probe_own_function(FIRST + i, SECOND), (FIRST + i) * 1000 + SECOND,
			  "own function");
		ASSERT_EQ(skel->bss->uprobe_calls[SELF], i, "entries");
		ASSERT_EQ(skel->bss->uprobe_arguments[0], FIRST + i, "first argument");
		ASSERT_EQ(skel->bss->uprobe_arguments[1], SECOND, "second argument");
		ASSERT_EQ(skel->bss->uretprobe_calls[SELF], i, "returns");
		ASSERT_EQ(skel->bss->uretprobe_value, (FIRST + i) * 1000 + SECOND, "return value");
	}
	ASSERT_EQ(skel->bss->cookie, cookie, "cookie");

	detach(&skel->links.enter_own);
	attach_probe_own_function(9, 9);
	ASSERT_EQ(skel->bss->uprobe_calls[SELF], 3, "entries after detaching");
	ASSERT_EQ(skel->bss->uretprobe_calls[SELF], 4, "returns");
	detach(&skel->links.leave_own);
	ASSERT_EQ(attach_probe_own_function(8, 8), 8008, "own function");
	ASSERT_EQ(skel->bss->uretprobe_calls[SELF], 4, "returns after detaching");
}

static void *call_own_as_thread(void *context)
{
	attach_probe_own_function(3, 3);
	return NULL;
}

/* A probe of one process does not fire in another process that calls the same function. */
static void uprobe_process(struct attach_probe *skel, enum probe_attach_mode mode)
{
	int start_fd;
	pthread_t thread;
	pid_t child;

	child = start_caller(skel, call_own, &start_fd);
	if (child < 0)
		return;
	skel->bss->caller_tgid[CHILD] = child;
	/* Libbpf takes 0 for the calling process and -1 for all. */
	skel->links.enter_own = attach_uprobe(skel->progs.enter_own, 0, false, mode, 0);
	skel->links.leave_own = attach_uprobe(skel->progs.leave_own, -1, true, mode, 0);
	ASSERT_OK_PTR(skel->links.enter_own, "attach to own process");
	ASSERT_OK_PTR(skel->links.leave_own, "attach to all processes");
	/* The program does not count processes that it was not told. */
	ASSERT_EQ(in_child(call_own_as_stranger, skel), 0, "call in a process that is unknown");
	ASSERT_EQ(skel->bss->uretprobe_value, 0, "return value in an unknown process");
	call_in_child(child, start_fd);
	ASSERT_EQ(skel->bss->uretprobe_value, 1001, "return value in child");
	attach_probe_own_function(2, 2);
	ASSERT_EQ(skel->bss->uprobe_calls[CHILD], 0, "entries in child, probe of test");
	ASSERT_EQ(skel->bss->uretprobe_calls[CHILD], 1, "returns in child, probe of all");
	ASSERT_EQ(skel->bss->uprobe_calls[SELF], 1, "entries in test");
	ASSERT_EQ(skel->bss->uretprobe_calls[SELF], 1, "returns in test");

	/* The programs know a process by its number, not by that of a thread. */
	if (!ASSERT_OK(pthread_create(&thread, NULL, call_own_as_thread, NULL), "thread"))
		return;
	ASSERT_OK(pthread_join(thread, NULL), "join");
	ASSERT_EQ(skel->bss->uprobe_calls[SELF], 2, "entries in test and its thread");
	ASSERT_EQ(skel->bss->uretprobe_calls[SELF], 2, "returns in test and its thread");

	/* In the place of the child, the test is counted there. */
	skel->bss->caller_tgid[SELF] = child;
	skel->bss->caller_tgid[CHILD] = getpid();
	attach_probe_own_function(4, 4);
	ASSERT_EQ(skel->bss->uprobe_calls[CHILD], 1, "entries in the second place");
	ASSERT_EQ(skel->bss->uretprobe_calls[CHILD], 2, "returns in the second place");

	/* The test itself is not counted either, if the programs were not told its number. */
	skel->bss->caller_tgid[CHILD] = child;
	attach_probe_own_function(5, 5);
	ASSERT_EQ(skel->bss->uprobe_calls[SELF], 2, "entries while the test is unknown");
	ASSERT_EQ(skel->bss->uprobe_calls[CHILD], 1, "entries while the test is unknown");
	ASSERT_EQ(skel->bss->uprobe_arguments[0], 4, "argument of the last counted entry");
}

static void uprobe_absent(struct attach_probe *skel, enum probe_attach_mode mode)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = "function_of_no_program");
	struct bpf_link *link;

	link = bpf_program__attach_uprobe_opts(skel->progs.enter_own, -1, "/proc/self/exe", 0,
					       &opts);
	ASSERT_ERR_LINK(link, -ENOENT, "function that is not there");
}

/* The perf PMU for probes exists if and only if the kernel is built with their events. */
TEST_NEEDS(attach_probe, NEED_PROG_TYPE(KPROBE, "4.1", IF_CONFIG("BPF_EVENTS")), NEED_BTF);
SUBTEST_NEEDS(attach_probe, "kprobe*", NEED_CONFIG("KPROBE_EVENTS", EFFECT(KPROBE_TYPE)),
	      NEED_KERNEL_FUNC("bpf_fentry_test1", "5.5", STABLE));
/* All but the one without a function: the kernel looks for it before it asks lockdown. */
SUBTEST_NEEDS(attach_probe, "kprobe-default", NEED_LOCKDOWN_BELOW("confidentiality"));
SUBTEST_NEEDS(attach_probe, "kprobe-perf", NEED_LOCKDOWN_BELOW("confidentiality"));
SUBTEST_NEEDS(attach_probe, "kprobe-link", NEED_LOCKDOWN_BELOW("confidentiality"));
SUBTEST_NEEDS(attach_probe, "kprobe-refused", NEED_LOCKDOWN_BELOW("confidentiality"));
SUBTEST_NEEDS(attach_probe, "kprobe-process", NEED_LOCKDOWN_BELOW("confidentiality"));
SUBTEST_NEEDS(attach_probe, "uprobe*", NEED_CONFIG("UPROBE_EVENTS", EFFECT(UPROBE_TYPE)));

/*
 * This test is serial, because the kernel skips the program of a probe while a task on the same CPU
 * was preempted in a system call on a map (bpf_prog_active). Old kernels do not count these skips,
 * and other tests make such calls all the time.
 */
void serial_test_attach_probe(void)
{
	static const struct {
		const char *name;
		enum probe_attach_mode mode;
		void (*run)(struct attach_probe *skel, enum probe_attach_mode mode);
	} subtests[] = {
		{ "kprobe-default", PROBE_ATTACH_MODE_DEFAULT, kprobe },
		{ "kprobe-perf", PROBE_ATTACH_MODE_PERF, kprobe },
		{ "kprobe-link", PROBE_ATTACH_MODE_LINK, kprobe },
		{ "kprobe-absent", PROBE_ATTACH_MODE_DEFAULT, kprobe_absent },
		{ "kprobe-refused", PROBE_ATTACH_MODE_DEFAULT, kprobe_refused },
		{ "kprobe-process", PROBE_ATTACH_MODE_DEFAULT, kprobe_process },
		{ "uprobe-default", PROBE_ATTACH_MODE_DEFAULT, uprobe },
		{ "uprobe-perf", PROBE_ATTACH_MODE_PERF, uprobe },
		{ "uprobe-link", PROBE_ATTACH_MODE_LINK, uprobe },
		{ "uprobe-process", PROBE_ATTACH_MODE_DEFAULT, uprobe_process },
		{ "uprobe-absent", PROBE_ATTACH_MODE_DEFAULT, uprobe_absent },
	};

	for_each_subtest (subtest, subtests) {
		auto_skel struct attach_probe *skel = load_attach_probe();

		if (skel)
			subtest->run(skel, subtest->mode);
	}
}
