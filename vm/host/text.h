/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Strings and lists of strings that own their memory.
 *
 * Out of memory ends the program: no caller could do anything better.
 */
#ifndef VM_HOST_TEXT_H
#define VM_HOST_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* "%s (%s)" and its arguments: ENOENT (No such file or directory) */
#define ERRNO_FMT      "%s (%s)"
#define ERRNO_ARG(err) text_errno_name(err), strerror(err)

/* A string variable that is freed when it goes out of scope. */
#define autofree __attribute__((cleanup(text_free)))

static inline void text_free(char **text)
{
	free(*text);
}

/**
 * struct words - a list of strings, always terminated by NULL
 * @v: the strings, owned by the list
 * @count: how many there are
 */
struct words {
	char **v;
	size_t count;
};

/**
 * text_format() - Format a new string.
 * @fmt: as for printf
 *
 * Return: a string that the caller frees.
 */
char *text_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * text_copy() - Duplicate a string.
 * @text: the string
 *
 * Return: a string that the caller frees.
 */
char *text_copy(const char *text);

/**
 * text_starts_with() - Whether a string begins with another.
 * @text: the string
 * @start: the beginning to look for
 *
 * Return: true if it does.
 */
bool text_starts_with(const char *text, const char *start);

/**
 * text_ends_with() - Whether a string ends with another.
 * @text: the string
 * @end: the ending to look for
 *
 * Return: true if it does.
 */
bool text_ends_with(const char *text, const char *end);

/**
 * text_trim() - Cut white space off the end of a string, in place.
 * @text: the string
 *
 * Return: @text.
 */
char *text_trim(char *text);

/**
 * text_errno_name() - The name of an errno value, such as "ENOENT".
 * @err: a positive errno value
 *
 * Return: a constant string, never NULL.
 */
const char *text_errno_name(int err);

/**
 * words_add() - Append a formatted string to a list.
 * @words: the list; a zeroed struct is an empty list
 * @fmt: as for printf
 */
void words_add(struct words *words, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * words_contain() - Whether a list holds a string.
 * @words: the list
 * @text: the string
 *
 * Return: true if it does.
 */
bool words_contain(const struct words *words, const char *text);

/**
 * words_split() - Append the pieces of a string that lie between separators.
 * @words: the list
 * @text: the string; empty pieces are left out
 * @separators: characters that separate
 */
void words_split(struct words *words, const char *text, const char *separators);

/**
 * words_free() - Free a list and all its strings; it is empty afterwards.
 * @words: the list
 */
void words_free(struct words *words);

/* A list that is freed when it goes out of scope. */
#define autowords __attribute__((cleanup(words_free)))

#endif
