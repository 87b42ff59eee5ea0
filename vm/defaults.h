/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options that need not be typed: the lines of a file, then the words of $VMTEST_OPTIONS.
 */
#ifndef VM_DEFAULTS_H
#define VM_DEFAULTS_H

struct words;

/**
 * defaults__read() - read the file named by $VMTEST_CONFIG, or .vmtest in this folder, and then
 *	$VMTEST_OPTIONS
 * @texts: the words are appended, as of a command line: a line of the file is one word
 * @places: for each word, where it is from: FILE:LINE or VMTEST_OPTIONS
 *
 * There need be neither the file .vmtest nor the variables. A file that cannot be read, or a line
 * that is no option, ends the program with EXIT_USAGE_ERROR.
 */
void defaults__read(struct words *texts, struct words *places);

#endif
