// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are given as a kernel. They are mapped into memory that ends where they end, so that
 * a read behind it is seen. No program is started to unpack them.
 */
#include "check/fuzz/fuzz.h"
#include "vm/host/exit_status.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"

static void *map_exactly(size_t len, int fd)
{
	void *bytes = malloc(len);

	INVARIANT(pread(fd, bytes, len, 0) == (ssize_t)len);
	return bytes;
}

#define mmap(address, len, protection, flags, fd, offset) map_exactly(len, fd)
#define munmap(address, len)                              free(address)
#include "vm/kernel/kernel_image.c"

static const struct program *unpacked;

int program__run_ok(struct vmtest *vm, const struct program *program, const char *purpose,
		    int status)
{
	unpacked = program;
	return 0;
}

/* Attempts to unpack something are made only if there is a program for it. */
int program__run(struct vmtest *vm, const struct program *program, struct outcome *outcome)
{
	return EXIT_HOST_SETUP;
}

char *program__path(const char *name)
{
	return NULL;
}

void program__free_outcome(struct outcome *outcome)
{
}

static void check_release(struct input input, const char *path)
{
	autofree char *release = kernel_image__release(path);

	if (release) {
		INVARIANT(*release && !strpbrk(release, " \n") && *release != '%');
		INVARIANT(memmem(input.data, input.size, release, strlen(release)));
	}
}

static void check_unpack(struct input input, const char *path)
{
	char folder[] = "/tmp/fuzz-kernel-image.XXXXXX";
	autofree char *to = text__format("%s/vmlinux", mkdtemp(folder));
	autofree char *bzimage = NULL;
	struct vmtest vm = { .signal_fd = -1 };
	int status;

	unpacked = NULL;
	status = kernel_image__unpack(&vm, path, to, &bzimage);
	/* It is a 64-bit ELF file, or something has been unpacked, or it was refused. */
	INVARIANT(status || unpacked || (input.size > EI_CLASS && !memcmp(input.data, ELFMAG, 4)));
	unlink(to);
	rmdir(folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	char path[32];
	int fd = input__file(&input, path);
	bool has_pvh = kernel_image__has_pvh(path);

	INVARIANT(!has_pvh || memmem(data, size, "Xen", sizeof("Xen")));
	check_release(input, path);
	check_unpack(input, path);
	close(fd);
	return 0;
}
