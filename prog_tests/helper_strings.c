// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text in programs: printing into a buffer, reading numbers, comparing; with their limits.
 */
#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/helper_strings.h"
#include "helper_strings.skel.h"

#define UNTOUCHED 0x5a
#define USABLE    (STRINGS_TEXT_BYTES - 1)

static int run(struct helper_strings *skel, const struct bpf_program *program, __u32 bytes)
{
	memset(skel->bss->text, UNTOUCHED, STRINGS_TEXT_BYTES);
	skel->bss->text_bytes = bytes;
	return test_run(program);
}

/* The result counts the zero byte. Text that does not fit is cut, and the result stays the same. */
static void print(struct helper_strings *skel)
{
	static const char expected[] = "-3|  171|ab  |ab|171|word|w|%";

	skel->bss->signed_number = -3;
	skel->bss->unsigned_number = 0xab;
	strcpy(skel->bss->word, "word");
	ASSERT_EQ(run(skel, skel->progs.print, USABLE), sizeof(expected), "print");
	ASSERT_STREQ(skel->bss->text, expected, "text");
	ASSERT_EQ(skel->bss->text[sizeof(expected)], UNTOUCHED, "byte behind");

	ASSERT_EQ(run(skel, skel->progs.print, 6), sizeof(expected), "print into six bytes");
	ASSERT_STREQ(skel->bss->text, "-3|  ", "text in six bytes");
	ASSERT_EQ(skel->bss->text[6], UNTOUCHED, "byte behind six");
	ASSERT_EQ(run(skel, skel->progs.print, 0), sizeof(expected), "print into nothing");
	ASSERT_EQ(skel->bss->text[0], UNTOUCHED, "first byte");

	skel->bss->signed_number = INT32_MIN;
	skel->bss->unsigned_number = UINT32_MAX;
	strcpy(skel->bss->word, "");
	run(skel, skel->progs.print, USABLE);
	ASSERT_STREQ(skel->bss->text, "-2147483648|4294967295|ffffffff|ffffffff|4294967295||",
		     "text up to the zero byte of a character");

	ASSERT_EQ(run(skel, skel->progs.print_without_arguments, 5), 6, "print no arguments");
	ASSERT_STREQ(skel->bss->text, "plai", "text without arguments");
	ASSERT_EQ(skel->bss->text[5], UNTOUCHED, "byte behind five");
	/* 127.0.0.1 in the order of the network. */
	skel->bss->unsigned_number = 0x0100007f;
	ASSERT_EQ(run(skel, skel->progs.print_address, 9), 10, "print an address");
	ASSERT_STREQ(skel->bss->text, "127.0.0.", "address");
	ASSERT_EQ(skel->bss->text[9], UNTOUCHED, "byte behind nine");
}

/* A digit follows the text: a helper that reads too far finds another number. */
static int read_text(struct helper_strings *skel, const struct bpf_program *program,
		     const char *text, __u64 flags)
{
	memset(skel->bss->text, '1', STRINGS_TEXT_BYTES);
	memcpy(skel->bss->text, text, strlen(text));
	skel->bss->text_bytes = strlen(text);
	skel->bss->flags = flags;
	return test_run(program);
}

static void reads(struct helper_strings *skel, const char *text, __u64 base, int bytes,
		  long expected)
{
	printf("\"%s\" to the base %llu\n", text, base);
	skel->bss->signed_number = ~expected;
	ASSERT_EQ(read_text(skel, skel->progs.read_signed, text, base), bytes, "bytes read");
	ASSERT_EQ(skel->bss->signed_number, expected, "number");
}

/* The helper returns the number of bytes that belong to the number. */
static void strtol_helper(struct helper_strings *skel)
{
	const struct bpf_program *program = skel->progs.read_signed;

	reads(skel, "12", 10, 2, 12);
	reads(skel, "-12", 10, 3, -12);
	reads(skel, "  -7 8", 10, 4, -7);
	reads(skel, "19x", 10, 2, 19);
	reads(skel, "17", 8, 2, 15);
	reads(skel, "0x1f", 16, 4, 31);
	reads(skel, "ff", 16, 2, 255);
	reads(skel, "0x10", 0, 4, 16);
	reads(skel, "010", 0, 3, 8);
	reads(skel, "10", 0, 2, 10);
	reads(skel, "9223372036854775807", 10, 19, INT64_MAX);
	reads(skel, "-9223372036854775808", 10, 20, INT64_MIN);
	ASSERT_EQ(read_text(skel, program, "9223372036854775808", 10), -ERANGE, "one too large");
	ASSERT_EQ(read_text(skel, program, "-9223372036854775809", 10), -ERANGE, "one too small");
	ASSERT_EQ(read_text(skel, program, "x", 10), -EINVAL, "no number");
	ASSERT_EQ(read_text(skel, program, "8", 8), -EINVAL, "no digit of the base");
	ASSERT_EQ(read_text(skel, program, "1", 7), -EINVAL, "base seven");
	ASSERT_EQ(read_text(skel, program, "1", 32), -EINVAL, "unknown flag");
}

static void strtoul_helper(struct helper_strings *skel)
{
	const struct bpf_program *program = skel->progs.read_unsigned;

	ASSERT_EQ(read_text(skel, program, "18446744073709551615 ", 10), 20, "largest");
	ASSERT_EQ(skel->bss->unsigned_number, UINT64_MAX, "largest number");
	ASSERT_EQ(read_text(skel, program, " 0x20", 16), 5, "blank and hexadecimal");
	ASSERT_EQ(skel->bss->unsigned_number, 32, "hexadecimal number");
	ASSERT_EQ(read_text(skel, program, "18446744073709551616", 10), -ERANGE, "one too large");
	ASSERT_EQ(read_text(skel, program, "-1", 10), -EINVAL, "negative");
	ASSERT_EQ(read_text(skel, program, "1", 1), -EINVAL, "base one");
}

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static int compares(struct helper_strings *skel, __u32 bytes, const char *text)
{
	memset(skel->bss->text, 'z', STRINGS_TEXT_BYTES);
	strcpy(skel->bss->text, text);
	skel->bss->text_bytes = bytes;
	return sign(test_run(skel->progs.compare));
}

static void strncmp_helper(struct helper_strings *skel)
{
	const __u32 whole = STRINGS_TEXT_BYTES, three = 3;

	ASSERT_EQ(compares(skel, whole, STRINGS_COMPARED), 0, "equal");
	ASSERT_EQ(compares(skel, whole, "needlf"), 1, "greater");
	ASSERT_EQ(compares(skel, whole, "needld"), -1, "less");
	ASSERT_EQ(compares(skel, whole, "needles"), 1, "longer");
	ASSERT_EQ(compares(skel, whole, "need"), -1, "shorter");
	ASSERT_EQ(compares(skel, whole, ""), -1, "empty");
	ASSERT_EQ(compares(skel, three, "neem"), 0, "equal in three bytes");
	ASSERT_EQ(compares(skel, three, "nef"), 1, "greater in the third");
	ASSERT_EQ(compares(skel, three, "ne"), -1, "shorter than three");
}

TEST_NEEDS(helper_strings, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"), NEED_PROG_TYPE(SYSCALL, "5.14"),
	   NEED_HELPER(strncmp, RAW_TRACEPOINT, "5.17"),
	   NEED_HELPER(snprintf, RAW_TRACEPOINT, "5.13"), NEED_LOCKDOWN_BELOW("confidentiality"));

void test_helper_strings(void)
{
	static const struct {
		const char *name;
		void (*run)(struct helper_strings *skel);
	} subtests[] = {
		{ "snprintf", print },
		{ "strtol", strtol_helper },
		{ "strtoul", strtoul_helper },
		{ "strncmp", strncmp_helper },
	};

	RUN_SKEL_SUBTESTS(helper_strings, subtests);
}
