// SPDX-License-Identifier: GPL-2.0-only
/* Keeps the logs in memory that will still be shown, and the logs of failures. Frees all others. */
#include <string.h>

#include "runner/reports/log_keeper.h"
#include "runner/reports/status_lines.h"

/* The limit for all kept logs. Above it, each later log is replaced by a note. */
#define KEPT_MAX_BYTES (256ULL << 20)

static void keep(struct log_keeper *keeper, struct outcome *outcome)
{
	static const char note[] = "[this log was dropped: the run has kept too much already]\n";
	struct capped_log *log = &outcome->log;

	if (!status_lines__shows_log(keeper->options, outcome)) {
		capped_log__free(log);
	} else if (keeper->kept_bytes > KEPT_MAX_BYTES) {
		capped_log__free(log);
		capped_log__add(log, note, strlen(note));
	} else {
		keeper->kept_bytes += log->head_bytes + log->tail_bytes;
	}
}

/* Free a log that was shown, unless it is a failure's: summary and JSON report show it again. */
static void free_shown(struct log_keeper *keeper, struct outcome *outcome)
{
	if (result__is_failure(outcome->result))
		return;
	keeper->kept_bytes -= outcome->log.head_bytes + outcome->log.tail_bytes;
	capped_log__free(&outcome->log);
}

void log_keeper__listen(void *context, const struct event *event)
{
	struct log_keeper *keeper = context;
	int i;

	if (event->kind == EVENT_SUBTEST_END)
		keep(keeper, event->where);
	if (event->kind != EVENT_TEST_END)
		return;
	keep(keeper, &event->test->outcome);
	free_shown(keeper, &event->test->outcome);
	for (i = 0; i < event->test->subtests_cnt; i++)
		free_shown(keeper, &event->test->subtests[i]->outcome);
}
