/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the lines of the verifier's log that explain why an expectation does not hold. */
#ifndef VERIFIER_LOG_H
#define VERIFIER_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/**
 * struct verifier_mismatch - where a log differs from the messages that are expected in it
 * @lines_cnt: the number of lines of the log
 * @stopped: the line with the last message that was found; 0: none was found
 * @near: the line that explains most: it has the message in front of @stopped, or is the most
 *	similar one behind it; 0: there is none
 * @is_early: @near has the message
 *
 * Lines are counted from 1.
 */
struct verifier_mismatch {
	size_t lines_cnt, stopped, near;
	bool is_early;
};

/**
 * verifier_log__compare() - look for the reason why a message is not found
 * @log: the whole log
 * @from: the end of the last message that was found; @log: none was found
 * @message: the message that is not found from there on, as in __msg()
 * @early: a place in the log in front of @from that has the message; NULL: there is none
 */
struct verifier_mismatch verifier_log__compare(const char *log, const char *from,
					       const char *message, const char *early);

/**
 * verifier_log__describe() - say in a part of a sentence what was found
 * @out: set to the text; one that is too long is cut
 */
void verifier_log__describe(const struct verifier_mismatch *mismatch, const char *log, char *out,
			    size_t out_bytes);

/** verifier_log__print() - print at most ten lines of the log, with their numbers */
void verifier_log__print(const struct verifier_mismatch *mismatch, const char *log, FILE *out);

/**
 * verifier_log__verdict() - get the line that says why a program was rejected
 * @len_bytes: set to its length
 *
 * Return: the last line of the log that has no statistics; "" if there is none.
 */
const char *verifier_log__verdict(const char *log, size_t *len_bytes);

#endif
