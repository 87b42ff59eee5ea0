/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's serial console: its log, and the lines that show how a run ended. */
#ifndef VM_MACHINE_CONSOLE_H
#define VM_MACHINE_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CONSOLE_TAIL_LINES 30

/* Kinds of lines that show how a run ended. */
enum console_mark { MARK_PANIC, MARK_EMULATOR, MARK_INIT, CONSOLE_MARKS };

/**
 * struct console - the output of the guest's console so far
 * @log: file for all output
 * @log_error: errno of the first write to @log that failed, or 0
 * @tail: ring buffer of the last lines
 * @lines: number of lines so far
 * @line: the incomplete last line
 * @line_len: length of @line
 * @marks: for each mark, the first line that has it, or NULL; the last line for MARK_INIT
 * @echo: whether to write all output to stderr too
 */
struct console {
	FILE *log;
	int log_error;
	char *tail[CONSOLE_TAIL_LINES];
	unsigned int lines;
	char line[512];
	size_t line_len;
	char *marks[CONSOLE_MARKS];
	bool echo;
};

/**
 * console__add() - Process output of the guest.
 * @console: the console
 * @data: the bytes
 * @len_bytes: number of bytes
 */
void console__add(struct console *console, const char *data, size_t len_bytes);

/**
 * console__print_tail() - Write the last lines to stderr.
 * @console: the console
 */
void console__print_tail(const struct console *console);

/**
 * console__close() - Close the log, which may set log_error, and free the memory.
 * @console: the console
 */
void console__close(struct console *console);

#endif
