// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds splats in the kernel's log. Tables describe how they begin, how they end, and where they
 * name the task. A splat without an end marker ends at a pause, or when the next one begins.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "runner/kernel_log/splat.h"

/*
 * A pause that ends a splat. The lines of one splat are microseconds apart, or up to a second on a
 * slow console.
 */
#define PAUSE_US       5000000
/* The message of a WARN() comes before the header. */
#define LINES_OF_TITLE 6
#define RULE_MIN       20

enum {
	ENDS_RULE = 1 << 0,  /* a rule: "=====" */
	ENDS_TRACE = 1 << 1, /* the end marker "---[ end trace", which ends any splat */
	ENDS_TASK = 1 << 2,  /* the end of a call trace, "</TASK>" */
};

static const char cut_here[] = "------------[ cut here ]------------";

struct splat_beginning {
	const char *text;     /* the beginning of the line */
	const char *contains; /* another text in the line, or NULL */
	unsigned int ends;
	bool is_lockup;
	bool goes_on; /* the line may be a second title of a splat, as in an Oops */
};

static const struct splat_beginning a_warning = { .ends = ENDS_TRACE };
static const struct splat_beginning a_warning_of_lockdep = { .ends = ENDS_TASK };

/* Titles of splats. The first entry that matches a line is used. */
static const struct splat_beginning beginnings[] = {
	{ "BUG: KASAN: ", NULL, ENDS_RULE, false, false },
	{ "BUG: KMSAN: ", NULL, ENDS_RULE, false, false },
	{ "BUG: KCSAN: ", NULL, ENDS_RULE, false, false },
	{ "BUG: KFENCE: ", NULL, ENDS_RULE, false, false },
	{ "BUG: kernel NULL pointer", NULL, ENDS_TRACE, false, false },
	{ "BUG: unable to handle ", NULL, ENDS_TRACE, false, false },
	{ "BUG: soft lockup", NULL, ENDS_TASK, true, false },
	{ "BUG: ", NULL, ENDS_TASK, false, false },
	{ "kernel BUG at ", NULL, ENDS_TRACE, false, false },
	{ "Oops: ", NULL, ENDS_TRACE, false, true },
	{ "Internal error: ", "[#", ENDS_TRACE, false, true },
	{ "Unable to handle kernel ", NULL, ENDS_TRACE, false, false },
	{ "general protection fault", "[#", ENDS_TRACE, false, true },
	{ "invalid opcode: ", "[#", ENDS_TRACE, false, true },
	{ "divide error: ", "[#", ENDS_TRACE, false, true },
	{ "stack segment: ", "[#", ENDS_TRACE, false, true },
	{ "int3: ", "[#", ENDS_TRACE, false, true },
	{ "UBSAN: ", " in ", ENDS_RULE, false, false },
	{ "INFO: task ", " blocked ", ENDS_TASK, false, false },
	{ "INFO: rcu", " stall", ENDS_TASK, true, false },
	{ "INFO: trying to register non-static key", NULL, ENDS_TASK, false, false },
	{ "Watchdog detected hard LOCKUP", NULL, ENDS_TASK, true, false },
	{ "Kernel panic - not syncing", NULL, ENDS_TRACE, false, false },
};

/*
 * The beginnings of names of functions that run in the context of a task, but not on its behalf. An
 * interrupt from user space uses the stack of the task, without an "<IRQ>". This holds for x86 and
 * arm64 from 6.1 to 7.3.
 */
static const char *const interrupts[] = {
	"asm_sysvec_",   "asm_common_interrupt", "handle_softirqs+",
	"__do_softirq+", "el0t_64_irq+",         "el1h_64_irq+",
};

/* Prefixes that subsystems of the kernel put before their messages. */
static const char *const prefixes[] = { "rcu: ", "watchdog: ", "NMI watchdog: ", "workqueue: " };

static const char *skip(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? NULL : text + len;
}

static const char *skip_prefixes(const char *text)
{
	const char *rest;
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		rest = skip(text, prefixes[i]);
		if (!rest)
			continue;
		/* The line is "watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 1". */
		if (!strncmp(rest, "CPU", 3) && strstr(rest, ": "))
			rest = strstr(rest, ": ") + 2;
		return rest;
	}
	return text;
}

static bool is_rule(const char *text)
{
	size_t len = strspn(text, "=");

	return len >= RULE_MIN && !text[len];
}

/*
 * Drivers also print lines that begin with WARNING. Those of the kernel itself name a place, or
 * come after a rule (lockdep) or after "cut here".
 */
static bool is_warning(const char *text, bool is_below)
{
	const char *rest = skip(text, "WARNING: ");

	return rest && (is_below || !strncmp(rest, "CPU: ", 5) || strstr(rest, ", CPU#"));
}

static const struct splat_beginning *find_beginning(const char *text, bool after_rule,
						    bool after_cut)
{
	size_t i;

	if (is_warning(text, after_rule || after_cut))
		return after_rule ? &a_warning_of_lockdep : &a_warning;
	text = skip_prefixes(text);
	for (i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		const struct splat_beginning *beginning = &beginnings[i];

		if (skip(text, beginning->text) &&
		    (!beginning->contains || strstr(text, beginning->contains)))
			return beginning;
	}
	return NULL;
}

/* @comm: the name of the task, which ends before @end */
static void set_task(struct splat *splat, const char *comm, const char *end, long pid)
{
	size_t len = end - comm;

	if (len >= sizeof(splat->comm))
		len = sizeof(splat->comm) - 1;
	memcpy(splat->comm, comm, len);
	splat->comm[len] = '\0';
	splat->pid = pid;
	splat->has_task = true;
}

/* Return: the number at @text, and in @end the position after it; -1 if there is none. */
static long number_at(const char *text, const char **end)
{
	long number = 0;

	if (!isdigit((unsigned char)*text))
		return -1;
	for (; isdigit((unsigned char)*text); text++) {
		if (number > 100000000)
			return -1;
		number = number * 10 + *text - '0';
	}
	*end = text;
	return number;
}

/* Parse "COMM/PID" or "COMM:PID", followed by @after, or by the end of the line if @after is "". */
static bool set_task_of_pair(struct splat *splat, const char *text, char separator,
			     const char *after)
{
	const char *at = text, *end;
	long pid;

	/* The name may also contain the separator. */
	while ((at = strchr(at, separator))) {
		pid = number_at(++at, &end);
		if (pid < 0 || (*after ? strncmp(end, after, strlen(after)) : *end))
			continue;
		set_task(splat, text, at - 1, pid);
		return true;
	}
	return false;
}

/*
 * Parse "CPU: 0 UID: 0 PID: 17 Comm: NAME Not tainted ..."; there is no UID up to 6.11.
 *
 * Return: the id of the task, or -1 if this is not such a line.
 */
static long pid_of_header(const char *text, const char **comm)
{
	const char *at = skip(text, "CPU: ") ? strstr(text, " PID: ") : NULL, *end;
	long pid = at ? number_at(at + 6, &end) : -1;

	*comm = pid < 0 ? NULL : skip(end, " Comm: ");
	return *comm ? pid : -1;
}

static bool set_task_of_header(struct splat *splat, const char *text)
{
	static const char *const behind_name[] = { " Not tainted", " Tainted: ", " Kdump: " };
	const char *comm, *name_end = NULL;
	long pid = pid_of_header(text, &comm);
	size_t i;

	if (pid < 0)
		return false;
	for (i = 0; i < sizeof(behind_name) / sizeof(behind_name[0]); i++) {
		const char *at = strstr(comm, behind_name[i]);

		if (at && (!name_end || at < name_end))
			name_end = at;
	}
	set_task(splat, comm, name_end ?: comm + strlen(comm), pid);
	return true;
}

/* Texts that name a task, in the title or on a line of their own. */
static const struct {
	const char *before; /* text before the name */
	char separator;
	const char *after;
} pairs[] = {
	{ "INFO: task ", ':', " blocked " },
	{ " by task ", '/', "" },
	{ "! [", ':', "]" },
	{ "BUG: scheduling while atomic: ", '/', "/0x" },
	{ " code: ", '/', "" },
	{ "BUG: Bad page state in process ", ' ', "" },
};

static bool find_task(struct splat *splat, const char *text)
{
	const char *at, *end;
	long pid;
	size_t i;

	if (set_task_of_header(splat, text))
		return true;
	/* The form of the line up to 6.18. */
	at = skip(text, "WARNING: CPU: ");
	at = at ? strstr(at, " PID: ") : NULL;
	pid = at ? number_at(at + 6, &end) : -1;
	if (pid >= 0) {
		set_task(splat, "", "", pid);
		return true;
	}
	/* The form of the line from 6.19 on. */
	at = skip(text, "WARNING: ") ? strstr(text, ", CPU#") : NULL;
	at = at && number_at(at + 6, &end) >= 0 ? skip(end, ": ") : NULL;
	if (at && set_task_of_pair(splat, at, '/', ""))
		return true;
	/* The line is "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 17, name: NAME". */
	at = strstr(text, " pid: ");
	pid = at ? number_at(at + 6, &end) : -1;
	at = pid < 0 ? NULL : skip(end, ", name: ");
	if (at) {
		set_task(splat, at, at + strlen(at), pid);
		return true;
	}
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		at = strstr(text, pairs[i].before);
		if (at && set_task_of_pair(splat, at + strlen(pairs[i].before), pairs[i].separator,
					   pairs[i].after))
			return true;
	}
	return false;
}

/* Return: "FUNC at PLACE" from the form of any kernel; NULL if the form is not known. */
static char *warning_title(const char *text)
{
	const char *place, *place_end, *func, *func_end, *at, *next;
	char *title = NULL;
	FILE *out;
	size_t len;

	place = skip(text, "WARNING: CPU: ");
	place = place ? strstr(place, " at ") : NULL;
	if (place) {
		/*
		 * The place may contain blanks, because it can begin with the condition, in
		 * brackets.
		 */
		place += 4;
		func_end = strstr(place, "+0x");
		if (!func_end)
			return NULL;
		for (func = func_end; func > place && func[-1] != ' '; func--)
			;
		place_end = func > place ? func - 1 : place;
	} else {
		place = skip(text, "WARNING: ");
		for (at = NULL, next = place; next && (next = strstr(next, " at ")); next++)
			at = next;
		if (!at)
			return NULL;
		place_end = at;
		func = at + 4;
		func_end = func + strcspn(func, "+,");
	}
	if (func == func_end || place == place_end)
		return NULL;
	out = open_memstream(&title, &len);
	if (!out)
		return NULL;
	fprintf(out, "WARNING: %.*s at %.*s", (int)(func_end - func), func,
		(int)(place_end - place), place);
	fclose(out);
	return title;
}

static void set_title(struct splat *splat, const char *text)
{
	size_t len = strlen(text);

	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	splat->title = warning_title(text) ?: strndup(text, len);
	splat->head_bytes = splat->text_bytes;
}

static void add_text(struct splat *splat, const char *text)
{
	size_t len = strlen(text);
	char *grown;

	splat->lines++;
	if (splat->text_bytes + len + 2 > SPLAT_TEXT_MAX_BYTES)
		return;
	grown = realloc(splat->text, splat->text_bytes + len + 2);
	if (!grown)
		return;
	sprintf(grown + splat->text_bytes, "%s\n", text);
	splat->text = grown;
	splat->text_bytes += len + 1;
}

struct splat *splat__new(const char *title, const char *text)
{
	struct splat *splat = calloc(1, sizeof(*splat));

	if (!splat)
		return NULL;
	splat->title = strdup(title);
	splat->text = strdup(text);
	if (!splat->title || !splat->text) {
		splat__free(splat);
		return NULL;
	}
	splat->text_bytes = strlen(text);
	return splat;
}

void splat__free(struct splat *splat)
{
	if (!splat)
		return;
	free(splat->title);
	free(splat->text);
	free(splat);
}

struct splat *splat_parser__end(struct splat_parser *parser)
{
	struct splat *splat = parser->open;
	bool is_lockup = parser->is_lockup, is_mixed = parser->is_mixed;

	*parser = (struct splat_parser){};
	if (splat && !splat->title)
		set_title(splat, "an unknown splat");
	if (splat && is_lockup)
		splat->in_interrupt = false;
	if (splat && is_mixed) {
		splat->has_task = false;
		splat->pid = 0;
		splat->comm[0] = '\0';
	}
	if (splat && (!splat->title || !splat->text)) {
		splat__free(splat);
		return NULL;
	}
	return splat;
}

/* Return: true if a splat is open now; false when out of memory. */
static bool open_splat(struct splat_parser *parser)
{
	parser->open = calloc(1, sizeof(*parser->open));
	parser->ends = ENDS_TRACE;
	return parser->open;
}

static bool is_last_line(const struct splat_parser *parser, const char *text)
{
	if (skip(text, "---[ end trace ") || skip(text, "---[ end Kernel panic"))
		return true;
	return parser->open->title && (((parser->ends & ENDS_RULE) && is_rule(text)) ||
				       ((parser->ends & ENDS_TASK) && strstr(text, "</TASK>")));
}

static bool is_end(struct splat_parser *parser, const char *text)
{
	const struct splat *splat = parser->open;

	if (splat->lines >= SPLAT_LINES_MAX || (!splat->title && splat->lines > LINES_OF_TITLE))
		return true;
	if (!is_last_line(parser, text))
		return false;
	return !parser->ends_owed || !parser->ends_owed--;
}

/* Return: true if a header names another task than the title. Watchdogs log several tasks. */
static bool is_of_another(const struct splat_parser *parser, const char *text)
{
	const struct splat *splat = parser->open;
	const char *comm;
	long pid = pid_of_header(text, &comm);

	return pid >= 0 && splat->has_task && pid != splat->pid && !parser->is_lockup &&
	       (parser->ends & (ENDS_TRACE | ENDS_RULE));
}

/* Later traces are from another time, for example from the moment when memory was freed. */
static bool is_interrupt(const struct splat_parser *parser, const char *text)
{
	size_t i;

	if (strstr(text, "<IRQ>") || strstr(text, "<NMI>"))
		return true;
	for (i = 0; !parser->is_traced && i < sizeof(interrupts) / sizeof(interrupts[0]); i++) {
		if (*text == ' ' && skip(text + 1, interrupts[i]))
			return true;
	}
	return false;
}

/* Add a line to the open splat. */
static void take(struct splat_parser *parser, const struct kernel_log_line *line,
		 const struct splat_beginning *title)
{
	struct splat *splat = parser->open;

	add_text(splat, line->text);
	splat->last_us = line->time_us;
	if (title) {
		parser->beginning = title;
		parser->ends = title->ends;
		parser->is_lockup = parser->is_lockup || title->is_lockup;
		if (!splat->title)
			set_title(splat, line->text);
	}
	if (is_interrupt(parser, line->text))
		splat->in_interrupt = true;
	parser->is_traced = parser->is_traced || strstr(line->text, "</TASK>");
	if (is_of_another(parser, line->text))
		parser->is_mixed = true;
	if (!splat->has_task)
		find_task(splat, line->text);
}

/* Return: true if a title belongs to the open splat. */
static bool is_of_open(const struct splat_parser *parser, const struct splat_beginning *title)
{
	const struct splat *splat = parser->open;

	if (!splat->title)
		return true;
	if (splat->has_task)
		return false;
	/* A splat without a call trace may have several lines that look like titles. */
	return title->goes_on || (title == parser->beginning && !(title->ends & ENDS_TRACE));
}

/*
 * A second splat begins before the end of the open one, because two CPUs log at the same time. From
 * now on it is unknown which splat a line belongs to.
 */
static struct splat *overlap(struct splat_parser *parser, bool is_cut)
{
	int cuts = parser->cuts, ends_owed = parser->ends_owed;
	struct splat *ended = NULL;

	/* The "cut here" of the second splat may have come before; this line is then its title. */
	if (cuts && !is_cut)
		cuts--;
	else
		ends_owed++;
	parser->is_mixed = true;
	if (parser->open->title)
		ended = splat_parser__end(parser);
	else
		cuts++;
	parser->is_mixed = true;
	parser->cuts = cuts;
	parser->ends_owed = ends_owed;
	return ended;
}

struct splat *splat_parser__add(struct splat_parser *parser, const struct kernel_log_line *line)
{
	const struct splat_beginning *title;
	struct splat *ended = NULL;
	bool is_cut = !strcmp(line->text, cut_here);

	if (line->facility)
		return NULL;
	if (parser->open && line->time_us > parser->open->last_us + PAUSE_US)
		ended = splat_parser__end(parser);
	title = find_beginning(line->text, parser->after_rule,
			       parser->open && !parser->open->title);
	if (parser->open && (is_cut || (title && !is_of_open(parser, title))))
		ended = overlap(parser, is_cut);
	if (!parser->open && (is_cut || title) && open_splat(parser)) {
		take(parser, line, title);
		parser->after_rule = false;
		return ended;
	}
	if (parser->open) {
		take(parser, line, title);
		/* No splat has ended before this line, because one is still open. */
		if (is_end(parser, line->text))
			ended = splat_parser__end(parser);
		return ended;
	}
	parser->after_rule = is_rule(line->text);
	return ended;
}
