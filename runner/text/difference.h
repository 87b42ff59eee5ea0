/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Says in one line how two strings or buffers differ. A long one appears as an excerpt around the
 * difference, with "..." where something is left out. Control characters are escaped.
 */
#ifndef RUNNER_TEXT_DIFFERENCE_H
#define RUNNER_TEXT_DIFFERENCE_H

#include <stddef.h>

/**
 * difference__strings() - say how two strings differ
 * @out: set to `actual 'left' != expected 'right'`, and the place of the first difference unless it
 *	is easy to see
 * @out_bytes: size of @out; a text that is too long is cut
 * @max_bytes: only so many bytes are compared; SIZE_MAX: all
 *
 * The two strings differ in these bytes.
 */
void difference__strings(char *out, size_t out_bytes, const char *actual, const char *expected,
			 size_t max_bytes);

/**
 * difference__substring() - say how far a part is in a text that does not contain all of it
 * @out: set to `'text' does not contain 'part'`, and the place of the longest beginning of the part
 *	that the text has, if it has several bytes
 * @out_bytes: as in difference__strings()
 */
void difference__substring(char *out, size_t out_bytes, const char *text, const char *part);

/**
 * difference__buffers() - say how two buffers of one length differ
 * @out: set to `byte 2 of 4 differs: actual 63 64 != expected 58 64`, and to what stands around it,
 *	if that is text
 * @out_bytes: as in difference__strings()
 * @len_bytes: length of the buffers, which differ
 */
void difference__buffers(char *out, size_t out_bytes, const void *actual, const void *expected,
			 size_t len_bytes);

#endif
