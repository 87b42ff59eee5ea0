/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the source line of a BPF program by the line information of its object (.BTF.ext). */
#ifndef PROGRAM_PLACE_H
#define PROGRAM_PLACE_H

#include <stddef.h>

/**
 * struct program_place - the file and line at which a program begins
 * @file: path in the source tree, from `progs/` on; "" if the object has no line information
 * @line: number of the line, counted from 1; 0: unknown
 */
struct program_place {
	char file[256];
	int line;
};

/**
 * program_place__find() - find the place of a program
 * @elf, @elf_bytes: the object, as embedded in its skeleton
 * @program: the name of the program's function
 */
struct program_place program_place__find(const void *elf, size_t elf_bytes, const char *program);

#endif
