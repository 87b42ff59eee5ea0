// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of apt's configuration, of either kind. The readers take a FILE and are static: their file
 * is part of this one.
 */
#include "check/fuzz/fuzz.h"
#include "vm/kernel/mirrors.c"

static void check_mirror(const struct mirror *mirror, struct input input)
{
	if (!mirror->uri) {
		INVARIANT(!mirror->signed_by);
		return;
	}
	INVARIANT(*mirror->uri && !strpbrk(mirror->uri, " \t\n"));
	INVARIANT(memmem(input.data, input.size, mirror->uri, strlen(mirror->uri)));
	/* What is not a path would be a key of its own, which goes into no one-line option. */
	INVARIANT(!mirror->signed_by ||
		  (*mirror->signed_by == '/' && !strchr(mirror->signed_by, '\n')));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct mirror mirrors[MIRROR_KINDS] = {};
	bool is_deb822 = input__byte(&input) & 1;
	FILE *in = input.size ? fmemopen((void *)input.data, input.size, "r") : NULL;

	if (!in)
		return 0;
	if (is_deb822)
		read_deb822(mirrors, in);
	else
		read_one_line_style(mirrors, in);
	fclose(in);
	for (int i = 0; i < MIRROR_KINDS; i++)
		check_mirror(&mirrors[i], input);
	mirrors__free(mirrors);
	return 0;
}
