// SPDX-License-Identifier: GPL-2.0-only
/* Prints names and declarations; runs nothing. */
#include "runner/system/clock.h"
#include "runner/text/glob.h"
#include "runner/needs/needs.h"
#include "runner/reports/listing.h"
#include "runner/schedule/locks.h"

int listing__print(const struct run_options *options, const struct tests *tests, int elsewhere_cnt)
{
	int i;

	if (options->count) {
		printf("%d\n", tests->cnt);
	} else {
		for (i = 0; i < tests->cnt; i++) {
			puts(tests->all[i].outcome.name);
			if (options->list != LIST_LONG)
				continue;
			needs__print(tests->all[i].outcome.name, stdout);
			locks__print(tests->all[i].outcome.name, stdout);
		}
	}
	return tests->cnt || elsewhere_cnt ? RUN_EXIT_OK : RUN_EXIT_NOTHING_RAN;
}

int listing__explain(const struct run_options *options)
{
	struct needs needs = {};
	struct run_info info;
	int i, status = RUN_EXIT_NOTHING_RAN;
	uint64_t begin_ns;

	if (run_info__read(&info, options->kconfig_path) || needs__begin(&needs, &info)) {
		fprintf(stderr, "test_progs: cannot use '%s' as the kernel's configuration\n",
			options->kconfig_path ?: "");
		run_info__free(&info);
		return RUN_EXIT_INFRASTRUCTURE;
	}
	begin_ns = clock__now_ns();
	for (i = 0; i < test_entries_cnt; i++) {
		if (!glob__match(test_entries[i].name, options->why))
			continue;
		needs__explain(&needs, test_entries[i].name, stdout);
		status = RUN_EXIT_OK;
	}
	if (status)
		fprintf(stderr, "error: '%s' matches no test (-l lists them)\n", options->why);
	if (options->debug)
		fprintf(stderr,
			"debug: needs: types and symbols read in %.1f ms, probes in %.1f ms\n",
			needs.facts.read_ns / 1e6,
			(clock__now_ns() - begin_ns - needs.facts.read_ns) / 1e6);
	needs__end(&needs);
	run_info__free(&info);
	return status;
}
