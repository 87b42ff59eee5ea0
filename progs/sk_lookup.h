/* SPDX-License-Identifier: GPL-2.0-only */
/* The packet that looks for a socket, as a program has seen it. */
#ifndef SK_LOOKUP_H
#define SK_LOOKUP_H

struct lookup_seen {
	unsigned int runs;
	unsigned int family, protocol;
	unsigned int remote_ip4, remote_port, local_ip4,
		local_port; /* the local port: of this host's order */
	unsigned int ifindex;
	int err, err_again; /* of bpf_sk_assign() */
};

#define NO_SOCKET 2 /* the key of no socket */

#endif
