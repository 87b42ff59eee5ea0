// SPDX-License-Identifier: GPL-2.0-only
/*
 * The functions behind the ASSERT_* macros. An assertion that holds prints a line, to show how far
 * the test came. An assertion that fails sends a record, and the runner writes the line: it is then
 * in the log even if the test has redirected its output.
 */
#include "runner/inside/channel.h"
#include "test_progs.h"

#define ASSERTION_TEXT_MAX_BYTES 4096
/* The number of bytes that are shown of two buffers that differ. */
#define SHOWN_BYTES              16

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
	va_list args;

	if (ok) {
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
	bool equal;

	if (!actual || !expected)
		return assert__report(file, line, func, name, false, "actual '%s' != expected '%s'",
				      actual ?: "(NULL)", expected ?: "(NULL)");
	equal = len == SIZE_MAX ? !strcmp(actual, expected) : !strncmp(actual, expected, len);
	if (len > INT32_MAX)
		len = INT32_MAX;
	return assert__report(file, line, func, name, equal, "actual '%.*s' != expected '%.*s'",
			      (int)len, actual, (int)len, expected);
}

bool assert__has_substr(const char *file, int line, const char *func, const char *name,
			const char *text, const char *part)
{
	return assert__report(file, line, func, name, text && part && strstr(text, part),
			      "'%s' does not contain '%s'", text ?: "(NULL)", part ?: "(NULL)");
}

static void hex(char *out, const unsigned char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		out += sprintf(out, "%s%02x", i ? " " : "", bytes[i]);
	*out = '\0';
}

bool assert__memeq(const char *file, int line, const char *func, const char *name,
		   const void *actual, const void *expected, size_t len_bytes)
{
	const unsigned char *a = actual, *e = expected;
	char found[3 * SHOWN_BYTES + 1], wanted[3 * SHOWN_BYTES + 1];
	size_t at = 0, shown;

	while (at < len_bytes && a[at] == e[at])
		at++;
	shown = len_bytes - at < SHOWN_BYTES ? len_bytes - at : SHOWN_BYTES;
	hex(found, a + at, shown);
	hex(wanted, e + at, shown);
	return assert__report(file, line, func, name, at == len_bytes,
			      "byte %zu of %zu differs: actual %s != expected %s", at, len_bytes,
			      found, wanted);
}
