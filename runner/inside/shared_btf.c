// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <stddef.h>

#include "runner/inside/channel.h"
#include "runner/inside/shared_btf.h"

struct btf *__real_btf__load_vmlinux_btf(void);
void __real_btf__free(struct btf *btf);
struct btf *__wrap_btf__load_vmlinux_btf(void);
void __wrap_btf__free(struct btf *btf);

static struct {
	struct btf *btf;
} shared;

void shared_btf__load(void)
{
	if (!shared.btf)
		shared.btf = __real_btf__load_vmlinux_btf();
}

void shared_btf__free(void)
{
	__real_btf__free(shared.btf);
	shared.btf = NULL;
}

struct btf *__wrap_btf__load_vmlinux_btf(void)
{
	const struct test_process_setup *setup = channel__setup();

	return setup && setup->mutation && shared.btf ? shared.btf : __real_btf__load_vmlinux_btf();
}

void __wrap_btf__free(struct btf *btf)
{
	if (!btf || btf != shared.btf)
		__real_btf__free(btf);
}
