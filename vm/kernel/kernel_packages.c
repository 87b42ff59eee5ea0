// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the Debian packages of kernels by their names, and chooses one. Uses neither apt nor the
 * network.
 */
#include <ctype.h>
#include <glob.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "runner/text/cleanup.h"
#include "runner/text/text_file.h"
#include "vm/host/text.h"
#include "vm/host/vmtest.h"
#include "vm/host/words.h"
#include "vm/kernel/kernel_packages.h"
#include "vm/kernel/release.h"

#define FLAVOUR "-cloud-amd64"

/* Packages that may have the image, best first: linux-image is empty if another one exists. */
static const char *const image_packages[] = {
	"linux-binary-unsigned-",
	"linux-binary-",
	"linux-image-",
};

/* Packages that may have other files. They are taken if they exist. */
static const char *const other_packages[] = { "linux-base-", "linux-modules-" };

char *kernel_packages__release(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(image_packages); i++) {
		const char *release = name + strlen(image_packages[i]);

		/* Skip -dbg and -unsigned, which come after the flavour, and metapackages. */
		if (text__starts_with(name, image_packages[i]) &&
		    isdigit((unsigned char)*release) && text__ends_with(release, FLAVOUR))
			return text__copy(release);
	}
	return NULL;
}

char *kernel_packages__choose_release(const struct words *names, const char *prefix,
				      const char *above, enum choice choice)
{
	char *best = NULL;

	for (size_t i = 0; i < names->count; i++) {
		char *release = kernel_packages__release(names->v[i]);
		int order = best && release ? release__compare(release, best) : 0;

		if (!release || !release__matches(release, prefix) ||
		    (above && release__compare(release, above) <= 0) ||
		    (best && (choice == HIGHEST ? order <= 0 : order >= 0))) {
			free(release);
			continue;
		}
		free(best);
		best = release;
	}
	return best;
}

char *kernel_packages__cached_release(const struct vmtest *vm, const char *prefix)
{
	autofree char *pattern = text__format("%s/kernels/*/release", vm->cache);
	glob_t found = {};
	char *best = NULL;

	glob(pattern, 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *release = text_file__read(found.gl_pathv[i]);

		if (!release || !release__matches(text__trim(release), prefix) ||
		    (best && release__compare(release, best) <= 0)) {
			free(release);
			continue;
		}
		free(best);
		best = release;
	}
	globfree(&found);
	return best;
}

void kernel_packages__of_release(const struct words *names, const char *release,
				 struct words *packages)
{
	for (size_t i = 0; i < ARRAY_SIZE(image_packages); i++) {
		autofree char *name = text__format("%s%s", image_packages[i], release);

		if (words__contain(names, name)) {
			words__add(packages, "%s", name);
			break;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(other_packages); i++) {
		autofree char *name = text__format("%s%s", other_packages[i], release);

		if (words__contain(names, name))
			words__add(packages, "%s", name);
	}
}
