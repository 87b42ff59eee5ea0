// SPDX-License-Identifier: GPL-2.0-only
/* Reads BTF, symbols and modules of the running kernel. Loads modules, and unloads just those. */
#include <bpf/btf.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <linux/module.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runner/kernel_facts.h"

int kernel_version__parse(const char *text, struct kernel_version *version)
{
	int n;

	*version = (struct kernel_version){};
	n = isdigit((unsigned char)*text) ?
		    sscanf(text, "%6d.%6d.%6d", &version->major, &version->minor, &version->patch) :
		    0;
	return n >= 2 ? 0 : -EINVAL;
}

int kernel_version__compare(const struct kernel_version *a, const struct kernel_version *b)
{
	if (a->major != b->major)
		return a->major - b->major;
	return a->minor != b->minor ? a->minor - b->minor : a->patch - b->patch;
}

void kernel_facts__begin(struct kernel_facts *facts, const struct run_info *info)
{
	*facts = (struct kernel_facts){ .info = info };
	kernel_version__parse(info->release ?: "", &facts->version);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

struct btf *kernel_facts__btf(struct kernel_facts *facts)
{
	uint64_t begin_ns;

	if (facts->btf_was_read)
		return facts->btf;
	begin_ns = now_ns();
	facts->btf = btf__load_vmlinux_btf();
	facts->btf_was_read = true;
	facts->read_ns += now_ns() - begin_ns;
	return facts->btf;
}

static char *read_all(const char *path)
{
	size_t room = 0;
	char *text = NULL;
	FILE *file = fopen(path, "re");

	/* There is no zero byte in it. */
	if (file && getdelim(&text, &room, '\0', file) < 0) {
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	return text;
}

bool kernel_facts__has_symbol(struct kernel_facts *facts, const char *name)
{
	size_t len = strlen(name);
	uint64_t begin_ns;
	const char *at;

	if (!facts->symbols_were_read) {
		begin_ns = now_ns();
		facts->symbols = read_all("/proc/kallsyms");
		facts->symbols_were_read = true;
		facts->read_ns += now_ns() - begin_ns;
	}
	/* "ffffffff81000000 T name", and behind a tab the module's name. */
	for (at = facts->symbols; at && (at = strstr(at, name)); at += len) {
		if (at - facts->symbols >= 3 && at[-1] == ' ' && strchr("tTwW", at[-2]) &&
		    (at[len] == '\n' || at[len] == '\t'))
			return true;
	}
	return false;
}

/* "nf_nat.ko", "nf-nat.ko.xz": files have '-' where names have '_', and the other way round. */
static bool is_file_of_module(const char *file, const char *module)
{
	for (; *module; file++, module++) {
		if ((*file == '-' ? '_' : *file) != (*module == '-' ? '_' : *module))
			return false;
	}
	return !strncmp(file, ".ko", 3) && (!file[3] || file[3] == '.');
}

static int load_file(const char *path)
{
	int flags = strcmp(path + strlen(path) - 3, ".ko") ? MODULE_INIT_COMPRESSED_FILE : 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", flags))
		err = -errno;
	close(fd);
	return err;
}

/* Return: 0 and the path to be freed, or a negative errno. */
static int find_module(const char *release, const char *name, char **path)
{
	char folder[PATH_MAX], *folders[] = { folder, NULL };
	FTSENT *entry;
	FTS *tree;

	*path = NULL;
	snprintf(folder, sizeof(folder), "/lib/modules/%s/kernel", release);
	if (access(folder, X_OK))
		return -ENOTDIR;
	tree = fts_open(folders, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	if (!tree)
		return -errno;
	while (!*path && (entry = fts_read(tree))) {
		if (entry->fts_info != FTS_D && entry->fts_info != FTS_DP &&
		    is_file_of_module(entry->fts_name, name))
			*path = strdup(entry->fts_path);
	}
	fts_close(tree);
	return *path ? 0 : -ENOENT;
}

/* One without parameters leaves no trace in sysfs when it is built in. */
static bool is_built_in(const char *release, const char *name)
{
	char path[PATH_MAX], *text, *line, *saved = NULL;
	bool found = false;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin", release);
	text = read_all(path);
	/* Lines are paths: "kernel/net/vmw_vsock/vsock.ko". */
	for (line = text ? strtok_r(text, "\n", &saved) : NULL; line && !found;
	     line = strtok_r(NULL, "\n", &saved))
		found = strrchr(line, '/') && is_file_of_module(strrchr(line, '/') + 1, name);
	free(text);
	return found;
}

/* The modules that the file's own line in modules.dep names behind it, last first. */
static void use_dependencies(struct kernel_facts *facts, const char *path)
{
	char dep_path[PATH_MAX], folder[PATH_MAX], *text, *line, *word, *saved = NULL;
	char *words[64];
	int cnt = 0;
	size_t len;

	snprintf(folder, sizeof(folder), "/lib/modules/%s/", facts->info->release);
	snprintf(dep_path, sizeof(dep_path), "/lib/modules/%s/modules.dep", facts->info->release);
	text = read_all(dep_path);
	len = strlen(path + strlen(folder));
	for (line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (strncmp(line, path + strlen(folder), len) || line[len] != ':')
			continue;
		line[strcspn(line, "\n")] = '\0';
		for (word = strtok_r(line + len + 1, " ", &saved); word && cnt < 64;
		     word = strtok_r(NULL, " ", &saved))
			words[cnt++] = word;
		break;
	}
	while (cnt-- > 0) {
		char name[NAME_MAX + 1];

		word = strrchr(words[cnt], '/') ? strrchr(words[cnt], '/') + 1 : words[cnt];
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "."), word);
		kernel_facts__use_module(facts, name);
	}
	free(text);
}

static void remember_module(struct kernel_facts *facts, const char *name)
{
	char **grown =
		reallocarray(facts->loaded_modules, facts->loaded_modules_cnt + 1, sizeof(*grown));
	char *c;

	if (!grown)
		return;
	facts->loaded_modules = grown;
	grown[facts->loaded_modules_cnt] = strdup(name);
	for (c = grown[facts->loaded_modules_cnt]; c && *c; c++)
		*c = *c == '-' ? '_' : *c;
	facts->loaded_modules_cnt += !!grown[facts->loaded_modules_cnt];
}

static bool module_is_there(const char *name)
{
	char path[PATH_MAX], *c;

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	for (c = path; *c; c++)
		*c = *c == '-' ? '_' : *c;
	return !access(path, F_OK);
}

int kernel_facts__use_module(struct kernel_facts *facts, const char *name)
{
	char *path;
	int err;

	if (module_is_there(name) || is_built_in(facts->info->release, name))
		return 0;
	err = find_module(facts->info->release, name, &path);
	if (err)
		return err;
	use_dependencies(facts, path);
	err = load_file(path);
	free(path);
	if (!err) {
		remember_module(facts, name);
		free(facts->symbols);
		facts->symbols = NULL;
		facts->symbols_were_read = false;
	}
	return err == -EEXIST ? 0 : err;
}

void kernel_facts__end(struct kernel_facts *facts)
{
	/* What was loaded for another module stands in front of it. */
	while (facts->loaded_modules_cnt > 0) {
		char *name = facts->loaded_modules[--facts->loaded_modules_cnt];

		if (syscall(SYS_delete_module, name, O_NONBLOCK) && errno != ENOENT)
			fprintf(stderr, "test_progs: module %s stays loaded: %m\n", name);
		free(name);
	}
	free(facts->loaded_modules);
	btf__free(facts->btf);
	free(facts->symbols);
	*facts = (struct kernel_facts){};
}
