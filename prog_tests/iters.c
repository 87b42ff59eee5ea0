// SPDX-License-Identifier: GPL-2.0-only
/*
 * Iterators that a program opens itself: over numbers, the bits of words, the threads of a process or
 * of the machine, the mappings of a task, and the cgroups below or above one. Each must meet exactly
 * what there is, in its order; a wrong argument ends it before the first step.
 */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/iters.h"
#include "iters.skel.h"

/* Of the kernel's include/linux/bpf.h (6.7). */
enum { BPF_TASK_ITER_ALL_PROCS, BPF_TASK_ITER_ALL_THREADS, BPF_TASK_ITER_PROC_THREADS };

#define MAX_NUMBERS (8 << 20) /* the kernel's limit of a range */
#define MAX_WORDS   511       /* the kernel's limit of words with bits */

static void iterate(struct iters *skel, const struct bpf_program *program)
{
	skel->bss->made = 1;
	skel->bss->met = 0;
	skel->bss->met_others = 0;
	memset(skel->bss->kept, 0xff, sizeof(skel->bss->kept));
	ASSERT_EQ(test_run(program), 0, "run");
}

static void expect(struct iters *skel, const __u64 *things, __u32 cnt)
{
	ASSERT_EQ(skel->bss->made, 0, "begin");
	ASSERT_EQ(skel->bss->met, cnt, "steps");
	for (__u32 i = 0; i < cnt; i++)
		ASSERT_EQ(skel->bss->kept[i], things[i], "thing");
}

static void refuse(struct iters *skel, int err)
{
	ASSERT_EQ(skel->bss->made, err, "begin");
	ASSERT_EQ(skel->bss->met, 0, "steps");
}

static void numbers(struct iters *skel)
{
	const __u64 few[] = { -2, -1, 0, 1, 2 };

	skel->bss->start = -2;
	skel->bss->end = 3;
	iterate(skel, skel->progs.numbers);
	expect(skel, few, 5);
	/* An empty range is no error. */
	skel->bss->end = -2;
	iterate(skel, skel->progs.numbers);
	expect(skel, NULL, 0);
	skel->bss->end = -3;
	iterate(skel, skel->progs.numbers);
	refuse(skel, -EINVAL);
	skel->bss->start = INT32_MIN;
	skel->bss->end = INT32_MAX;
	iterate(skel, skel->progs.numbers);
	refuse(skel, -E2BIG);
	skel->bss->start = 1;
	skel->bss->end = MAX_NUMBERS + 2;
	iterate(skel, skel->progs.numbers);
	refuse(skel, -E2BIG);
}

static void stop_early(struct iters *skel)
{
	const __u64 pairs[] = { 20, 21, 30, 31, 32 };

	skel->bss->start = 2;
	skel->bss->end = 100;
	iterate(skel, skel->progs.stop_early);
	expect(skel, pairs, ARRAY_SIZE(pairs));
}

static void bits(struct iters *skel)
{
	const __u64 two_words[] = { 0, 5, 63, 64, 70, 127 }, one_word[] = { 0, 5, 63 };

	skel->bss->words[0] = 1ULL << 63 | 1 << 5 | 1;
	skel->bss->words[1] = 1ULL << 63 | 1 << 6 | 1;
	skel->bss->words_cnt = 2;
	iterate(skel, skel->progs.bits);
	expect(skel, two_words, ARRAY_SIZE(two_words));
	skel->bss->words_cnt = 1;
	iterate(skel, skel->progs.bits);
	expect(skel, one_word, ARRAY_SIZE(one_word));
	skel->bss->words_cnt = 0;
	iterate(skel, skel->progs.bits);
	refuse(skel, -EINVAL);
	skel->bss->words_cnt = MAX_WORDS + 1;
	iterate(skel, skel->progs.bits);
	refuse(skel, -E2BIG);
}

static pthread_barrier_t have_begun, may_end;

static void *wait_to_end(void *tid)
{
	*(pid_t *)tid = gettid();
	pthread_barrier_wait(&have_begun);
	pthread_barrier_wait(&may_end);
	return NULL;
}

static void with_threads(struct iters *skel, void (*look)(struct iters *skel, const pid_t *tids))
{
	pthread_t threads[2];
	pid_t tids[3] = { gettid() };

	pthread_barrier_init(&have_begun, NULL, 3);
	pthread_barrier_init(&may_end, NULL, 3);
	for (int i = 0; i < 2; i++) {
		if (!ASSERT_OK(pthread_create(&threads[i], NULL, wait_to_end, &tids[i + 1]),
			       "thread"))
			return;
	}
	pthread_barrier_wait(&have_begun);
	look(skel, tids);
	pthread_barrier_wait(&may_end);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
}

static void expect_own_threads(struct iters *skel, const pid_t *tids)
{
	const __u64 *kept = skel->bss->kept;

	ASSERT_EQ(skel->bss->made, 0, "begin");
	ASSERT_EQ(skel->bss->met, 3, "own threads");
	ASSERT_EQ(kept[0], tids[0], "the first thread");
	/* The two others started in any order. */
	ASSERT_EQ((kept[1] == tids[1] && kept[2] == tids[2]) ||
			  (kept[1] == tids[2] && kept[2] == tids[1]),
		  true, "the other threads");
}

static void look_at_tasks(struct iters *skel, const pid_t *tids)
{
	skel->bss->own_tgid = getpid();
	skel->bss->task_flags = BPF_TASK_ITER_PROC_THREADS;
	iterate(skel, skel->progs.tasks);
	expect_own_threads(skel, tids);
	ASSERT_EQ(skel->bss->met_others, 0, "threads of other processes");
	skel->bss->task_flags = BPF_TASK_ITER_ALL_THREADS;
	iterate(skel, skel->progs.tasks);
	expect_own_threads(skel, tids);
	ASSERT_GE(skel->bss->met_others, 2, "threads of the machine's other processes");
	skel->bss->task_flags = BPF_TASK_ITER_ALL_PROCS;
	iterate(skel, skel->progs.tasks);
	ASSERT_EQ(skel->bss->made, 0, "begin");
	ASSERT_EQ(skel->bss->met, 1, "own process");
	ASSERT_EQ(skel->bss->kept[0], getpid(), "own process");
	ASSERT_GE(skel->bss->met_others, 2, "other processes of the machine");
	skel->bss->task_flags = BPF_TASK_ITER_PROC_THREADS + 1;
	iterate(skel, skel->progs.tasks);
	refuse(skel, -EINVAL);
}

static void tasks(struct iters *skel)
{
	with_threads(skel, look_at_tasks);
}

/* Three neighbours that are no single mapping, because one cannot be written to. */
static void mappings(struct iters *skel)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	char *pages =
		mmap(NULL, 5 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	__u64 start = (unsigned long)pages;

	if (!ASSERT_OK_PTR(pages, "map"))
		return;
	ASSERT_OK(mprotect(pages + page, 2 * page, PROT_READ), "protect");
	skel->bss->address = start + page;
	iterate(skel, skel->progs.mappings);
	ASSERT_EQ(skel->bss->made, 0, "begin");
	ASSERT_GE(skel->bss->met, 3, "mappings");
	ASSERT_EQ(skel->bss->kept[0], start + page, "begin of the first");
	ASSERT_EQ(skel->bss->kept_ends[0], start + 3 * page, "end of the first");
	ASSERT_EQ(skel->bss->kept[1], start + 3 * page, "begin of the second");
	/* The last byte of a mapping leads to it, a page that is not mapped to the next one. */
	ASSERT_OK(munmap(pages + 2 * page, page), "unmap");
	skel->bss->address = start + 2 * page - 1;
	iterate(skel, skel->progs.mappings);
	ASSERT_EQ(skel->bss->kept[0], start + page, "begin of the mapping with the last byte");
	ASSERT_EQ(skel->bss->kept_ends[0], start + 2 * page,
		  "end of the mapping with the last byte");
	skel->bss->address = start + 2 * page;
	iterate(skel, skel->progs.mappings);
	ASSERT_EQ(skel->bss->kept[0], start + 3 * page, "begin of the mapping behind the gap");
	/* Behind the last mapping there is none. */
	skel->bss->address = UINT64_MAX;
	iterate(skel, skel->progs.mappings);
	expect(skel, NULL, 0);
	munmap(pages, 5 * page);
}

static __u64 make_cgroup(const char *path)
{
	auto_fd int fd = test__join_cgroup(path);
	struct stat status = {};

	ASSERT_OK(fstat(fd, &status), path);
	return status.st_ino;
}

static void cgroups(struct iters *skel)
{
	const __u64 outer = make_cgroup("outer"), a = make_cgroup("outer/a");
	const __u64 c = make_cgroup("outer/a/c"), b = make_cgroup("outer/b");
	const __u64 parents_first[] = { outer, a, c, b }, parents_last[] = { c, a, b, outer };

	skel->bss->cgroup_id = outer;
	skel->bss->cgroup_flags = BPF_CGROUP_ITER_DESCENDANTS_PRE;
	iterate(skel, skel->progs.cgroups);
	expect(skel, parents_first, 4);
	skel->bss->cgroup_flags = BPF_CGROUP_ITER_DESCENDANTS_POST;
	iterate(skel, skel->progs.cgroups);
	expect(skel, parents_last, 4);
	skel->bss->cgroup_id = c;
	skel->bss->cgroup_flags = BPF_CGROUP_ITER_ANCESTORS_UP;
	iterate(skel, skel->progs.cgroups);
	ASSERT_EQ(skel->bss->made, 0, "begin");
	ASSERT_GE(skel->bss->met, 4, "ancestors");
	ASSERT_EQ(skel->bss->kept[0], c, "the cgroup itself");
	ASSERT_EQ(skel->bss->kept[1], a, "its parent");
	ASSERT_EQ(skel->bss->kept[2], outer, "the parent of that");
	skel->bss->cgroup_flags = BPF_CGROUP_ITER_ORDER_UNSPEC;
	iterate(skel, skel->progs.cgroups);
	refuse(skel, -EINVAL);
	/* No cgroup has this id. */
	skel->bss->cgroup_id = UINT64_MAX;
	ASSERT_EQ(test_run(skel->progs.cgroups), 1, "no such cgroup");
}

TEST_NEEDS(iters, NEED_BTF, NEED_KFUNC("bpf_iter_bits_new", "6.11"),
	   NEED_KFUNC("bpf_iter_task_vma_new", "6.7"), NEED_KFUNC("bpf_iter_css_new", "6.7"),
	   NEED_KFUNC("bpf_iter_task_new", "6.7"), NEED_CGROUP);

void test_iters(void)
{
	static const struct {
		const char *name;
		void (*run)(struct iters *skel);
	} subtests[] = {
		{ "numbers", numbers }, { "stop_early", stop_early }, { "bits", bits },
		{ "tasks", tasks },     { "mappings", mappings },     { "cgroups", cgroups },
	};

	RUN_SKEL_SUBTESTS(iters, subtests);
}
