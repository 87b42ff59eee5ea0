/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_NEEDS_BUILD_INFO_H
#define RUNNER_NEEDS_BUILD_INFO_H

/* The sources and tools of the build. The source file is made by scripts/build-info.sh. */
struct build_info {
	const char *suite;   /* commit, with "+changes" behind it; or "unknown" */
	const char *clang;   /* version of the compiler for BPF */
	const char *bpftool; /* version of what made the skeletons */
};

extern const struct build_info build_info;

#endif
