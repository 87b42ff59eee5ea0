/* SPDX-License-Identifier: GPL-2.0-only */
/* The descriptors 0 to 2 of a program, and the rule that lost output is no success. */
#ifndef RUNNER_TEXT_STANDARD_OUTPUT_H
#define RUNNER_TEXT_STANDARD_OUTPUT_H

/**
 * standard_output__begin() - call it first in main()
 * @program: the beginning of the error message
 * @failure: the exit status if stdout does not take what the program has printed; another status than
 *	0 stays
 *
 * Descriptors 0 to 2 that are closed are opened, or a later open() would get such a number. A write to
 * one of them fails as before.
 */
void standard_output__begin(const char *program, int failure);

#endif
