/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What stdout can show: colours, and one line at the bottom that is drawn again and again. Everything
 * that prints on stdout while tests run calls screen__hide() before.
 */
#ifndef RUNNER_REPORTS_SCREEN_H
#define RUNNER_REPORTS_SCREEN_H

#include <stdbool.h>

#include "runner/command_line/options.h"

/* What a text means; the colour follows from it. */
enum style {
	STYLE_END, /* the terminal's own colours again */
	STYLE_PASS,
	STYLE_FAIL,
	STYLE_SKIP,
	STYLE_MINOR, /* of less interest */
};

/**
 * struct screen - stdout
 * @is_terminal: a person is looking; in a guest of vmtest, vmtest's stdout is a terminal
 * @has_colors: whether to print colours
 * @columns: width of the terminal
 * @is_shown: the line of screen__show() is there
 */
struct screen {
	bool is_terminal;
	bool has_colors;
	int columns;
	bool is_shown;
};

/**
 * screen__begin() - find out what stdout can show
 * @use: the value of --color
 *
 * It follows TERM (dumb: no terminal), NO_COLOR (https://no-color.org), CLICOLOR_FORCE, and
 * TEST_TERMINAL=COLUMNSxLINES, with which vmtest tells that its stdout is a terminal.
 */
void screen__begin(struct screen *screen, enum color_use use);

/** screen__style() - the characters that switch to a style; "" without colours */
const char *screen__style(const struct screen *screen, enum style style);

/**
 * screen__show() - draw the line at the bottom, if there is a terminal
 * @text: printable, without a newline; it is cut to the width of the terminal
 */
void screen__show(struct screen *screen, const char *text);

/** screen__hide() - remove the line at the bottom, if it is there */
void screen__hide(struct screen *screen);

#endif
