/* SPDX-License-Identifier: GPL-2.0-only */
/* The shared libraries that programs need, read from their ELF files. */
#ifndef VM_DISK_LIBRARIES_H
#define VM_DISK_LIBRARIES_H

struct vmtest;
struct words;

/**
 * libraries__find() - find the dynamic loader and the shared libraries of programs
 * @vm: context
 * @programs: paths; a file that is not ELF, or that is linked statically, needs nothing
 * @found: the paths are appended, each once, with the libraries that libraries need
 *
 * The function searches as ld.so(8) does: in the file's own RUNPATH or RPATH, the cache of
 * ldconfig, the default folders. It ignores LD_LIBRARY_PATH and the RPATH of the file that asked
 * for a library. A library that is not found is left out: the dynamic loader in the guest then
 * names it.
 *
 * Return: 0 or an exit status.
 */
int libraries__find(struct vmtest *vm, const struct words *programs, struct words *found);

#endif
