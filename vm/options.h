/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line of vmtest.
 */
#ifndef VM_OPTIONS_H
#define VM_OPTIONS_H

struct options;

/**
 * options__parse() - Read the command line; ends the program on --help and on errors.
 * @argc: as of main()
 * @argv: as of main()
 * @opt: filled in, with defaults for what is not given
 */
void options__parse(int argc, char **argv, struct options *opt);

/**
 * options__free() - Free what options own.
 * @opt: the options
 */
void options__free(struct options *opt);

#endif
