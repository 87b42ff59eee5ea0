// SPDX-License-Identifier: GPL-2.0-only
/* Programs at the addresses of a cgroup's sockets: they record, replace and refuse addresses. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

__u32 calls;
__u32 seen_family;
__u32 seen_type;
__u32 seen_protocol;
__u32 seen_ip4; /* in the order of the network, as the port */
__u32 seen_port;

__u32 refuse;
__u32 new_ip4;
__u32 new_port;   /* 0: leave the address as it is */
__u32 source_ip4; /* bind the socket to it before it connects, if not 0 */
__s32 bind_result;

static void record(struct bpf_sock_addr *ctx)
{
	calls++;
	seen_family = ctx->user_family;
	seen_type = ctx->type;
	seen_protocol = ctx->protocol;
	seen_ip4 = ctx->user_ip4;
	seen_port = ctx->user_port;
}

static void replace(struct bpf_sock_addr *ctx)
{
	if (!new_port)
		return;
	ctx->user_ip4 = new_ip4;
	ctx->user_port = new_port;
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	struct sockaddr_in source = { .sin_family = 2 };

	record(ctx);
	replace(ctx);
	if (source_ip4) {
		source.sin_addr.s_addr = source_ip4;
		bind_result = bpf_bind(ctx, (struct sockaddr *)&source, sizeof(source));
	}
	return !refuse;
}

SEC("cgroup/bind4")
int bind4(struct bpf_sock_addr *ctx)
{
	record(ctx);
	replace(ctx);
	return !refuse;
}

SEC("cgroup/sendmsg4")
int sendmsg4(struct bpf_sock_addr *ctx)
{
	record(ctx);
	replace(ctx);
	return !refuse;
}

SEC("cgroup/recvmsg4")
int recvmsg4(struct bpf_sock_addr *ctx)
{
	record(ctx);
	replace(ctx);
	return 1;
}

SEC("cgroup/getsockname4")
int getsockname4(struct bpf_sock_addr *ctx)
{
	record(ctx);
	replace(ctx);
	return 1;
}

SEC("cgroup/getpeername4")
int getpeername4(struct bpf_sock_addr *ctx)
{
	record(ctx);
	replace(ctx);
	return 1;
}

char _license[] SEC("license") = "GPL";
