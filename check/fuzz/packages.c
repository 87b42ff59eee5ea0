// SPDX-License-Identifier: GPL-2.0-only

#include "vm/host/text.h"
/*
 * Names of packages and of their files: what becomes part of a path must stay below the cache.
 * The parsers are static: their file is part of this one.
 */
#include "check/fuzz/fuzz.h"
#include "vm/kernel/packages.c"

static void check_file_name(const char *name)
{
	autofree char *path = text__format("/cache/apt/downloads/%s", name);
	autofree char *version = version_of_file(path);

	INVARIANT(strstr(name, version) || !strcmp(version, "unknown"));
	INVARIANT(!strchr(version, '/'));
}

static void check_plain_name(const char *name)
{
	static const char others[] = "+-.:";
	size_t allowed = 0;

	for (const char *c = name; *c; c++)
		allowed += (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			   (*c >= '0' && *c <= '9') || strchr(others, *c);
	INVARIANT(is_plain_name(name) ==
		  (*name && allowed == strlen(name) && !strchr(others, *name)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	autofree char *name = input__rest(&input);

	check_plain_name(name);
	for (char *c = name; *c; c++)
		*c = *c == '/' ? '_' : *c;
	check_file_name(name);
	return 0;
}
