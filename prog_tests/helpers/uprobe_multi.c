// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program that build_id and uprobe_multi_test probe. Nobody else runs or maps it.
 *
 * It reads orders of one byte from standard input, writes the same byte back when an order is
 * done, and exits at the end of its input. The tests find its functions and labels by their
 * names.
 */
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uprobe_multi.h"

/* The address of the ELF header, set by the linker: the first page of the file is mapped there. */
extern char __ehdr_start[];

void build_id_step(void);
void build_id_probed(void);
void build_id_caller(void);

/* The compiler must not remove calls of these functions, although they have no effect. */
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

/* Between the two calls the frame is set up, so an unwinder by frame pointers finds the caller. */
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

static void *call_functions(void *unused)
{
	for (unsigned int i = 0; i < UPROBE_MULTI_FUNCTIONS; i++)
		for (unsigned int call = 0; call < UPROBE_MULTI_CALLS(i); call++)
			functions[i]();
	return NULL;
}

/* The new thread's id differs from the process id. Returns 0 or an errno. */
static int call_functions_in_thread(void)
{
	pthread_t thread;
	int err = pthread_create(&thread, NULL, call_functions, NULL);

	return err ?: pthread_join(thread, NULL);
}

/*
 * Unmaps the page with the ELF header and the notes from the page tables, because a page stays in
 * the page cache as long as a process maps it. Any access to it here maps it again.
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
		if (order == HELPER_CALL_FUNCTIONS) {
			if (call_functions_in_thread())
				return 4;
		} else if (order == HELPER_CALL_BUILD_ID) {
			build_id_caller();
		} else if (order != HELPER_UNMAP_HEADER || unmap_header()) {
			return 2;
		}
		if (write(STDOUT_FILENO, &order, 1) != 1)
			return 3;
	}
}
