// SPDX-License-Identifier: GPL-2.0-only
/*
 * Iterators over kernel objects. So far: tasks, all of them or those of a filter.
 *
 * Tasks of others come and go while an iterator runs; what is asserted is about the test's own,
 * which are held still: a thread and a child that end when they are told to.
 */
#include <dirent.h>
#include <sys/syscall.h>

#include "test_progs.h"
#include "bpf_iter_task.skel.h"

/* As bpf_iter_task.c writes it. */
struct task_record {
	__u32 tgid;
	__u32 tid;
};

struct task_list {
	struct task_record *records;
	size_t count;
};

/* Larger than any thread number can be (PID_MAX_LIMIT on 64 bits). */
#define NO_TID (4 * 1024 * 1024)

struct held_tasks {
	struct bpf_iter_task *skel;
	int hold[2]; /* both end when this pipe's writing end is closed */
	pid_t child;
	pthread_t thread;
	bool has_thread;
	pthread_barrier_t thread_started;
	__u32 thread_tid;
};

/* Reads all that the iterator gives. Returns false, and has failed, when it gives an error. */
static bool read_tasks(struct bpf_link *link, struct task_list *list)
{
	size_t size = 0, used = 0;
	ssize_t got = -1;
	char *text = NULL;
	int fd;

	*list = (struct task_list){};
	fd = bpf_iter_create(bpf_link__fd(link));
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
		/* Odd on purpose: the kernel has to carry records over from read to read. */
		got = read(fd, text + used, 1001);
		used += got > 0 ? got : 0;
	} while (got > 0);
	close(fd);

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

/* How many threads the test has according to /proc; the runner may have left some. */
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

/* Release them whatever comes back. */
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
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));

	return bpf_program__attach_iter(skel->progs.dump_tasks, &opts);
}

/* All tasks of the machine; the test's own must be in it, each once. */
static void all_tasks(void)
{
	struct held_tasks tasks;
	struct task_list list = {};
	struct bpf_link *link;
	pid_t own = getpid();

	if (!hold_tasks(&tasks))
		goto out;
	link = bpf_program__attach_iter(tasks.skel->progs.dump_tasks, NULL);
	if (!ASSERT_OK_PTR(link, "attach"))
		goto out;
	if (read_tasks(link, &list)) {
		ASSERT_EQ(count_task(&list, own, own), 1, "the test");
		ASSERT_EQ(count_task(&list, own, tasks.thread_tid), 1, "its thread");
		ASSERT_EQ(count_process(&list, own), own_threads(), "tasks of the test");
		ASSERT_EQ(count_task(&list, tasks.child, tasks.child), 1, "its child");
		ASSERT_EQ(count_process(&list, tasks.child), 1, "tasks of the child");
		ASSERT_EQ(tasks.skel->bss->ends, 1, "calls at the end");
	}
	bpf_link__destroy(link);
out:
	free(list.records);
	release_tasks(&tasks);
}

static bool list_filtered(struct bpf_iter_task *skel, __u32 tid, __u32 pid, __u32 pid_fd,
			  struct task_list *list)
{
	struct bpf_link_info info = {};
	__u32 size = sizeof(info);
	struct bpf_link *link;
	bool listed;

	*list = (struct task_list){};
	link = attach_filtered(skel, tid, pid, pid_fd);
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
	bpf_link__destroy(link);
	return listed;
}

static void check_single(struct task_list *list, __u32 tgid, __u32 tid, const char *name)
{
	ASSERT_EQ(list->count, 1, name);
	ASSERT_EQ(count_task(list, tgid, tid), 1, name);
	free(list->records);
	*list = (struct task_list){};
}

static void one_thread(void)
{
	struct held_tasks tasks;
	struct task_list list;
	pid_t own = getpid();

	if (!hold_tasks(&tasks))
		goto out;
	list_filtered(tasks.skel, tasks.thread_tid, 0, 0, &list);
	check_single(&list, own, tasks.thread_tid, "thread by its number");
	list_filtered(tasks.skel, tasks.child, 0, 0, &list);
	check_single(&list, tasks.child, tasks.child, "child by its thread number");

	list_filtered(tasks.skel, NO_TID, 0, 0, &list);
	ASSERT_EQ(list.count, 0, "thread that cannot be");
	free(list.records);
out:
	release_tasks(&tasks);
}

static void one_process(void)
{
	struct held_tasks tasks;
	struct task_list list;
	pid_t own = getpid();
	int pid_fd;

	if (!hold_tasks(&tasks))
		goto out;
	list_filtered(tasks.skel, 0, tasks.child, 0, &list);
	check_single(&list, tasks.child, tasks.child, "child by process number");

	list_filtered(tasks.skel, 0, own, 0, &list);
	ASSERT_EQ(list.count, own_threads(), "own threads");
	ASSERT_EQ(count_process(&list, own), list.count, "threads of others");
	ASSERT_EQ(count_task(&list, own, own), 1, "the test");
	ASSERT_EQ(count_task(&list, own, tasks.thread_tid), 1, "its thread");
	free(list.records);

	pid_fd = syscall(SYS_pidfd_open, tasks.child, 0);
	if (ASSERT_OK_FD(pid_fd, "descriptor of child")) {
		list_filtered(tasks.skel, 0, 0, pid_fd, &list);
		check_single(&list, tasks.child, tasks.child, "child by descriptor");
		close(pid_fd);
	}
out:
	release_tasks(&tasks);
}

static void refuse_filter(struct bpf_iter_task *skel, __u32 tid, __u32 pid, __u32 pid_fd,
			  int expected_error, const char *name)
{
	struct bpf_link *link = attach_filtered(skel, tid, pid, pid_fd);

	if (ASSERT_ERR_PTR(link, name))
		ASSERT_EQ(libbpf_get_error(link), expected_error, name);
	else
		bpf_link__destroy(link);
}

static void refused_filters(void)
{
	struct held_tasks tasks;
	pid_t own = getpid();

	if (!hold_tasks(&tasks))
		goto out;
	refuse_filter(tasks.skel, own, own, 0, -EINVAL, "thread and process");
	refuse_filter(tasks.skel, 0, own, tasks.hold[0], -EINVAL, "process and descriptor");
	refuse_filter(tasks.skel, 0, 0, tasks.hold[0], -EBADF, "descriptor of no process");
out:
	release_tasks(&tasks);
}

TEST_NEEDS(bpf_iter, NEED_PROG_TYPE(TRACING, "5.5", IF_CONFIG("BPF_EVENTS,BPF_JIT")),
	   NEED_BTF_TYPE("bpf_iter__task", "5.8"),
	   NEED_BTF_MEMBER("bpf_iter_link_info", "task", "6.1"));

void test_bpf_iter(void)
{
	if (test__start_subtest("task"))
		all_tasks();
	if (test__start_subtest("task_tid"))
		one_thread();
	if (test__start_subtest("task_pid"))
		one_process();
	if (test__start_subtest("task_filters_refused"))
		refused_filters();
}
