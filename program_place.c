// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads .BTF.ext. For each section of code it has one list of function records and one list of line
 * records (Documentation/bpf/btf.rst, 4.2). Both kinds give a place in the code as an offset in
 * bytes.
 */
#include <bpf/btf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "program_place.h"

/* The header of .BTF.ext. */
struct ext_header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t header_bytes;
	uint32_t functions_at, functions_bytes; /* offset, from the end of the header, and size */
	uint32_t lines_at, lines_bytes;
};

/* The header before the records of one section of code. */
struct ext_section {
	uint32_t name_at;
	uint32_t records_cnt;
};

/* The fields of each record that this file reads; a record may be longer. */
struct ext_function {
	uint32_t offset_bytes, type_id;
};
struct ext_line {
	uint32_t offset_bytes, file_name_at, text_at, line_and_column;
};

/* An iterator over the records of one kind. */
struct walk {
	const char *at, *end;
	uint32_t record_bytes, left;
	struct ext_section section;
};

static struct walk begin_walk(const char *ext, uint32_t at, uint32_t len_bytes)
{
	const struct ext_header *header = (const void *)ext;
	struct walk walk = { .at = ext + header->header_bytes + at };

	walk.end = walk.at + len_bytes;
	if (len_bytes < sizeof(walk.record_bytes))
		return walk;
	memcpy(&walk.record_bytes, walk.at, sizeof(walk.record_bytes));
	walk.at += sizeof(walk.record_bytes);
	return walk;
}

/* Returns the next record, or NULL; walk->section is then the section of code of the record. */
static const void *next_record(struct walk *walk)
{
	const void *record;

	while (!walk->left) {
		if (walk->end - walk->at < (long)sizeof(walk->section))
			return NULL;
		memcpy(&walk->section, walk->at, sizeof(walk->section));
		walk->at += sizeof(walk->section);
		walk->left = walk->section.records_cnt;
	}
	if (walk->end - walk->at < walk->record_bytes)
		return NULL;
	record = walk->at;
	walk->at += walk->record_bytes;
	walk->left--;
	return record;
}

static void take_line(struct program_place *place, const struct btf *btf,
		      const struct ext_line *line)
{
	const char *path = btf__name_by_offset(btf, line->file_name_at), *next;

	/* Strip the folder of the compiler's run from the front of the path. */
	for (next = path; next && (next = strstr(next, "progs/")); next++)
		path = next;
	snprintf(place->file, sizeof(place->file), "%s", path ?: "");
	place->line = line->line_and_column >> 10;
}

static struct program_place look_up(const struct btf *btf, const char *ext, const char *program)
{
	const struct ext_header *header = (const void *)ext;
	struct walk functions = begin_walk(ext, header->functions_at, header->functions_bytes);
	struct walk lines = begin_walk(ext, header->lines_at, header->lines_bytes);
	struct program_place place = {};
	const struct ext_function *function;
	const struct ext_line *line;

	while ((function = next_record(&functions))) {
		const struct btf_type *type = btf__type_by_id(btf, function->type_id);

		if (type && !strcmp(btf__name_by_offset(btf, type->name_off), program))
			break;
	}
	while (function && (line = next_record(&lines))) {
		if (lines.section.name_at == functions.section.name_at &&
		    line->offset_bytes == function->offset_bytes) {
			take_line(&place, btf, line);
			break;
		}
	}
	return place;
}

struct program_place program_place__find(const void *elf, size_t elf_bytes, const char *program)
{
	int fd = memfd_create("object", MFD_CLOEXEC);
	struct program_place place = {};
	struct btf_ext *ext = NULL;
	struct btf *btf = NULL;
	char path[64];
	__u32 ext_bytes;

	/* Copy the object into a file, because libbpf reads .BTF.ext only from a file. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd >= 0 && write(fd, elf, elf_bytes) == (ssize_t)elf_bytes)
		btf = btf__parse_elf(path, &ext);
	if (btf && ext)
		place = look_up(btf, btf_ext__raw_data(ext, &ext_bytes), program);
	btf_ext__free(ext);
	btf__free(btf);
	if (fd >= 0)
		close(fd);
	return place;
}
