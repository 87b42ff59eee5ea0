// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists the versions that -k takes, such as 6.1, 6.12 and 7.3, with the newest kernel of each
 * version on the mirror and in the cache.
 *
 * Without the network, or with --offline, only the kernels of the cache are listed.
 */
#include <ctype.h>
#include <glob.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/text/cleanup.h"
#include "runner/text/text_file.h"
#include "vm/host/exit_status.h"
#include "vm/host/message.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/apt.h"
#include "vm/kernel/kernel_fetch.h"
#include "vm/kernel/kernel_list.h"
#include "vm/kernel/kernel_packages.h"
#include "vm/kernel/release.h"

#define MIB (1024.0 * 1024)

/**
 * struct version - a version that can be booted
 * @name: name of the version, such as "6.12"
 * @release: newest release on the mirror, or NULL
 * @cached: newest release in the cache, or NULL
 * @package: package with the image of @release, to show its version and suite
 * @size_bytes: size of all packages that have to be fetched for @release
 */
struct version {
	char *name;
	char *release;
	char *cached;
	struct apt_package package;
	uint64_t size_bytes;
};

struct version_list {
	struct version *v;
	size_t count;
};

static void free_list(struct version_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->v[i].name);
		free(list->v[i].release);
		free(list->v[i].cached);
		free(list->v[i].package.version);
		free(list->v[i].package.suite);
	}
	free(list->v);
}

/* Return: the first two numbers of a release. */
static char *version_of(const char *release)
{
	size_t len = strspn(release, "0123456789");

	if (release[len] == '.')
		len += 1 + strspn(release + len + 1, "0123456789");
	return text__format("%.*s", (int)len, release);
}

static void add_version(struct version_list *list, const char *release)
{
	char *name = version_of(release);

	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->v[i].name, name)) {
			free(name);
			return;
		}
	list->v = reallocarray(list->v, list->count + 1, sizeof(*list->v));
	if (!list->v)
		abort();
	list->v[list->count++] = (struct version){ .name = name };
}

static int compare_versions(const void *a, const void *b)
{
	return release__compare(((const struct version *)a)->name,
				((const struct version *)b)->name);
}

static void add_cached(struct vmtest *vm, struct version_list *list)
{
	autofree char *pattern = text__format("%s/kernels/*/release", vm->cache);
	glob_t found = {};

	glob(pattern, 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		autofree char *release = text_file__read(found.gl_pathv[i]);

		if (release && isdigit((unsigned char)*release))
			add_version(list, release);
	}
	globfree(&found);
	for (size_t i = 0; i < list->count; i++)
		list->v[i].cached = kernel_packages__cached_release(vm, list->v[i].name);
}

/* Look up version, suite and sizes of the packages of all versions at once. */
static int describe(struct vmtest *vm, const struct apt *apt, const struct words *names,
		    struct version_list *list)
{
	autowords struct words packages = {};
	struct apt_package *described;
	size_t at = 0;
	int ret;

	for (size_t i = 0; i < list->count; i++)
		kernel_packages__of_release(names, list->v[i].release, &packages);
	described = calloc(packages.count + 1, sizeof(*described));
	if (!described)
		abort();
	ret = apt__describe(vm, apt, &packages, described);
	for (size_t i = 0; i < list->count; i++) {
		autowords struct words own = {};

		kernel_packages__of_release(names, list->v[i].release, &own);
		for (size_t j = 0; j < own.count; j++, at++) {
			list->v[i].size_bytes += described[at].size_bytes;
			if (j == 0) {
				list->v[i].package = described[at];
				continue;
			}
			free(described[at].version);
			free(described[at].suite);
		}
	}
	free(described);
	return ret;
}

static int add_offered(struct vmtest *vm, struct version_list *list)
{
	autowords struct words suites = {}, names = {};
	struct apt apt;
	int ret;

	apt__kernel_suites(&suites);
	ret = apt__open(vm, &apt, &suites, false);
	ret = ret ? ret : apt__names(vm, &apt, "linux-", &names);
	for (size_t i = 0; i < names.count; i++) {
		autofree char *release = kernel_packages__release(names.v[i]);

		if (release)
			add_version(list, release);
	}
	for (size_t i = 0; i < list->count; i++)
		list->v[i].release =
			kernel_packages__choose_release(&names, list->v[i].name, NULL, HIGHEST);
	ret = ret ? ret : describe(vm, &apt, &names, list);
	apt__close(&apt);
	return ret;
}

static int make_list(struct vmtest *vm, struct version_list *list)
{
	int ret = vm->opt.offline ? 0 : add_offered(vm, list);

	if (ret && ret != EXIT_NO_KERNEL)
		return ret;
	add_cached(vm, list);
	if (list->count)
		qsort(list->v, list->count, sizeof(*list->v), compare_versions);
	if (ret && list->count) {
		message__say(vm, "taking what is in the cache");
		return 0;
	}
	if (!ret && !list->count)
		ret = message__fail(EXIT_NO_KERNEL,
				    "no kernel is in the cache %s: run it without --offline",
				    vm->cache);
	return ret;
}

static void print_version(const struct version *version)
{
	const char *release = version->release ? version->release : version->cached;
	autofree char *size = version->size_bytes ?
				      text__format("%.0f MiB", version->size_bytes / MIB) :
				      text__copy("-");

	printf("%-8s %-28s %-20s %-19s %8s  %s%s\n", version->name, release,
	       version->package.version ? version->package.version : "-",
	       version->package.suite ? version->package.suite : "-", size,
	       !version->cached                  ? "no" :
	       !strcmp(version->cached, release) ? "yes" :
						   version->cached,
	       !strcmp(release, kernel_fetch__pinned_release()) ? ", pinned" : "");
}

int kernel_list__print(struct vmtest *vm)
{
	struct version_list list = {};
	int ret = make_list(vm, &list);

	if (!ret)
		printf("%-8s %-28s %-20s %-19s %8s  %s\n", "version", "release", "package", "suite",
		       "size", "cached");
	for (size_t i = 0; !ret && i < list.count; i++)
		print_version(&list.v[i]);
	free_list(&list);
	return ret;
}

int kernel_list__expand(struct vmtest *vm, struct words *kernels)
{
	struct version_list list = {};
	struct words expanded = {};
	int ret = make_list(vm, &list);

	for (size_t i = 0; !ret && i < kernels->count; i++) {
		if (strcmp(kernels->v[i], "all")) {
			words__add(&expanded, "%s", kernels->v[i]);
			continue;
		}
		for (size_t j = 0; j < list.count; j++)
			words__add(&expanded, "%s", list.v[j].name);
	}
	free_list(&list);
	if (ret)
		return ret;
	words__free(kernels);
	*kernels = expanded;
	return 0;
}
