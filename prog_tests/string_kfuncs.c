// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kfuncs for strings do what the functions of the C library with their names do: the result is an
 * index in place of an address, and -ENOENT where nothing is found. A comparison returns -1, 0 or 1.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/string_kfuncs.h"
#include "string_kfuncs.skel.h"

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static int index_of(const char *text, const char *found)
{
	return found ? found - text : -ENOENT;
}

/* The C library has no search in the first characters of a string. */
static int find_in(const char *text, const char *part, size_t len,
		   char *(*find)(const char *text, const char *part))
{
	char *beginning = strndup(text, len);
	int found = index_of(beginning, find(beginning, part));

	free(beginning);
	return found;
}

static int find_character_in(const char *text, char character, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == character)
			return i;
		if (!text[i])
			break;
	}
	return -ENOENT;
}

static void check(struct string_kfuncs *skel, const char *left, const char *right, char character,
		  size_t len)
{
	const struct string_results *results = &skel->bss->results;

	memset(&skel->bss->results, 0x55, sizeof(skel->bss->results));
	snprintf(skel->bss->left, STRING_BYTES, "%s", left);
	snprintf(skel->bss->right, STRING_BYTES, "%s", right);
	skel->bss->character = character;
	skel->bss->len = len;
	ASSERT_EQ(test_run(skel->progs.call_all), 0, "run");
	ASSERT_EQ(results->cmp, sign(strcmp(left, right)), "strcmp");
	ASSERT_EQ(results->casecmp, sign(strcasecmp(left, right)), "strcasecmp");
	ASSERT_EQ(results->ncasecmp, sign(strncasecmp(left, right, len)), "strncasecmp");
	ASSERT_EQ(results->len, strlen(left), "strlen");
	ASSERT_EQ(results->nlen, strnlen(left, len), "strnlen");
	ASSERT_EQ(results->chr, index_of(left, strchr(left, character)), "strchr");
	ASSERT_EQ(results->nchr, find_character_in(left, character, len), "strnchr");
	ASSERT_EQ(results->chrnul, strchrnul(left, character) - left, "strchrnul");
	ASSERT_EQ(results->rchr, index_of(left, strrchr(left, character)), "strrchr");
	ASSERT_EQ(results->spn, strspn(left, right), "strspn");
	ASSERT_EQ(results->cspn, strcspn(left, right), "strcspn");
	ASSERT_EQ(results->str, index_of(left, strstr(left, right)), "strstr");
	ASSERT_EQ(results->nstr, find_in(left, right, len, strstr), "strnstr");
	ASSERT_EQ(results->casestr, index_of(left, strcasestr(left, right)), "strcasestr");
	ASSERT_EQ(results->ncasestr, find_in(left, right, len, strcasestr), "strncasestr");
}

static void like_the_c_library(struct string_kfuncs *skel)
{
	static const char *const texts[] = {
		"",         "a",      "A",      "b",        "ab",
		"Ba",       "aBab",   "abab",   "bababAbb", "needle in a haystack",
		"a needle", "NEEDLE", "needle", "\xff\x80", "\x7f",
	};
	static const char characters[] = { 'a', 'b', 'A', 'n', 'k', '\0', '\xff' };

	for (unsigned int i = 0; i < ARRAY_SIZE(texts); i++) {
		for (unsigned int k = 0; k < ARRAY_SIZE(texts); k++)
			check(skel, texts[i], texts[k],
			      characters[(i + k) % ARRAY_SIZE(characters)], (i * 7 + k) % 12);
	}
}

static void all_are(struct string_kfuncs *skel, int expected)
{
	const struct string_results *results = &skel->bss->results;

	ASSERT_EQ(results->cmp, expected, "strcmp");
	ASSERT_EQ(results->casecmp, expected, "strcasecmp");
	ASSERT_EQ(results->ncasecmp, expected, "strncasecmp");
	ASSERT_EQ(results->len, expected, "strlen");
	ASSERT_EQ(results->nlen, expected, "strnlen");
	ASSERT_EQ(results->chr, expected, "strchr");
	ASSERT_EQ(results->nchr, expected, "strnchr");
	ASSERT_EQ(results->chrnul, expected, "strchrnul");
	ASSERT_EQ(results->rchr, expected, "strrchr");
	ASSERT_EQ(results->spn, expected, "strspn");
	ASSERT_EQ(results->cspn, expected, "strcspn");
	ASSERT_EQ(results->str, expected, "strstr");
	ASSERT_EQ(results->nstr, expected, "strnstr");
	ASSERT_EQ(results->casestr, expected, "strcasestr");
	ASSERT_EQ(results->ncasestr, expected, "strncasestr");
}

/* Addresses of user space, NULL among them, are refused before anything is read. */
static void user_address(struct string_kfuncs *skel)
{
	skel->bss->len = 8;
	skel->bss->character = 'a';
	strcpy(skel->bss->right, "a");
	skel->bss->choice = THE_ADDRESS;
	skel->bss->address = 0;
	ASSERT_EQ(test_run(skel->progs.call_all), 0, "run with NULL");
	all_are(skel, -ERANGE);
	skel->bss->address = (unsigned long)"abc";
	ASSERT_EQ(test_run(skel->progs.call_all), 0, "run with an address of this process");
	all_are(skel, -ERANGE);
}

/* An address of the kernel where nothing is mapped. */
static void unmapped_address(struct string_kfuncs *skel)
{
	skel->bss->len = 8;
	skel->bss->character = 'a';
	strcpy(skel->bss->right, "a");
	skel->bss->choice = THE_ADDRESS;
	skel->bss->address = UINT64_MAX - 4095;
	ASSERT_EQ(test_run(skel->progs.call_all), 0, "run");
	all_are(skel, -EFAULT);
}

/* The kfuncs look at 64 KiB at most. */
static void endless(struct string_kfuncs *skel)
{
	const struct string_results *results = &skel->bss->results;

	skel->bss->choice = ENDLESS;
	memset(skel->bss->endless, 'x', sizeof(skel->bss->endless));
	skel->bss->len = sizeof(skel->bss->endless);
	skel->bss->character = 'y';
	ASSERT_EQ(test_run(skel->progs.call_all), 0, "run");
	ASSERT_EQ(results->cmp, -E2BIG, "strcmp");
	ASSERT_EQ(results->casecmp, -E2BIG, "strcasecmp");
	ASSERT_EQ(results->ncasecmp, -E2BIG, "strncasecmp");
	ASSERT_EQ(results->len, -E2BIG, "strlen");
	ASSERT_EQ(results->nlen, -E2BIG, "strnlen");
	ASSERT_EQ(results->chr, -E2BIG, "strchr");
	ASSERT_EQ(results->nchr, -E2BIG, "strnchr");
	ASSERT_EQ(results->chrnul, -E2BIG, "strchrnul");
	ASSERT_EQ(results->rchr, -E2BIG, "strrchr");
	ASSERT_EQ(results->spn, -E2BIG, "strspn");
	ASSERT_EQ(results->str, -E2BIG, "strstr");
}

TEST_NEEDS(string_kfuncs, NEED_BTF, NEED_KFUNC("bpf_strcmp", "6.17"),
	   NEED_KFUNC("bpf_strcasestr", "6.19"), NEED_KFUNC("bpf_strncasecmp", "7.0"));

void test_string_kfuncs(void)
{
	static const struct {
		const char *name;
		void (*run)(struct string_kfuncs *skel);
	} subtests[] = {
		{ "like_the_c_library", like_the_c_library },
		{ "user_address", user_address },
		{ "unmapped_address", unmapped_address },
		{ "endless", endless },
	};

	RUN_SKEL_SUBTESTS(string_kfuncs, subtests);
}
