// SPDX-License-Identifier: GPL-2.0-only
/*
 * RUN_TESTS: each program of an object is a subtest. Annotations above the program
 * (progs/bpf_misc.h) say what is expected of it. Each subtest opens the object anew, and loads only
 * its program and the auxiliary ones.
 */
#include <bpf/btf.h>
#include <regex.h>

#include "program_place.h"
#include "test_progs.h"
#include "verifier_log.h"

#define VERIFIER_LOG_BYTES (8 << 20)
#define TAG_PREFIX         "expect:"
#define MESSAGES_MAX       64
#define NEEDS_MAX          16
/* The size of the packet on which a program with a packet context runs. */
#define PACKET_BYTES       64

struct annotation {
	int order;
	const char *key; /* name of the annotation, in the BTF of the object; ends at '=' */
	const char *value;
};

struct expectation {
	const char *program;
	struct program_place place;
	bool failure, auxiliary, has_load, has_retval;
	const char *description;
	const char *messages[MESSAGES_MAX];
	int messages_cnt;
	int retval;
	int log_level;
	const char *needs[NEEDS_MAX]; /* requirements in the form KIND=NAME=SINCE */
	int needs_cnt;
};

static bool parse_int(const char *text, int *number)
{
	char *end;
	long long value;

	if (!strcmp(text, "INT_MIN")) {
		*number = INT32_MIN;
		return true;
	}
	if (!strcmp(text, "INT_MAX")) {
		*number = INT32_MAX;
		return true;
	}
	errno = 0;
	value = strtoll(text, &end, 0);
	*number = value;
	return !errno && end != text && !*end && value >= INT32_MIN && value <= UINT32_MAX;
}

static bool set_load(struct expectation *expected, const char *value)
{
	if (expected->has_load)
		return false;
	expected->has_load = true;
	expected->failure = !strcmp(value, "failure");
	return expected->failure || !strcmp(value, "success");
}

static bool add_message(struct expectation *expected, const char *value)
{
	if (expected->messages_cnt == MESSAGES_MAX)
		return false;
	expected->messages[expected->messages_cnt++] = value;
	return true;
}

static bool set_retval(struct expectation *expected, const char *value)
{
	if (expected->has_retval)
		return false;
	expected->has_retval = true;
	return parse_int(value, &expected->retval);
}

static bool set_description(struct expectation *expected, const char *value)
{
	expected->description = value;
	return true;
}

static bool set_log_level(struct expectation *expected, const char *value)
{
	return parse_int(value, &expected->log_level);
}

static bool set_auxiliary(struct expectation *expected, const char *value)
{
	expected->auxiliary = true;
	return true;
}

static const struct {
	const char *word;
	enum test_need_kind kind;
} need_kinds[] = {
	{ "kfunc", NEED_KIND_KFUNC },       { "constant", NEED_KIND_CONSTANT },
	{ "btf_type", NEED_KIND_BTF_TYPE }, { "kernel_func", NEED_KIND_KERNEL_FUNC },
	{ "config", NEED_KIND_CONFIG },     { "lsm", NEED_KIND_LSM },
	{ "module", NEED_KIND_MODULE },     { "arch", NEED_KIND_ARCH },
	{ "jit", NEED_KIND_JIT },
};

/* Split the text of an annotation in place. */
static bool parse_need(char *text, struct test_need *need)
{
	char *name = strchr(text, '='), *since = name ? strchr(name + 1, '=') : NULL;
	size_t i;

	if (!since)
		return false;
	*name++ = '\0';
	*since++ = '\0';
	*need = (struct test_need){ .name = name, .since = *since ? since : NULL };
	for (i = 0; i < ARRAY_SIZE(need_kinds); i++) {
		if (strcmp(need_kinds[i].word, text))
			continue;
		need->kind = need_kinds[i].kind;
		return true;
	}
	return false;
}

static bool add_need(struct expectation *expected, const char *value)
{
	char text[256];
	struct test_need need;

	snprintf(text, sizeof(text), "%s", value);
	if (expected->needs_cnt == NEEDS_MAX || !parse_need(text, &need))
		return false;
	expected->needs[expected->needs_cnt++] = value;
	return true;
}

static bool needs_hold(const struct expectation *expected)
{
	char text[256];
	struct test_need need;
	int i;

	for (i = 0; i < expected->needs_cnt; i++) {
		snprintf(text, sizeof(text), "%s", expected->needs[i]);
		if (parse_need(text, &need) && !test__require(&need))
			return false;
	}
	return true;
}

static const struct {
	const char *key;
	bool (*set)(struct expectation *expected, const char *value);
} keys[] = {
	{ "load", set_load },               /* success or failure: whether the program must load */
	{ "msg", add_message },             /* text that the log must have after the last one */
	{ "retval", set_retval },           /* value that one run must return */
	{ "description", set_description }, /* text that is shown, and selectable like the name */
	{ "log_level", set_log_level },     /* log level of the verifier */
	{ "auxiliary", set_auxiliary },     /* the program is no subtest, but loaded with each */
	{ "needs", add_need },              /* requirement, as KIND=NAME=SINCE */
};

static bool apply(struct expectation *expected, const struct annotation *annotation)
{
	size_t i, len = annotation->value - annotation->key - 1;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strlen(keys[i].key) == len && !strncmp(keys[i].key, annotation->key, len))
			return keys[i].set(expected, annotation->value);
	}
	return false;
}

static int by_order(const void *a, const void *b)
{
	int first = ((const struct annotation *)a)->order;
	int second = ((const struct annotation *)b)->order;

	return (first > second) - (first < second);
}

/* Parses the part of a tag after the prefix, which is ORDER:KEY=VALUE. */
static bool parse_tag(const char *tag, struct annotation *annotation)
{
	const char *equals = strchr(tag, '=');
	char *end;
	long order;

	order = strtol(tag, &end, 10);
	if (end == tag || *end != ':' || !equals || equals < end || order < INT32_MIN ||
	    order > INT32_MAX)
		return false;
	annotation->order = order;
	annotation->key = end + 1;
	annotation->value = equals + 1;
	return true;
}

/* Collects the annotations of one function in source order. Returns their number, or -1. */
static int collect(const struct btf *btf, int func_id, struct annotation *annotations, int max)
{
	const struct btf_type *type;
	const char *name;
	int id, cnt = 0;

	for (id = 1; id < (int)btf__type_cnt(btf); id++) {
		type = btf__type_by_id(btf, id);
		if (!btf_is_decl_tag(type) || (int)type->type != func_id ||
		    btf_decl_tag(type)->component_idx != -1)
			continue;
		name = btf__name_by_offset(btf, type->name_off);
		if (strncmp(name, TAG_PREFIX, strlen(TAG_PREFIX)))
			continue;
		if (cnt == max || !parse_tag(name + strlen(TAG_PREFIX), &annotations[cnt]))
			return -1;
		cnt++;
	}
	qsort(annotations, cnt, sizeof(*annotations), by_order);
	return cnt;
}

static bool read_expectation(const struct btf *btf, const char *program,
			     struct expectation *expected)
{
	struct annotation annotations[MESSAGES_MAX + 16];
	int i, cnt, func_id;

	*expected = (struct expectation){ .program = program };
	func_id = btf__find_by_name_kind(btf, program, BTF_KIND_FUNC);
	if (func_id < 0)
		return ASSERT_FAIL("%s: the object's BTF does not have it", program);
	cnt = collect(btf, func_id, annotations, ARRAY_SIZE(annotations));
	for (i = 0; i < cnt; i++) {
		if (!apply(expected, &annotations[i]))
			return ASSERT_FAIL(
				"%s: the annotation '%s' is not understood, or given twice",
				program, annotations[i].key);
	}
	if (expected->failure && expected->has_retval)
		return ASSERT_FAIL("%s: what is rejected cannot return anything", program);
	return cnt >= 0 ||
	       ASSERT_FAIL("%s: an annotation is malformed, or there are too many", program);
}

/*
 * A message is literal text, with extended regular expressions in double braces, {{like this}}.
 * Returns all of it as one regular expression; the caller frees it.
 */
static char *message_to_regex(const char *message)
{
	const char *close;
	char *regex, *out;

	regex = out = malloc(2 * strlen(message) + 1);
	while (out && *message) {
		close = strncmp(message, "{{", 2) ? NULL : strstr(message, "}}");
		if (close) {
			out += sprintf(out, "(%.*s)", (int)(close - message - 2), message + 2);
			message = close + 2;
		} else {
			if (strchr(".[]{}()*+?^$|\\", *message))
				*out++ = '\\';
			*out++ = *message++;
		}
	}
	if (out)
		*out = '\0';
	return regex;
}

/* Returns the end of the first match in @at, or NULL. */
static const char *find_message(const char *at, const char *message)
{
	char *text = message_to_regex(message);
	const char *behind = NULL;
	regmatch_t match;
	regex_t regex;

	if (!ASSERT_TRUE(text && !regcomp(&regex, text, REG_EXTENDED | REG_NEWLINE),
			 "regular expression of __msg")) {
		free(text);
		return NULL;
	}
	/* Refuse an empty match, which would prove nothing. */
	if (!regexec(&regex, at, 1, &match, 0) && match.rm_eo > match.rm_so)
		behind = at + match.rm_eo;
	regfree(&regex);
	free(text);
	return behind;
}

/* Reports a failure at the line of the annotated program, not at a line of this file. */
#define AT(expected) (expected)->place.file, (expected)->place.line, (expected)->program

static void report_missing(const struct expectation *expected, int found_cnt, const char *log,
			   const char *from)
{
	const char *message = expected->messages[found_cnt], *early = NULL;
	char found[64] = "", what[512];
	struct verifier_mismatch mismatch;

	if (found_cnt)
		early = find_message(log, message);
	mismatch = verifier_log__compare(log, from, message, early);
	verifier_log__describe(&mismatch, log, what, sizeof(what));
	if (found_cnt)
		snprintf(found, sizeof(found), "%d of %d found, the last in line %zu; ", found_cnt,
			 expected->messages_cnt, mismatch.stopped);
	assert__report(AT(expected), "__msg", false, "the verifier's log lacks '%s'%s: %s%s",
		       message, found_cnt ? " behind the messages before it" : "", found, what);
	printf("verifier log of %s, %zu lines (-v shows all, --results keeps all in verifier/):\n",
	       expected->program, mismatch.lines_cnt);
	verifier_log__print(&mismatch, log, stdout);
}

static bool check_messages(const struct expectation *expected, const char *log)
{
	const char *at = log, *behind;
	int i;

	for (i = 0; i < expected->messages_cnt; i++) {
		behind = find_message(at, expected->messages[i]);
		if (!behind) {
			report_missing(expected, i, log, at);
			return false;
		}
		assert__report(AT(expected), "__msg", true, "%s", "");
		at = behind;
	}
	return true;
}

static bool takes_packet(enum bpf_prog_type type)
{
	switch (type) {
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_LWT_SEG6LOCAL:
	case BPF_PROG_TYPE_FLOW_DISSECTOR:
	case BPF_PROG_TYPE_NETFILTER:
		return true;
	default:
		return false;
	}
}

static void check_retval(const struct expectation *expected, struct bpf_program *program)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	char packet[PACKET_BYTES] = {};
	int err;

	if (takes_packet(bpf_program__type(program))) {
		opts.data_in = packet;
		opts.data_size_in = sizeof(packet);
		opts.repeat = 1;
	}
	err = bpf_prog_test_run_opts(bpf_program__fd(program), &opts);
	if (!assert__report(AT(expected), "__retval", !err, "test run: error %d (%s)", err,
			    strerrorname_np(-err) ?: "no errno"))
		return;
	assert__report(AT(expected), "__retval", (int)opts.retval == expected->retval,
		       "return value actual %d != expected %d", (int)opts.retval, expected->retval);
}

static int wanted_log_level(const struct expectation *expected)
{
	int level = expected->log_level;

	if (!(level & 3) && (expected->messages_cnt || expected->failure || test__verbosity()))
		level |= 1;
	if (test__verbosity() > 2)
		level |= 2;
	return test__verifier_stats() ? level | 4 : level;
}

static void set_autoload(struct bpf_object *object, const char *wanted)
{
	struct expectation expected;
	struct bpf_program *program;

	bpf_object__for_each_program (program, object) {
		const char *name = bpf_program__name(program);

		bpf_program__set_autoload(program,
					  !strcmp(name, wanted) ||
						  (read_expectation(bpf_object__btf(object), name,
								    &expected) &&
						   expected.auxiliary));
	}
}

static void run_program(const struct expectation *expected, const void *elf, size_t elf_bytes)
{
	struct bpf_object *object;
	struct bpf_program *program;
	size_t verdict_bytes;
	const char *verdict;
	char *log;
	int err;

	if (!needs_hold(expected))
		return;
	log = calloc(1, VERIFIER_LOG_BYTES);
	object = bpf_object__open_mem(elf, elf_bytes, NULL);
	if (!ASSERT_OK_PTR(log, "log buffer") || !ASSERT_OK_PTR(object, "open object"))
		goto out;
	set_autoload(object, expected->program);
	program = bpf_object__find_program_by_name(object, expected->program);
	if (!ASSERT_OK_PTR(program, "find program"))
		goto out;
	bpf_program__set_log_buf(program, log, VERIFIER_LOG_BYTES);
	bpf_program__set_log_level(program, wanted_log_level(expected));

	err = bpf_object__load(object);
	test__save_verifier_log(expected->program, log);
	verdict = verifier_log__verdict(log, &verdict_bytes);
	if (test__verbosity() || test__verifier_stats())
		printf("verifier log of %s:\n%s\n", expected->program, log);
	if (test__verifier_stats())
		test__force_log();
	if (expected->failure) {
		if (!assert__report(AT(expected), "__failure", err,
				    "load of a program that must be rejected: it was accepted"))
			goto out;
		/*
		 * The load also fails if a map cannot be created or an auxiliary program is
		 * rejected. Check therefore that the verifier looked at this program: it then ends
		 * the log with this line.
		 */
		if (!ASSERT_HAS_SUBSTR(log, "processed ", "verdict on the program itself"))
			goto out;
	} else if (!assert__report(AT(expected), "__success", !err,
				   "load of a program that must be accepted: error %d (%s): %.*s",
				   err, strerrorname_np(-err) ?: "no errno", (int)verdict_bytes,
				   verdict)) {
		printf("verifier log of %s:\n%s\n", expected->program, log);
		goto out;
	}
	if (check_messages(expected, log) && expected->has_retval && !err)
		check_retval(expected, program);
out:
	bpf_object__close(object);
	free(log);
}

/* Fails for annotations of a function that is not a program, because nothing checks them. */
static void check_annotated_functions(struct bpf_object *object)
{
	const struct btf *btf = bpf_object__btf(object);
	const struct btf_type *tag;
	const char *function;
	int id;

	for (id = 1; id < (int)btf__type_cnt(btf); id++) {
		tag = btf__type_by_id(btf, id);
		if (!btf_is_decl_tag(tag) || btf_decl_tag(tag)->component_idx != -1 ||
		    strncmp(btf__name_by_offset(btf, tag->name_off), TAG_PREFIX,
			    strlen(TAG_PREFIX)))
			continue;
		function = btf__name_by_offset(btf, btf__type_by_id(btf, tag->type)->name_off);
		if (!bpf_object__find_program_by_name(object, function))
			ASSERT_FAIL("%s has annotations and is no program", function);
	}
}

void test_loader__run(const char *skel_name, skel_elf_bytes_fn elf_bytes)
{
	struct expectation expected;
	struct bpf_program *program;
	struct bpf_object *object;
	int programs_cnt = 0;
	size_t size_bytes;
	const void *elf;

	elf = elf_bytes(&size_bytes);
	object = bpf_object__open_mem(elf, size_bytes, NULL);
	if (!ASSERT_OK_PTR(object, skel_name))
		return;
	check_annotated_functions(object);
	bpf_object__for_each_program (program, object) {
		if (!read_expectation(bpf_object__btf(object), bpf_program__name(program),
				      &expected) ||
		    expected.auxiliary)
			continue;
		programs_cnt++;
		if (!test__start_subtest_with_desc(expected.program, expected.description))
			continue;
		expected.place = program_place__find(elf, size_bytes, expected.program);
		run_program(&expected, elf, size_bytes);
	}
	test__end_subtest();
	ASSERT_GT(programs_cnt, 0, "programs to be tested");
	bpf_object__close(object);
}

/* Ignores wrong annotations, because test_loader__run() reports them. */
void test_loader__list(skel_elf_bytes_fn elf_bytes, subtest_name_fn found, void *data)
{
	struct annotation annotations[MESSAGES_MAX + 16];
	struct bpf_program *program;
	struct bpf_object *object;
	size_t size_bytes;
	const void *elf;
	int i, cnt, func_id;

	elf = elf_bytes(&size_bytes);
	object = bpf_object__open_mem(elf, size_bytes, NULL);
	if (!object)
		return;
	bpf_object__for_each_program (program, object) {
		const struct btf *btf = bpf_object__btf(object);
		const char *name = bpf_program__name(program);
		struct expectation expected = {};

		func_id = btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
		cnt = collect(btf, func_id, annotations, ARRAY_SIZE(annotations));
		for (i = 0; i < cnt; i++)
			apply(&expected, &annotations[i]);
		if (!expected.auxiliary)
			found(data, name, expected.description);
	}
	bpf_object__close(object);
}
