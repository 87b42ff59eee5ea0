/* SPDX-License-Identifier: GPL-2.0-only */
/* A mutant as a change of the source, for those that can be told from one line. */
#ifndef RUNNER_MUTANTS_SOURCE_PATCH_H
#define RUNNER_MUTANTS_SOURCE_PATCH_H

/**
 * source_patch__line() - the source line of a mutant, changed as the mutant changes the instruction
 * @text: the line, as in the source
 * @what: name of the operator
 * @detail: "OLD -> NEW" for a changed number, or ""
 *
 * Return: the line, "" if it is taken out; NULL if it cannot be told, or when out of memory. To be
 *	freed by the caller.
 */
char *source_patch__line(const char *text, const char *what, const char *detail);

/**
 * source_patch__make() - a patch without context, for `patch -p1` or `git apply --unidiff-zero`
 *
 * Return: the patch, to be freed by the caller; NULL as for source_patch__line().
 */
char *source_patch__make(const char *file, int line, const char *text, const char *what,
			 const char *detail);

#endif
