// SPDX-License-Identifier: GPL-2.0-only
/*
 * The functions behind the ASSERT_* macros. An assertion that holds prints a line, to show how far
 * the test came. An assertion that fails sends a record, and the runner writes the line: it is then
 * in the log even if the test has redirected its output.
 */
#include <search.h>

#include "runner/inside/channel.h"
#include "runner/text/difference.h"
#include "test_progs.h"

#define ASSERTION_TEXT_MAX_BYTES 4096
/* The kernel returns errors as -1 to -4095 (MAX_ERRNO in its include/linux/err.h). */
#define ERRNO_MAX                4095

static int by_place(const void *a, const void *b)
{
	const struct assert_site *first = a, *second = b;
	int order = strcmp(first->file, second->file);

	return order ?: (first->line > second->line) - (first->line < second->line);
}

/* Report that an assertion was reached, once in each process. */
static void report_site(const char *file, int line, const char *func, const char *name)
{
	static void *sites; /* a tree of tsearch(3), which lives as long as the process */
	struct assert_site *site = malloc(sizeof(*site)), **found;
	struct record record = {
		.header.type = RECORD_SITE,
		.header.line = line,
		.texts = { func, file, name, "" },
	};

	if (!site)
		return;
	*site = (struct assert_site){ file, line };
	found = tsearch(site, &sites, by_place);
	if (found && *found == site)
		channel__send(&record);
	else
		free(site);
}

/* Return: whether an assertion that holds is to fail, for --mutate=assertions. */
static bool is_inverted(const char *file, int line)
{
	const struct mutation_order *order = channel__setup()->mutation;

	return order && order->kind == MUTATION_ASSERTION && order->line == line &&
	       !strcmp(order->file, file);
}

bool assert__report(const char *file, int line, const char *func, const char *name, bool ok,
		    const char *fmt, ...)
{
	char text[ASSERTION_TEXT_MAX_BYTES];
	struct record record = {
		.header.type = RECORD_FAILED,
		.header.flags = RECORD_WANTS_ANSWER,
		.header.line = line,
		.texts = { file, func, name, text },
	};
	int saved_errno = errno;
	const struct mutation_order *order = channel__setup()->mutation;
	va_list args;

	if (order && order->kind == MUTATION_SITES)
		report_site(file, line, func, name);
	if (ok && is_inverted(file, line)) {
		ok = false;
		fmt = "inverted";
	}
	if (ok) {
		/* Thousands of mutants run, and nobody reads their logs. */
		if (!order)
			printf("%s:PASS:%s\n", func, name);
	} else {
		va_start(args, fmt);
		vsnprintf(text, sizeof(text), fmt, args);
		va_end(args);
		fflush(stdout);
		channel__send(&record);
	}
	errno = saved_errno;
	return ok;
}

bool assert__ok(const char *file, int line, const char *func, const char *name, long long result)
{
	int error = result == -1 ? errno : (int)-result;

	if (result < 0 && result > -4096)
		return assert__report(file, line, func, name, false, "error %lld (%s)", result,
				      strerrorname_np(error) ?: "no errno");
	return assert__report(file, line, func, name, !result, "%lld is not 0", result);
}

bool assert__err(const char *file, int line, const char *func, const char *name, long long result)
{
	return assert__report(file, line, func, name, result < 0,
			      "%lld is no error, and one was expected", result);
}

bool assert__ok_fd(const char *file, int line, const char *func, const char *name, int fd)
{
	int error = fd == -1 ? errno : -fd;

	return assert__report(file, line, func, name, fd >= 0, "no descriptor: error %d (%s)", fd,
			      strerrorname_np(error) ?: "no errno");
}

/* libbpf_get_error(NULL) is -errno, which may be 0. NULL always means that there is no object. */
static bool is_object(const void *ptr)
{
	return ptr && !libbpf_get_error(ptr);
}

bool assert__ok_ptr(const char *file, int line, const char *func, const char *name, const void *ptr)
{
	int error = -libbpf_get_error(ptr);

	return assert__report(file, line, func, name, is_object(ptr), "no object: error %d (%s)",
			      -error, strerrorname_np(error) ?: "no errno");
}

bool assert__err_ptr(const char *file, int line, const char *func, const char *name,
		     const void *ptr)
{
	return assert__report(file, line, func, name, !is_object(ptr),
			      "pointer %p is valid, and an error was expected", ptr);
}

bool assert__streq(const char *file, int line, const char *func, const char *name,
		   const char *actual, const char *expected, size_t len)
{
	char text[ASSERTION_TEXT_MAX_BYTES] = "";
	bool equal;

	if (!actual || !expected)
		return assert__report(file, line, func, name, false, "actual '%s' != expected '%s'",
				      actual ?: "(NULL)", expected ?: "(NULL)");
	equal = len == SIZE_MAX ? !strcmp(actual, expected) : !strncmp(actual, expected, len);
	if (!equal)
		difference__strings(text, sizeof(text), actual, expected, len);
	return assert__report(file, line, func, name, equal, "%s", text);
}

bool assert__has_substr(const char *file, int line, const char *func, const char *name,
			const char *text, const char *part)
{
	char difference[ASSERTION_TEXT_MAX_BYTES] = "";
	bool has = text && part && strstr(text, part);

	if (!has)
		difference__substring(difference, sizeof(difference), text ?: "(NULL)",
				      part ?: "(NULL)");
	return assert__report(file, line, func, name, has, "%s", difference);
}

bool assert__memeq(const char *file, int line, const char *func, const char *name,
		   const void *actual, const void *expected, size_t len_bytes)
{
	char text[ASSERTION_TEXT_MAX_BYTES] = "";
	bool equal = !len_bytes || !memcmp(actual, expected, len_bytes);

	if (!equal)
		difference__buffers(text, sizeof(text), actual, expected, len_bytes);
	return assert__report(file, line, func, name, equal, "%s", text);
}

/*
 * Add what a number may be besides a number: an errno, or one that is easier to read in hex, such as
 * an address or a magic number.
 */
static const char *meaning(long long number, int saved_errno, char *text, size_t size_bytes)
{
	const char *error = NULL;

	*text = '\0';
	if (number < 0 && number >= -ERRNO_MAX)
		error = strerrorname_np(-number);
	if (number == -1) {
		error = saved_errno ? strerrorname_np(saved_errno) : NULL;
		if (error)
			snprintf(text, size_bytes, " (errno %s)", error);
	} else if (error) {
		snprintf(text, size_bytes, " (-%s)", error);
	} else if (number > INT32_MAX || number < INT32_MIN) {
		snprintf(text, size_bytes, " (%#llx)", number);
	}
	return text;
}

bool assert__compare(const char *file, int line, const char *func, const char *name, bool ok,
		     const char *relation, long long actual, long long expected)
{
	int saved_errno = errno;
	char a[32], e[32];

	if (ok)
		return assert__report(file, line, func, name, true, "%s", "");
	/* An expected -1 tells nothing about errno. */
	meaning(actual, saved_errno, a, sizeof(a));
	meaning(expected, 0, e, sizeof(e));
	errno = saved_errno;
	return assert__report(file, line, func, name, false, "actual %lld%s %s expected %lld%s",
			      actual, a, relation, expected, e);
}
