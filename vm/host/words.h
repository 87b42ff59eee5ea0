/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of strings that own their memory. The program ends if memory is exhausted. */
#ifndef VM_HOST_WORDS_H
#define VM_HOST_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* A zeroed struct is an empty list. */
struct words {
	char **v; /* array of @count strings and a NULL; or NULL if the list never had a string */
	size_t count;
};

/* A list that is freed when it goes out of scope. */
#define autowords __attribute__((cleanup(words__free)))

/** words__add() - append a string, formatted as by printf() */
void words__add(struct words *words, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** words__add_once() - append @text unless the list has it */
void words__add_once(struct words *words, const char *text);

/** words__add_all() - append copies of all strings of another list */
void words__add_all(struct words *words, const struct words *others);

bool words__contain(const struct words *words, const char *text);

/**
 * words__split() - append the pieces of @text between separators
 * @separators: single characters; empty pieces are left out
 */
void words__split(struct words *words, const char *text, const char *separators);

/** words__join() - join all strings, with @separator between them; freed by the caller */
char *words__join(const struct words *words, const char *separator);

/** words__free() - free all strings of the list, which is empty afterwards */
void words__free(struct words *words);

#endif
