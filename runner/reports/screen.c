// SPDX-License-Identifier: GPL-2.0-only
/* Knows the escape sequences of terminals (ECMA-48): colours, and "erase in line". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runner/reports/screen.h"

#define DEFAULT_COLUMNS 80

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

static bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || !*term || !strcmp(term, "dumb");
}

static void find_terminal(struct screen *screen)
{
	const char *told = getenv("TEST_TERMINAL");
	struct winsize size = {};

	screen->columns = DEFAULT_COLUMNS;
	screen->is_terminal = false;
	if (is_dumb())
		return;
	if (isatty(STDOUT_FILENO)) {
		screen->is_terminal = true;
		if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
			screen->columns = size.ws_col;
	} else if (told && atoi(told) > 0) {
		screen->is_terminal = true;
		screen->columns = atoi(told);
	}
}

void screen__begin(struct screen *screen, enum color_use use)
{
	const char *force = getenv("CLICOLOR_FORCE");

	find_terminal(screen);
	screen->is_shown = false;
	if (use != COLOR_AUTO)
		screen->has_colors = use == COLOR_ALWAYS;
	else if (is_set("NO_COLOR"))
		screen->has_colors = false;
	else
		screen->has_colors = screen->is_terminal ||
				     (force && *force && strcmp(force, "0") != 0);
}

const char *screen__style(const struct screen *screen, enum style style)
{
	static const char *const sequences[] = {
		[STYLE_END] = "\033[m",    [STYLE_PASS] = "\033[32m", [STYLE_FAIL] = "\033[1;31m",
		[STYLE_SKIP] = "\033[33m", [STYLE_MINOR] = "\033[2m",
	};

	return screen->has_colors ? sequences[style] : "";
}

/* Return: the number of bytes of a text that fit into @columns. Every character takes one column. */
static int fitting(const char *text, int columns)
{
	int i;

	for (i = 0; text[i]; i++)
		/* A byte of UTF-8 that begins a character. */
		if ((text[i] & 0xc0) != 0x80 && columns-- == 0)
			break;
	return i;
}

void screen__show(struct screen *screen, const char *text)
{
	if (!screen->is_terminal)
		return;
	/* In the last column, some terminals would begin a new line. */
	printf("\r%s%.*s%s\033[K", screen__style(screen, STYLE_MINOR),
	       fitting(text, screen->columns - 1), text, screen__style(screen, STYLE_END));
	fflush(stdout);
	screen->is_shown = true;
}

void screen__hide(struct screen *screen)
{
	if (!screen->is_shown)
		return;
	fputs("\r\033[K", stdout);
	screen->is_shown = false;
}
