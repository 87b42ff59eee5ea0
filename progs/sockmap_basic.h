/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys and sizes of maps, shared by prog_tests/sockmap_basic*.c and progs/sockmap_basic*.c. */
#ifndef PROGS_SOCKMAP_BASIC_H
#define PROGS_SOCKMAP_BASIC_H

/* sockmap_basic.c: the socket that loses its data, and the socket that gets all data. */
#define REDIRECT_SOURCE 0
#define REDIRECT_TARGET 1

/* sockmap_basic_maps.c: the size of each map. */
#define ENTRIES 4

/* sockmap_basic_msg.c: the watched socket, and the socket to which the program redirects. */
#define SENDER 0
#define TARGET 1

/* sockmap_basic_sockops.c: the socket that connects, and the socket that is accepted. */
#define ACTIVE  0
#define PASSIVE 1
#define ENDS    2

/* A power of two that is larger than every TCP state. */
#define STATES 16

#endif
