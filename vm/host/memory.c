// SPDX-License-Identifier: GPL-2.0-only
/* Ends the program if there is no more memory. */
#include <stdio.h>
#include <stdlib.h>

#include "vm/host/exit_status.h"
#include "vm/host/memory.h"

void *memory__check(void *memory)
{
	if (!memory) {
		fputs("vmtest: out of memory\n", stderr);
		exit(EXIT_HOST_SETUP);
	}
	return memory;
}
