/* SPDX-License-Identifier: GPL-2.0-only */
/* The orders to the helper program, and the results of its functions. */
#ifndef HELPERS_UPROBE_MULTI_H
#define HELPERS_UPROBE_MULTI_H

#define HELPER_CALL_FUNCTIONS 'f' /* call uprobe_multi_function_000 to _999, in a new thread */
#define HELPER_CALL_BUILD_ID  'b' /* execute the instruction at build_id_spot once */
#define HELPER_UNMAP_HEADER   'u' /* unmap the first page of the program's file */

#define UPROBE_MULTI_FUNCTIONS 1000
/* The number of calls of function i and its return value; both differ between neighbours. */
#define UPROBE_MULTI_CALLS(i)  (1 + (i) % 3)
#define UPROBE_MULTI_RESULT(i) (5 * (i) + 7)

/*
 * The smallest file offset of the code. The file has only the header and the notes before it,
 * because a large folio (up to 2 MiB on x86) stays in the page cache as long as one of its pages is
 * mapped. The build passes this number to the linker as the page size.
 */
#define HELPER_CODE_OFFSET (2 * 1024 * 1024)

#endif
