// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the declarations that the linker has collected in the sections test_locks and test_costs.
 * The schedule decides when a lock is free, because this file does not know which tests run.
 */
#include <errno.h>
#include <string.h>

#include "runner/schedule/locks.h"
#include "runner/selection/registry.h"

extern const struct test_locks __start_test_locks[] __attribute__((weak));
extern const struct test_locks __stop_test_locks[] __attribute__((weak));
extern const struct test_costs __start_test_costs[] __attribute__((weak));
extern const struct test_costs __stop_test_costs[] __attribute__((weak));

/* A name with ':' at its end is followed by the name of the locked object. */
static const char *const kinds[] = {
	"page_cache", "perf_rate",   "trace_pipe", "trampoline:",
	"init_netns", "cgroup_root", "sysctl:",    "module:",
};

bool locks__is_valid_name(const char *name)
{
	size_t i, len;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		len = strlen(kinds[i]);
		if (kinds[i][len - 1] != ':' ? !strcmp(name, kinds[i]) :
					       !strncmp(name, kinds[i], len) && name[len])
			return true;
	}
	return false;
}

static bool have_lock_twice(const struct test_locks *declared, int i)
{
	int k;

	for (k = 0; k < i; k++) {
		if (!strcmp(declared->locks[k].name, declared->locks[i].name))
			return true;
	}
	return false;
}

static int check_locks(const struct test_locks *declared, char *error, size_t size_bytes)
{
	int i;

	if (!registry__find(declared->test)) {
		snprintf(error, size_bytes, "TEST_LOCKS of '%s', and there is no such test",
			 declared->test);
		return -EINVAL;
	}
	if (locks__of(declared->test) != declared) {
		snprintf(error, size_bytes, "TEST_LOCKS of '%s' stands twice: make it one",
			 declared->test);
		return -EINVAL;
	}
	for (i = 0; i < declared->locks_cnt; i++) {
		const char *name = declared->locks[i].name;

		if (!locks__is_valid_name(name)) {
			snprintf(error, size_bytes,
				 "TEST_LOCKS of '%s': there is no lock '%s', see test_schedule.h",
				 declared->test, name);
			return -EINVAL;
		}
		if (have_lock_twice(declared, i)) {
			snprintf(error, size_bytes, "TEST_LOCKS of '%s' has '%s' twice",
				 declared->test, name);
			return -EINVAL;
		}
	}
	return 0;
}

static int check_costs(const struct test_costs *declared, char *error, size_t size_bytes)
{
	if (!registry__find(declared->test)) {
		snprintf(error, size_bytes, "TEST_COSTS of '%s', and there is no such test",
			 declared->test);
		return -EINVAL;
	}
	if (costs__of(declared->test) != declared) {
		snprintf(error, size_bytes, "TEST_COSTS of '%s' stands twice: make it one",
			 declared->test);
		return -EINVAL;
	}
	if (declared->cpus < 0 || declared->memory_mib < 0) {
		snprintf(error, size_bytes, "TEST_COSTS of '%s' has a negative number",
			 declared->test);
		return -EINVAL;
	}
	return 0;
}

int locks__check_declarations(char *error, size_t size_bytes)
{
	const struct test_locks *locks;
	const struct test_costs *costs;
	int err = 0;

	for (locks = __start_test_locks; !err && locks < __stop_test_locks; locks++)
		err = check_locks(locks, error, size_bytes);
	for (costs = __start_test_costs; !err && costs < __stop_test_costs; costs++)
		err = check_costs(costs, error, size_bytes);
	return err;
}

const struct test_locks *locks__of(const char *test)
{
	const struct test_locks *declared;

	for (declared = __start_test_locks; declared < __stop_test_locks; declared++) {
		if (!strcmp(declared->test, test))
			return declared;
	}
	return NULL;
}

const struct test_costs *costs__of(const char *test)
{
	const struct test_costs *declared;

	for (declared = __start_test_costs; declared < __stop_test_costs; declared++) {
		if (!strcmp(declared->test, test))
			return declared;
	}
	return NULL;
}

bool locks__conflict(const struct test_locks *a, const struct test_locks *b)
{
	int i, k;

	if (!a || !b)
		return false;
	for (i = 0; i < a->locks_cnt; i++) {
		for (k = 0; k < b->locks_cnt; k++) {
			if ((a->locks[i].is_exclusive || b->locks[k].is_exclusive) &&
			    !strcmp(a->locks[i].name, b->locks[k].name))
				return true;
		}
	}
	return false;
}

void locks__print(const char *test, FILE *out)
{
	const struct test_locks *locks = locks__of(test);
	const struct test_costs *costs = costs__of(test);
	int i;

	for (i = 0; locks && i < locks->locks_cnt; i++)
		fprintf(out, "\tlock %s, %s\n", locks->locks[i].name,
			locks->locks[i].is_exclusive ? "exclusive" : "shared");
	if (costs && costs->cpus)
		fprintf(out, "\tcosts %d CPU%s\n", costs->cpus, costs->cpus == 1 ? "" : "s");
	if (costs && costs->memory_mib)
		fprintf(out, "\tcosts %d MiB of memory\n", costs->memory_mib);
}
