/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_NEEDS_BUILD_INFO_H
#define RUNNER_NEEDS_BUILD_INFO_H

/* The sources and tools of the build. scripts/build-info.sh writes the source file. */
struct build_info {
	const char *suite;   /* commit, followed by "+changes" if there are any; or "unknown" */
	const char *clang;   /* version of clang, the BPF compiler */
	const char *bpftool; /* version of bpftool, which made the skeletons */
};

extern const struct build_info build_info;

#endif
