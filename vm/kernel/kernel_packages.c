// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which Debian packages are kernels, and which of them to take. Decides by names alone; talks
 * neither to apt nor to the network.
 */
#include <ctype.h>
#include <glob.h>

#include "vm/host/files.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/kernel_packages.h"

#define FLAVOUR "-cloud-amd64"

/* Packages that may hold the image, best first: linux-image is an empty one where others exist. */
static const char *const image_packages[] = {
	"linux-binary-unsigned-",
	"linux-binary-",
	"linux-image-",
};

/* Packages that may hold the rest; taken if there are. */
static const char *const other_packages[] = { "linux-base-", "linux-modules-" };

char *packages_release(const char *name)
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

char *packages_choose_release(const struct words *names, const char *prefix, const char *above,
			      enum choice choice)
{
	char *best = NULL;

	for (size_t i = 0; i < names->count; i++) {
		char *release = packages_release(names->v[i]);
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

char *packages_cached_release(const struct vmtest *vm, const char *prefix)
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

void packages_of_release(const struct words *names, const char *release, struct words *packages)
{
	for (size_t i = 0; i < ARRAY_SIZE(image_packages); i++) {
		autofree char *name = text_format("%s%s", image_packages[i], release);

		if (words_contain(names, name)) {
			words_add(packages, "%s", name);
			break;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(other_packages); i++) {
		autofree char *name = text_format("%s%s", other_packages[i], release);

		if (words_contain(names, name))
			words_add(packages, "%s", name);
	}
}
