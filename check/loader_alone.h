/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The loader of annotated programs by itself: its file, with assertions that say nothing, and BTF
 * for it to read. No object and no kernel is needed.
 */
#ifndef CHECK_LOADER_ALONE_H
#define CHECK_LOADER_ALONE_H

#include "test_loader.c"

bool assert__report(const char *file, int line, const char *func, const char *name, bool ok,
		    const char *fmt, ...)
{
	return ok;
}

bool assert__ok(const char *file, int line, const char *func, const char *name, long long result)
{
	return !result;
}

bool assert__err(const char *file, int line, const char *func, const char *name, long long result)
{
	return result < 0;
}

bool assert__ok_ptr(const char *file, int line, const char *func, const char *name, const void *ptr)
{
	return ptr;
}

bool assert__has_substr(const char *file, int line, const char *func, const char *name,
			const char *text, const char *part)
{
	return strstr(text, part);
}

bool assert__compare(const char *file, int line, const char *func, const char *name, bool ok,
		     const char *relation, long long actual, long long expected)
{
	return ok;
}

bool test__start_subtest_with_desc(const char *name, const char *description)
{
	return false;
}

void test__end_subtest(void)
{
}

void test__force_log(void)
{
}

int test__verbosity(void)
{
	return 0;
}

bool test__verifier_stats(void)
{
	return false;
}

static int silent(enum libbpf_print_level level, const char *fmt, va_list args)
{
	return 0;
}

/* BTF with one function, "program"; its id is set. To be freed with btf__free(). */
static struct btf *loader_alone__btf(int *function)
{
	struct btf *btf = btf__new_empty();

	libbpf_set_print(silent);
	*function = btf__add_func(btf, "program", BTF_FUNC_GLOBAL, btf__add_func_proto(btf, 0));
	return btf;
}

#endif
