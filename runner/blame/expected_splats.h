/* SPDX-License-Identifier: GPL-2.0-only */
/* The splats that a test expects, and the splats that it is charged with. */
#ifndef RUNNER_BLAME_EXPECTED_SPLATS_H
#define RUNNER_BLAME_EXPECTED_SPLATS_H

#include "runner/process/unit.h"

/** expected_splats__add() - expect a splat that the record describes; it is then not a failure */
void expected_splats__add(struct unit *unit, const struct record *record);

/** expected_splats__has() - whether the test expects a splat */
bool expected_splats__has(const struct unit *unit, const struct splat *splat);

/** expected_splats__take() - log a splat; an unexpected one fails the subtest and the test */
void expected_splats__take(struct unit *unit, const struct splat *splat);

/**
 * expected_splats__end_part() - fail the test for each expected splat that did not come
 * @where: the subtest that ends; NULL: the test ends, and no splat is expected any more
 * @is_read: whether the kernel's log can be read at all
 */
void expected_splats__end_part(struct unit *unit, const struct outcome *where, bool is_read);

#endif
