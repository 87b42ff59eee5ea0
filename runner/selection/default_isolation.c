// SPDX-License-Identifier: GPL-2.0-only
/*
 * A definition that fixtures replace. It is weak, and not in a file that uses it: there the
 * compiler would take its value for a constant.
 */
#include "runner/selection/default_isolation.h"
#include "test_progs.h"

const unsigned int test_default_isolation __attribute__((weak)) = ISOLATE_ALL;
