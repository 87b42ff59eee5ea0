/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of vmtest. */
#ifndef VM_OPTIONS_H
#define VM_OPTIONS_H

struct options;

/** options__parse() - read the command line; --help, --version and errors end the program */
void options__parse(int argc, char **argv, struct options *opt);
void options__free(struct options *opt);

#endif
