// SPDX-License-Identifier: GPL-2.0-only
/*
 * Applies the rule of test_needs.h to the declarations that the linker has collected in the section
 * test_needs, and to what the probes find. A skip must not hide a regression, so only a version, a
 * configuration or a machine justifies one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner/needs/needs.h"
#include "runner/needs/probes.h"
#include "runner/needs/refusal.h"
#include "runner/selection/registry.h"
#include "runner/text/error.h"
#include "runner/text/glob.h"

#define TEXT_BYTES       768
/* The maximum number of declarations for one test and its subtests. */
#define DECLARATIONS_MAX 256

extern const struct test_needs __start_test_needs[] __attribute__((weak));
extern const struct test_needs __stop_test_needs[] __attribute__((weak));

/* Return: true for needs that only the test process can check: its own code, namespace and cgroup. */
static bool is_own(const struct test_need *need)
{
	return need->kind == NEED_KIND_PROBE || need->kind == NEED_KIND_FAMILY ||
	       need->kind == NEED_KIND_CGROUP ||
	       (need->kind == NEED_KIND_SYSCTL && !strncmp(need->name, "net.", 4));
}

static int declarations_cnt(void)
{
	return __stop_test_needs - __start_test_needs;
}

/* The declarations for one test and its subtests. */
struct declared {
	const struct test_needs *list[DECLARATIONS_MAX];
	int cnt;
};

static int by_place(const void *a, const void *b)
{
	const struct test_needs *x = *(const struct test_needs *const *)a;
	const struct test_needs *y = *(const struct test_needs *const *)b;

	/* Needs of the whole test come first, then those of subtests, in the order of the file. */
	return !x->subtest != !y->subtest ? !!x->subtest - !!y->subtest : x->line - y->line;
}

static void find_declared(const char *test, struct declared *declared)
{
	const struct test_needs *at;

	declared->cnt = 0;
	for (at = __start_test_needs; at < __stop_test_needs; at++) {
		if (!strcmp(at->test, test) && declared->cnt < DECLARATIONS_MAX)
			declared->list[declared->cnt++] = at;
	}
	qsort(declared->list, declared->cnt, sizeof(declared->list[0]), by_place);
}

static bool is_older_than(const struct kernel_facts *facts, const char *version)
{
	struct kernel_version first;

	return version && !kernel_version__parse(version, &first) &&
	       kernel_version__compare(&facts->version, &first) < 0;
}

static bool is_past(const struct kernel_facts *facts, const char *version)
{
	struct kernel_version first;

	return version && !kernel_version__parse(version, &first) &&
	       kernel_version__compare(&facts->version, &first) >= 0;
}

/* Return: true if one of the options is known to be unset; @option is set to the first of them. */
static bool has_unset_option(const struct kernel_facts *facts, const char *options, char *option,
			     size_t size_bytes)
{
	char value[16];
	size_t len;

	for (; options && *options; options += len + (options[len] == ',')) {
		len = strcspn(options, ",");
		snprintf(option, size_bytes, "%.*s", (int)len, options);
		kernel_config__value(&facts->info->config, option, value, sizeof(value));
		if (!strcmp(value, "n"))
			return true;
	}
	return false;
}

/* A kernel that refuses for no reason that can be seen has a fault. */
static enum need_state judge_refusal(const struct kernel_facts *facts,
				     const struct need_found *found, const char *what, char *text,
				     size_t size_bytes)
{
	char why[256];

	if (refusal__explain(facts->info, found->refused_err, found->capabilities, why,
			     sizeof(why))) {
		snprintf(text, size_bytes, "not permitted here: %s: %s", what, why);
		return NEED_MISSING;
	}
	snprintf(text, size_bytes,
		 "no %s: %s, and this kernel (%s) should permit it: no lockdown, seccomp filter "
		 "or LSM refuses it, and no capability is missing",
		 what, why, facts->info->release);
	return NEED_LOST;
}

static void add_error(char *text, size_t size_bytes, const struct need_found *found)
{
	size_t len = strlen(text);

	if (found->tried_err)
		snprintf(text + len, size_bytes - len, " (tried: %s)",
			 error__name(found->tried_err));
}

static void add_cure(char *text, size_t size_bytes, const struct need_found *found)
{
	size_t len = strlen(text);

	if (*found->cure)
		snprintf(text + len, size_bytes - len, "; to have it: %s", found->cure);
}

enum need_state needs__judge(struct kernel_facts *facts, const struct test_need *need, char *text,
			     size_t size_bytes)
{
	const char *release = facts->info->release;
	struct need_found found;
	char what[256], option[128];
	int ret;

	*text = '\0';
	ret = probe__look(facts, need, &found);
	if (ret > 0)
		return NEED_HOLDS;
	if (found.has_no_btf)
		snprintf(what, sizeof(what), "BTF");
	else
		probe__describe(need, what, sizeof(what));
	if (refusal__is(ret))
		found = (struct need_found){ .refused_err = ret,
					     .capabilities = CAPABILITY(CAP_SYS_ADMIN) };
	if (found.refused_err)
		return judge_refusal(facts, &found, what, text, size_bytes);
	if (ret < 0) {
		snprintf(text, size_bytes, "cannot tell whether there is %s: %s", what,
			 error__text(ret));
		return NEED_LOST;
	}
	if (is_older_than(facts, need->since)) {
		snprintf(text, size_bytes, "no %s: Linux has it since %s", what, need->since);
		add_error(text, size_bytes, &found);
		return NEED_MISSING;
	}
	if (is_past(facts, need->until)) {
		snprintf(text, size_bytes, "no %s: Linux had it before %s", what, need->until);
		add_error(text, size_bytes, &found);
		return NEED_MISSING;
	}
	if (found.is_excused) {
		snprintf(text, size_bytes, "no %s: %s", what, found.text);
		add_cure(text, size_bytes, &found);
		return NEED_MISSING;
	}
	if (facts->info->config.path &&
	    has_unset_option(facts, need->config, option, sizeof(option))) {
		snprintf(text, size_bytes, "no %s: CONFIG_%s is not set", what, option);
		add_error(text, size_bytes, &found);
		return NEED_MISSING;
	}
	if (need->kind == NEED_KIND_KERNEL_FUNC && !need->stable) {
		snprintf(text, size_bytes, "no %s: %s, the compiler may have inlined or renamed it",
			 what, found.text);
		return NEED_MISSING;
	}
	snprintf(text, size_bytes, "no %s: %s, and this kernel (%s) should have it%s%s%s%s%s", what,
		 found.text, release, need->since ? ": there since " : "", need->since ?: "",
		 need->config ? ", with CONFIG_" : "", need->config ?: "",
		 need->config && !facts->info->config.path ?
			 "; its configuration is not known: name it with --kconfig" :
			 "");
	add_cure(text, size_bytes, &found);
	return NEED_LOST;
}

int needs__begin(struct needs *needs, const struct run_info *info, unsigned int parts)
{
	kernel_facts__begin(&needs->facts, info);
	suite_needs__look(&needs->suite, info, parts);
	needs->answers = calloc(declarations_cnt() + 1, sizeof(*needs->answers));
	return needs->answers ? 0 : -ENOMEM;
}

static void look_up(struct needs *needs, const struct test_need *need, struct need_answer *answer)
{
	char text[TEXT_BYTES];

	if (answer->state != NEED_NOT_LOOKED_UP)
		return;
	answer->state = needs__judge(&needs->facts, need, text, sizeof(text));
	if (answer->state != NEED_HOLDS)
		answer->text = strdup(text);
}

static struct need_answer *answers_of(struct needs *needs, const struct test_needs *declared)
{
	struct need_answer **answers = &needs->answers[declared - __start_test_needs];

	if (!*answers)
		*answers = calloc(declared->needs_cnt + 1, sizeof(**answers));
	return *answers;
}

/* If the test lacks something that all tests need, @text is set to what it is. */
static enum need_state check_suite(const struct needs *needs, const char *test, char *text,
				   size_t size_bytes)
{
	const struct test_entry *entry = registry__find(test);

	return entry ? suite_needs__check(&needs->suite, registry__isolation(entry), text,
					  size_bytes) :
		       NEED_HOLDS;
}

void needs__look_up(struct needs *needs, const char *test, const struct selection *selection,
		    int number)
{
	struct declared declared;
	const char *subtest;
	struct need_answer *answers;
	char text[TEXT_BYTES];
	int i, k;

	if (check_suite(needs, test, text, sizeof(text)) != NEED_HOLDS)
		return;
	find_declared(test, &declared);
	for (i = 0; i < declared.cnt; i++) {
		subtest = declared.list[i]->subtest;
		if (subtest && selection &&
		    !selection__may_have_subtest(selection, test, number, subtest))
			continue;
		answers = answers_of(needs, declared.list[i]);
		for (k = 0; answers && k < declared.list[i]->needs_cnt; k++) {
			if (!is_own(&declared.list[i]->needs[k]))
				look_up(needs, &declared.list[i]->needs[k], &answers[k]);
		}
	}
}

static bool is_about(const struct test_needs *declared, const char *const names[2])
{
	if (!names)
		return !declared->subtest;
	return declared->subtest &&
	       (glob__match(names[0], declared->subtest) ||
		(names[1] && *names[1] && glob__match(names[1], declared->subtest)));
}

/* Append a reason, unless the text has it already. A text that is too long is cut. */
static void add_reason(char *text, size_t size_bytes, const char *reason)
{
	size_t len = strlen(text);

	if (!strstr(text, reason))
		snprintf(text + len, size_bytes - len, "%s%s", len ? "; " : "", reason);
}

struct check_result {
	enum need_state worst;
	char *text;
	size_t size_bytes;
};

static void take_answer(struct check_result *result, const struct need_answer *answer)
{
	if (answer->state < result->worst || answer->state == NEED_HOLDS)
		return;
	if (answer->state > result->worst)
		*result->text = '\0';
	result->worst = answer->state;
	add_reason(result->text, result->size_bytes, answer->text ?: "out of memory");
}

enum need_state needs__check(struct needs *needs, const char *test, const char *const names[2],
			     bool with_probes, char *text, size_t size_bytes)
{
	struct check_result result = { NEED_HOLDS, text, size_bytes };
	struct declared declared;
	struct need_answer *answers;
	bool is_probe;
	int i, k, pass;

	if (!names)
		result.worst = check_suite(needs, test, text, size_bytes);
	if (result.worst != NEED_HOLDS)
		return result.worst;
	*text = '\0';
	find_declared(test, &declared);
	/* The test's own probes run last, because they may rely on all other needs. */
	for (pass = 0; pass < (with_probes ? 2 : 1) && result.worst == NEED_HOLDS; pass++) {
		for (i = 0; i < declared.cnt; i++) {
			if (!is_about(declared.list[i], names))
				continue;
			answers = answers_of(needs, declared.list[i]);
			for (k = 0; answers && k < declared.list[i]->needs_cnt; k++) {
				is_probe = is_own(&declared.list[i]->needs[k]);
				if (is_probe != pass)
					continue;
				look_up(needs, &declared.list[i]->needs[k], &answers[k]);
				take_answer(&result, &answers[k]);
			}
		}
	}
	return result.worst;
}

bool needs__are_declared(const char *test)
{
	const struct test_needs *declared;

	for (declared = __start_test_needs; declared < __stop_test_needs; declared++) {
		if (!strcmp(declared->test, test) && !declared->subtest)
			return true;
	}
	return false;
}

int needs__check_declarations(char *error, size_t size_bytes)
{
	const struct test_needs *declared;
	struct kernel_version version;
	int i;

	for (declared = __start_test_needs; declared < __stop_test_needs; declared++) {
		if (!registry__find(declared->test)) {
			snprintf(error, size_bytes, "TEST_NEEDS of '%s', and there is no such test",
				 declared->test);
			return -EINVAL;
		}
		for (i = 0; i < declared->needs_cnt; i++) {
			const struct test_need *need = &declared->needs[i];
			const char *wrong = NULL;

			if (need->until && kernel_version__parse(need->until, &version))
				wrong = need->until;
			if (need->since && kernel_version__parse(need->since, &version))
				wrong = need->since;
			if (wrong) {
				snprintf(error, size_bytes,
					 "TEST_NEEDS of '%s': a version is two or three numbers, "
					 "not '%s'",
					 declared->test, wrong);
				return -EINVAL;
			}
			if (need->kind == NEED_KIND_LOCKDOWN && strcmp(need->name, "integrity") &&
			    strcmp(need->name, "confidentiality")) {
				snprintf(error, size_bytes,
					 "TEST_NEEDS of '%s': lockdown is below 'integrity' or "
					 "'confidentiality', not '%s'",
					 declared->test, need->name);
				return -EINVAL;
			}
		}
	}
	return 0;
}

static void print_options(const char *options, FILE *out)
{
	const char *separator = ", with CONFIG_";
	size_t len;

	for (; options && *options; options += len + (options[len] == ',')) {
		len = strcspn(options, ",");
		fprintf(out, "%s%.*s", separator, (int)len, options);
		separator = " and CONFIG_";
	}
}

static void print_need(const struct test_needs *declared, const struct test_need *need, FILE *out)
{
	char what[256];

	if (declared->subtest)
		fprintf(out, "[%s] ", declared->subtest);
	fputs(probe__describe(need, what, sizeof(what)), out);
	if (need->since)
		fprintf(out, ", since %s", need->since);
	if (need->until)
		fprintf(out, ", until %s", need->until);
	print_options(need->config, out);
	if (need->module)
		fprintf(out, ", in module %s", need->module);
	if (need->kind == NEED_KIND_KERNEL_FUNC && need->stable)
		fputs(", stable", out);
	if (need->kind == NEED_KIND_PROBE)
		fputs(", found out by trying", out);
}

void needs__print(const char *test, FILE *out)
{
	struct declared declared;
	int i, k;

	find_declared(test, &declared);
	if (!needs__are_declared(test))
		fputs("\tdeclares nothing\n", out);
	for (i = 0; i < declared.cnt; i++) {
		for (k = 0; k < declared.list[i]->needs_cnt; k++) {
			fputc('\t', out);
			print_need(declared.list[i], &declared.list[i]->needs[k], out);
			fputc('\n', out);
		}
	}
}

void needs__explain(struct needs *needs, const char *test, FILE *out)
{
	static const char *const words[] = {
		[NEED_NOT_LOOKED_UP] = "run",
		[NEED_HOLDS] = "ok",
		[NEED_MISSING] = "SKIP",
		[NEED_LOST] = "FAIL",
	};
	char text[TEXT_BYTES];
	struct declared declared;
	struct need_answer *answers;
	enum need_state suite = check_suite(needs, test, text, sizeof(text));
	int i, k;

	needs__look_up(needs, test, NULL, 0);
	find_declared(test, &declared);
	fprintf(out, "%s%s\n", test, needs__are_declared(test) ? "" : ": declares nothing");
	if (suite != NEED_HOLDS) {
		fprintf(out, "  %-4s what all tests need -- %s\n", words[suite], text);
		return;
	}
	for (i = 0; i < declared.cnt; i++) {
		answers = answers_of(needs, declared.list[i]);
		for (k = 0; answers && k < declared.list[i]->needs_cnt; k++) {
			fprintf(out, "  %-4s ", words[answers[k].state]);
			print_need(declared.list[i], &declared.list[i]->needs[k], out);
			fprintf(out, "%s%s\n", answers[k].text ? " -- " : "",
				answers[k].text ?: "");
		}
	}
}

void needs__end(struct needs *needs)
{
	const struct test_needs *declared;
	int i;

	for (declared = __start_test_needs; needs->answers && declared < __stop_test_needs;
	     declared++) {
		struct need_answer *answers = needs->answers[declared - __start_test_needs];

		for (i = 0; answers && i < declared->needs_cnt; i++)
			free(answers[i].text);
		free(answers);
	}
	free(needs->answers);
	needs->answers = NULL;
	suite_needs__end(&needs->suite);
	kernel_facts__end(&needs->facts);
}
