/* SPDX-License-Identifier: GPL-2.0-only */
/* A number that is shared by prog_tests/xdp.c and progs/xdp.c. */
#ifndef XDP_H
#define XDP_H

/* The program writes it over the packet's first bytes, and its complement over the metadata's. */
#define XDP_STAMP 0xa1b2c3d4

#endif
