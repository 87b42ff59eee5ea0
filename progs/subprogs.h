/* SPDX-License-Identifier: GPL-2.0-only */
/* The arguments of the subprograms, and their results. */
#ifndef SUBPROGS_H
#define SUBPROGS_H

struct subprogs_input {
	int a, b, c, d, e;
};

struct subprogs_pair {
	int first;
	int second;
};

struct subprogs_output {
	__u64 static_sum;
	int global_sum;
	int nested;
	int nested_sum;
	int shifted;
	struct subprogs_pair pair;
	int shifted_null;
	int global_of_global;
	int cell;
};

#endif
