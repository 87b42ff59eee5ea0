/* SPDX-License-Identifier: GPL-2.0-only */
/* Variables that release what they own when they go out of scope. For the runner and vmtest. */
#ifndef RUNNER_TEXT_CLEANUP_H
#define RUNNER_TEXT_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A pointer from malloc() that is freed. */
#define autofree   __attribute__((cleanup(cleanup__free)))
/* A descriptor that is closed, unless it is negative. */
#define autoclose  __attribute__((cleanup(cleanup__close)))
/* A FILE stream that is closed, unless it is NULL. */
#define autofclose __attribute__((cleanup(cleanup__fclose)))

static inline void cleanup__free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup__close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup__fclose(FILE **file)
{
	if (*file)
		fclose(*file);
}

#endif
