/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A script for a list or a tree: steps, each with a number, and what each step answers. User space
 * writes the script and compares the answers with those of a plain array.
 */
#ifndef COLLECTION_H
#define COLLECTION_H

#define SCRIPT_STEPS_MAX 24
#define NOTHING          (-1) /* the answer of a step that adds something, or that finds nothing */
#define NO_MEMORY        (-2)
#define UNKNOWN_STEP     (-3)

struct script_step {
	char what;
	int number;
};

#ifdef __bpf__
/* A list or tree and its lock share a section of their own. */
#define PRIVATE_SECTION(name)         SEC(".data." #name) __hidden __attribute__((aligned(8)))
#define CONTAINS(type, member)        __attribute__((btf_decl_tag("contains:" #type ":" #member)))
#define NEW_OBJECT(type)              bpf_obj_new_impl(bpf_core_type_id_local(type), NULL)
#define DROP_OBJECT(object)           bpf_obj_drop_impl(object, NULL)
#define OBJECT_OF(node, type, member) ((type *)((void *)(node) - __builtin_offsetof(type, member)))
#endif

#endif
