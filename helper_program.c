// SPDX-License-Identifier: GPL-2.0-only
/* Runs the helper program that tests probe, see helper_program.h. Does not assert or print. */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper_program.h"
#include "testing_helpers.h"

static int path_beside_executable(char *path, size_t size, const char *name)
{
	ssize_t len = readlink("/proc/self/exe", path, size);
	char *folder_end = len > 0 ? memrchr(path, '/', len) : NULL;
	size_t room;

	if (!folder_end)
		return len < 0 ? -errno : -EINVAL;
	room = path + size - folder_end - 1;
	return snprintf(folder_end + 1, room, "%s", name) < (int)room ? 0 : -ENAMETOOLONG;
}

static void run_program(const char *path, int orders, int answers)
{
	if (dup2(orders, STDIN_FILENO) >= 0 && dup2(answers, STDOUT_FILENO) >= 0)
		execl(path, path, (char *)NULL);
	_exit(127);
}

static int open_program(struct helper_program *helper)
{
	int err = path_beside_executable(helper->path, sizeof(helper->path), "uprobe_multi");

	if (err)
		return err;
	helper->fd = open(helper->path, O_RDONLY | O_CLOEXEC);
	return helper->fd < 0 ? -errno : 0;
}

static int run_with_pipes(struct helper_program *helper)
{
	int orders[2] = { -1, -1 }, answers[2] = { -1, -1 };
	int err = 0;

	if (pipe2(orders, O_CLOEXEC) || pipe2(answers, O_CLOEXEC)) {
		err = -errno;
	} else {
		helper->pid = fork();
		if (!helper->pid)
			run_program(helper->path, orders[0], answers[1]);
		err = helper->pid < 0 ? -errno : 0;
	}
	helper->orders = orders[1];
	helper->answers = answers[0];
	if (orders[0] >= 0)
		close(orders[0]);
	if (answers[1] >= 0)
		close(answers[1]);
	return err;
}

int helper_program__start(struct helper_program *helper, bool lock, int timeout_ms)
{
	int err;

	*helper = (struct helper_program){
		.fd = -1,
		.orders = -1,
		.answers = -1,
		.timeout_ms = timeout_ms,
	};
	err = open_program(helper);
	/*
	 * Take the lock first: a program that starts reads pages, and another copy of the suite may
	 * be evicting them.
	 */
	if (!err && lock)
		err = lock_file(helper->fd, timeout_ms);
	if (!err)
		err = run_with_pipes(helper);
	/* Wait for an answer: before it, the program still starts, and touches its own pages. */
	return err ?: helper_program__order(helper, HELPER_UNMAP_HEADER);
}

int helper_program__order(struct helper_program *helper, char order)
{
	struct pollfd answered = { .fd = helper->answers, .events = POLLIN };
	char answer;
	int ready;

	/* Ignore SIGPIPE, which would kill the test before it can report what is wrong. */
	signal(SIGPIPE, SIG_IGN);
	if (write(helper->orders, &order, 1) != 1)
		return -errno;
	do {
		ready = poll(&answered, 1, helper->timeout_ms);
	} while (ready < 0 && errno == EINTR);
	if (ready <= 0)
		return ready ? -errno : -ETIMEDOUT;
	if (read(helper->answers, &answer, 1) != 1)
		return -EPIPE;
	return answer == order ? 0 : -EPROTO;
}

int helper_program__stop(struct helper_program *helper)
{
	int status = 0;

	if (helper->orders >= 0)
		close(helper->orders);
	if (helper->answers >= 0)
		close(helper->answers);
	if (helper->fd >= 0)
		close(helper->fd);
	if (helper->pid > 0 && waitpid(helper->pid, &status, 0) < 0)
		status = -errno;
	helper->orders = helper->answers = helper->fd = -1;
	helper->pid = 0;
	return status;
}

/* Returns the file offset of an address in the code, or -1. */
static long code_offset(Elf *elf, unsigned long address)
{
	size_t count = 0;
	GElf_Phdr segment;

	elf_getphdrnum(elf, &count);
	for (size_t i = 0; i < count; i++) {
		if (!gelf_getphdr(elf, i, &segment) || segment.p_type != PT_LOAD ||
		    !(segment.p_flags & PF_X) || address - segment.p_vaddr >= segment.p_filesz)
			continue;
		return address - segment.p_vaddr + segment.p_offset;
	}
	return -1;
}

static int load_table(struct helper_symbols *list, Elf *elf, Elf_Scn *section)
{
	struct helper_symbol *symbol;
	GElf_Shdr header;
	Elf_Data *data;
	GElf_Sym entry;
	long offset;

	data = elf_getdata(section, NULL);
	if (!data || !gelf_getshdr(section, &header))
		return -EINVAL;
	list->symbols = calloc(header.sh_size / header.sh_entsize, sizeof(*list->symbols));
	if (!list->symbols)
		return -ENOMEM;
	for (size_t i = 0; gelf_getsym(data, i, &entry); i++) {
		offset = code_offset(elf, entry.st_value);
		if (entry.st_shndx == SHN_UNDEF || offset < 0)
			continue;
		symbol = &list->symbols[list->count++];
		symbol->name = strdup(elf_strptr(elf, header.sh_link, entry.st_name) ?: "");
		if (!symbol->name)
			return -ENOMEM;
		symbol->address = entry.st_value;
		symbol->offset = offset;
		symbol->size_bytes = entry.st_size;
	}
	return 0;
}

int helper_symbols__load(struct helper_symbols *list, int fd)
{
	Elf_Scn *section = NULL;
	int err = -ENOENT;
	GElf_Shdr header;
	Elf *elf;

	*list = (struct helper_symbols){};
	elf_version(EV_CURRENT);
	/* Do not use ELF_C_READ_MMAP: a page that is mapped stays in the page cache. */
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf)
		return -EINVAL;
	while (err == -ENOENT && (section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
			err = load_table(list, elf, section);
	elf_end(elf);
	return err;
}

const struct helper_symbol *helper_symbols__find(const struct helper_symbols *list,
						 const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->symbols[i].name, name))
			return &list->symbols[i];
	return NULL;
}

void helper_symbols__free(struct helper_symbols *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->symbols[i].name);
	free(list->symbols);
	*list = (struct helper_symbols){};
}

static int find_build_id(struct helper_build_id *build_id, Elf *elf, const GElf_Phdr *segment)
{
	Elf_Data *data = elf_getdata_rawchunk(elf, segment->p_offset, segment->p_filesz,
					      segment->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
	size_t at = 0, name_at, bytes_at;
	GElf_Nhdr note;

	while (data && (at = gelf_getnote(data, at, &note, &name_at, &bytes_at))) {
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof("GNU") ||
		    memcmp((char *)data->d_buf + name_at, "GNU", sizeof("GNU")) ||
		    note.n_descsz > sizeof(build_id->bytes))
			continue;
		memcpy(build_id->bytes, (char *)data->d_buf + bytes_at, note.n_descsz);
		build_id->len_bytes = note.n_descsz;
		build_id->offset = segment->p_offset + bytes_at;
		return 0;
	}
	return -ENOENT;
}

int helper_build_id__read(struct helper_build_id *build_id, int fd)
{
	int err = -ENOENT;
	size_t count = 0;
	GElf_Phdr segment;
	Elf *elf;

	*build_id = (struct helper_build_id){};
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || elf_getphdrnum(elf, &count))
		err = -EINVAL;
	for (size_t i = 0; err == -ENOENT && i < count; i++)
		if (gelf_getphdr(elf, i, &segment) && segment.p_type == PT_NOTE)
			err = find_build_id(build_id, elf, &segment);
	elf_end(elf);
	return err;
}
