// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds shared libraries in the ELF headers of programs. The only program that is started is
 * ldconfig, which prints its cache.
 *
 * ldd would start the dynamic loader on each program: four processes for each of 140 files.
 */
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "vm/disk/libraries.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"

/* The guest's architecture. Programs of other architectures do not run there. */
#define GUEST_MACHINE  EM_X86_64
#define GUEST_PLATFORM "x86_64"
/*
 * The name of the dynamic loader in libc's DT_NEEDED. It needs no search, because the program's
 * PT_INTERP has its path.
 */
#define GUEST_LOADER   "ld-linux-x86-64.so.2"
/* The mark of the guest's libraries in ldconfig -p: "libc.so.6 (libc6,x86-64, ...) => /lib/..." */
#define GUEST_MARK     "(libc6,x86-64"

static const char *const default_folders[] = {
	"/lib/x86_64-linux-gnu",
	"/usr/lib/x86_64-linux-gnu",
	"/lib64",
	"/usr/lib64",
	"/lib",
	"/usr/lib",
};

/* The files that the kernel and the dynamic loader have to find for an ELF file. */
struct needs {
	char *loader;          /* path in PT_INTERP, or NULL */
	struct words names;    /* names in DT_NEEDED */
	struct words run_path; /* folders in DT_RUNPATH, or in DT_RPATH if it has no DT_RUNPATH */
};

struct search {
	const struct words *cache; /* output lines of ldconfig -p */
	struct words *found;
};

static void free_needs(struct needs *needs)
{
	free(needs->loader);
	words__free(&needs->names);
	words__free(&needs->run_path);
}

/* Return: the string at an offset of the file's dynamic string table, or NULL. */
static const char *dynamic_string(Elf *elf, GElf_Addr table, size_t offset)
{
	size_t headers = 0;
	GElf_Phdr header;

	elf_getphdrnum(elf, &headers);
	for (size_t i = 0; i < headers; i++) {
		size_t size, at = table + offset;
		const char *bytes;

		if (!gelf_getphdr(elf, i, &header) || header.p_type != PT_LOAD ||
		    at < header.p_vaddr || at - header.p_vaddr >= header.p_filesz)
			continue;
		at = at - header.p_vaddr + header.p_offset;
		bytes = elf_rawfile(elf, &size);
		return bytes && at < size && memchr(bytes + at, '\0', size - at) ? bytes + at :
										   NULL;
	}
	return NULL;
}

static void read_dynamic(Elf *elf, const GElf_Phdr *header, struct needs *needs)
{
	Elf_Data *data = elf_getdata_rawchunk(elf, header->p_offset, header->p_filesz, ELF_T_DYN);
	autowords struct words old_path = {};
	GElf_Addr table = 0;
	GElf_Dyn entry;

	for (int i = 0; data && gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++)
		if (entry.d_tag == DT_STRTAB)
			table = entry.d_un.d_ptr;
	for (int i = 0; data && gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++) {
		const char *text;

		if (entry.d_tag != DT_NEEDED && entry.d_tag != DT_RUNPATH &&
		    entry.d_tag != DT_RPATH)
			continue;
		text = dynamic_string(elf, table, entry.d_un.d_val);
		if (text && entry.d_tag == DT_NEEDED && strcmp(text, GUEST_LOADER) != 0)
			words__add(&needs->names, "%s", text);
		else if (text && entry.d_tag != DT_NEEDED)
			words__split(entry.d_tag == DT_RPATH ? &old_path : &needs->run_path, text,
				     ":");
	}
	if (!needs->run_path.count)
		words__add_all(&needs->run_path, &old_path);
}

/* Return: true for a dynamically linked ELF file of the guest's architecture. */
static bool read_needs(const char *path, struct needs *needs)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	Elf *elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);
	bool is_dynamic = false;
	size_t headers = 0;
	GElf_Ehdr file;

	*needs = (struct needs){};
	if (elf && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &file) &&
	    file.e_machine == GUEST_MACHINE)
		elf_getphdrnum(elf, &headers);
	for (size_t i = 0; i < headers; i++) {
		GElf_Phdr header;
		size_t size;
		const char *bytes = elf_rawfile(elf, &size);

		if (!bytes || !gelf_getphdr(elf, i, &header) || header.p_offset > size ||
		    header.p_filesz > size - header.p_offset)
			continue;
		if (header.p_type == PT_INTERP && !needs->loader)
			needs->loader =
				text__format("%.*s", (int)header.p_filesz, bytes + header.p_offset);
		if (header.p_type == PT_DYNAMIC) {
			is_dynamic = true;
			read_dynamic(elf, &header, needs);
		}
	}
	elf_end(elf);
	return is_dynamic;
}

static bool is_for_guest(const char *path)
{
	struct needs needs;
	bool is = read_needs(path, &needs);

	free_needs(&needs);
	return is;
}

/*
 * Replace the variables in a folder of a RUNPATH or RPATH. $ORIGIN is the folder of the file that
 * has it. $LIB is not used on Debian.
 */
static char *expand(const char *folder, const char *origin)
{
	static const struct {
		const char *name;
		bool is_origin;
	} variables[] = {
		{ "$ORIGIN", true },
		{ "${ORIGIN}", true },
		{ "$PLATFORM", false },
		{ "${PLATFORM}", false },
	};
	char *expanded = text__copy(folder);

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		char *at = strstr(expanded, variables[i].name);
		char *longer;

		if (!at)
			continue;
		longer = text__format("%.*s%s%s", (int)(at - expanded), expanded,
				      variables[i].is_origin ? origin : GUEST_PLATFORM,
				      at + strlen(variables[i].name));
		free(expanded);
		expanded = longer;
	}
	return expanded;
}

/* Return: the path that a line of ldconfig's cache gives for a name, or NULL. */
static const char *path_in_line(const char *line, const char *name)
{
	static const char arrow[] = " => ";
	const char *path = strstr(line, arrow);
	size_t len = strlen(name);

	line += strspn(line, "\t");
	if (!path || strncmp(line, name, len) != 0 || line[len] != ' ' ||
	    !text__starts_with(line + len + 1, GUEST_MARK))
		return NULL;
	return path + strlen(arrow);
}

/* Return: a path that the caller frees, or NULL. */
static char *find_library(const struct search *search, const char *name, const char *origin,
			  const struct words *run_path)
{
	/* A name with a slash is a path. */
	if (strchr(name, '/'))
		return is_for_guest(name) ? text__copy(name) : NULL;
	for (size_t i = 0; i < run_path->count; i++) {
		autofree char *folder = expand(run_path->v[i], origin);
		autofree char *path = text__format("%s/%s", folder, name);

		if (is_for_guest(path))
			return path__absolute(path);
	}
	for (size_t i = 0; i < search->cache->count; i++) {
		const char *path = path_in_line(search->cache->v[i], name);

		if (path && path__exists(path))
			return text__copy(path);
	}
	for (size_t i = 0; i < ARRAY_SIZE(default_folders); i++) {
		autofree char *path = text__format("%s/%s", default_folders[i], name);

		if (is_for_guest(path))
			return text__copy(path);
	}
	return NULL;
}

static void add_needs_of(const struct search *search, const char *path)
{
	autofree char *real = realpath(path, NULL);
	autofree char *origin = text__copy(real ? real : path);
	char *slash = strrchr(origin, '/');
	struct needs needs;

	if (slash)
		*slash = '\0';
	if (read_needs(path, &needs)) {
		if (needs.loader && path__exists(needs.loader))
			words__add_once(search->found, needs.loader);
		for (size_t i = 0; i < needs.names.count; i++) {
			autofree char *library =
				find_library(search, needs.names.v[i], origin, &needs.run_path);

			if (library)
				words__add_once(search->found, library);
		}
	}
	free_needs(&needs);
}

int libraries__find(struct vmtest *vm, const struct words *programs, struct words *found)
{
	autooutcome struct outcome outcome = {};
	autowords struct words cache = {};
	const struct search search = { .cache = &cache, .found = found };
	autofree char *ldconfig = program__path("ldconfig");
	int ret = 0;

	elf_version(EV_CURRENT);
	if (ldconfig)
		ret = program__run(vm, &(struct program){ .argv = ARGV(ldconfig, "-p") }, &outcome);
	if (ret)
		return ret;
	if (outcome.output)
		words__split(&cache, outcome.output, "\n");
	for (size_t i = 0; i < programs->count; i++)
		add_needs_of(&search, programs->v[i]);
	/* The loop also visits the libraries that it adds, because libraries need libraries. */
	for (size_t i = 0; i < found->count; i++)
		add_needs_of(&search, found->v[i]);
	return 0;
}
