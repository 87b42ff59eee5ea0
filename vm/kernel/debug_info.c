// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks for an ELF file with the section .debug_info. A vmlinux that was unpacked from a bzImage has
 * none.
 */
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "vm/host/text.h"
#include "vm/kernel/debug_info.h"
#include "vm/kernel/kernel.h"

static bool has_debug_info(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf_Scn *section = NULL;
	bool found = false;
	size_t names;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = fd >= 0 ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
	if (elf && !elf_getshdrstrndx(elf, &names)) {
		while (!found && (section = elf_nextscn(elf, section))) {
			GElf_Shdr header;
			const char *name = gelf_getshdr(section, &header) ?
						   elf_strptr(elf, names, header.sh_name) :
						   NULL;

			found = name && !strcmp(name, ".debug_info");
		}
	}
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return found;
}

/* Return: the folder of a file, with the slash; "" for NULL. */
static char *folder_of(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? text__format("%.*s", (int)(slash - path + 1), path) : text__copy("");
}

char *debug_info__find(const struct kernel *kernel)
{
	const char *release = kernel->release;
	autofree char *build = folder_of(kernel->config), *beside = folder_of(kernel->image);
	/* The image may be a copy. The last places are Debian's, Fedora's, and of a kernel that was built on this machine. */
	char *places[] = {
		text__format("%svmlinux", build),
		text__format("%s/vmlinux", kernel->tree ? kernel->tree : ""),
		text__copy(kernel->image),
		text__format("%svmlinux", beside),
		text__format("/usr/lib/debug/boot/vmlinux-%s", release),
		text__format("/usr/lib/debug/lib/modules/%s/vmlinux", release),
		text__format("/lib/modules/%s/build/vmlinux", release),
	};
	char *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (!found && *places[i] == '/' && has_debug_info(places[i]))
			found = places[i];
		else
			free(places[i]);
	}
	return found;
}
