// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stands above a BPF program, as BTF tags of any text: one line a tag. And messages that are
 * looked for in the verifier's log.
 */
#include "check/fuzz/fuzz.h"
#include "check/loader_alone.h"

#define TAGS_MAX 100

/* What of the lines is a name for libbpf becomes a tag. */
static struct btf *make_btf(struct input input, int *tags_cnt)
{
	int function;
	struct btf *btf = loader_alone__btf(&function);
	char *line;

	INVARIANT(function == 2);
	for (*tags_cnt = 0; *tags_cnt < TAGS_MAX && (line = input__line(&input));) {
		*tags_cnt += btf__add_decl_tag(btf, line, function, -1) > 0;
		free(line);
	}
	return btf;
}

/* The order that a tag of the BTF gives itself; it must be a tag that is wholly understood. */
static long tag_order(const struct btf *btf, const char *value)
{
	const struct btf_type *type;
	const char *name, *equals;
	char *end;
	long order;
	int id;

	for (id = 3; id < (int)btf__type_cnt(btf); id++) {
		type = btf__type_by_id(btf, id);
		name = btf__name_by_offset(btf, type->name_off);
		equals = strchr(name, '=');
		if (!equals || equals + 1 != value)
			continue;
		INVARIANT(!strncmp(name, "expect:", strlen("expect:")));
		order = strtol(name + strlen("expect:"), &end, 10);
		INVARIANT(order >= INT32_MIN && order <= INT32_MAX && *end == ':');
		INVARIANT(!strncmp(end, ":msg=", strlen(":msg=")));
		return order;
	}
	INVARIANT(!"a message is the text behind the '=' of a tag");
	return 0;
}

static void check_annotations(struct input input)
{
	struct expectation expected;
	long order, before = INT64_MIN;
	struct btf *btf;
	int i, tags_cnt;

	btf = make_btf(input, &tags_cnt);
	if (read_expectation(btf, "program", &expected)) {
		INVARIANT(!expected.failure || !expected.has_retval);
		INVARIANT(!expected.failure || expected.has_load);
		INVARIANT(expected.messages_cnt <= MESSAGES_MAX &&
			  expected.messages_cnt <= tags_cnt);
		for (i = 0; i < expected.messages_cnt; i++) {
			order = tag_order(btf, expected.messages[i]);
			INVARIANT(order >= before);
			before = order;
		}
	}
	btf__free(btf);
}

/* The lines that are shown for a message that a log lacks are lines of the log. */
static void check_mismatch(const char *log, const char *message)
{
	struct verifier_mismatch mismatch = verifier_log__compare(log, log, message, NULL);
	char text[512];
	FILE *out = fopen("/dev/null", "we");
	size_t len;

	INVARIANT(out && !mismatch.stopped && !mismatch.is_early);
	INVARIANT(mismatch.near <= mismatch.lines_cnt);
	INVARIANT(!mismatch.lines_cnt == !*log);
	verifier_log__describe(&mismatch, log, text, sizeof(text));
	INVARIANT(*text);
	verifier_log__print(&mismatch, log, out);
	fclose(out);
	INVARIANT(strlen(verifier_log__verdict(log, &len)) >= len);
}

/* A message without islands is found where strstr() finds it. */
static void check_message(struct input input)
{
	char *message = input__line(&input), *log = input__rest(&input);
	const char *found, *place;

	if (message && !strstr(message, "{{")) {
		found = find_message(log, message);
		place = *message ? strstr(log, message) : NULL;
		INVARIANT(found == (place ? place + strlen(message) : NULL));
	}
	if (message)
		check_mismatch(log, message);
	free(message);
	free(log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };

	check_annotations(input);
	check_message(input);
	return 0;
}
