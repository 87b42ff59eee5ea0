// SPDX-License-Identifier: GPL-2.0-only
/* Reads --shard and the environment, and decides which tests are in a shard, by position only. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/selection/shard.h"
#include "runner/text/number.h"

static const struct {
	const char *total, *index;
	bool is_pair; /* both variables must be set: an index without a total is an error */
} environment[] = {
	{ "TEST_TOTAL_SHARDS", "TEST_SHARD_INDEX", true },
	{ "GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX", true },
	{ "JOB_COMPLETIONS", "JOB_COMPLETION_INDEX", false },
};

static int parse_count(const char *text, size_t len)
{
	return number__parse(text, len, 0, SHARDS_MAX);
}

int shard__parse(struct shard *shard, const char *text, char *error, size_t size_bytes)
{
	const char *slash = strchrnul(text, '/');
	int number = parse_count(text, slash - text);
	int total = *slash ? parse_count(slash + 1, strlen(slash + 1)) : -1;

	if (number < 1 || total < 1 || number > total) {
		snprintf(
			error, size_bytes,
			"--shard takes I/N for part I of N, with I from 1 to N and N up to %d, not '%s'",
			SHARDS_MAX, text);
		return -EINVAL;
	}
	*shard = (struct shard){ number, total };
	return 0;
}

static const char *variable(const char *name)
{
	const char *text = getenv(name);

	return text && *text ? text : NULL;
}

int shard__from_environment(struct shard *shard, char *error, size_t size_bytes)
{
	size_t i;

	for (i = 0; i < sizeof(environment) / sizeof(environment[0]); i++) {
		const char *total_text = variable(environment[i].total);
		const char *index_text = variable(environment[i].index);
		int total, index;

		if (!total_text && (!index_text || !environment[i].is_pair))
			continue;
		total = total_text ? parse_count(total_text, strlen(total_text)) : -1;
		index = index_text ? parse_count(index_text, strlen(index_text)) : -1;
		if (total < 1 || index < 0 || index >= total) {
			snprintf(
				error, size_bytes,
				"%s is '%s' and %s is '%s': the first must be the number of shards, the second the shard to run, counted from 0",
				environment[i].total, total_text ?: "", environment[i].index,
				index_text ?: "");
			return -EINVAL;
		}
		*shard = (struct shard){ index + 1, total };
		return 0;
	}
	return 0;
}

bool shard__has(const struct shard *shard, int place)
{
	return !shard->total || place % shard->total == shard->number - 1;
}

int shard__touch_status_file(void)
{
	const char *path = variable("TEST_SHARD_STATUS_FILE");
	int fd;

	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}
