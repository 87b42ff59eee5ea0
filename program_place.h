/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a BPF program is in its source, from the line information of its object (.BTF.ext). */
#ifndef PROGRAM_PLACE_H
#define PROGRAM_PLACE_H

#include <stddef.h>

/**
 * struct program_place - the file and line at which a program begins
 * @file: as in the sources, from `progs/` on; "" if the object has no line information
 * @line: counted from 1; 0 if it is not known
 */
struct program_place {
	char file[256];
	int line;
};

/**
 * program_place__find() - look a program up
 * @elf, @elf_bytes: the object, as its skeleton has it
 * @program: the name of its function
 */
struct program_place program_place__find(const void *elf, size_t elf_bytes, const char *program);

#endif
