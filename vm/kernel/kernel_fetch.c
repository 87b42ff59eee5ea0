// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fetches kernels in Debian packages through apt.c, and unpacks them into the cache, as
 * kernels/<release>/{vmlinux,config,System.map,...}.
 *
 * The packages of a kernel and the places of files in them have changed over the years. kernel_folder.c
 * has a table of the places, kernel_packages.c a table of the packages.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/text/cleanup.h"
#include "runner/text/error.h"
#include "vm/host/exit_status.h"
#include "vm/host/file.h"
#include "vm/host/message.h"
#include "vm/host/path.h"
#include "vm/host/program.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/apt.h"
#include "vm/kernel/cache.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/kernel_fetch.h"
#include "vm/kernel/kernel_folder.h"
#include "vm/kernel/kernel_packages.h"
#include "vm/kernel/packages.h"
#include "vm/kernel/release.h"

static const struct {
	const char *release;
	const char *suite;
} pin = {
#define PIN_RELEASE(release, suite) release, suite
#define PIN_PACKAGE(name, version, sha256)
#include "vm/kernel/kernel.pin"
#undef PIN_RELEASE
#undef PIN_PACKAGE
};

static const struct {
	const char *name;
	const char *version;
	const char *sha256;
} pin_packages[] = {
#define PIN_RELEASE(release, suite)
#define PIN_PACKAGE(name, version, sha256) { name, version, sha256 },
#include "vm/kernel/kernel.pin"
#undef PIN_RELEASE
#undef PIN_PACKAGE
};

/* A kernel that is being fetched. */
struct fetch {
	struct apt apt;
	const char *release;
	struct words packages;
	bool pinned;
};

static int check_sums(struct vmtest *vm, const char *folder)
{
	autofree char *list = text__format("%s/SHA256SUMS", folder);
	char *text = text__copy("");
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(pin_packages); i++) {
		char *longer = text__format("%s%s  %s_%s_amd64.deb\n", text, pin_packages[i].sha256,
					    pin_packages[i].name, pin_packages[i].version);

		free(text);
		text = longer;
	}
	err = file__write_text(list, text);
	free(text);
	if (err)
		return message__fail(EXIT_HOST_SETUP, "cannot write %s: " ERRNO_FMT, list,
				     ERRNO_ARG(-err));
	return program__run_ok(vm,
			       &(struct program){
				       .argv = ARGV("sha256sum", "-c", "--quiet", "SHA256SUMS"),
				       .folder = folder },
			       "verify that the mirror's packages are those of kernel.pin",
			       EXIT_NO_KERNEL);
}

static int unpack_kernel(struct vmtest *vm, const char *folder, const char *release)
{
	autofree char *unpacked = text__format("%s/unpacked", folder);
	int ret = packages__unpack_all(vm, folder, unpacked);

	return ret ? ret : kernel_folder__fill(vm, folder, unpacked, release);
}

/* The @fill function for cache__fill(). */
static int fill_kernel(struct vmtest *vm, const char *folder, void *data)
{
	struct fetch *fetch = data;
	int ret;

	message__say(vm, "fetching kernel %s", fetch->release);
	ret = apt__download(vm, &fetch->apt, &fetch->packages, folder);
	if (!ret && fetch->pinned)
		ret = check_sums(vm, folder);
	return ret ? ret : unpack_kernel(vm, folder, fetch->release);
}

static int fill(struct vmtest *vm, struct fetch *fetch, struct kernel *kernel)
{
	autofree char *entry = text__format("kernels/%s", fetch->release);
	int ret = cache__fill(vm, entry, fill_kernel, fetch);

	return ret ? ret : kernel__from_cache(vm, fetch->release, kernel);
}

static int fetch_from(struct vmtest *vm, struct fetch *fetch, const struct words *names,
		      struct kernel *kernel)
{
	kernel_packages__of_release(names, fetch->release, &fetch->packages);
	return fill(vm, fetch, kernel);
}

static int fetch_newer_than_pinned(struct vmtest *vm, struct fetch *fetch,
				   const struct words *names, struct kernel *kernel)
{
	autofree char *release = kernel_packages__choose_release(names, "", pin.release, LOWEST);

	if (!release)
		release = kernel_packages__choose_release(names, "", NULL, HIGHEST);
	if (!release)
		return message__fail(EXIT_NO_KERNEL,
				     "cannot fetch the pinned kernel %s: the mirror has "
				     "neither it nor another; give a kernel with -k",
				     pin.release);
	message__say(vm, "the mirror no longer has the pinned kernel %s: taking %s", pin.release,
		     release);
	fetch->release = release;
	return fetch_from(vm, fetch, names, kernel);
}

static int fetch_pinned(struct vmtest *vm, struct fetch *fetch, struct kernel *kernel)
{
	autowords struct words names = {};
	int ret = apt__names(vm, &fetch->apt, "linux-", &names);
	bool present = true;

	if (ret)
		return ret;
	for (size_t i = 0; i < ARRAY_SIZE(pin_packages); i++)
		present = present && words__contain(&names, pin_packages[i].name);
	if (!present)
		return fetch_newer_than_pinned(vm, fetch, &names, kernel);
	fetch->release = pin.release;
	fetch->pinned = true;
	for (size_t i = 0; i < ARRAY_SIZE(pin_packages); i++)
		words__add(&fetch->packages, "%s=%s", pin_packages[i].name,
			   pin_packages[i].version);
	return fill(vm, fetch, kernel);
}

/*
 * Take a newer kernel from the cache. It is there if the mirror had dropped the pinned kernel in an
 * earlier run. In this run the mirror cannot be reached.
 */
static int take_cached_newer(struct vmtest *vm, struct kernel *kernel)
{
	autofree char *cached = kernel_packages__cached_release(vm, "");

	if (!cached || release__compare(cached, pin.release) < 0)
		return EXIT_NO_KERNEL;
	message__say(vm, "taking the newer kernel %s from the cache instead of the pinned %s",
		     cached, pin.release);
	return kernel__from_cache(vm, cached, kernel);
}

const char *kernel_fetch__pinned_release(void)
{
	return pin.release;
}

int kernel_fetch__pinned(struct vmtest *vm, struct kernel *kernel)
{
	autofree char *entry = text__format("%s/kernels/%s", vm->cache, pin.release);
	autowords struct words suites = {};
	struct fetch fetch = {};
	int ret;

	if (path__is_folder(entry)) {
		return kernel__from_cache(vm, pin.release, kernel);
	}
	words__add(&suites, "%s", pin.suite);
	ret = apt__open(vm, &fetch.apt, &suites, false);
	/* Take another kernel only if the mirror is unreachable, not if a checksum is wrong. */
	if (ret == EXIT_NO_KERNEL)
		ret = take_cached_newer(vm, kernel);
	else
		ret = ret ? ret : fetch_pinned(vm, &fetch, kernel);
	apt__close(&fetch.apt);
	words__free(&fetch.packages);
	return ret;
}

static int fetch_highest(struct vmtest *vm, const char *prefix, struct fetch *fetch,
			 struct kernel *kernel)
{
	autowords struct words names = {};
	autofree char *release = NULL;
	int ret = apt__names(vm, &fetch->apt, "linux-", &names);

	if (ret)
		return ret;
	release = kernel_packages__choose_release(&names, prefix, NULL, HIGHEST);
	if (!release)
		return message__fail(EXIT_NO_KERNEL,
				     "cannot find kernel %s: no package of that version in "
				     "the suites; give another version, or a file",
				     prefix);
	fetch->release = release;
	return fetch_from(vm, fetch, &names, kernel);
}

int kernel_fetch__version(struct vmtest *vm, const char *prefix, struct kernel *kernel)
{
	autofree char *cached = kernel_packages__cached_release(vm, prefix);
	autowords struct words suites = {};
	struct fetch fetch = {};
	int ret;

	/* Ask the mirror only for "latest" (no prefix), or if no kernel is cached. */
	if (cached && (*prefix || vm->opt.offline)) {
		message__say(vm, "kernel %s is in the cache", cached);
		return kernel__from_cache(vm, cached, kernel);
	}
	apt__kernel_suites(&suites);
	ret = apt__open(vm, &fetch.apt, &suites, false);
	ret = ret ? ret : fetch_highest(vm, prefix, &fetch, kernel);
	apt__close(&fetch.apt);
	words__free(&fetch.packages);
	if (ret == EXIT_NO_KERNEL && cached) {
		message__say(vm, "taking kernel %s from the cache instead", cached);
		return kernel__from_cache(vm, cached, kernel);
	}
	return ret;
}
