/* SPDX-License-Identifier: GPL-2.0-only */
/* Includes cmocka.h, and the headers that it requires. */
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
