/* SPDX-License-Identifier: GPL-2.0-only */
/* What the program sends. */
#ifndef PERF_RECORDS_H
#define PERF_RECORDS_H

struct perf_record {
	__u32 number;
	__u32 inverted;
};

#endif
