/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds a kernel's module by its name, with the modules that it needs. */
#ifndef VM_KERNEL_MODULE_FILES_H
#define VM_KERNEL_MODULE_FILES_H

#include <stdbool.h>

struct kernel;
struct words;

/**
 * module_files__add() - find the file of a module, and those of all modules that it needs
 * @kernel: the kernel
 * @name: name of the module; it may have - or _
 * @files: the files are appended in the order in which they are to be loaded, unless they are
 *	already there; nothing, if the kernel has no such module
 *
 * The dependencies are those of modules.dep, or of a build tree's modules themselves.
 *
 * Return: true if the kernel has the module.
 */
bool module_files__add(const struct kernel *kernel, const char *name, struct words *files);

#endif
