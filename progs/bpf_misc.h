/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Annotations that say what RUN_TESTS() expects of a program.
 *
 * Each annotation is a BTF declaration tag on the program: `expect:ORDER:KEY=VALUE`. ORDER is the
 * position of the annotation in the file, because BTF does not keep the order of tags.
 * test_loader.c reads the tags, and its table of keys explains each of them.
 */
#ifndef BPF_MISC_H
#define BPF_MISC_H

#define EXPECT_TEXT_(x) #x
#define EXPECT_TEXT(x)  EXPECT_TEXT_(x)
#define EXPECT(key_value) \
	__attribute__((btf_decl_tag("expect:" EXPECT_TEXT(__COUNTER__) ":" key_value)))

/* __success: the verifier must accept the program, the default. __failure: it must reject it. */
#define __success EXPECT("load=success")
#define __failure EXPECT("load=failure")

/* A text that the verifier's log must have after the previous __msg; {{ERE}} is a regex. */
#define __msg(text) EXPECT("msg=" text)

/* The program runs once (with a packet of 64 bytes or no context) and must return this number. */
#define __retval(number) EXPECT("retval=" EXPECT_TEXT(number))

/* A name that is shown instead of the program's name; filters match both. */
#define __description(text) EXPECT("description=" text)

/* The verifier's log level: 1 instructions, 2 more detail, 4 statistics. */
#define __log_level(number) EXPECT("log_level=" EXPECT_TEXT(number))

/* The program is not a subtest: it is loaded together with each program that is one. */
#define __auxiliary EXPECT("auxiliary=1")

/*
 * A requirement of the program, as in test_needs.h: if it is absent, the program's subtest is
 * skipped, or fails if this kernel should have it. @since is "" if all kernels have it.
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
