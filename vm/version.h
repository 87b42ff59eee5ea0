/* SPDX-License-Identifier: GPL-2.0-only */
/* The version of vmtest; the build generates the source file that has it. */
#ifndef VM_VERSION_H
#define VM_VERSION_H

/** version__text() - the commit, or the version of the tarball */
const char *version__text(void);

#endif
