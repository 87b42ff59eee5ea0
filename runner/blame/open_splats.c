// SPDX-License-Identifier: GPL-2.0-only
/* Keeps splats that no test is charged with, until a test is found to be to blame. */
#include <stdlib.h>
#include <string.h>

#include "runner/blame/open_splats.h"

struct open_splat *open_splats__add(struct open_splats *splats, struct splat *splat,
				    int suspects_max)
{
	struct open_splat *grown = reallocarray(splats->list, splats->cnt + 1, sizeof(*grown));
	int *suspects = calloc(suspects_max + 1, sizeof(*suspects));

	if (grown)
		splats->list = grown;
	if (!grown || !suspects) {
		splat__free(splat);
		free(suspects);
		return NULL;
	}
	grown[splats->cnt] = (struct open_splat){ .splat = splat, .suspects = suspects };
	return &grown[splats->cnt++];
}

/* The text of the splat is not in the journal, only in the results folder, if there is one. */
void open_splats__reopen(struct open_splats *splats, const char *title, const bool *suspects,
			 int tests_cnt)
{
	struct splat *splat = splat__new(title, "(logged before a restart)\n");
	struct open_splat *open = splat ? open_splats__add(splats, splat, tests_cnt) : NULL;
	int i;

	for (i = 0; open && i < tests_cnt; i++) {
		if (suspects[i])
			open->suspects[open->suspects_cnt++] = i;
	}
}

bool open_splat__suspects(const struct open_splat *open, int test)
{
	int i;

	for (i = 0; i < open->suspects_cnt; i++) {
		if (open->suspects[i] == test)
			return true;
	}
	return false;
}

bool open_splats__has_suspect(const struct open_splats *splats, int test)
{
	int i;

	for (i = 0; i < splats->cnt; i++) {
		if (open_splat__suspects(&splats->list[i], test))
			return true;
	}
	return false;
}

static void free_one(struct open_splat *open)
{
	splat__free(open->splat);
	free(open->suspects);
}

void open_splats__explain(struct open_splats *splats, int test)
{
	int i, kept = 0;

	for (i = 0; i < splats->cnt; i++) {
		if (open_splat__suspects(&splats->list[i], test) &&
		    strcmp(splats->list[i].splat->title, OPEN_SPLAT_GAP))
			free_one(&splats->list[i]);
		else
			splats->list[kept++] = splats->list[i];
	}
	splats->cnt = kept;
}

struct open_splat *open_splats__find(struct open_splats *splats, const char *title)
{
	int i;

	for (i = 0; i < splats->cnt; i++) {
		if (!strcmp(splats->list[i].splat->title, title))
			return &splats->list[i];
	}
	return NULL;
}

void open_splats__drop(struct open_splats *splats, const char *title)
{
	int i, kept = 0;

	for (i = 0; i < splats->cnt; i++) {
		if (!strcmp(splats->list[i].splat->title, title))
			free_one(&splats->list[i]);
		else
			splats->list[kept++] = splats->list[i];
	}
	splats->cnt = kept;
}

void open_splats__acquit(struct open_splats *splats, int test)
{
	int i, k, kept;

	for (i = 0; i < splats->cnt; i++) {
		struct open_splat *open = &splats->list[i];

		for (k = 0, kept = 0; k < open->suspects_cnt; k++) {
			if (open->suspects[k] != test)
				open->suspects[kept++] = open->suspects[k];
		}
		open->suspects_cnt = kept;
	}
}

void open_splats__move(struct open_splats *to, struct open_splats *from)
{
	struct open_splat *grown =
		reallocarray(to->list, to->cnt + from->cnt + 1, sizeof(*to->list));
	int i;

	if (!grown)
		return;
	to->list = grown;
	for (i = 0; i < from->cnt; i++)
		to->list[to->cnt++] = from->list[i];
	from->cnt = 0;
}

void open_splats__free(struct open_splats *splats)
{
	int i;

	for (i = 0; i < splats->cnt; i++)
		free_one(&splats->list[i]);
	free(splats->list);
	*splats = (struct open_splats){};
}
