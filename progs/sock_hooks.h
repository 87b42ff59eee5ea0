/* SPDX-License-Identifier: GPL-2.0-only */
/* A socket, as a program has seen it. */
#ifndef SOCK_HOOKS_H
#define SOCK_HOOKS_H

struct sock_seen {
	unsigned int calls, family, type, protocol;
	unsigned int ip4, port;
	unsigned int ip6[4];
	unsigned long long cookie;
};

#endif
