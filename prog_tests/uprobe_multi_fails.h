/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of uprobe_multi_test with links that the kernel must refuse. */
#ifndef UPROBE_MULTI_FAILS_H
#define UPROBE_MULTI_FAILS_H

struct uprobe_multi;

/**
 * uprobe_multi_fails() - assert that invalid links are refused, each with its own error
 * @path: path of a program
 * @offset: offset of a function in it, for a valid link
 */
void uprobe_multi_fails(struct uprobe_multi *skel, const char *path, unsigned long offset);

#endif
