/* SPDX-License-Identifier: GPL-2.0-only */
/* Arrays that grow by one element at a time. */
#ifndef RUNNER_EVENT_REPORTS_GROW_H
#define RUNNER_EVENT_REPORTS_GROW_H

#include <stddef.h>

/* For GROW(): make room for one more element, and zero it. Return: the array, or NULL. */
void *grow__one(void *all, int cnt, size_t size_bytes);

/**
 * GROW() - add a zeroed element to an array, whose room doubles at each power of two
 * @all: a pointer variable, which the call may change
 * @cnt: an int variable, the number of elements
 *
 * Return: the new element; NULL when out of memory.
 */
#define GROW(all, cnt)                                               \
	({                                                           \
		void *bigger_ = grow__one(all, cnt, sizeof(*(all))); \
		if (bigger_)                                         \
			(all) = bigger_;                             \
		bigger_ ? &(all)[(cnt)++] : NULL;                    \
	})

#endif
