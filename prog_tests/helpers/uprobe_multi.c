// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program that build_id and uprobe_multi probe, so that nobody else runs or maps what they
 * probe.
 *
 * It obeys orders of one byte on standard input, answers each with the same byte when it has done
 * it, and ends at the end of its input. Its functions and labels are found by their names.
 */
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uprobe_multi.h"

/* Set by the linker: the ELF header, first byte of the first page of the file. */
extern char __ehdr_start[];

void build_id_step(void);
void build_id_probed(void);
void build_id_caller(void);

/* Calls of these are not to be left out although nothing comes of them. */
#define KEEP __attribute__((noinline, used))

#define FUNCTION(n)                                      \
	KEEP int uprobe_multi_function_##n(void);        \
	KEEP int uprobe_multi_function_##n(void)         \
	{                                                \
		asm volatile("" ::: "memory");           \
		return UPROBE_MULTI_RESULT(1##n - 1000); \
	}
#define NAME(n) uprobe_multi_function_##n,

/* clang-format off */
#define TEN(make, n) make(n##0) make(n##1) make(n##2) make(n##3) make(n##4) \
		     make(n##5) make(n##6) make(n##7) make(n##8) make(n##9)
#define HUNDRED(make, n) TEN(make, n##0) TEN(make, n##1) TEN(make, n##2) TEN(make, n##3)	\
			 TEN(make, n##4) TEN(make, n##5) TEN(make, n##6) TEN(make, n##7)	\
			 TEN(make, n##8) TEN(make, n##9)
#define THOUSAND(make) HUNDRED(make, 0) HUNDRED(make, 1) HUNDRED(make, 2) HUNDRED(make, 3)	\
		       HUNDRED(make, 4) HUNDRED(make, 5) HUNDRED(make, 6) HUNDRED(make, 7)	\
		       HUNDRED(make, 8) HUNDRED(make, 9)
/* clang-format on */

THOUSAND(FUNCTION)

static int (*const functions[])(void) = { THOUSAND(NAME) };

_Static_assert(sizeof(functions) / sizeof(functions[0]) == UPROBE_MULTI_FUNCTIONS, "functions");

KEEP void build_id_step(void)
{
	asm volatile("" ::: "memory");
}

/* Between two calls the frame is there, so that an unwinder by frame pointers finds the caller. */
KEEP void build_id_probed(void)
{
	build_id_step();
	asm volatile(".globl build_id_spot\n"
		     "build_id_spot:\n"
		     "	nop" ::
			     : "memory");
	build_id_step();
}

KEEP void build_id_caller(void)
{
	build_id_step();
	build_id_probed();
	build_id_step();
}

static void call_functions(void)
{
	for (unsigned int i = 0; i < UPROBE_MULTI_FUNCTIONS; i++)
		for (unsigned int call = 0; call < UPROBE_MULTI_CALLS(i); call++)
			functions[i]();
}

/*
 * Takes the page with the ELF header and the notes out of the page tables: as long as a process
 * maps a page, it stays in the page cache. It comes back by itself if anything here touches it.
 */
static int unmap_header(void)
{
	return madvise(__ehdr_start, sysconf(_SC_PAGESIZE), MADV_DONTNEED);
}

int main(void)
{
	char order;
	ssize_t got;

	for (;;) {
		got = read(STDIN_FILENO, &order, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? 1 : 0;
		if (order == HELPER_CALL_FUNCTIONS)
			call_functions();
		else if (order == HELPER_CALL_BUILD_ID)
			build_id_caller();
		else if (order != HELPER_UNMAP_HEADER || unmap_header())
			return 2;
		if (write(STDOUT_FILENO, &order, 1) != 1)
			return 3;
	}
}
