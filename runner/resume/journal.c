// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the journal of an earlier part of the run, and queues what is left to do. What it asks for
 * in the environment is vmtest's to set:
 *
 *   TEST_JOURNAL      where journals are kept: the beginning of a path
 *   TEST_PANICS_LEFT  how often the run may still be cut short; 0: only report
 *   TEST_PANIC        what the kernel said last
 *   TEST_KILLED_BY    the signal that ended the runner last, if the kernel did not go down
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/resume/journal.h"
#include "runner/reports/status_lines.h"
#include "runner/blame/undecided.h"

/* Several times what the suite writes. */
#define ROOM_BYTES (1 << 20)

/* Whole lines; the last one may have been cut when the kernel went down. */
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

int journal__read(struct runner *runner)
{
	struct journal *journal = &runner->journal;
	const char *resume = runner->options->resume_path, *place = getenv("TEST_JOURNAL");
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
	if (err && (resume || err != -ENOENT)) {
		fprintf(stderr, "test_progs: cannot read the journal '%s': %s\n",
			resume ?: journal->path, strerror(-err));
		return err;
	}
	if (journal->text && !resume && is_complete(journal)) {
		free(journal->text);
		journal->text = NULL;
		journal->len_bytes = 0;
	}
	return 0;
}

/*
 * A flush of what grows a file waits for the file system's own journal; of what stands in it
 * already, only for the data. Reading ends at the first NUL.
 */
static void make_room(int fd)
{
	static const char zeros[64 << 10];
	size_t done;
	ssize_t n = 0;

	for (done = 0; done < ROOM_BYTES && n >= 0; done += n)
		n = write(fd, zeros, sizeof(zeros));
	fsync(fd);
	lseek(fd, 0, SEEK_SET);
}

/* Until this is on the disk, what stands at @path is the journal of the earlier parts. */
static int put_in_place(const char *fresh, const char *path)
{
	char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
	int fd;

	if (rename(fresh, path)) {
		int err = -errno;

		free(folder);
		return err;
	}
	if (slash)
		slash[1] = '\0';
	fd = folder ? open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	free(folder);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	return 0;
}

/* Return: 0, or a negative errno if not all of the earlier parts is there. */
static int create(struct runner *runner, const char *path)
{
	const struct journal *journal = &runner->journal;
	struct events *events = &runner->events;

	events->journal_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (events->journal_fd < 0)
		return -errno;
	make_room(events->journal_fd);
	if (journal->text)
		events__copy(events, events->journal_fd, journal->text, journal->len_bytes);
	fdatasync(events->journal_fd);
	return events->error;
}

static int replace(struct runner *runner, const char *fresh)
{
	struct events *events = &runner->events;
	int err = create(runner, fresh) ?: put_in_place(fresh, runner->journal.path);

	if (!err)
		return 0;
	unlink(fresh);
	if (events->journal_fd >= 0)
		close(events->journal_fd);
	events->journal_fd = -1;
	events->error = 0;
	return err;
}

int journal__open(struct runner *runner)
{
	struct journal *journal = &runner->journal;
	char *fresh;
	int err;

	if (!journal->path)
		return 0;
	if (asprintf(&fresh, "%s.new", journal->path) < 0)
		return -ENOMEM;
	err = replace(runner, fresh);
	free(fresh);
	/* On a full disk there is no room for two. */
	if (err)
		err = create(runner, journal->path);
	if (!err || runner->events.journal_fd >= 0)
		return 0;
	fprintf(stderr, "test_progs: cannot open the journal '%s': %s\n", journal->path,
		strerror(-err));
	return err;
}

static void set_panic(struct outcome *outcome, int suspects_cnt)
{
	const char *said = getenv("TEST_PANIC");

	outcome->result = RESULT_PANIC;
	if (suspects_cnt > 1)
		outcome__set_detail(outcome,
				    "panic: one of %d tests that ran when the kernel went down",
				    suspects_cnt);
	else
		outcome__set_detail(outcome, "panic: %s",
				    said && *said ? said : "the kernel went down");
}

static void set_killed(struct outcome *outcome, const char *killed_by, int suspects_cnt)
{
	outcome->result = RESULT_CRASH;
	if (suspects_cnt > 1)
		outcome__set_detail(outcome,
				    "killed: one of %d tests that ran when %s killed the run",
				    suspects_cnt, killed_by);
	else
		outcome__set_detail(outcome, "killed: %s killed the run while this ran alone",
				    killed_by);
}

static void convict(struct runner *runner, struct test_outcome *test, int suspects_cnt)
{
	struct subtest_outcome *subtest = test_outcome__open_subtest(test);
	const char *killed_by = runner->journal.killed_by;

	if (killed_by)
		set_killed(&test->outcome, killed_by, suspects_cnt);
	else
		set_panic(&test->outcome, suspects_cnt);
	if (subtest) {
		subtest->outcome.result = test->outcome.result;
		outcome__set_detail(&subtest->outcome, "%s", test->outcome.detail);
	}
	test_outcome__finish(test);
	if (subtest)
		events__subtest_end(&runner->events, test, &subtest->outcome);
	report__test(runner, test);
}

int journal__resume(struct runner *runner)
{
	struct journal *journal = &runner->journal;
	char *text = strdup(journal->text);
	int i, ended = 0, suspects = 0;
	bool *wanted;

	journal->states = calloc(runner->tests_cnt + 1, sizeof(*journal->states));
	if (!text || !journal->states) {
		free(text);
		return -ENOMEM;
	}
	journal__parse(text, runner->tests, runner->tests_cnt, journal->states,
		       runner->info.boot_id, runner->selection, &runner->splats.open);
	memcpy(text, journal->text, strlen(journal->text) + 1);
	undecided__resume(runner, text);
	free(text);
	for (i = 0; i < runner->tests_cnt; i++) {
		ended += journal->states[i] == JOURNAL_ENDED;
		suspects += journal->states[i] == JOURNAL_SUSPECT;
	}
	printf("Resumed: %d test%s with results, %d to run again alone\n", ended,
	       ended == 1 ? "" : "s", suspects);
	wanted = calloc(runner->tests_cnt + 1, sizeof(*wanted));
	if (!wanted)
		return -ENOMEM;
	for (i = 0; i < runner->tests_cnt; i++) {
		if (journal->states[i] == JOURNAL_GUILTY)
			convict(runner, &runner->tests[i], 1);
		else if (journal->states[i] == JOURNAL_SUSPECT && !journal->may_go_on)
			convict(runner, &runner->tests[i], suspects);
		else if (journal->states[i] == JOURNAL_SUSPECT)
			wanted[i] = true;
	}
	schedule__only(&runner->schedule, wanted, true);
	free(wanted);
	return runner->schedule.waiting;
}

int journal__queue_rest(struct runner *runner)
{
	bool *wanted = calloc(runner->tests_cnt + 1, sizeof(*wanted));
	int i;

	if (!wanted)
		return -ENOMEM;
	for (i = 0; i < runner->tests_cnt; i++)
		wanted[i] = runner->tests[i].outcome.result == RESULT_NOTRUN;
	schedule__only(&runner->schedule, wanted, false);
	free(wanted);
	return 0;
}

void journal__remove(struct runner *runner)
{
	if (runner->events.journal_fd < 0)
		return;
	unlink(runner->journal.path);
	close(runner->events.journal_fd);
	runner->events.journal_fd = -1;
}

void journal__free(struct journal *journal)
{
	free(journal->path);
	free(journal->text);
	free(journal->states);
}
