/* SPDX-License-Identifier: GPL-2.0-only */
/* Opens files that only one run at a time may write. */
#ifndef RUNNER_TEXT_OUTPUT_FILE_H
#define RUNNER_TEXT_OUTPUT_FILE_H

/**
 * output_file__open() - open a file, a device or a FIFO for writing
 *
 * @flags: O_NONBLOCK, or 0: opening and writing wait for the reader of a FIFO
 *
 * A regular file is emptied, and locked for as long as it is open.
 *
 * Return: a descriptor; -EWOULDBLOCK if another run writes to it, -ENXIO for a FIFO that nobody
 * reads, or another negative errno.
 */
int output_file__open(const char *path, int flags);

/** output_file__error() - the text for an error of output_file__open() */
const char *output_file__error(int error);

#endif
