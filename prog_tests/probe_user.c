// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that read memory by its address: of the calling process and of the kernel, as bytes and
 * as text, present and absent; and programs that write memory of the process.
 */
#include <sys/mman.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/probe_user.h"
#include "probe_user.skel.h"

#define BUFFER_BYTES PROBE_USER_BYTES
#define UNTOUCHED    0x5a

static int run(struct probe_user *skel, const struct bpf_program *program, const void *address,
	       __u32 size_bytes)
{
	memset(skel->bss->buffer, UNTOUCHED, BUFFER_BYTES);
	skel->bss->address = (uintptr_t)address;
	skel->bss->size = size_bytes;
	return test_run(program);
}

/* The buffer has these bytes, and what is behind them is as before. */
static void has_bytes(struct probe_user *skel, const void *expected, __u32 count)
{
	ASSERT_MEMEQ(skel->bss->buffer, expected, count, "bytes");
	for (__u32 i = count; i < BUFFER_BYTES; i++)
		if (!ASSERT_EQ(skel->bss->buffer[i], UNTOUCHED, "byte behind"))
			break;
}

/* Two pages, of which the second cannot be read. */
static char *page_before_hole(void)
{
	int page_bytes = getpagesize();
	char *pages = mmap(NULL, 2 * page_bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (!ASSERT_NEQ((long)pages, (long)MAP_FAILED, "map pages"))
		return NULL;
	ASSERT_OK(munmap(pages + page_bytes, page_bytes), "unmap the second");
	return pages;
}

static void bytes(struct probe_user *skel, const struct bpf_program *program)
{
	static const char zeros[BUFFER_BYTES],
		letters[] = { 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h' };
	char *page = page_before_hole(), *end;

	if (!page)
		return;
	end = page + getpagesize();
	memcpy(end - 8, letters, sizeof(letters));
	ASSERT_EQ(run(skel, program, end - 8, 8), 0, "read");
	has_bytes(skel, "abcdefgh", 8);
	ASSERT_EQ(run(skel, program, end - 7, 3), 0, "read three");
	has_bytes(skel, "bcd", 3);
	/* After a failure, nothing of what was read is left. */
	ASSERT_EQ(run(skel, program, end - 4, 8), -EFAULT, "read into the hole");
	has_bytes(skel, zeros, 8);
	ASSERT_EQ(run(skel, program, end, 4), -EFAULT, "read the hole");
	has_bytes(skel, zeros, 4);
	ASSERT_EQ(run(skel, program, NULL, 4), -EFAULT, "read NULL");
	munmap(page, getpagesize());
}

static void read_user(struct probe_user *skel)
{
	bytes(skel, skel->progs.read_user);
}

static void copy_from_user(struct probe_user *skel)
{
	bytes(skel, skel->progs.copy_from_user);
}

static void copy_from_user_task(struct probe_user *skel)
{
	bytes(skel, skel->progs.copy_from_user_task);
	skel->bss->task_flags = 1;
	ASSERT_EQ(run(skel, skel->progs.copy_from_user_task, &skel, 4), -EINVAL, "unknown flag");
}

static void text(struct probe_user *skel, const struct bpf_program *program, const char *address)
{
	/* The result counts the zero byte; text that does not fit is cut, and still ends in one. */
	ASSERT_EQ(run(skel, program, address, BUFFER_BYTES), 14, "read");
	has_bytes(skel, "in the kernel", 14);
	ASSERT_EQ(run(skel, program, address + 7, BUFFER_BYTES), 7, "read the rest");
	has_bytes(skel, "kernel", 7);
	ASSERT_EQ(run(skel, program, address, 3), 3, "read three");
	has_bytes(skel, "in", 3);
	ASSERT_EQ(run(skel, program, address, 1), 1, "read one");
	has_bytes(skel, "", 1);
}

static void read_user_str(struct probe_user *skel)
{
	char *page = page_before_hole(), *end;

	if (!page)
		return;
	end = page + getpagesize();
	memcpy(end - 14, "in the kernel", 14);
	text(skel, skel->progs.read_user_str, end - 14);
	ASSERT_EQ(run(skel, skel->progs.read_user_str, end, 4), -EFAULT, "read the hole");
	end[-1] = 'x';
	ASSERT_EQ(run(skel, skel->progs.read_user_str, end - 3, 8), -EFAULT, "text into the hole");
	munmap(page, getpagesize());
}

static const void *kernel_text(struct probe_user *skel)
{
	ASSERT_EQ(test_run(skel->progs.find_kernel_text), 0, "find text");
	return (void *)(uintptr_t)skel->bss->address;
}

/* Some architectures tell addresses that can be no memory of the kernel from a failed access. */
static void is_refused(int err, const char *name)
{
	ASSERT(err == -ERANGE || err == -EFAULT, name, "returned %d", err);
}

static void read_kernel(struct probe_user *skel)
{
	const void *address = kernel_text(skel);
	char own[4] = "own";

	ASSERT_EQ(run(skel, skel->progs.read_kernel, address, 6), 0, "read");
	has_bytes(skel, "in the", 6);
	is_refused(run(skel, skel->progs.read_kernel, own, 4), "memory of the process");
	has_bytes(skel, "\0\0\0", 4);
	is_refused(run(skel, skel->progs.read_kernel, NULL, 2), "NULL");
}

static void read_kernel_str(struct probe_user *skel)
{
	char own[4] = "own";

	text(skel, skel->progs.read_kernel_str, kernel_text(skel));
	is_refused(run(skel, skel->progs.read_kernel_str, own, 4), "memory of the process");
}

static void write_user(struct probe_user *skel)
{
	char memory[8] = "before!", *page = page_before_hole();

	memcpy(skel->bss->buffer, "after", PROBE_USER_WRITTEN);
	skel->bss->address = (uintptr_t)memory;
	ASSERT_EQ(test_run(skel->progs.write_user), 0, "write");
	ASSERT_MEMEQ(memory, "aftere!", 8, "memory after the write");
	if (!page)
		return;
	skel->bss->address = (uintptr_t)page + getpagesize();
	ASSERT_EQ(test_run(skel->progs.write_user), -EFAULT, "write into the hole");
	ASSERT_OK(mprotect(page, getpagesize(), PROT_READ), "protect");
	skel->bss->address = (uintptr_t)page;
	ASSERT_EQ(test_run(skel->progs.write_user), -EFAULT, "write what can only be read");
	ASSERT_EQ(page[0], 0, "memory after the refusal");
	skel->bss->address = (uintptr_t)kernel_text(skel);
	ASSERT_EQ(test_run(skel->progs.write_user), -EFAULT, "write into the kernel");
	munmap(page, getpagesize());
}

TEST_NEEDS(probe_user, NEED_BTF, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"),
	   NEED_PROG_TYPE(SYSCALL, "5.14"), NEED_LOCKDOWN_BELOW("integrity"),
	   NEED_HELPER(copy_from_user_task, SYSCALL, "5.18"));

void test_probe_user(void)
{
	static const struct {
		const char *name;
		void (*run)(struct probe_user *skel);
	} subtests[] = {
		/* clang-format off */
		{ "read_user",			read_user },
		{ "read_user_str",		read_user_str },
		{ "read_kernel",		read_kernel },
		{ "read_kernel_str",		read_kernel_str },
		{ "write_user",			write_user },
		{ "copy_from_user",		copy_from_user },
		{ "copy_from_user_task",	copy_from_user_task },
		/* clang-format on */
	};

	RUN_SKEL_SUBTESTS(probe_user, subtests);
}
