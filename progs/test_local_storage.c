// SPDX-License-Identifier: GPL-2.0-only
/*
 * Storage of inodes and sockets: a program at the opening of files counts per inode, one at the
 * sending of packets counts per socket.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} inodes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} sockets SEC(".maps");

__u32 own_tgid;
__u64 inode_flags;
__u32 forget;
__s32 forget_result;

SEC("lsm/file_open")
int BPF_PROG(count_opens, struct file *file, int ret)
{
	__u64 initial = 10, *value;

	if (ret || bpf_get_current_pid_tgid() >> 32 != own_tgid)
		return ret;
	if (forget) {
		forget_result = bpf_inode_storage_delete(&inodes, file->f_inode);
		return 0;
	}
	value = bpf_inode_storage_get(&inodes, file->f_inode, &initial, inode_flags);
	if (value)
		*value += 1;
	return 0;
}

__u64 socket_flags;

SEC("cgroup_skb/egress")
int count_packets(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	__u64 initial = 100, *value;

	if (sk)
		sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 1;
	if (forget) {
		forget_result = bpf_sk_storage_delete(&sockets, sk);
		return 1;
	}
	value = bpf_sk_storage_get(&sockets, sk, &initial, socket_flags);
	if (value)
		*value += skb->len;
	return 1;
}

char _license[] SEC("license") = "GPL";
