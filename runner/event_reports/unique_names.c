// SPDX-License-Identifier: GPL-2.0-only
/* A JSON object serves as a hash table, with the group and a slash in front of each name. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "runner/event_reports/unique_names.h"
#include "runner/text/cleanup.h"

/* The member of a name has the number of names that begin with it. */
static struct json_object *find(struct unique_names *names, const char *key)
{
	struct json_object *found = NULL;

	json_object_object_get_ex(names->given, key, &found);
	return found;
}

static const char *give(struct unique_names *names, const char *key, size_t group_len)
{
	struct lh_entry *entry;

	if (json_object_object_add(names->given, key, json_object_new_int(1)))
		return NULL;
	/* The table has its own copy of the key. */
	entry = lh_table_lookup_entry(json_object_get_object(names->given), key);
	return entry ? (const char *)lh_entry_k(entry) + group_len : NULL;
}

const char *unique_names__add(struct unique_names *names, const char *group, const char *wanted)
{
	autofree char *key = NULL;
	size_t group_len = strlen(group) + 1;
	struct json_object *first;
	int number;

	names->given = names->given ?: json_object_new_object();
	if (!names->given || asprintf(&key, "%s/%s", group, wanted) < 0) {
		key = NULL;
		return NULL;
	}
	first = find(names, key);
	if (!first)
		return give(names, key, group_len);
	number = json_object_get_int(first);
	do {
		free(key);
		if (asprintf(&key, "%s/%s (%d)", group, wanted, ++number) < 0) {
			key = NULL;
			return NULL;
		}
	} while (find(names, key));
	json_object_set_int(first, number);
	return give(names, key, group_len);
}

void unique_names__free(struct unique_names *names)
{
	json_object_put(names->given);
	names->given = NULL;
}
