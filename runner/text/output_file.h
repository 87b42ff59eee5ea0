/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that one run writes and another one must not write at the same time. */
#ifndef RUNNER_TEXT_OUTPUT_FILE_H
#define RUNNER_TEXT_OUTPUT_FILE_H

/**
 * output_file__open() - open a file, a device or a FIFO to write to
 *
 * @flags: O_NONBLOCK, or 0: opening waits for the reader of a FIFO, and writing as well
 *
 * A regular file is emptied, and locked for as long as it is open.
 *
 * Return: a descriptor; -EWOULDBLOCK if another run writes to it, -ENXIO for a FIFO that nobody
 * reads, or another negative errno.
 */
int output_file__open(const char *path, int flags);

/** output_file__error() - what an error of output_file__open() means to its user */
const char *output_file__error(int error);

#endif
