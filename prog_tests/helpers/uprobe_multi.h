/* SPDX-License-Identifier: GPL-2.0-only */
/* What the helper program obeys, and what its functions do. */
#ifndef HELPERS_UPROBE_MULTI_H
#define HELPERS_UPROBE_MULTI_H

#define HELPER_CALL_FUNCTIONS 'f' /* uprobe_multi_function_000 to _999, in this order */
#define HELPER_CALL_BUILD_ID  'b' /* what runs over build_id_spot, once */
#define HELPER_UNMAP_HEADER   'u' /* its own mapping of the first page of its file */

#define UPROBE_MULTI_FUNCTIONS 1000
/* How often function i is called, and what it returns: neighbours differ. */
#define UPROBE_MULTI_CALLS(i)  (1 + (i) % 3)
#define UPROBE_MULTI_RESULT(i) (5 * (i) + 7)

/*
 * Where in its file the code may begin at the earliest. The header and the notes are alone in
 * front of it, because a large folio (up to 2 MiB on x86) stays as long as one page of it is
 * mapped. The build passes this to the linker as the size of a page.
 */
#define HELPER_CODE_OFFSET (2 * 1024 * 1024)

#endif
