// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which kernel is taken from a list of package names: a version, then one name a line. The choice
 * is static: its file is part of this one.
 */
#include "check/fuzz/fuzz.h"
#include "vm/kernel_fetch.c"

static bool is_candidate(const char *name, const char *prefix, const char *above)
{
	autofree char *release = release_of_package(name);

	return release && release_matches(release, prefix) &&
	       (!above || release_compare(release, above) > 0);
}

static void check_choice(const struct words *names, const char *prefix, const char *above,
			 enum choice choice)
{
	autofree char *best = choose_release(names, prefix, above, choice);
	bool any = false;

	for (size_t i = 0; i < names->count; i++) {
		autofree char *release = release_of_package(names->v[i]);
		int order = release && best ? release_compare(release, best) : 0;

		if (!is_candidate(names->v[i], prefix, above))
			continue;
		any = true;
		INVARIANT(best && (choice == HIGHEST ? order <= 0 : order >= 0));
	}
	INVARIANT(any == !!best);
	if (best) {
		struct fetch fetch = { .release = best };

		INVARIANT(text_ends_with(best, FLAVOUR) && isdigit((unsigned char)*best));
		choose_packages(&fetch, names);
		INVARIANT(fetch.packages.count >= 1);
		for (size_t i = 0; i < fetch.packages.count; i++)
			INVARIANT(words_contain(names, fetch.packages.v[i]));
		words_free(&fetch.packages);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	autofree char *prefix = input__line(&input), *rest = input__rest(&input);
	autowords struct words names = {};

	if (!prefix)
		return 0;
	words_split(&names, rest, "\n");
	check_choice(&names, prefix, NULL, HIGHEST);
	check_choice(&names, "", pin.release, LOWEST);
	check_choice(&names, "", prefix, LOWEST);
	return 0;
}
