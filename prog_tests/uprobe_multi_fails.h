/* SPDX-License-Identifier: GPL-2.0-only */
/* A part of uprobe_multi_test. */
#ifndef UPROBE_MULTI_FAILS_H
#define UPROBE_MULTI_FAILS_H

struct uprobe_multi;

/**
 * uprobe_multi_fails() - assert that links which make no sense are refused, each with its error
 * @path: of a program
 * @offset: of a function in it, for a link that would do
 */
void uprobe_multi_fails(struct uprobe_multi *skel, const char *path, unsigned long offset);

#endif
