/* SPDX-License-Identifier: GPL-2.0-only */
/* The version of vmtest, in a file that the build makes. */
#ifndef VM_VERSION_H
#define VM_VERSION_H

/** version__text() - the commit, or the version of the tarball */
const char *version__text(void);

#endif
