// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unpacks packages with a kernel that are given as files, into the cache, as
 * files/<hash of the path>-<hash of size and times>/.
 *
 * Some distributions have the modules or the configuration in packages of their own. They are taken
 * from beside the package with the image.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "runner/text/text_file.h"
#include "vm/host/exit_status.h"
#include "vm/host/folder.h"
#include "vm/host/hash.h"
#include "vm/host/message.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/kernel/cache.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/kernel_archive.h"
#include "vm/kernel/kernel_folder.h"

#define MAGIC_BYTES 8

enum format { FORMAT_NONE, FORMAT_DEB, FORMAT_RPM };

/* The first bytes of packages: deb(5) is an archive of ar(5), the rest is the lead of rpm(8). */
static const struct {
	enum format format;
	const char *magic;
	size_t magic_len;
} formats[] = {
	{ FORMAT_DEB, "!<arch>\n", 8 },
	{ FORMAT_RPM, "\xed\xab\xee\xdb", 4 },
};

/* Packages beside that of the image; %s is the release. */
static const char *const others[] = {
	"linux-modules-%s_*.deb",     "linux-modules-extra-%s_*.deb", "linux-base-%s_*.deb",
	"kernel-modules-core-%s.rpm", "kernel-modules-%s.rpm",
};

static enum format format_of(const char *path)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char magic[MAGIC_BYTES] = {};

	if (fd < 0 || read(fd, magic, sizeof(magic)) != sizeof(magic))
		return FORMAT_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!memcmp(magic, formats[i].magic, formats[i].magic_len))
			return formats[i].format;
	return FORMAT_NONE;
}

bool kernel_archive__is(const char *path)
{
	return format_of(path) != FORMAT_NONE;
}

static int unpack(struct vmtest *vm, const char *package, const char *into)
{
	autofree char *purpose = text__format("unpack the package %s", package);
	char *const *argv = format_of(package) == FORMAT_DEB ?
				    ARGV("dpkg-deb", "-x", (char *)package, (char *)into) :
				    ARGV("bsdtar", "-x", "-f", (char *)package, "-C", (char *)into);

	return program__run_ok(vm, &(struct program){ .argv = argv }, purpose, EXIT_NO_KERNEL);
}

/* Unpack what is beside a package with the image of a kernel. */
static int unpack_others(struct vmtest *vm, const char *package, const char *release,
			 const char *into)
{
	const char *name = text__last_part(package);
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(others); i++) {
		const char *mark = strstr(others[i], "%s");
		autofree char *pattern = text__format("%.*s%.*s%s%s", (int)(name - package),
						      package, (int)(mark - others[i]), others[i],
						      release, mark + strlen("%s"));
		glob_t found = {};

		glob(pattern, 0, NULL, &found);
		if (found.gl_pathc) {
			message__say(vm, "taking %s too", found.gl_pathv[0]);
			ret = unpack(vm, found.gl_pathv[0], into);
		}
		globfree(&found);
	}
	return ret;
}

/* The @fill function for cache__fill(). */
static int fill(struct vmtest *vm, const char *folder, void *data)
{
	const char *package = data;
	autofree char *unpacked = text__format("%s/unpacked", folder);
	autofree char *release = NULL;
	int err = folder__make(unpacked);
	int ret;

	if (err)
		return message__fail(EXIT_HOST_SETUP, "cannot make %s: " ERRNO_FMT, unpacked,
				     ERRNO_ARG(-err));
	message__say(vm, "unpacking %s", package);
	ret = unpack(vm, package, unpacked);
	if (ret)
		return ret;
	release = kernel_folder__release(unpacked);
	if (!release)
		return message__fail(
			EXIT_NO_KERNEL,
			"cannot find a kernel in the package %s: no vmlinuz in boot/ or "
			"lib/modules/; name the package with the image",
			package);
	ret = unpack_others(vm, package, release, unpacked);
	return ret ? ret : kernel_folder__fill(vm, folder, unpacked, release);
}

/* Remove what was unpacked from an earlier package at the same path. */
static void remove_earlier(const struct vmtest *vm, unsigned long long path_hash)
{
	autofree char *pattern = text__format("%s/files/%016llx-*", vm->cache, path_hash);
	glob_t found = {};

	glob(pattern, 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		folder__remove(found.gl_pathv[i]);
	globfree(&found);
}

int kernel_archive__open(struct vmtest *vm, const char *path, struct kernel *kernel)
{
	autofree char *entry = NULL, *folder = NULL, *state = NULL, *release_file = NULL;
	autofree char *release = NULL;
	unsigned long long path_hash = hash__bytes(path, strlen(path));
	struct stat st;
	int ret;

	if (stat(path, &st))
		return message__fail(EXIT_NO_KERNEL, "cannot read the package %s: " ERRNO_FMT, path,
				     ERRNO_ARG(errno));
	state = text__format("%lld %lld %ld %llu", (long long)st.st_size,
			     (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
			     (unsigned long long)st.st_ino);
	entry = text__format("files/%016llx-%016llx", path_hash,
			     (unsigned long long)hash__bytes(state, strlen(state)));
	folder = text__format("%s/%s", vm->cache, entry);
	release_file = text__format("%s/release", folder);
	if (access(release_file, F_OK))
		remove_earlier(vm, path_hash);
	ret = cache__fill(vm, entry, fill, (void *)path);
	if (ret)
		return ret;
	release = text_file__read(release_file);
	return kernel__from_folder(vm, folder, release ? text__trim(release) : "unknown", kernel);
}
