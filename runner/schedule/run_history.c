// SPDX-License-Identifier: GPL-2.0-only
/* Connects the results of a run with the history. An error in the history does not fail the run. */
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "runner/needs/build_info.h"
#include "runner/schedule/run_history.h"
#include "runner/text/error.h"

/* Return: the note with the build id in a segment of notes, or NULL. */
static const ElfW(Nhdr) * find_build_id(const char *notes, size_t len_bytes)
{
	size_t at = 0, name_bytes, descriptor_bytes;

	while (at + sizeof(ElfW(Nhdr)) <= len_bytes) {
		const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)(notes + at);

		name_bytes = (note->n_namesz + 3UL) & ~3UL;
		descriptor_bytes = (note->n_descsz + 3UL) & ~3UL;
		if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == sizeof("GNU") &&
		    !memcmp(note + 1, "GNU", sizeof("GNU")))
			return note;
		at += sizeof(*note) + name_bytes + descriptor_bytes;
	}
	return NULL;
}

/* dl_iterate_phdr() calls this for the program itself first. A value other than 0 ends the walk. */
static int print_build_id(struct dl_phdr_info *object, size_t size_bytes, void *data)
{
	const ElfW(Nhdr) *note = NULL;
	const unsigned char *id;
	FILE *out = data;
	unsigned int i;

	for (i = 0; !note && i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];

		if (segment->p_type == PT_NOTE)
			note = find_build_id((const char *)(object->dlpi_addr + segment->p_vaddr),
					     segment->p_memsz);
	}
	if (!note)
		return -1;
	id = (const unsigned char *)(note + 1) + sizeof("GNU");
	for (i = 0; i < note->n_descsz; i++)
		fprintf(out, "%02x", id[i]);
	return 1;
}

/* Two builds of changed sources may have the same version of the suite: add the build id. */
static char *describe_build(void)
{
	size_t size_bytes = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size_bytes);
	bool has_id;

	if (!out)
		return NULL;
	fprintf(out, "%s ", build_info.suite);
	has_id = dl_iterate_phdr(print_build_id, out) > 0;
	if (fclose(out) || !has_id) {
		free(text);
		return NULL;
	}
	return text;
}

static char *choose_path(const struct run_options *options)
{
	char path[PATH_MAX];

	if (options->no_history)
		return NULL;
	if (options->history_path)
		return strdup(options->history_path);
	return history__default_path(path, sizeof(path)) ? NULL : strdup(path);
}

static void load(struct run_history *history, bool complain)
{
	int err = history__load(&history->history, history->path);

	if (err && complain)
		fprintf(stderr, "warning: the history '%s' is not used: %s\n", history->path,
			err == -EINVAL ? "it is not a history file of this version" :
					 error__text(err));
}

void run_history__begin(struct run_history *history, const struct run_options *options,
			const char *release)
{
	history->options = options;
	history->build = describe_build();
	history->key = (struct history_key){
		.program = program_invocation_short_name,
		.release = release ?: "",
		.build = history->build ?: "",
	};
	history->path = choose_path(history->options);
	if (history->path)
		load(history, true);
}

static bool has_subtest(const struct test_outcome *test, const char *name)
{
	int i;

	for (i = 0; i < test->subtests_cnt; i++) {
		if (!strcmp(test->subtests[i]->outcome.name, name))
			return true;
	}
	return false;
}

static void add_unreached(struct test_outcome *test, const char *name,
			  const struct event_sink *sink)
{
	int number = test->subtests_cnt + 1;
	struct subtest_outcome *subtest = test_outcome__add_subtest(test, name, number);

	if (!subtest)
		return;
	subtest->is_open = false;
	subtest->outcome.result = RESULT_UNREACHED;
	outcome__set_detail(&subtest->outcome, "not run: an earlier run of this build came to it");
	event_sink__tell(sink, &(struct event){
				       .kind = EVENT_SUBTEST_END,
				       .test = test,
				       .where = &subtest->outcome,
			       });
}

void run_history__add_unreached(struct run_history *history, struct test_outcome *test,
				const struct event_sink *sink)
{
	const struct history_key *key = &history->key;
	const char *name = test->outcome.name;
	size_t i, cnt;

	if (!test->is_whole || test->outcome.skipped)
		return;
	cnt = history__subtests_cnt(&history->history, key, name);
	for (i = 0; i < cnt; i++) {
		const char *subtest = history__subtest(&history->history, key, name, i);

		if (!has_subtest(test, subtest))
			add_unreached(test, subtest, sink);
	}
}

static void note_test(struct run_history *history, const struct test_outcome *test)
{
	const struct outcome *outcome = &test->outcome;
	const char **names;
	int i;

	if (!test->is_whole || outcome->skipped || test->subtests_cnt > HISTORY_SUBTESTS_MAX)
		return;
	names = calloc(test->subtests_cnt + 1, sizeof(*names));
	if (!names)
		return;
	for (i = 0; i < test->subtests_cnt; i++)
		names[i] = test->subtests[i]->outcome.name;
	history__note(&history->history, outcome->name,
		      (int64_t)(outcome->end_ns - outcome->begin_ns) / 1000, names,
		      test->subtests_cnt);
	free(names);
}

int run_history__save(struct run_history *history, const struct tests *tests,
		      const struct event_sink *sink)
{
	int i, err;

	if (!history->path)
		return 0;
	/* Read the file again, because another run may have written it in the meantime. */
	history__free(&history->history);
	load(history, false);
	err = history__begin_entry(&history->history, &history->key);
	for (i = 0; !err && i < tests->cnt; i++)
		note_test(history, &tests->all[i]);
	err = err ?: history__save(&history->history, history->path);
	if (err && history->options->history_path) {
		fprintf(stderr, "warning: cannot write the history '%s': %s\n", history->path,
			error__text(err));
		return err;
	}
	if (err)
		event_sink__debug(sink, "cannot write the history '%s': %s", history->path,
				  error__text(err));
	return 0;
}

void run_history__end(struct run_history *history)
{
	history__free(&history->history);
	free(history->path);
	free(history->build);
}
