/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by prog_tests/xdp.c and progs/xdp.c. */
#ifndef XDP_H
#define XDP_H

/* Written over the packet's first bytes; its complement over those of the metadata. */
#define XDP_STAMP 0xa1b2c3d4

#endif
