/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line of vmtest.
 */
#ifndef VM_OPTIONS_H
#define VM_OPTIONS_H

#include "vm/host/vmtest.h"

/**
 * options_parse() - Read the command line; ends the program on --help and on errors.
 * @argc: as of main()
 * @argv: as of main()
 * @opt: filled in, with defaults for what is not given
 */
void options_parse(int argc, char **argv, struct options *opt);

/**
 * options_free() - Free what options own.
 * @opt: the options
 */
void options_free(struct options *opt);

#endif
