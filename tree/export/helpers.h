/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions of this runner that exported tests call, written for the runner of a kernel tree. */
#ifndef TREE_EXPORT_HELPERS_H
#define TREE_EXPORT_HELPERS_H

/* Count one assertion, and print it with the place of the caller if it did not hold. */
static inline bool assert__report(const char *file, int line, const char *func, const char *name,
				  bool ok, const char *fmt, ...)
{
	int saved_errno = errno;
	va_list args;

	if (ok) {
		printf("%s:PASS:%s\n", func, name);
	} else {
		test__fail();
		printf("%s:FAIL:%s (%s:%d) ", func, name, file, line);
		va_start(args, fmt);
		vprintf(fmt, args);
		va_end(args);
		printf("\n");
	}
	errno = saved_errno;
	return ok;
}

/* The deadline for waiting on an event: it only turns a hang into a failure. */
static inline int test__wait_timeout_ms(void)
{
	return 60000;
}

/* Mark the test or subtest as skipped, and print the reason. */
#define test__skip_reason(fmt, ...)                                   \
	({                                                            \
		printf("%s:SKIP:" fmt "\n", __func__, ##__VA_ARGS__); \
		test__skip();                                         \
	})

#endif
