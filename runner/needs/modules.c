// SPDX-License-Identifier: GPL-2.0-only
/* Finds modules below /lib/modules and beside the program, loads and unloads them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <libgen.h>
#include <limits.h>
#include <linux/module.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner/needs/modules.h"
#include "runner/text/text_file.h"

#define LOCKS_FOLDER "/run/bpf-selftests/modules"
/* A lock file has this content if a run has loaded the module. */
#define LOADED_MARK  "loaded\n"

/*
 * A file may be "nf_nat.ko" or "nf-nat.ko.xz": '-' and '_' in a file name and a module name are
 * equal.
 */
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

/* Return: 0 and a path to be freed, or a negative errno. */
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

/* A built-in module without parameters has no folder in sysfs, so look into modules.builtin. */
static bool is_built_in(const char *release, const char *name)
{
	char path[PATH_MAX], *text, *line, *saved = NULL;
	bool found = false;

	snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin", release);
	text = text_file__read(path);
	/* A line of modules.builtin is a path, such as "kernel/net/vmw_vsock/vsock.ko". */
	for (line = text ? strtok_r(text, "\n", &saved) : NULL; line && !found;
	     line = strtok_r(NULL, "\n", &saved))
		found = strrchr(line, '/') && is_file_of_module(strrchr(line, '/') + 1, name);
	free(text);
	return found;
}

/* Load the modules that the line of this file in modules.dep names after the colon, last first. */
static void use_dependencies(struct modules *modules, const char *release, const char *path)
{
	char dep_path[PATH_MAX], folder[PATH_MAX], *text, *line, *word, *saved = NULL;
	char *words[64];
	int cnt = 0;
	size_t len;

	snprintf(folder, sizeof(folder), "/lib/modules/%s/", release);
	snprintf(dep_path, sizeof(dep_path), "/lib/modules/%s/modules.dep", release);
	text = text_file__read(dep_path);
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
		modules__use(modules, release, name);
	}
	free(text);
}

static bool module_is_there(const char *name)
{
	char path[PATH_MAX], *c;

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	for (c = path; *c; c++)
		*c = *c == '-' ? '_' : *c;
	return !access(path, F_OK);
}

static void lock_path(char *path, size_t size_bytes, const char *name)
{
	char *c;

	snprintf(path, size_bytes, LOCKS_FOLDER "/%s", name);
	for (c = path + strlen(LOCKS_FOLDER); *c; c++)
		*c = *c == '-' ? '_' : *c;
}

/* Return: a descriptor that holds a shared lock while it is open; -1 if locking failed. */
static int lock_module(struct modules *modules, const char *name)
{
	char path[PATH_MAX];
	int fd, *grown;

	mkdir("/run/bpf-selftests", 0755);
	mkdir(LOCKS_FOLDER, 0755);
	lock_path(path, sizeof(path), name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	grown = fd < 0 ? NULL :
			 reallocarray(modules->locks, modules->locks_cnt + 1, sizeof(*grown));
	if (!grown || flock(fd, LOCK_SH)) {
		if (fd >= 0)
			close(fd);
		modules->locks = grown ?: modules->locks;
		return -1;
	}
	modules->locks = grown;
	modules->locks[modules->locks_cnt++] = fd;
	return fd;
}

/* Load a file, and remember that this run has loaded its module, which the caller has locked. */
static int load_and_mark(struct modules *modules, const char *path, int lock_fd)
{
	int err = load_file(path);

	if (!err) {
		modules->loaded_cnt++;
		/* Ignore an error: without the mark the module stays loaded, which does no harm. */
		if (lock_fd >= 0 && pwrite(lock_fd, LOADED_MARK, strlen(LOADED_MARK), 0) < 0)
			errno = 0;
	}
	return err == -EEXIST ? 0 : err;
}

int modules__use(struct modules *modules, const char *release, const char *name)
{
	int err, lock_fd;
	char *path;

	if (is_built_in(release, name))
		return 0;
	/* Lock the module before looking for it: from here on no other run unloads it. */
	lock_fd = lock_module(modules, name);
	if (module_is_there(name))
		return 0;
	err = find_module(release, name, &path);
	if (err)
		return err;
	use_dependencies(modules, release, path);
	err = load_and_mark(modules, path, lock_fd);
	free(path);
	return err;
}

int modules__use_file(struct modules *modules, const char *name)
{
	char program[PATH_MAX] = "", path[PATH_MAX + NAME_MAX];
	int lock_fd = lock_module(modules, name);

	if (module_is_there(name))
		return 0;
	if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
		return -errno;
	snprintf(path, sizeof(path), "%s/%s.ko", dirname(program), name);
	return load_and_mark(modules, path, lock_fd);
}

bool modules__is_used(const char *name)
{
	char path[PATH_MAX], *mark;
	bool is_used;

	lock_path(path, sizeof(path), name);
	mark = text_file__read(path);
	is_used = mark && !strcmp(mark, LOADED_MARK);
	free(mark);
	return is_used;
}

int modules__load(const char *release, const char *name)
{
	char *path;
	int err = find_module(release, name, &path);

	if (err)
		return err;
	err = load_file(path);
	free(path);
	return err == -EEXIST ? 0 : err;
}

/* Return: true if the module was unloaded, so that modules that it needs may be unloaded now. */
static bool unload_unused(int folder_fd, const char *name)
{
	int fd = openat(folder_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	char mark[sizeof(LOADED_MARK)] = "";
	bool is_unloaded = false;

	if (fd < 0)
		return false;
	if (!flock(fd, LOCK_EX | LOCK_NB) && pread(fd, mark, sizeof(mark) - 1, 0) > 0 &&
	    !strcmp(mark, LOADED_MARK)) {
		is_unloaded = !syscall(SYS_delete_module, name, O_NONBLOCK) || errno == ENOENT;
		/* Remove the mark: from now on, somebody else may load the module. */
		if (is_unloaded && ftruncate(fd, 0))
			errno = 0;
	}
	close(fd);
	return is_unloaded;
}

void modules__end(struct modules *modules)
{
	int folder_fd = open(LOCKS_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = folder_fd < 0 ? NULL : fdopendir(folder_fd);
	struct dirent *entry;
	bool again = folder;

	while (modules->locks_cnt > 0)
		close(modules->locks[--modules->locks_cnt]);
	free(modules->locks);
	modules->locks = NULL;
	/* A module that another one needs can be unloaded only after that one. */
	while (again) {
		again = false;
		rewinddir(folder);
		while ((entry = readdir(folder))) {
			if (entry->d_name[0] != '.' && unload_unused(folder_fd, entry->d_name))
				again = true;
		}
	}
	if (folder)
		closedir(folder);
	else if (folder_fd >= 0)
		close(folder_fd);
}
