// SPDX-License-Identifier: GPL-2.0-only
/* Makes and checks the first message of a peer. */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>
#include <string.h>

#include "runner/machines/hello.h"
#include "runner/text/json_add.h"
#include "runner/text/json_field.h"

/* The 64-bit FNV-1a hash. */
#define HASH_BEGIN 0xcbf29ce484222325ULL
#define HASH_PRIME 0x100000001b3ULL

static void name_selection(const struct tests *tests, char *text, size_t size_bytes)
{
	uint64_t hash = HASH_BEGIN;
	const char *at;
	int i;

	for (i = 0; i < tests->cnt; i++) {
		/* The zero byte at the end of a name separates it from the next one. */
		for (at = tests->all[i].outcome.name;; at++) {
			hash = (hash ^ (unsigned char)*at) * HASH_PRIME;
			if (!*at)
				break;
		}
	}
	snprintf(text, size_bytes, "%d tests, %016" PRIx64, tests->cnt, hash);
}

void hello__id(const struct run_info *info, char *id, size_t size_bytes)
{
	snprintf(id, size_bytes, "%.40s %d", info->boot_id ?: "", getpid());
}

struct json_object *hello__object(const struct run_info *info, const struct tests *tests,
				  int places)
{
	struct json_object *object = json_object_new_object();
	char selection[64], id[HELLO_ID_BYTES];

	hello__id(info, id, sizeof(id));
	name_selection(tests, selection, sizeof(selection));
	json_add__text(object, "event", "hello");
	json_add__number(object, "version", MACHINES_VERSION);
	json_add__text(object, "id", id);
	json_add__text(object, "release", info->release ?: "");
	json_add__text(object, "selection", selection);
	json_add__number(object, "places", places);
	json_add__number(object, "mem_mib", info->mem_mib);
	return object;
}

int hello__check(struct json_object *hello, const struct run_info *info, const struct tests *tests,
		 char *error, size_t size_bytes)
{
	int64_t version = json_field__number(hello, "version", INT_MAX);
	const char *release = json_field__text(hello, "release") ?: "";
	const char *selection = json_field__text(hello, "selection") ?: "";
	char own[64];

	name_selection(tests, own, sizeof(own));
	if (version != MACHINES_VERSION)
		snprintf(error, size_bytes,
			 "it speaks version %" PRId64 " of the protocol, and this runner version "
			 "%d: start the same build on all machines",
			 version, MACHINES_VERSION);
	else if (strcmp(release, info->release ?: ""))
		snprintf(error, size_bytes,
			 "its kernel is %.64s, and not %.64s: boot the same kernel on all machines",
			 release, info->release ?: "");
	else if (strcmp(selection, own))
		snprintf(error, size_bytes,
			 "it has selected other tests (%.64s, and not %s): start the same command "
			 "on all machines",
			 selection, own);
	else
		return 0;
	return -EINVAL;
}
