// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds splats in the kernel's log. Tables say how they begin, how they end and where they name
 * the task; a splat that has no end of its own ends with a pause, or with the next one.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "runner/splat.h"

/* Between lines of one splat lie microseconds; on a slow console up to a second. */
#define PAUSE_US       5000000
/* A WARN() with a message has that in front of its header. */
#define LINES_OF_TITLE 6
#define RULE_MIN       20

enum {
	ENDS_RULE = 1 << 0,  /* "=====" */
	ENDS_TRACE = 1 << 1, /* "---[ end trace": always an end */
	ENDS_TASK = 1 << 2,  /* "</TASK>", the end of a call trace */
};

static const char cut_here[] = "------------[ cut here ]------------";

struct beginning {
	const char *text;     /* the line begins so */
	const char *contains; /* and has this, or NULL */
	unsigned int ends;
	bool is_lockup;
};

/* The first that fits. An Oops has two such lines, one behind the other. */
static const struct beginning beginnings[] = {
	{ "BUG: KASAN: ", NULL, ENDS_RULE, false },
	{ "BUG: KMSAN: ", NULL, ENDS_RULE, false },
	{ "BUG: KCSAN: ", NULL, ENDS_RULE, false },
	{ "BUG: KFENCE: ", NULL, ENDS_RULE, false },
	{ "BUG: kernel NULL pointer", NULL, ENDS_TRACE, false },
	{ "BUG: unable to handle ", NULL, ENDS_TRACE, false },
	{ "BUG: soft lockup", NULL, ENDS_TASK, true },
	{ "BUG: ", NULL, ENDS_TASK, false },
	{ "kernel BUG at ", NULL, ENDS_TRACE, false },
	{ "Oops: ", NULL, ENDS_TRACE, false },
	{ "Internal error: ", "[#", ENDS_TRACE, false },
	{ "Unable to handle kernel ", NULL, ENDS_TRACE, false },
	{ "general protection fault", "[#", ENDS_TRACE, false },
	{ "invalid opcode: ", "[#", ENDS_TRACE, false },
	{ "divide error: ", "[#", ENDS_TRACE, false },
	{ "stack segment: ", "[#", ENDS_TRACE, false },
	{ "int3: ", "[#", ENDS_TRACE, false },
	{ "UBSAN: ", " in ", ENDS_RULE, false },
	{ "INFO: task ", " blocked ", ENDS_TASK, false },
	{ "INFO: rcu", " stall", ENDS_TASK, true },
	{ "INFO: trying to register non-static key", NULL, ENDS_TASK, false },
	{ "Watchdog detected hard LOCKUP", NULL, ENDS_TASK, true },
	{ "Kernel panic - not syncing", NULL, ENDS_TRACE, false },
};

/* What the kernel's subsystems put in front of theirs. */
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
		/* "watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 1" */
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
 * Drivers print lines of their own that begin with WARNING. The kernel's have a place, or stand
 * below a rule (lockdep) or below "cut here".
 */
static bool is_warning(const char *text, bool is_below)
{
	const char *rest = skip(text, "WARNING: ");

	return rest && (is_below || !strncmp(rest, "CPU: ", 5) || strstr(rest, ", CPU#"));
}

static bool find_beginning(const char *text, bool after_rule, bool after_cut,
			   struct beginning *found)
{
	size_t i;

	if (is_warning(text, after_rule || after_cut)) {
		*found = (struct beginning){ .ends = after_rule ? ENDS_TASK : ENDS_TRACE };
		return true;
	}
	text = skip_prefixes(text);
	for (i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		const struct beginning *beginning = &beginnings[i];

		if (skip(text, beginning->text) &&
		    (!beginning->contains || strstr(text, beginning->contains))) {
			*found = *beginning;
			return true;
		}
	}
	return false;
}

/* @comm ends where @end points to. */
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

/* Return: the number at @text, with @end behind it; -1 if there is none. */
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

/* "COMM/PID" or "COMM:PID" with @after behind it, up to the end of the line if that is "". */
static bool set_task_of_pair(struct splat *splat, const char *text, char separator,
			     const char *after)
{
	const char *at = text, *end;
	long pid;

	/* A name may have the separator too. */
	while ((at = strchr(at, separator))) {
		pid = number_at(++at, &end);
		if (pid < 0 || (*after ? strncmp(end, after, strlen(after)) : *end))
			continue;
		set_task(splat, text, at - 1, pid);
		return true;
	}
	return false;
}

/* "CPU: 0 UID: 0 PID: 17 Comm: NAME Not tainted ..."; without UID up to 6.11. */
static bool set_task_of_header(struct splat *splat, const char *text)
{
	static const char *const behind_name[] = { " Not tainted", " Tainted: ", " Kdump: " };
	const char *pid_at = skip(text, "CPU: ") ? strstr(text, " PID: ") : NULL;
	const char *comm, *end, *name_end = NULL;
	long pid;
	size_t i;

	pid = pid_at ? number_at(pid_at + 6, &end) : -1;
	comm = pid < 0 ? NULL : skip(end, " Comm: ");
	if (!comm)
		return false;
	for (i = 0; i < sizeof(behind_name) / sizeof(behind_name[0]); i++) {
		const char *at = strstr(comm, behind_name[i]);

		if (at && (!name_end || at < name_end))
			name_end = at;
	}
	set_task(splat, comm, name_end ?: comm + strlen(comm), pid);
	return true;
}

/* In the title itself, or in a line of their own. */
static const struct {
	const char *before; /* the name */
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
	/* Up to 6.18. */
	at = skip(text, "WARNING: CPU: ");
	at = at ? strstr(at, " PID: ") : NULL;
	pid = at ? number_at(at + 6, &end) : -1;
	if (pid >= 0) {
		set_task(splat, "", "", pid);
		return true;
	}
	/* From 6.19 on. */
	at = skip(text, "WARNING: ") ? strstr(text, ", CPU#") : NULL;
	at = at && number_at(at + 6, &end) >= 0 ? skip(end, ": ") : NULL;
	if (at && set_task_of_pair(splat, at, '/', ""))
		return true;
	/* "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 17, name: NAME" */
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

/* "FUNC at PLACE" of what a kernel says of both; NULL if that is in no known form. */
static char *warning_title(const char *text)
{
	const char *place, *place_end, *func, *func_end, *at, *next;
	char *title = NULL;
	FILE *out;
	size_t len;

	place = skip(text, "WARNING: CPU: ");
	place = place ? strstr(place, " at ") : NULL;
	if (place) {
		/* The place may have blanks: it can begin with the condition, in brackets. */
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

	parser->open = NULL;
	parser->after_rule = false;
	if (splat && !splat->title)
		set_title(splat, "an unknown splat");
	if (splat && parser->is_lockup)
		splat->in_interrupt = false;
	if (splat && (!splat->title || !splat->text)) {
		splat__free(splat);
		return NULL;
	}
	return splat;
}

/* Return: whether there is one now; there is none when memory has run out. */
static bool open_splat(struct splat_parser *parser)
{
	parser->open = calloc(1, sizeof(*parser->open));
	parser->ends = ENDS_TRACE;
	parser->is_lockup = false;
	return parser->open;
}

static bool is_end(const struct splat_parser *parser, const char *text)
{
	const struct splat *splat = parser->open;

	if (splat->lines >= SPLAT_LINES_MAX || skip(text, "---[ end trace ") ||
	    skip(text, "---[ end Kernel panic"))
		return true;
	if (!splat->title)
		return splat->lines > LINES_OF_TITLE;
	return ((parser->ends & ENDS_RULE) && is_rule(text)) ||
	       ((parser->ends & ENDS_TASK) && strstr(text, "</TASK>"));
}

/* Takes a line into the splat that is open. */
static void take(struct splat_parser *parser, const struct kernel_log_line *line, bool is_title,
		 const struct beginning *beginning)
{
	struct splat *splat = parser->open;

	add_text(splat, line->text);
	splat->last_us = line->time_us;
	if (is_title) {
		parser->ends = beginning->ends;
		parser->is_lockup = parser->is_lockup || beginning->is_lockup;
		if (!splat->title)
			set_title(splat, line->text);
	}
	if (strstr(line->text, "<IRQ>") || strstr(line->text, "<NMI>"))
		splat->in_interrupt = true;
	if (!splat->has_task)
		find_task(splat, line->text);
}

struct splat *splat_parser__add(struct splat_parser *parser, const struct kernel_log_line *line)
{
	struct splat *ended = NULL;
	struct beginning beginning = {};
	bool is_cut = !strcmp(line->text, cut_here), is_title;

	if (line->facility)
		return NULL;
	if (parser->open && line->time_us > parser->open->last_us + PAUSE_US)
		ended = splat_parser__end(parser);
	is_title = find_beginning(line->text, parser->after_rule,
				  parser->open && !parser->open->title, &beginning);
	/* An Oops begins twice before it comes to its task; what begins later is another one. */
	if (parser->open && !ended &&
	    (is_cut || (is_title && parser->open->title && parser->open->has_task)))
		ended = splat_parser__end(parser);
	if (!parser->open && (is_cut || is_title) && open_splat(parser)) {
		take(parser, line, is_title, &beginning);
		parser->after_rule = false;
		return ended;
	}
	if (parser->open) {
		take(parser, line, is_title, &beginning);
		/* Nothing has ended before this line, or it would not be open. */
		if (is_end(parser, line->text))
			ended = splat_parser__end(parser);
		return ended;
	}
	parser->after_rule = is_rule(line->text);
	return ended;
}
