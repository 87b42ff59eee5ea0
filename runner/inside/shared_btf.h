/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BTF of the kernel, read once for all tests of a run. libbpf reads it in each process that loads
 * an object: 5 MiB, a third of the time of a short test. With --mutate thousands of tests run, so they
 * share it. The linker's --wrap lets libbpf's calls come here.
 */
#ifndef RUNNER_INSIDE_SHARED_BTF_H
#define RUNNER_INSIDE_SHARED_BTF_H

/** shared_btf__load() - read it now, in the runner; tests that are started later have it */
void shared_btf__load(void);

/** shared_btf__free() - free it in the runner */
void shared_btf__free(void);

#endif
