// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs of type SYSCALL: they make bpf(2) calls for the process that runs them, find types and
 * symbols of the kernel, and return a changed context.
 */
#include <bpf/btf.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "syscall.skel.h"

static void create_and_close(struct syscall *skel)
{
	struct bpf_map_info info = {};
	__u32 bytes = sizeof(info), key = 5;
	__u64 value = 0;
	int fd;

	skel->bss->key_bytes = 4;
	fd = test_run(skel->progs.create_map);
	if (!ASSERT_GE(fd, 0, "map"))
		return;
	ASSERT_OK(bpf_map_get_info_by_fd(fd, &info, &bytes), "info");
	ASSERT_EQ(info.type, BPF_MAP_TYPE_HASH, "type");
	ASSERT_EQ(info.key_size, 4, "size of key");
	ASSERT_EQ(info.value_size, 8, "size of value");
	ASSERT_EQ(info.max_entries, 3, "entries");

	skel->bss->map_fd = fd;
	skel->bss->key = 5;
	skel->bss->value = 55;
	ASSERT_EQ(test_run(skel->progs.update_map), 0, "update");
	ASSERT_EQ(test_run(skel->progs.update_map), -EEXIST, "update again");
	ASSERT_OK(bpf_map_lookup_elem(fd, &key, &value), "look up");
	ASSERT_EQ(value, 55, "value");
	ASSERT_EQ(test_run(skel->progs.close_descriptor), 0, "close");
	ASSERT_EQ(fcntl(fd, F_GETFD), -1, "descriptor is closed");
	ASSERT_EQ(test_run(skel->progs.close_descriptor), -EBADF, "close again");
	ASSERT_EQ(test_run(skel->progs.update_map), -EBADF, "update without map");
}

static void refused(struct syscall *skel)
{
	skel->bss->key_bytes = 0;
	ASSERT_EQ(test_run(skel->progs.create_map), -EINVAL, "map without a key");
	skel->bss->key_bytes = 4;
	skel->bss->command = BPF_PROG_QUERY;
	ASSERT_EQ(test_run(skel->progs.create_map), -EINVAL, "command that programs may not call");
}

static void find_type(struct syscall *skel)
{
	struct btf *kernel = btf__load_vmlinux_btf();

	if (!ASSERT_OK_PTR(kernel, "kernel's BTF"))
		return;
	strcpy(skel->bss->name, "task_struct");
	skel->bss->kind = BTF_KIND_STRUCT;
	ASSERT_EQ(test_run(skel->progs.find_type), 0, "run");
	ASSERT_EQ(skel->bss->found, btf__find_by_name_kind(kernel, "task_struct", BTF_KIND_STRUCT),
		  "struct");
	skel->bss->kind = BTF_KIND_UNION;
	ASSERT_EQ(test_run(skel->progs.find_type), 0, "run");
	ASSERT_EQ(skel->bss->found, -ENOENT, "another kind");
	skel->bss->flags = 1;
	ASSERT_EQ(test_run(skel->progs.find_type), 0, "run");
	ASSERT_EQ(skel->bss->found, -EINVAL, "unknown flag");
	skel->bss->flags = 0;
	/* The name fills the buffer, so that its end is missing. */
	memset(skel->bss->name, 'x', sizeof(skel->bss->name));
	ASSERT_EQ(test_run(skel->progs.find_type), 0, "run");
	ASSERT_EQ(skel->bss->found, -EINVAL, "name without an end");
	btf__free(kernel);
}

/* The address of a symbol, as /proc/kallsyms shows it. */
static __u64 address_of(const char *wanted)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long long address, found = 0;
	char name[256], type;

	if (!ASSERT_OK_PTR(file, "/proc/kallsyms"))
		return 0;
	while (!found && fscanf(file, "%llx %c %255s%*[^\n]", &address, &type, name) == 3)
		if (!strcmp(name, wanted))
			found = address;
	fclose(file);
	return found;
}

static void find_symbol(struct syscall *skel)
{
	strcpy(skel->bss->symbol.name, "bpf_prog_put");
	ASSERT_EQ(test_run(skel->progs.find_symbol), 0, "find");
	ASSERT_EQ(skel->bss->address, address_of("bpf_prog_put"), "address");
	ASSERT_NEQ(skel->bss->address, 0, "address");
	strcpy(skel->bss->symbol.name, "no_such_symbol_at_all");
	ASSERT_EQ(test_run(skel->progs.find_symbol), -ENOENT, "unknown symbol");
	ASSERT_EQ(skel->bss->address, 0, "address of unknown symbol");
	skel->bss->flags = 1;
	ASSERT_EQ(test_run(skel->progs.find_symbol), -EINVAL, "unknown flag");
	skel->bss->flags = 0;
	/* The name fills the buffer, so that its end is missing. */
	memset(skel->bss->symbol.name, 'x', sizeof(skel->bss->symbol.name));
	ASSERT_EQ(test_run(skel->progs.find_symbol), -EINVAL, "name without an end");
}

static void context(struct syscall *skel)
{
	__u32 order[2] = { 12 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = order, .ctx_size_in = sizeof(order));
	LIBBPF_OPTS(bpf_test_run_opts, packet, .data_in = order, .data_size_in = sizeof(order));

	ASSERT_EQ(test_run_opts(skel->progs.square, &opts), 13, "return value");
	ASSERT_EQ(order[0], 12, "number");
	ASSERT_EQ(order[1], 144, "result in the context");
	opts.ctx_size_in = 4;
	ASSERT_EQ(bpf_prog_test_run_opts(bpf_program__fd(skel->progs.square), &opts), -EINVAL,
		  "context that is too small");
	ASSERT_EQ(bpf_prog_test_run_opts(bpf_program__fd(skel->progs.square), &packet), -EINVAL,
		  "packet");
}

TEST_NEEDS(syscall, NEED_BTF, NEED_PROG_TYPE(SYSCALL, "5.14"));
SUBTEST_NEEDS(syscall, "find_symbol", NEED_HELPER(kallsyms_lookup_name, SYSCALL, "5.16"),
	      NEED_SYSCTL("kernel.kptr_restrict", "0"));

void test_syscall(void)
{
	static const struct {
		const char *name;
		void (*run)(struct syscall *skel);
	} subtests[] = {
		{ "create_and_close", create_and_close },
		{ "refused", refused },
		{ "find_type", find_type },
		{ "find_symbol", find_symbol },
		{ "context", context },
	};

	RUN_SKEL_SUBTESTS(syscall, subtests);
}
