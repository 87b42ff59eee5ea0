// SPDX-License-Identifier: GPL-2.0-only
/* Loads the smallest program, or makes the smallest map, that shows whether the kernel can do it. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/needs/refusal.h"
#include "runner/needs/try_bpf.h"
#include "runner/text/error.h"

/*
 * @ret: what libbpf's probe returned: 1, 0 or a negative errno
 * @err: errno after that call, which is still that of bpf(2) if the kernel refused
 */
static int tried(int ret, int err, uint64_t capabilities, struct need_found *found,
		 const char *what)
{
	if (ret > 0)
		return 1;
	err = ret < 0 ? -ret : err;
	if (refusal__is(err))
		return need_found__refused(found, err, capabilities);
	if (ret < 0)
		return ret;
	found->tried_err = err;
	return err ? need_found__absent(found, "%s: %s", what, error__text(err)) :
		     need_found__absent(found, "%s", what);
}

/* The capabilities that bpf_prog_load() in the kernel requires for a program type. */
static uint64_t capabilities_for(int prog_type)
{
	switch (prog_type) {
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_SYSCALL:
		return CAPABILITY(CAP_BPF);
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE:
	case BPF_PROG_TYPE_TRACING:
	case BPF_PROG_TYPE_LSM:
	case BPF_PROG_TYPE_STRUCT_OPS:
	case BPF_PROG_TYPE_EXT:
		return CAPABILITY(CAP_BPF) | CAPABILITY(CAP_PERFMON);
	default:
		return CAPABILITY(CAP_BPF) | CAPABILITY(CAP_NET_ADMIN);
	}
}

/*
 * Lockdown takes these helpers away since Linux 5.13, before that it made their calls fail: the
 * places with LOCKDOWN_BPF_READ_KERNEL and LOCKDOWN_BPF_WRITE_USER in the kernel.
 */
static const struct {
	int helper;
	const char *level;
} taken_by_lockdown[] = {
	{ BPF_FUNC_probe_read, "confidentiality" },
	{ BPF_FUNC_probe_read_str, "confidentiality" },
	{ BPF_FUNC_probe_read_kernel, "confidentiality" },
	{ BPF_FUNC_probe_read_kernel_str, "confidentiality" },
	{ BPF_FUNC_probe_write_user, "integrity" },
};

static bool lockdown_takes(const struct kernel_facts *facts, int helper)
{
	size_t i;

	for (i = 0; i < sizeof(taken_by_lockdown) / sizeof(taken_by_lockdown[0]); i++) {
		if (taken_by_lockdown[i].helper == helper)
			return !kernel_facts__is_locked_below(facts, taken_by_lockdown[i].level);
	}
	return false;
}

int try_bpf__helper(struct kernel_facts *facts, const struct test_need *need,
		    struct need_found *found)
{
	int ret;

	if (lockdown_takes(facts, need->number)) {
		found->is_excused = true;
		need_found__cure(found, "%s", WITHOUT_LOCKDOWN);
		return need_found__absent(found, "lockdown (%s) does not permit it",
					  facts->info->lockdown);
	}
	errno = 0;
	ret = libbpf_probe_bpf_helper(need->prog_type, need->number, NULL);
	if (ret == -EOPNOTSUPP)
		return ret;
	return tried(ret, errno, capabilities_for(need->prog_type), found,
		     "a program that calls it is rejected");
}

int try_bpf__prog_type(struct kernel_facts *facts, const struct test_need *need,
		       struct need_found *found)
{
	int ret;

	errno = 0;
	ret = libbpf_probe_bpf_prog_type(need->number, NULL);
	return tried(ret, errno, capabilities_for(need->number), found,
		     "a program of this type is rejected");
}

int try_bpf__map_type(struct kernel_facts *facts, const struct test_need *need,
		      struct need_found *found)
{
	int ret;

	errno = 0;
	ret = libbpf_probe_bpf_map_type(need->number, NULL);
	return tried(ret, errno, CAPABILITY(CAP_BPF), found, "a map of this type is rejected");
}

static const struct bpf_insn return_0[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
	{ .code = BPF_JMP | BPF_EXIT },
};

/* Load a program that returns 0 and is for one type of the kernel's BTF. */
static int try_tracing(struct kernel_facts *facts, struct need_found *found, const char *type,
		       int type_kind, enum bpf_attach_type attach_type)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach_type);
	struct btf *btf = kernel_facts__btf(facts);
	int id, fd, err;

	if (!btf)
		return need_found__no_btf(found, facts);
	id = btf__find_by_name_kind(btf, type, type_kind);
	if (id < 0)
		return need_found__absent(found, "no %s in the kernel's types", type);
	opts.attach_btf_id = id;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", return_0, 2, &opts);
	err = errno;
	if (fd >= 0)
		close(fd);
	return tried(fd >= 0, err, capabilities_for(BPF_PROG_TYPE_TRACING), found,
		     "a program for it is rejected");
}

int try_bpf__iterator(struct kernel_facts *facts, const struct test_need *need,
		      struct need_found *found)
{
	char type[128];

	snprintf(type, sizeof(type), "bpf_iter_%s", need->name);
	return try_tracing(facts, found, type, BTF_KIND_FUNC, BPF_TRACE_ITER);
}

int try_bpf__btf_tracepoint(struct kernel_facts *facts, const struct test_need *need,
			    struct need_found *found)
{
	char type[128];

	snprintf(type, sizeof(type), "btf_trace_%s", need->name);
	return try_tracing(facts, found, type, BTF_KIND_TYPEDEF, BPF_TRACE_RAW_TP);
}

int try_bpf__jit(struct need_found *found)
{
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", return_0, 2, NULL);
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	int err = 0;

	if (fd < 0 || bpf_prog_get_info_by_fd(fd, &info, &len))
		err = -errno;
	if (fd >= 0)
		close(fd);
	if (refusal__is(err))
		return need_found__refused(found, err, CAPABILITY(CAP_BPF));
	if (err)
		return err;
	need_found__cure(found,
			 "set net.core.bpf_jit_enable to 1 in the initial network namespace; "
			 "the kernel needs CONFIG_BPF_JIT=y");
	return info.jited_prog_len > 0 ||
	       need_found__absent(found, "the kernel does not compile a program");
}
