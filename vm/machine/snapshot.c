// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds, saves and removes saved guests.
 *
 * The state is a file beside a file with its hash and that of its description. Both are checked
 * before each use: a damaged page in the memory of a restored guest could lead to any result.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "runner/system/clock.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/disk/image_cache.h"
#include "vm/disk/staging.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/hash.h"
#include "vm/host/message.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/machine/qemu.h"
#include "vm/machine/snapshot.h"

static char *hash_path(const char *path)
{
	return text__format("%s.hash", path);
}

/* Compute the text of a hash file, from the state and its description. Return: 0 or -errno. */
static int hash_of(const char *path, const char *description, char **text)
{
	uint64_t hash;
	int err = hash__file(path, &hash);

	if (!err)
		*text = text__format("%016llx %016llx\n", hash + 0ULL,
				     hash__bytes(description, strlen(description)) + 0ULL);
	return err;
}

/* Return: 0 or -errno. */
static int write_hash(const char *path, const char *description)
{
	autofree char *beside = hash_path(path), *text = NULL;
	int err = hash_of(path, description, &text);

	return err ? err : file__write_text(beside, text);
}

static bool is_sound(const char *path, const char *description)
{
	autofree char *beside = hash_path(path), *expected = text_file__read(beside), *text = NULL;

	return expected && !hash_of(path, description, &text) && !strcmp(text, expected);
}

/* Under KVM, a guest has the features of the host's CPUs. */
static char *describe_cpu(const struct machine *machine)
{
	char *text = machine->accel == ACCEL_KVM ? text_file__read("/proc/cpuinfo") : NULL;
	char *end = text ? strstr(text, "\nbugs") : NULL;

	if (end)
		*end = '\0';
	return text ? text : text__copy("");
}

/* Return: 0 or an exit status. */
static int describe(const struct machine *machine, uint64_t initramfs_hash, char **description)
{
	autofree char *qemu = program__path(QEMU_PROGRAM), *cpu = NULL, *arguments = NULL;
	autofree char *list = NULL;
	struct staging files = {};
	int ret = qemu ? 0 : program__missing(QEMU_PROGRAM);

	ret = ret ? ret : staging__add_file(&files, qemu, "/qemu");
	ret = ret ? ret : staging__add_file(&files, machine->kernel, "/kernel");
	if (!ret) {
		list = staging__describe(&files);
		cpu = describe_cpu(machine);
		arguments = qemu__describe(machine);
		*description = text__format("saved guest, initramfs %016llx\n%s%s%s",
					    initramfs_hash + 0ULL, list, arguments, cpu);
	}
	staging__free(&files);
	return ret;
}

int snapshot__find(struct vmtest *vm, const struct machine *machine, uint64_t initramfs_hash,
		   struct snapshot *snapshot)
{
	int ret = describe(machine, initramfs_hash, &snapshot->description);

	if (ret || !image_cache__find(vm, snapshot->description, &snapshot->image))
		return ret;
	if (!is_sound(snapshot->image.path, snapshot->description)) {
		message__warn("the saved guest in %s is damaged: booting instead",
			      snapshot->image.path);
		snapshot__discard(vm, snapshot);
	}
	return 0;
}

bool snapshot__is_found(const struct snapshot *snapshot)
{
	return snapshot->image.path;
}

struct saving {
	struct qemu *qemu;
	const char *description;
	char *error;
};

/* Write the state, for image_cache__make(). */
static int write_state(struct vmtest *vm, const char *path, void *data)
{
	struct saving *saving = data;
	int err = qemu__save(saving->qemu, path, &saving->error);

	(void)vm;
	if (err)
		return EXIT_HOST_SETUP;
	err = write_hash(path, saving->description);
	if (!err)
		return 0;
	saving->error = text__format(ERRNO_FMT, ERRNO_ARG(-err));
	return EXIT_HOST_SETUP;
}

void snapshot__save(struct vmtest *vm, struct snapshot *snapshot, struct qemu *qemu)
{
	struct saving saving = { .qemu = qemu, .description = snapshot->description };
	int64_t start_ms = clock__now_ms();
	int ret = image_cache__make(vm, snapshot->description, write_state, &saving,
				    &snapshot->image);

	if (ret)
		message__warn("cannot save the guest, so the next run boots too: %s",
			      saving.error ? saving.error : "no reason is known");
	else if (snapshot->image.path)
		message__detail(vm, "saved the guest in %lld ms",
				(long long)(clock__now_ms() - start_ms));
	free(saving.error);
}

void snapshot__discard(struct vmtest *vm, struct snapshot *snapshot)
{
	image_cache__release(&snapshot->image);
	image_cache__remove(vm, snapshot->description);
}

void snapshot__free(struct snapshot *snapshot)
{
	image_cache__release(&snapshot->image);
	free(snapshot->description);
	*snapshot = SNAPSHOT_NONE;
}
