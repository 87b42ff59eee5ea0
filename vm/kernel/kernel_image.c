// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unpacks a file with a kernel to a vmlinux, and reads the release and the PVH entry of a vmlinux.
 *
 * The file may be a vmlinux, a bzImage, one of these compressed as a whole, or a file of the build
 * with a compressed vmlinux somewhere in it (arch/x86/boot/vmlinux.bin).
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
#define LOAD_FLAGS_AT            0x236
#define LOAD_FLAG_64_BIT         1
#define XEN_ELFNOTE_PHYS32_ENTRY 18
#define UNPACK_DEADLINE_MS       120000
/* Attempts to find a compressed vmlinux in a file: each takes up to a second. */
#define SCAN_ATTEMPTS_MAX        8

/* The first bytes of compressed data. Those of LZMA are too short to be looked for in a file. */
static const struct {
	const char *magic;
	size_t magic_len;
	const char *program;
	bool is_distinct;
} compressions[] = {
	{ "\x28\xb5\x2f\xfd", 4, "zstd", true },
	{ "\x02\x21\x4c\x18", 4, "lz4", true },
	{ "\xfd\x37\x7a\x58\x5a", 5, "xz", true },
	{ "\x1f\x8b\x08", 3, "gzip", true },
	{ "BZh", 3, "bzip2", true },
	{ "\x5d\x00\x00", 3, "xz", false },
	{ "\x89LZO", 4, "lzop", true },
	{ "\x04\x22\x4d\x18", 4, "lz4", true },
};

static const char banner[] = "Linux version ";

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

static bool is_any_elf(const struct mapping *map)
{
	return map->len > sizeof(Elf64_Ehdr) && !memcmp(map->bytes, ELFMAG, SELFMAG);
}

static bool is_elf(const struct mapping *map)
{
	return is_any_elf(map) && map->bytes[EI_CLASS] == ELFCLASS64;
}

static bool has_banner(const struct mapping *map)
{
	return memmem(map->bytes, map->len, banner, strlen(banner));
}

/* Return: the program that unpacks these bytes, or NULL. */
static const char *unpacker_of(const unsigned char *bytes, size_t len, bool only_distinct)
{
	for (size_t i = 0; i < ARRAY_SIZE(compressions); i++)
		if (len > compressions[i].magic_len &&
		    (compressions[i].is_distinct || !only_distinct) &&
		    !memcmp(bytes, compressions[i].magic, compressions[i].magic_len))
			return compressions[i].program;
	return NULL;
}

/*
 * Unpack compressed bytes into a file.
 *
 * @outcome: NULL: the program must succeed; otherwise set to its outcome, which may be a failure
 *
 * Return: 0 or an exit status.
 */
static int unpack_bytes(struct vmtest *vm, const char *from, const char *to, const char *tool,
			const unsigned char *bytes, size_t len, struct outcome *outcome)
{
	autofree char *packed = text__format("%s.packed", to);
	autofree char *purpose = text__format("unpack the kernel %s", from);
	struct program program = { .argv = ARGV((char *)tool, "-dc"),
				   .deadline_ms = UNPACK_DEADLINE_MS };
	int in = -1, out = -1, err, ret;

	err = file__write(packed, bytes, len);
	if (!err)
		in = open(packed, O_RDONLY | O_CLOEXEC);
	if (!err && in >= 0)
		out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	program.input_fd = in;
	program.output_fd = out;
	if (err || in < 0 || out < 0)
		ret = message__fail(EXIT_HOST_SETUP, "cannot %s to %s: " ERRNO_FMT, purpose, to,
				    ERRNO_ARG(err ? -err : errno));
	else if (outcome)
		ret = program__run(vm, &program, outcome);
	else
		ret = program__run_ok(vm, &program, purpose, EXIT_NO_KERNEL);
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
	const char *tool;

	if (!(map->bytes[LOAD_FLAGS_AT] & LOAD_FLAG_64_BIT))
		return message__fail(EXIT_NO_KERNEL,
				     "cannot use %s as a kernel: it is of 32 bits; vmtest boots "
				     "kernels for x86_64",
				     from);
	setup = map->bytes[SETUP_SECTORS_AT] ? map->bytes[SETUP_SECTORS_AT] : 4;
	offset = (setup + 1) * SECTOR_BYTES + le32_at(map, PAYLOAD_OFFSET_AT);
	len = le32_at(map, PAYLOAD_LENGTH_AT);
	if (offset > map->len || len > map->len - offset)
		return message__fail(EXIT_NO_KERNEL,
				     "cannot use %s as a kernel: the file is cut short", from);
	tool = len > 8 ? unpacker_of(map->bytes + offset, len, false) : NULL;
	if (!tool)
		return message__fail(EXIT_NO_KERNEL,
				     "cannot unpack the kernel %s: its compression is unknown",
				     from);
	/* The last four bytes are the size of the unpacked data. Those of gzip are part of its format. */
	if (strcmp(tool, "gzip"))
		len -= 4;
	return unpack_bytes(vm, from, to, tool, map->bytes + offset, len, NULL);
}

static bool is_kernel_elf(const char *path)
{
	struct mapping map;
	bool is_kernel;

	if (map_file(path, &map))
		return false;
	is_kernel = is_elf(&map) && has_banner(&map);
	unmap(&map);
	return is_kernel;
}

/*
 * Look for a compressed vmlinux in the file. The program that unpacks it may fail at what follows
 * it in the file, so only the result counts.
 *
 * Return: 0 if it was found, EXIT_NO_KERNEL without a message if not, or another exit status.
 */
static int scan(struct vmtest *vm, const char *from, const char *to, const struct mapping *map)
{
	int attempts = 0;

	for (size_t at = 0; at < map->len && attempts < SCAN_ATTEMPTS_MAX; at++) {
		const char *tool = unpacker_of(map->bytes + at, map->len - at, true);
		autofree char *path = tool ? program__path(tool) : NULL;
		autooutcome struct outcome outcome = {};
		int ret;

		if (!path)
			continue;
		attempts++;
		ret = unpack_bytes(vm, from, to, tool, map->bytes + at, map->len - at, &outcome);
		if (ret || is_kernel_elf(to))
			return ret;
	}
	return EXIT_NO_KERNEL;
}

static int fail_no_kernel(const char *from, const struct mapping *map)
{
	static const char arm64_magic[] = "ARM\x64";
	const size_t arm64_at = 0x38;
	bool is_other = is_any_elf(map) ||
			(map->len > arm64_at + 4 &&
			 !memcmp(map->bytes + arm64_at, arm64_magic, strlen(arm64_magic)));

	return message__fail(EXIT_NO_KERNEL,
			     is_other ? "cannot use %s as a kernel: it is no kernel for x86_64" :
					"cannot use %s as a kernel: neither a bzImage nor a "
					"64-bit ELF file, and no compressed one is in it; name a "
					"bzImage, vmlinux, package (.deb, .rpm) or build tree",
			     from);
}

/* Return: true if all bytes are there to which the program headers refer. */
static bool is_complete(const struct mapping *map)
{
	Elf64_Ehdr header;

	memcpy(&header, map->bytes, sizeof(header));
	for (int i = 0; i < header.e_phnum; i++) {
		size_t at = header.e_phoff + i * sizeof(Elf64_Phdr);
		Elf64_Phdr segment;

		if (at < header.e_phoff || at > map->len || sizeof(segment) > map->len - at)
			return false;
		memcpy(&segment, map->bytes + at, sizeof(segment));
		if (segment.p_offset > map->len || segment.p_filesz > map->len - segment.p_offset)
			return false;
	}
	return true;
}

static int use_elf(struct vmtest *vm, const char *from, const char *to, const struct mapping *map)
{
	Elf64_Ehdr header;
	int ret;

	memcpy(&header, map->bytes, sizeof(header));
	if (header.e_machine != EM_X86_64)
		return fail_no_kernel(from, map);
	if (!is_complete(map))
		return message__fail(EXIT_NO_KERNEL,
				     "cannot use %s as a kernel: the file is cut short", from);
	if (!has_banner(map)) {
		ret = scan(vm, from, to, map);
		return ret == EXIT_NO_KERNEL ?
			       message__fail(
				       ret, "cannot use %s as a kernel: no \"Linux version\" in it",
				       from) :
			       ret;
	}
	if (symlink(from, to))
		return message__fail(EXIT_HOST_SETUP, "cannot link %s to %s: " ERRNO_FMT, to, from,
				     ERRNO_ARG(errno));
	return 0;
}

static bool is_bzimage(const struct mapping *map)
{
	return map->len >= PAYLOAD_LENGTH_AT + 4 && !memcmp(map->bytes + MAGIC_AT, "HdrS", 4);
}

/* Unpack a file that is compressed as a whole, and then what is in it. */
static int unpack_whole(struct vmtest *vm, const char *from, const char *to, const char *tool,
			const struct mapping *map, char **bzimage)
{
	autofree char *inner = text__format("%s.whole", to);
	struct mapping inner_map;
	int ret = unpack_bytes(vm, from, inner, tool, map->bytes, map->len, NULL);

	if (ret)
		return ret;
	if (map_file(inner, &inner_map))
		return fail_no_kernel(from, map);
	if (is_elf(&inner_map)) {
		ret = use_elf(vm, inner, to, &inner_map);
	} else if (is_bzimage(&inner_map)) {
		ret = unpack_bzimage(vm, inner, to, &inner_map);
		*bzimage = text__copy(inner);
	} else {
		ret = fail_no_kernel(from, &inner_map);
	}
	unmap(&inner_map);
	return ret;
}

static int unpack_mapped(struct vmtest *vm, const char *from, const char *to,
			 const struct mapping *map, char **bzimage)
{
	const char *tool = unpacker_of(map->bytes, map->len, false);
	int ret;

	if (is_elf(map))
		return use_elf(vm, from, to, map);
	if (is_bzimage(map)) {
		*bzimage = text__copy(from);
		return unpack_bzimage(vm, from, to, map);
	}
	if (tool)
		return unpack_whole(vm, from, to, tool, map, bzimage);
	ret = is_any_elf(map) ? EXIT_NO_KERNEL : scan(vm, from, to, map);
	return ret == EXIT_NO_KERNEL ? fail_no_kernel(from, map) : ret;
}

int kernel_image__unpack(struct vmtest *vm, const char *from, const char *to, char **bzimage)
{
	struct mapping map;
	struct stat st;
	int err = stat(from, &st) ? -errno : 0;
	int ret;

	*bzimage = NULL;
	if (!err && !S_ISREG(st.st_mode))
		return message__fail(EXIT_NO_KERNEL, "cannot use %s as a kernel: it is not a file",
				     from);
	if (!err && !st.st_size)
		return message__fail(EXIT_NO_KERNEL, "cannot use %s as a kernel: the file is empty",
				     from);
	err = err ? err : map_file(from, &map);
	if (err)
		return message__fail(EXIT_NO_KERNEL, "cannot read the kernel %s: " ERRNO_FMT, from,
				     ERRNO_ARG(-err));
	ret = unpack_mapped(vm, from, to, &map, bzimage);
	unmap(&map);
	return ret;
}

int kernel_image__configuration(struct vmtest *vm, const char *vmlinux, const char *to, bool *found)
{
	static const char start[] = "IKCFG_ST", end[] = "IKCFG_ED";
	struct mapping map;
	const unsigned char *from, *behind = NULL;
	int ret = 0;

	*found = false;
	if (map_file(vmlinux, &map))
		return 0;
	from = memmem(map.bytes, map.len, start, strlen(start));
	if (from) {
		from += strlen(start);
		behind = memmem(from, map.bytes + map.len - from, end, strlen(end));
	}
	if (behind) {
		ret = unpack_bytes(vm, vmlinux, to, "gzip", from, behind - from, NULL);
		*found = !ret;
	}
	unmap(&map);
	return ret;
}

char *kernel_image__release(const char *vmlinux)
{
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
