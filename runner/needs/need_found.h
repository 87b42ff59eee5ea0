/* SPDX-License-Identifier: GPL-2.0-only */
/* What a look for something that a test needs has found, if it is absent. */
#ifndef RUNNER_NEEDS_NEED_FOUND_H
#define RUNNER_NEEDS_NEED_FOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/needs/kernel_facts.h"

/* What the user can change about lockdown. */
#define WITHOUT_LOCKDOWN "boot without lockdown=, and without Secure Boot"

/* The explanation of an absent thing. */
struct need_found {
	char text[256];
	char cure[192];  /* what the user can change so that the thing is there; "": not known */
	int tried_err;   /* the errno of the kernel when the thing was tried; 0: not known */
	bool is_excused; /* the kernel is not to blame, whatever its version */
	bool has_no_btf; /* all things that are looked up in BTF are absent for this one reason */
	/* If the thing is not permitted: the errno, or else 0; the capabilities that it requires. */
	int refused_err;
	uint64_t capabilities;
};

/** need_found__absent() - say why the thing is absent; returns 0 */
int need_found__absent(struct need_found *found, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** need_found__cure() - say what the user can change so that the thing is there */
void need_found__cure(struct need_found *found, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** need_found__refused() - say that the thing is not permitted; @err as for refusal__is(); returns 0 */
int need_found__refused(struct need_found *found, int err, uint64_t capabilities);

/** need_found__no_btf() - say why the kernel shows no BTF, and whether that is excused; returns 0 */
int need_found__no_btf(struct need_found *found, const struct kernel_facts *facts);

#endif
