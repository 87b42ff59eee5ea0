// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the dependencies of a module from the section .modinfo of its file.
 *
 * The build (modpost) has already found out which modules have the symbols that a module uses, so
 * no symbols are read here.
 */
#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "runner/text/cleanup.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/module_file.h"

static const struct {
	const char *ending;
	const char *decompressor;
} endings[] = {
	{ ".ko", NULL },
	{ ".ko.xz", "xz" },
	{ ".ko.zst", "zstd" },
	{ ".ko.gz", "gzip" },
};

/* The bytes of a file or of a part of it. */
struct part {
	const char *bytes;
	uint64_t len_bytes;
};

/* Replace '-' by '_': names of files and dependencies have either, with the same meaning. */
static char *with_underscores(char *name)
{
	for (char *c = name; *c; c++)
		*c = *c == '-' ? '_' : *c;
	return name;
}

char *module_file__name(const char *path)
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		char *name;

		if (!text__ends_with(base, endings[i].ending))
			continue;
		name = text__format("%.*s", (int)(strlen(base) - strlen(endings[i].ending)), base);
		return with_underscores(name);
	}
	return NULL;
}

static const char *decompressor_of(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (endings[i].decompressor && text__ends_with(path, endings[i].ending))
			return endings[i].decompressor;
	return NULL;
}

static struct part part_of(struct part whole, uint64_t offset, uint64_t len_bytes)
{
	if (offset > whole.len_bytes || len_bytes > whole.len_bytes - offset)
		return (struct part){};
	return (struct part){ whole.bytes + offset, len_bytes };
}

static bool is_text(struct part part, uint64_t offset, const char *text)
{
	struct part at = part_of(part, offset, strlen(text) + 1);

	return at.bytes && !memcmp(at.bytes, text, strlen(text) + 1);
}

/* Return: the section .modinfo; an empty part if there is none. */
static struct part find_modinfo(struct part file)
{
	struct part at = part_of(file, 0, sizeof(Elf64_Ehdr));
	struct part names = {};
	Elf64_Shdr section;
	Elf64_Ehdr header;

	if (!at.bytes || memcmp(at.bytes, ELFMAG, SELFMAG) || at.bytes[EI_CLASS] != ELFCLASS64)
		return (struct part){};
	memcpy(&header, at.bytes, sizeof(header));
	/* Find the section with the names of sections first, then go through all sections. */
	for (int i = -1; i < header.e_shnum; i++) {
		uint64_t index = i < 0 ? header.e_shstrndx : i;

		at = part_of(file, header.e_shoff + index * sizeof(section), sizeof(section));
		if (!at.bytes)
			break;
		memcpy(&section, at.bytes, sizeof(section));
		at = part_of(file, section.sh_offset, section.sh_size);
		if (i < 0)
			names = at;
		else if (is_text(names, section.sh_name, ".modinfo"))
			return at;
	}
	return (struct part){};
}

int module_file__depends(struct vmtest *vm, const char *path, struct words *names)
{
	const char *decompressor = decompressor_of(path);
	struct program program = {
		.argv = decompressor ? ARGV((char *)decompressor, "-dc", (char *)path) :
				       ARGV("cat", (char *)path),
	};
	autooutcome struct outcome outcome = {};
	struct part modinfo;
	int ret;

	ret = program__run(vm, &program, &outcome);
	if (ret)
		return ret;
	modinfo = find_modinfo((struct part){ outcome.output, outcome.output_bytes });
	if (outcome.status || !modinfo.bytes)
		return message__fail(EXIT_NO_KERNEL, "cannot read the module %s: %s", path,
				     outcome.status ? outcome.errors :
						      "it has no section .modinfo");
	/* The section consists of strings NAME=VALUE, each ended by a NUL. */
	for (uint64_t i = 0; i < modinfo.len_bytes;) {
		uint64_t len = strnlen(modinfo.bytes + i, modinfo.len_bytes - i);
		autofree char *entry = text__format("%.*s", (int)len, modinfo.bytes + i);

		if (text__starts_with(entry, "depends="))
			words__split(names, with_underscores(entry) + strlen("depends="), ",");
		i += len + 1;
	}
	return 0;
}
