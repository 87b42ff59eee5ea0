// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unpacks a bzImage to a vmlinux, and reads the release and the PVH entry of a vmlinux.
 *
 * Booting the uncompressed vmlinux saves a second under TCG, where the decompressor is slow.
 * Documentation/arch/x86/boot.rst describes the header of a bzImage.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/message.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/kernel/kernel_image.h"

#define SETUP_SECTORS_AT         0x1f1
#define MAGIC_AT                 0x202
#define PAYLOAD_OFFSET_AT        0x248
#define PAYLOAD_LENGTH_AT        0x24c
#define SECTOR_BYTES             512
#define XEN_ELFNOTE_PHYS32_ENTRY 18
#define UNPACK_DEADLINE_MS       120000

static const struct {
	const char *magic;
	size_t magic_len;
	const char *program;
} compressions[] = {
	{ "\x28\xb5\x2f\xfd", 4, "zstd" },
	{ "\x02\x21\x4c\x18", 4, "lz4" },
	{ "\xfd\x37\x7a\x58\x5a", 5, "xz" },
	{ "\x1f\x8b", 2, "gzip" },
	{ "BZh", 3, "bzip2" },
	{ "\x5d\x00\x00", 3, "xz" },
	{ "\x89LZO", 4, "lzop" },
};

struct mapping {
	const unsigned char *bytes;
	size_t len;
};

static int map_file(const char *path, struct mapping *map)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *bytes;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || st.st_size == 0) {
		close(fd);
		return -EINVAL;
	}
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (bytes == MAP_FAILED)
		return -errno;
	*map = (struct mapping){ bytes, st.st_size };
	return 0;
}

static void unmap(struct mapping *map)
{
	munmap((void *)map->bytes, map->len);
}

static uint32_t le32_at(const struct mapping *map, size_t at)
{
	uint32_t value;

	memcpy(&value, map->bytes + at, sizeof(value));
	return value;
}

static bool is_elf(const struct mapping *map)
{
	return map->len > sizeof(Elf64_Ehdr) && !memcmp(map->bytes, ELFMAG, SELFMAG) &&
	       map->bytes[EI_CLASS] == ELFCLASS64;
}

/* Unpack the payload, except its last four bytes, which are the size of the unpacked data. */
static int unpack_payload(struct vmtest *vm, const char *from, const char *to,
			  const unsigned char *payload, size_t len)
{
	autofree char *packed = text__format("%s.packed", to);
	autofree char *purpose = text__format("unpack the kernel %s", from);
	const char *tool = NULL;
	int in = -1, out = -1, err, ret;

	for (size_t i = 0; i < ARRAY_SIZE(compressions) && !tool; i++)
		if (len > 8 && !memcmp(payload, compressions[i].magic, compressions[i].magic_len))
			tool = compressions[i].program;
	if (!tool)
		return message__fail(EXIT_NO_KERNEL, "cannot %s: its compression is unknown",
				     purpose);
	err = file__write(packed, payload, len - 4);
	if (!err)
		in = open(packed, O_RDONLY | O_CLOEXEC);
	if (!err && in >= 0)
		out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (err || in < 0 || out < 0)
		ret = message__fail(EXIT_HOST_SETUP, "cannot %s to %s: " ERRNO_FMT, purpose, to,
				    ERRNO_ARG(err ? -err : errno));
	else
		ret = program__run_ok(vm,
				      &(struct program){ .argv = ARGV((char *)tool, "-dc"),
							 .input_fd = in,
							 .output_fd = out,
							 .deadline_ms = UNPACK_DEADLINE_MS },
				      purpose, EXIT_HOST_SETUP);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	unlink(packed);
	return ret;
}

static int unpack_bzimage(struct vmtest *vm, const char *from, const char *to,
			  const struct mapping *map)
{
	size_t setup, offset, len;

	if (map->len < PAYLOAD_LENGTH_AT + 4 || memcmp(map->bytes + MAGIC_AT, "HdrS", 4))
		return message__fail(EXIT_NO_KERNEL,
				     "cannot use %s as a kernel: neither a bzImage nor a "
				     "64-bit ELF file; name a bzImage, vmlinux or build "
				     "tree",
				     from);
	setup = map->bytes[SETUP_SECTORS_AT] ? map->bytes[SETUP_SECTORS_AT] : 4;
	offset = (setup + 1) * SECTOR_BYTES + le32_at(map, PAYLOAD_OFFSET_AT);
	len = le32_at(map, PAYLOAD_LENGTH_AT);
	if (offset > map->len || len > map->len - offset)
		return message__fail(EXIT_NO_KERNEL,
				     "cannot use %s as a kernel: the file is cut short", from);
	return unpack_payload(vm, from, to, map->bytes + offset, len);
}

int kernel_image__unpack(struct vmtest *vm, const char *from, const char *to)
{
	struct mapping map;
	int err = map_file(from, &map);
	int ret;

	if (err)
		return message__fail(EXIT_NO_KERNEL, "cannot read the kernel %s: " ERRNO_FMT, from,
				     ERRNO_ARG(-err));
	if (is_elf(&map)) {
		err = symlink(from, to) ? -errno : 0;
		ret = err ? message__fail(EXIT_HOST_SETUP, "cannot link %s to %s: " ERRNO_FMT, to,
					  from, ERRNO_ARG(-err)) :
			    0;
	} else {
		ret = unpack_bzimage(vm, from, to, &map);
	}
	unmap(&map);
	return ret;
}

char *kernel_image__release(const char *vmlinux)
{
	static const char banner[] = "Linux version ";
	struct mapping map;
	const char *at, *end;
	char *release = NULL;
	size_t len;

	if (map_file(vmlinux, &map))
		return NULL;
	at = (const char *)map.bytes;
	end = at + map.len;
	while (!release && (at = memmem(at, end - at, banner, strlen(banner)))) {
		at += strlen(banner);
		for (len = 0; at + len < end && !strchr(" \n", at[len]); len++)
			;
		/* Skip the format string "Linux version %s", which is not the banner. */
		if (len && *at != '%')
			release = text__format("%.*s", (int)len, at);
	}
	unmap(&map);
	return release;
}

static bool notes_have_pvh(const unsigned char *notes, size_t len)
{
	while (len >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr note;
		size_t size;

		memcpy(&note, notes, sizeof(note));
		size = sizeof(note) + ((note.n_namesz + 3) & ~3ULL) + ((note.n_descsz + 3) & ~3ULL);
		if (size > len)
			return false;
		if (note.n_type == XEN_ELFNOTE_PHYS32_ENTRY && note.n_namesz == sizeof("Xen") &&
		    !memcmp(notes + sizeof(note), "Xen", sizeof("Xen")))
			return true;
		notes += size;
		len -= size;
	}
	return false;
}

bool kernel_image__has_pvh(const char *vmlinux)
{
	struct mapping map;
	bool found = false;
	Elf64_Ehdr header;

	if (map_file(vmlinux, &map))
		return false;
	if (is_elf(&map)) {
		memcpy(&header, map.bytes, sizeof(header));
		for (int i = 0; i < header.e_phnum && !found; i++) {
			size_t at = header.e_phoff + i * sizeof(Elf64_Phdr);
			Elf64_Phdr segment;

			if (at < header.e_phoff || at > map.len || sizeof(segment) > map.len - at)
				break;
			memcpy(&segment, map.bytes + at, sizeof(segment));
			if (segment.p_type == PT_NOTE && segment.p_offset < map.len &&
			    segment.p_filesz <= map.len - segment.p_offset)
				found = notes_have_pvh(map.bytes + segment.p_offset,
						       segment.p_filesz);
		}
	}
	unmap(&map);
	return found;
}
