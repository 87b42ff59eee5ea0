// SPDX-License-Identifier: GPL-2.0-only
/*
 * Iterators over kernel objects; so far only tasks: all of them, or selected by a filter.
 *
 * Other tasks come and go while an iterator runs. So the test asserts only about its own tasks: a
 * thread and a child that wait until the test lets them end.
 */
#include <dirent.h>
#include <sys/syscall.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "bpf_iter_task.skel.h"

/* A record as bpf_iter_task.c writes it. */
struct task_record {
	__u32 tgid;
	__u32 tid;
};

struct task_list {
	struct task_record *records;
	size_t count;
};

/* Larger than any possible thread id (PID_MAX_LIMIT on 64 bits). */
#define NO_TID (4 * 1024 * 1024)

struct held_tasks {
	struct bpf_iter_task *skel;
	int hold[2]; /* both tasks end when the write end of this pipe is closed */
	pid_t child;
	pthread_t thread;
	bool has_thread;
	pthread_barrier_t thread_started;
	__u32 thread_tid;
};

/* Reads the iterator to its end. Returns false after a failed assertion. */
static bool read_tasks(struct bpf_link *link, struct task_list *list)
{
	size_t size = 0, used = 0;
	ssize_t got = -1;
	char *text = NULL;
	auto_fd int fd = bpf_iter_create(bpf_link__fd(link));

	*list = (struct task_list){};
	if (!ASSERT_OK_FD(fd, "create iterator"))
		return false;
	do {
		if (size - used < 4096) {
			char *larger = realloc(text, size + 65536);

			if (!ASSERT_OK_PTR(larger, "memory for the list"))
				break;
			text = larger;
			size += 65536;
		}
		/* An odd size, so that the kernel has to split records between reads. */
		got = read(fd, text + used, 1001);
		used += got > 0 ? got : 0;
	} while (got > 0);

	list->records = (struct task_record *)text;
	list->count = used / sizeof(struct task_record);
	return ASSERT_EQ(got, 0, "end of iterator") &&
	       ASSERT_EQ(used % sizeof(struct task_record), 0, "bytes behind the last record");
}

static unsigned int count_task(const struct task_list *list, __u32 tgid, __u32 tid)
{
	unsigned int count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->records[i].tgid == tgid && list->records[i].tid == tid;
	return count;
}

static unsigned int count_process(const struct task_list *list, __u32 tgid)
{
	unsigned int count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->records[i].tgid == tgid;
	return count;
}

/* Returns the number of the test's threads according to /proc. The runner may have started some. */
static unsigned int own_threads(void)
{
	DIR *directory = opendir("/proc/self/task");
	unsigned int count = 0;
	struct dirent *entry;

	if (!ASSERT_OK_PTR(directory, "list own threads"))
		return 0;
	while ((entry = readdir(directory)))
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

static void wait_for_end_of_pipe(int fd)
{
	char byte;

	while (read(fd, &byte, 1) < 0 && errno == EINTR)
		;
}

static void *held_thread(void *ctx)
{
	struct held_tasks *tasks = ctx;

	tasks->thread_tid = syscall(SYS_gettid);
	pthread_barrier_wait(&tasks->thread_started);
	wait_for_end_of_pipe(tasks->hold[0]);
	return NULL;
}

static void release_tasks(struct held_tasks *tasks)
{
	int status = -1;

	if (tasks->hold[1] >= 0)
		close(tasks->hold[1]);
	if (tasks->child > 0) {
		ASSERT_EQ(waitpid(tasks->child, &status, 0), tasks->child, "wait for child");
		ASSERT_EQ(status, 0, "end of child");
	}
	if (tasks->has_thread)
		ASSERT_OK(pthread_join(tasks->thread, NULL), "join thread");
	if (tasks->hold[0] >= 0)
		close(tasks->hold[0]);
	bpf_iter_task__destroy(tasks->skel);
}

/* The caller releases the tasks, also if this returns false. */
static bool hold_tasks(struct held_tasks *tasks)
{
	*tasks = (struct held_tasks){ .hold = { -1, -1 }, .child = -1 };
	tasks->skel = bpf_iter_task__open_and_load();
	if (!ASSERT_OK_PTR(tasks->skel, "open and load") ||
	    !ASSERT_OK(pipe2(tasks->hold, O_CLOEXEC), "pipe"))
		return false;

	tasks->child = fork();
	if (!tasks->child) {
		close(tasks->hold[1]);
		wait_for_end_of_pipe(tasks->hold[0]);
		_exit(0);
	}
	if (!ASSERT_GT(tasks->child, 0, "fork"))
		return false;

	pthread_barrier_init(&tasks->thread_started, NULL, 2);
	tasks->has_thread =
		ASSERT_OK(pthread_create(&tasks->thread, NULL, held_thread, tasks), "thread");
	if (tasks->has_thread)
		pthread_barrier_wait(&tasks->thread_started);
	return tasks->has_thread;
}

static struct bpf_link *attach_filtered(struct bpf_iter_task *skel, __u32 tid, __u32 pid,
					__u32 pid_fd)
{
	union bpf_iter_link_info info = {
		.task = { .tid = tid, .pid = pid, .pid_fd = pid_fd },
	};
	/*
	 * libbpf refuses garbage in the padding at the end, which a compiler may copy there from an
	 * initialiser (measured: gcc 12 with -O0).
	 */
	LIBBPF_OPTS(bpf_iter_attach_opts, opts);

	opts.link_info = &info;
	opts.link_info_len = sizeof(info);
	return bpf_program__attach_iter(skel->progs.dump_tasks, &opts);
}

/* Iterates all tasks of the machine: each task of the test must be there exactly once. */
static void all_tasks(struct held_tasks *tasks)
{
	struct task_list list = {};
	auto_link struct bpf_link *link = NULL;
	pid_t own = getpid();

	if (!attach(tasks->skel->progs.dump_tasks, &link))
		return;
	if (read_tasks(link, &list)) {
		ASSERT_EQ(count_task(&list, own, own), 1, "the test");
		ASSERT_EQ(count_task(&list, own, tasks->thread_tid), 1, "its thread");
		ASSERT_EQ(count_process(&list, own), own_threads(), "tasks of the test");
		ASSERT_EQ(count_task(&list, tasks->child, tasks->child), 1, "its child");
		ASSERT_EQ(count_process(&list, tasks->child), 1, "tasks of the child");
		ASSERT_EQ(tasks->skel->bss->ends, 1, "calls at the end");
	}
	free(list.records);
	if (read_tasks(link, &list))
		ASSERT_EQ(tasks->skel->bss->ends, 2, "calls at the end of both");
	free(list.records);
}

static bool list_filtered(struct bpf_iter_task *skel, __u32 tid, __u32 pid, __u32 pid_fd,
			  struct task_list *list)
{
	struct bpf_link_info info = {};
	__u32 size = sizeof(info);
	auto_link struct bpf_link *link = attach_filtered(skel, tid, pid, pid_fd);
	bool listed;

	*list = (struct task_list){};
	if (!ASSERT_OK_PTR(link, "attach with filter"))
		return false;
	listed = read_tasks(link, list);
	if (ASSERT_OK(bpf_link_get_info_by_fd(bpf_link__fd(link), &info, &size), "link info")) {
		ASSERT_EQ(info.type, BPF_LINK_TYPE_ITER, "type of link");
		ASSERT_EQ(info.iter.task.tid, tid, "thread in link info");
		/* The kernel resolves a descriptor to its process when the link is made. */
		if (!pid_fd)
			ASSERT_EQ(info.iter.task.pid, pid, "process in link info");
	}
	return listed;
}

static void check_single(struct task_list *list, __u32 tgid, __u32 tid, const char *name)
{
	ASSERT_EQ(list->count, 1, name);
	ASSERT_EQ(count_task(list, tgid, tid), 1, name);
	free(list->records);
	*list = (struct task_list){};
}

static void one_thread(struct held_tasks *tasks)
{
	struct task_list list;
	pid_t own = getpid();

	list_filtered(tasks->skel, tasks->thread_tid, 0, 0, &list);
	check_single(&list, own, tasks->thread_tid, "thread by its number");
	list_filtered(tasks->skel, tasks->child, 0, 0, &list);
	check_single(&list, tasks->child, tasks->child, "child by its thread number");

	list_filtered(tasks->skel, NO_TID, 0, 0, &list);
	ASSERT_EQ(list.count, 0, "thread that cannot be");
	free(list.records);
}

static void one_process(struct held_tasks *tasks)
{
	struct task_list list;
	auto_fd int pid_fd = syscall(SYS_pidfd_open, tasks->child, 0);
	pid_t own = getpid();

	list_filtered(tasks->skel, 0, tasks->child, 0, &list);
	check_single(&list, tasks->child, tasks->child, "child by process number");

	list_filtered(tasks->skel, 0, own, 0, &list);
	ASSERT_EQ(list.count, own_threads(), "own threads");
	ASSERT_EQ(count_process(&list, own), list.count, "threads of others");
	ASSERT_EQ(count_task(&list, own, own), 1, "the test");
	ASSERT_EQ(count_task(&list, own, tasks->thread_tid), 1, "its thread");
	free(list.records);

	if (ASSERT_OK_FD(pid_fd, "descriptor of child")) {
		list_filtered(tasks->skel, 0, 0, pid_fd, &list);
		check_single(&list, tasks->child, tasks->child, "child by descriptor");
	}
}

static void refused_filters(struct held_tasks *tasks)
{
	struct bpf_iter_task *skel = tasks->skel;
	int pipe_fd = tasks->hold[0];
	pid_t own = getpid();

	ASSERT_ERR_LINK(attach_filtered(skel, own, own, 0), -EINVAL, "thread and process");
	ASSERT_ERR_LINK(attach_filtered(skel, 0, own, pipe_fd), -EINVAL, "process and descriptor");
	ASSERT_ERR_LINK(attach_filtered(skel, 0, 0, pipe_fd), -EBADF, "descriptor of no process");
}

TEST_NEEDS(bpf_iter, NEED_BTF, NEED_ITERATOR("task", "5.8", IF_CONFIG("BPF_EVENTS")),
	   NEED_BTF_MEMBER("bpf_iter_link_info", "task", "6.1"));

void test_bpf_iter(void)
{
	static const struct {
		const char *name;
		void (*run)(struct held_tasks *tasks);
	} subtests[] = {
		{ "task", all_tasks },
		{ "task_tid", one_thread },
		{ "task_pid", one_process },
		{ "task_filters_refused", refused_filters },
	};
	struct held_tasks tasks;

	for_each_subtest (subtest, subtests) {
		if (hold_tasks(&tasks))
			subtest->run(&tasks);
		release_tasks(&tasks);
	}
}
