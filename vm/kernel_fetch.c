// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernels from Debian packages into the cache: kernels/<release>/{vmlinux,config,System.map,...}.
 *
 * Talks to apt.c. Which packages hold which file changed over the years, so both are tables.
 */
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <unistd.h>

#include "apt.h"
#include "cache.h"
#include "files.h"
#include "kernel.h"
#include "process.h"

#define FLAVOUR "-cloud-amd64"

/* Packages that may hold the image, best first: linux-image is an empty one where others exist. */
static const char *const image_packages[] = {
	"linux-binary-unsigned-",
	"linux-binary-",
	"linux-image-",
};

/* Packages that may hold the rest; taken if there are. */
static const char *const other_packages[] = { "linux-base-", "linux-modules-" };

/* Where packages put files; %s is the release. */
static const struct {
	const char *place;
	const char *name;
} places[] = {
	{ "usr/lib/modules/%s/vmlinuz.unsigned", "vmlinuz" },
	{ "usr/lib/modules/%s/vmlinuz", "vmlinuz" },
	{ "boot/vmlinuz-%s", "vmlinuz" },
	{ "usr/lib/modules/%s/config", "config" },
	{ "boot/config-%s", "config" },
	{ "usr/lib/modules/%s/System.map", "System.map" },
	{ "boot/System.map-%s", "System.map" },
	{ "usr/lib/modules/%s", "modules" },
	{ "lib/modules/%s", "modules" },
};

static const struct {
	const char *release;
	const char *suite;
} pin = {
#define PIN_RELEASE(release, suite) release, suite
#define PIN_PACKAGE(name, version, sha256)
#include "kernel.pin"
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
#include "kernel.pin"
#undef PIN_RELEASE
#undef PIN_PACKAGE
};

/* What a kernel is made of while it is fetched. */
struct fetch {
	struct apt apt;
	const char *release;
	struct words packages;
	bool pinned;
};

static int check_sums(struct vmtest *vm, const char *folder)
{
	autofree char *list = text_format("%s/SHA256SUMS", folder);
	char *text = text_copy("");
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(pin_packages); i++) {
		char *longer = text_format("%s%s  %s_%s_amd64.deb\n", text, pin_packages[i].sha256,
					   pin_packages[i].name, pin_packages[i].version);

		free(text);
		text = longer;
	}
	err = file_write_text(list, text);
	free(text);
	if (err)
		return fail(EXIT_HOST_SETUP, "cannot write %s: " ERRNO_FMT, list, ERRNO_ARG(-err));
	return program_run_ok(vm,
			      &(struct program){
				      .argv = ARGV("sha256sum", "-c", "--quiet", "SHA256SUMS"),
				      .folder = folder },
			      "verify that the mirror's packages are those of kernel.pin",
			      EXIT_NO_KERNEL);
}

static int unpack_packages(struct vmtest *vm, const char *folder, const char *into)
{
	autofree char *pattern = text_format("%s/*.deb", folder);
	glob_t found = {};
	int ret = 0;

	glob(pattern, 0, NULL, &found);
	for (size_t i = 0; !ret && i < found.gl_pathc; i++)
		ret = program_run_ok(vm,
				     &(struct program){ .argv = ARGV("dpkg-deb", "-x",
								     found.gl_pathv[i],
								     (char *)into) },
				     "unpack a kernel package", EXIT_HOST_SETUP);
	globfree(&found);
	return ret;
}

static void move_to_fixed_names(const char *unpacked, const char *folder, const char *release)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		autofree char *place = text_format("%s/%s", unpacked, places[i].place);
		autofree char *from = NULL;
		autofree char *to = text_format("%s/%s", folder, places[i].name);
		char *mark = strstr(place, "%s");

		from = text_format("%.*s%s%s", (int)(mark - place), place, release, mark + 2);
		if (path_exists(from) && !path_exists(to))
			rename(from, to);
	}
}

/* modprobe needs modules.dep, which a package's installation would make. */
static int index_modules(struct vmtest *vm, const char *folder, const char *release)
{
	autofree char *modules = text_format("%s/modules", folder);
	autofree char *kernel = text_format("%s/kernel", modules);
	autofree char *parent = text_format("%s/lib/modules", folder);
	autofree char *place = text_format("%s/%s", parent, release);
	autofree char *top = text_format("%s/lib", folder);
	autofree char *depmod = program_path("depmod");
	int ret;

	if (!path_is_folder(kernel)) {
		folder_remove(modules); /* Only the list of built-in modules. */
		return 0;
	}
	if (!depmod) {
		detail(vm, "no depmod on this machine: modprobe will find no modules in the guest");
		return 0;
	}
	if (folder_make(parent) || rename(modules, place))
		return fail(EXIT_HOST_SETUP, "cannot move modules to %s: " ERRNO_FMT, place,
			    ERRNO_ARG(errno));
	ret = program_run_ok(vm,
			     &(struct program){ .argv = ARGV("depmod", "-b", (char *)folder,
							     (char *)release) },
			     "index kernel modules", EXIT_HOST_SETUP);
	if (!ret && rename(place, modules))
		ret = fail(EXIT_HOST_SETUP, "cannot move %s back: " ERRNO_FMT, place,
			   ERRNO_ARG(errno));
	folder_remove(top);
	return ret;
}

static int unpack_kernel(struct vmtest *vm, const char *folder, const char *release)
{
	autofree char *unpacked = text_format("%s/unpacked", folder);
	autofree char *vmlinuz = text_format("%s/vmlinuz", folder);
	autofree char *vmlinux = text_format("%s/vmlinux", folder);
	autofree char *release_file = text_format("%s/release", folder);
	autofree char *release_text = text_format("%s\n", release);
	int ret = unpack_packages(vm, folder, unpacked);

	if (ret)
		return ret;
	move_to_fixed_names(unpacked, folder, release);
	folder_remove(unpacked);
	if (!path_exists(vmlinuz))
		return fail(EXIT_NO_KERNEL,
			    "cannot use the packages of kernel %s: no image found "
			    "in them",
			    release);
	ret = kernel_unpack(vm, vmlinuz, vmlinux);
	ret = ret ? ret : index_modules(vm, folder, release);
	if (!ret && file_write_text(release_file, release_text))
		ret = fail(EXIT_HOST_SETUP, "cannot write %s: " ERRNO_FMT, release_file,
			   ERRNO_ARG(errno));
	return ret;
}

static void remove_packages(const char *folder)
{
	autofree char *pattern = text_format("%s/*.deb", folder);
	glob_t found = {};

	glob(pattern, 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		unlink(found.gl_pathv[i]);
	globfree(&found);
}

/* The fill function of cache_fill(). */
static int fill_kernel(struct vmtest *vm, const char *folder, void *data)
{
	struct fetch *fetch = data;
	int ret;

	say(vm, "fetching kernel %s", fetch->release);
	ret = apt_download(vm, &fetch->apt, &fetch->packages, folder);
	if (!ret && fetch->pinned)
		ret = check_sums(vm, folder);
	ret = ret ? ret : unpack_kernel(vm, folder, fetch->release);
	if (!ret)
		remove_packages(folder);
	return ret;
}

static int fill(struct vmtest *vm, struct fetch *fetch, struct kernel *kernel)
{
	autofree char *entry = text_format("kernels/%s", fetch->release);
	int ret = cache_fill(vm, entry, fill_kernel, fetch);

	if (!ret)
		kernel_from_cache(vm, fetch->release, kernel);
	return ret;
}

/* The release that a package name stands for, or NULL: not an image of the right flavour. */
static char *release_of_package(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(image_packages); i++) {
		const char *release = name + strlen(image_packages[i]);

		/* -dbg and -unsigned come after the flavour, metapackages have no number. */
		if (text_starts_with(name, image_packages[i]) && isdigit((unsigned char)*release) &&
		    text_ends_with(release, FLAVOUR))
			return text_copy(release);
	}
	return NULL;
}

enum choice { HIGHEST, LOWEST };

/* The highest or lowest release of a version above one that is given. */
static char *choose_release(const struct words *names, const char *prefix, const char *above,
			    enum choice choice)
{
	char *best = NULL;

	for (size_t i = 0; i < names->count; i++) {
		char *release = release_of_package(names->v[i]);
		int order = best && release ? release_compare(release, best) : 0;

		if (!release || !release_matches(release, prefix) ||
		    (above && release_compare(release, above) <= 0) ||
		    (best && (choice == HIGHEST ? order <= 0 : order >= 0))) {
			free(release);
			continue;
		}
		free(best);
		best = release;
	}
	return best;
}

static void choose_packages(struct fetch *fetch, const struct words *names)
{
	for (size_t i = 0; i < ARRAY_SIZE(image_packages); i++) {
		autofree char *name = text_format("%s%s", image_packages[i], fetch->release);

		if (words_contain(names, name)) {
			words_add(&fetch->packages, "%s", name);
			break;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(other_packages); i++) {
		autofree char *name = text_format("%s%s", other_packages[i], fetch->release);

		if (words_contain(names, name))
			words_add(&fetch->packages, "%s", name);
	}
}

/* The highest cached release of a version, as a string that the caller frees, or NULL. */
static char *cached_release(const struct vmtest *vm, const char *prefix)
{
	autofree char *pattern = text_format("%s/kernels/*/release", vm->cache);
	glob_t found = {};
	char *best = NULL;

	glob(pattern, 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *release = file_read_text(found.gl_pathv[i]);

		if (!release || !release_matches(text_trim(release), prefix) ||
		    (best && release_compare(release, best) <= 0)) {
			free(release);
			continue;
		}
		free(best);
		best = release;
	}
	globfree(&found);
	return best;
}

static int fetch_from(struct vmtest *vm, struct fetch *fetch, const struct words *names,
		      struct kernel *kernel)
{
	choose_packages(fetch, names);
	return fill(vm, fetch, kernel);
}

static int fetch_newer_than_pinned(struct vmtest *vm, struct fetch *fetch,
				   const struct words *names, struct kernel *kernel)
{
	autofree char *release = choose_release(names, "", pin.release, LOWEST);

	if (!release)
		release = choose_release(names, "", NULL, HIGHEST);
	if (!release)
		return fail(EXIT_NO_KERNEL,
			    "cannot fetch the pinned kernel %s: the mirror has "
			    "neither it nor another; give a kernel with -k",
			    pin.release);
	say(vm, "the mirror no longer has the pinned kernel %s: taking %s", pin.release, release);
	fetch->release = release;
	return fetch_from(vm, fetch, names, kernel);
}

static int fetch_pinned(struct vmtest *vm, struct fetch *fetch, struct kernel *kernel)
{
	autowords struct words names = {};
	int ret = apt_names(vm, &fetch->apt, "linux-", &names);
	bool present = true;

	if (ret)
		return ret;
	for (size_t i = 0; i < ARRAY_SIZE(pin_packages); i++)
		present = present && words_contain(&names, pin_packages[i].name);
	if (!present)
		return fetch_newer_than_pinned(vm, fetch, &names, kernel);
	fetch->release = pin.release;
	fetch->pinned = true;
	for (size_t i = 0; i < ARRAY_SIZE(pin_packages); i++)
		words_add(&fetch->packages, "%s=%s", pin_packages[i].name, pin_packages[i].version);
	return fill(vm, fetch, kernel);
}

/* The mirror may have dropped the pinned kernel earlier, and be out of reach in this run. */
static int take_cached_newer(struct vmtest *vm, struct kernel *kernel)
{
	autofree char *cached = cached_release(vm, "");

	if (!cached || release_compare(cached, pin.release) < 0)
		return EXIT_NO_KERNEL;
	say(vm, "taking the newer kernel %s from the cache instead of the pinned %s", cached,
	    pin.release);
	kernel_from_cache(vm, cached, kernel);
	return 0;
}

int kernel_fetch_pinned(struct vmtest *vm, struct kernel *kernel)
{
	autofree char *entry = text_format("%s/kernels/%s", vm->cache, pin.release);
	autowords struct words suites = {};
	struct fetch fetch = {};
	int ret;

	if (path_is_folder(entry)) {
		kernel_from_cache(vm, pin.release, kernel);
		return 0;
	}
	words_add(&suites, "%s", pin.suite);
	ret = apt_open(vm, &fetch.apt, &suites, false);
	/* Only a mirror out of reach: packages with a wrong checksum are no reason to go on. */
	if (ret == EXIT_NO_KERNEL)
		ret = take_cached_newer(vm, kernel);
	else
		ret = ret ? ret : fetch_pinned(vm, &fetch, kernel);
	apt_close(&fetch.apt);
	words_free(&fetch.packages);
	return ret;
}

static int fetch_highest(struct vmtest *vm, const char *prefix, struct fetch *fetch,
			 struct kernel *kernel)
{
	autowords struct words names = {};
	autofree char *release = NULL;
	int ret = apt_names(vm, &fetch->apt, "linux-", &names);

	if (ret)
		return ret;
	release = choose_release(&names, prefix, NULL, HIGHEST);
	if (!release)
		return fail(EXIT_NO_KERNEL,
			    "cannot find kernel %s: no package of that version in "
			    "the suites; give another version, or a file",
			    prefix);
	fetch->release = release;
	return fetch_from(vm, fetch, &names, kernel);
}

int kernel_fetch_version(struct vmtest *vm, const char *prefix, struct kernel *kernel)
{
	autofree char *cached = cached_release(vm, prefix);
	autowords struct words suites = {};
	struct fetch fetch = {};
	int ret;

	/* Only "latest" (no prefix) has to know what the mirror has today. */
	if (cached && (*prefix || vm->opt.offline)) {
		say(vm, "kernel %s is in the cache", cached);
		kernel_from_cache(vm, cached, kernel);
		return 0;
	}
	apt_kernel_suites(&suites);
	ret = apt_open(vm, &fetch.apt, &suites, false);
	ret = ret ? ret : fetch_highest(vm, prefix, &fetch, kernel);
	apt_close(&fetch.apt);
	words_free(&fetch.packages);
	if (ret == EXIT_NO_KERNEL && cached) {
		say(vm, "taking kernel %s from the cache instead", cached);
		kernel_from_cache(vm, cached, kernel);
		return 0;
	}
	return ret;
}
