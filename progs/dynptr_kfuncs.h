/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DYNPTR_KFUNCS_H
#define DYNPTR_KFUNCS_H

#define MEMORY_BYTES 32

/* The answers of the kfuncs about a dynptr. */
struct dynptr_facts {
	unsigned long long size;
	_Bool is_null;
};

#endif
