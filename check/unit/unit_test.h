/* SPDX-License-Identifier: GPL-2.0-only */
/* What cmocka.h needs before it can be included. */
#ifndef CHECK_UNIT_TEST_H
#define CHECK_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif
