/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds out whether the running kernel and machine have what a test needs (test_needs.h). */
#ifndef RUNNER_NEEDS_PROBES_H
#define RUNNER_NEEDS_PROBES_H

#include <stddef.h>

#include "runner/needs/kernel_facts.h"
#include "runner/needs/need_found.h"
#include "test_needs.h"

/**
 * probe__look() - look for the thing that a test needs
 *
 * Return: 1 if the thing is there, 0 if it is absent, a negative errno if the look fails.
 */
int probe__look(struct kernel_facts *facts, const struct test_need *need, struct need_found *found);

/** probe__describe() - describe a need in words, such as "kfunc bpf_x", "4 CPUs"; returns @text */
char *probe__describe(const struct test_need *need, char *text, size_t size_bytes);

#endif
