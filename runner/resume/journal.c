// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the journal of an earlier part of the run, and queues the tests that are left. vmtest sets
 * these variables in the environment:
 *
 *   TEST_JOURNAL      the beginning of the paths of journals
 *   TEST_PANICS_LEFT  how often the run may still be cut short; 0: only report
 *   TEST_PANIC        the kernel's last message
 *   TEST_KILLED_BY    the signal that ended the last runner, if the kernel did not go down
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/resume/convict.h"
#include "runner/resume/journal.h"
#include "runner/resume/journal_events.h"
#include "runner/text/cleanup.h"
#include "runner/text/error.h"

/* Read whole lines only: the last line may have been cut when the kernel went down. */
static int read_text(const char *path, struct journal *journal)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;
	ssize_t len;

	if (!file)
		return -errno;
	len = getdelim(&text, &room, '\0', file);
	fclose(file);
	if (len <= 0) {
		free(text);
		return 0;
	}
	while (len && text[len - 1] != '\n')
		len--;
	text[len] = '\0';
	journal->text = text;
	journal->len_bytes = len;
	return 0;
}

static bool is_complete(const struct journal *journal)
{
	const char *last = journal->text + journal->len_bytes;

	while (last > journal->text &&
	       (last == journal->text + journal->len_bytes || last[-1] != '\n'))
		last--;
	return strstr(last, "\"run_end\"");
}

int journal__read(struct journal *journal, const char *resume)
{
	const char *place = getenv("TEST_JOURNAL");
	const char *left = getenv("TEST_PANICS_LEFT");
	int err;

	journal->may_go_on = !left || strcmp(left, "0");
	journal->killed_by = getenv("TEST_KILLED_BY");
	if (place && *place &&
	    asprintf(&journal->path, "%s.%s", place, program_invocation_short_name) < 0)
		journal->path = NULL;
	if (!resume && !journal->path)
		return 0;
	err = read_text(resume ?: journal->path, journal);
	if (err && (resume || err != -ENOENT))
		return error__fail(err, "cannot read the journal '%s': " ERRNO_FMT,
				   resume ?: journal->path, ERRNO_ARG(err));
	if (resume && !(journal->text && strstr(journal->text, "\"run_begin\"")))
		return error__fail(
			-EINVAL,
			"'%s' is no event stream of a run: --resume takes a file of --events "
			"or events.jsonl",
			resume);
	if (journal->text && !resume && is_complete(journal)) {
		free(journal->text);
		journal->text = NULL;
		journal->len_bytes = 0;
	}
	return 0;
}

static void convict(const struct journal *journal, struct test_outcome *test, int suspects_cnt,
		    const struct event_sink *sink)
{
	if (journal->killed_by)
		convict__of_kill(test, journal->killed_by, suspects_cnt);
	else
		convict__of_panic(test, getenv("TEST_PANIC"), suspects_cnt);
	convict__end(test, sink, 0);
}

static int count(const struct journal *journal, const struct tests *tests, enum journal_state state)
{
	int i, cnt = 0;

	for (i = 0; i < tests->cnt; i++)
		cnt += journal->states[i] == state;
	return cnt;
}

int journal__take_results(struct journal *journal, const struct tests *tests, const char *boot_id,
			  struct selection *selection, struct open_splats *splats)
{
	autofree char *text = strdup(journal->text);
	int ended, suspects;

	journal->states = calloc(tests->cnt + 1, sizeof(*journal->states));
	if (!text || !journal->states)
		return -ENOMEM;
	journal__parse(text, tests->all, tests->cnt, journal->states, boot_id, selection, splats);
	ended = count(journal, tests, JOURNAL_ENDED);
	suspects = count(journal, tests, JOURNAL_SUSPECT);
	printf("Resumed: %d test%s with results, %d to rerun alone\n", ended, ended == 1 ? "" : "s",
	       suspects);
	return 0;
}

int journal__queue(const struct journal *journal, const struct tests *tests,
		   struct schedule *schedule, const struct event_sink *sink)
{
	int i, suspects = count(journal, tests, JOURNAL_SUSPECT);
	bool *wanted = calloc(tests->cnt + 1, sizeof(*wanted));

	if (!wanted)
		return -ENOMEM;
	for (i = tests->cnt - 1; i >= 0; i--) {
		if (journal->states[i] == JOURNAL_SUSPECT && journal->may_go_on)
			schedule__first_alone(schedule, i);
	}
	for (i = 0; i < tests->cnt; i++) {
		if (journal->states[i] == JOURNAL_GUILTY)
			convict(journal, &tests->all[i], 1, sink);
		else if (journal->states[i] == JOURNAL_SUSPECT && !journal->may_go_on)
			convict(journal, &tests->all[i], suspects, sink);
		wanted[i] = tests->all[i].outcome.result == RESULT_NOTRUN;
	}
	schedule__only(schedule, wanted, false);
	free(wanted);
	return 0;
}

void journal__free(struct journal *journal)
{
	free(journal->path);
	free(journal->text);
	free(journal->states);
}
