/* SPDX-License-Identifier: GPL-2.0-only */
/* Requirements that are found out by loading a program or making a map. */
#ifndef RUNNER_NEEDS_TRY_BPF_H
#define RUNNER_NEEDS_TRY_BPF_H

#include "runner/needs/kernel_facts.h"
#include "runner/needs/need_found.h"
#include "test_needs.h"

/** try_bpf__helper() - as probe__look(); -EOPNOTSUPP if it cannot be tried with the program type */
int try_bpf__helper(struct kernel_facts *facts, const struct test_need *need,
		    struct need_found *found);

/** try_bpf__prog_type() and the following - as probe__look() */
int try_bpf__prog_type(struct kernel_facts *facts, const struct test_need *need,
		       struct need_found *found);
int try_bpf__map_type(struct kernel_facts *facts, const struct test_need *need,
		      struct need_found *found);
int try_bpf__iterator(struct kernel_facts *facts, const struct test_need *need,
		      struct need_found *found);
int try_bpf__btf_tracepoint(struct kernel_facts *facts, const struct test_need *need,
			    struct need_found *found);

/** try_bpf__jit() - whether the kernel compiles a program; returns what probe__look() returns */
int try_bpf__jit(struct need_found *found);

#endif
