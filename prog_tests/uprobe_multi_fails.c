// SPDX-License-Identifier: GPL-2.0-only
/*
 * uprobe_multi links that are refused, by the kernel or by libbpf before it asks the kernel.
 *
 * Each case differs in one thing from a link that succeeds, which is tried first.
 */
#include "test_progs.h"
#include "prog_tests/uprobe_multi_fails.h"
#include "uprobe_multi.skel.h"

/* Larger than any pid (PID_MAX_LIMIT on 64 bits). */
#define NO_PID   (4 * 1024 * 1024)
/* One more than the kernel accepts. */
#define TOO_MANY ((1U << 20) + 1)

struct kernel_case {
	const char *name;
	int expected;
	const char *path;
	const unsigned long *offsets, *ref_ctr_offsets;
	const __u64 *cookies;
	__u32 count, flags, pid;
	enum bpf_attach_type type; /* 0: BPF_TRACE_UPROBE_MULTI */
	bool other_program;        /* use the program for a single uprobe */
};

static int create_link(struct uprobe_multi *skel, const struct kernel_case *link)
{
	struct bpf_program *program = link->other_program ? skel->progs.single :
							    skel->progs.count_entry;
	LIBBPF_OPTS(bpf_link_create_opts, opts);

	opts.uprobe_multi.path = link->path;
	opts.uprobe_multi.offsets = link->offsets;
	opts.uprobe_multi.ref_ctr_offsets = link->ref_ctr_offsets;
	opts.uprobe_multi.cookies = link->cookies;
	opts.uprobe_multi.cnt = link->count;
	opts.uprobe_multi.flags = link->flags;
	opts.uprobe_multi.pid = link->pid;
	return bpf_link_create(bpf_program__fd(program), 0, link->type ?: BPF_TRACE_UPROBE_MULTI,
			       &opts);
}

static void refused_by_kernel(struct uprobe_multi *skel, const char *path, unsigned long offset)
{
	const unsigned long good[] = { offset }, negative[] = { -1UL }, odd[] = { 1 };
	const unsigned long behind_end[] = { 1UL << 40 };
	const unsigned long one_bad[] = { offset, -1UL };
	const __u64 cookies[] = { 1 };
	const void *nowhere = (const void *)1;
	const struct kernel_case cases[] = {
		{ "no path", -EINVAL, NULL, good, .count = 1 },
		{ "path at no address", -EFAULT, nowhere, good, .count = 1 },
		{ "path to nothing", -ENOENT, "/no/such/file", good, .count = 1 },
		{ "path to a folder", -EBADF, "/", good, .count = 1 },
		{ "no offsets", -EINVAL, path, NULL, .count = 1 },
		{ "offsets at no address", -EFAULT, path, nowhere, .count = 1 },
		{ "negative offset", -EINVAL, path, negative, .count = 1 },
		{ "second offset negative", -EINVAL, path, one_bad, .count = 2 },
		{ "offset behind the end", -EINVAL, path, behind_end, .count = 1 },
		{ "count of 0", -EINVAL, path, good, .count = 0 },
		{ "count too large", -E2BIG, path, good, .count = TOO_MANY },
		{ "cookies at no address", -EFAULT, path, good, NULL, nowhere, .count = 1 },
		{ "reference counters at no address", -EFAULT, path, good, nowhere, .count = 1 },
		{ "reference counter negative", -EINVAL, path, good, negative, .count = 1 },
		{ "reference counter not aligned", -EINVAL, path, good, odd, .count = 1 },
		{ "unknown flag", -EINVAL, path, good, NULL, cookies, 1, .flags = 1U << 31 },
		{ "no such process", -ESRCH, path, good, NULL, cookies, 1, .pid = NO_PID },
		{ "attach type of kernel probes", -EINVAL, path, good, .count = 1,
		  .type = BPF_TRACE_KPROBE_MULTI },
		{ "program for one uprobe", -EINVAL, path, good, .count = 1,
		  .other_program = true },
	};
	const struct kernel_case none = {
		"nothing wrong", 0, path, good, .cookies = cookies, .count = 1,
	};
	int fd = create_link(skel, &none);

	if (!ASSERT_OK_FD(fd, none.name))
		return;
	close(fd);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fd = create_link(skel, &cases[i]);
		ASSERT_EQ(fd, cases[i].expected, cases[i].name);
		if (fd >= 0)
			close(fd);
	}
}

struct libbpf_case {
	const char *name;
	int expected;
	const char *path, *pattern;
	const char **symbols;
	const unsigned long *offsets;
	size_t count;
};

static void refused_by_libbpf(struct uprobe_multi *skel, const char *path, unsigned long offset)
{
	const char *known[] = { "uprobe_multi_function_000" };
	const char *unknown[] = { known[0], "uprobe_multi_no_such_function" };
	const unsigned long offsets[] = { offset };
	const struct libbpf_case cases[] = {
		{ "no path", -EINVAL, NULL, "*", .count = 0 },
		{ "path to nothing", -ENOENT, "/no/such/file", "uprobe_multi_*", .count = 0 },
		{ "neither pattern nor list", -EINVAL, path, .count = 0 },
		{ "pattern and symbols", -EINVAL, path, "*", known, .count = 1 },
		{ "pattern and offsets", -EINVAL, path, "*", NULL, offsets, 1 },
		{ "symbols and offsets", -EINVAL, path, NULL, known, offsets, 1 },
		{ "symbols without count", -EINVAL, path, NULL, known, .count = 0 },
		{ "pattern that matches nothing", -ENOENT, path, "uprobe_multi_no_such_*",
		  .count = 0 },
		{ "unknown symbol", -ENOENT, path, NULL, unknown, .count = 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		LIBBPF_OPTS(bpf_uprobe_multi_opts, opts, .syms = cases[i].symbols,
			    .offsets = cases[i].offsets, .cnt = cases[i].count);
		struct bpf_link *link;

		link = bpf_program__attach_uprobe_multi(skel->progs.count_entry, -1, cases[i].path,
							cases[i].pattern, &opts);
		ASSERT_ERR_LINK(link, cases[i].expected, cases[i].name);
	}
}

void uprobe_multi_fails(struct uprobe_multi *skel, const char *path, unsigned long offset)
{
	refused_by_kernel(skel, path, offset);
	refused_by_libbpf(skel, path, offset);
}
