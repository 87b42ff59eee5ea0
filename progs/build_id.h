/* SPDX-License-Identifier: GPL-2.0-only */
/* The maximum number of frames, shared by prog_tests/build_id.c and progs/build_id.c. */
#ifndef BUILD_ID_H
#define BUILD_ID_H

#define BUILD_ID_FRAMES 32

#endif
