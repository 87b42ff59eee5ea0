/* SPDX-License-Identifier: GPL-2.0-only */
/* What refuses an operation that the kernel has, but does not permit here. */
#ifndef RUNNER_NEEDS_REFUSAL_H
#define RUNNER_NEEDS_REFUSAL_H

#include <linux/capability.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/needs/run_info.h"

#define CAPABILITY(capability) (1ULL << (capability))

/**
 * refusal__is() - whether an errno says that something is not permitted
 * @err: an errno, positive or negative; EKEYREJECTED is that of a module without a signature
 */
bool refusal__is(int err);

/**
 * refusal__explain() - find what refuses an operation
 * @err: the errno of the operation, positive or negative
 * @capabilities: the capabilities that the operation requires; if CAP_BPF is one of them, it is an
 *	operation of bpf(2), and CAP_SYS_ADMIN is enough
 * @text: set to the errno and what refuses the operation
 *
 * Return: true if something can refuse it; false if nothing was found, so that the kernel should
 * permit it.
 */
bool refusal__explain(const struct run_info *info, int err, uint64_t capabilities, char *text,
		      size_t size_bytes);

#endif
