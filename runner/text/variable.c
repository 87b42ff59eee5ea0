// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "runner/text/variable.h"

static bool is_name(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!isalnum((unsigned char)text[i]) && text[i] != '_')
			return false;
	}
	return len && !isdigit((unsigned char)text[0]);
}

bool variable__has_name(const char *assignment, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(assignment, name, len) && assignment[len] == '=';
}

int variable__assignment(const char *text, const char **assignment)
{
	size_t len = strcspn(text, "=");
	char **variable;

	if (!is_name(text, len))
		return -EINVAL;
	if (text[len]) {
		*assignment = text;
		return 0;
	}
	for (variable = environ; variable && *variable; variable++) {
		if (!variable__has_name(*variable, text))
			continue;
		*assignment = *variable;
		return 0;
	}
	return -ENOENT;
}
