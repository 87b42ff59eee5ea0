// SPDX-License-Identifier: GPL-2.0-only
/* Which kernel is taken from a list of package names: a version, then one name a line. */
#include <ctype.h>

#include "check/fuzz/fuzz.h"
#include "runner/text/cleanup.h"
#include "vm/host/text.h"
#include "vm/host/words.h"
#include "vm/kernel/kernel_packages.h"
#include "vm/kernel/release.h"

/* Above it the nearest one is taken. */
#define PINNED "7.3.4+deb13-cloud-amd64"

static bool is_candidate(const char *name, const char *prefix, const char *above)
{
	autofree char *release = kernel_packages__release(name);

	return release && release__matches(release, prefix) &&
	       (!above || release__compare(release, above) > 0);
}

static void check_choice(const struct words *names, const char *prefix, const char *above,
			 enum choice choice)
{
	autofree char *best = kernel_packages__choose_release(names, prefix, above, choice);
	bool any = false;

	for (size_t i = 0; i < names->count; i++) {
		autofree char *release = kernel_packages__release(names->v[i]);
		int order = release && best ? release__compare(release, best) : 0;

		if (!is_candidate(names->v[i], prefix, above))
			continue;
		any = true;
		INVARIANT(best && (choice == HIGHEST ? order <= 0 : order >= 0));
	}
	INVARIANT(any == !!best);
	if (best) {
		autowords struct words packages = {};

		INVARIANT(text__ends_with(best, "-cloud-amd64") && isdigit((unsigned char)*best));
		kernel_packages__of_release(names, best, &packages);
		INVARIANT(packages.count >= 1);
		for (size_t i = 0; i < packages.count; i++)
			INVARIANT(words__contain(names, packages.v[i]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	autofree char *prefix = input__line(&input), *rest = input__rest(&input);
	autowords struct words names = {};

	if (!prefix)
		return 0;
	words__split(&names, rest, "\n");
	check_choice(&names, prefix, NULL, HIGHEST);
	check_choice(&names, "", PINNED, LOWEST);
	check_choice(&names, "", prefix, LOWEST);
	return 0;
}
