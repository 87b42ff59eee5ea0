// SPDX-License-Identifier: GPL-2.0-only
/* Records what a program at a socket's creation, bind and release learns, and may refuse the first two. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "sock_hooks.h"

__u32 refuse;
__u32 new_mark, new_priority;

struct sock_seen created, bound, released;

static void note(struct sock_seen *seen, struct bpf_sock *sk)
{
	seen->calls++;
	seen->family = sk->family;
	seen->type = sk->type;
	seen->protocol = sk->protocol;
	seen->cookie = bpf_get_socket_cookie(sk);
}

SEC("cgroup/sock_create")
int create(struct bpf_sock *sk)
{
	note(&created, sk);
	if (new_mark) {
		sk->mark = new_mark;
		sk->priority = new_priority;
	}
	return !refuse;
}

SEC("cgroup/post_bind4")
int post_bind4(struct bpf_sock *sk)
{
	note(&bound, sk);
	bound.ip4 = sk->src_ip4;
	bound.port = sk->src_port;
	return !refuse;
}

SEC("cgroup/post_bind6")
int post_bind6(struct bpf_sock *sk)
{
	note(&bound, sk);
	bound.ip6[0] = sk->src_ip6[0];
	bound.ip6[1] = sk->src_ip6[1];
	bound.ip6[2] = sk->src_ip6[2];
	bound.ip6[3] = sk->src_ip6[3];
	bound.port = sk->src_port;
	return !refuse;
}

SEC("cgroup/sock_release")
int release(struct bpf_sock *sk)
{
	note(&released, sk);
	return 1;
}

char _license[] SEC("license") = "GPL";
