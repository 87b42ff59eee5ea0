/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's serial console: its log, and the lines that tell how a run ended.
 */
#ifndef VM_MACHINE_CONSOLE_H
#define VM_MACHINE_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CONSOLE_TAIL_LINES 30

/* Lines that matter, in the order of what they say about the end of a run. */
enum console_mark { MARK_PANIC, MARK_EMULATOR, MARK_INIT, CONSOLE_MARKS };

/**
 * struct console - the console
 * @log: where all of it goes
 * @log_error: errno of the first write to @log that failed, or 0
 * @tail: the last lines, a ring
 * @lines: how many lines there were
 * @line: the line that is not complete yet
 * @line_len: its length
 * @marks: per mark the first line that has it, or NULL
 * @echo: also write it to stderr
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
 * console__add() - Take in what the guest wrote.
 * @console: the console
 * @data: the bytes
 * @len_bytes: how many
 */
void console__add(struct console *console, const char *data, size_t len_bytes);

/**
 * console__print_tail() - Write the last lines to stderr.
 * @console: the console
 */
void console__print_tail(const struct console *console);

/**
 * console__close() - Close the log and free the memory; log_error is complete afterwards.
 * @console: the console
 */
void console__close(struct console *console);

#endif
