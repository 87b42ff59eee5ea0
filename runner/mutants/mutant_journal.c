// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file has a line for each thing that happens:
 *
 *	seed NUMBER
 *	begin TEST MUTANT
 *	end TEST MUTANT RESULT WHY
 *	restart			the run goes on after the kernel went down
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/mutants/mutant_journal.h"
#include "runner/mutants/mutant_report.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"

#define PANIC_TEXT "the kernel went down"

int mutant_journal__open(struct mutant_journal *journal, uint32_t seed)
{
	const char *place = getenv("TEST_JOURNAL");
	autofclose FILE *file = NULL;

	*journal = (struct mutant_journal){ .fd = -1, .seed = seed };
	if (!place || !*place)
		return 0;
	if (asprintf(&journal->path, "%s.%s.mutants", place, program_invocation_short_name) < 0) {
		journal->path = NULL;
		return error__fail(-ENOMEM, "out of memory");
	}
	file = fopen(journal->path, "re");
	journal->is_resumed = file && fscanf(file, "seed %" SCNu32, &journal->seed) == 1;
	journal->fd = open(journal->path,
			   O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
				   (journal->is_resumed ? 0 : O_TRUNC),
			   0644);
	if (journal->fd < 0)
		return error__fail(-errno, "cannot open the journal '%s': " ERRNO_FMT,
				   journal->path, ERRNO_ARG(errno));
	if (!journal->is_resumed)
		dprintf(journal->fd, "seed %" PRIu32 "\n", seed);
	return 0;
}

static struct mutant *find(const struct mutant_list *list, int test_number, const char *name)
{
	char other[64];
	int i;

	for (i = 0; i < list->cnt; i++) {
		mutant_report__name(list->all[i], other, sizeof(other));
		if (list->all[i]->test_number == test_number && !strcmp(other, name))
			return list->all[i];
	}
	return NULL;
}

static void set_result(struct mutant *mutant, const char *word, const char *why)
{
	int i;

	for (i = 0; i < MUTANT_RESULTS; i++) {
		if (!strcmp(mutant_result__word(i), word))
			mutant->result = i;
	}
	free(mutant->why);
	mutant->why = *why ? strdup(why) : NULL;
	mutant->is_begun = mutant->is_suspect = false;
}

/* The kernel went down after what was read so far: who was running? */
static void charge(const struct mutant_list *list)
{
	int i, running = 0;

	for (i = 0; i < list->cnt; i++)
		running += list->all[i]->is_begun;
	for (i = 0; i < list->cnt; i++) {
		struct mutant *mutant = list->all[i];

		if (!mutant->is_begun)
			continue;
		if (running == 1)
			set_result(mutant, mutant_result__word(MUTANT_KILLED), PANIC_TEXT);
		else
			mutant->is_suspect = true;
		mutant->is_begun = false;
	}
}

/* Results are words with a blank in them: the text behind them begins with a tab. */
static void take_line(const struct mutant_list *list, char *line)
{
	char name[64], *tab = strchr(line, '\t');
	int number, at = 0;
	struct mutant *mutant;

	if (!strcmp(line, "restart")) {
		charge(list);
		return;
	}
	if (tab)
		*tab++ = '\0';
	if (sscanf(line, "begin %d %63s", &number, name) == 2) {
		mutant = find(list, number, name);
		if (mutant)
			mutant->is_begun = true;
	} else if (sscanf(line, "end %d %63s %n", &number, name, &at) == 2 && at) {
		mutant = find(list, number, name);
		if (mutant)
			set_result(mutant, line + at, tab ?: "");
	}
}

int mutant_journal__take(struct mutant_journal *journal, struct mutant_list *list)
{
	autofclose FILE *file = NULL;
	autofree char *line = NULL;
	size_t size = 0;
	int i, cnt = 0;

	if (!journal->is_resumed)
		return 0;
	file = fopen(journal->path, "re");
	if (!file)
		return error__fail(-errno, "cannot read the journal '%s': " ERRNO_FMT,
				   journal->path, ERRNO_ARG(errno));
	while (getline(&line, &size, file) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		take_line(list, line);
	}
	charge(list);
	dprintf(journal->fd, "restart\n");
	for (i = 0; i < list->cnt; i++)
		cnt += list->all[i]->result != MUTANT_WAITS &&
		       list->all[i]->result != MUTANT_NOT_RUN;
	return cnt;
}

void mutant_journal__begin(struct mutant_journal *journal, const struct mutant *mutant)
{
	char name[64];

	if (journal->fd < 0)
		return;
	mutant_report__name(mutant, name, sizeof(name));
	dprintf(journal->fd, "begin %d %s\n", mutant->test_number, name);
	fdatasync(journal->fd);
}

void mutant_journal__end(struct mutant_journal *journal, const struct mutant *mutant)
{
	const char *why = mutant->why ?: "";
	char name[64];

	if (journal->fd < 0)
		return;
	mutant_report__name(mutant, name, sizeof(name));
	dprintf(journal->fd, "end %d %s %s\t%.*s\n", mutant->test_number, name,
		mutant_result__word(mutant->result), (int)strcspn(why, "\n"), why);
}

void mutant_journal__close(struct mutant_journal *journal, bool is_complete)
{
	if (journal->fd >= 0) {
		/* The machine is restarted without a word to its file systems. */
		fdatasync(journal->fd);
		close(journal->fd);
	}
	if (journal->path && is_complete)
		unlink(journal->path);
	free(journal->path);
	*journal = (struct mutant_journal){ .fd = -1 };
}
