// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bpf.h>
#include <stddef.h>
#include <string.h>

#include "runner/mutation/insn.h"
#include "runner/mutation/code.h"
#include "runner/mutation/image.h"
#include "runner/mutation/program_key.h"

/* FNV-1a, 64 bits. */
#define HASH_BEGIN 0xcbf29ce484222325ULL
#define HASH_PRIME 0x100000001b3ULL

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	while (size--)
		hash = (hash ^ *byte++) * HASH_PRIME;
	return hash;
}

uint64_t program_key__make(enum bpf_prog_type type, const char *name, const struct bpf_insn *insns,
			   int cnt, const struct bpf_prog_load_opts *opts)
{
	uint64_t hash = HASH_BEGIN;
	uint32_t attach_type = image__options(opts).expected_attach_type;
	int i;

	hash = hash_bytes(hash, &type, sizeof(type));
	hash = hash_bytes(hash, &attach_type, sizeof(attach_type));
	hash = hash_bytes(hash, name ?: "", strlen(name ?: ""));
	for (i = 0; i < cnt; i++) {
		struct bpf_insn insn = insns[i];
		bool has_fd = insn__is_wide(&insn) && insn.src_reg;

		/* Calls of kernel functions have an index into a table of descriptors. */
		if (insn__is_call(&insn) && insn.src_reg == BPF_PSEUDO_KFUNC_CALL)
			insn.off = 0;
		if (has_fd)
			insn.imm = 0;
		hash = hash_bytes(hash, &insn, sizeof(insn));
		/* The second slot has the offset into a map, or the descriptor of a module's BTF. */
		if (has_fd && insn.src_reg == BPF_PSEUDO_BTF_ID)
			i++;
	}
	return hash;
}

bool program_key__has_lines(const struct bpf_prog_load_opts *opts)
{
	struct bpf_prog_load_opts all = image__options(opts);

	return all.prog_btf_fd && all.line_info_cnt &&
	       all.line_info_rec_size >= sizeof(struct bpf_line_info);
}

/* Types of programs that decide for every process, or that replace a part of the kernel. */
static bool decides_for_all(enum bpf_prog_type type, enum bpf_attach_type attach_type)
{
	return type == BPF_PROG_TYPE_LSM || type == BPF_PROG_TYPE_STRUCT_OPS ||
	       (type == BPF_PROG_TYPE_TRACING && attach_type == BPF_MODIFY_RETURN);
}

static bool is_helper_on_others(int helper)
{
	switch (helper) {
	case BPF_FUNC_override_return:
	case BPF_FUNC_probe_write_user:
	case BPF_FUNC_send_signal:
	case BPF_FUNC_send_signal_thread:
		return true;
	}
	return false;
}

bool program_key__acts_on_others(enum bpf_prog_type type, const struct bpf_insn *insns, int cnt,
				 const struct bpf_prog_load_opts *opts)
{
	int i;

	if (decides_for_all(type, image__options(opts).expected_attach_type))
		return true;
	for (i = 0; i < cnt; i++) {
		if (insn__is_call(&insns[i]) && !insns[i].src_reg &&
		    is_helper_on_others(insns[i].imm))
			return true;
	}
	return false;
}
