// SPDX-License-Identifier: GPL-2.0-only
/* Reads the kernel's taint, and names its bits. */
#include <inttypes.h>
#include <string.h>

#include "runner/kernel_log/taint.h"
#include "runner/text/cleanup.h"

/* The letters of Documentation/admin-guide/tainted-kernels.rst, bit 0 first. */
static const char letters[] = "PFSRMBUDAWCIOELKXTNJ";
/* The bits that mean trouble: machine check, bad page, Oops, warning, soft lockup. */
static const char trouble[] = "MBDWL";

uint64_t taint__read(void)
{
	autofclose FILE *file = fopen("/proc/sys/kernel/tainted", "re");
	uint64_t bits;

	return file && fscanf(file, "%" SCNu64, &bits) == 1 ? bits : 0;
}

void taint__print(FILE *out, uint64_t bits)
{
	const char *comma = "";
	unsigned int i;

	for (i = 0; i < 64; i++) {
		if (!(bits >> i & 1))
			continue;
		if (i < sizeof(letters) - 1)
			fprintf(out, "%s%c", comma, letters[i]);
		else
			fprintf(out, "%sbit %u", comma, i);
		comma = ", ";
	}
}

bool taint__is_trouble(uint64_t bits)
{
	unsigned int i;

	for (i = 0; i < sizeof(letters) - 1; i++) {
		if (bits >> i & 1 && strchr(trouble, letters[i]))
			return true;
	}
	return false;
}
