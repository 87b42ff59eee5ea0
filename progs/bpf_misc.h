/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Expectations of annotated programs, for RUN_TESTS.
 *
 * Each annotation is a BTF declaration tag on the program: `expect:ORDER:KEY=VALUE`. ORDER is the
 * place of the annotation in the file, because BTF does not keep the order of tags.
 * test_loader.c reads them; what each means stands there, in the table of keys.
 */
#ifndef BPF_MISC_H
#define BPF_MISC_H

#define EXPECT_TEXT_(x) #x
#define EXPECT_TEXT(x)  EXPECT_TEXT_(x)
#define EXPECT(key_value) \
	__attribute__((btf_decl_tag("expect:" EXPECT_TEXT(__COUNTER__) ":" key_value)))

/* The program must load; it must be rejected. Without either: it must load. */
#define __success EXPECT("load=success")
#define __failure EXPECT("load=failure")

/* Text of the verifier's log, each searched behind the match before it; {{ERE}} is a regex. */
#define __msg(text) EXPECT("msg=" text)

/* The program is run once (64 bytes of packet, or no context) and must return the number. */
#define __retval(number) EXPECT("retval=" EXPECT_TEXT(number))

/* The name that is shown, and that a filter matches beside the program's own. */
#define __description(text) EXPECT("description=" text)

/* The verifier's log level: 1 instructions, 2 more of them, 4 statistics. */
#define __log_level(number) EXPECT("log_level=" EXPECT_TEXT(number))

/* Not a test of its own: loaded along with every program that is. */
#define __auxiliary EXPECT("auxiliary=1")

/*
 * What the program cannot run without, as test_needs.h has it: where it is absent the program's
 * subtest is skipped, or fails if this kernel should have it. @since is "" for all kernels.
 */
#define __needs(kind, name, since)       EXPECT("needs=" kind "=" name "=" since)
#define __needs_kfunc(name, since)       __needs("kfunc", name, since)
#define __needs_constant(name, since)    __needs("constant", name, since)
#define __needs_btf_type(name, since)    __needs("btf_type", name, since)
#define __needs_kernel_func(name, since) __needs("kernel_func", name, since)
#define __needs_config(option)           __needs("config", option, "")
#define __needs_lsm(name)                __needs("lsm", name, "")
#define __needs_module(name)             __needs("module", name, "")
#define __needs_arch(machines)           __needs("arch", machines, "")
#define __needs_jit                      __needs("jit", "", "")

#endif
